"""One statement for one object and what belongs to it, where only the object itself is not known beforehand."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from cachetools import LRUCache
from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Float,
    Integer,
    Numeric,
    Select,
    String,
    Uuid,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlalchemy.sql import visitors

PLAIN = (Boolean, Date, DateTime, Float, Integer, Numeric, String, Uuid)
SHARED = "organization_id"


class Following(Protocol):
    """A statement that will be asked for with the object's value of the column `of` in the list `:parameter`."""

    @property
    def statement(self) -> Any:
        """A statement that `can_follow`."""

    @property
    def of(self) -> str:
        """A column of the object."""

    @property
    def parameter(self) -> str:
        """What the statement calls the list of the object's values."""

    @property
    def parameters(self) -> dict[str, Any]:
        """What else it is sent with."""


class Cells(dict[str, Any]):
    """A row of a part of a fused statement, with its columns as attributes too."""

    attributes_are_items = True

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class Fused(NamedTuple):
    """A statement that answers with one row of lists, one for each part; `names` are the columns of each part."""

    statement: Select[Any]
    names: list[list[str]]

    def parts(self, row: Iterable[Any]) -> list[list[Cells]]:
        """The rows of each part."""
        return [
            [Cells(zip(names, each, strict=True)) for each in rows or ()]
            for names, rows in zip(self.names, row, strict=True)
        ]


# Not by weak references: a fused statement holds the ones that it is made of.
_kept: LRUCache[tuple[Any, ...], Fused] = LRUCache(1024)


def fused(first: Select[Any], following: Sequence[Following]) -> Fused:
    """The statement of an object together with those that follow."""
    key = (first, *((each.statement, each.of, each.parameter) for each in following))
    found = _kept.get(key)
    if found is None:
        found = _kept[key] = _fused(first, following)
    return found


@lru_cache(maxsize=2048)
def can_follow(statement: Any) -> bool:
    """Whether a statement's rows come through a list of rows as they are."""
    if not isinstance(statement, Select):
        return False
    return all(isinstance(column.type, PLAIN) for column in statement.selected_columns)


def bound(following: Sequence[Following]) -> dict[str, Any]:
    """What to bind besides the parameters of the first statement."""
    return {
        _renamed(name, number): value
        for number, each in enumerate(following)
        for name, value in each.parameters.items()
    }


def _fused(first: Select[Any], following: Sequence[Following]) -> Fused:
    found = first.cte("found")
    parts: list[Any] = [found]
    for number, each in enumerate(following):
        parts.append(_following(each, number, found).subquery(f"part_{number}"))
    lists = [select(func.array_agg(literal_column(part.name))).select_from(part).scalar_subquery() for part in parts]
    names = [[column.key for column in part.columns] for part in parts]
    return Fused(select(*lists), names)


def _following(each: Following, number: int, found: Any) -> Select[Any]:
    own = found.c[each.of]

    def replaced(element: Any, **_: Any) -> ColumnElement[Any] | None:
        if not isinstance(element, BindParameter) or element.key == SHARED or not element.required:
            return None
        if element.key == each.parameter:
            return func.array(select(own).where(own.is_not(None)).scalar_subquery(), type_=element.type)
        return bindparam(_renamed(element.key, number), type_=element.type)

    made: Any = visitors.replacement_traverse(each.statement, {}, replaced)
    return made  # type: ignore[no-any-return]


def _renamed(name: str, number: int) -> str:
    return f"following_{number}__{name}"
