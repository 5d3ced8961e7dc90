"""Aligning objectives."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import Maybe

from schema.alignment import Alignment
from schema.context import Info
from schema.execution.fields.relation import to_one
from schema.mutations.declare import (
    EFFECTIVE_AT,
    EXPECTED_VERSION,
    EXTERNAL_ID,
    OWN_ID,
    REASON,
    UNCHANGED,
    Subject,
    after,
    altering,
    archive_input,
    creating,
    optional,
    reorder_input,
)
from schema.mutations.inputs import change, facts
from schema.mutations.user_errors import USER_ERRORS, UserError, changed
from schema.objectives import Objective
from schema.relay.node import reference
from service.alignment import commands
from service.alignment import queries as alignments
from service.alignment.edge_request import AlignmentRequest
from service.alignment.entity import ALIGNMENT
from service.alignment.models import AlignmentKind
from service.alignment.move import Destination, MoveResult, move_objective
from service.objectives import queries as objectives
from service.objectives.entity import OBJECTIVE
from service.writing.transaction import Transaction

KIND = "Kind of the alignment: the objective's progress counts toward the parent (CONTRIBUTES) or does not (SUPPORTS)."
WEIGHT = "Weight of the objective beside the parent's other contributors, 0 to 1 000 000; 0 is tracked, not counted."
PRIMARY = "True if tree views are to show the objective below this parent; another primary alignment then gives way."


@strawberry.input(description="Alignment to make, from an objective to a parent: an objective or a key result.")
class ObjectiveAlignInput:
    objective_id: strawberry.ID = strawberry.field(description="Id of the objective that is to serve the parent.")
    parent_id: strawberry.ID | None = optional(
        "Id of the objective to be served. Give either this or `parentKeyResultId`."
    )
    parent_key_result_id: strawberry.ID | None = optional(
        "Id of the key result to be served. Give either this or `parentId`."
    )
    kind: AlignmentKind | None = optional(f"{KIND} Left out: as it was, or CONTRIBUTES.")
    weight: float | None = optional(f"{WEIGHT} Left out: as it was, or 1.")
    is_primary: bool | None = optional(
        f"{PRIMARY} Left out: as it was; a new one is primary if the objective has no primary alignment."
    )
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)


@strawberry.input(description="Changes to an alignment. Fields left out stay unchanged.")
class AlignmentUpdateInput:
    id: strawberry.ID = strawberry.field(description="Id of the alignment to change.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    effective_at: datetime | None = optional(EFFECTIVE_AT)
    reason: str | None = optional(REASON)
    kind: Maybe[AlignmentKind] = optional(f"{KIND} {UNCHANGED}")
    weight: Maybe[float] = optional(f"{WEIGHT} {UNCHANGED}")
    is_primary: Maybe[bool] = optional(f"{PRIMARY} {UNCHANGED}")


@strawberry.input(description="Objective to move, and where to: below an objective, below a key result, or to the top.")
class ObjectiveMoveInput:
    id: strawberry.ID = strawberry.field(description="Id of the objective to move.")
    parent_id: Maybe[strawberry.ID | None] = optional(
        "Id of the objective that is to be the new primary parent; null moves the objective to the top of the tree. "
        "Give either this or `parentKeyResultId`."
    )
    parent_key_result_id: strawberry.ID | None = optional(
        "Id of the key result that is to be served as the new primary parent. Give either this or `parentId`."
    )
    after_id: Maybe[strawberry.ID | None] = optional(
        "Id of the objective below the new parent that the moved one is to follow. Null: it comes first. Left out: a "
        "new alignment comes last, an earlier one with this parent keeps its position."
    )
    reason: str | None = optional(REASON)


@strawberry.type(
    description="Result of a move of an objective: the objective afterwards, and the reasons if it was refused."
)
class ObjectiveMovePayload:
    objective: Objective | None = strawberry.field(
        description="Objective after the move, or as it is if the move was refused; null if there is none."
    )
    alignment_id: strawberry.Private[UUID | None]
    previous_parent_id: strawberry.Private[UUID | None]
    alignment: Alignment | None = to_one(
        alignments.ALIGNMENTS,
        key="alignment_id",
        description="Alignment of the objective with its new primary parent; null at the top, and when the move was "
        "refused.",
    )
    previous_parent: Objective | None = to_one(
        objectives.OBJECTIVES,
        key="previous_parent_id",
        description="Primary parent before the move, whose progress may have changed too; null if there was none, and "
        "when the move was refused.",
    )
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


@strawberry.type(
    description="Result of a change to an alignment: the alignment afterwards, and the reasons if it was refused."
)
class AlignmentPayload:
    alignment: Alignment | None = strawberry.field(
        description="Alignment after the change, or as it is if the change was refused; null if there is none."
    )
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


SUBJECT = Subject(AlignmentPayload, ALIGNMENT)


async def align(tx: Transaction, input: ObjectiveAlignInput) -> UUID:
    return await commands.align(tx, AlignmentRequest(**facts(input, "Alignment")))


async def move(tx: Transaction, id: UUID, input: ObjectiveMoveInput) -> MoveResult:
    """Moves an objective as an input says."""
    return await move_objective(tx, id, _destination(input), input.reason)


def _destination(input: ObjectiveMoveInput) -> Destination:
    values = facts(input, "Objective")
    after = input.after_id.value if input.after_id else None
    return Destination(
        values.get("parent_id"),
        values.get("parent_key_result_id"),
        is_top=input.parent_id is not None and input.parent_id.value is None,
        after=None if after is None else reference(after, "Objective", "afterId"),
        is_last=input.after_id is None,
    )


@strawberry.type
class AlignmentMutations:
    """Fields of Mutation."""

    objective_align: AlignmentPayload | None = creating(
        SUBJECT,
        ObjectiveAlignInput,
        align,
        "Aligns an objective with a parent: makes the alignment, makes it again, or changes it as asked. Refused if it "
        "would close a loop. Other edges of the objective stay and go on counting, also when this one becomes primary; "
        "`objectiveMove` replaces the parent.",
        argument="Objective to align, its parent, and the facts of the alignment.",
        exclusive=True,
    )

    @strawberry.mutation(
        description="Moves an objective to another parent or to the top: the alignment with its primary parent ends, "
        "and one with the new parent takes over kind and weight; one that is there already keeps its own. Alignments "
        "with further parents stay."
    )
    async def objective_move(
        self,
        info: Info,
        input: Annotated[
            ObjectiveMoveInput, strawberry.argument(description="Objective to move, and its destination.")
        ],
    ) -> ObjectiveMovePayload | None:
        moved = MoveResult(None, None)

        async def command(tx: Transaction, id: UUID) -> None:
            nonlocal moved
            moved = await move(tx, id, input)

        row, errors = await changed(info, OBJECTIVE, input, command, exclusive=True)
        if errors:
            moved = MoveResult(None, None)
        return ObjectiveMovePayload(
            objective=row,
            alignment_id=moved.alignment_id,
            previous_parent_id=moved.previous_parent_id,
            user_errors=errors,
        )

    alignment_update: AlignmentPayload | None = altering(
        SUBJECT,
        AlignmentUpdateInput,
        lambda tx, id, input: commands.change(tx, change(input, "Alignment")),
        "Changes kind or weight of an alignment, or makes it primary or not.",
        exclusive=True,
    )
    objective_unalign: AlignmentPayload | None = altering(
        SUBJECT,
        archive_input("ObjectiveUnalignInput", "alignment", "remove"),
        lambda tx, id, input: commands.unalign(tx, id, input.reason),
        "Removes an alignment; `objectiveAlign` makes it again. If it was primary, the oldest other one becomes "
        "primary.",
        argument="Alignment to remove, and the reason for it.",
        exclusive=True,
    )
    alignment_reorder: AlignmentPayload | None = altering(
        SUBJECT,
        reorder_input("AlignmentReorderInput", "alignment"),
        lambda tx, id, input: commands.reorder(tx, id, after(input, "Alignment")),
        "Moves an alignment to another position among those of its parent: the order of children.",
        exclusive=True,
    )
