"""Rows that commands create, change, archive and restore."""

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import SQLModel
from uuid_utils.compat import uuid7

from service.errors import Refusal
from service.postgres.tables import Changeable, Facts, TenantRow
from service.values.names import to_words
from service.values.parsing import to_json_value
from service.writing.change import Change
from service.writing.refusals import Archived, Conflict, EffectiveAtOutOfRange, Erased, NotFound
from service.writing.revisions import last_valid_from
from service.writing.texts import check_texts
from service.writing.transaction import Transaction
from service.writing.unsaved_row import model_of, unsaved_row

C = TypeVar("C", bound=Changeable)


@cache
def facts_of(model: type[SQLModel]) -> tuple[str, ...]:
    """The columns of a model that people set: those of its base class of `Facts`, and its external id."""
    facts: type[SQLModel] | None = next((each for each in model.__mro__ if Facts in each.__bases__), None)
    names = ("external_id",) if "external_id" in model.model_fields else ()
    return (*names, *(facts.model_fields if facts else ()))


def new_row(tx: Transaction, model: type[C], values: Mapping[str, Any]) -> C:
    """A row that is not in the database yet; what is wrong with its texts is noted."""
    facts = {**values, "id": values.get("id") or uuid7(), "organization_id": tx.organization_id}
    row = unsaved_row(model, {**facts, "created_at": tx.now, "updated_at": tx.now})
    if "changed_at" in model.model_fields:
        row.changed_at = tx.now
    if "position" in model.model_fields and not facts.get("position"):
        row.position = tx.next_position()
    tx.attempt.propose(row, values)
    tx.attempt.note(check_texts(values))
    return row


def changes_of_new(row: TenantRow) -> dict[str, Any]:
    """The facts of a new row as the changes of its event."""
    columns = row.__dict__
    values = [(name, columns[name]) for name in facts_of(model_of(row))]
    return {name: {"after": to_json_value(value)} for name, value in values if value is not None and value != []}


async def lock_row(tx: Transaction, model: type[C], id: UUID, *, field: str = "id", allow_archived: bool = False) -> C:
    """The row to change, locked. Raises NotFound, and Archived or Erased unless archived rows are allowed."""
    [row] = await tx.lock(model, [id])
    if row is None:
        raise NotFound((field,), thing=to_words(model.__name__))
    ensure_not_archived(row, field, allow_archived)
    return row


def ensure_not_archived(row: Changeable, field: str = "id", allow_archived: bool = False) -> None:
    """Raises Archived or Erased for an archived row, unless these are allowed."""
    if row.archived_at is not None and not allow_archived:
        raise refusal_of_archived(row, field)


def refusal_of_archived(row: Changeable, *field: str) -> Refusal:
    """Why an archived row cannot change: Erased if it was erased, else Archived."""
    kind = Archived if getattr(row, "erased_at", None) is None else Erased
    return kind(field, thing=to_words(model_of(row).__name__))


async def flush_written(tx: Transaction) -> None:
    """Flushes, and remembers what was proposed for rows that are yet to be written."""
    proposals = list(tx.attempt.proposals)
    await tx.flush()
    tx.attempt.proposals = proposals


async def apply_change(tx: Transaction, row: Changeable, change: Change) -> dict[str, Any]:
    """Sets the values of a change; what differs, before and after. Nothing different changes nothing.

    Notes Conflict, EffectiveAtOutOfRange, and what is wrong with texts.
    """
    if change.expected_version is not None and change.expected_version != row.version:
        tx.attempt.note([Conflict(("expectedVersion",), version=row.version, expected=change.expected_version)])
    if change.effective_at is not None:
        last = await last_valid_from(tx, row) or row.created_at
        if not last <= change.effective_at <= tx.now:
            tx.attempt.note([EffectiveAtOutOfRange(("effectiveAt",), last=to_json_value(last))])
    tx.attempt.note(check_texts({**change.values, "reason": change.reason}))
    changes = {
        name: {"before": to_json_value(getattr(row, name)), "after": to_json_value(value)}
        for name, value in change.values.items()
        if getattr(row, name) != value
    }
    if changes:
        for name in changes:
            setattr(row, name, change.values[name])
        tx.attempt.propose(row, {name: change.values[name] for name in changes})
        advance(tx, row)
    return changes


def archive(tx: Transaction, row: Changeable) -> bool:
    """Marks a row as archived; False when it was so already."""
    if row.archived_at is not None:
        return False
    row.archived_at = tx.now
    advance(tx, row)
    return True


def restore(tx: Transaction, row: Changeable) -> bool:
    """Makes an archived row live again; False when it was not archived."""
    if row.archived_at is None:
        return False
    row.archived_at = None
    advance(tx, row)
    return True


def advance(tx: Transaction, row: Changeable) -> None:
    """Counts a change of a row."""
    row.version += 1
    row.updated_at = tx.now
    if hasattr(row, "changed_at"):
        row.changed_at = tx.now
