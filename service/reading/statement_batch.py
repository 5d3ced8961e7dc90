"""Combines several statements into one, which returns one row with an array for each column of each statement."""

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from keyword import iskeyword
from typing import Any, NamedTuple, Protocol
from uuid import UUID
from weakref import WeakKeyDictionary

import orjson
from cachetools import LRUCache, cached
from sqlalchemy import ARRAY, Boolean, Date, DateTime, Float, Integer, Numeric, Select, String, TextualSelect, Uuid
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.elements import ColumnClause, Label

from service.reading.column_batch import ColumnBatch
from service.reading.visibility import PARAMETERS, Sight, for_sight

PLAIN_EXPRESSIONS = (ColumnClause, Label)
PLAIN_TYPES = (Boolean, Date, DateTime, Float, Integer, Numeric, String, Uuid)
# Postgres has no arrays of arrays of different lengths, so lists come as JSON: how each type of member gets into it,
# and out of it. Floats are numerics, too.
LIST_TYPES: "tuple[tuple[Any, str, Callable[[Any], Any]], ...]" = (
    (Float, "", float),
    (Integer, "", int),
    (String, "", str),
    (Numeric, "::text[]", Decimal),
    (Uuid, "::text[]", UUID),
)
# Parameters with the same value in all statements of a batch, which is of one viewer and one time.
SHARED_PARAMETERS = frozenset(("organization_id", "now")) | PARAMETERS
# Characters. The driver caches no statement longer than MAX_CACHED_SQL_BYTES, so Postgres would plan it for each
# request.
MAX_SQL_LENGTH = 20_000
# Of more rows nothing is read ahead: if the response is too large with them, it ends before that is read.
MAX_VALUES_AHEAD = 3_000
# Characters that a batch adds around each statement and each of its columns.
STATEMENT_OVERHEAD = 80
# Characters of a parameter such as `$123`.
PARAMETER_LENGTH = 4
COLUMN_OVERHEAD = 20
LIST_OVERHEAD = 20
# Size of the cache of batches. SQLAlchemy holds about a kilobyte for each parameter, so long filters are evicted first.
MAX_CACHE_BYTES = 16_000_000
BYTES_PER_PARAMETER = 1_000

_dialect: Any = PGDialect_asyncpg()  # type: ignore[no-untyped-call]
_compiled: "dict[Sight, WeakKeyDictionary[ClauseElement, Sql]]" = {sight: WeakKeyDictionary() for sight in Sight}


class FollowUpRead(Protocol):
    """A statement that will be requested with the values that rows have in a column `of`, as the list `:parameter`."""

    @property
    def statement(self) -> Any:
        """The statement."""

    @property
    def of(self) -> str:
        """A column of the rows."""

    @property
    def is_of_many(self) -> bool:
        """Whether there may be several of these rows."""

    @property
    def parameter(self) -> str:
        """The name of the list parameter."""

    @property
    def parameters(self) -> dict[str, Any]:
        """The other parameters."""

    @property
    def after(self) -> int | None:
        """The number of the follow-up whose rows these are; None: those of the read that all follow."""


class ListColumn(NamedTuple):
    """How the lists of a column get into JSON, and how each member gets out of it."""

    cast: str
    read: Callable[[Any], Any]

    def values(self, text: str | None) -> list[Any] | None:
        """The lists of all rows; None if there are no rows."""
        return None if text is None else [self._list(each) for each in orjson.loads(text)]

    def _list(self, members: list[Any] | None) -> list[Any] | None:
        return None if members is None else [None if each is None else self.read(each) for each in members]


class Sql:
    """The SQL text of a statement for viewers of a sight, split at its parameters.

    `columns` are the columns of its rows; None if its rows cannot be returned as arrays of columns. `lists` are those
    whose values are lists.
    """

    def __init__(self, statement: ClauseElement, sight: Sight) -> None:
        compilation: Any = statement.compile(dialect=_dialect)
        names = compilation.positiontup or ()
        sql = for_sight(re.sub(r"\$(\d+)", lambda match: f"${{{names[int(match[1]) - 1]}}}", compilation.string), sight)
        text, *rest = re.split(r"\$\{([^}]+)\}", sql)
        self.pieces = [text, *rest[1::2]]
        self.parameters = rest[::2]
        self.columns = _columns(statement)
        self.lists = {} if self.columns is None else _list_columns(statement)
        self.length = sum(map(len, self.pieces)) + PARAMETER_LENGTH * len(self.parameters) + STATEMENT_OVERHEAD
        self.length += sum(len(name) + COLUMN_OVERHEAD for name in self.columns or ()) + LIST_OVERHEAD * len(self.lists)
        self._binds = compilation.binds

    def value(self, name: str, values: dict[str, Any]) -> Any:
        """The value of a parameter. Raises KeyError if it is missing."""
        if name in values:
            return values[name]
        bind = self._binds[name]
        if bind.required:
            raise KeyError(f"A value for :{name} is missing.")
        return bind.effective_value

    def render(self, parameter: Callable[[str], str]) -> str:
        """The text, with each parameter rendered by a function of its name."""
        text = [self.pieces[0]]
        for name, piece in zip(self.parameters, self.pieces[1:], strict=True):
            text += (parameter(name), piece)
        return "".join(text)


