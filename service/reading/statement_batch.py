"""Several statements in one message, whose answer is one row of lists: one for each column of each statement."""

import re
from collections.abc import Callable, Iterable, Sequence
from keyword import iskeyword
from typing import Any, NamedTuple, Protocol
from weakref import WeakKeyDictionary

from cachetools import LRUCache, cached
from sqlalchemy import Boolean, Date, DateTime, Float, Integer, Numeric, Select, String, Uuid
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.elements import ColumnClause, Label

from service.reading.column_batch import Frame

PLAIN_NAMED = (ColumnClause, Label)
PLAIN = (Boolean, Date, DateTime, Float, Integer, Numeric, String, Uuid)
# What means the same to all statements of a message, which is of one tenant and of one moment.
SHARED = frozenset(("organization_id", "now"))
# The driver keeps no statement that is longer than 15 KiB, and would have it planned for each request.
LONGEST = 15_000
# What a message has around each statement and each column of it.
AROUND, AROUND_COLUMN = 80, 20
# What SQLAlchemy keeps for a parameter of a statement is many times its text: long filters are forgotten first.
KEPT_BYTES, BYTES_A_BIND = 16_000_000, 1_000

_dialect: Any = PGDialect_asyncpg()  # type: ignore[no-untyped-call]
_kept: "WeakKeyDictionary[ClauseElement, Sql]" = WeakKeyDictionary()


class Following(Protocol):
    """A statement that will be asked for with an object's value of the column `of` in the list `:parameter`."""

    @property
    def statement(self) -> Any:
        """The statement."""

    @property
    def of(self) -> str:
        """A column of the object."""

    @property
    def parameter(self) -> str:
        """What the statement calls the list of the object's values."""

    @property
    def parameters(self) -> dict[str, Any]:
        """What else it is sent with."""


class Sql:
    """A statement's text in pieces, between which its parameters stand.

    `columns` are what a frame of its rows has; None when its rows cannot come as lists of columns.
    """

    def __init__(self, statement: ClauseElement) -> None:
        compilation: Any = statement.compile(dialect=_dialect)
        names = compilation.positiontup or ()
        text, *rest = re.split(r"\$(\d+)", compilation.string)
        self.pieces = [text, *rest[1::2]]
        self.parameters = [names[int(number) - 1] for number in rest[::2]]
        self.columns = _columns(statement)
        # Numbers of parameters have up to two digits more in a message.
        self.length = len(compilation.string) + 2 * len(self.parameters) + AROUND
        self.length += sum(len(name) + AROUND_COLUMN for name in self.columns or ())
        self._binds = compilation.binds

    def value(self, name: str, given: dict[str, Any]) -> Any:
        """What is bound to a parameter. Raises KeyError when that is missing."""
        if name in given:
            return given[name]
        bind = self._binds[name]
        if bind.required:
            raise KeyError(f"A value for :{name} is missing.")
        return bind.effective_value

    def written(self, parameter: Callable[[str], str]) -> str:
        """The text with its parameters as they are written by a function of their names."""
        text = [self.pieces[0]]
        for name, piece in zip(self.parameters, self.pieces[1:], strict=True):
            text += (parameter(name), piece)
        return "".join(text)


class Part(NamedTuple):
    """A statement of a message: with parameters of its own, or following the first statement's one row.

    Then its `parameter` is the list of that row's value of the column `of`.
    """

    sql: Sql
    of: str | None = None
    parameter: str | None = None

    @property
    def length(self) -> int:
        """No less than how long it makes a message."""
        return self.sql.length + self.sql.parameters.count(self.parameter) * len(_values(self.of))


class Message(NamedTuple):
    """A text for the driver, and what it binds: which parameter of which part."""

    text: str
    binds: list[tuple[int, str]]

    def arguments(self, parts: Sequence[Part], given: Sequence[dict[str, Any]]) -> list[Any]:
        """The arguments of the message in their order. Raises KeyError when one is missing."""
        return [parts[number].sql.value(name, given[number]) for number, name in self.binds]


def sql_of(statement: ClauseElement) -> Sql:
    """The text of a statement; it is kept as long as the statement lives."""
    found = _kept.get(statement)
    if found is None:
        found = _kept[statement] = Sql(statement)
    return found


def is_compiled(statement: ClauseElement) -> bool:
    """Whether the text of a statement is known already."""
    return statement in _kept


def _weight(message: Message) -> int:
    return len(message.text) + len(message.binds) * BYTES_A_BIND


@cached(LRUCache(KEPT_BYTES, _weight))
def message(parts: tuple[Part, ...]) -> Message:
    """The message of one statement or of several, all of which have columns if they are several."""
    names: dict[tuple[int, str], int] = {}

    def written(number: int, part: Part) -> str:
        def parameter(name: str) -> str:
            if name == part.parameter:
                return _values(part.of)
            own = (0 if name in SHARED else number, name)
            return f"${names.setdefault(own, len(names) + 1)}"

        return part.sql.written(parameter)

    texts = [written(number, part) for number, part in enumerate(parts)]
    if parts[0].sql.columns is None:
        return Message(texts[0], list(names))
    first = ""
    if any(part.of is not None for part in parts):
        first, texts[0] = f"WITH the_object AS ({texts[0]}) ", "TABLE the_object"
    lists = [_lists(part.sql, text, number) for number, (part, text) in enumerate(zip(parts, texts, strict=True))]
    return Message(f"{first}SELECT * FROM {' CROSS JOIN '.join(lists)}", list(names))


def frames(parts: Iterable[Part], row: Sequence[Any]) -> list[Frame]:
    """The rows of each part of a message."""
    found, start = [], 0
    for part in parts:
        columns = part.sql.columns or ()
        found.append(Frame.of(columns, row[start : (start := start + len(columns))]))
    return found


def _values(of: str | None) -> str:
    return f'ARRAY(SELECT the_object."{of}" FROM the_object WHERE the_object."{of}" IS NOT NULL)'


def _lists(sql: Sql, text: str, number: int) -> str:
    columns = ", ".join(f'array_agg(s."{name}")' for name in sql.columns or ())
    return f"(SELECT {columns} FROM ({text}) s) AS part_{number}"


def _columns(statement: ClauseElement) -> tuple[str, ...] | None:
    if not isinstance(statement, Select):
        return None
    columns = statement.selected_columns
    names = tuple(str(column.name) for column in columns)
    plain = all(isinstance(column, PLAIN_NAMED) and isinstance(column.type, PLAIN) for column in columns)
    return names if names and plain and len(set(names)) == len(names) and all(map(_is_name, names)) else None


def _is_name(name: str) -> bool:
    """Whether rows can have an attribute of that name."""
    return name.isidentifier() and not name.startswith("_") and not iskeyword(name)
