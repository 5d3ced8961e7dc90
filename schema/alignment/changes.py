"""Aligning objectives."""

from datetime import datetime
from typing import Annotated, Any

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
    after,
    optional,
)
from schema.context import Context
from schema.errors import USER_ERRORS, UserError, changed, created, payload
from schema.inputs import change, facts
from service.alignment import commands, queries
from service.alignment.models import AlignmentKind
from service.alignment.wish import Wish

KIND = "Whether its progress counts."
WEIGHT = "How much it counts beside others, 0 to 1 000 000; 0 is tracked, not counted."
PRIMARY = "Whether tree views hang the objective here; another primary edge then gives way."


@strawberry.input(description="An edge from an objective to an objective or to a key result, one of the two.")
class ObjectiveAlignInput:
    objective_id: strawberry.ID = strawberry.field(description="The objective that serves.")
    parent_id: strawberry.ID | None = optional("The objective served.")
    parent_key_result_id: strawberry.ID | None = optional("The key result served, instead of `parentId`.")
    kind: AlignmentKind | None = optional(f"{KIND} CONTRIBUTES when left out.")
    weight: float | None = optional(f"{WEIGHT} 1 when left out.")
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


Info = strawberry.Info[Context, Any]


async def _changed(info: Info, id: str, command: Any) -> AlignmentPayload:
    row, errors = await changed(info, queries.ALIGNMENTS, "Alignment", id, command, exclusive=True)
    return AlignmentPayload(alignment=row, user_errors=errors)


@strawberry.type
class AlignmentMutations:
    """Fields of Mutation."""

    @strawberry.mutation(
        description="Makes an edge, makes it again, or brings it to what is asked. What would close a ring is refused."
    )
    async def objective_align(
        self, info: Info, input: Annotated[ObjectiveAlignInput, strawberry.argument(description="The edge.")]
    ) -> AlignmentPayload:
        async def command(tx: Any) -> Any:
            return await commands.align(tx, Wish(**facts(input, "Alignment", parent="Objective")))

        return payload(AlignmentPayload, await created(info, queries.ALIGNMENTS, command, exclusive=True))

    @strawberry.mutation(description="Changes kind, weight or primacy of an edge.")
    async def alignment_update(
        self, info: Info, input: Annotated[AlignmentUpdateInput, strawberry.argument(description="What to change.")]
    ) -> AlignmentPayload:
        return await _changed(info, input.id, lambda tx, id: commands.change(tx, change(input, "Alignment")))

    @strawberry.mutation(description="Takes an edge away; `objectiveAlign` makes it again.")
    async def objective_unalign(
        self, info: Info, input: Annotated[ArchiveInput, strawberry.argument(description="Which edge.")]
    ) -> AlignmentPayload:
        return await _changed(info, input.id, lambda tx, id: commands.unalign(tx, id, input.reason))

    @strawberry.mutation(description="Puts an edge at another place among those of its parent: the order of children.")
    async def alignment_reorder(
        self, info: Info, input: Annotated[ReorderInput, strawberry.argument(description="What goes where.")]
    ) -> AlignmentPayload:
        return await _changed(info, input.id, lambda tx, id: commands.reorder(tx, id, after(input, "Alignment")))
