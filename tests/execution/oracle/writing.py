"""Makes up documents over the real schema: aliases, fragments, directives, variables, arguments good and bad."""

from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLNamedType,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_object_type,
    is_required_argument,
)

from schema.root import schema

SCHEMA = schema._schema
DEPTH = 5
SKIPPED = {"filter", "after", "before"}
LOOKUPS = ("id", "externalId")


class Writer:
    """Writes one document; `variables` are the values that go with it."""

    def __init__(self, random: Random, ids: dict[str, str]) -> None:
        self.random, self.ids = random, list(ids.values())
        self.variables: dict[str, Any] = {}
        self._declared: list[str] = []
        self._fragments: dict[str, tuple[str, str]] = {}
        self._aliases = 0

    def document(self) -> str:
        """A query, its variables declared, and the fragments that it spreads."""
        selection = self._selection(SCHEMA.query_type, 0)  # type: ignore[arg-type]
        declared = f"({', '.join(self._declared)})" if self._declared else ""
        fragments = [f"fragment {name} on {kind} {text}" for name, (kind, text) in self._fragments.items()]
        return "\n".join([f"query Q{declared} {selection}", *fragments])

    def _selection(self, kind: GraphQLNamedType, depth: int) -> str:
        parts = [self._part(kind, depth) for _ in range(self.random.randint(1, 4 if depth else 3))]
        parts = [part for part in parts if part] or ["__typename"]
        return "{ " + " ".join(parts) + " }"

    def _part(self, kind: GraphQLNamedType, depth: int) -> str:
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

    def _fragment(self, kind: GraphQLNamedType, depth: int) -> str:
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
        left_out = SKIPPED
        if self.random.random() < 0.97:
            left_out = SKIPPED | {self.random.choice(["first", "last"]), self.random.choice(LOOKUPS)}
        for name, argument in field.args.items():
            needed = is_required_argument(argument) or name in LOOKUPS
            if (name in left_out and not is_required_argument(argument)) or (not needed and self.random.random() < 0.6):
                continue
            literal, value = self._value(name, get_named_type(argument.type))
            if self.random.random() < 0.4:
                literal = self._variable(str(argument.type), value)
            given.append(f"{name}: {literal}")
        return f"({', '.join(given)})" if given else ""

    def _value(self, name: str, kind: GraphQLNamedType) -> tuple[str, Any]:
        if name == "ids":
            ids = [self.random.choice(self.ids) for _ in range(self.random.randint(0, 4))]
            return "[" + ", ".join(f'"{id}"' for id in ids) + "]", ids
        if kind.name == "ID":
            id = self.random.choice([*self.ids, "nonsense"])
            return f'"{id}"', id
        if kind.name == "Int":
            number = self.random.choice([1, 2, 3, 5, 10, 50] * 5 + [0])
            return str(number), number
        if kind.name == "Boolean":
            return self.random.choice([("true", True), ("false", False)])
        if kind.name.endswith("Order"):
            fields: Any = get_named_type(kind.fields["field"].type)  # type: ignore[attr-defined]
            assert isinstance(fields, GraphQLEnumType)
            value = self.random.choice(list(fields.values))
            return f"{{field: {value}, direction: DESC}}", {"field": value, "direction": "DESC"}
        name = self.random.choice(["root", "child", "leaf", "number", "stages", "cycle", "person", "team", "pillar"])
        return f'"Own-{name}"', f"Own-{name}"

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
