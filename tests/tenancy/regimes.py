"""Takes away one of the two walls between organizations, or both."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, cast
from uuid import UUID

import pytest

import service.postgres.database
import service.reading.reader
from service.postgres.database import SNAPSHOT, Database
from service.postgres.transaction_settings import tenant_statements
from service.reading.statement_batch import BatchedStatement
from service.writing.transaction import Transaction

COMPARED = re.compile(r"[\w.]+ = (CAST\()?\$(\d+)(?: ?::UUID)?(?(1)\))(?!\d)", re.IGNORECASE)

# What does not cross one of them does not cross both.
WALLS = {
    "row-level security alone": {"predicate": False, "row_level_security": True},
    "the predicate alone": {"predicate": True, "row_level_security": False},
}


class Sent:
    """What was sent to Postgres by the application, and which of it did not name the tenant."""

    def __init__(self, tables: list[str], organizations: list[UUID]) -> None:
        self.organizations = {str(id) for id in organizations}
        self.mentions = re.compile(rf"\b(?:FROM|JOIN|UPDATE)\s+(?:{'|'.join(tables)})\b", re.IGNORECASE)
        self.unguarded: set[str] = set()
        self.seen: set[str] = set()

    def without_predicate(self, sql: str, arguments: Any) -> str:
        """The statement with each comparison to a tenant made true of every row; its parameters stay in use."""
        count = 0

        def replaced(match: re.Match[str]) -> str:
            nonlocal count
            number = match[2]
            if str(arguments[int(number) - 1]) not in self.organizations:
                return match[0]
            count += 1
            if match[0].startswith("g.id ") and "INSERT INTO" in sql:
                # New rows come with the row of their organization: without it, there would be one for each.
                return match[0]
            return f"(${number}::uuid IS NOT NULL)"

        changed = COMPARED.sub(replaced, sql)
        if self.mentions.search(sql):
            self.seen.add(sql)
            if count == 0:
                self.unguarded.add(sql)
        return changed


class Watched:
    """A connection of a transaction whose statements are changed before they are sent."""

    def __init__(self, connection: Any, written: Callable[..., str]) -> None:
        self._connection, self._written = connection, written

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    async def fetch(self, sql: str, *arguments: Any) -> Any:
        return await self._connection.fetch(self._written(sql, *arguments), *arguments)

    async def execute(self, sql: str, *arguments: Any) -> Any:
        return await self._connection.execute(self._written(sql, *arguments), *arguments)


@contextmanager
def watched(database: Database, sent: Sent, *, predicate: bool = True) -> Iterator[None]:
    """Notes what is sent; with `predicate` False, the application's own predicate is taken out of it."""
    compiled = service.reading.reader.compile_batch

    def read(parts: Any, given: list[dict[str, Any]]) -> tuple[str, list[Any]]:
        for part, own in zip(parts, given, strict=True):
            # Each statement of a message for itself: none may hide behind what others compare.
            ids: dict[str, list[Any]] = {} if part.parameter is None else {part.parameter: []}
            sent.without_predicate(*compiled((BatchedStatement(part.sql),), [{**given[0], **own, **ids}]))
        sql, arguments = compiled(parts, given)
        return sql if predicate else sent.without_predicate(sql, arguments), arguments

    def written(sql: str, *arguments: Any) -> str:
        changed = sent.without_predicate(sql, arguments)
        return sql if predicate else changed

    initialize = Transaction.__post_init__

    def watch(tx: Transaction) -> None:
        tx.connection = cast(Any, Watched(tx.connection, written))
        initialize(tx)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(service.reading.reader, "compile_batch", read)
        patch.setattr(Transaction, "__post_init__", watch)
        yield


@contextmanager
def without_row_level_security() -> Iterator[None]:
    """Transactions have the role that logged in, which in tests is a superuser, and every read is in one."""

    def only_the_setting(organization_id: UUID, **_: object) -> list[str]:
        return ["SET LOCAL ROLE NONE", *tenant_statements(organization_id, has_role=True)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(service.postgres.database, "tenant_statements", only_the_setting)
        patch.setattr(
            Database, "begin_single_read", lambda database, pool, tenant: database.begin(pool, SNAPSHOT, tenant)
        )
        yield


@contextmanager
def walls(database: Database, sent: Sent, *, predicate: bool, row_level_security: bool) -> Iterator[None]:
    """Only these walls stand."""
    with ExitStack() as stack:
        stack.enter_context(watched(database, sent, predicate=predicate))
        if not row_level_security:
            stack.enter_context(without_row_level_security())
        yield
