"""The board: many KPIs at a glance."""

from collections.abc import Callable
from typing import Annotated, Any

import strawberry

from schema.context import Context
from schema.execution.relation import one
from schema.filters import plain
from schema.kpis import Kpi
from schema.kpis.listing import IDS, KpiFilter
from schema.people import Team
from service.errors import BadUserInput
from service.filtering import comparison, condition
from service.kpis import queries
from service.kpis.board import Card, Group, attention, card, grouped, movers
from service.kpis.kpi_rows import standing_of
from service.kpis.queries import MOST_ON_BOARD as MOST
from service.kpis.words import KpiStatus
from service.people import queries as people
from service.pillars.models import Perspective

FEW, MANY = 10, 100


def counted(status: KpiStatus) -> Any:
    """A field with the number of KPIs that stand so."""

    def resolver(root: strawberry.Parent[Any]) -> int:
        return root.counts[status]

    return strawberry.field(resolver=resolver, description=f"How many stand at {status.value}.")


@strawberry.type
class Counts:
    """How the KPIs of a group stand; the fields read from `Group`."""

    green: int = counted(KpiStatus.GREEN)
    amber: int = counted(KpiStatus.AMBER)
    red: int = counted(KpiStatus.RED)
    no_target: int = counted(KpiStatus.NO_TARGET)
    no_data: int = counted(KpiStatus.NO_DATA)
    late: int = strawberry.field(description="How many have a point overdue, or never had one.")
    score: float | None = strawberry.field(
        description="Mean of their attainments, each held to 0 to 1, without those that have no data; null where "
        "nothing is left."
    )
    coverage: float | None = strawberry.field(
        description="Share of the KPIs that `score` is made of, 0 to 1; null where there are none."
    )

    @strawberry.field(description="How many there are.")
    def total(root: strawberry.Parent[Any]) -> int:
        return len(root.cards)


@strawberry.type(description="The KPIs of one Balanced Scorecard perspective.")
class KpiPerspectiveCounts(Counts):
    @strawberry.field(description="The perspective; null for those without one.")
    def perspective(root: strawberry.Parent[Any]) -> Perspective | None:
        return root.key


@strawberry.type(description="The KPIs of one category.")
class KpiCategoryCounts(Counts):
    @strawberry.field(description="The category; null for those without one.")
    def category(root: strawberry.Parent[Any]) -> str | None:
        return root.key


@strawberry.type(description="The KPIs of one team.")
class KpiTeamCounts(Counts):
    team: Team | None = one(people.TEAMS, of="key", description="The team; null for those without one.")


def _groups(key: Callable[[Card], Any], type: Any, description: str) -> Any:
    def resolver(root: strawberry.Parent[Any]):  # type: ignore[no-untyped-def]
        return grouped(root.cards, key)

    resolver.__annotations__["return"] = list[type]
    return strawberry.field(resolver=resolver, description=description)


First = Annotated[int, strawberry.argument(description=f"At most so many, 1 to {MANY}.")]


def _cards(chosen: Callable[[Any, int], list[Card]], default: int, description: str) -> Any:
    def resolver(root: strawberry.Parent[Any], first: First = default) -> list[Kpi] | None:
        if not 1 <= first <= MANY:
            raise BadUserInput(f"`first` is {first}; it has to be from 1 to {MANY}.")
        return [card.row for card in chosen(root.cards, first)]

    return strawberry.field(resolver=resolver, description=description)


@strawberry.type(description="How the KPIs stand, all at one moment.")
class KpiBoard(Counts):
    perspectives: list[KpiPerspectiveCounts] = _groups(
        lambda card: card.row.perspective, KpiPerspectiveCounts, "By perspective, those without one last."
    )
    categories: list[KpiCategoryCounts] = _groups(
        lambda card: card.row.category, KpiCategoryCounts, "By category, in the order of the alphabet."
    )
    teams: list[KpiTeamCounts] = _groups(lambda card: card.row.team_id, KpiTeamCounts, "By team.")

    attention: list[Kpi] | None = _cards(
        attention, FEW, "Those in RED, then in AMBER, then those that are late only; late ones first."
    )
    movers: list[Kpi] | None = _cards(movers, FEW, "Those whose value changed most in relation to the one before.")
    kpis: list[Kpi] | None = _cards(lambda cards, most: cards[:most], MANY, "The KPIs on the board, by name.")


@strawberry.type
class KpiBoardQueries:
    """Fields of Query."""

    @strawberry.field(
        description="How the KPIs stand: counts by status, by perspective, category and team, and what needs "
        f"attention. At most {MOST} KPIs; narrow it by `filter`."
    )
    async def kpi_board(
        self,
        info: strawberry.Info[Context, Any],
        filter: Annotated[KpiFilter | None, strawberry.argument(description="Which KPIs.")] = None,
    ) -> KpiBoard | None:
        shape, values, _ = comparison(plain(filter, IDS))
        statement = queries.on_board(condition(queries.FILTERS, shape))
        rows = await info.context.reader.rows(statement, **values)
        if len(rows) > MOST:
            raise BadUserInput(f"The board has more than {MOST} KPIs; narrow it by `filter`.")
        return Group(None, [card(row, standing_of(row), info.context.now) for row in rows])  # type: ignore[return-value]
