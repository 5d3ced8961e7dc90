"""What a transaction has written and not sent yet: new rows, and rows of the database that were changed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import Table

from service.postgres.tables import TenantRow, table_of, tables_in_order
from service.reading.statement_batch import MAX_SQL_LENGTH
from service.writing.attempt import Proposal
from service.writing.stored_row import StoredRow, stored_values
from service.writing.write_statement import (
    Write,
    insertable_columns,
    inserts_organization,
    json_columns,
    rows_as_json,
    write_statement,
)
from service.writing.yielding import let_others

T = TypeVar("T", bound=TenantRow)
# Up to so many rows are sent by one statement; more new rows cost less as a message for each.
MAX_ROWS_A_STATEMENT = 200

Writes = dict[Write, list[dict[str, Any]]]


class UnsentWrites:
    """New rows by table, and the rows that were read to be changed. One row of the database is one object.

    Where the tables `are_distributed`, a statement that writes and reads may see its own writes, so these are sent
    before.
    """

    def __init__(
        self, connection: "asyncpg.Connection[Any]", organization_id: UUID, *, are_distributed: bool = False
    ) -> None:
        self._connection = connection
        self._organization_id = organization_id
        self._are_distributed = are_distributed
        self._new: dict[Table, list[Any]] = defaultdict(list)
        self._stored: dict[tuple[Table, UUID], StoredRow] = {}
        self._changed: dict[int, StoredRow] = {}

    def add(self, table: Table, row: object) -> None:
        """Adds a new row: a plain row, or a dictionary of its columns."""
        self._new[table].append(row)

    def adopt(self, model: type[T], rows: Iterable[Mapping[str, Any]]) -> list[T]:
        """Rows with all columns of a table, to be changed. One that is known keeps what was changed in it."""
        adopted: list[Any] = []
        for each in rows:
            values = stored_values(model, each)
            row = self._stored.get(key := (table_of(model), values["id"]))
            if row is None:
                row = self._stored[key] = StoredRow(model, values, self._changed)
            else:
                row.refresh(values)
            adopted.append(row)
        return adopted

    def new_ids(self, model: type[TenantRow]) -> set[UUID]:
        """The ids of the new rows of a table."""
        return {row.id for row in self._new.get(table_of(model), ())}

    def count_new(self) -> dict[Table, int]:
        """The number of new rows of each table."""
        return {table: len(rows) for table, rows in self._new.items()}

    def forget(self, proposals: Iterable[Proposal], counts: Mapping[Table, int]) -> None:
        """Forgets what was proposed for rows, and new rows beyond the `counts`."""
        for proposal in proposals:
            self._stored.pop((proposal.table, proposal.id), None)
            self._changed.pop(id(proposal.row), None)
        for table, rows in self._new.items():
            del rows[counts.get(table, 0) :]

    def forget_stored(self) -> None:
        """Forgets the rows that were read. Their changes must have been sent."""
        self._stored.clear()

    async def send(self) -> None:
        """Sends everything, by one statement unless it is much."""
        updates, insertions = self._updates(), self._insertions()
        is_much = sum(map(len, insertions.values())) > MAX_ROWS_A_STATEMENT or inserts_organization(insertions)
        if is_much or not _are_apart(updates, insertions):
            await self._execute(updates)
            updates = {}
        if is_much:
            await self._insert_many()
        else:
            await self._execute(updates | insertions)
        self._note_sent()

    async def send_and_read(self, text: str, arguments: Sequence[Any], organization: int) -> Sequence[Any]:
        """Sends everything, and reads the rows of a SELECT afterwards; in one message, unless it is much.

        `organization` is the number of the parameter that is the tenant.
        """
        updates, insertions = self._updates(), self._insertions()
        if not _are_apart(updates, insertions):
            await self._execute(updates)
            self._note_updates_sent()
            updates = {}
        writes = updates | insertions
        combined = write_statement(tuple(writes), organization, len(arguments) + 1, text) if writes else text
        is_much = sum(map(len, writes.values())) > MAX_ROWS_A_STATEMENT or len(combined) > MAX_SQL_LENGTH
        if is_much or inserts_organization(writes) or (self._are_distributed and writes):
            await self.send()
            rows: Sequence[Any] = await self._connection.fetch(text, *arguments)
            return rows
        rows = await self._connection.fetch(combined, *arguments, *_parameters(writes))
        self._note_sent()
        return rows

    def _updates(self) -> Writes:
        writes: Writes = defaultdict(list)
        for row in self._changed.values():
            if changes := row.changes():
                writes[Write(row.__table__, tuple(sorted(changes)))].append(row.__dict__)
        return writes

    def _insertions(self) -> Writes:
        return {
            Write(table): [row if isinstance(row, dict) else row.__dict__ for row in self._new[table]]
            for table in tables_in_order()
            if self._new.get(table)
        }

    async def _execute(self, writes: Writes) -> None:
        if writes:
            await self._connection.execute(write_statement(tuple(writes)), self._organization_id, *_parameters(writes))

    async def _insert_many(self) -> None:
        # Foreign keys want the rows they point at to be there.
        for table in [table for table in tables_in_order() if table in self._new]:
            names, json = insertable_columns(table), json_columns(table)
            records: list[list[Any]] = []
            for row in self._new[table]:
                columns = row if isinstance(row, dict) else row.__dict__
                records.append([_parameter(columns.get(name), name in json) for name in names])
                await let_others(len(records))
            await self._connection.executemany(_insertion(table), records)

    def _note_sent(self) -> None:
        self._new.clear()
        self._note_updates_sent()

    def _note_updates_sent(self) -> None:
        for row in self._changed.values():
            row.note_stored()
        self._changed.clear()


def _parameters(writes: Writes) -> list[str]:
    return [rows_as_json(write, each) for write, each in writes.items()]


def _are_apart(updates: Iterable[Write], insertions: Iterable[Write]) -> bool:
    """Whether no table has both: a new row may have the name that an update gives away, which has to come first."""
    return {write.table for write in updates}.isdisjoint(write.table for write in insertions)


def _parameter(value: Any, is_json: bool) -> Any:
    return orjson.dumps(value).decode() if is_json and isinstance(value, list) else value


@cache
def _insertion(table: Table) -> str:
    """The statement that adds a row."""
    names = insertable_columns(table)
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join(f'${n + 1}' for n in range(len(names)))})"
