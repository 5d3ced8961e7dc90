"""Aligning objectives."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry
from strawberry import Maybe

from schema.alignment import Alignment
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
from schema.context import Context
from schema.errors import USER_ERRORS, UserError, changed
from schema.inputs import change, facts
from schema.node import reference
from schema.objectives import Objective
from service.alignment import commands, queries
from service.alignment.models import AlignmentKind
from service.alignment.moving import Destination, Moved, move_objective
from service.alignment.wish import Wish
from service.objectives import queries as objectives
from service.transaction import Transaction

Info = strawberry.Info[Context, Any]
KIND = "Whether its progress counts."
WEIGHT = "How much it counts beside others, 0 to 1 000 000; 0 is tracked, not counted."
PRIMARY = "Whether tree views hang the objective here; another primary edge then gives way."


@strawberry.input(description="An edge from an objective to an objective or to a key result, one of the two.")
class ObjectiveAlignInput:
    objective_id: strawberry.ID = strawberry.field(description="The objective that serves.")
    parent_id: strawberry.ID | None = optional("The objective served.")
    parent_key_result_id: strawberry.ID | None = optional("The key result served, instead of `parentId`.")
    kind: AlignmentKind | None = optional(f"{KIND} As it was when left out, or CONTRIBUTES.")
    weight: float | None = optional(f"{WEIGHT} As it was when left out, or 1.")
    is_primary: bool | None = optional(f"{PRIMARY} When left out, the first edge of an objective is primary.")
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)


@strawberry.input(description="Changes to an edge: what is left out stays.")
class AlignmentUpdateInput:
    id: strawberry.ID = strawberry.field(description="Which edge.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    effective_at: datetime | None = optional(EFFECTIVE_AT)
    reason: str | None = optional(REASON)
    kind: Maybe[AlignmentKind] = optional(KIND)
    weight: Maybe[float] = optional(WEIGHT)
    is_primary: Maybe[bool] = optional(PRIMARY)


@strawberry.input(description="Objective to move, and where to: below an objective, below a key result, or to the top.")
class ObjectiveMoveInput:
    id: strawberry.ID = strawberry.field(description="Objective to move.")
    parent_id: Maybe[strawberry.ID | None] = optional(
        "New primary parent; null moves the objective to the top of the tree. Either this or `parentKeyResultId`."
    )
    parent_key_result_id: strawberry.ID | None = optional("Key result that is to be the new primary parent.")
    after_id: Maybe[strawberry.ID | None] = optional(
        "Objective below the new parent that it is to follow; null is the first place, the last one when left out."
    )
    reason: str | None = optional(REASON)


@strawberry.type(description="Objective after a move, or as it is when the move was refused.")
class ObjectiveMovePayload:
    objective: Objective | None = strawberry.field(description="Objective that was moved; null when there is none.")
    alignment: Alignment | None = strawberry.field(
        description="Alignment with the new primary parent; null at the top, and when the move was refused."
    )
    previous_parent: Objective | None = strawberry.field(
        description="Primary parent before the move, whose progress has changed too; null if there was none."
    )
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


@strawberry.type(description="An edge after a change, or as it is when the change was refused.")
class AlignmentPayload:
    alignment: Alignment | None = strawberry.field(description="The edge; null when there is none.")
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


ALIGNMENT = Subject(AlignmentPayload, queries.ALIGNMENTS, "Alignment")


async def _objective_align(tx: Transaction, input: ObjectiveAlignInput) -> UUID:
    return await commands.align(tx, Wish(**facts(input, "Alignment")))


def _destination(input: ObjectiveMoveInput) -> Destination:
    given = facts(input, "Objective")
    after = input.after_id.value if input.after_id else None
    return Destination(
        given.get("parent_id"),
        given.get("parent_key_result_id"),
        is_top=input.parent_id is not None and input.parent_id.value is None,
        after=None if after is None else reference(after, "Objective", "afterId"),
        is_last=input.after_id is None,
    )


@strawberry.type
class AlignmentMutations:
    """Fields of Mutation."""

    objective_align: AlignmentPayload | None = creating(
        ALIGNMENT,
        ObjectiveAlignInput,
        _objective_align,
        "Makes an edge, makes it again, or brings it to what is asked. What would close a ring is refused. Other edges "
        "of the objective stay and go on counting, also when this one becomes primary; `objectiveMove` replaces the "
        "parent.",
        argument="The edge.",
        exclusive=True,
    )

    @strawberry.mutation(
        description="Moves an objective to another parent or to the top: the alignment with its primary parent ends, "
        "and one with the new parent takes over kind and weight. Alignments with further parents stay."
    )
    async def objective_move(
        self,
        info: Info,
        input: Annotated[
            ObjectiveMoveInput, strawberry.argument(description="Objective to move, and its destination.")
        ],
    ) -> ObjectiveMovePayload | None:
        moved = Moved(None, None)

        async def command(tx: Transaction, id: UUID) -> None:
            nonlocal moved
            moved = await move_objective(tx, id, _destination(input), input.reason)

        row, errors = await changed(info, objectives.OBJECTIVES, "Objective", input, command, exclusive=True)
        if errors:
            moved = Moved(None, None)
        [alignment] = await info.context.find(queries.ALIGNMENTS, [moved.alignment_id])
        [previous] = await info.context.find(objectives.OBJECTIVES, [moved.previous_parent_id])
        return ObjectiveMovePayload(objective=row, alignment=alignment, previous_parent=previous, user_errors=errors)

    alignment_update: AlignmentPayload | None = altering(
        ALIGNMENT,
        AlignmentUpdateInput,
        lambda tx, id, input: commands.change(tx, change(input, "Alignment")),
        "Changes kind, weight or primacy of an edge.",
        exclusive=True,
    )
    objective_unalign: AlignmentPayload | None = altering(
        ALIGNMENT,
        ArchiveInput,
        lambda tx, id, input: commands.unalign(tx, id, input.reason),
        "Takes an edge away; `objectiveAlign` makes it again.",
        argument="Which edge.",
        exclusive=True,
    )
    alignment_reorder: AlignmentPayload | None = altering(
        ALIGNMENT,
        ReorderInput,
        lambda tx, id, input: commands.reorder(tx, id, after(input, "Alignment")),
        "Puts an edge at another place among those of its parent: the order of children.",
        exclusive=True,
    )
