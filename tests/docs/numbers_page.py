"""The tables of docs/numbers.md, and what a number looks like in them."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any

import pytest

from service.settings import ROOT

TEXT = (ROOT / "docs" / "numbers.md").read_text()
NULL = "null"
# Between a number and its weight, or a value and how often it comes.
TIMES = " \N{MULTIPLICATION SIGN} "
MARK = re.compile(r"<!-- table: ([a-z-]+) -->")
HEADING = re.compile(r"## ([0-9]+)\. ")
# From so many digits after the point on, a number in a table is rounded; with fewer it is exact.
ROUNDED = 4


class Row(dict[str, str]):
    """A row by its columns, which notes those that a test has looked at."""

    def __init__(self, cells: dict[str, str]) -> None:
        super().__init__(cells)
        self.unread = set(cells)

    def __getitem__(self, column: str) -> str:
        self.unread.discard(column)
        return super().__getitem__(column)

    def given(self, column: str) -> Decimal | None:
        """The number in a cell; None of an empty one."""
        text = self[column]
        return Decimal(text) if text and text != NULL else None

    def list(self, column: str, separator: str = ", ") -> list[str]:
        """The parts of a cell; none of an empty one."""
        return self[column].split(separator) if self[column] else []


def cells(line: str) -> list[str]:
    """What stands in the cells of a line of a table."""
    return [cell.strip().replace("`", "") for cell in line.strip()[1:-1].split("|")]


def tables() -> Iterator[tuple[str, str, list[Row]]]:
    """Section, name and rows of each table; one without a mark has no name."""
    section, lines = "", ["", *TEXT.splitlines(), ""]
    for place, line in enumerate(lines):
        if heading := HEADING.match(line):
            section = heading[1]
        if line.startswith("|") and not lines[place - 1].startswith("|"):
            end = next(n for n in range(place, len(lines)) if not lines[n].startswith("|"))
            mark, columns = MARK.fullmatch(lines[place - 1]), cells(line)
            rows = [Row(dict(zip(columns, cells(row), strict=True))) for row in lines[place + 2 : end]]
            yield section, mark[1] if mark else "", rows


TABLES = {name: rows for _, name, rows in tables()}


def executes(name: str) -> Callable[[Any], Any]:
    """Runs a test for each row of a table, of which it has to look at all columns."""
    rows = TABLES[name]
    ids = [" ".join(row.values())[:60] for row in rows]
    return lambda test: pytest.mark.parametrize("row", rows, ids=ids)(_reading("row", test))


def executes_whole(name: str) -> Callable[[Any], Any]:
    """Runs a test once with all rows of a table, likewise."""
    return lambda test: pytest.mark.parametrize("rows", [TABLES[name]], ids=[name])(_reading("rows", test))


def _reading(argument: str, test: Any) -> Any:
    @wraps(test)
    def read(**given: Any) -> None:
        test(**given)
        check(given)

    @wraps(test)
    async def read_later(**given: Any) -> None:
        await test(**given)
        check(given)

    def check(given: dict[str, Any]) -> None:
        rows = given[argument] if argument == "rows" else [given[argument]]
        assert [row.unread for row in rows if row.unread] == []

    return read_later if iscoroutinefunction(test) else read


def told(value: Any, like: str) -> str:
    """A value as a table has it: as exact as `like`, which rounds if it has many digits after the point."""
    if value is None or isinstance(value, bool):
        return {None: NULL, True: "true", False: "false"}[value]
    if isinstance(value, str):
        return str(value)
    exact = Fraction(repr(value)) if isinstance(value, float) else Fraction(value)
    places = len(like.partition(".")[2])
    rounded = round(exact, places) if places >= ROUNDED else exact
    return like if like not in ("", NULL) and Fraction(like) == rounded else str(float(exact))
