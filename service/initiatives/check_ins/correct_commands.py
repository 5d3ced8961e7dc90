"""Correcting and withdrawing check-ins on initiatives: new rows, which take the place of what they name."""

from uuid import UUID

from service.check_ins.row_commands import (
    REPLACES,
    Correction,
    CorrectionEmpty,
    check_maker,
    note_replaced,
    replace,
)
from service.check_ins.row_commands import withdraw as withdraw_row
from service.initiatives.check_ins.commands import (
    FACTS,
    KIND,
    InitiativeCheckInDraft,
    check_archived,
    check_date,
    check_statement,
    exact,
)
from service.initiatives.check_ins.models import InitiativeCheckIn
from service.initiatives.check_ins.settle_commands import settle
from service.initiatives.locking import check_of
from service.initiatives.models import Initiative
from service.people.goal_access import ensure_access
from service.people.permissions import ensure_editor
from service.writing.refusals import NotFound
from service.writing.rows import lock_row
from service.writing.texts import check_texts
from service.writing.transaction import Transaction


async def correct(tx: Transaction, requested: Correction) -> UUID:
    """Adds a check-in that takes the place of another one; its id. The author stays the same."""
    initiative, replaced = await _lock(tx, requested)
    facts = {name: getattr(replaced, name) for name in FACTS}
    requested_values = {**requested.values, "progress": exact(requested.values.get("progress", facts["progress"]))}
    changed = {name: value for name, value in requested_values.items() if facts[name] != value}
    values = {**facts, **changed}
    if not changed:
        tx.attempt.note([CorrectionEmpty()])
    tx.attempt.note(check_statement(InitiativeCheckInDraft(**values, external_id=requested.external_id)))
    if "at" in changed:
        tx.attempt.note(check_date(tx, values["at"]))
    id = replace(tx, KIND, replaced, requested, values)
    await settle(tx, [initiative])
    return id


async def withdraw(tx: Transaction, requested: Correction) -> UUID:
    """Adds a record that takes a check-in back; its id."""
    initiative, replaced = await _lock(tx, requested)
    id = withdraw_row(tx, KIND, replaced, requested)
    await settle(tx, [initiative])
    return id


async def _lock(tx: Transaction, requested: Correction) -> tuple[Initiative, InitiativeCheckIn]:
    """The check-in to replace, locked after its initiative. Raises Forbidden, NotFound and NotEditable, and notes what
    else forbids it."""
    ensure_editor(tx.viewer)
    tx.attempt.note(check_texts({"external_id": requested.external_id, "reason": requested.reason}))
    [check_in] = await tx.lock(InitiativeCheckIn, [requested.replaces_id], update=False)
    if check_in is None:
        raise NotFound((REPLACES,), thing="check-in")
    initiative = await lock_row(tx, Initiative, check_in.initiative_id, field=REPLACES, allow_archived=True)
    # It may have been replaced while the lock was awaited: the same row, as it is now.
    await tx.lock(InitiativeCheckIn, [check_in.id])
    await ensure_access(tx, check_of(initiative, REPLACES, is_check_in=True)._replace(thing="check-in"))
    tx.attempt.note(check_archived(initiative, REPLACES))
    tx.attempt.note(check_maker(tx.viewer, check_in))
    await note_replaced(tx, KIND, check_in)
    return initiative, check_in
