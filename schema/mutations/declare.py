"""Declares mutations of any type: their inputs, and how an input becomes a payload."""

import inspect
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Annotated, Any, NamedTuple
from uuid import UUID

import strawberry

from schema.mutations.inputs import change
from schema.mutations.user_errors import changed, created, payload
from schema.relay.node import reference
from service.entities.archiving import set_archived
from service.entities.entity import Entity
from service.writing.transaction import Transaction

EFFECTIVE_AT = "Time from which on the change holds; now when left out. Not in the future, not before the last change."
EXPECTED_VERSION = (
    "Version of the {object} that you last read. The change is refused with CONFLICT if the {object} has another one "
    "by now. Not checked when left out."
)
UNCHANGED = "Left out: unchanged."
UNCHANGED_OR_REMOVED = f"{UNCHANGED} Null: removed."
REASON = "Reason for the change, kept with its event. At most 2 000 characters."
OWN_ID = (
    "UUID of your own for the new {object}, so that sending the input twice cannot create two. The same input again is "
    "answered with the {object} that it created. Another input with the same id is refused with TAKEN, and the payload "
    "has the object that bears the id. Left out: the service makes an id."
)
_KNOWN_AS = (
    "Id by which your own system knows the {object}; unique among the organization's {objects}. At most 200 characters."
)
EXTERNAL_ID, NEW_EXTERNAL_ID = f"{_KNOWN_AS} Left out: none.", f"{_KNOWN_AS} Left out: unchanged. Null: removed."


def optional(description: str) -> Any:
    """A field that may be left out."""
    return strawberry.field(default=None, description=description)


@cache
def archive_input(name: str, noun: str, verb: str) -> Any:
    """The input of a mutation that archives, restores or removes a `noun`; a type of its own for each mutation."""
    id = strawberry.field(description=f"Id of the {noun} to {verb}.")
    return _input(
        name,
        f"{_capital(noun)} to {verb}, and the reason for it.",
        {"id": (strawberry.ID, id), "reason": (str | None, optional(REASON))},
    )


def reorder_input(name: str, noun: str) -> Any:
    """The input of a mutation that moves a `noun` among its siblings; a type of its own for each mutation."""
    id = strawberry.field(description=f"Id of the {noun} to move.")
    after_id = optional(f"Id of the sibling that the {noun} will follow; null or left out: the {noun} comes first.")
    fields = {"id": (strawberry.ID, id), "after_id": (strawberry.ID | None, after_id)}
    return _input(name, f"{_capital(noun)} to move, and its new place among its siblings.", fields)


def input_without(base: Any, name: str, description: str, *left_out: str) -> Any:
    """An input with the fields of another one, without some."""
    annotations = {field: each for field, each in base.__annotations__.items() if field not in left_out}
    fields = [each for each in base.__strawberry_definition__.fields if each.python_name in annotations]
    body = {each.python_name: strawberry.field(default=each.default, description=each.description) for each in fields}
    return strawberry.input(type(name, (), {"__annotations__": annotations, **body}), description=description)


def _input(name: str, description: str, fields: dict[str, tuple[Any, Any]]) -> Any:
    annotations = {field: annotation for field, (annotation, _) in fields.items()}
    body = {field: value for field, (_, value) in fields.items()}
    return strawberry.input(type(name, (), {"__annotations__": annotations, **body}), description=description)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def after(input: Any, type_name: str) -> UUID | None:
    """The sibling to follow. Raises NotFound for an id that cannot be one."""
    return reference(input.after_id, type_name, "afterId") if input.after_id is not None else None


# Changes the row with an id as an input says.
Command = Callable[[Transaction, UUID, Any], Awaitable[Any]]


class Subject(NamedTuple):
    """What mutations change: a type of object, and the payload that they answer with."""

    payload: Any
    entity: Entity


def creating(
    subject: Subject,
    input_type: Any,
    command: Callable[[Transaction, Any], Awaitable[UUID]],
    description: str,
    *,
    argument: str,
    exclusive: bool | Callable[[Any], bool] = False,
) -> Any:
    """A mutation that makes a row: `command` gets the input and names the row to answer with. Some inputs may need the
    graph lock for themselves, and others not."""

    async def resolver(info: Any, input: Any) -> Any:
        is_exclusive = exclusive(input) if callable(exclusive) else exclusive
        outcome = await created(info, subject.entity, input, lambda tx: command(tx, input), exclusive=is_exclusive)
        return payload(subject.payload, outcome)

    return mutation(resolver, input_type, argument, description)


def altering(
    subject: Subject,
    input_type: Any,
    command: Command,
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
            subject.entity,
            input,
            lambda tx, id: command(tx, id, input),
            field=id_field,
            exclusive=exclusive,
        )
        return payload(subject.payload, outcome)

    return mutation(resolver, input_type, argument or input_type.__strawberry_definition__.description, description)


def updating(subject: Subject, input_type: Any, description: str, *, exclusive: bool = False) -> Any:
    """A mutation that changes the fields of a row by the command of its type."""
    return altering(subject, input_type, change_by_input(subject.entity), description, exclusive=exclusive)


def change_by_input(entity: Entity) -> Command:
    """The command that changes the fields of a row as an input says."""
    upsert = entity.upsert
    if upsert is None:
        raise TypeError(f"{entity.name} has no command that changes it.")
    return lambda tx, _, input: upsert.change(tx, change(input, entity.name))


def archiving(subject: Subject, noun: str, description: str, *, exclusive: bool = False) -> Any:
    """A mutation that archives a row."""
    return _set_archived(subject, noun, "archive", description, exclusive)


def restoring(subject: Subject, noun: str, description: str, *, exclusive: bool = False) -> Any:
    """A mutation that restores an archived row."""
    return _set_archived(subject, noun, "restore", description, exclusive)


def _set_archived(subject: Subject, noun: str, verb: str, description: str, exclusive: bool) -> Any:
    input_type = archive_input(f"{subject.entity.name}{verb.capitalize()}Input", noun, verb)
    return altering(subject, input_type, set_archived_by_input(subject.entity, verb), description, exclusive=exclusive)


def set_archived_by_input(entity: Entity, verb: str) -> Command:
    """The command that archives or restores a row, for the reason in an input."""
    return lambda tx, id, input: set_archived(tx, entity, id, verb == "archive", input.reason)


def mutation(resolver: Any, input_type: Any, argument: str, description: str) -> Any:
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
