"""Statistics of KPIs, in groups."""

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import strawberry

from schema.context import Info
from schema.descriptions.enums import describe_enum
from schema.execution.fields.relation import to_one
from schema.kpis import Kpi
from schema.kpis.cards import load_cards
from schema.kpis.computed_list import page_of_cards
from schema.kpis.queries import KpiFilter, KpiOrder
from schema.people import Person, Team
from schema.relay.connections import Connection
from schema.relay.page_arguments import After, Before, First, Last, OrderDirection, parse_page_arguments
from schema.relay.root_connections import ORDER
from service.kpis.current.scorecard import LATENESS, Card, Group, group_cards
from service.kpis.enums import Freshness, KpiStatus
from service.kpis.queries import MAX_SCORECARD_KPIS
from service.people import queries as people
from service.pillars.models import Perspective
from service.values.record import record


class KpiDimension(StrEnum):
    """What KPIs are grouped by."""

    TEAM = "TEAM"
    OWNER = "OWNER"
    PERSPECTIVE = "PERSPECTIVE"
    CATEGORY = "CATEGORY"
    STATUS = "STATUS"
    FRESHNESS = "FRESHNESS"


describe_enum(
    KpiDimension,
    "Dimension by which KPIs are grouped.",
    TEAM="Groups by the team that the KPIs belong to.",
    OWNER="Groups by the person who is responsible for the KPIs.",
    PERSPECTIVE="Groups by Balanced Scorecard perspective.",
    CATEGORY="Groups by the category that people have given the KPIs, character by character.",
    STATUS="Groups by the status that the KPIs have now.",
    FRESHNESS="Groups by the freshness that the KPIs have now.",
)
ROW_COLUMNS = {
    KpiDimension.TEAM: "team_id",
    KpiDimension.OWNER: "owner_id",
    KpiDimension.PERSPECTIVE: "perspective",
    KpiDimension.CATEGORY: "category",
}
# The order of groups by the values of an enum.
ORDERS: Mapping[KpiDimension, Sequence[str]] = {
    KpiDimension.PERSPECTIVE: list(Perspective),
    KpiDimension.STATUS: list(KpiStatus),
    KpiDimension.FRESHNESS: list(Freshness),
}
WITHOUT = "null for those without one, and for groups by something else"


@record
class KpiGroup:
    """A group of KPIs, which have the value `group.key` in common if they are grouped `by` something."""

    by: KpiDimension | None
    group: Group

    def value(self, by: KpiDimension) -> Any:
        """What the KPIs have in common, if it is this by which they are grouped."""
        return self.group.key if self.by == by else None

    @property
    def team_id(self) -> UUID | None:
        """The team of the KPIs."""
        return self.value(KpiDimension.TEAM)

    @property
    def owner_id(self) -> UUID | None:
        """The owner of the KPIs."""
        return self.value(KpiDimension.OWNER)


def groups_of(cards: Sequence[Card], by: KpiDimension | None) -> list[KpiGroup]:
    """The groups that have any KPIs, those of an enum in its order, those without a value last. Without a dimension,
    the one group of all KPIs."""
    if by is None:
        return [KpiGroup(None, Group(None, cards))]
    column = ROW_COLUMNS.get(by)
    groups = group_cards(cards, lambda card: getattr(card.row, column) if column else getattr(card, by.lower()))
    ranks = {value: rank for rank, value in enumerate(ORDERS.get(by, ()))}
    groups.sort(key=lambda group: (group.key is None, ranks.get(group.key or "", 0)))
    return [KpiGroup(by, group) for group in groups]


@strawberry.type(description="Number of KPIs that have one status.")
class KpiStatusCount:
    status: KpiStatus = strawberry.field(description="Status that the counted KPIs have now.")
    count: int = strawberry.field(description="Number of KPIs that have this status.")
    overdue_count: int = strawberry.field(
        description="Number of KPIs with this status whose freshness is LATE or MISSING."
    )


def _common(by: KpiDimension, type_: Any, description: str) -> Any:
    def resolver(root: strawberry.Parent[KpiGroup]):  # type: ignore[no-untyped-def]
        return root.value(by)

    resolver.__annotations__["return"] = type_ | None
    return strawberry.field(resolver=resolver, description=description)


