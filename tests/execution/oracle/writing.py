"""Generates documents over the real schema: aliases, fragments, directives, variables, valid and invalid arguments."""

from random import Random
from typing import Any

import orjson
from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    get_named_type,
    is_abstract_type,
    is_enum_type,
    is_input_object_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
    is_required_argument,
    is_required_input_field,
)

from schema.relay.node import parsed
from schema.root import schema

SCHEMA = schema._schema
MAX_DEPTH = 5
LOOKUPS = ("id", "externalId")
CURSORS = ("after", "before")
EXTERNAL_NAMES = ("root", "child", "leaf", "number", "stages", "cycle", "person", "team", "pillar")
SCALARS: dict[str, list[Any]] = {
    "Int": [1, 2, 3, 5, 10, 50] * 5 + [0],
    "Float": [0, 0.5, 1, -3.25, 100],
    "Boolean": [True, False],
    "Date": ["2026-01-01", "2026-03-31", "2026-12-31", "2026-02-30"],
    "DateTime": ["2026-01-01T00:00:00Z", "2026-06-30T12:00:00+02:00", "2026-06-30"],
    "Decimal": ["0", "1", "4.50", "-12.125", "much"],
}
# They answer with something that is drawn anew each time.
SECRET = frozenset({"apiKeyCreate", "apiKeyRotate", "shareTokenCreate"})
# After it no document changes anything. Another mutation may give the organization a name that this one repeats.
LAST = {"organizationDelete"}


