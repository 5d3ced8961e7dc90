"""Aligning and moving many objectives."""

import strawberry

from schema.alignment.mutations import SUBJECT, AlignmentPayload, ObjectiveAlignInput, ObjectiveMoveInput, align, move
from schema.mutations.batches import ALL_USER_ERRORS, IS_APPLIED, RESULTS, Batch, altering_each
from schema.mutations.user_errors import UserError
from schema.objectives.batches import BATCH as OBJECTIVES
from schema.objectives.batches import ObjectiveBatchPayload
from service.objectives.locking import lock_objectives_ahead


@strawberry.type(description="Result of aligning many objectives: what became of each.")
class AlignmentBatchPayload:
    is_applied: bool = strawberry.field(description=IS_APPLIED)
    results: list[AlignmentPayload] = strawberry.field(description=RESULTS)
    user_errors: list[UserError] = strawberry.field(description=ALL_USER_ERRORS)


@strawberry.type
class AlignmentBatchMutations:
    """Fields of Mutation."""

    objectives_align: AlignmentBatchPayload | None = altering_each(
        Batch(SUBJECT, "objectives", AlignmentBatchPayload, lock_objectives_ahead),
        "Align",
        ObjectiveAlignInput,
        lambda tx, _, input: align(tx, input),
        "Aligns up to 200 objectives with parents in one transaction, one after the other.",
        id_field="objective_id",
        exclusive=True,
        creates=True,
    )
    objectives_move: ObjectiveBatchPayload | None = altering_each(
        OBJECTIVES,
        "Move",
        ObjectiveMoveInput,
        move,
        "Moves up to 200 objectives to other parents or to the top in one transaction, one after the other.",
        exclusive=True,
    )