@strawberry.type(
    description="Statistics of a group of KPIs: those that have a team, an owner or something else in common, or have "
    "none."
)
class KpiStats:
    by: KpiDimension | None = strawberry.field(
        description="Dimension by which the KPIs are grouped; null for the group of all KPIs."
    )
    team: Team | None = to_one(people.TEAMS, key="team_id", description=f"Team of the KPIs in the group; {WITHOUT}.")
    owner: Person | None = to_one(
        people.PEOPLE, key="owner_id", description=f"Owner of the KPIs in the group; {WITHOUT}."
    )
    perspective: Perspective | None = _common(
        KpiDimension.PERSPECTIVE, Perspective, f"Balanced Scorecard perspective of the KPIs in the group; {WITHOUT}."
    )
    category: str | None = _common(KpiDimension.CATEGORY, str, f"Category of the KPIs in the group; {WITHOUT}.")
    status: KpiStatus | None = _common(
        KpiDimension.STATUS, KpiStatus, "Status of the KPIs in the group; null for groups by something else."
    )
    freshness: Freshness | None = _common(
        KpiDimension.FRESHNESS, Freshness, "Freshness of the KPIs in the group; null for groups by something else."
    )

    @strawberry.field(description="Number of KPIs in the group.")
    def count(root: strawberry.Parent[KpiGroup]) -> int:
        return len(root.group.cards)

    @strawberry.field(
        description="Numbers of KPIs by status, each with how many of them are LATE or MISSING; statuses that no KPI "
        "has are left out."
    )
    def statuses(root: strawberry.Parent[KpiGroup]) -> list[KpiStatusCount]:
        overdue = Counter(card.status for card in root.group.cards if card.freshness in LATENESS)
        counts = root.group.counts
        return [
            KpiStatusCount(status=each, count=counts[each], overdue_count=overdue[each])
            for each in KpiStatus
            if counts[each]
        ]

    @strawberry.field(description="Number of KPIs in the group whose freshness is LATE or MISSING.")
    def overdue_count(root: strawberry.Parent[KpiGroup]) -> int:
        return root.group.overdue_count

    @strawberry.field(
        description="Score of the group, 0 to 1: mean attainment of its KPIs, each limited to the range 0 to 1, as on "
        "a scorecard. KPIs without an attainment and those in NO_DATA are left out; null if none is left."
    )
    def score(root: strawberry.Parent[KpiGroup]) -> float | None:
        return root.group.score

    @strawberry.field(
        description="Coverage, 0 to 1: share of the KPIs that `score` is computed from; null without KPIs."
    )
    def coverage(root: strawberry.Parent[KpiGroup]) -> float | None:
        return root.group.coverage

    @strawberry.field(description="KPIs in the group.")
    def kpis(
        root: strawberry.Parent[KpiGroup],
        order_by: Annotated[KpiOrder | None, strawberry.argument(description=ORDER.format(KpiOrder()))] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Kpi] | None:
        order: Any = order_by or KpiOrder()
        is_descending = order.direction == OrderDirection.DESC
        arguments: dict[str, Any] = {"first": first, "after": after, "last": last, "before": before}
        page = parse_page_arguments(order.field, descending=is_descending, **arguments)
        return page_of_cards(page, root.group.cards)  # type: ignore[return-value]


@strawberry.type
class KpiStatsQueries:
    """Fields of Query."""

    @strawberry.field(
        description="Statistics of the KPIs that are not archived, in groups: counts by status with those that are "
        "late, and the score of a scorecard. Enum values are in their order, other groups in that of their ids or "
        f"names, and KPIs that have none last. More than {MAX_SCORECARD_KPIS} KPIs are an error; narrow them by "
        "`filter`."
    )
    async def kpi_stats(
        self,
        info: Info,
        filter: Annotated[
            KpiFilter | None,
            strawberry.argument(
                description="Conditions that the KPIs have to meet; all KPIs are counted when left out."
            ),
        ] = None,
        group_by: Annotated[
            KpiDimension | None,
            strawberry.argument(
                description="Dimension by which the KPIs are grouped; all of them are one group when left out."
            ),
        ] = None,
    ) -> list[KpiStats] | None:
        return groups_of(await load_cards(info, filter), group_by)  # type: ignore[return-value]
