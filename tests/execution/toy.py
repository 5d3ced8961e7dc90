"""A schema that uses every feature of GraphQL and Strawberry, without OKRs."""

import asyncio
from collections.abc import AsyncIterator
from enum import Enum
from types import SimpleNamespace
from typing import Annotated, Any

import strawberry
from strawberry.extensions import FieldExtension
from strawberry.permission import BasePermission
from strawberry.types import Info

from schema.execution.fields.batched import batched

CALLS: list[tuple[str, int]] = []


@strawberry.enum
class Colour(Enum):
    RED = "r"
    BLUE = "b"


@strawberry.interface
class Named:
    name: str

    @classmethod
    def resolve_type(cls, value: Any, _info: Any, _type: Any) -> str:
        return value.kind


@strawberry.type
class Cat(Named):
    lives: int | None

    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> bool:
        return value.kind == "Cat"


@strawberry.type
class Dog(Named):
    colour: Colour | None
    tricks: list[str] | None

    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> bool:
        return value.kind == "Dog"


class DenyIfStrict(BasePermission):
    message = "Not you."

    def has_permission(self, source: Any, info: Any, **kwargs: Any) -> bool:
        CALLS.append(("permission", len(source) if isinstance(source, list) else 1))
        return not info.context.strict


class UpperCase(FieldExtension):
    def resolve(self, next_: Any, source: Any, info: Any, **kwargs: Any) -> Any:
        return next_(source, info, **kwargs).upper()


@strawberry.input
class Options:
    size: int = 2
    words: list[str] | None = None


@strawberry.type
class Box:
    label: str
    maybe: str | None
    colour: Colour
    strict: int
    matrix: list[list[int | None]] | None
    certain: list[list[int]] | None
    pet: Named | None
    sure_pet: Named
    pets: list[Annotated[Cat | Dog, strawberry.union("Pet")]] | None

    @strawberry.field
    def shout(root: strawberry.Parent[Any], word: str = "hey", times: int | None = None) -> str:
        if word == "bad":
            raise ValueError(root.label)
        return f"{root.label} {word} {times}"

    @strawberry.field(extensions=[UpperCase()])
    def loud(self) -> str:
        return "loud"

    @strawberry.field(permission_classes=[DenyIfStrict])
    def guarded(self) -> str | None:
        return "open"

    @strawberry.field
    async def slowly(root: strawberry.Parent[Any]) -> str | None:
        await asyncio.sleep(0)
        if root.label == "b":
            raise ValueError("slow")
        return root.label

    @strawberry.field
    def sometimes(root: strawberry.Parent[Any], info: Info) -> list[str]:
        async def later() -> str:
            return info.field_name

        return [later(), root.label]

    @strawberry.field
    def sized(self, options: Annotated[Options, strawberry.argument()] = Options()) -> str:  # noqa: B008
        return f"{options.size} {options.words}"

    @batched("Those inside.")
    async def inside(parents: list[Any], info: Info, first: int = 9) -> list[list["Box"]]:
        CALLS.append(("inside", len(parents)))
        return [parent.inside[:first] for parent in parents]

    @batched("One inside, or an error of its own.")
    async def one(parents: list[Any], info: Info) -> list["Box | None"]:
        CALLS.append(("one", len(parents)))
        return [parent.one for parent in parents]

    @batched("One that has to be there.")
    async def sure(parents: list[Any], info: Info) -> list["Box"]:
        CALLS.append(("sure", len(parents)))
        return [parent.one for parent in parents]

    @batched("Fails as a whole.")
    async def broken(parents: list[Any], info: Info) -> list[str | None]:
        raise ValueError("broken")

    @batched("Answers too few.")
    async def short(parents: list[Any], info: Info) -> list[str | None]:
        return []

    @batched("For some only.", permission_classes=[DenyIfStrict])
    async def private(parents: list[Any], info: Info) -> list[str | None]:
        CALLS.append(("private", len(parents)))
        return [parent.label for parent in parents]


@strawberry.type
class Query:
    @strawberry.field
    async def box(self, info: Info, name: str = "a") -> Box | None:
        return info.context.boxes.get(name)

    @strawberry.field
    def boxes(self, info: Info, names: list[str] | None = None) -> list[Box | None]:
        return [info.context.boxes.get(name) for name in (names or info.context.boxes)]

    @strawberry.field
    def sure_boxes(self, info: Info, names: list[str]) -> list[Box]:
        return [info.context.boxes.get(name) for name in names]

    @strawberry.field
    def not_a_list(self) -> list[str] | None:
        return 5  # type: ignore[return-value]

    @strawberry.field
    def counting(self) -> list[int]:  # type: ignore[misc]
        yield 1
        yield 2

    @strawberry.field
    def failing(self) -> str:
        raise ValueError("failing")


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def put(self, info: Info, name: str) -> Box | None:
        if name == "no":
            raise ValueError("no")
        info.context.count += 1
        return box(name, strict=info.context.count, one=box(f"in {name}"))

    @strawberry.mutation
    async def must(self, info: Info) -> Box:
        return None  # type: ignore[return-value]


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def ticks(self) -> AsyncIterator[int]:
        yield 1


SCHEMA = strawberry.Schema(Query, Mutation, Subscription, types=[Cat, Dog])


def pet(kind: str, **attributes: Any) -> Any:
    """A pet, named Tom by default."""
    return SimpleNamespace(
        kind=kind, **{"name": "Tom", "lives": 9, "colour": Colour.BLUE, "tricks": ["sit"], **attributes}
    )


def box(label: Any, **attributes: Any) -> Any:
    """A box with a value for each field."""
    defaults = {
        "maybe": None,
        "colour": Colour.RED,
        "strict": 1,
        "matrix": [[1, None], []],
        "certain": [[1, 2], [3]],
        "pet": pet("Cat"),
        "sure_pet": pet("Dog"),
        "pets": [pet("Cat"), pet("Dog")],
        "inside": [],
        "one": None,
    }
    return SimpleNamespace(label=label, **{**defaults, **attributes})


def context(**boxes: Any) -> Any:
    """The context of resolvers: boxes by their names."""
    return SimpleNamespace(boxes=boxes, strict=False, count=0, loaders={})
