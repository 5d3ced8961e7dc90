"""Changing pillars."""

from uuid import UUID

import strawberry
from strawberry import Maybe

from schema.changes import (
    EXPECTED_VERSION,
    EXTERNAL_ID,
    OWN_ID,
    REASON,
    ArchiveInput,
    Subject,
    altering,
    creating,
    optional,
)
from schema.errors import USER_ERRORS, UserError
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


PILLAR = Subject(PillarPayload, queries.PILLARS, "Pillar")


async def _pillar_create(tx: Transaction, input: PillarCreateInput) -> UUID:
    row = new(tx, PillarRow, facts(input, "Pillar"))
    await commands.create(tx, [row])
    return row.id


@strawberry.type
class PillarMutations:
    """Fields of Mutation."""

    pillar_create: PillarPayload | None = creating(
        PILLAR,
        PillarCreateInput,
        _pillar_create,
        "Adds a pillar. For administrators.",
        argument="The pillar.",
    )
    pillar_update: PillarPayload | None = altering(
        PILLAR,
        PillarUpdateInput,
        lambda tx, id, input: commands.change(tx, change(input, "Pillar")),
        "Changes a pillar. For administrators.",
    )
    pillar_archive: PillarPayload | None = altering(
        PILLAR,
        ArchiveInput,
        lambda tx, id, input: commands.set_archived(tx, id, True, input.reason),
        "Archives a pillar: it leaves the lists. Nothing is lost. For administrators.",
    )
    pillar_restore: PillarPayload | None = altering(
        PILLAR,
        ArchiveInput,
        lambda tx, id, input: commands.set_archived(tx, id, False, input.reason),
        "Brings an archived pillar back. For administrators.",
    )
