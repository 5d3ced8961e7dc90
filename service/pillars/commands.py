"""Changes to pillars."""

from collections.abc import Sequence

from service.events.models import Verb
from service.people.permissions import ensure_administrator
from service.pillars.models import Pillar
from service.writing.change import Change
from service.writing.rows import apply_change, changes_of_new, lock_row
from service.writing.transaction import Transaction


async def create(tx: Transaction, pillars: Sequence[Pillar]) -> None:
    """Adds pillars."""
    ensure_administrator(tx.viewer)
    tx.insert(pillars)
    for pillar in pillars:
        tx.record(Verb.CREATED, pillar, changes_of_new(pillar))


async def change(tx: Transaction, requested: Change) -> None:
    """Changes a pillar."""
    ensure_administrator(tx.viewer)
    pillar = await lock_row(tx, Pillar, requested.id)
    changes = await apply_change(tx, pillar, requested)
    if changes:
        tx.record(Verb.UPDATED, pillar, changes, requested=requested)
