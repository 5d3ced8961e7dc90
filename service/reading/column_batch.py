"""Rows kept as columns; an object for a row is made when somebody asks for one."""

from collections import defaultdict, namedtuple
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, compress, islice, pairwise, starmap
from operator import ne
from typing import Any, overload

Numbers = range | list[int | None]
NOTHING = type(None)
EMPTY = (0, 0)


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

    __slots__ = ("_rows", "_types", "lists", "size")

    def __init__(self, lists: dict[str, list[Any]]) -> None:
        self.lists = lists
        self.size = len(next(iter(lists.values())))
        self._rows: list[Any] | None = None
        self._types: dict[str, set[type]] = {}

    def types(self, name: str) -> set[type]:
        """The types of a list's values: one, as in every list of Postgres, and that of None if it is among them.

        Raises KeyError.
        """
        found = self._types.get(name)
        if found is None:
            values = self.lists[name]
            # Where all are true none is None, and one tells the type of all: several times quicker than asking each.
            found = {type(values[0])} if values and all(values) else set(map(type, values))
            self._types[name] = found
        return found

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
        if self._has_gaps:
            return {Cells, NOTHING} if self.present() else {NOTHING}
        return {Cells} if self._numbers else set()

    def column(self, name: str) -> list[Any]:
        """The rows' values of a column; nobody may change the list. Raises KeyError."""
        values = self._columns.lists[name]
        if self._is_whole:
            return values
        if isinstance(self._numbers, range) and self._numbers.step == 1:
            return values[self._numbers.start : self._numbers.stop]
        return [None if number is None else values[number] for number in self._numbers]

    def typed(self, name: str) -> tuple[list[Any], set[type]]:
        """The rows' values of a column, as `column` has them, and their types. Raises KeyError."""
        values, found = self.column(name), self._columns.types(name)
        if values is self._columns.lists[name] or (values and NOTHING not in found and not self._has_gaps):
            return values, found
        return values, set(map(type, values))

    @property
    def _is_whole(self) -> bool:
        return self._numbers == range(self._columns.size)

    @property
    def _has_gaps(self) -> bool:
        return not isinstance(self._numbers, range) and None in self._numbers

    def taken(self, positions: Iterable[int | None]) -> "Frame":
        """The rows at these positions, and none where a position is None."""
        numbers = self._numbers
        return Frame(self._columns, [None if position is None else numbers[position] for position in positions])

    def present(self) -> list[int]:
        """The positions of the rows that are there."""
        return [position for position, number in enumerate(self._numbers) if number is not None]

    def grouped(self, name: str, keys: Sequence[Any]) -> "Groups":
        """For each key the rows that have it in a column, which is quickest where those follow each other."""
        values = self.column(name)
        changes = list(compress(range(1, len(values)), map(ne, islice(values, 1, None), values)))
        runs = {values[start]: (start, end) for start, end in pairwise([0, *changes, len(values)] if values else [])}
        if len(runs) > len(changes) or not values:
            return Groups(self, [runs.get(key, EMPTY) for key in keys])
        places: dict[Any, list[int]] = defaultdict(list)
        for place, value in enumerate(values):
            places[value].append(place)
        return self.taken(chain.from_iterable(places.values())).grouped(name, keys)

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
        if self._is_whole:
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
        parts = [self._numbers, *more]
        return Frame(self._columns, _in_a_row(parts) or list(chain.from_iterable(parts)))


class Groups(Sequence[Frame]):
    """Rows of a frame in groups, each from one place to before another."""

    __slots__ = ("_bounds", "_frame")

    is_groups = True

    def __init__(self, frame: Frame, bounds: Sequence[tuple[int, int]]) -> None:
        self._frame, self._bounds = frame, bounds

    @property
    def kinds(self) -> set[type]:
        """The types of the groups."""
        return {Frame} if self._bounds else set()

    @property
    def lengths(self) -> list[int]:
        """How many rows each group has."""
        return [end - start for start, end in self._bounds]

    @property
    def flat(self) -> Frame:
        """The rows of all groups, one group after another."""
        there = [bounds for bounds in self._bounds if bounds is not EMPTY]
        if not there:
            return self._frame[:0]
        starts, ends = zip(*there, strict=True)
        if starts[1:] == ends[:-1]:
            return self._frame[starts[0] : ends[-1]]
        return self._frame.taken(chain.from_iterable(starmap(range, there)))

    @overload
    def __getitem__(self, position: int) -> Frame: ...

    @overload
    def __getitem__(self, position: slice) -> "Groups": ...

    def __getitem__(self, position: int | slice) -> "Frame | Groups":
        if isinstance(position, slice):
            return Groups(self._frame, self._bounds[position])
        return self._frame[slice(*self._bounds[position])]

    def __iter__(self) -> Iterator[Frame]:
        return (self._frame[start:end] for start, end in self._bounds)

    def __len__(self) -> int:
        return len(self._bounds)


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
