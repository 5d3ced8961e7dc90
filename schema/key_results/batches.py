"""Changing many key results."""

import strawberry

from schema.key_results.mutations import SUBJECT, KeyResultPayload, KeyResultUpdateInput
from schema.mutations.batches import ALL_USER_ERRORS, IS_APPLIED, RESULTS, Batch, altering_each, archiving_each
from schema.mutations.declare import change_by_input
from schema.mutations.user_errors import UserError
from service.key_results.entity import KEY_RESULT
from service.key_results.locking import lock_key_results_ahead


@strawberry.type(description="Result of a change of many key results: what became of each.")
class KeyResultBatchPayload:
    is_applied: bool = strawberry.field(description=IS_APPLIED)
    results: list[KeyResultPayload] = strawberry.field(description=RESULTS)
    user_errors: list[UserError] = strawberry.field(description=ALL_USER_ERRORS)


BATCH = Batch(SUBJECT, "key_results", KeyResultBatchPayload, lock_key_results_ahead)


@strawberry.type
class KeyResultBatchMutations:
    """Fields of Mutation."""

    key_results_update: KeyResultBatchPayload | None = altering_each(
        BATCH,
        "Update",
        KeyResultUpdateInput,
        change_by_input(KEY_RESULT),
        "Changes the fields of up to 200 key results in one transaction.",
    )
    key_results_archive: KeyResultBatchPayload | None = archiving_each(
        BATCH,
        "archive",
        "Archives up to 200 key results in one transaction: they stop counting and leave the lists.",
    )
    key_results_restore: KeyResultBatchPayload | None = archiving_each(
        BATCH,
        "restore",
        "Restores up to 200 archived key results in one transaction: they return to the lists and count again.",
    )
