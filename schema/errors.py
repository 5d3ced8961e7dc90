"""How a refusal is told: user errors in the payload of a mutation."""

import dataclasses
import re
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

import strawberry
from sqlalchemy import Select
from strawberry.types import Info

from schema.context import Context
from schema.node import reference
from service import changing, constraints, weights
from service.alignment import commands as alignment
from service.alignment import paths
from service.changing import NotFound
from service.check_ins import commands as check_ins
from service.cycles import commands as cycles
from service.errors import Refusal
from service.key_results import commands as key_results
from service.key_results import definition, milestones
from service.kpis import binding, fixed, graph, parsing, points, targets
from service.kpis import commands as kpis
from service.kpis import definition as kpi_definition
from service.people import commands as people
from service.people import time_zones
from service.transaction import Transaction
from service.workspace import check_ins as imported_check_ins
from service.workspace import results

P = TypeVar("P")


# Listed, and not whatever happens to be imported: the schema must not depend on who imports it.
REFUSING = (
    changing,
    constraints,
    alignment,
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
    fixed,
    graph,
    parsing,
    points,
    targets,
    imported_check_ins,
    results,
)


def _codes() -> Any:
    """One code for each kind of refusal that a mutation can come to."""
    refusals: dict[str, type[Refusal]] = {}
    for module in REFUSING:
        for each in vars(module).values():
            if isinstance(each, type) and issubclass(each, Refusal) and each.__module__ == module.__name__:
                refusals[each.code] = each
    codes: Any = StrEnum("UserErrorCode", {code: code for code in sorted(refusals)})
    strawberry.enum(codes, description="Why a change was refused; stable, unlike the message.")
    definition_of: Any = codes
    for value in definition_of.__strawberry_definition__.values:
        # The docstring is the message with places for facts; here the places only have names.
        message = " ".join((refusals[value.name].__doc__ or "").split())
        value.description = re.sub(r"\{(\w+)[^}]*\}", r"<\1>", message)
    return codes


UserErrorCode: Any = _codes()


@strawberry.type(description="Why a change was refused, for the person who asked for it; nothing was changed.")
class UserError:
    code: UserErrorCode = strawberry.field(description="What kind of refusal it is; stable.")
    message: str = strawberry.field(description="What is wrong and what to do, in English.")
    field: list[str] | None = strawberry.field(description="The path of the input field at fault, if it is one.")


USER_ERRORS = "Why the change was refused; empty when it was made."


def user_errors(refusal: Refusal, *within: str) -> list[UserError]:
    """The refusal as what a payload carries; `within` is the path in the input to what was refused."""
    return [
        UserError(
            code=UserErrorCode[refusal.code],
            message=refusal.message,
            field=["input", *within, *refusal.field] if within or refusal.field else None,
        )
    ]


async def created(
    info: Info[Context, Any],
    statement: Select[Any],
    command: Callable[[Transaction], Awaitable[UUID]],
    *,
    exclusive: bool = False,
) -> tuple[Any, list[UserError]]:
    """Runs a command that names a row; that row and no errors, or None and the refusal."""
    try:
        id = await info.context.write(command, exclusive=exclusive)
    except Refusal as refusal:
        return None, user_errors(refusal)
    [row] = await info.context.find(statement, [id])
    return row, []


async def changed(
    info: Info[Context, Any],
    statement: Select[Any],
    type_name: str,
    id: str,
    command: Callable[[Transaction, UUID], Awaitable[None]],
    *,
    field: str = "id",
    exclusive: bool = False,
) -> tuple[Any, list[UserError]]:
    """Runs a command on the row that `id` means; the row afterwards, and the refusal if there was one."""
    errors: list[UserError] = []
    try:
        row_id = reference(id, type_name, field)
        await info.context.write(lambda tx: command(tx, row_id), exclusive=exclusive)
    except NotFound as refusal:
        if refusal.field == (field,):
            return None, user_errors(refusal)
        errors = user_errors(refusal)
    except Refusal as refusal:
        errors = user_errors(refusal)
    [row] = await info.context.find(statement, [row_id])
    return row, errors


def payload(kind: type[P], outcome: tuple[Any, list[UserError]]) -> P:
    """A payload, whose first field is the changed object, of what `created` or `changed` came to."""
    row, errors = outcome
    return kind(**{dataclasses.fields(kind)[0].name: row, "user_errors": errors})  # type: ignore[arg-type]
