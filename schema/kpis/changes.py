"""Changing KPIs."""

from datetime import datetime
from uuid import UUID

import strawberry
from strawberry import Maybe

from schema.changes import (
    EFFECTIVE_AT,
    EXPECTED_VERSION,
    EXTERNAL_ID,
    OWN_ID,
    REASON,
    ArchiveInput,
    Subject,
    altering,
    creating,
    optional,
)
from schema.errors import USER_ERRORS, UserError
from schema.inputs import change, facts
from schema.kpis import Kpi
from service.kpis import commands, queries
from service.kpis.words import Aggregation, Direction, Frequency, Indicator, KpiNature, KpiSource
from service.pillars.models import Perspective
from service.transaction import Transaction

NAME = "What it is called; 1 to 200 characters."
DEFINITION = "What exactly is measured, and how; at most 20 000 characters."
UNIT = "What its values are counted in, at most 50 characters. Formulas add and compare equal units only."
DIRECTION = "Which values are good; HIGHER when qualitative."
INDICATOR = "Whether it tells what is to come or what has been."
NATURE = "Whether it has numbers or grades."
SCALE = "The grades of a qualitative KPI, 2 to 50, from worst to best."
FREQUENCY = "How often it is measured; fixed as soon as there are points."
CUMULATIVE = "Whether a value contains those before it in the year, so that of several the latest wins."
AGGREGATION = "How several values become one of a longer period; LAST, MIN or MAX when qualitative."
SOURCE = "Where its points come from; whether they are recorded or computed is fixed as soon as there are points."
FORMULA = (
    "For the source FORMULA: numbers, KPIs by external id or id, [sales] or sales, + - * /, lag(x, periods), "
    "sum(x, periods), min(x, …), max(x, …), if(a > b, x, y). At most 2 000 characters."
)
TIME_ZONE = "IANA name of the time zone that its days belong to; the organization's when left out."
GRACE = "Days after a point is due before it is LATE, 0 to 366; by its frequency when left out."
CATEGORY = "A group of your own to find it by, at most 200 characters."
PERSPECTIVE = "Its perspective of the Balanced Scorecard."
WEIGHT = "How much it counts in the mean of its parent, 0 to 1 000 000."
PARENT, OWNER, TEAM = "The KPI that it is part of.", "Who answers for it.", "Which team it belongs to."


@strawberry.input(description="A new KPI.")
class KpiCreateInput:
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)
    name: str = strawberry.field(description=NAME)
    definition: str | None = optional(DEFINITION)
    unit: str | None = optional(UNIT)
    direction: Direction | None = optional(f"{DIRECTION} HIGHER when left out.")
    indicator: Indicator | None = optional(INDICATOR)
    nature: KpiNature | None = optional(f"{NATURE} QUANTITATIVE when left out.")
    scale: list[str] | None = optional(SCALE)
    frequency: Frequency | None = optional(f"{FREQUENCY} MONTHLY when left out.")
    cumulative: bool | None = optional(CUMULATIVE)
    aggregation: Aggregation | None = optional(f"{AGGREGATION} LAST when left out.")
    source: KpiSource | None = optional(f"{SOURCE} MEASURED when left out, FORMULA with a formula.")
    formula: str | None = optional(FORMULA)
    time_zone: str | None = optional(TIME_ZONE)
    grace_days: int | None = optional(GRACE)
    category: str | None = optional(CATEGORY)
    perspective: Perspective | None = optional(PERSPECTIVE)
    weight: float | None = optional(f"{WEIGHT} 1 when left out.")
    parent_id: strawberry.ID | None = optional(PARENT)
    owner_id: strawberry.ID | None = optional(OWNER)
    team_id: strawberry.ID | None = optional(TEAM)


@strawberry.input(description="Changes to a KPI: what is left out stays, null empties.")
class KpiUpdateInput:
    id: strawberry.ID = strawberry.field(description="Which KPI.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    effective_at: datetime | None = optional(EFFECTIVE_AT)
    reason: str | None = optional(REASON)
    external_id: Maybe[str | None] = optional(EXTERNAL_ID)
    name: Maybe[str] = optional(NAME)
    definition: Maybe[str | None] = optional(DEFINITION)
    unit: Maybe[str | None] = optional(UNIT)
    direction: Maybe[Direction] = optional(DIRECTION)
    indicator: Maybe[Indicator | None] = optional(INDICATOR)
    nature: Maybe[KpiNature] = optional(NATURE)
    scale: Maybe[list[str]] = optional(SCALE)
    frequency: Maybe[Frequency] = optional(FREQUENCY)
    cumulative: Maybe[bool] = optional(CUMULATIVE)
    aggregation: Maybe[Aggregation] = optional(AGGREGATION)
    source: Maybe[KpiSource] = optional(SOURCE)
    formula: Maybe[str | None] = optional(FORMULA)
    time_zone: Maybe[str | None] = optional(TIME_ZONE)
    grace_days: Maybe[int | None] = optional(GRACE)
    category: Maybe[str | None] = optional(CATEGORY)
    perspective: Maybe[Perspective | None] = optional(PERSPECTIVE)
    weight: Maybe[float] = optional(WEIGHT)
    parent_id: Maybe[strawberry.ID | None] = optional(PARENT)
    owner_id: Maybe[strawberry.ID | None] = optional(OWNER)
    team_id: Maybe[strawberry.ID | None] = optional(TEAM)


@strawberry.type(description="A KPI after a change, or as it is when the change was refused.")
class KpiPayload:
    kpi: Kpi | None = strawberry.field(description="The KPI; null when there is none.")
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


KPI = Subject(KpiPayload, queries.KPIS, "Kpi")


async def _kpi_create(tx: Transaction, input: KpiCreateInput) -> UUID:
    row = commands.draft(tx, facts(input, "Kpi"))
    await commands.create(tx, [row])
    return row.id


@strawberry.type
class KpiMutations:
    """Fields of Mutation."""

    kpi_create: KpiPayload | None = creating(
        KPI, KpiCreateInput, _kpi_create, "Adds a KPI.", argument="The KPI.", exclusive=True
    )
    kpi_update: KpiPayload | None = altering(
        KPI,
        KpiUpdateInput,
        lambda tx, id, input: commands.change(tx, change(input, "Kpi")),
        "Changes a KPI; what is computed from it follows, goals too.",
        exclusive=True,
    )
    kpi_archive: KpiPayload | None = altering(
        KPI,
        ArchiveInput,
        lambda tx, id, input: commands.set_archived(tx, id, True, input.reason),
        "Archives a KPI: it leaves the lists, takes no more points and guards nothing. Its history stays.",
        exclusive=True,
    )
    kpi_restore: KpiPayload | None = altering(
        KPI,
        ArchiveInput,
        lambda tx, id, input: commands.set_archived(tx, id, False, input.reason),
        "Brings an archived KPI back.",
        exclusive=True,
    )
