"""Changes to pillars."""

from collections.abc import Sequence
from uuid import UUID

from service.events.models import Verb
from service.people.permissions import ensure_administrator
from service.pillars.models import Pillar
from service.writing.entities import Change, apply, archive, created, locked, restore
from service.writing.transaction import Transaction

FACTS = ("external_id", "name", "description")


async def create(tx: Transaction, pillars: Sequence[Pillar]) -> None:
    """Adds pillars."""
    ensure_administrator(tx.viewer)
    tx.insert(pillars)
    for pillar in pillars:
        tx.record(Verb.CREATED, pillar, created(pillar, FACTS))


async def change(tx: Transaction, wanted: Change) -> None:
    """Changes a pillar."""
    ensure_administrator(tx.viewer)
    pillar = await locked(tx, Pillar, wanted.id)
    changes = await apply(tx, pillar, wanted)
    if changes:
        tx.record(Verb.UPDATED, pillar, changes, reason=wanted.reason)


async def set_archived(tx: Transaction, id: UUID, archived: bool, reason: str | None = None) -> None:
    """Archives or restores a pillar; doing it twice changes nothing."""
    ensure_administrator(tx.viewer)
    pillar = await locked(tx, Pillar, id, archived=True)
    if archive(tx, pillar) if archived else restore(tx, pillar):
        tx.record(Verb.ARCHIVED if archived else Verb.RESTORED, pillar, {}, reason=reason)
