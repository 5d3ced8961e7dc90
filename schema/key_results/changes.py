"""Changing key results."""

from datetime import datetime
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
    ReorderInput,
    Subject,
    after,
    altering,
    creating,
    optional,
)
from schema.errors import USER_ERRORS, UserError
from schema.inputs import change, facts
from schema.key_results import KeyResult
from service.key_results import commands, queries
from service.key_results.models import ControlMode, KeyResultKind, ValueSource
from service.objectives.models import Lifecycle
from service.transaction import Transaction

TITLE = "What is measured; 1 to 500 characters."
TEXT = "How it is measured; at most 20 000 characters."
KIND = "How it is measured. Without it, or without what it needs, the key result is a draft."
MODE = "How a limit becomes progress; LATEST for all kinds that are no limit."
SOURCE = "Where its value comes from; MILESTONES for the kind MILESTONE, and only for it."
SOURCE_KPI = "The KPI that its value comes from; for the source KPI, and only for it."
UNIT = "What its values are counted in, at most 50 characters."
BASELINE = "Where it begins. The BY kinds compute their target from it, and may get it later."
TARGET = "What is aimed at, or the limit. Not for the BY kinds, whose target is computed."
CHANGE_BY = "The amount or percentage of the BY kinds; above 0, the kind says the direction."
LOWER, UPPER = "The lower bound of WITHIN_RANGE, inside.", "The upper bound of WITHIN_RANGE, inside."
WEIGHT = "How much it counts beside its siblings, 0 to 1 000 000; 0 is tracked, not counted."


@strawberry.input(description="A new key result.")
class KeyResultCreateInput:
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)
    objective_id: strawberry.ID = strawberry.field(description="What it measures.")
    title: str = strawberry.field(description=TITLE)
    description: str | None = optional(TEXT)
    kind: KeyResultKind | None = optional(KIND)
    mode: ControlMode | None = optional(MODE)
    value_source: ValueSource | None = optional(SOURCE)
    source_kpi_id: strawberry.ID | None = optional(SOURCE_KPI)
    lifecycle: Lifecycle | None = optional("Whether it counts; ACTIVE when left out and measurable.")
    unit: str | None = optional(UNIT)
    baseline: Decimal | None = optional(BASELINE)
    target: Decimal | None = optional(TARGET)
    change_by: Decimal | None = optional(CHANGE_BY)
    lower: Decimal | None = optional(LOWER)
    upper: Decimal | None = optional(UPPER)
    weight: float | None = optional(f"{WEIGHT} 1 when left out.")
    owner_id: strawberry.ID | None = optional("Who answers for it.")


@strawberry.input(description="Changes to a key result: what is left out stays, null empties.")
class KeyResultUpdateInput:
    id: strawberry.ID = strawberry.field(description="Which key result.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    effective_at: datetime | None = optional(EFFECTIVE_AT)
    reason: str | None = optional(REASON)
    external_id: Maybe[str | None] = optional(EXTERNAL_ID)
    title: Maybe[str] = optional(TITLE)
    description: Maybe[str | None] = optional(TEXT)
    kind: Maybe[KeyResultKind | None] = optional(KIND)
    mode: Maybe[ControlMode] = optional(MODE)
    value_source: Maybe[ValueSource] = optional(SOURCE)
    source_kpi_id: Maybe[strawberry.ID | None] = optional(SOURCE_KPI)
    lifecycle: Maybe[Lifecycle] = optional("Whether it counts.")
    unit: Maybe[str | None] = optional(UNIT)
    baseline: Maybe[Decimal | None] = optional(BASELINE)
    target: Maybe[Decimal | None] = optional(TARGET)
    change_by: Maybe[Decimal | None] = optional(CHANGE_BY)
    lower: Maybe[Decimal | None] = optional(LOWER)
    upper: Maybe[Decimal | None] = optional(UPPER)
    weight: Maybe[float] = optional(WEIGHT)
    owner_id: Maybe[strawberry.ID | None] = optional("Who answers for it.")


@strawberry.type(description="A key result after a change, or as it is when the change was refused.")
class KeyResultPayload:
    key_result: KeyResult | None = strawberry.field(description="The key result; null when there is none.")
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


KEY_RESULT = Subject(KeyResultPayload, queries.KEY_RESULTS, "KeyResult")


async def _key_result_create(tx: Transaction, input: KeyResultCreateInput) -> UUID:
    row = commands.draft(tx, facts(input, "KeyResult"))
    await commands.create(tx, [row])
    return row.id


@strawberry.type
class KeyResultMutations:
    """Fields of Mutation."""

    key_result_create: KeyResultPayload | None = creating(
        KEY_RESULT,
        KeyResultCreateInput,
        _key_result_create,
        "Adds a key result to an objective.",
        argument="The key result.",
    )
    key_result_update: KeyResultPayload | None = altering(
        KEY_RESULT,
        KeyResultUpdateInput,
        lambda tx, id, input: commands.change(tx, change(input, "KeyResult")),
        "Changes a key result; give a reason when you change its target.",
    )
    key_result_archive: KeyResultPayload | None = altering(
        KEY_RESULT,
        ArchiveInput,
        lambda tx, id, input: commands.set_archived(tx, id, True, input.reason),
        "Archives a key result: it stops counting and leaves the lists.",
    )
    key_result_restore: KeyResultPayload | None = altering(
        KEY_RESULT,
        ArchiveInput,
        lambda tx, id, input: commands.set_archived(tx, id, False, input.reason),
        "Brings an archived key result back.",
    )
    key_result_reorder: KeyResultPayload | None = altering(
        KEY_RESULT,
        ReorderInput,
        lambda tx, id, input: commands.reorder(tx, id, after(input, "KeyResult")),
        "Puts a key result at another place among those of its objective.",
    )
