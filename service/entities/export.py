"""Export of a type: the statements that read its rows as the items of a workspace file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import Table, TextClause, text

from service.entities.items import IdentifiedItem, Item

CHUNK_ROWS = 2000
LIVE = "AND t.archived_at IS NULL"
# Columns of the rows that are no fields of an item.
ROW_COLUMNS = frozenset({"row_id", "kpi_id"})


def external_id_of(alias: str) -> str:
    """SQL of the external id that a file has for a row: its own, or else its UUID."""
    return f"coalesce({alias}.external_id, CAST({alias}.id AS text))"


def join(table: str, alias: str, column: str) -> str:
    """SQL of a join of the row that `column` refers to, under an alias."""
    return f"LEFT JOIN {table} {alias} ON {alias}.organization_id = t.organization_id AND {alias}.id = {column}"


@dataclass(frozen=True, kw_only=True)
class Export:
    """What an export of a type has besides what follows from its item.

    Rows are the alias `t`. The row that a field of `REFERENCES` refers to has the name of the field as its alias; a
    reference that may be empty is left out when the row is archived. `expressions` maps fields to SQL that differs
    from the column of the same name. `order` are the columns that rows are sorted by, before their ids.
    """

    where: str = LIVE
    joins: tuple[str, ...] = ()
    expressions: Mapping[str, str] = field(default_factory=dict)
    order: tuple[str, ...] = ()


@dataclass(frozen=True)
class Selection:
    """The rows of a type that are in an export, with `row_id` and the fields of their items as columns."""

    table: Table
    item: type[Item]
    export: Export

    @cached_property
    def first_page(self) -> TextClause:
        """The first rows in their order."""
        return text(f"{self._rows} {self.export.where} {self._in_order}")

    @cached_property
    def next_page(self) -> TextClause:
        """The next rows in their order after the one with the id `:after`."""
        last = f"SELECT {self._key('l')} FROM {self.table.name} l WHERE l.organization_id = :organization_id"
        return text(
            f"{self._rows} AND ({self._key('t')}) > ({last} AND l.id = CAST(:after AS uuid)) {self.export.where} "
            f"{self._in_order}"
        )

    @cached_property
    def by_ids(self) -> TextClause:
        """The rows with one of `:ids`; of items without an external id of their own, in a reference that they are
        looked up by."""
        is_identified = issubclass(self.item, IdentifiedItem)
        columns = ["id"] if is_identified else [f"{name}_id" for name in self.item.looked_up_by()]
        conditions = " OR ".join(f"t.{column} = ANY(CAST(:ids AS uuid[]))" for column in columns)
        return text(f"{self._rows} AND ({conditions}) {self.export.where}")

    @property
    def _rows(self) -> str:
        fields = [name for name in self.item.model_fields if name != "type"]
        columns = ", ".join(f'{self._expression(name)} AS "{self._alias(name)}"' for name in fields)
        joins = " ".join((*self._reference_joins(), *self.export.joins))
        return (
            f"SELECT t.id AS row_id, {columns} FROM {self.table.name} t {joins} "
            "WHERE t.organization_id = :organization_id"
        )

    def _alias(self, name: str) -> str:
        return self.item.model_fields[name].alias or name

    def _expression(self, name: str) -> str:
        if name in self.export.expressions:
            return self.export.expressions[name]
        if name in self.item.REFERENCES:
            referred = external_id_of(name)
            if self.item.model_fields[name].is_required():
                return referred
            return f"CASE WHEN {name}.id IS NOT NULL AND {name}.archived_at IS NULL THEN {referred} END"
        return external_id_of("t") if name == "external_id" and issubclass(self.item, IdentifiedItem) else f"t.{name}"

    def _reference_joins(self) -> list[str]:
        return [join(self._referred_table(f"{name}_id"), name, f"t.{name}_id") for name in self.item.REFERENCES]

    def _referred_table(self, column: str) -> str:
        keys = self.table.foreign_key_constraints
        return next(key.referred_table.name for key in keys if key.column_keys[-1] == column)

    @property
    def _in_order(self) -> str:
        return f"ORDER BY {self._key('t')} LIMIT {CHUNK_ROWS}"

    def _key(self, alias: str) -> str:
        return ", ".join(f"{alias}.{column}" for column in (*self.export.order, "id"))


def item_of(type_name: str, row: Mapping[str, object]) -> dict[str, object]:
    """The item of a row. Empty fields are left out: on a new row they are empty anyway."""
    fields = {name: value for name, value in row.items() if name not in ROW_COLUMNS and value is not None}
    return {"type": type_name} | fields
