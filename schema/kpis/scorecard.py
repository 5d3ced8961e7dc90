"""Scorecards: many KPIs at a glance."""

from collections.abc import Callable
from typing import Annotated, Any

import strawberry

from schema.context import Info
from schema.execution.fields.relation import to_one
from schema.kpis import Kpi
from schema.kpis.cards import load_cards
from schema.kpis.queries import KpiFilter
from schema.people import Team
from service.errors import BadUserInput
from service.kpis.current.scorecard import Card, Group, group_cards, largest_changes, needs_attention
from service.kpis.enums import KpiStatus
from service.kpis.queries import MAX_SCORECARD_KPIS
from service.people import queries as people
from service.pillars.models import Perspective
from service.postgres.database import Row

DEFAULT_CARDS = 10
MAX_CARDS = 100
HERE = "in this scorecard or group"


def counted(status: KpiStatus) -> Any:
    """A field with the number of KPIs that stand so."""

    def resolver(root: strawberry.Parent[Row]) -> int:
        return root.counts[status]

    return strawberry.field(resolver=resolver, description=f"Number of KPIs with the status {status.value} {HERE}.")


@strawberry.type
class Counts:
    """How the KPIs of a group stand; the fields read from `Group`."""

    green: int = counted(KpiStatus.GREEN)
    amber: int = counted(KpiStatus.AMBER)
    red: int = counted(KpiStatus.RED)
    no_target: int = counted(KpiStatus.NO_TARGET)
    no_data: int = counted(KpiStatus.NO_DATA)
    overdue_count: int = strawberry.field(
        description=f"Number of KPIs {HERE} whose freshness is LATE or MISSING: a measurement is overdue, or they were "
        "never measured."
    )
    score: float | None = strawberry.field(
        description=f"Score, 0 to 1: mean attainment of the KPIs {HERE}, each limited to the range 0 to 1. KPIs "
        "without an attainment and those in NO_DATA are left out. Null where nothing is left."
    )
    coverage: float | None = strawberry.field(
        description=f"Coverage, 0 to 1: share of the KPIs {HERE} that `score` is computed from. Null without KPIs."
    )

    @strawberry.field(description=f"Total number of KPIs {HERE}.")
    def total(root: strawberry.Parent[Row]) -> int:
        return len(root.cards)


@strawberry.type(description="Counts of the scorecard's KPIs in one Balanced Scorecard perspective.")
class KpiPerspectiveCounts(Counts):
    @strawberry.field(description="Balanced Scorecard perspective of the KPIs counted; null for KPIs without one.")
    def perspective(root: strawberry.Parent[Row]) -> Perspective | None:
        return root.key


@strawberry.type(description="Counts of the scorecard's KPIs in one category.")
class KpiCategoryCounts(Counts):
    @strawberry.field(description="Category of the KPIs counted; null for KPIs without one.")
    def category(root: strawberry.Parent[Row]) -> str | None:
        return root.key


@strawberry.type(description="Counts of the scorecard's KPIs of one team.")
class KpiTeamCounts(Counts):
    team: Team | None = to_one(
        people.TEAMS, key="key", description="Team of the KPIs counted; null for KPIs without a team."
    )


def _groups(key: Callable[[Card], Any], type: Any, description: str) -> Any:
    def resolver(root: strawberry.Parent[Row]):  # type: ignore[no-untyped-def]
        return group_cards(root.cards, key)

    resolver.__annotations__["return"] = list[type]
    return strawberry.field(resolver=resolver, description=description)


First = Annotated[int, strawberry.argument(description=f"Maximum number of KPIs to return, 1 to {MAX_CARDS}.")]


def _cards(chosen: Callable[[Any, int], list[Card]], default: int, description: str) -> Any:
    def resolver(root: strawberry.Parent[Row], first: First = default) -> list[Kpi] | None:
        if not 1 <= first <= MAX_CARDS:
            raise BadUserInput(f"`first` is {first}; it has to be from 1 to {MAX_CARDS}.")
        return [card.row for card in chosen(root.cards, first)]

    return strawberry.field(resolver=resolver, description=description)


@strawberry.type(
    description="Scorecard: many KPIs at a glance, as they are at the time of the request. It has counts by status, a "
    "score, groups by perspective, category and team, and the KPIs that need attention."
)
class KpiScorecard(Counts):
    perspectives: list[KpiPerspectiveCounts] = _groups(
        lambda card: card.row.perspective,
        KpiPerspectiveCounts,
        "Counts of the scorecard's KPIs for each perspective that has any, KPIs without one last.",
    )
    categories: list[KpiCategoryCounts] = _groups(
        lambda card: card.row.category,
        KpiCategoryCounts,
        "Counts of the scorecard's KPIs for each category, in alphabetical order, KPIs without one last.",
    )
    teams: list[KpiTeamCounts] = _groups(
        lambda card: card.row.team_id,
        KpiTeamCounts,
        "Counts of the scorecard's KPIs for each team, KPIs without a team last.",
    )

    needs_attention: list[Kpi] | None = _cards(
        needs_attention,
        DEFAULT_CARDS,
        "KPIs that need attention: those in RED, then those in AMBER, then those whose freshness alone is LATE or "
        "MISSING. In each of these MISSING ones come first, then LATE ones, then the lowest attainment.",
    )
    largest_changes: list[Kpi] | None = _cards(
        largest_changes,
        DEFAULT_CARDS,
        "KPIs whose value changed most against the previous one, up or down, by `changeRatio`; the largest first. KPIs "
        "without a change are left out.",
    )
    kpis: list[Kpi] | None = _cards(
        lambda cards, most: cards[:most],
        MAX_CARDS,
        f"KPIs on the scorecard, by name; the first {MAX_CARDS} of them at most.",
    )


@strawberry.type
class KpiScorecardQueries:
    """Fields of Query."""

    @strawberry.field(
        description="Scorecard of the KPIs that are not archived: counts by status, by perspective, category and team, "
        f"and the KPIs that need attention. More than {MAX_SCORECARD_KPIS} KPIs are an error; narrow them by `filter`."
    )
    async def kpi_scorecard(
        self,
        info: Info,
        filter: Annotated[
            KpiFilter | None,
            strawberry.argument(description="Conditions on the KPIs of the scorecard; all KPIs if left out."),
        ] = None,
    ) -> KpiScorecard | None:
        return Group(None, await load_cards(info, filter))  # type: ignore[return-value]
