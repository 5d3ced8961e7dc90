"""What a transaction has written and not sent yet: new rows, and rows of the database that were changed."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
from sqlalchemy import Table

from service.postgres.tables import TenantRow, table_of, tables_in_order
from service.reading.statement_batch import MAX_SQL_LENGTH
from service.writing.attempt import Proposal
from service.writing.bulk_insert import insert_rows
from service.writing.stored_row import StoredRow, stored_values
from service.writing.write_statement import Write, inserts_organization, is_numbered, rows_as_json, write_statement

T = TypeVar("T", bound=TenantRow)
# Up to so many rows are sent by one statement; more new rows cost less as arrays, a table at a time.
MAX_ROWS_A_STATEMENT = 200

Writes = dict[Write, list[dict[str, Any]]]


class UnsentWrites:
    """New rows by table, and the rows that were read to be changed. One row of the database is one object.

    Where the tables `are_distributed`, a statement that writes and reads may see its own writes, so these are sent
    before, and rows that the database numbers are sent apart.
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
        self._sending: asyncio.Task[None] | None = None

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

    def send_ahead(self) -> None:
        """Begins to send the new rows if they are many, while the caller makes more of them. Whatever uses the
        connection next has to wait for `sent_ahead`. Rows wait if changed ones have to be sent first."""
        is_busy = self._sending is not None and not self._sending.done()
        if is_busy or self._changed or sum(map(len, self._new.values())) <= MAX_ROWS_A_STATEMENT:
            return
        insertions = self._insertions()
        self._new.clear()
        self._sending = asyncio.create_task(self._insert_after(self._sending, insertions))

    async def _insert_after(self, former: asyncio.Task[None] | None, insertions: Writes) -> None:
        if former is not None:
            await former
        await self._insert_many(insertions)

    async def sent_ahead(self) -> None:
        """Waits until the rows that are being sent are there. Raises what the database refuses."""
        if self._sending is not None:
            sending, self._sending = self._sending, None
            await sending

    async def abandon(self) -> None:
        """Ends the sending of rows in a transaction that has failed."""
        if self._sending is not None:
            self._sending.cancel()
            await asyncio.wait([self._sending])
            # Looked at, so that it is not reported as forgotten: the transaction has failed anyway.
            _ = self._sending.cancelled() or self._sending.exception()

    async def send(self) -> None:
        """Sends everything, by one statement unless it is much."""
        await self.sent_ahead()
        updates, insertions = self._updates(), self._insertions()
        is_much = sum(map(len, insertions.values())) > MAX_ROWS_A_STATEMENT or inserts_organization(insertions)
        if is_much or not _are_apart(updates, insertions):
            await self._execute(updates)
            updates = {}
        if is_much:
            await self._insert_many(insertions)
        else:
            apart = {
                write: rows for write, rows in insertions.items() if self._are_distributed and is_numbered(write.table)
            }
            await self._execute(updates | {write: rows for write, rows in insertions.items() if write not in apart})
            await self._insert_many(apart)
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
        await self.sent_ahead()
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

    async def _insert_many(self, insertions: Writes) -> None:
        for write, rows in insertions.items():
            await insert_rows(
                self._connection,
                self._organization_id,
                write.table,
                rows,
                are_distributed=self._are_distributed,
            )

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
