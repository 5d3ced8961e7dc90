"""Changing many KPIs."""

import strawberry

from schema.kpis.mutations import SUBJECT, KpiPayload, KpiUpdateInput
from schema.mutations.batches import ALL_USER_ERRORS, IS_APPLIED, RESULTS, Batch, altering_each, archiving_each
from schema.mutations.declare import change_by_input
from schema.mutations.user_errors import UserError
from service.kpis.entity import KPI
from service.kpis.measurements.locking import lock_kpis_ahead


@strawberry.type(description="Result of a change of many KPIs: what became of each.")
class KpiBatchPayload:
    is_applied: bool = strawberry.field(description=IS_APPLIED)
    results: list[KpiPayload] = strawberry.field(description=RESULTS)
    user_errors: list[UserError] = strawberry.field(description=ALL_USER_ERRORS)


BATCH = Batch(SUBJECT, "kpis", KpiBatchPayload, lock_kpis_ahead)


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
