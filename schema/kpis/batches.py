"""Changing many KPIs."""

import strawberry

from schema.kpis import Kpi
from schema.kpis.mutations import SUBJECT, KpiCreateInput, KpiPayload, KpiUpdateInput
from schema.mutations.batches import ALL_USER_ERRORS, IS_APPLIED, RESULTS, Batch, altering_each, archiving_each
from schema.mutations.declare import change_by_input
from schema.mutations.upserts import OBJECT, OUTCOME, required_fields, upsert_input, upserting_each
from schema.mutations.user_errors import USER_ERRORS, UserError
from service.kpis import commands
from service.kpis.entity import KPI
from service.kpis.measurements.locking import lock_kpis_ahead
from service.upserting import UpsertCommands, UpsertOutcome


@strawberry.type(description="Result of a change of many KPIs: what became of each.")
class KpiBatchPayload:
    is_applied: bool = strawberry.field(description=IS_APPLIED)
    results: list[KpiPayload] = strawberry.field(description=RESULTS)
    user_errors: list[UserError] = strawberry.field(description=ALL_USER_ERRORS)


UPSERT = UpsertCommands(
    entity=KPI,
    lock=lambda tx, ids, _: lock_kpis_ahead(tx, ids),
    draft=commands.draft,
    creating=commands.creating,
    change=commands.change,
    reads_others=commands.reads_others,
    required=required_fields(KpiCreateInput),
)
BATCH = Batch(SUBJECT, "kpis", KpiBatchPayload, lock_kpis_ahead)


@strawberry.type(description="Result of an item that creates or updates a KPI by its external id.")
class KpiUpsertPayload:
    kpi: Kpi | None = strawberry.field(description=OBJECT)
    outcome: UpsertOutcome | None = strawberry.field(description=OUTCOME)
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


@strawberry.type(description="Result of creating and updating many KPIs by their external ids: what became of each.")
class KpisUpsertPayload:
    is_applied: bool = strawberry.field(description=IS_APPLIED)
    results: list[KpiUpsertPayload] = strawberry.field(description=RESULTS)
    user_errors: list[UserError] = strawberry.field(description=ALL_USER_ERRORS)


@strawberry.type
class KpiBatchMutations:
    """Fields of Mutation."""

    kpis_update: KpiBatchPayload | None = altering_each(
        BATCH,
        "Update",
        KpiUpdateInput,
        change_by_input(KPI),
        "Changes up to 200 KPIs in one transaction. KPIs that are computed from them and goals that follow them are "
        "updated at once.",
        exclusive=True,
    )
    kpis_archive: KpiBatchPayload | None = archiving_each(
        BATCH,
        "archive",
        "Archives up to 200 KPIs in one transaction: they leave the lists and take no more measurements.",
        exclusive=True,
    )
    kpis_restore: KpiBatchPayload | None = archiving_each(
        BATCH,
        "restore",
        "Restores up to 200 archived KPIs in one transaction: they return to the lists.",
        exclusive=True,
    )
    kpis_upsert: KpisUpsertPayload | None = upserting_each(
        BATCH._replace(payload=KpisUpsertPayload),
        upsert_input(KpiCreateInput, KpiUpdateInput),
        KpiUpsertPayload,
        UPSERT,
        "Creates or updates up to 200 KPIs by their external ids in one transaction. The same request again "
        "changes nothing.",
        exclusive=True,
    )
