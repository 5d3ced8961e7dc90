"""Archives and restores rows of any type."""

from collections.abc import Sequence
from uuid import UUID

from service.entities.entity import Entity
from service.events.models import Verb
from service.writing.rows import archive, lock_row, restore
from service.writing.transaction import Transaction


async def set_archived(tx: Transaction, entity: Entity, id: UUID, archived: bool, reason: str | None = None) -> None:
    """Archives or restores the row of a type with this id; doing it twice changes nothing.

    Raises Forbidden, NotFound, and what the type's `lock` raises.
    """
    archiving = entity.archiving
    if archiving is None:
        raise TypeError(f"{entity.name} cannot be archived.")
    archiving.ensure_allowed(tx.viewer)
    objectives: Sequence[UUID] = ()
    if archiving.lock is None:
        row = await lock_row(tx, entity.changeable, id, allow_archived=True)
    else:
        row, objectives = await archiving.lock(tx, id, archived)
    if archive(tx, row) if archived else restore(tx, row):
        tx.record(Verb.ARCHIVED if archived else Verb.RESTORED, row, {}, reason=reason, objectives=objectives)
        if archiving.settle is not None:
            await archiving.settle(tx, row)
