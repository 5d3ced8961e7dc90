"""Puts a row at another place among its siblings."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select

from service.postgres.tables import Changeable
from service.values.names import to_words
from service.values.positions import positions_after_move
from service.writing.change import Change
from service.writing.refusals import NotFound
from service.writing.rows import apply_change
from service.writing.transaction import Transaction
from service.writing.unsaved_row import model_of

C = TypeVar("C", bound=Changeable)


async def move(
    tx: Transaction, row: C, scope: str, after: UUID | None, record: Callable[[C, dict[str, Any]], None]
) -> None:
    """Puts `row` right after another row with the same value in the column `scope`, or first.

    `record` is called for each row whose position changed, which is one unless the room between two
    neighbours is used up. Raises NotFound when `after` is not a sibling.
    """
    model: Any = model_of(row)
    siblings = await tx.rows(
        select(model.id, model.position)
        .where(
            model.organization_id == tx.organization_id,
            getattr(model, scope) == getattr(row, scope),
            model.archived_at.is_(None),
        )
        .order_by(model.position, model.id)
    )
    try:
        positions = positions_after_move([(sibling.id, sibling.position) for sibling in siblings], row.id, after)
    except KeyError:
        raise NotFound(("afterId",), thing=f"{to_words(model.__name__)} beside this one") from None
    for sibling in filter(None, await tx.lock(model, positions)):
        version = sibling.version
        changes = await apply_change(tx, sibling, Change(sibling.id, {"position": positions[sibling.id]}))
        if changes:
            if sibling.id != row.id:
                # Numbered anew between the same neighbours: nobody's idea of it is out of date.
                sibling.version = version
            record(sibling, changes)
