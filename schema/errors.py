"""How a refusal is told: user errors in the payload of a mutation."""

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Any
from uuid import UUID

import strawberry
from sqlalchemy import Select
from strawberry.types import Info

import service.models
import service.write  # noqa: F401
from schema.context import Context
from service.errors import Refusal
from service.transaction import Transaction


def _codes() -> type[Enum]:
    """One code for each kind of refusal that the rooms know."""
    refusals = sorted({refusal.code: refusal for refusal in Refusal.__subclasses__()}.items())
    codes = Enum("UserErrorCode", {code: code for code, _ in refusals})  # type: ignore[misc]
    strawberry.enum(codes, description="Why a change was refused; stable, unlike the message.")
    for value, (_, refusal) in zip(codes.__strawberry_definition__.values, refusals, strict=True):  # type: ignore[attr-defined]
        value.description = " ".join((refusal.__doc__ or "").split())
    return codes


def user_errors(info: "Info[Context, Any]", refusal: Refusal) -> list["UserError"]:
    """The refusal as what a payload carries."""
    return [
        UserError(
            code=UserErrorCode[refusal.code],
            message=refusal.message,
            field=["input", *refusal.field] if refusal.field else None,
        )
    ]


async def changed(
    info: "Info[Context, Any]",
    statement: Select[Any],
    command: Callable[[Transaction], Awaitable[UUID | None]],
    *,
    id: UUID | None = None,
    exclusive: bool = False,
) -> tuple[Any, list["UserError"]]:
    """Runs a command; the changed row and no errors, or the row as it is and the refusal.

    The row is the one the command names, else the one with `id`.
    """
    errors: list[UserError] = []
    try:
        id = await info.context.write(command, exclusive=exclusive) or id
    except Refusal as refusal:
        errors = user_errors(info, refusal)
    [row] = await info.context.find(statement, [id]) if id else [None]
    return row, errors
