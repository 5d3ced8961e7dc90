"""Reading the statistics of goals: one statement for all groups, and one for the pages of their goals."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from schema.execution.fields.batched import RequestedColumns
from schema.relay.connections import pruned
from service.errors import BadUserInput
from service.key_results.models import KeyResultKind
from service.objectives.models import Level, ObjectiveKind
from service.pillars.models import Perspective
from service.reading.filters import Shape, build_condition
from service.reading.keyset import Page
from service.reading.reader import Reader
from service.reading.sortable import ensure_sortable
from service.rollup.cycle_report import ordered_keys
from service.rollup.goal_statistics import GoalDimension, GoalStatistics, statistics_of
from service.rollup.goal_statistics_queries import (
    MAX_GROUPS,
    GroupedGoals,
    Grouping,
    select_page_of_groups,
    select_sums,
)
from service.rollup.status_timeline import Staleness, Status
from service.values.record import record

# The order of groups by the values of an enum.
ORDERS: Mapping[GoalDimension, Sequence[str]] = {
    GoalDimension.LEVEL: list(Level),
    GoalDimension.KIND: [*ObjectiveKind, *KeyResultKind],
    GoalDimension.PERSPECTIVE: list(Perspective),
    GoalDimension.STATUS: list(Status),
    GoalDimension.STALENESS: list(Staleness),
}


@dataclass(eq=False)
class GoalScope:
    """What statistics are about: the goals of a type that meet a filter, and how they are grouped."""

    goals: GroupedGoals
    by: GoalDimension | None
    include_archived: bool
    shape: Shape
    values: dict[str, Any]
    is_one_off: bool
    # Called before each statement: it searches again for what the filter contains.
    search: Callable[[], None]

    def statement(self, build: Callable[..., Any], *arguments: Any) -> Any:
        """A statement about these goals, which is not cached for a filter that is unlikely to be sent again."""
        self.search()
        select = _select if self.is_one_off else _cached_select
        return select(build, self.goals, self.by, self.include_archived, self.shape, *arguments)


@dataclass(eq=False)
class GoalGroup:
    """A group of goals with its statistics. `key` is the text that its goals have in common; None: they have none."""

    scope: GoalScope
    key: str | None
    statistics: GoalStatistics

    def value(self, by: GoalDimension) -> str | None:
        """The text that the goals have in common, if it is this by which they are grouped."""
        return self.key if self.scope.by == by else None

    @property
    def team_id(self) -> UUID | None:
        """The team of the goals."""
        return self._id(GoalDimension.TEAM)

    @property
    def owner_id(self) -> UUID | None:
        """The owner of the goals."""
        return self._id(GoalDimension.OWNER)

    @property
    def cycle_id(self) -> UUID | None:
        """The cycle of the goals."""
        return self._id(GoalDimension.CYCLE)

    @property
    def pillar_id(self) -> UUID | None:
        """The pillar of the goals."""
        return self._id(GoalDimension.PILLAR)

    def _id(self, by: GoalDimension) -> UUID | None:
        value = self.value(by)
        return None if value is None else UUID(value)


async def groups_of(scope: GoalScope, reader: Reader) -> list[GoalGroup]:
    """The groups that have any goals, those of an enum in its order, those without a value last. Without a dimension,
    the one group of all goals. Raises BadUserInput for too many."""
    rows = await reader.rows(scope.statement(select_sums), **scope.values)
    if len(rows) > MAX_GROUPS:
        raise BadUserInput(f"There are more than {MAX_GROUPS} groups; narrow the goals by `filter`.")
    sums = {row.key or None: row for row in rows}
    keys = ordered_keys(sums, ORDERS.get(scope.by, ()) if scope.by else ())
    groups = [GoalGroup(scope, key, statistics_of(sums[key])) for key in keys]
    return groups if groups or scope.by else [GoalGroup(scope, None, statistics_of(NOTHING))]


@record
class _Nothing:
    """What no goals add up to."""

    key: str | None = None
    count: int = 0
    status_counts: Sequence[int] = (0,) * len(Status)
    overdue_counts: Sequence[int] = (0,) * len(Status)
    progress_sum: None = None
    progress_count: int = 0
    middle_progress: None = None
    confidence_sum: None = None
    confidence_count: int = 0


NOTHING = _Nothing()


def page_statement(scope: GoalScope, page: Page, requested: RequestedColumns | None) -> tuple[Any, dict[str, Any]]:
    """The statement of a page of the goals of groups, and its parameters."""
    if scope.by != GoalDimension.CYCLE:
        ensure_sortable(scope.goals.listing, page.order, scope.shape)
    return scope.statement(_select_page, requested, page), scope.values


def _select_page(grouping: Grouping, requested: RequestedColumns | None, page: Page) -> Any:
    return select_page_of_groups(grouping, pruned(grouping.goals.listing, requested), page)


def _select(
    build: Callable[..., Any],
    goals: GroupedGoals,
    by: GoalDimension | None,
    include_archived: bool,
    shape: Shape,
    *arguments: Any,
) -> Any:
    return build(Grouping(goals, by, build_condition(goals.filters, shape), include_archived), *arguments)


# SQLAlchemy needs ten milliseconds to compile a statement.
_cached_select = lru_cache(maxsize=256)(_select)