class BatchedStatement(NamedTuple):
    """A statement of a batch.

    If `of` is set, its list `parameter` has the values of that column in the row of an earlier statement, the one with
    the number `source`, or in its rows if it `is_of_many`. `own` are the shared parameters of which it has values of
    its own.
    """

    sql: Sql
    of: str | None = None
    parameter: str | None = None
    own: frozenset[str] = frozenset()
    source: int = 0
    is_of_many: bool = False

    @property
    def length(self) -> int:
        """An upper bound of the characters that it adds to a batch."""
        return self.sql.length + self.sql.parameters.count(self.parameter) * len(_values_expression(self))


class Batch(NamedTuple):
    """The SQL text of a batch, and for each bind its statement number and parameter name."""

    text: str
    binds: list[tuple[int, str]]

    def arguments(self, statements: Sequence[BatchedStatement], values: Sequence[dict[str, Any]]) -> list[Any]:
        """The arguments of the batch in order. Raises KeyError if one is missing."""
        return [statements[number].sql.value(name, values[number]) for number, name in self.binds]


def compile_sql(statement: ClauseElement, sight: Sight = Sight.LOOKED_UP) -> Sql:
    """The SQL of a statement for viewers of a sight, cached as long as the statement exists."""
    sql = _compiled[sight].get(statement)
    if sql is None:
        sql = _compiled[sight][statement] = Sql(statement, sight)
    return sql


def is_compiled(statement: ClauseElement, sight: Sight) -> bool:
    """Whether the SQL of a statement for viewers of a sight is cached."""
    return statement in _compiled[sight]


def _size_in_bytes(batch: Batch) -> int:
    return len(batch.text) + len(batch.binds) * BYTES_PER_PARAMETER


@cached(LRUCache(MAX_CACHE_BYTES, _size_in_bytes))
def build_batch(statements: tuple[BatchedStatement, ...]) -> Batch:
    """The batch of one or several statements. If there are several, all must have `columns`."""
    names: dict[tuple[int | None, str], int] = {}
    binds: list[tuple[int, str]] = []

    def render(number: int, statement: BatchedStatement) -> str:
        def parameter(name: str) -> str:
            if name == statement.parameter:
                return _values_expression(statement)
            key = (None if name in SHARED_PARAMETERS - statement.own else number, name)
            if key not in names:
                binds.append((number, name))
                names[key] = len(binds)
            return f"${names[key]}"

        return statement.sql.render(parameter)

    texts = [render(number, statement) for number, statement in enumerate(statements)]
    if statements[0].sql.columns is None:
        return Batch(texts[0], binds)
    sources = sorted({statement.source for statement in statements if statement.of is not None})
    objects = ", ".join(f"object_{number} AS ({texts[number]})" for number in sources)
    for number in sources:
        texts[number] = f"TABLE object_{number}"
    lists = [
        _lists_expression(statement.sql, text, number)
        for number, (statement, text) in enumerate(zip(statements, texts, strict=True))
    ]
    return Batch(f"{f'WITH {objects} ' if objects else ''}SELECT * FROM {' CROSS JOIN '.join(lists)}", binds)


def split_row(statements: Iterable[BatchedStatement], row: Sequence[Any]) -> list[ColumnBatch]:
    """The rows of each statement, from the single row that a batch returns."""
    batches, start = [], 0
    for statement in statements:
        columns, lists = statement.sql.columns or (), statement.sql.lists
        values = row[start : (start := start + len(columns))]
        if lists:
            values = [
                lists[name].values(each) if name in lists else each for name, each in zip(columns, values, strict=True)
            ]
        batches.append(ColumnBatch.of(columns, values))
    return batches


def _values_expression(statement: BatchedStatement) -> str:
    of, source, distinct = statement.of, statement.source, "DISTINCT " if statement.is_of_many else ""
    values = f'ARRAY(SELECT {distinct}o."{of}" FROM object_{source} o WHERE o."{of}" IS NOT NULL)'
    if not statement.is_of_many:
        return values
    limited = f"CASE WHEN cardinality(v) <= {MAX_VALUES_AHEAD} THEN v ELSE '{{}}' END"
    return f"(SELECT {limited} FROM (SELECT {values}) x (v))"


def _lists_expression(sql: Sql, text: str, number: int) -> str:
    columns = ", ".join(
        f'json_agg(s."{name}"{sql.lists[name].cast})::text' if name in sql.lists else f'array_agg(s."{name}")'
        for name in sql.columns or ()
    )
    return f"(SELECT {columns} FROM ({text}) s) AS part_{number}"


def _columns(statement: ClauseElement) -> tuple[str, ...] | None:
    if not isinstance(statement, Select | TextualSelect):
        return None
    columns = statement.selected_columns
    names = tuple(str(column.name) for column in columns)
    is_plain = all(
        isinstance(column, PLAIN_EXPRESSIONS) and (isinstance(column.type, PLAIN_TYPES) or _list_column(column.type))
        for column in columns
    )
    return names if names and is_plain and len(set(names)) == len(names) and all(map(_is_name, names)) else None


def _list_columns(statement: Any) -> dict[str, ListColumn]:
    columns = ((str(column.name), _list_column(column.type)) for column in statement.selected_columns)
    return {name: each for name, each in columns if each is not None}


def _list_column(type_: Any) -> ListColumn | None:
    """How a batch returns the lists of a column; None if they are none, or of other types."""
    if not isinstance(type_, ARRAY):
        return None
    return next((ListColumn(cast, read) for each, cast, read in LIST_TYPES if isinstance(type_.item_type, each)), None)


def _is_name(name: str) -> bool:
    """Whether a column name can be an attribute of a row."""
    return name.isidentifier() and not name.startswith("_") and not iskeyword(name)
