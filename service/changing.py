"""What creating, changing, archiving and restoring have in common in every room."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from uuid_utils.compat import uuid7

from service import values
from service.errors import Refusal
from service.fresh import fresh
from service.history import last_valid_from
from service.tables import Changeable, TenantRow
from service.transaction import Transaction

C = TypeVar("C", bound=Changeable)
REASON_LIMIT = 2000


class NotFound(Refusal):
    """There is no {thing} with {known_by}."""

    def __init__(self, field: tuple[str, ...] = (), *, thing: str, known_by: str = "this id") -> None:
        super().__init__(field, thing=thing, known_by=known_by)


class Conflict(Refusal):
    """It has changed in the meantime: its version is {version}, and you expected {expected}. Read it again."""


class Archived(Refusal):
    """This {thing} is archived. Restore it first."""


class Blank(Refusal):
    """`{name}` must not be empty."""


class TooLong(Refusal):
    """`{name}` has {length} characters; {limit} are allowed."""


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

    def __post_init__(self) -> None:
        if self.reason is not None and len(self.reason) > REASON_LIMIT:
            raise TooLong(("reason",), name="reason", length=len(self.reason), limit=REASON_LIMIT)


def new(tx: Transaction, model: type[C], given: Mapping[str, Any]) -> C:
    """A row that is not in the database yet."""
    facts = {**given, "id": given.get("id") or uuid7(), "organization_id": tx.organization_id}
    row = fresh(model, {**facts, "created_at": tx.now, "updated_at": tx.now})
    if "position" in model.model_fields and not facts.get("position"):
        row.position = tx.next_position()
    check_texts(row)
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
    """Sets the values of a change; what differs, before and after. Nothing different changes nothing."""
    if change.expected_version is not None and change.expected_version != row.version:
        raise Conflict(("expectedVersion",), version=row.version, expected=change.expected_version)
    if change.effective_at is not None:
        last = await last_valid_from(tx, row) or row.created_at
        if not last <= change.effective_at <= tx.now:
            raise EffectiveAtOutOfRange(("effectiveAt",), last=last.isoformat())
    changes = {
        name: {"before": plain(getattr(row, name)), "after": plain(value)}
        for name, value in change.values.items()
        if getattr(row, name) != value
    }
    if changes:
        for name in changes:
            setattr(row, name, change.values[name])
        check_texts(row)
        row.version += 1
        row.updated_at = tx.now
    return changes


def archive(tx: Transaction, row: Changeable) -> bool:
    """Marks a row as archived; False when it was so already."""
    if row.archived_at is not None:
        return False
    row.archived_at = row.updated_at = tx.now
    row.version += 1
    return True


def restore(tx: Transaction, row: Changeable) -> bool:
    """Brings an archived row back; False when it was not archived."""
    if row.archived_at is None:
        return False
    row.archived_at, row.updated_at = None, tx.now
    row.version += 1
    return True


def created(row: Changeable, names: Iterable[str]) -> dict[str, Any]:
    """The facts of a new row as the changes of its event."""
    return {name: {"after": plain(getattr(row, name))} for name in names if getattr(row, name) not in (None, [])}


def plain(value: Any) -> Any:
    """A value as JSON has it: numbers of the domain, ids and times become strings."""
    if isinstance(value, Decimal):
        return values.plain(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def thing(model: type[Any]) -> str:
    """A model's name in a sentence: KeyResult is a key result."""
    return "".join(f" {c.lower()}" if c.isupper() else c for c in model.__name__).strip()


def check_texts(row: TenantRow) -> None:
    """Raises Blank or TooLong for the texts of a row."""
    texts = {name: getattr(row, name, None) for name in LIMITS}
    for name in ("title", "name", "external_id"):
        if (text := texts[name]) is not None and not text.strip():
            raise Blank((camel(name),), name=camel(name))
    check_lengths(texts)


def check_lengths(texts: Mapping[str, str | None]) -> None:
    """Raises TooLong for the texts that are longer than those of their name may be."""
    for name, text in texts.items():
        if text is not None and len(text) > LIMITS[name]:
            raise TooLong((camel(name),), name=camel(name), length=len(text), limit=LIMITS[name])


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
