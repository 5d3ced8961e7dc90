"""Creates and changes many rows of a type by their external ids, by the commands of the type."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, select

from service.entities.entity import Entity, Values
from service.errors import Refusal
from service.people.goal_access import seen_now
from service.people.permissions import ensure_editor
from service.postgres.tables import columns_of
from service.reading.statements import equals_any
from service.values.names import to_camel_case, to_words
from service.writing.attempt import Attempt
from service.writing.batches import attempting_item
from service.writing.change import Change
from service.writing.transaction import Transaction

EXTERNAL_ID = ("externalId",)
Add = Callable[[Sequence[Any]], Awaitable[None]]


class UpsertOutcome(StrEnum):
    CREATED = "CREATED"
    UPDATED = "UPDATED"
    UNCHANGED = "UNCHANGED"


class RequiredForNew(Refusal):
    """There is no {thing} with this external id yet, and a new one needs `{name}`."""

    meaning = (
        "Missing `<name>` of a <thing> to create: no <thing> has the external id of the item. Send `<name>`, or "
        "correct the external id."
    )


@dataclass(frozen=True, kw_only=True)
class UpsertCommands:
    """The commands by which rows of a type are created and changed together.

    `lock_before` locks what some values refer to and is locked before rows of the type. `lock` locks existing rows by
    their ids, and what new rows with some values belong to. `draft` makes a new row of values. `creating` reads once
    what all new rows need, and gives the function that adds some of them. `change` changes a row, and `adjust` gives
    the values that an existing row is changed to, of those of an item. `required` are the values that a new row
    needs. `reads_others` tells of a row and what is given for it whether the command reads other rows of the type, so
    that what was written before is sent before.
    """

    entity: Entity
    lock: Callable[[Transaction, Iterable[UUID], Sequence[Values]], Awaitable[Sequence[Any]]]
    lock_before: Callable[[Transaction, Iterable[Values]], Awaitable[None]] | None = None
    draft: Callable[[Transaction, Values], Any]
    creating: Callable[[Transaction, Sequence[Any]], Awaitable[Add]]
    change: Callable[[Transaction, Change], Awaitable[None]]
    adjust: Callable[[Any, dict[str, Any]], dict[str, Any]] = lambda _, values: values
    required: Collection[str]
    reads_others: Callable[[Any, Values], bool] = lambda _row, _values: False


class UpsertItem(NamedTuple):
    """One row of many: its position in the input, from 0, what is wrong with the input itself, its external id, and
    the values of further columns, those given only."""

    number: int
    refusals: Sequence[Refusal]
    external_id: str
    values: Values
    reason: str | None = None

    @property
    def is_named(self) -> bool:
        """Whether nothing is wrong with the external id."""
        return all(refusal.field != EXTERNAL_ID for refusal in self.refusals)


class _Draft(NamedTuple):
    """A new row, or None without what it needs, and what is wrong with it."""

    row: Any
    attempt: Attempt


async def upsert_each(
    tx: Transaction, commands: UpsertCommands, name: str, items: Sequence[UpsertItem]
) -> dict[int, UpsertOutcome]:
    """What becomes of the items, by their numbers: rows that the viewer sees are changed, others are created. What is
    wrong with any item is noted, under its path in the list `name` of the input.

    The external id of a row that the viewer does not see is refused as one that is taken. Raises Forbidden.
    """
    ensure_editor(tx.viewer)
    named = [item for item in items if item.is_named]
    rows = await _lock(tx, commands, named)
    drafts = {item.number: _draft(tx, commands, item) for item in named if item.external_id not in rows}
    new = [each.row for each in drafts.values() if each.row is not None]
    add = await commands.creating(tx, new) if new else None
    outcomes: dict[int, UpsertOutcome] = {}
    for item in items:
        with attempting_item(tx, name, item.number) as attempt:
            attempt.note(item.refusals)
            if item.number in drafts:
                outcomes[item.number] = await _create(tx, add, drafts[item.number], item)
            elif item.is_named:
                outcomes[item.number] = await _change(tx, commands, rows[item.external_id], item)
    return outcomes


async def _lock(tx: Transaction, commands: UpsertCommands, items: Sequence[UpsertItem]) -> Mapping[str, Any]:
    """The rows of items that the viewer sees, locked, by external id."""
    keys = [item.external_id for item in items]
    if commands.lock_before is not None:
        await commands.lock_before(tx, [item.values for item in items])
    ids = {row.external_id: row.id for row in await tx.rows(_seen_by_external_id(commands.entity), keys=keys)}
    new = [item.values for item in items if item.external_id not in ids]
    locked = await commands.lock(tx, list(ids.values()), new)
    # One may have got another external id while its lock was awaited.
    return {row.external_id: row for row in locked if row.external_id in ids}


@cache
def _seen_by_external_id(entity: Entity) -> Select[Any]:
    columns = columns_of(entity.changeable)
    keys = equals_any(columns.external_id, "keys")
    return select(columns.id, columns.external_id).where(seen_now(entity.changeable), keys)


def _draft(tx: Transaction, commands: UpsertCommands, item: UpsertItem) -> _Draft:
    """A new row of the values of an item."""
    row = None
    with tx.attempting() as attempt:
        values = {name: value for name, value in item.values.items() if value is not None}
        missing = [to_camel_case(name) for name in commands.required if name not in values]
        thing = to_words(commands.entity.name)
        attempt.note(RequiredForNew((name,), thing=thing, name=name) for name in missing)
        if not missing:
            row = commands.draft(tx, {**values, "external_id": item.external_id})
    return _Draft(row, attempt)


async def _create(tx: Transaction, add: Add | None, draft: _Draft, item: UpsertItem) -> UpsertOutcome:
    tx.attempt.include(draft.attempt)
    if add is not None and draft.row is not None:
        tx.reason = item.reason
        try:
            await add([draft.row])
        finally:
            tx.reason = None
    return UpsertOutcome.CREATED


async def _change(tx: Transaction, commands: UpsertCommands, row: Any, item: UpsertItem) -> UpsertOutcome:
    version = row.version
    if commands.reads_others(row, item.values) and not tx.attempt.refusals:
        await tx.flush()
    with tx.attempt.noting():
        values = commands.adjust(row, dict(item.values))
        await commands.change(tx, Change(row.id, values, reason=item.reason))
    for refusal in tx.attempt.refusals:
        # The item names the row by its external id.
        if refusal.field == ("id",):
            refusal.field = EXTERNAL_ID
    return UpsertOutcome.UNCHANGED if row.version == version else UpsertOutcome.UPDATED