class Writer:
    """Writes one document; `variables` are its variable values."""

    def __init__(self, random: Random, ids: dict[str, str], cursors: list[str]) -> None:
        self.random, self.ids, self.cursors = random, list(ids.values()), cursors
        self.variables: dict[str, Any] = {}
        self._changed = ""
        self._declared: list[str] = []
        self._fragments: dict[str, tuple[str, str]] = {}
        self._aliases = 0

    def document(self, operation: str = "query") -> str:
        """An operation with its variable definitions, and the fragments that it spreads."""
        selection = self._selection_set(SCHEMA.query_type if operation == "query" else SCHEMA.mutation_type, 0)
        declared = f"({', '.join(self._declared)})" if self._declared else ""
        fragments = [
            f"fragment {name} on {graphql_type} {text}" for name, (graphql_type, text) in self._fragments.items()
        ]
        return "\n".join([f"{operation} Q{declared} {selection}", *fragments])

    def _selection_set(self, graphql_type: Any, depth: int) -> str:
        selections = [
            self._write_selection(graphql_type, depth) for _ in range(self.random.randint(1, 4 if depth else 3))
        ]
        selections = [selection for selection in selections if selection] or ["__typename"]
        return "{ " + " ".join(selections) + " }"

    def _write_selection(self, graphql_type: Any, depth: int) -> str:
        draw = self.random.random()
        if draw < 0.08:
            return f"__typename{self._directive()}"
        if draw < 0.16 and depth:
            return f"...{self._directive()} {self._selection_set(graphql_type, depth + 1)}"
        if draw < 0.26 and depth:
            return f"...{self._fragment(graphql_type, depth)}{self._directive()}"
        if is_abstract_type(graphql_type) and draw < 0.8:
            object_type = self.random.choice(SCHEMA.get_possible_types(graphql_type))
            return f"... on {object_type}{self._directive()} {self._selection_set(object_type, depth)}"
        if is_object_type(graphql_type) and draw < 0.3 and graphql_type.interfaces:
            return f"... on {graphql_type.interfaces[0]} {self._selection_set(graphql_type.interfaces[0], depth)}"
        return self._field(graphql_type, depth)

    def _fragment(self, graphql_type: Any, depth: int) -> str:
        reusable = [
            name for name, (type_name, text) in self._fragments.items() if type_name == graphql_type.name and text
        ]
        if reusable and self.random.random() < 0.6:
            return self.random.choice(reusable)
        name = f"F{len(self._fragments)}"
        # Its name is reserved while it is written; with an empty text it is not spread inside of itself.
        self._fragments[name] = (graphql_type.name, "")
        self._fragments[name] = (graphql_type.name, self._selection_set(graphql_type, depth + 1))
        return name

    def _field(self, graphql_type: Any, depth: int) -> str:
        name = self.random.choice([each for each in graphql_type.fields if each not in SECRET | LAST])
        field: GraphQLField = graphql_type.fields[name]
        inner = get_named_type(field.type)
        if graphql_type is SCHEMA.mutation_type:
            self._changed = name
        if not is_leaf_type(inner) and depth >= MAX_DEPTH:
            return ""
        arguments = self._arguments(field)
        alias = ""
        if arguments or self.random.random() < 0.1:
            self._aliases += 1
            alias = f"a{self._aliases}: "
        subselection = "" if is_leaf_type(inner) else f" {self._selection_set(inner, depth + 1)}"
        return f"{alias}{name}{arguments}{self._directive()}{subselection}"

    def _arguments(self, field: GraphQLField) -> str:
        arguments = []
        # Sometimes arguments that exclude each other.
        left_out: set[str] = set()
        if self.random.random() < 0.97:
            end = self.random.choice([("first", "after"), ("last", "before")])
            left_out = {*end, self.random.choice(LOOKUPS)}
        for name, argument in field.args.items():
            is_needed = is_required_argument(argument) or name in LOOKUPS
            if (name in left_out and not is_required_argument(argument)) or (
                not is_needed and self.random.random() < 0.6
            ):
                continue
            value = self._value(name, argument.type)
            literal = to_literal(value)
            if self.random.random() < 0.4:
                literal = self._variable(str(argument.type), to_variable(value))
            arguments.append(f"{name}: {literal}")
        return f"({', '.join(arguments)})" if arguments else ""

    def _value(self, name: str, graphql_type: Any) -> Any:
        if is_non_null_type(graphql_type):
            return self._value(name, graphql_type.of_type)
        if is_list_type(graphql_type):
            return [self._value(name, graphql_type.of_type) for _ in range(self.random.randint(0, 3))]
        if is_enum_type(graphql_type):
            return EnumName(self.random.choice(list(graphql_type.values)))
        if is_input_object_type(graphql_type):
            return self._input(graphql_type)
        if name in CURSORS:
            return self.random.choice([*self.cursors, "nonsense"])
        if graphql_type.name == "ID":
            return self.random.choice(self._ids_of_type(name) or [*self.ids, "nonsense"])
        return self.random.choice(SCALARS.get(graphql_type.name) or [f"Own-{each}" for each in EXTERNAL_NAMES])

    def _ids_of_type(self, name: str) -> list[str]:
        """Ids of the type that an input field refers to, most of the time; otherwise few mutations would succeed."""
        if not self._changed or self.random.random() < 0.1:
            return []
        type_suffix = name.removesuffix("Ids").removesuffix("Id").lower()
        ids_of_changed_type = [id for id in self.ids if self._changed.lower().startswith(type_of(id))]
        return [id for id in self.ids if type_suffix.endswith(type_of(id))] or ids_of_changed_type

    def _input(self, graphql_type: GraphQLInputObjectType) -> dict[str, Any]:
        required = [name for name, field in graphql_type.fields.items() if is_required_input_field(field)]
        optional = [name for name in graphql_type.fields if name not in required]
        names = [*required, *self.random.sample(optional, min(len(optional), self.random.choice([0, 1, 1, 1, 2])))]
        return {name: self._value(name, graphql_type.fields[name].type) for name in names}

    def _variable(self, graphql_type: str, value: Any) -> str:
        name = f"v{len(self._declared)}"
        self._declared.append(f"${name}: {graphql_type}")
        if value is not None or not graphql_type.endswith("!"):
            self.variables[name] = value
        return f"${name}"

    def _directive(self) -> str:
        draw = self.random.random()
        if draw < 0.9:
            return ""
        name = self.random.choice(["skip", "include"])
        if draw < 0.95:
            return f" @{name}(if: {self.random.choice(['true', 'false'])})"
        return f" @{name}(if: {self._variable('Boolean!', self.random.random() < 0.5)})"


def type_of(id: str) -> str:
    """The type in a global id, in lower case."""
    parsed_id = parsed(id)
    assert parsed_id is not None
    return parsed_id[0].lower()


class EnumName(str):
    """The name of an enum value, which has no quotes in a document."""


def to_literal(value: Any) -> str:
    """A value as a literal in a document."""
    if isinstance(value, EnumName):
        return value
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {to_literal(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(to_literal, value)) + "]"
    return orjson.dumps(value).decode()


def to_variable(value: Any) -> Any:
    """A value as a variable value."""
    if isinstance(value, EnumName):
        return str(value)
    if isinstance(value, dict):
        return {name: to_variable(each) for name, each in value.items()}
    return [to_variable(each) for each in value] if isinstance(value, list) else value
