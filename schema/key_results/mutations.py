"""Changing key results."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import strawberry
from strawberry import Maybe

from schema.cadence import CADENCE, INHERITED, UNCHANGED_OR_INHERITED, CheckInCadenceInput
from schema.descriptions.units import CURRENCY, DISPLAY_DECIMALS, UNIT_KIND
from schema.key_results import KeyResult
from schema.mutations.declare import (
    EFFECTIVE_AT,
    EXPECTED_VERSION,
    EXTERNAL_ID,
    NEW_EXTERNAL_ID,
    OWN_ID,
    REASON,
    UNCHANGED,
    UNCHANGED_OR_REMOVED,
    Subject,
    after,
    altering,
    archiving,
    creating,
    optional,
    reorder_input,
    restoring,
    updating,
)
from schema.mutations.inputs import facts
from schema.mutations.user_errors import USER_ERRORS, UserError
from schema.objectives.goal_dates import DUE, OF_CYCLE, START, UNCHANGED_OR_OF_CYCLE, GoalDateInput
from service.key_results import commands
from service.key_results.entity import KEY_RESULT
from service.key_results.models import ControlMode, KeyResultKind, ValueSource
from service.objectives.models import Lifecycle
from service.values.unit_kinds import UnitKind
from service.writing.transaction import Transaction

TITLE = "Title of the key result: what is measured. 1 to 500 characters."
TEXT = "Description of the key result: how it is measured. At most 20 000 characters."
KIND = "Kind of the key result: the way in which its values become progress."
MODE = "Mode in which a limit becomes progress; LATEST for all kinds without a limit."
SOURCE = "Source of the key result's value; MILESTONES for the kind MILESTONE, and only for it."
SOURCE_KPI = "Id of the KPI that the key result's value comes from; for the value source KPI, and only for it."
LIFECYCLE = "Lifecycle of the key result; it counts toward progress and status while it is ACTIVE."
UNIT = "Unit of the key result's values as free text, such as USD, % or hours; at most 50 characters."
BASELINE = "Value at which the key result begins, in its unit. Kinds with `changeBy` compute their target from it."
TARGET = "Value to aim at, or the limit, in the key result's unit. Not for kinds with `changeBy`: theirs is computed."
CHANGE_BY = (
    "Amount, or percentage (20 is 20 percent), by which the key result is to change; above 0, since the kind says the "
    "direction."
)
LOWER = "Lower bound of a key result of kind WITHIN_RANGE, itself included; not above `upper`."
UPPER = "Upper bound of a key result of kind WITHIN_RANGE, itself included; not below `lower`."
WEIGHT = (
    "Weight of the key result beside the objective's other contributors, 0 to 1 000 000; 0 is tracked, not counted."
)
OWNER = "Id of the person who is responsible for the key result."
RETROSPECTIVE = "Retrospective of the key result: what was learned. At most 20 000 characters."
CHECK_IN_CADENCE = CADENCE.format(goals="the key result")
NONE = "Left out: none."


@strawberry.input(description="Key result to create in an objective.")
class KeyResultCreateInput:
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)
    objective_id: strawberry.ID = strawberry.field(
        description="Id of the objective that the key result belongs to and measures."
    )
    title: str = strawberry.field(description=TITLE)
    description: str | None = optional(f"{TEXT} {NONE}")
    kind: KeyResultKind | None = optional(f"{KIND} Left out, or without what it needs: the key result is a draft.")
    mode: ControlMode | None = optional(f"{MODE} Left out: LATEST.")
    value_source: ValueSource | None = optional(
        f"{SOURCE} Left out: MILESTONES for that kind, else KPI with `sourceKpiId`, else MANUAL."
    )
    source_kpi_id: strawberry.ID | None = optional(f"{SOURCE_KPI} {NONE}")
    lifecycle: Lifecycle | None = optional(
        f"{LIFECYCLE} Left out: ACTIVE. It is a DRAFT instead of ACTIVE if it lacks what its kind needs."
    )
    unit: str | None = optional(f"{UNIT} {NONE}")
    unit_kind: UnitKind | None = optional(f"{UNIT_KIND} {NONE}")
    currency: str | None = optional(f"{CURRENCY} {NONE}")
    display_decimals: int | None = optional(f"{DISPLAY_DECIMALS} {NONE}")
    baseline: Decimal | None = optional(f"{BASELINE} Left out: none so far, or the KPI's value at the start.")
    target: Decimal | None = optional(f"{TARGET} {NONE}")
    change_by: Decimal | None = optional(f"{CHANGE_BY} {NONE}")
    lower: Decimal | None = optional(f"{LOWER} {NONE}")
    upper: Decimal | None = optional(f"{UPPER} {NONE}")
    weight: float | None = optional(f"{WEIGHT} Left out: 1.")
    start: GoalDateInput | None = optional(f"{START} {OF_CYCLE}")
    due: GoalDateInput | None = optional(f"{DUE} {OF_CYCLE}")
    check_in_cadence: CheckInCadenceInput | None = optional(f"{CHECK_IN_CADENCE} {INHERITED}")
    owner_id: strawberry.ID | None = optional(f"{OWNER} {NONE}")


@strawberry.input(description="Changes to a key result. Fields left out stay unchanged; null removes a value.")
class KeyResultUpdateInput:
    id: strawberry.ID = strawberry.field(description="Id of the key result to change.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    effective_at: datetime | None = optional(EFFECTIVE_AT)
    reason: str | None = optional(REASON)
    external_id: Maybe[str | None] = optional(NEW_EXTERNAL_ID)
    title: Maybe[str] = optional(f"{TITLE} {UNCHANGED}")
    description: Maybe[str | None] = optional(f"{TEXT} {UNCHANGED_OR_REMOVED}")
    kind: Maybe[KeyResultKind | None] = optional(
        f"{KIND} {UNCHANGED_OR_REMOVED} Without a kind it can only be a draft."
    )
    mode: Maybe[ControlMode] = optional(f"{MODE} {UNCHANGED}")
    value_source: Maybe[ValueSource] = optional(f"{SOURCE} {UNCHANGED}")
    source_kpi_id: Maybe[strawberry.ID | None] = optional(f"{SOURCE_KPI} {UNCHANGED_OR_REMOVED}")
    lifecycle: Maybe[Lifecycle] = optional(
        f"{LIFECYCLE} {UNCHANGED} ACTIVE is refused if the key result lacks what its kind needs."
    )
    unit: Maybe[str | None] = optional(f"{UNIT} {UNCHANGED_OR_REMOVED}")
    unit_kind: Maybe[UnitKind | None] = optional(f"{UNIT_KIND} {UNCHANGED_OR_REMOVED}")
    currency: Maybe[str | None] = optional(f"{CURRENCY} {UNCHANGED_OR_REMOVED}")
    display_decimals: Maybe[int | None] = optional(f"{DISPLAY_DECIMALS} {UNCHANGED_OR_REMOVED}")
    baseline: Maybe[Decimal | None] = optional(f"{BASELINE} {UNCHANGED_OR_REMOVED}")
    target: Maybe[Decimal | None] = optional(f"{TARGET} {UNCHANGED_OR_REMOVED}")
    change_by: Maybe[Decimal | None] = optional(f"{CHANGE_BY} {UNCHANGED_OR_REMOVED}")
    lower: Maybe[Decimal | None] = optional(f"{LOWER} {UNCHANGED_OR_REMOVED}")
    upper: Maybe[Decimal | None] = optional(f"{UPPER} {UNCHANGED_OR_REMOVED}")
    weight: Maybe[float] = optional(f"{WEIGHT} {UNCHANGED}")
    start: Maybe[GoalDateInput | None] = optional(f"{START} {UNCHANGED_OR_OF_CYCLE}")
    due: Maybe[GoalDateInput | None] = optional(f"{DUE} {UNCHANGED_OR_OF_CYCLE}")
    check_in_cadence: Maybe[CheckInCadenceInput | None] = optional(f"{CHECK_IN_CADENCE} {UNCHANGED_OR_INHERITED}")
    owner_id: Maybe[strawberry.ID | None] = optional(f"{OWNER} {UNCHANGED_OR_REMOVED}")
    retrospective: Maybe[str | None] = optional(f"{RETROSPECTIVE} {UNCHANGED_OR_REMOVED}")


@strawberry.type(
    description="Result of a change to a key result: the key result afterwards, and the reasons if it was refused."
)
class KeyResultPayload:
    key_result: KeyResult | None = strawberry.field(
        description="Key result after the change, or as it is if the change was refused; null if there is none."
    )
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


SUBJECT = Subject(KeyResultPayload, KEY_RESULT)


async def _key_result_create(tx: Transaction, input: KeyResultCreateInput) -> UUID:
    row = commands.draft(tx, facts(input, "KeyResult"))
    await commands.create(tx, [row])
    return row.id


@strawberry.type
class KeyResultMutations:
    """Fields of Mutation."""

    key_result_create: KeyResultPayload | None = creating(
        SUBJECT,
        KeyResultCreateInput,
        _key_result_create,
        "Creates a key result in an objective.",
        argument="Key result to create: its objective, its title and further facts.",
    )
    key_result_update: KeyResultPayload | None = updating(
        SUBJECT,
        KeyResultUpdateInput,
        "Changes the fields of a key result. Give a reason when you change its target.",
    )
    key_result_archive: KeyResultPayload | None = archiving(
        SUBJECT,
        "key result",
        "Archives a key result: it stops counting and leaves the lists. Nothing is deleted; `keyResultRestore` undoes "
        "it.",
    )
    key_result_restore: KeyResultPayload | None = restoring(
        SUBJECT,
        "key result",
        "Restores an archived key result: it returns to the lists and counts again.",
    )
    key_result_reorder: KeyResultPayload | None = altering(
        SUBJECT,
        reorder_input("KeyResultReorderInput", "key result"),
        lambda tx, id, input: commands.reorder(tx, id, after(input, "KeyResult")),
        "Moves a key result to another position among those of its objective.",
    )
