"""Statements as the driver takes them, compiled once."""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy.sql import ClauseElement
from sqlmodel import SQLModel

from service.postgres.tables import table_of
from service.reading.statement_batch import Sql, compile_sql


class DriverStatement(NamedTuple):
    """The text of a statement with numbered parameters, and their names in this order."""

    sql: Sql
    text: str
    names: tuple[str, ...]

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """The values of the parameters in order. Raises KeyError if one is missing."""
        own = dict(values)
        return [self.sql.value(name, own) for name in self.names]


_statements: "WeakKeyDictionary[ClauseElement, DriverStatement]" = WeakKeyDictionary()


def driver_statement(statement: ClauseElement) -> DriverStatement:
    """The text and the parameters of a statement, cached as long as it exists."""
    known = _statements.get(statement)
    if known is None:
        known = _statements[statement] = _numbered(compile_sql(statement))
    return known


def _numbered(sql: Sql) -> DriverStatement:
    numbers: dict[str, int] = {}
    text = sql.render(lambda name: f"${numbers.setdefault(name, len(numbers) + 1)}")
    return DriverStatement(sql, text, tuple(numbers))


def changed_rows(command_tag: str) -> int:
    """The number of rows in a command tag such as `UPDATE 3`; 0 if it has none."""
    count = command_tag.rpartition(" ")[2]
    return int(count) if count.isdigit() else 0


def bound(statement: ClauseElement, parameters: Mapping[str, Any]) -> list[Any]:
    """The text of a statement and its arguments."""
    compiled = driver_statement(statement)
    return [compiled.text, *compiled.arguments(parameters)]


@cache
def lock_by_id(model: type[SQLModel], update: bool) -> str:
    """The statement that reads rows by their ids, and locks them unless not for `update`."""
    names = ", ".join(each.name for each in table_of(model).columns)
    lock = " FOR NO KEY UPDATE" if update else ""
    of_ids = "WHERE organization_id = $1 AND id = ANY($2) ORDER BY id"
    return f"SELECT {names} FROM {table_of(model).name} {of_ids}{lock}"
