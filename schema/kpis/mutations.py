"""Changing KPIs."""

from datetime import datetime
from uuid import UUID

import strawberry
from strawberry import Maybe

from schema.descriptions.units import CURRENCY, DISPLAY_DECIMALS, UNIT_KIND
from schema.kpis import GRACE_DAYS, Kpi
from schema.mutations.declare import (
    EFFECTIVE_AT,
    EXPECTED_VERSION,
    EXTERNAL_ID,
    NEW_EXTERNAL_ID,
    OWN_ID,
    REASON,
    UNCHANGED_OR_REMOVED,
    Subject,
    archiving,
    creating,
    optional,
    restoring,
    updating,
)
from schema.mutations.inputs import facts
from schema.mutations.user_errors import USER_ERRORS, UserError
from service.kpis import commands
from service.kpis.entity import KPI
from service.kpis.enums import Aggregation, Direction, Frequency, Indicator, KpiSource, KpiValueType
from service.pillars.models import Perspective
from service.values.unit_kinds import UnitKind
from service.values.visibility import Visibility
from service.writing.transaction import Transaction

NONE = "Left out: none."
VISIBILITY = "Visibility of the KPI with all that belongs to it: who can read it."
NAME = "Name of the KPI, 1 to 200 characters."
DEFINITION = "Definition of what exactly the KPI measures, and how; at most 20 000 characters."
UNIT = (
    "Unit of the KPI's values as free text, such as EUR, % or hours; at most 50 characters. Formulas add and "
    "compare equal units only."
)
DIRECTION = "Direction in which the KPI's values are good; HIGHER for a qualitative KPI."
INDICATOR = "Kind of indicator that the KPI is: LEADING or LAGGING."
NATURE = (
    "Type of the KPI's values: numbers (QUANTITATIVE) or labels of a scale (QUALITATIVE). Fixed as soon as the KPI has "
    "measurements."
)
SCALE = (
    "Labels of a qualitative KPI's scale from worst to best: 2 to 50 different ones of at most 200 characters. "
    "Their number is fixed as soon as the KPI has measurements. Empty for a quantitative KPI."
)
FREQUENCY = (
    "Frequency at which the KPI is measured; of a measured KPI it is fixed as soon as there are measurements. A "
    "computed KPI cannot be IRREGULAR."
)
CUMULATIVE = (
    "True if each value of the KPI contains those before it in the fiscal year (year to date). Of several values "
    "the latest then stands for a longer period."
)
AGGREGATION = (
    "Function by which several values of the KPI become one value of a longer period; LAST, MIN or MAX for a "
    "qualitative KPI."
)
SOURCE = (
    "Source of the KPI's measurements: recorded, or computed by a formula or from child KPIs. Recorded or computed "
    "is fixed as soon as the KPI has measurements; a qualitative KPI is MEASURED."
)
FORMULA = (
    "Formula that the KPI is computed by; for the source FORMULA, and only for it. It has numbers, KPIs by "
    "external id or id, [sales] or sales, + - * /, lag(x, periods), sum(x, periods), min(x, …), max(x, …), if(a > "
    "b, x, y). At most 2 000 characters. Example: 100 * [won] / [leads]."
)
TIME_ZONE = "Time zone in which the KPI's days begin and end, by its IANA name such as Europe/Berlin."
GRACE = "Days of grace after a measurement of the KPI is due before it is LATE, 0 to 366."
CATEGORY = "Category of the KPI, a free text to group and find it by; at most 200 characters."
PERSPECTIVE = "Balanced Scorecard perspective of the KPI."
WEIGHT = (
    "Weight of the KPI in the mean of its parent, 0 to 1 000 000; used where the parent's source is CHILDREN_MEAN. "
    "0: not counted."
)
PARENT = "Id of the parent KPI that the KPI is a part of."
OWNER = "Id of the person who is responsible for the KPI."
TEAM = "Id of the team that the KPI belongs to."


@strawberry.input(description="KPI to create, with its definition.")
class KpiCreateInput:
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)
    name: str = strawberry.field(description=NAME)
    definition: str | None = optional(f"{DEFINITION} {NONE}")
    unit: str | None = optional(f"{UNIT} {NONE}")
    unit_kind: UnitKind | None = optional(f"{UNIT_KIND} {NONE}")
    currency: str | None = optional(f"{CURRENCY} {NONE}")
    display_decimals: int | None = optional(f"{DISPLAY_DECIMALS} {NONE}")
    direction: Direction | None = optional(f"{DIRECTION} Left out: HIGHER.")
    indicator: Indicator | None = optional(f"{INDICATOR} {NONE}")
    value_type: KpiValueType | None = optional(f"{NATURE} Left out: QUANTITATIVE.")
    scale: list[str] | None = optional(f"{SCALE} {NONE}")
    frequency: Frequency | None = optional(f"{FREQUENCY} Left out: MONTHLY.")
    cumulative: bool | None = optional(f"{CUMULATIVE} Left out: false.")
    aggregation: Aggregation | None = optional(f"{AGGREGATION} Left out: LAST.")
    source: KpiSource | None = optional(f"{SOURCE} Left out: FORMULA with a formula, else MEASURED.")
    formula: str | None = optional(f"{FORMULA} {NONE}")
    time_zone: str | None = optional(f"{TIME_ZONE} Left out: that of the organization.")
    grace_days: int | None = optional(f"{GRACE} Left out: by frequency, {GRACE_DAYS}.")
    visibility: Visibility | None = optional(f"{VISIBILITY} Left out: ORGANIZATION.")
    category: str | None = optional(f"{CATEGORY} {NONE}")
    perspective: Perspective | None = optional(f"{PERSPECTIVE} {NONE}")
    weight: float | None = optional(f"{WEIGHT} Left out: 1.")
    parent_id: strawberry.ID | None = optional(f"{PARENT} {NONE}")
    owner_id: strawberry.ID | None = optional(f"{OWNER} {NONE}")
    team_id: strawberry.ID | None = optional(f"{TEAM} {NONE}")


