"""Aligning objectives."""

from datetime import datetime
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
from schema.errors import USER_ERRORS, UserError
from schema.inputs import change, facts
from service.alignment import commands, queries
from service.alignment.models import AlignmentKind
from service.alignment.wish import Wish
from service.transaction import Transaction

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


@strawberry.type(description="An edge after a change, or as it is when the change was refused.")
class AlignmentPayload:
    alignment: Alignment | None = strawberry.field(description="The edge; null when there is none.")
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


ALIGNMENT = Subject(AlignmentPayload, queries.ALIGNMENTS, "Alignment")


async def _objective_align(tx: Transaction, input: ObjectiveAlignInput) -> UUID:
    return await commands.align(tx, Wish(**facts(input, "Alignment", parent="Objective")))


@strawberry.type
class AlignmentMutations:
    """Fields of Mutation."""

    objective_align: AlignmentPayload | None = creating(
        ALIGNMENT,
        ObjectiveAlignInput,
        _objective_align,
        "Makes an edge, makes it again, or brings it to what is asked. What would close a ring is refused.",
        argument="The edge.",
        exclusive=True,
    )
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
