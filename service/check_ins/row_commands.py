"""Adds the rows of check-ins of any kind, and those that take the place of others: corrections and withdrawals."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import field
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import TextClause, text
from uuid_utils.compat import uuid7

from service.errors import Refusal
from service.events.models import Verb
from service.people.permissions import checks_in_for_others
from service.postgres.tables import TenantRow, table_of
from service.values import global_ids
from service.values.parsing import to_json_value
from service.values.record import record
from service.viewer import Viewer
from service.writing.constraints import taken
from service.writing.transaction import Transaction
from service.writing.unsaved_row import unsaved_row

REPLACES = "replacesId"
# Values that no two check-ins have.
UNIQUE = ("id", "external_id")


class CheckInKind(NamedTuple):
    """Check-ins of one table: `facts` are the columns that say something, `subject` those that name what it is about.
    What all of them have in common is in `statement_keys`."""

    model: type[TenantRow]
    facts: tuple[str, ...]
    subject: tuple[str, ...]


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


@record
class Correction:
    """What takes the place of a check-in: the `values` that differ, by column. `id` is that of the new one."""

    replaces_id: UUID
    values: Mapping[str, Any] = field(default_factory=dict)
    id: UUID | None = None
    external_id: str | None = None
    reason: str | None = None


def makers(tx: Transaction, author_id: UUID | None) -> dict[str, UUID | None]:
    """The columns that tell who makes a check-in, on behalf of an author or by itself."""
    own = tx.viewer.person_id
    return {
        "author_id": author_id or own,
        "recorder_id": None if author_id in (None, own) else own,
        "service_account_id": tx.viewer.service_account_id,
    }


def find_repeated(drafts: Sequence[Any]) -> Iterator[list[Refusal]]:
    """For each draft: what it has that one before it has, and only one may have."""
    known: set[tuple[str, Any]] = set()
    for draft in drafts:
        own = {(name, value) for name in UNIQUE if (value := getattr(draft, name)) is not None}
        yield [taken(name) for name, _ in sorted(own & known)]
        known |= own


def add(tx: Transaction, kind: CheckInKind, row: Any) -> None:
    """Adds a check-in that has been checked, and its event."""
    names = kind.facts if row.author_id == tx.viewer.person_id else (*kind.facts, "author_id")
    facts = {name: {"after": value} for name in names if (value := to_json_value(getattr(row, name))) is not None}
    _insert(tx, kind, Verb.CHECKED_IN, row, facts)


def add_replacement(
    tx: Transaction, kind: CheckInKind, row: Any, replaced: Any, verb: Verb, reason: str | None = None
) -> None:
    """Adds a row that takes the place of another one and has been checked, and its event."""
    changes: dict[str, Any] = {"replaces_id": {"after": to_json_value(replaced.id)}}
    for name in () if row.is_withdrawal else kind.facts:
        before, after = (to_json_value(getattr(each, name)) for each in (replaced, row))
        if before != after:
            changes[name] = {"before": before, "after": after}
    _insert(tx, kind, verb, row, changes, reason)


def _insert(
    tx: Transaction, kind: CheckInKind, verb: Verb, row: Any, changes: dict[str, Any], reason: str | None = None
) -> None:
    tx.attempt.propose(row, {name: getattr(row, name) for name in (*UNIQUE, "note")})
    tx.insert([row])
    objectives = [row.objective_id] if "objective_id" in kind.subject else []
    tx.record(verb, row, changes, reason=reason, objectives=objectives)


def replace(
    tx: Transaction, kind: CheckInKind, replaced: Any, requested: Correction, values: Mapping[str, Any]
) -> UUID:
    """Adds a row that corrects a locked check-in to `values`, and its event; its id. The author stays the same."""
    return _replace(tx, kind, replaced, requested, Verb.CORRECTED, values)


def withdraw(tx: Transaction, kind: CheckInKind, replaced: Any, requested: Correction) -> UUID:
    """Adds a row that takes a locked check-in back, and its event; its id. It says nothing itself, and is dated as the
    check-in."""
    values = {"at": replaced.at, "is_withdrawal": True, "invalid_since": tx.now}
    return _replace(tx, kind, replaced, requested, Verb.WITHDRAWN, values)


def _replace(
    tx: Transaction, kind: CheckInKind, replaced: Any, requested: Correction, verb: Verb, values: Mapping[str, Any]
) -> UUID:
    own = {
        "organization_id": tx.organization_id,
        "id": requested.id or uuid7(),
        "external_id": requested.external_id,
        "recorded_at": tx.now,
        "replaces_id": replaced.id,
        **{name: getattr(replaced, name) for name in kind.subject},
    }
    row = unsaved_row(kind.model, {**values, **own, **makers(tx, replaced.author_id)})
    replaced.invalid_since = tx.now
    add_replacement(tx, kind, row, replaced, verb, requested.reason)
    return row.id


def check_maker(viewer: Viewer, check_in: Any) -> Iterator[Refusal]:
    """Yields CheckInOfOthers unless the check-in is the viewer's, or the viewer may check in for others."""
    own = (check_in.author_id, None if check_in.author_id else check_in.service_account_id)
    viewers = (viewer.person_id, None if viewer.person_id else viewer.service_account_id)
    if (own != viewers or own == (None, None)) and not checks_in_for_others(viewer):
        yield CheckInOfOthers((REPLACES,))


async def note_replaced(tx: Transaction, kind: CheckInKind, check_in: Any) -> None:
    """Notes CheckInCorrected or CheckInWithdrawn for a locked check-in that was replaced. Moves `now` on to it."""
    if check_in.invalid_since is not None:
        newest = (await load_newest(tx, kind, [check_in.id]))[check_in.id]
        tx.attempt.note([refusal_of_replaced(kind, newest, REPLACES)])
    # Whoever waited for the lock began earlier than who held it.
    tx.now = max(tx.now, check_in.recorded_at)


async def load_newest(tx: Transaction, kind: CheckInKind, ids: Collection[UUID]) -> dict[UUID, Any]:
    """The newest replacement of each of these check-ins by the id of the check-in, which may be that itself."""
    return {row.replaced_id: row for row in await tx.rows(_newest(kind), ids=list(ids))} if ids else {}


@cache
def _newest(kind: CheckInKind) -> TextClause:
    """The last one of those that replaced each of `:ids`, one after the other."""
    table = table_of(kind.model).name
    return text(f"""
    WITH RECURSIVE later (replaced_id, id, is_withdrawal, number) AS (
        SELECT c.id, c.id, c.is_withdrawal, 0 FROM {table} c
        WHERE c.organization_id = :organization_id AND c.id = ANY(CAST(:ids AS uuid[]))
        UNION ALL
        SELECT later.replaced_id, c.id, c.is_withdrawal, later.number + 1
        FROM later JOIN {table} c ON c.organization_id = :organization_id AND c.replaces_id = later.id
    )
    SELECT DISTINCT ON (replaced_id) replaced_id, id, is_withdrawal FROM later ORDER BY replaced_id, number DESC""")


def refusal_of_replaced(kind: CheckInKind, newest: Any, field: str) -> Refusal:
    """Why a check-in that was replaced cannot be replaced again; `newest` is what stands in its place."""
    refusal = CheckInWithdrawn if newest.is_withdrawal else CheckInCorrected
    return refusal((field,), newest_id=global_ids.encode(kind.model.__name__, newest.id))
