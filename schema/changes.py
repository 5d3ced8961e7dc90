"""What the mutations of all rooms have in common: inputs, and how an input becomes a payload."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, NamedTuple
from uuid import UUID

import strawberry
from sqlalchemy import Select

from schema.errors import changed, created, payload
from schema.node import reference
from service.transaction import Transaction

EFFECTIVE_AT = "From when on it holds; now when left out. Not in the future, not before the last change."
EXPECTED_VERSION = "The version you last read; the change is refused with CONFLICT if there is a newer one."
REASON = "Why; kept with the event. At most 2 000 characters."
OWN_ID = (
    "UUID of your own, so that sending it again cannot create it twice: the same input again is answered with the "
    "object, another input under the same id with TAKEN and the object that has it."
)
EXTERNAL_ID = "The id by which your own system knows it; unique among its kind, at most 200 characters."


@strawberry.input(description="What to archive or to bring back.")
class ArchiveInput:
    id: strawberry.ID = strawberry.field(description="Its id.")
    reason: str | None = strawberry.field(default=None, description=REASON)


@strawberry.input(description="Where to put something among its siblings.")
class ReorderInput:
    id: strawberry.ID = strawberry.field(description="What to move.")
    after_id: strawberry.ID | None = strawberry.field(
        default=None, description="The sibling it is to follow; it comes first when left out."
    )


def optional(description: str) -> Any:
    """A field that may be left out."""
    return strawberry.field(default=None, description=description)


def after(input: ReorderInput, type_name: str) -> UUID | None:
    """The sibling to follow. Raises NotFound for an id that cannot be one."""
    return reference(input.after_id, type_name, "afterId") if input.after_id is not None else None


class Subject(NamedTuple):
    """What a room's mutations are about: the payload they answer with, how to read it, and its type's name."""

    payload: Any
    statement: Select[Any]
    type_name: str


def creating(
    subject: Subject,
    input_type: Any,
    command: Callable[[Transaction, Any], Awaitable[UUID]],
    description: str,
    *,
    argument: str,
    exclusive: bool = False,
) -> Any:
    """A mutation that makes a row: `command` gets the input and names the row to answer with."""

    async def resolver(info: Any, input: Any) -> Any:
        outcome = await created(info, *subject[1:], input, lambda tx: command(tx, input), exclusive=exclusive)
        return payload(subject.payload, outcome)

    return _mutation(resolver, input_type, argument, description)


def altering(
    subject: Subject,
    input_type: Any,
    command: Callable[[Transaction, UUID, Any], Awaitable[Any]],
    description: str,
    *,
    argument: str | None = None,
    id_field: str = "id",
    exclusive: bool = False,
) -> Any:
    """A mutation of the row that the input names: `command` gets the row's id and the input.

    The payload has the row as it is afterwards, also when the change was refused.
    """

    async def resolver(info: Any, input: Any) -> Any:
        outcome = await changed(
            info,
            *subject[1:],
            input,
            lambda tx, id: command(tx, id, input),
            field=id_field,
            exclusive=exclusive,
        )
        return payload(subject.payload, outcome)

    shared: dict[Any, str] = {ArchiveInput: "Which one.", ReorderInput: "What goes where."}
    return _mutation(resolver, input_type, argument or shared.get(input_type, "What to change."), description)


def _mutation(resolver: Any, input_type: Any, argument: str, description: str) -> Any:
    annotations = {
        "info": strawberry.Info,
        "input": Annotated[input_type, strawberry.argument(description=argument)],
    }
    keyword = inspect.Parameter.KEYWORD_ONLY
    # Strawberry reads the arguments off the signature, and the answer off the class.
    resolver.__signature__ = inspect.Signature(
        [inspect.Parameter(name, keyword, annotation=annotation) for name, annotation in annotations.items()]
    )
    resolver.__annotations__ = annotations
    return strawberry.mutation(resolver=resolver, description=description)
