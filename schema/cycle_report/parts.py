"""Reading a report on a cycle: one statement for all groups, and one for the pages of all counts of a kind."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from service.objectives.entity import OBJECTIVE
from service.objectives.models import Level, ObjectiveKind
from service.postgres.database import Row
from service.reading.filters import Shape, build_condition
from service.reading.reader import Reader
from service.rollup.cycle_activity_queries import select_activity
from service.rollup.cycle_report import (
    Cell,
    GoalCounts,
    ReportDimension,
    cells_by_key,
    count_goals,
    ordered_keys,
)
from service.rollup.cycle_report_queries import (
    KEY_RESULTS,
    OBJECTIVES,
    CountedGoals,
    Counting,
    select_cells,
)
from service.values.record import record

# Groups that are counted without yielding to the event loop.
GROUPS_AT_ONCE = 100
# The columns that an order of enum values sorts groups by.
ORDERS: Mapping[ReportDimension, Sequence[str]] = {
    ReportDimension.LEVEL: list(Level),
    ReportDimension.KIND: list(ObjectiveKind),
}


@dataclass(eq=False)
class ReportScope:
    """What a report is about: a cycle, and the objectives of it that meet a filter; and the cells that were read."""

    cycle: Row
    shape: Shape
    values: dict[str, Any]
    is_one_off: bool
    # Called before each statement: it searches again for what the filter contains.
    search: Callable[[], None]
    cells: dict[tuple[CountedGoals, ReportDimension | None], dict[str | None, list[Cell]]] = field(default_factory=dict)

    def statement(self, build: Callable[..., Any], *arguments: Any) -> Any:
        """A statement of the report, which is not cached for a filter that is unlikely to be sent again."""
        self.search()
        select = _select if self.is_one_off else _cached_select
        return select(build, self.shape, *arguments)


@dataclass(eq=False)
class ReportPart:
    """A report, or one of its groups: the goals with `key`, the text of a group, as `by` groups them."""

    scope: ReportScope
    by: ReportDimension | None = None
    key: str | None = None

    @property
    def cycle(self) -> Row:
        """The cycle of the report."""
        return self.scope.cycle

    def _value(self, by: ReportDimension) -> str | None:
        return self.key if self.by == by else None

    @property
    def level(self) -> Level | None:
        """The level of the goals of the group."""
        value = self._value(ReportDimension.LEVEL)
        return None if value is None else Level(value)

    @property
    def kind(self) -> ObjectiveKind | None:
        """The kind of the objectives of the group."""
        value = self._value(ReportDimension.KIND)
        return None if value is None else ObjectiveKind(value)

    @property
    def team_id(self) -> UUID | None:
        """The team of the goals of the group."""
        return _uuid(self._value(ReportDimension.TEAM))

    @property
    def pillar_id(self) -> UUID | None:
        """The pillar of the goals of the group."""
        return _uuid(self._value(ReportDimension.PILLAR))

    @property
    def owner_id(self) -> UUID | None:
        """The owner of the goals of the group."""
        return _uuid(self._value(ReportDimension.OWNER))


def _uuid(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)


def _select(build: Callable[..., Any], shape: Shape, *arguments: Any) -> Any:
    return build(build_condition(OBJECTIVE.filters, shape), *arguments)


# SQLAlchemy needs ten milliseconds to compile a statement.
_cached_select = lru_cache(maxsize=256)(_select)


def _cells_statement(condition: Any, goals: CountedGoals, by: ReportDimension | None) -> Any:
    return select_cells(Counting(goals, by, condition))


def _activity_statement(condition: Any, by: ReportDimension | None) -> Any:
    return select_activity(by, condition)


async def _load_cells(scope: ReportScope, reader: Reader, goals: CountedGoals, by: ReportDimension | None) -> None:
    if (goals, by) not in scope.cells:
        rows = await reader.rows(scope.statement(_cells_statement, goals, by), **scope.values)
        scope.cells[goals, by] = cells_by_key(rows)


async def groups_of(part: ReportPart, reader: Reader, by: ReportDimension) -> list[ReportPart]:
    """The groups that have any goals."""
    scope = part.scope
    await asyncio.gather(*(_load_cells(scope, reader, goals, by) for goals in (OBJECTIVES, KEY_RESULTS)))
    keys = ordered_keys([*scope.cells[OBJECTIVES, by], *scope.cells[KEY_RESULTS, by]], ORDERS.get(by, ()))
    return [ReportPart(scope, by, key) for key in keys]


@dataclass(eq=False)
class CountedPart:
    """The counts of the goals of one type in a part of a report."""

    part: ReportPart
    counts: GoalCounts

    @property
    def count(self) -> int:
        """The number of goals."""
        return self.counts.count


async def counts_of_parts(parts: Sequence[ReportPart], reader: Reader, goals: CountedGoals) -> list[CountedPart]:
    """The counts of each part, of goals of one type."""
    readings = {(part.scope, part.by) for part in parts}
    await asyncio.gather(*(_load_cells(scope, reader, goals, by) for scope, by in readings))
    counted = []
    for number, part in enumerate(parts):
        if number and number % GROUPS_AT_ONCE == 0:
            await asyncio.sleep(0)
        counted.append(CountedPart(part, count_goals(part.scope.cells[goals, part.by].get(part.key, ()))))
    return counted


@record
class PartActivity:
    """Who has checked in, and how regularly, in a part of a report."""

    part: ReportPart
    owners: int = 0
    active_owners: int = 0
    expected: int = 0
    met: int = 0


async def activity_of_parts(parts: Sequence[ReportPart], reader: Reader) -> list[PartActivity]:
    """The activity in each part."""
    readings = list(dict.fromkeys((part.scope, part.by) for part in parts))
    results = await asyncio.gather(
        *(reader.rows(scope.statement(_activity_statement, by), **scope.values) for scope, by in readings)
    )
    rows = {(*each, row.key): row for each, own in zip(readings, results, strict=True) for row in own}
    activities = []
    for part in parts:
        row = rows.get((part.scope, part.by, part.key or ""))
        own = () if row is None else (row.owners, row.active_owners, row.expected, row.met)
        activities.append(PartActivity(part, *own))
    return activities
