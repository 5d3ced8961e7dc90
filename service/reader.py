"""Reads of one request: many rows at a time, all from one snapshot."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import asyncpg
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.sql import ClauseElement, ColumnElement
from sqlalchemy.sql.compiler import SQLCompiler

from service.database import SNAPSHOT, Database, Row, too_late
from service.errors import OperationTimeout
from service.fusing import Cells, Following, bound, fused
from service.pool import Pool

_dialect: Any = PGDialect_asyncpg()  # type: ignore[no-untyped-call]
_compiled: WeakKeyDictionary[ClauseElement, tuple[str, list[tuple[str, Callable[[], Any]]]]] = WeakKeyDictionary()


class Reader:
    """One connection, one read-only snapshot with its tenant set; opened by the first statement.

    Statements run one after another, so any number of resolvers may share a reader.
    """

    def __init__(self, database: Database, organization_id: UUID, pool: Pool | None = None) -> None:
        self.organization_id = organization_id
        self._database = database
        self._pool = pool or database.replica
        self._stack = AsyncExitStack()
        self._turn = asyncio.Lock()
        self._connection: Any = None
        self._late: OperationTimeout | None = None
        self._closed = False
        self._reading: asyncio.Task[Any] | None = None
        self._ending: asyncio.Task[None] | None = None
        self._known: dict[tuple[Any, ...], Sequence[Any]] = {}

    async def rows(
        self, statement: ClauseElement, following: Sequence[Following] = (), **parameters: Any
    ) -> Sequence[Any]:
        """All rows of a statement. `:organization_id` is bound here, so a statement only has to name it.

        `following` are statements that will be asked for with what its one row has: they are sent with it, and
        have their answers when they are asked for.
        """
        if self._known and (known := self._known.get(_asking(statement, parameters))) is not None:
            return known
        if following:
            return await self._fused(statement, following, parameters)
        return await self._sent(statement, parameters)

    async def _fused(
        self, statement: Any, following: Sequence[Following], parameters: dict[str, Any]
    ) -> Sequence[Cells]:
        both = fused(statement, following)
        [row] = await self._sent(both.statement, {**parameters, **bound(following)})
        found, *others = both.parts(row)
        if len(found) == 1:
            for each, rows in zip(following, others, strict=True):
                value = found[0][each.of]
                asked = {each.parameter: [] if value is None else [value], **each.parameters}
                self._known[_asking(each.statement, asked)] = rows
        return found

    async def _sent(self, statement: ClauseElement, parameters: dict[str, Any]) -> Sequence[Row]:
        sql, arguments = compiled(statement, {"organization_id": self.organization_id, **parameters})
        async with self._turn:
            if self._closed:
                # Nobody waits for this answer any more; opening again would keep a connection for ever.
                raise asyncio.CancelledError
            await self.open()
            if self._late is not None:
                # The snapshot ended with the statement that was cancelled; what else is asked has no answer either.
                raise self._late
            self._reading = asyncio.current_task()
            try:
                rows: Sequence[Row] = await self._connection.fetch(sql, *arguments)
            except asyncpg.PostgresError as error:
                self._late = too_late(error)
                if self._late is not None:
                    raise self._late from error
                raise
            finally:
                self._reading = None
        return rows

    async def open(self) -> None:
        """Begins the snapshot, if it has not begun. Raises Overloaded."""
        if self._connection is None:
            taken = await self._stack.enter_async_context(
                self._database.opened(self._pool, SNAPSHOT, self.organization_id)
            )
            self._connection = taken.driver

    async def close(self) -> None:
        """Ends the snapshot for good, and whatever is still being read from it."""
        self._closed = True
        if self._reading is not None:
            self._reading.cancel()
        if self._turn.locked():
            # What was being read winds down first. Whoever gives up waiting for that leaves the rest to this task.
            self._ending = asyncio.ensure_future(self._end())
            await asyncio.shield(self._ending)
        else:
            await self._end()

    async def _end(self) -> None:
        async with self._turn:
            self._connection = None
            await self._stack.aclose()


def _asking(statement: ClauseElement, parameters: dict[str, Any]) -> tuple[Any, ...]:
    values = ((name, tuple(each) if isinstance(each, list) else each) for name, each in parameters.items())
    return statement, *sorted(values, key=lambda item: item[0])


def compiled(statement: ClauseElement, parameters: dict[str, Any]) -> tuple[str, list[Any]]:
    """The SQL of a statement and its arguments in order; the SQL is kept as long as the statement lives."""
    found = _compiled.get(statement)
    if found is None:
        compilation: Any = statement.compile(dialect=_dialect)
        names = compilation.positiontup or ()
        found = _compiled[statement] = compilation.string, [(name, _own_value(compilation, name)) for name in names]
    sql, binds = found
    return sql, [parameters[name] if name in parameters else own() for name, own in binds]


def _own_value(compilation: SQLCompiler, name: str) -> Callable[[], Any]:
    """What the statement itself binds to a name. Raises KeyError when called for a name it leaves to others."""
    bind = compilation.binds[name]

    def own() -> Any:
        if bind.required:
            raise KeyError(f"A value for :{name} is missing.")
        return bind.effective_value

    return own


def of_tenant(table: Any) -> ColumnElement[bool]:
    """The application's own tenant predicate, which every statement on a tenant's table carries."""
    column: ColumnElement[UUID] = table.organization_id
    return column == bindparam("organization_id", type_=column.type)
