"""Correcting and withdrawing check-ins: new rows, which take the place of what they name."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text
from uuid_utils.compat import uuid7

from service.check_ins.commands import (
    FACTS,
    CheckInDraft,
    check_date,
    check_on_key_result,
    check_on_objective,
    check_statement,
    makers,
)
from service.check_ins.locking import LockedCheckIn, lock_check_in
from service.check_ins.models import CheckIn
from service.cycles.states import CycleAction
from service.errors import Refusal
from service.events.models import Verb
from service.people.goal_access import GoalCheck, ensure_access
from service.people.permissions import checks_in_for_others, ensure_editor
from service.values import global_ids
from service.values.parsing import to_json_value
from service.viewer import Viewer
from service.writing.rows import refusal_of_archived
from service.writing.texts import check_texts
from service.writing.transaction import Transaction
from service.writing.unsaved_row import unsaved_row

REPLACES = "replacesId"
# The last one of those that replaced each of `:ids`, one after the other.
NEWEST = text("""
    WITH RECURSIVE later (replaced_id, id, is_withdrawal, number) AS (
        SELECT c.id, c.id, c.is_withdrawal, 0 FROM check_ins c
        WHERE c.organization_id = :organization_id AND c.id = ANY(CAST(:ids AS uuid[]))
        UNION ALL
        SELECT later.replaced_id, c.id, c.is_withdrawal, later.number + 1
        FROM later JOIN check_ins c ON c.organization_id = :organization_id AND c.replaces_id = later.id
    )
    SELECT DISTINCT ON (replaced_id) replaced_id, id, is_withdrawal FROM later ORDER BY replaced_id, number DESC""")


class CheckInCorrected(Refusal):
    """This check-in was corrected already. The one that is valid now is {newest_id}: correct or withdraw that one."""

    meaning = (
        "Check-in that was corrected already, perhaps by somebody else at the same time. The one that is valid now is "
        "<newestId>: read it, and correct or withdraw that one."
    )


class CheckInWithdrawn(Refusal):
    """This check-in was withdrawn, by {newest_id}, which nothing undoes. Make another check-in."""

    meaning = "Check-in that was withdrawn, by <newestId>, which nothing undoes. Make another check-in."


class CheckInOfOthers(Refusal):
    """This check-in is somebody else's: its author may correct and withdraw it, and those who may check in on behalf of
    others."""

    is_about_rights = True
    meaning = (
        "Check-in of somebody else, by a caller that is neither ADMIN nor OWNER and has no API key with the scope "
        "ACT_AS. Ask its author, or an administrator."
    )


class CorrectionEmpty(Refusal):
    """A correction says something else than the check-in that it replaces. Change something, or withdraw the
    check-in."""

    meaning = "Correction that says the same as the check-in that it replaces. Change something, or withdraw it."


@dataclass(frozen=True, slots=True)
class Correction:
    """What takes the place of a check-in: the `values` that differ, by column. `id` is that of the new one."""

    replaces_id: UUID
    values: Mapping[str, Any] = field(default_factory=dict)
    id: UUID | None = None
    external_id: str | None = None
    reason: str | None = None


async def correct(tx: Transaction, requested: Correction) -> UUID:
    """Adds a check-in that takes the place of another one; its id. The author stays the same."""
    target = await _lock(tx, requested)
    replaced = target.check_in
    facts = {name: getattr(replaced, name) for name in FACTS}
    changed = {name: value for name, value in requested.values.items() if facts[name] != value}
    draft = CheckInDraft(**{**facts, **changed}, id=requested.id, external_id=requested.external_id)
    if not changed:
        tx.attempt.note([CorrectionEmpty()])
    tx.attempt.note(check_statement(draft))
    # What is left as it is was admitted when it was said.
    if "value" in changed:
        key_result, objective = target.key_result, target.locked.objective
        tx.attempt.note(check_on_key_result(key_result, draft) if key_result else check_on_objective(objective, draft))
    if "at" in changed:
        tx.attempt.note(check_date(tx, draft.at or tx.now, await target.locked.cycle(tx)))
    values = {name: value for name, value in asdict(draft).items() if name != "author_id"}
    return _replace(tx, target, requested, Verb.CORRECTED, values)


async def withdraw(tx: Transaction, requested: Correction) -> UUID:
    """Adds a record that takes a check-in back; its id. It says nothing itself, and is dated as the check-in."""
    target = await _lock(tx, requested)
    values = {"id": requested.id, "external_id": requested.external_id, "at": target.check_in.at}
    return _replace(tx, target, requested, Verb.WITHDRAWN, {**values, "is_withdrawal": True, "invalid_since": tx.now})


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
    tx.attempt.note(_check_maker(tx.viewer, check_in))
    await locked.check_cycle(tx, [CycleAction.CHECK_IN], REPLACES)
    if check_in.invalid_since is not None:
        newest = (await load_newest(tx, [check_in.id]))[check_in.id]
        tx.attempt.note([refusal_of_replaced(newest, REPLACES)])
    # Whoever waited for the lock began earlier than who held it.
    tx.now = max(tx.now, check_in.recorded_at)
    return target


def _check_maker(viewer: Viewer, check_in: CheckIn) -> Iterator[Refusal]:
    """Yields CheckInOfOthers unless the check-in is the viewer's, or the viewer may check in for others."""
    own = (check_in.author_id, None if check_in.author_id else check_in.service_account_id)
    viewers = (viewer.person_id, None if viewer.person_id else viewer.service_account_id)
    if (own != viewers or own == (None, None)) and not checks_in_for_others(viewer):
        yield CheckInOfOthers((REPLACES,))


async def load_newest(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, Any]:
    """The newest replacement of each of these check-ins by the id of the check-in, which may be that itself."""
    return {row.replaced_id: row for row in await tx.rows(NEWEST, ids=ids)} if ids else {}


def refusal_of_replaced(newest: Any, field: str) -> Refusal:
    """Why a check-in that was replaced cannot be replaced again; `newest` is what stands in its place."""
    kind = CheckInWithdrawn if newest.is_withdrawal else CheckInCorrected
    return kind((field,), newest_id=global_ids.encode("CheckIn", newest.id))


def _replace(
    tx: Transaction, target: LockedCheckIn, requested: Correction, verb: Verb, values: Mapping[str, Any]
) -> UUID:
    """Adds a row that takes the place of a locked check-in, and its event."""
    replaced = target.check_in
    own = {
        "organization_id": tx.organization_id,
        "objective_id": replaced.objective_id,
        "key_result_id": replaced.key_result_id,
        "recorded_at": tx.now,
        "replaces_id": replaced.id,
    }
    row = unsaved_row(CheckIn, {**values, **own, **makers(tx, replaced.author_id), "id": values["id"] or uuid7()})
    replaced.invalid_since = tx.now
    add_replacement(tx, row, replaced, verb, requested.reason)
    return row.id


def add_replacement(tx: Transaction, row: CheckIn, replaced: CheckIn, verb: Verb, reason: str | None = None) -> None:
    """Adds a row that takes the place of another one and has been checked, and its event."""
    tx.attempt.propose(row, {name: getattr(row, name) for name in ("id", "external_id", "note")})
    tx.insert([row])
    changes: dict[str, Any] = {"replaces_id": {"after": to_json_value(replaced.id)}}
    for name in () if row.is_withdrawal else FACTS:
        before, after = (to_json_value(getattr(each, name)) for each in (replaced, row))
        if before != after:
            changes[name] = {"before": before, "after": after}
    tx.record(verb, row, changes, reason=reason, objectives=[row.objective_id])
