"""From the external ids of a file to rows of the database."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Select, Table, bindparam, column, func, literal_column, select, true

from service.alignment.models import Alignment
from service.all_entities import BY_NAME
from service.entities.entity import Entity
from service.entities.items import Item
from service.key_results.models import KeyResult
from service.kpis.entity import KpiItem
from service.objectives.models import Objective
from service.postgres.tables import Changeable, TenantRow, columns_of, within
from service.values.names import to_camel_case
from service.values.parsing import parse_uuid
from service.workspace.item_order import names_in
from service.workspace.report import Report
from service.writing.attempt import Attempt
from service.writing.refusals import NotFound
from service.writing.transaction import Transaction

# Stands for a reference that leads nowhere, so that nothing else is reported of it. No row has it, none keeps it.
UNRESOLVED = UUID(int=0)


@dataclass
class References:
    """Ids by type and external id, for one chunk of items; `refused` are items of the same import."""

    ids: dict[str, dict[str, UUID]]
    refused: Collection[tuple[str, str]] = ()

    def resolve(self, item: Item, attempt: Attempt) -> dict[str, Any]:
        """The references of an item as columns, those given only; UNRESOLVED for what is not there or was refused.

        Notes NotFound for each that is not there.
        """
        columns: dict[str, Any] = {}
        for name, type_name in item.REFERENCES.items():
            if name not in item.model_fields_set:
                continue
            external_id = getattr(item, name)
            id = self.ids[type_name].get(external_id, UNRESOLVED) if external_id is not None else None
            if id == UNRESOLVED and (type_name, external_id) not in self.refused:
                known_by = f"the external id {external_id!r}"
                attempt.note([NotFound((to_camel_case(name),), thing=type_name, known_by=known_by)])
            columns[f"{name}_id"] = id
        return columns

    def is_skipped(self, item: Item) -> bool:
        """Whether an item refers to one that was refused, so that nothing more can be said of it."""
        return any(
            (type_name, key) in self.refused and key not in self.ids[type_name]
            for type_name, key in _keys_in(item, with_formula=bool(self.refused))
        )


async def look_up_references(tx: Transaction, items: Iterable[Item], report: Report) -> References:
    """The ids of all that these items refer to; one statement for each type."""
    keys: dict[str, set[str]] = defaultdict(set)
    for item in items:
        for type_name, key in _keys_in(item, with_formula=bool(report.refused)):
            keys[type_name].add(key)
    ids = {type_name: await ids_of(tx, BY_NAME[type_name], external_ids) for type_name, external_ids in keys.items()}
    return References(defaultdict(dict, ids), report.refused)


def _keys_in(item: Item, *, with_formula: bool) -> Iterator[tuple[str, str]]:
    """The types and external ids that an item refers to, and of a KPI those in its formula if they are wanted."""
    for name, type_name in item.REFERENCES.items():
        if (key := getattr(item, name)) is not None:
            yield type_name, key
    if with_formula and isinstance(item, KpiItem):
        for name in names_in(item.formula):
            yield "Kpi", name


async def ids_of(tx: Transaction, entity: Entity, external_ids: Iterable[str]) -> dict[str, UUID]:
    """The ids of rows by their external ids; an exported row without one is matched by its own id."""
    columns = entity.table.c
    keys = list(external_ids)
    ids = {row.external_id: row.id for row in await tx.rows(_rows_of_keys(entity.table), keys=keys)}
    # Two statements and no `or`: each of them has an index.
    if uuids := [id for key in keys if (id := parse_uuid(key))]:
        condition = within(columns.id, uuids) & columns.external_id.is_(None)
        of_ids = select(columns.id).where(columns.organization_id == tx.organization_id, condition)
        ids |= {str(row.id): row.id for row in await tx.rows(of_ids)}
    return ids


@cache
def _rows_of_keys(table: Table) -> Select[Any]:
    """Selects the ids and external ids of rows, each by its key: a plan for tables without statistics would compare
    each row of the organization with all external ids."""
    columns = table.c
    keys: Any = bindparam("keys", type_=ARRAY(columns.external_id.type))
    key_rows = func.unnest(keys).table_valued(column("key", columns.external_id.type), name="keys").render_derived()
    tenant = bindparam("organization_id", type_=columns.organization_id.type)
    conditions = columns.organization_id == tenant, columns.external_id == key_rows.c.key
    rows = select(columns.id, columns.external_id).where(*conditions).offset(literal_column("0")).lateral("of_key")
    return select(rows.c.id, rows.c.external_id).select_from(key_rows.join(rows, true()))


async def existing_rows(tx: Transaction, entity: Entity, items: Sequence[Any]) -> dict[str, Any]:
    """The rows that items are matched with, by external id, as they are now."""
    ids = await ids_of(tx, entity, [item.external_id for item in items if item.external_id])
    if not ids:
        return {}
    # Check-ins never change but for what replaces them, so that they need not be locked.
    assert issubclass(entity.model, TenantRow)
    is_locked = issubclass(entity.model, Changeable)
    rows = {row.id: row for row in await tx.lock(entity.model, ids.values(), update=is_locked) if row}
    return {external_id: rows[id] for external_id, id in ids.items()}


async def ends_of(tx: Transaction, alignment_ids: Iterable[UUID]) -> set[tuple[str, str | None, str | None]]:
    """The external ids of the ends of edges: objective, parent or None, key result served or None."""
    table = columns_of(Alignment)
    edges = await tx.rows(
        select(table.objective_id, table.parent_id, table.parent_key_result_id).where(
            table.organization_id == tx.organization_id, within(table.id, alignment_ids)
        )
    )
    names: dict[UUID, str] = {}
    for model, ids in (
        (Objective, {id for edge in edges for id in (edge.objective_id, edge.parent_id)}),
        (KeyResult, {edge.parent_key_result_id for edge in edges if edge.parent_key_result_id}),
    ):
        column: Any = model
        rows = await tx.rows(
            select(column.id, column.external_id).where(
                column.organization_id == tx.organization_id, within(column.id, ids)
            )
        )
        names |= {row.id: row.external_id or str(row.id) for row in rows}
    return {
        (
            names[edge.objective_id],
            None if edge.parent_key_result_id else names[edge.parent_id],
            names.get(edge.parent_key_result_id),
        )
        for edge in edges
    }
