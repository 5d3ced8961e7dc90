"""Rows stored as lists of column values; a row object is created when it is first read."""

from collections import defaultdict, namedtuple
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, compress, islice, pairwise, starmap
from operator import ne
from typing import Any, overload

RowNumbers = range | list[int | None]
NONE_TYPE = type(None)
EMPTY_BOUNDS = (0, 0)


class BatchRow:
    """A row of a batch. Each column is an attribute and an item of the same name."""

    __slots__ = ()

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)

    def keys(self) -> tuple[str, ...]:
        """The names of the columns."""
        row: Any = self
        names: tuple[str, ...] = row._fields
        return names

    def items(self) -> Iterator[tuple[str, Any]]:
        """Pairs of column name and value."""
        row: Any = self
        return zip(row._fields, row, strict=True)


class Columns:
    """Column lists of equal length by column name."""

    __slots__ = ("_rows", "_types", "lists", "size")

    def __init__(self, lists: dict[str, list[Any]]) -> None:
        self.lists = lists
        self.size = len(next(iter(lists.values())))
        self._rows: list[Any] | None = None
        self._types: dict[str, frozenset[type]] = {}

    def types(self, name: str) -> frozenset[type]:
        """The types of a column's values: one, and NoneType if it has nulls. Raises KeyError."""
        types = self._types.get(name)
        if types is None:
            values = self.lists[name]
            # If all values are truthy, none is None, and the first has the type of all: faster than a scan.
            types = frozenset((type(values[0]),) if values and all(values) else map(type, values))
            self._types[name] = types
        return types

    @property
    def rows(self) -> list[Any]:
        """All rows, created on first use."""
        if self._rows is None:
            make = _row_type(tuple(self.lists))._make
            self._rows = list(map(make, zip(*self.lists.values(), strict=True)))
        return self._rows


class ColumnBatch(Sequence[Any]):
    """A selection of rows of some columns, in any order. None stands for a missing row."""

    __slots__ = ("_columns", "_has_all_rows", "_row_numbers")

    is_column_batch = True

    def __init__(self, columns: Columns, row_numbers: RowNumbers) -> None:
        self._columns, self._row_numbers = columns, row_numbers
        self._has_all_rows = row_numbers == range(columns.size)

    @classmethod
    def of(cls, names: Iterable[str], lists: Iterable[list[Any] | None]) -> "ColumnBatch":
        """A batch of all rows of the named columns. A list is None if there are no rows."""
        columns = Columns({name: values or [] for name, values in zip(names, lists, strict=True)})
        return cls(columns, range(columns.size))

    @property
    def kinds(self) -> frozenset[type]:
        """The types of the rows: BatchRow, NoneType or both."""
        if self._has_gaps:
            return ROWS | NULLS if self.present() else NULLS
        return ROWS if self._row_numbers else NOTHING

    def column(self, name: str) -> list[Any]:
        """The values of a column, one per row. Callers must not change the list. Raises KeyError."""
        values = self._columns.lists[name]
        if self._has_all_rows:
            return values
        if isinstance(self._row_numbers, range) and self._row_numbers.step == 1:
            return values[self._row_numbers.start : self._row_numbers.stop]
        return [None if row_number is None else values[row_number] for row_number in self._row_numbers]

    def typed(self, name: str) -> tuple[list[Any], frozenset[type]]:
        """The result of `column`, and the types of its values. Raises KeyError."""
        if self._has_all_rows:
            return self._columns.lists[name], self._columns.types(name)
        values, types = self.column(name), self._columns.types(name)
        if values and NONE_TYPE not in types and not self._has_gaps:
            return values, types
        return values, frozenset(map(type, values))

    def typed_columns(self, names: Sequence[str]) -> tuple[list[list[Any]], tuple[frozenset[type], ...]]:
        """The results of `typed` for several columns: all lists, and the types of each. Raises KeyError."""
        if not self._has_all_rows:
            pairs = [self.typed(name) for name in names]
            return [values for values, _ in pairs], tuple([types for _, types in pairs])
        lists, types = [self._columns.lists[name] for name in names], self._columns.types
        if self._columns.size == 1:
            return lists, tuple([frozenset((type(value),)) for [value] in lists])
        return lists, tuple([types(name) for name in names])

    @property
    def _has_gaps(self) -> bool:
        return not isinstance(self._row_numbers, range) and None in self._row_numbers

    def take(self, positions: Iterable[int | None]) -> "ColumnBatch":
        """A batch of the rows at these positions, with None for each position that is None."""
        row_numbers = self._row_numbers
        return ColumnBatch(
            self._columns, [None if position is None else row_numbers[position] for position in positions]
        )

    def present(self) -> list[int]:
        """The positions of the rows that are not None."""
        return [position for position, row_number in enumerate(self._row_numbers) if row_number is not None]

    def grouped(self, name: str, keys: Sequence[Any]) -> "GroupedRows":
        """For each key, the rows with this value in a column. It is fastest if equal values are adjacent."""
        values = self.column(name)
        changes = list(compress(range(1, len(values)), map(ne, islice(values, 1, None), values)))
        bounds_by_value = {
            values[start]: (start, end) for start, end in pairwise([0, *changes, len(values)] if values else [])
        }
        if len(bounds_by_value) > len(changes) or not values:
            return GroupedRows(self, [bounds_by_value.get(key, EMPTY_BOUNDS) for key in keys])
        positions_by_value: dict[Any, list[int]] = defaultdict(list)
        for position, value in enumerate(values):
            positions_by_value[value].append(position)
        return self.take(chain.from_iterable(positions_by_value.values())).grouped(name, keys)

    @overload
    def __getitem__(self, position: int) -> Any: ...

    @overload
    def __getitem__(self, position: slice) -> "ColumnBatch": ...

    def __getitem__(self, position: int | slice) -> Any:
        selected = self._row_numbers[position]
        if isinstance(position, slice):
            return ColumnBatch(self._columns, selected)  # type: ignore[arg-type]
        return None if selected is None else self._columns.rows[selected]  # type: ignore[index]

    def __iter__(self) -> Iterator[Any]:
        rows, row_numbers = self._columns.rows, self._row_numbers
        if self._has_all_rows:
            return iter(rows)
        return iter([None if row_number is None else rows[row_number] for row_number in row_numbers])

    def __len__(self) -> int:
        return len(self._row_numbers)

    def joined(self, batches: "Iterable[ColumnBatch]") -> "ColumnBatch | None":
        """These rows followed by those of other batches; None if a batch has different columns."""
        ranges = [self._row_numbers]
        for batch in batches:
            if batch._columns is not self._columns:
                return None
            ranges.append(batch._row_numbers)
        return ColumnBatch(self._columns, _merge_ranges(ranges) or list(chain.from_iterable(ranges)))


