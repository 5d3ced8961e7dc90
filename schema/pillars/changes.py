"""Changing pillars."""

from typing import Annotated, Any

import strawberry
from strawberry import Maybe

from schema.changes import EXPECTED_VERSION, EXTERNAL_ID, OWN_ID, REASON, ArchiveInput, optional
from schema.context import Context
from schema.errors import USER_ERRORS, UserError, changed, created, payload
from schema.inputs import change, facts
from schema.pillars import Pillar
from service.changing import new
from service.pillars import commands, queries
from service.pillars.models import Pillar as PillarRow
from service.transaction import Transaction


@strawberry.input(description="A new pillar.")
class PillarCreateInput:
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)
    name: str = strawberry.field(description="What it is called; 1 to 200 characters.")
    description: str | None = optional("What it is about; at most 20 000 characters.")


@strawberry.input(description="Changes to a pillar: what is left out stays, null empties.")
class PillarUpdateInput:
    id: strawberry.ID = strawberry.field(description="Which pillar.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    reason: str | None = optional(REASON)
    external_id: Maybe[str | None] = optional(EXTERNAL_ID)
    name: Maybe[str] = optional("What it is called; 1 to 200 characters.")
    description: Maybe[str | None] = optional("What it is about; at most 20 000 characters.")


@strawberry.type(description="A pillar after a change, or as it is when the change was refused.")
class PillarPayload:
    pillar: Pillar | None = strawberry.field(description="The pillar; null when there is none.")
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


Info = strawberry.Info[Context, Any]


async def _changed(info: Info, id: str, command: Any) -> PillarPayload:
    return payload(PillarPayload, await changed(info, queries.PILLARS, "Pillar", id, command))


@strawberry.type
class PillarMutations:
    """Fields of Mutation."""

    @strawberry.mutation(description="Adds a pillar. For administrators.")
    async def pillar_create(
        self, info: Info, input: Annotated[PillarCreateInput, strawberry.argument(description="The pillar.")]
    ) -> PillarPayload:
        async def command(tx: Transaction) -> Any:
            row = new(tx, PillarRow, facts(input, "Pillar"))
            await commands.create(tx, [row])
            return row.id

        return payload(PillarPayload, await created(info, queries.PILLARS, command))

    @strawberry.mutation(description="Changes a pillar. For administrators.")
    async def pillar_update(
        self, info: Info, input: Annotated[PillarUpdateInput, strawberry.argument(description="What to change.")]
    ) -> PillarPayload:
        return await _changed(info, input.id, lambda tx, id: commands.change(tx, change(input, "Pillar")))

    @strawberry.mutation(description="Archives a pillar: it leaves the lists. Nothing is lost. For administrators.")
    async def pillar_archive(
        self, info: Info, input: Annotated[ArchiveInput, strawberry.argument(description="Which one.")]
    ) -> PillarPayload:
        return await _changed(info, input.id, lambda tx, id: commands.set_archived(tx, id, True))

    @strawberry.mutation(description="Brings an archived pillar back. For administrators.")
    async def pillar_restore(
        self, info: Info, input: Annotated[ArchiveInput, strawberry.argument(description="Which one.")]
    ) -> PillarPayload:
        return await _changed(info, input.id, lambda tx, id: commands.set_archived(tx, id, False))
