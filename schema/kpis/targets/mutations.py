"""Changing targets of KPIs."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import strawberry
from strawberry import Maybe

from schema.kpis.targets import AMBER, ENDS_ON, GREEN, KIND, LOWER, STARTS_ON, UPPER, VALUE, KpiTarget
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
from service.kpis.enums import ThresholdKind
from service.kpis.targets import commands
from service.kpis.targets.entity import KPI_TARGET
from service.writing.transaction import Transaction

NONE = "Left out: none."


@strawberry.input(description="Target of a KPI to create.")
class KpiTargetCreateInput:
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)
    kpi_id: strawberry.ID = strawberry.field(description="Id of the KPI that the target is for.")
    starts_on: date = strawberry.field(description=STARTS_ON)
    ends_on: date | None = optional(f"{ENDS_ON} Left out: no end.")
    value: Decimal | None = optional(f"{VALUE} {NONE}")
    lower: Decimal | None = optional(f"{LOWER} {NONE}")
    upper: Decimal | None = optional(f"{UPPER} {NONE}")
    threshold_kind: ThresholdKind | None = optional(f"{KIND} Left out: RATIO.")
    green: Decimal | None = optional(f"{GREEN} {NONE}")
    amber: Decimal | None = optional(f"{AMBER} {NONE}")


@strawberry.input(description="Changes to a target of a KPI. Fields left out stay unchanged; null removes a value.")
class KpiTargetUpdateInput:
    id: strawberry.ID = strawberry.field(description="Id of the target to change.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    effective_at: datetime | None = optional(EFFECTIVE_AT)
    reason: str | None = optional(REASON)
    external_id: Maybe[str | None] = optional(NEW_EXTERNAL_ID)
    starts_on: Maybe[date] = optional(STARTS_ON)
    ends_on: Maybe[date | None] = optional(f"{ENDS_ON} Left out: unchanged. Null: no end.")
    value: Maybe[Decimal | None] = optional(f"{VALUE} {UNCHANGED_OR_REMOVED}")
    lower: Maybe[Decimal | None] = optional(f"{LOWER} {UNCHANGED_OR_REMOVED}")
    upper: Maybe[Decimal | None] = optional(f"{UPPER} {UNCHANGED_OR_REMOVED}")
    threshold_kind: Maybe[ThresholdKind] = optional(KIND)
    green: Maybe[Decimal | None] = optional(f"{GREEN} {UNCHANGED_OR_REMOVED}")
    amber: Maybe[Decimal | None] = optional(f"{AMBER} {UNCHANGED_OR_REMOVED}")


@strawberry.type(description="Target of a KPI after a change, or as it is when the change was refused.")
class KpiTargetPayload:
    kpi_target: KpiTarget | None = strawberry.field(
        description="Target after the change; null if there is no such target."
    )
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


SUBJECT = Subject(KpiTargetPayload, KPI_TARGET)


async def _kpi_target_create(tx: Transaction, input: KpiTargetCreateInput) -> UUID:
    row = commands.draft(tx, facts(input, "KpiTarget"))
    await commands.create(tx, [row])
    return row.id


@strawberry.type
class KpiTargetMutations:
    """Fields of Mutation."""

    kpi_target_create: KpiTargetPayload | None = creating(
        SUBJECT,
        KpiTargetCreateInput,
        _kpi_target_create,
        "Creates a target of a KPI; it may not overlap another target of this KPI.",
        argument="Target of a KPI to create.",
    )
    kpi_target_update: KpiTargetPayload | None = updating(
        SUBJECT,
        KpiTargetUpdateInput,
        "Changes a target of a KPI. The status of the periods that it covers follows, and that of guarded goals too.",
    )
    kpi_target_archive: KpiTargetPayload | None = archiving(
        SUBJECT,
        "target",
        "Archives a target of a KPI: it covers no day any more.",
    )
    kpi_target_restore: KpiTargetPayload | None = restoring(
        SUBJECT,
        "target",
        "Restores an archived target of a KPI.",
    )