class GroupedRows(Sequence[ColumnBatch]):
    """Rows of a batch in groups. A group is a pair of bounds: first row, and the row after the last one."""

    __slots__ = ("_batch", "_bounds")

    is_grouped_rows = True

    def __init__(self, batch: ColumnBatch, bounds: Sequence[tuple[int, int]]) -> None:
        self._batch, self._bounds = batch, bounds

    @property
    def kinds(self) -> frozenset[type]:
        """The types of the groups."""
        return GROUPS if self._bounds else NOTHING

    @property
    def lengths(self) -> list[int]:
        """The number of rows of each group."""
        return [end - start for start, end in self._bounds]

    @property
    def flat(self) -> ColumnBatch:
        """The rows of all groups as one batch, in the order of the groups."""
        non_empty = [bounds for bounds in self._bounds if bounds is not EMPTY_BOUNDS]
        if not non_empty:
            return self._batch[:0]
        starts, ends = zip(*non_empty, strict=True)
        if starts[1:] == ends[:-1]:
            return self._batch[starts[0] : ends[-1]]
        return self._batch.take(chain.from_iterable(starmap(range, non_empty)))

    @overload
    def __getitem__(self, position: int) -> ColumnBatch: ...

    @overload
    def __getitem__(self, position: slice) -> "GroupedRows": ...

    def __getitem__(self, position: int | slice) -> "ColumnBatch | GroupedRows":
        if isinstance(position, slice):
            return GroupedRows(self._batch, self._bounds[position])
        return self._batch[slice(*self._bounds[position])]

    def __iter__(self) -> Iterator[ColumnBatch]:
        return (self._batch[start:end] for start, end in self._bounds)

    def __len__(self) -> int:
        return len(self._bounds)


def _merge_ranges(ranges: Iterable[RowNumbers]) -> range | None:
    """One range of all row numbers if each range begins where the previous one ended, else None."""
    start = end = 0
    for current in ranges:
        if not isinstance(current, range) or current.step != 1:
            return None
        if current:
            if start == end:
                start = current.start
            elif current.start != end:
                return None
            end = current.stop
    return range(start, end)


ROWS: frozenset[type] = frozenset({BatchRow})
NULLS: frozenset[type] = frozenset({NONE_TYPE})
GROUPS: frozenset[type] = frozenset({ColumnBatch})
NOTHING: frozenset[type] = frozenset()


@lru_cache(maxsize=4096)
def _row_type(names: tuple[str, ...]) -> Any:
    row: Any = namedtuple("BatchRow", names)  # type: ignore[misc]
    # Column names override the methods of BatchRow, not the reverse.
    return type("BatchRow", (BatchRow, row), {"__slots__": (), **{name: vars(row)[name] for name in names}})
