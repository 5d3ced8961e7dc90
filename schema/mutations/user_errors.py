"""How a refusal is told: user errors in the payload of a mutation."""

import dataclasses
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

import strawberry
from sqlalchemy import Select
from strawberry.scalars import JSON
from strawberry.types import Info

from schema.context import Context
from schema.mutations import inputs
from schema.mutations.code_meanings import MEANINGS
from schema.mutations.inputs import check_input, facts, own_id
from service.alignment import commands as alignment
from service.alignment import move, paths
from service.check_ins import commands as check_ins
from service.cycles import commands as cycles
from service.errors import Refusal, Refusals
from service.events.creation import CreatedFrom, digest, was_created_from
from service.key_results import commands as key_results
from service.key_results import definition, milestones
from service.kpis import commands as kpis
from service.kpis import definition as kpi_definition
from service.kpis import immutability
from service.kpis.formulas import binding, dependencies, parser
from service.kpis.measurements import points
from service.kpis.targets import commands
from service.people import commands as people
from service.people import time_zones
from service.values import weights
from service.values.parsing import plain_json
from service.workspace import check_ins as imported_check_ins
from service.workspace import report
from service.writing import constraints, entities
from service.writing.constraints import Taken
from service.writing.entities import NotFound, camel
from service.writing.transaction import Transaction

P = TypeVar("P")


# Listed, and not whatever happens to be imported: the schema must not depend on who imports it.
REFUSING = (
    inputs,
    entities,
    constraints,
    alignment,
    move,
    paths,
    check_ins,
    cycles,
    definition,
    key_results,
    milestones,
    people,
    time_zones,
    weights,
    kpis,
    kpi_definition,
    binding,
    immutability,
    dependencies,
    parser,
    points,
    commands,
    imported_check_ins,
    report,
)


def _codes() -> Any:
    """One code for each kind of refusal that a mutation can come to."""
    found: set[str] = set()
    for module in REFUSING:
        for each in vars(module).values():
            if isinstance(each, type) and issubclass(each, Refusal) and each.__module__ == module.__name__:
                found.add(each.code)
    codes: Any = StrEnum("UserErrorCode", {code: code for code in sorted(found)})
    strawberry.enum(codes, description="Code of a reason why a change was refused; stable, unlike the message.")
    definition_of: Any = codes
    for value in definition_of.__strawberry_definition__.values:
        value.description = MEANINGS[value.name]
    return codes


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
            parameters={camel(name): plain_json(fact) for name, fact in each.facts.items()},  # type: ignore[arg-type]
        )
        for each in refusal.all
    ]


async def created(
    info: Info[Context, Any],
    statement: Select[Any],
    type_name: str,
    input: Any,
    command: Callable[[Transaction], Awaitable[UUID]],
    *,
    exclusive: bool = False,
) -> tuple[Any, list[UserError]]:
    """Runs a command that creates a row; the row and no errors, or the refusals.

    With an id of the client's own, the same input again is answered with the row that it created before; another
    input under that id is refused with Taken, together with the row that has it.
    """
    id = own_id(input, type_name)
    source = CreatedFrom(id, digest(facts(input, type_name))) if id else None

    async def run(tx: Transaction) -> UUID:
        tx.attempt.note(check_input(input, type_name, creates=True))
        tx.created_from = source
        return await command(tx)

    try:
        found = await info.context.write(run, exclusive=exclusive)
    except Refusal as refusal:
        if source is not None:
            [row] = await info.context.find(statement, [source.id])
            if row is not None and await was_created_from(info.context.reader, source):
                return row, []
            if any(each.code == Taken.code and each.field == ("id",) for each in refusal.all):
                return row, user_errors(refusal)
        return None, user_errors(refusal)
    [row] = await info.context.find(statement, [found])
    return row, []


async def changed(
    info: Info[Context, Any],
    statement: Select[Any],
    type_name: str,
    input: Any,
    command: Callable[[Transaction, UUID], Awaitable[None]],
    *,
    field: str = "id",
    exclusive: bool = False,
) -> tuple[Any, list[UserError]]:
    """Runs a command on the row that the input names in `field`; the row afterwards, and the refusals if any."""
    refusals = list(check_input(input, type_name))
    own = (camel(field),)
    if any(refusal.field == own for refusal in refusals):
        return None, user_errors(Refusals(refusals))
    row_id = facts(input, type_name)[field]

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
    [row] = await info.context.find(statement, [row_id])
    return row, errors


def payload(kind: type[P], outcome: tuple[Any, list[UserError]]) -> P:
    """A payload, whose first field is the changed object, of what `created` or `changed` came to."""
    row, errors = outcome
    return kind(**{dataclasses.fields(kind)[0].name: row, "user_errors": errors})  # type: ignore[arg-type]
