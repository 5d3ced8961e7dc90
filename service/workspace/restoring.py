"""Makes an organization as it was when it was exported: facts, events, both times, revisions and archived rows."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import Column, Table, Uuid, text

from service.audit.kinds import AuditEventKind
from service.errors import FileRefusal
from service.postgres.database import Database
from service.postgres.outages import sqlstate
from service.rollup.bulk import settle_many
from service.rollup.stored_steps import store_steps
from service.viewer import Viewer
from service.workspace import records
from service.workspace.file_format import Damaged, LineKind, TableLine, kind_of, read_table
from service.workspace.former_names import with_current_names
from service.workspace.former_policies import with_status_policies
from service.writing.transaction import Transaction, transaction
from service.writing.write_statement import is_numbered

CHUNK = 2000
# Classes of SQLSTATE that are about the rows that were given: their values, the constraints upon them, and what is too
# large for the database.
ROW_CLASSES = ("22", "23", "54")
ORGANIZATION = text("SELECT id FROM organizations WHERE id = :organization_id")


class OrganizationExists(FileRefusal):
    """There is an organization {id} already, and a restore writes into nothing that is there. Name another id with
    --organization, or use another database; `okrgraph import` merges into an organization."""


class TableUnknown(FileRefusal):
    """Line {line}: the file has a table {table}, which this okrgraph does not know. Use the okrgraph that wrote the
    file, or a newer one."""


class ColumnUnknown(FileRefusal):
    """Line {line}: the file has a column {column} of {table}, which this okrgraph does not know. Use the okrgraph
    that wrote the file, or a newer one."""


class RowsRefused(FileRefusal):
    """The database refuses the rows of {table}: {problem}"""


@dataclass
class Restoration:
    """A restore that is under way: how many rows it wrote, and whom it tells so. `exported_id` is the id that the
    organization had."""

    tx: Transaction
    exported_id: UUID
    advance: Callable[[str, int], None]
    count: int = 0
    _seen: set[str] = field(default_factory=set)

    async def take_in(self, lines: Iterable[bytes]) -> None:
        """Writes the records of a file. Raises TableUnknown, ColumnUnknown, Damaged and RowsRefused."""
        named: TableLine | None = None
        table: Table | None = None
        waiting: list[str] = []
        for number, line in enumerate(lines, start=1):
            match kind_of(line):
                case LineKind.TABLE:
                    await self._write(table, named, waiting)
                    named = read_table(number, line)
                    table = self._known(number, named)
                case LineKind.ROW:
                    if table is None:
                        raise Damaged(problem=f"line {number} is a row of no table")
                    waiting.append(_text(number, line))
                    if len(waiting) >= CHUNK and not _refers_to_itself(table):
                        await self._write(table, named, waiting)
        await self._write(table, named, waiting)

    def _known(self, number: int, named: TableLine) -> Table:
        table = next((each for each in records.record_tables() if each.name == named.table), None)
        if table is None:
            raise TableUnknown(line=number, table=named.table)
        if named.table in self._seen:
            raise Damaged(problem=f"line {number} names the table {named.table} a second time")
        self._seen.add(named.table)
        known = {column.name for column in records.record_columns(table)}
        if len(set(named.columns)) < len(named.columns):
            raise Damaged(problem=f"line {number} names a column of {named.table} twice")
        for column in named.columns:
            if column not in known:
                raise ColumnUnknown(line=number, table=named.table, column=column)
        return table

    async def _write(self, table: Table | None, named: TableLine | None, waiting: list[str]) -> None:
        """Inserts rows of a table by one statement, so that they may refer to each other in any order."""
        if table is None or named is None or not waiting:
            return
        missing = dict(records.unfilled(table, named.columns))
        columns, values = [*named.columns, *missing], {"missing": _json(missing), "exported_id": self.exported_id}
        async with _rows_of(table.name):
            if table.name == records.ORGANIZATIONS or (self.tx.is_distributed and is_numbered(table)):
                statement = _insertion_of_one(table, columns)
                for line in waiting:
                    await self.tx.run(statement, line=line, **values)
            elif await self.tx.run(_insertion(table, columns), lines=waiting, **values) < len(waiting):
                raise Damaged(problem=f"no row of its organization comes before those of {table.name}")
        self.count += len(waiting)
        waiting.clear()
        self.advance("restoring", self.count)


async def restore(
    database: Database,
    viewer: Viewer,
    now: datetime,
    lines: Iterable[bytes],
    exported_id: UUID,
    advance: Callable[[str, int], None] = lambda _phase, _done: None,
) -> int:
    """Writes the records of a verified file as the organization of the viewer, which must not be there yet, and
    computes anew what is derived; the number of rows. All of it or nothing. Memory does not grow with the file, but
    with the rows of tables that refer to themselves: teams, cycles and KPIs.

    `exported_id` is the id that the organization had; where rows name it, they name the viewer's instead.

    Raises OrganizationExists, TableUnknown, ColumnUnknown, RowsRefused, Damaged, and AlignmentLoop for alignments
    that form a loop.
    """
    async with transaction(database, viewer, now, exclusive=True, patient=True) as tx:
        if await tx.rows(ORGANIZATION):
            raise OrganizationExists(id=viewer.organization_id)
        restoration = Restoration(tx, exported_id, advance)
        await restoration.take_in(with_status_policies(with_current_names(lines)))
        if not await tx.rows(ORGANIZATION):
            raise Damaged(problem="it has no row of its organization")
        tx.audit(AuditEventKind.ORGANIZATION_RESTORED, details={"exported_id": str(exported_id)})
        await tx.discard_plans()
        tx.all_touched = tx.all_kpis_touched = True
        settled = 0

        def settling(count: int) -> None:
            nonlocal settled
            settled += count
            advance("settling", settled)

        await settle_many(tx, settling)
        # What a file says of a goal may be right, so that nothing is written, and is not of this moment.
        await store_steps(tx)
        return restoration.count


def _text(number: int, line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        raise Damaged(problem=f"line {number} is not UTF-8") from None


def _insertion(table: Table, columns: list[str]) -> Any:
    """The statement that inserts lines into a table. Postgres reads each value as the type of its column."""
    values = ", ".join(["g.id", *(_value(table.c[name], f"r.{name}") for name in columns)])
    # Rows that come with a row of the tenant can be inserted on the machine that has the tenant.
    return text(f"""
        INSERT INTO {table.name} (organization_id, {", ".join(columns)}) SELECT {values}
        FROM {records.ORGANIZATIONS} g
        CROSS JOIN unnest(CAST(:lines AS text[])) WITH ORDINALITY AS s (line, number)
        CROSS JOIN LATERAL {_record(table, "s.line")} r
        WHERE g.id = :organization_id ORDER BY s.number""")


def _insertion_of_one(table: Table, columns: list[str]) -> Any:
    """The statement that inserts one line as values: the organization itself, and where Citus distributes the tables
    what the database numbers."""
    names = ", ".join([records.tenant_column(table).name, *columns])
    record = _record(table, "CAST(:line AS text)")
    values = ", ".join(["CAST(:organization_id AS uuid)", *(_value(table.c[c], f"({record}).{c}") for c in columns)])
    return text(f"INSERT INTO {table.name} ({names}) VALUES ({values})")


def _record(table: Table, line: str) -> str:
    row = f"CAST({line} AS jsonb) -> 'row'"
    return f"jsonb_populate_record(CAST(NULL AS {table.name}), CAST(:missing AS jsonb) || ({row}))"


def _refers_to_itself(table: Table) -> bool:
    return any(key.referred_table is table for key in table.foreign_key_constraints)


def _value(column: Column[Any], value: str) -> str:
    if not isinstance(column.type, Uuid):
        return value
    # Events name what they are about without a foreign key, also the organization itself.
    return f"CASE WHEN {value} = CAST(:exported_id AS uuid) THEN CAST(:organization_id AS uuid) ELSE {value} END"


def _json(values: dict[str, Any]) -> str:
    return orjson.dumps(values, default=str).decode()


@asynccontextmanager
async def _rows_of(table: str) -> AsyncIterator[None]:
    """Says of which table the rows are that the database refuses. Raises RowsRefused."""
    try:
        yield
    except asyncpg.PostgresError as error:
        if not (sqlstate(error) or "").startswith(ROW_CLASSES):
            raise
        problem = str(error).splitlines()[0]
        raise RowsRefused(table=table, problem=problem) from error
