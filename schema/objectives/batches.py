"""Changing many objectives."""

import strawberry

from schema.mutations.batches import ALL_USER_ERRORS, IS_APPLIED, RESULTS, Batch, altering_each, archiving_each
from schema.mutations.declare import change_by_input
from schema.mutations.user_errors import UserError
from schema.objectives.mutations import SUBJECT, ObjectivePayload, ObjectiveUpdateInput
from service.objectives.entity import OBJECTIVE
from service.objectives.locking import lock_objectives_ahead


@strawberry.type(description="Result of a change of many objectives: what became of each.")
class ObjectiveBatchPayload:
    is_applied: bool = strawberry.field(description=IS_APPLIED)
    results: list[ObjectivePayload] = strawberry.field(description=RESULTS)
    user_errors: list[UserError] = strawberry.field(description=ALL_USER_ERRORS)


BATCH = Batch(SUBJECT, "objectives", ObjectiveBatchPayload, lock_objectives_ahead)


@strawberry.type
class ObjectiveBatchMutations:
    """Fields of Mutation."""

    objectives_update: ObjectiveBatchPayload | None = altering_each(
        BATCH,
        "Update",
        ObjectiveUpdateInput,
        change_by_input(OBJECTIVE),
        "Changes the fields of up to 200 objectives in one transaction.",
    )
    objectives_archive: ObjectiveBatchPayload | None = archiving_each(
        BATCH,
        "archive",
        "Archives up to 200 objectives in one transaction: they stop counting and leave the lists.",
    )
    objectives_restore: ObjectiveBatchPayload | None = archiving_each(
        BATCH,
        "restore",
        "Restores up to 200 archived objectives in one transaction: they return to the lists and count again.",
    )
