"""What creating, changing, archiving and restoring have in common in every room."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from uuid_utils.compat import uuid7

from service.errors import Refusal
from service.postgres.tables import Changeable
from service.values.parsing import plain_json
from service.writing.revisions import last_valid_from
from service.writing.transaction import Transaction
from service.writing.unsaved_row import fresh

C = TypeVar("C", bound=Changeable)


class NotFound(Refusal):
    """There is no {thing} with {known_by}."""

    def __init__(self, field: tuple[str, ...] = (), *, thing: str, known_by: str = "this id") -> None:
        super().__init__(field, thing=thing, known_by=known_by)


class Conflict(Refusal):
    """The object has version {version} now, and you sent `expectedVersion` {expected}. Read it again."""


class Archived(Refusal):
    """This {thing} is archived. Restore it first."""


class Blank(Refusal):
    """`{name}` must not be empty."""


class TooLong(Refusal):
    """`{name}` has {length} characters; {limit} are allowed."""


class EmailInvalid(Refusal):
    """`{email}` is not an email address, such as ada@example.com."""


class EffectiveAtOutOfRange(Refusal):
    """`effectiveAt` may not be in the future, nor before the last change, which holds from {last} on."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a client wants of an existing row: only the fields given, and what it believes to be there.

    `effective_at` is from when on the change holds; None is now.
    """

    id: UUID
    values: Mapping[str, Any]
    expected_version: int | None = None
    effective_at: datetime | None = None
    reason: str | None = None


def new(tx: Transaction, model: type[C], given: Mapping[str, Any]) -> C:
    """A row that is not in the database yet; what is wrong with its texts is noted."""
    facts = {**given, "id": given.get("id") or uuid7(), "organization_id": tx.organization_id}
    row = fresh(model, {**facts, "created_at": tx.now, "updated_at": tx.now})
    if "changed_at" in model.model_fields:
        row.changed_at = tx.now
    if "position" in model.model_fields and not facts.get("position"):
        row.position = tx.next_position()
    tx.attempt.propose(row, given)
    tx.attempt.note(check_texts(given))
    return row


async def locked(tx: Transaction, model: type[C], id: UUID, *, field: str = "id", archived: bool = False) -> C:
    """The row to change, locked. Raises NotFound, and Archived unless archived rows are wanted too."""
    [row] = await tx.lock(model, [id])
    if row is None:
        raise NotFound((field,), thing=thing(model))
    if row.archived_at is not None and not archived:
        raise Archived((field,), thing=thing(model))
    return row


async def apply(tx: Transaction, row: Changeable, change: Change) -> dict[str, Any]:
    """Sets the values of a change; what differs, before and after. Nothing different changes nothing.

    Notes Conflict, EffectiveAtOutOfRange, and what is wrong with texts.
    """
    if change.expected_version is not None and change.expected_version != row.version:
        tx.attempt.note([Conflict(("expectedVersion",), version=row.version, expected=change.expected_version)])
    if change.effective_at is not None:
        last = await last_valid_from(tx, row) or row.created_at
        if not last <= change.effective_at <= tx.now:
            tx.attempt.note([EffectiveAtOutOfRange(("effectiveAt",), last=plain_json(last))])
    tx.attempt.note(check_texts({**change.values, "reason": change.reason}))
    changes = {
        name: {"before": plain_json(getattr(row, name)), "after": plain_json(value)}
        for name, value in change.values.items()
        if getattr(row, name) != value
    }
    if changes:
        for name in changes:
            setattr(row, name, change.values[name])
        tx.attempt.propose(row, {name: change.values[name] for name in changes})
        _advance(tx, row)
    return changes


def archive(tx: Transaction, row: Changeable) -> bool:
    """Marks a row as archived; False when it was so already."""
    if row.archived_at is not None:
        return False
    row.archived_at = tx.now
    _advance(tx, row)
    return True


def restore(tx: Transaction, row: Changeable) -> bool:
    """Brings an archived row back; False when it was not archived."""
    if row.archived_at is None:
        return False
    row.archived_at = None
    _advance(tx, row)
    return True


def _advance(tx: Transaction, row: Changeable) -> None:
    row.version += 1
    row.updated_at = tx.now
    if hasattr(row, "changed_at"):
        row.changed_at = tx.now


def created(row: Changeable, names: Iterable[str]) -> dict[str, Any]:
    """The facts of a new row as the changes of its event."""
    return {name: {"after": plain_json(getattr(row, name))} for name in names if getattr(row, name) not in (None, [])}


def thing(model: type[Any]) -> str:
    """A model's name in a sentence: KeyResult is a key result."""
    return "".join(f" {c.lower()}" if c.isupper() else c for c in model.__name__).strip()


def check_texts(values: Mapping[str, Any]) -> Iterator[Refusal]:
    """Yields Blank, TooLong or EmailInvalid for the texts among the values of columns."""
    for name, text in values.items():
        if name not in LIMITS or not isinstance(text, str):
            continue
        if name in NEVER_BLANK and not text.strip():
            yield Blank((camel(name),), name=camel(name))
        elif len(text) > LIMITS[name]:
            yield TooLong((camel(name),), name=camel(name), length=len(text), limit=LIMITS[name])
        elif name == "email" and not EMAIL.fullmatch(text):
            yield EmailInvalid((camel(name),), email=text)


NEVER_BLANK = frozenset({"title", "name", "external_id"})
# What the HTML standard takes for an address is what browsers and phones let people type.
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
EMAIL = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(\.{_LABEL})*")
LIMITS = {
    "note": 20_000,
    "title": 500,
    "name": 200,
    "description": 20_000,
    "external_id": 200,
    "unit": 50,
    "definition": 20_000,
    "category": 200,
    "source": 200,
    "reason": 2000,
    "email": 320,
}


def camel(name: str) -> str:
    """A column's name as the schema spells it."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
