"""Rows kept as columns; an object for a row is made when somebody asks for one."""

from collections import namedtuple
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, compress, islice, pairwise
from operator import ne
from typing import Any, overload

Numbers = range | list[int | None]


class Cells:
    """A row of a frame: its columns are attributes, and items by their names."""

    __slots__ = ()

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)

    def keys(self) -> tuple[str, ...]:
        """The names of the columns."""
        row: Any = self
        names: tuple[str, ...] = row._fields
        return names

    def items(self) -> Iterator[tuple[str, Any]]:
        """The columns by their names."""
        row: Any = self
        return zip(row._fields, row, strict=True)


class Columns:
    """Lists of one length by their names."""

    __slots__ = ("_rows", "lists", "size")

    def __init__(self, lists: dict[str, list[Any]]) -> None:
        self.lists = lists
        self.size = len(next(iter(lists.values())))
        self._rows: list[Any] | None = None

    @property
    def rows(self) -> list[Any]:
        """All rows, made the first time."""
        if self._rows is None:
            make = _row_type(tuple(self.lists))._make
            self._rows = list(map(make, zip(*self.lists.values(), strict=True)))
        return self._rows


class Frame(Sequence[Any]):
    """Some rows of some columns, in an order of their own. None stands for a row that is not there."""

    __slots__ = ("_columns", "_numbers")

    is_frame = True

    def __init__(self, columns: Columns, numbers: Numbers) -> None:
        self._columns, self._numbers = columns, numbers

    @classmethod
    def of(cls, names: Iterable[str], lists: Iterable[list[Any] | None]) -> "Frame":
        """All rows of columns by their names; a list is None where there are no rows."""
        columns = Columns({name: each or [] for name, each in zip(names, lists, strict=True)})
        return cls(columns, range(columns.size))

    @property
    def kinds(self) -> set[type]:
        """The types of the rows."""
        numbers = self._numbers
        if isinstance(numbers, range) or None not in numbers:
            return {Cells} if numbers else set()
        return {Cells, type(None)} if any(number is not None for number in numbers) else {type(None)}

    def column(self, name: str) -> list[Any]:
        """The rows' values of a column; nobody may change the list. Raises KeyError."""
        values, numbers = self._columns.lists[name], self._numbers
        if numbers == range(self._columns.size):
            return values
        return [None if number is None else values[number] for number in numbers]

    def taken(self, positions: Iterable[int | None]) -> "Frame":
        """The rows at these positions, and none where a position is None."""
        numbers = self._numbers
        return Frame(self._columns, [None if position is None else numbers[position] for position in positions])

    def present(self) -> list[int]:
        """The positions of the rows that are there."""
        return [position for position, number in enumerate(self._numbers) if number is not None]

    def by(self, name: str) -> "dict[Any, Frame]":
        """The rows of each value of a column, which is quickest where they follow each other."""
        values, numbers = self.column(name), self._numbers
        found: dict[Any, Frame] = {}
        changes = compress(range(1, len(values)), map(ne, islice(values, 1, None), values))
        for start, end in pairwise([0, *changes, len(values)] if values else []):
            key, rows = values[start], numbers[start:end]
            found[key] = found[key]._with([rows]) if key in found else Frame(self._columns, rows)
        return found

    @overload
    def __getitem__(self, position: int) -> Any: ...

    @overload
    def __getitem__(self, position: slice) -> "Frame": ...

    def __getitem__(self, position: int | slice) -> Any:
        found = self._numbers[position]
        if isinstance(position, slice):
            return Frame(self._columns, found)  # type: ignore[arg-type]
        return None if found is None else self._columns.rows[found]  # type: ignore[index]

    def __iter__(self) -> Iterator[Any]:
        rows, numbers = self._columns.rows, self._numbers
        if numbers == range(self._columns.size):
            return iter(rows)
        return iter([None if number is None else rows[number] for number in numbers])

    def __len__(self) -> int:
        return len(self._numbers)

    def joined(self, others: "Iterable[Frame]") -> "Frame | None":
        """These rows and those of others after them; None if those are of other columns."""
        more = []
        for other in others:
            if other._columns is not self._columns:
                return None
            more.append(other._numbers)
        return self._with(more)

    def _with(self, more: list[Numbers]) -> "Frame":
        parts = [self._numbers, *more]
        return Frame(self._columns, _in_a_row(parts) or list(chain.from_iterable(parts)))


def _in_a_row(parts: Iterable[Numbers]) -> range | None:
    """All numbers as one range, if each part begins where the one before it ended."""
    start = end = 0
    for part in parts:
        if not isinstance(part, range) or part.step != 1:
            return None
        if part:
            if start == end:
                start = part.start
            elif part.start != end:
                return None
            end = part.stop
    return range(start, end)


@lru_cache(maxsize=4096)
def _row_type(names: tuple[str, ...]) -> Any:
    row: Any = namedtuple("Cells", names)  # type: ignore[misc]
    # Columns hide what rows can do besides, not the other way round.
    return type("Cells", (Cells, row), {"__slots__": (), **{name: vars(row)[name] for name in names}})
