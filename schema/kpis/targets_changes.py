"""Changing targets of KPIs."""

from datetime import date, datetime
from decimal import Decimal
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
from schema.kpis.targets import AMBER, ENDS_ON, GREEN, KIND, LOWER, STARTS_ON, UPPER, VALUE, KpiTarget
from service.kpis import queries
from service.kpis import targets as commands
from service.kpis.words import ThresholdKind
from service.transaction import Transaction


@strawberry.input(description="A new target of a KPI.")
class KpiTargetCreateInput:
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)
    kpi_id: strawberry.ID = strawberry.field(description="The KPI that it is for.")
    starts_on: date = strawberry.field(description=STARTS_ON)
    ends_on: date | None = optional(ENDS_ON)
    value: Decimal | None = optional(VALUE)
    lower: Decimal | None = optional(LOWER)
    upper: Decimal | None = optional(UPPER)
    threshold_kind: ThresholdKind | None = optional(f"{KIND} RATIO when left out.")
    green: Decimal | None = optional(GREEN)
    amber: Decimal | None = optional(AMBER)


@strawberry.input(description="Changes to a target: what is left out stays, null empties.")
class KpiTargetUpdateInput:
    id: strawberry.ID = strawberry.field(description="Which target.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    effective_at: datetime | None = optional(EFFECTIVE_AT)
    reason: str | None = optional(REASON)
    external_id: Maybe[str | None] = optional(EXTERNAL_ID)
    starts_on: Maybe[date] = optional(STARTS_ON)
    ends_on: Maybe[date | None] = optional(ENDS_ON)
    value: Maybe[Decimal | None] = optional(VALUE)
    lower: Maybe[Decimal | None] = optional(LOWER)
    upper: Maybe[Decimal | None] = optional(UPPER)
    threshold_kind: Maybe[ThresholdKind] = optional(KIND)
    green: Maybe[Decimal | None] = optional(GREEN)
    amber: Maybe[Decimal | None] = optional(AMBER)


@strawberry.type(description="A target after a change, or as it is when the change was refused.")
class KpiTargetPayload:
    kpi_target: KpiTarget | None = strawberry.field(description="The target; null when there is none.")
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


TARGET = Subject(KpiTargetPayload, queries.TARGETS, "KpiTarget")


async def _kpi_target_create(tx: Transaction, input: KpiTargetCreateInput) -> UUID:
    row = commands.draft(tx, facts(input, "KpiTarget"))
    await commands.create(tx, [row])
    return row.id


@strawberry.type
class KpiTargetMutations:
    """Fields of Mutation."""

    kpi_target_create: KpiTargetPayload | None = creating(
        TARGET,
        KpiTargetCreateInput,
        _kpi_target_create,
        "Adds a target to a KPI; it may not overlap another one of it.",
        argument="The target.",
    )
    kpi_target_update: KpiTargetPayload | None = altering(
        TARGET,
        KpiTargetUpdateInput,
        lambda tx, id, input: commands.change(tx, change(input, "KpiTarget")),
        "Changes a target; what it covers is judged anew, guarded goals too.",
    )
    kpi_target_archive: KpiTargetPayload | None = altering(
        TARGET,
        ArchiveInput,
        lambda tx, id, input: commands.set_archived(tx, id, True, input.reason),
        "Archives a target: it covers no day any more.",
    )
    kpi_target_restore: KpiTargetPayload | None = altering(
        TARGET,
        ArchiveInput,
        lambda tx, id, input: commands.set_archived(tx, id, False, input.reason),
        "Brings an archived target back.",
    )
