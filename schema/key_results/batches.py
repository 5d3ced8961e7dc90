"""Changing many key results."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import strawberry

from schema.key_results import KeyResult
from schema.key_results.mutations import SUBJECT, KeyResultCreateInput, KeyResultPayload, KeyResultUpdateInput
from schema.mutations.batches import ALL_USER_ERRORS, IS_APPLIED, RESULTS, Batch, altering_each, archiving_each
from schema.mutations.declare import change_by_input
from schema.mutations.upserts import OBJECT, OUTCOME, required_fields, upsert_input, upserting_each
from schema.mutations.user_errors import USER_ERRORS, UserError
from service.entities.entity import Values
from service.key_results import commands
from service.key_results.entity import KEY_RESULT
from service.key_results.locking import lock_followed_kpis, lock_key_results_ahead
from service.key_results.models import KeyResult as KeyResultRow
from service.upserting import UpsertCommands, UpsertOutcome
from service.writing.transaction import Transaction


@strawberry.type(description="Result of a change of many key results: what became of each.")
class KeyResultBatchPayload:
    is_applied: bool = strawberry.field(description=IS_APPLIED)
    results: list[KeyResultPayload] = strawberry.field(description=RESULTS)
    user_errors: list[UserError] = strawberry.field(description=ALL_USER_ERRORS)


async def _lock(tx: Transaction, ids: Iterable[UUID], new: Iterable[Values]) -> Sequence[KeyResultRow]:
    """Locks key results, and the objectives of new ones."""
    objective_ids = {id for values in new if (id := values.get("objective_id")) is not None}
    return await lock_key_results_ahead(tx, ids, objective_ids)


UPSERT = UpsertCommands(
    entity=KEY_RESULT,
    lock=_lock,
    lock_before=lock_followed_kpis,
    draft=commands.draft,
    creating=commands.creating,
    change=commands.change,
    adjust=commands.as_upserted,
    required=required_fields(KeyResultCreateInput),
)
BATCH = Batch(SUBJECT, "key_results", KeyResultBatchPayload, lock_key_results_ahead)


@strawberry.type(description="Result of an item that creates or updates a key result by its external id.")
class KeyResultUpsertPayload:
    key_result: KeyResult | None = strawberry.field(description=OBJECT)
    outcome: UpsertOutcome | None = strawberry.field(description=OUTCOME)
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


@strawberry.type(
    description="Result of creating and updating many key results by their external ids: what became of each."
)
class KeyResultsUpsertPayload:
    is_applied: bool = strawberry.field(description=IS_APPLIED)
    results: list[KeyResultUpsertPayload] = strawberry.field(description=RESULTS)
    user_errors: list[UserError] = strawberry.field(description=ALL_USER_ERRORS)


@strawberry.type
class KeyResultBatchMutations:
    """Fields of Mutation."""

    key_results_update: KeyResultBatchPayload | None = altering_each(
        BATCH,
        "Update",
        KeyResultUpdateInput,
        change_by_input(KEY_RESULT),
        "Changes the fields of up to 200 key results in one transaction.",
        lock_before=lock_followed_kpis,
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
    key_results_upsert: KeyResultsUpsertPayload | None = upserting_each(
        BATCH._replace(payload=KeyResultsUpsertPayload),
        upsert_input(KeyResultCreateInput, KeyResultUpdateInput),
        KeyResultUpsertPayload,
        UPSERT,
        "Creates or updates up to 200 key results by their external ids in one transaction. The same request again "
        "changes nothing.",
    )
