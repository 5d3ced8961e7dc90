"""Creates and updates the rows of a type by its declared commands."""

from collections import defaultdict
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint, select

from service.entities.entity import Entity, Upsert
from service.entities.items import Item
from service.errors import Refusal, Refusals
from service.values.names import to_camel_case
from service.workspace.references import existing_rows, look_up_references
from service.workspace.report import Outcome, Report, Verdict
from service.writing.change import Change
from service.writing.constraints import Taken
from service.writing.rows import new_row, refusal_of_archived
from service.writing.texts import check_texts
from service.writing.transaction import Transaction
from service.writing.yielding import let_others


async def upsert_items(
    tx: Transaction, entity: Entity, upsert: Upsert, items: Sequence[Any], report: Report
) -> list[Verdict]:
    """The verdict of each item, in their order; rows are created or changed, and nothing is settled yet."""
    references = await look_up_references(tx, items, report)
    matching: Awaitable[Mapping[Any, Any]] = (
        upsert.matching(tx, items) if upsert.matching else existing_rows(tx, entity, items)
    )
    present = await matching
    draft = await upsert.drafting(tx) if upsert.drafting else lambda values: new_row(tx, entity.changeable, values)
    holders = {column: await _holders(tx, entity, column) for column in _unique_columns(entity)}
    verdicts: list[Verdict] = []
    created: list[Any] = []
    for item in items:
        verdict: Verdict = (Outcome.SKIPPED, None)
        with tx.attempting() as attempt:
            values = _values(item) | references.resolve(item, attempt)
            row = present.get(item.identity if upsert.matching else item.external_id)
            if row is not None and row.external_id is None:
                # Matched by its own id, as exported; that is no external id to keep.
                del values["external_id"]
            for column, holder_of in holders.items():
                value = values.get(column)
                if value and holder_of.setdefault(value, item.external_id) != item.external_id:
                    attempt.note([Taken((to_camel_case(column),), name=to_camel_case(column))])
            if row is not None and not references.is_skipped(item):
                before = {column: getattr(row, column) for column in holders}
                verdict = await _change(tx, entity, upsert, row, values), row.id
                for column, value in before.items():
                    if value and value != getattr(row, column):
                        del holders[column][value]
            elif row is not None:
                attempt.note(check_texts(values))
            else:
                new = draft({name: value for name, value in values.items() if value is not None})
                if not attempt.refusals and not references.is_skipped(item):
                    created.append(new)
                    verdict = Outcome.CREATED, new.id
        verdicts.append(attempt.refusal or verdict)
        await let_others(len(verdicts))
    refused: dict[UUID | None, Refusal] = {}
    if upsert.completing:
        for id, refusals in (await upsert.completing(tx, created)).items():
            refused[id] = Refusals(refusals) if len(refusals) > 1 else refusals[0]
    complete = [row for row in created if row.id not in refused]
    if complete:
        refused |= await _create(tx, upsert, complete)
    return [verdict if isinstance(verdict, Refusal) else refused.get(verdict[1], verdict) for verdict in verdicts]


def _values(item: Item) -> dict[str, Any]:
    names = item.model_fields_set - item.REFERENCES.keys() - {"type"}
    # In the order of the model, so that errors always come in the same order.
    return {name: getattr(item, name) for name in type(item).model_fields if name in names}


def _unique_columns(entity: Entity) -> Iterable[str]:
    """The columns, besides the external id, in which no two rows have the same value."""
    for constraint in entity.table.constraints:
        names = [column.name for column in constraint.columns] if isinstance(constraint, UniqueConstraint) else []
        if len(names) == 2 and names[1] != "external_id":
            yield names[1]


async def _holders(tx: Transaction, entity: Entity, column: str) -> dict[str, str]:
    """Which row has a value in a unique column: its external id, or else its id, by the value."""
    table = entity.table
    query = select(table.c[column].label("value"), table.c.external_id, table.c.id).where(
        table.c.organization_id == tx.organization_id, table.c[column].is_not(None)
    )
    return {row.value: row.external_id or str(row.id) for row in await tx.rows(query)}


async def _change(tx: Transaction, entity: Entity, upsert: Upsert, row: Any, values: dict[str, Any]) -> Outcome:
    if upsert.adjust is not None:
        values = upsert.adjust(row, values)
    values = {name: value for name, value in values.items() if name not in upsert.inferred or value}
    if all(getattr(row, name) == value for name, value in values.items()):
        return Outcome.UNCHANGED
    if row.archived_at is not None:
        raise refusal_of_archived(row)
    version = row.version
    await upsert.change(tx, Change(row.id, values))
    # A day of a quarter stands for its end, which may be there already.
    return Outcome.UNCHANGED if row.version == version else Outcome.UPDATED


async def _create(tx: Transaction, upsert: Upsert, rows: Sequence[Any]) -> dict[UUID | None, Refusal]:
    """Creates rows, all at once where a refusal of one can be told from the others; refusals by id."""
    groups: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, upsert.create_by) if upsert.create_by else None].append(row)
    add = await upsert.creating(tx, rows) if upsert.creating else None
    refused: dict[UUID | None, Refusal] = {}
    for count, group in enumerate(groups.values(), 1):
        with tx.attempting() as attempt:
            if add is None:
                await upsert.create(tx, group)
            else:
                add(group)
        if attempt.refusal:
            refused |= {row.id: attempt.refusal for row in group}
        tx.send_ahead()
        await let_others(count)
    return refused
