"""Correcting and withdrawing check-ins on goals: new rows, which take the place of what they name."""

from dataclasses import asdict
from uuid import UUID

from service.check_ins.commands import (
    FACTS,
    KIND,
    CheckInDraft,
    check_date,
    check_on_key_result,
    check_on_objective,
    check_statement,
)
from service.check_ins.locking import LockedCheckIn, lock_check_in
from service.check_ins.row_commands import (
    REPLACES,
    Correction,
    CorrectionEmpty,
    check_maker,
    note_replaced,
    replace,
)
from service.check_ins.row_commands import withdraw as withdraw_row
from service.cycles.states import CycleAction
from service.people.goal_access import GoalCheck, ensure_access
from service.people.permissions import ensure_editor
from service.writing.rows import refusal_of_archived
from service.writing.texts import check_texts
from service.writing.transaction import Transaction


async def correct(tx: Transaction, requested: Correction) -> UUID:
    """Adds a check-in that takes the place of another one; its id. The author stays the same."""
    target = await _lock(tx, requested)
    replaced = target.check_in
    facts = {name: getattr(replaced, name) for name in FACTS}
    changed = {name: value for name, value in requested.values.items() if facts[name] != value}
    draft = CheckInDraft(**{**facts, **changed}, external_id=requested.external_id)
    if not changed:
        tx.attempt.note([CorrectionEmpty()])
    tx.attempt.note(check_statement(draft))
    # What is left as it is was admitted when it was said.
    if "value" in changed:
        key_result, objective = target.key_result, target.locked.objective
        tx.attempt.note(check_on_key_result(key_result, draft) if key_result else check_on_objective(objective, draft))
    if "at" in changed:
        tx.attempt.note(check_date(tx, draft.at or tx.now, await target.locked.cycle(tx)))
    values = asdict(draft)
    return replace(tx, KIND, replaced, requested, {name: values[name] for name in FACTS})


async def withdraw(tx: Transaction, requested: Correction) -> UUID:
    """Adds a record that takes a check-in back; its id."""
    target = await _lock(tx, requested)
    return withdraw_row(tx, KIND, target.check_in, requested)


async def _lock(tx: Transaction, requested: Correction) -> LockedCheckIn:
    """The check-in to replace, locked. Raises Forbidden, NotFound and NotEditable, and notes what else forbids it."""
    ensure_editor(tx.viewer)
    tx.attempt.note(check_texts({"external_id": requested.external_id, "reason": requested.reason}))
    target = await lock_check_in(tx, requested.replaces_id, field=REPLACES)
    check_in, key_result, locked = target
    owners = () if key_result is None else (key_result.owner_id,)
    await ensure_access(tx, GoalCheck(locked.objective, REPLACES, "check-in", further_owners=owners, is_check_in=True))
    for goal in (locked.objective, key_result):
        if goal is not None and goal.archived_at is not None:
            tx.attempt.note([refusal_of_archived(goal, REPLACES)])
    tx.attempt.note(check_maker(tx.viewer, check_in))
    await locked.check_cycle(tx, [CycleAction.CHECK_IN], REPLACES)
    await note_replaced(tx, KIND, check_in)
    return target