@strawberry.input(description="Changes to a KPI. Fields left out stay unchanged; null removes a value.")
class KpiUpdateInput:
    id: strawberry.ID = strawberry.field(description="Id of the KPI to change.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    effective_at: datetime | None = optional(EFFECTIVE_AT)
    reason: str | None = optional(REASON)
    external_id: Maybe[str | None] = optional(NEW_EXTERNAL_ID)
    name: Maybe[str] = optional(NAME)
    definition: Maybe[str | None] = optional(f"{DEFINITION} {UNCHANGED_OR_REMOVED}")
    unit: Maybe[str | None] = optional(f"{UNIT} {UNCHANGED_OR_REMOVED}")
    unit_kind: Maybe[UnitKind | None] = optional(f"{UNIT_KIND} {UNCHANGED_OR_REMOVED}")
    currency: Maybe[str | None] = optional(f"{CURRENCY} {UNCHANGED_OR_REMOVED}")
    display_decimals: Maybe[int | None] = optional(f"{DISPLAY_DECIMALS} {UNCHANGED_OR_REMOVED}")
    direction: Maybe[Direction] = optional(DIRECTION)
    indicator: Maybe[Indicator | None] = optional(f"{INDICATOR} {UNCHANGED_OR_REMOVED}")
    value_type: Maybe[KpiValueType] = optional(NATURE)
    scale: Maybe[list[str]] = optional(SCALE)
    frequency: Maybe[Frequency] = optional(FREQUENCY)
    cumulative: Maybe[bool] = optional(CUMULATIVE)
    aggregation: Maybe[Aggregation] = optional(AGGREGATION)
    source: Maybe[KpiSource] = optional(SOURCE)
    formula: Maybe[str | None] = optional(f"{FORMULA} {UNCHANGED_OR_REMOVED}")
    time_zone: Maybe[str | None] = optional(f"{TIME_ZONE} Left out: unchanged. Null: that of the organization.")
    grace_days: Maybe[int | None] = optional(f"{GRACE} Left out: unchanged. Null: by frequency, {GRACE_DAYS}.")
    visibility: Maybe[Visibility] = optional(VISIBILITY)
    category: Maybe[str | None] = optional(f"{CATEGORY} {UNCHANGED_OR_REMOVED}")
    perspective: Maybe[Perspective | None] = optional(f"{PERSPECTIVE} {UNCHANGED_OR_REMOVED}")
    weight: Maybe[float] = optional(WEIGHT)
    parent_id: Maybe[strawberry.ID | None] = optional(f"{PARENT} {UNCHANGED_OR_REMOVED}")
    owner_id: Maybe[strawberry.ID | None] = optional(f"{OWNER} {UNCHANGED_OR_REMOVED}")
    team_id: Maybe[strawberry.ID | None] = optional(f"{TEAM} {UNCHANGED_OR_REMOVED}")


@strawberry.type(description="KPI after a change, or as it is when the change was refused.")
class KpiPayload:
    kpi: Kpi | None = strawberry.field(description="KPI after the change; null if there is no such KPI.")
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


SUBJECT = Subject(KpiPayload, KPI)


async def _kpi_create(tx: Transaction, input: KpiCreateInput) -> UUID:
    row = commands.draft(tx, facts(input, "Kpi"))
    await commands.create(tx, [row])
    return row.id


@strawberry.type
class KpiMutations:
    """Fields of Mutation."""

    kpi_create: KpiPayload | None = creating(
        SUBJECT,
        KpiCreateInput,
        _kpi_create,
        "Creates a KPI with its definition.",
        argument="KPI to create, with its definition.",
        exclusive=True,
    )
    kpi_update: KpiPayload | None = updating(
        SUBJECT,
        KpiUpdateInput,
        "Changes a KPI. KPIs that are computed from it and goals that follow it are updated at once.",
        exclusive=True,
    )
    kpi_archive: KpiPayload | None = archiving(
        SUBJECT,
        "KPI",
        "Archives a KPI: it leaves the lists, takes no more measurements and guards no key result. Its history stays.",
        exclusive=True,
    )
    kpi_restore: KpiPayload | None = restoring(
        SUBJECT,
        "KPI",
        "Restores an archived KPI: it is in the lists again and takes measurements.",
        exclusive=True,
    )
