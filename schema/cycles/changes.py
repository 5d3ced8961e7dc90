"""Changing cycles."""

from datetime import date, datetime
from typing import Annotated, Any

import strawberry
from strawberry import Maybe

from schema.changes import EFFECTIVE_AT, EXPECTED_VERSION, EXTERNAL_ID, OWN_ID, REASON, ArchiveInput, optional
from schema.context import Context
from schema.cycles import Cycle
from schema.errors import USER_ERRORS, UserError, changed, created, payload
from schema.inputs import change, facts
from service.cycles import commands, queries
from service.cycles.models import CycleKind, CycleState
from service.transaction import Transaction


@strawberry.input(description="A new cycle.")
class CycleCreateInput:
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)
    name: str = strawberry.field(description="What it is called; 1 to 200 characters.")
    kind: CycleKind = strawberry.field(description="How long it is.")
    starts_on: date = strawberry.field(description="Its first day.")
    ends_on: date = strawberry.field(description="Its last day.")
    state: CycleState | None = optional("Where it stands; PLANNING when left out.")
    parent_id: strawberry.ID | None = optional("The longer cycle it is part of; it has to lie inside.")


@strawberry.input(description="Changes to a cycle: what is left out stays, null empties.")
class CycleUpdateInput:
    id: strawberry.ID = strawberry.field(description="Which cycle.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    reason: str | None = optional(REASON)
    external_id: Maybe[str | None] = optional(EXTERNAL_ID)
    effective_at: datetime | None = optional(EFFECTIVE_AT)
    name: Maybe[str] = optional("What it is called; 1 to 200 characters.")
    kind: Maybe[CycleKind] = optional("How long it is.")
    starts_on: Maybe[date] = optional("Its first day.")
    ends_on: Maybe[date] = optional("Its last day.")
    state: Maybe[CycleState] = optional("Where it stands.")
    parent_id: Maybe[strawberry.ID | None] = optional("The longer cycle it is part of; it has to lie inside.")


@strawberry.type(description="A cycle after a change, or as it is when the change was refused.")
class CyclePayload:
    cycle: Cycle | None = strawberry.field(description="The cycle; null when there is none.")
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


Info = strawberry.Info[Context, Any]


async def _changed(info: Info, id: str, command: Any) -> CyclePayload:
    return payload(CyclePayload, await changed(info, queries.CYCLES, "Cycle", id, command))


@strawberry.type
class CycleMutations:
    """Fields of Mutation."""

    @strawberry.mutation(description="Adds a cycle. For administrators.")
    async def cycle_create(
        self, info: Info, input: Annotated[CycleCreateInput, strawberry.argument(description="The cycle.")]
    ) -> CyclePayload:
        async def command(tx: Transaction) -> Any:
            row = commands.draft(tx, facts(input, "Cycle"), await commands.time_zone(tx))
            await commands.create(tx, [row])
            return row.id

        return payload(CyclePayload, await created(info, queries.CYCLES, command))

    @strawberry.mutation(description="Changes a cycle; with other dates, status follows. For administrators.")
    async def cycle_update(
        self, info: Info, input: Annotated[CycleUpdateInput, strawberry.argument(description="What to change.")]
    ) -> CyclePayload:
        return await _changed(info, input.id, lambda tx, id: commands.change(tx, change(input, "Cycle")))

    @strawberry.mutation(description="Archives a cycle: it leaves the lists. Nothing is lost. For administrators.")
    async def cycle_archive(
        self, info: Info, input: Annotated[ArchiveInput, strawberry.argument(description="Which one.")]
    ) -> CyclePayload:
        return await _changed(info, input.id, lambda tx, id: commands.set_archived(tx, id, True))

    @strawberry.mutation(description="Brings an archived cycle back. For administrators.")
    async def cycle_restore(
        self, info: Info, input: Annotated[ArchiveInput, strawberry.argument(description="Which one.")]
    ) -> CyclePayload:
        return await _changed(info, input.id, lambda tx, id: commands.set_archived(tx, id, False))
