"""Changing many objectives."""

from functools import partial

import strawberry

from schema.mutations.batches import ALL_USER_ERRORS, IS_APPLIED, RESULTS, Batch, altering_each, archiving_each
from schema.mutations.declare import change_by_input
from schema.mutations.upserts import OBJECT, OUTCOME, required_fields, upsert_input, upserting_each
from schema.mutations.user_errors import USER_ERRORS, UserError
from schema.objectives import Objective
from schema.objectives.mutations import SUBJECT, ObjectiveFactsInput, ObjectivePayload, ObjectiveUpdateInput
from service.objectives import commands
from service.objectives.entity import OBJECTIVE
from service.objectives.locking import lock_objectives_ahead
from service.objectives.models import Objective as ObjectiveRow
from service.upserting import UpsertCommands, UpsertOutcome
from service.writing.rows import new_row


@strawberry.type(description="Result of a change of many objectives: what became of each.")
class ObjectiveBatchPayload:
    is_applied: bool = strawberry.field(description=IS_APPLIED)
    results: list[ObjectivePayload] = strawberry.field(description=RESULTS)
    user_errors: list[UserError] = strawberry.field(description=ALL_USER_ERRORS)


UPSERT = UpsertCommands(
    entity=OBJECTIVE,
    lock=lambda tx, ids, _: lock_objectives_ahead(tx, ids, with_children=True),
    draft=lambda tx, values: new_row(tx, ObjectiveRow, values),
    creating=commands.creating,
    change=commands.change,
    required=required_fields(ObjectiveFactsInput),
)
BATCH = Batch(SUBJECT, "objectives", ObjectiveBatchPayload, partial(lock_objectives_ahead, with_children=True))


@strawberry.type(description="Result of an item that creates or updates an objective by its external id.")
class ObjectiveUpsertPayload:
    objective: Objective | None = strawberry.field(description=OBJECT)
    outcome: UpsertOutcome | None = strawberry.field(description=OUTCOME)
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


@strawberry.type(
    description="Result of creating and updating many objectives by their external ids: what became of each."
)
class ObjectivesUpsertPayload:
    is_applied: bool = strawberry.field(description=IS_APPLIED)
    results: list[ObjectiveUpsertPayload] = strawberry.field(description=RESULTS)
    user_errors: list[UserError] = strawberry.field(description=ALL_USER_ERRORS)


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
    objectives_upsert: ObjectivesUpsertPayload | None = upserting_each(
        BATCH._replace(payload=ObjectivesUpsertPayload),
        upsert_input(ObjectiveFactsInput, ObjectiveUpdateInput),
        ObjectiveUpsertPayload,
        UPSERT,
        "Creates or updates up to 200 objectives by their external ids in one transaction. The same request again "
        "changes nothing.",
    )
