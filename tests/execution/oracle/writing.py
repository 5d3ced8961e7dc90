"""Makes up documents over the real schema: aliases, fragments, directives, variables, arguments good and bad."""

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
DEPTH = 5
LOOKUPS = ("id", "externalId")
CURSORS = ("after", "before")
NAMES = ("root", "child", "leaf", "number", "stages", "cycle", "person", "team", "pillar")
SCALARS: dict[str, list[Any]] = {
    "Int": [1, 2, 3, 5, 10, 50] * 5 + [0],
    "Float": [0, 0.5, 1, -3.25, 100],
    "Boolean": [True, False],
    "Date": ["2026-01-01", "2026-03-31", "2026-12-31", "2026-02-30"],
    "DateTime": ["2026-01-01T00:00:00Z", "2026-06-30T12:00:00+02:00", "2026-06-30"],
    "Decimal": ["0", "1", "4.50", "-12.125", "much"],
}


class Writer:
    """Writes one document; `variables` are the values that go with it."""

    def __init__(self, random: Random, ids: dict[str, str], cursors: list[str]) -> None:
        self.random, self.ids, self.cursors = random, list(ids.values()), cursors
        self.variables: dict[str, Any] = {}
        self._changed = ""
        self._declared: list[str] = []
        self._fragments: dict[str, tuple[str, str]] = {}
        self._aliases = 0

    def document(self, operation: str = "query") -> str:
        """An operation, its variables declared, and the fragments that it spreads."""
        selection = self._selection(SCHEMA.query_type if operation == "query" else SCHEMA.mutation_type, 0)
        declared = f"({', '.join(self._declared)})" if self._declared else ""
        fragments = [f"fragment {name} on {kind} {text}" for name, (kind, text) in self._fragments.items()]
        return "\n".join([f"{operation} Q{declared} {selection}", *fragments])

    def _selection(self, kind: Any, depth: int) -> str:
        parts = [self._part(kind, depth) for _ in range(self.random.randint(1, 4 if depth else 3))]
        parts = [part for part in parts if part] or ["__typename"]
        return "{ " + " ".join(parts) + " }"

    def _part(self, kind: Any, depth: int) -> str:
        chance = self.random.random()
        if chance < 0.08:
            return f"__typename{self._directive()}"
        if chance < 0.16 and depth:
            return f"...{self._directive()} {self._selection(kind, depth + 1)}"
        if chance < 0.26 and depth:
            return f"...{self._fragment(kind, depth)}{self._directive()}"
        if is_abstract_type(kind) and chance < 0.8:
            one = self.random.choice(SCHEMA.get_possible_types(kind))
            return f"... on {one}{self._directive()} {self._selection(one, depth)}"
        if is_object_type(kind) and chance < 0.3 and kind.interfaces:
            return f"... on {kind.interfaces[0]} {self._selection(kind.interfaces[0], depth)}"
        return self._field(kind, depth)

    def _fragment(self, kind: Any, depth: int) -> str:
        known = [name for name, (on, text) in self._fragments.items() if on == kind.name and text]
        if known and self.random.random() < 0.6:
            return self.random.choice(known)
        name = f"F{len(self._fragments)}"
        # Its place is taken before it is written, but it is not spread inside of itself.
        self._fragments[name] = (kind.name, "")
        self._fragments[name] = (kind.name, self._selection(kind, depth + 1))
        return name

    def _field(self, kind: Any, depth: int) -> str:
        name = self.random.choice(list(kind.fields))
        field: GraphQLField = kind.fields[name]
        inner = get_named_type(field.type)
        if kind is SCHEMA.mutation_type:
            self._changed = name
        if not is_leaf_type(inner) and depth >= DEPTH:
            return ""
        arguments = self._arguments(field)
        alias = ""
        if arguments or self.random.random() < 0.1:
            self._aliases += 1
            alias = f"a{self._aliases}: "
        below = "" if is_leaf_type(inner) else f" {self._selection(inner, depth + 1)}"
        return f"{alias}{name}{arguments}{self._directive()}{below}"

    def _arguments(self, field: GraphQLField) -> str:
        given = []
        # Now and then both of what excludes each other.
        left_out: set[str] = set()
        if self.random.random() < 0.97:
            end = self.random.choice([("first", "after"), ("last", "before")])
            left_out = {*end, self.random.choice(LOOKUPS)}
        for name, argument in field.args.items():
            needed = is_required_argument(argument) or name in LOOKUPS
            if (name in left_out and not is_required_argument(argument)) or (not needed and self.random.random() < 0.6):
                continue
            value = self._value(name, argument.type)
            literal = written(value)
            if self.random.random() < 0.4:
                literal = self._variable(str(argument.type), plain(value))
            given.append(f"{name}: {literal}")
        return f"({', '.join(given)})" if given else ""

    def _value(self, name: str, kind: Any) -> Any:
        if is_non_null_type(kind):
            return self._value(name, kind.of_type)
        if is_list_type(kind):
            return [self._value(name, kind.of_type) for _ in range(self.random.randint(0, 3))]
        if is_enum_type(kind):
            return Name(self.random.choice(list(kind.values)))
        if is_input_object_type(kind):
            return self._input(kind)
        if name in CURSORS:
            return self.random.choice([*self.cursors, "nonsense"])
        if kind.name == "ID":
            return self.random.choice(self._fitting(name) or [*self.ids, "nonsense"])
        return self.random.choice(SCALARS.get(kind.name) or [f"Own-{each}" for each in NAMES])

    def _fitting(self, name: str) -> list[str]:
        """Ids of the type that an input's field speaks of, most of the time: few changes would come about else."""
        if not self._changed or self.random.random() < 0.1:
            return []
        wanted = name.removesuffix("Ids").removesuffix("Id").lower()
        own = [id for id in self.ids if self._changed.lower().startswith(type_of(id))]
        return [id for id in self.ids if wanted.endswith(type_of(id))] or own

    def _input(self, kind: GraphQLInputObjectType) -> dict[str, Any]:
        needed = [name for name, field in kind.fields.items() if is_required_input_field(field)]
        others = [name for name in kind.fields if name not in needed]
        chosen = [*needed, *self.random.sample(others, min(len(others), self.random.choice([0, 1, 1, 1, 2])))]
        return {name: self._value(name, kind.fields[name].type) for name in chosen}

    def _variable(self, kind: str, value: Any) -> str:
        name = f"v{len(self._declared)}"
        self._declared.append(f"${name}: {kind}")
        if value is not None or not kind.endswith("!"):
            self.variables[name] = value
        return f"${name}"

    def _directive(self) -> str:
        chance = self.random.random()
        if chance < 0.9:
            return ""
        name = self.random.choice(["skip", "include"])
        if chance < 0.95:
            return f" @{name}(if: {self.random.choice(['true', 'false'])})"
        return f" @{name}(if: {self._variable('Boolean!', self.random.random() < 0.5)})"


def type_of(id: str) -> str:
    """The type that a global id names, in small letters."""
    found = parsed(id)
    assert found is not None
    return found[0].lower()


class Name(str):
    """The name of an enum's value, which has no quotes in a document."""


def written(value: Any) -> str:
    """A value as a document has it."""
    if isinstance(value, Name):
        return value
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {written(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return orjson.dumps(value).decode()


def plain(value: Any) -> Any:
    """A value as variables have it."""
    if isinstance(value, Name):
        return str(value)
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list) else value
