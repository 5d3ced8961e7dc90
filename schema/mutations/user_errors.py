"""How a refusal is told: user errors in the payload of a mutation."""

import dataclasses
from collections.abc import Awaitable, Callable
from enum import StrEnum
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from schema.context import Info
from schema.descriptions.enums import describe_enum
from schema.execution.fields.batched import planned_reads, requested_columns
from schema.execution.fields.selecting import narrow_statement
from schema.mutations.inputs import check_input, facts, facts_with_parts, own_id

# Refusals are known once their modules are imported.
from service import objective_duplication, upserting  # noqa: F401
from service.all_entities import load_concepts
from service.entities.entity import Entity
from service.errors import Refusal, Refusals, refusal_kinds
from service.events.creation import CreatedFrom, digest, were_created_from
from service.values.names import to_camel_case
from service.values.parsing import to_json_value
from service.workspace import importing  # noqa: F401
from service.writing import batches  # noqa: F401
from service.writing.constraints import Taken
from service.writing.refusals import NotFound
from service.writing.transaction import Transaction

P = TypeVar("P")


def _codes() -> Any:
    """One code for each kind of refusal that has a meaning for clients of the API."""
    load_concepts()
    meanings = {kind.code: kind.meaning for kind in refusal_kinds() if kind.meaning is not None}
    codes: Any = StrEnum("UserErrorCode", {code: code for code in sorted(meanings)})
    return describe_enum(codes, "Code of a reason why a change was refused; stable, unlike the message.", **meanings)


UserErrorCode: Any = _codes()


@strawberry.type(description="Reason why a change was refused. A payload lists all reasons that can be determined.")
class UserError:
    code: UserErrorCode = strawberry.field(description="Code of the kind of refusal; stable, unlike the message.")
    message: str = strawberry.field(description="Explanation of what is wrong and what to do, in English.")
    field: list[str] | None = strawberry.field(
        description='Path of the input field at fault, such as ["input", "title"]; null if it is none in particular.'
    )
    parameters: JSON = strawberry.field(
        description="Parameters: the values that the message names, for messages of your own, such as "
        '{"name": "title", "length": 501, "limit": 500} for TOO_LONG. The description of each code has the names in '
        "angle brackets. Exact numbers are strings."
    )


USER_ERRORS = "Reasons why the change was refused; empty if it was made."


def user_errors(refusal: Refusal, *within: str) -> list[UserError]:
    """The refusals as what a payload carries; `within` is the path in the input to what was refused."""
    return [
        UserError(
            code=UserErrorCode[each.code],
            message=each.message,
            field=["input", *within, *each.field] if within or each.field else None,
            parameters={to_camel_case(name): to_json_value(fact) for name, fact in each.facts.items()},  # type: ignore[arg-type]
        )
        for each in refusal.all
    ]


async def created(
    info: Info,
    entity: Entity,
    input: Any,
    command: Callable[[Transaction], Awaitable[UUID]],
    *,
    exclusive: bool = False,
) -> tuple[Any, list[UserError]]:
    """Runs a command that creates a row; the row and no errors, or the refusals.

    With an id of the client's own, the same input again is answered with the row that it created before; another
    input under that id is refused with Taken, together with the row that has it.
    """
    id = own_id(input, entity.name)
    source = CreatedFrom(id, digest(facts_with_parts(input, entity.name))) if id else None

    async def run(tx: Transaction) -> UUID:
        tx.attempt.note(check_input(input, entity.name, creates=True))
        tx.created_from = source
        return await command(tx)

    try:
        row_id = await info.context.write(run, exclusive=exclusive)
    except Refusal as refusal:
        if source is not None:
            [row] = await info.context.find(entity, [source.id])
            if row is not None and await were_created_from(info.context.reader, [source]):
                return row, []
            if any(each.code == Taken.code and each.field == ("id",) for each in refusal.all):
                return row, user_errors(refusal)
        return None, user_errors(refusal)
    return await find_requested(info, entity, row_id), []


async def changed(
    info: Info,
    entity: Entity,
    input: Any,
    command: Callable[[Transaction, UUID], Awaitable[None]],
    *,
    field: str = "id",
    exclusive: bool = False,
) -> tuple[Any, list[UserError]]:
    """Runs a command on the row that the input names in `field`; the row afterwards, and the refusals if any."""
    refusals = list(check_input(input, entity.name))
    own = (to_camel_case(field),)
    if any(refusal.field == own for refusal in refusals):
        return None, user_errors(Refusals(refusals))
    row_id = facts(input, entity.name)[field]

    async def run(tx: Transaction) -> None:
        tx.attempt.note(refusals)
        await command(tx, row_id)

    errors: list[UserError] = []
    try:
        await info.context.write(run, exclusive=exclusive)
    except Refusal as refusal:
        errors = user_errors(refusal)
        if any(isinstance(each, NotFound) and each.field == own for each in refusal.all):
            return None, errors
    return await find_requested(info, entity, row_id), errors


async def find_requested(info: Info, entity: Entity, id: UUID) -> Any:
    """The row that the payload of a mutation has in a field, with the columns that are requested of it; None without
    it."""
    statement = narrow_statement(entity.by_id, requested_columns(info), "id")
    return await info.context.find_one(statement, id, partial(planned_reads, info, entity.name))


def payload(kind: type[P], outcome: tuple[Any, list[UserError]]) -> P:
    """A payload, whose first field is the changed object, of what `created` or `changed` came to."""
    row, errors = outcome
    return kind(**{dataclasses.fields(kind)[0].name: row, "user_errors": errors})  # type: ignore[arg-type]
