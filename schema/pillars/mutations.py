"""Changing pillars."""

from uuid import UUID

import strawberry
from strawberry import Maybe

from schema.mutations.declare import (
    EXPECTED_VERSION,
    EXTERNAL_ID,
    NEW_EXTERNAL_ID,
    OWN_ID,
    REASON,
    Subject,
    archiving,
    creating,
    optional,
    restoring,
    updating,
)
from schema.mutations.inputs import facts
from schema.mutations.user_errors import USER_ERRORS, UserError
from schema.pillars import Pillar
from service.pillars import commands
from service.pillars.entity import PILLAR
from service.pillars.models import Pillar as PillarRow
from service.writing.rows import new_row
from service.writing.transaction import Transaction

TEXT = "Text that says what the pillar is about; at most 20 000 characters."


@strawberry.input(description="Pillar to create: a strategic theme.")
class PillarCreateInput:
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)
    name: str = strawberry.field(description="Name of the pillar, 1 to 200 characters.")
    description: str | None = optional(f"{TEXT} None when left out.")


@strawberry.input(
    description="Changes to a pillar. A field that is left out stays as it is; null empties a field that may be empty."
)
class PillarUpdateInput:
    id: strawberry.ID = strawberry.field(description="Id of the pillar to change.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    reason: str | None = optional(REASON)
    external_id: Maybe[str | None] = optional(NEW_EXTERNAL_ID)
    name: Maybe[str] = optional("New name of the pillar, 1 to 200 characters. Left out: unchanged.")
    description: Maybe[str | None] = optional(f"{TEXT} Left out: unchanged. Null: removed.")


@strawberry.type(
    description="Result of a change to a pillar: the pillar afterwards, and the reasons if the change was refused."
)
class PillarPayload:
    pillar: Pillar | None = strawberry.field(
        description="Pillar after the change, or as it is if the change was refused; null if there is none."
    )
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


SUBJECT = Subject(PillarPayload, PILLAR)


async def _pillar_create(tx: Transaction, input: PillarCreateInput) -> UUID:
    row = new_row(tx, PillarRow, facts(input, "Pillar"))
    await commands.create(tx, [row])
    return row.id


@strawberry.type
class PillarMutations:
    """Fields of Mutation."""

    pillar_create: PillarPayload | None = creating(
        SUBJECT,
        PillarCreateInput,
        _pillar_create,
        "Creates a pillar. Needs the role ADMIN or OWNER.",
        argument="Name, description and ids of the new pillar.",
    )
    pillar_update: PillarPayload | None = updating(
        SUBJECT,
        PillarUpdateInput,
        "Changes the name, description or external id of a pillar. Needs the role ADMIN or OWNER.",
    )
    pillar_archive: PillarPayload | None = archiving(
        SUBJECT,
        "pillar",
        "Archives a pillar: it leaves the lists, and nothing is deleted. Needs the role ADMIN or OWNER.",
    )
    pillar_restore: PillarPayload | None = restoring(
        SUBJECT,
        "pillar",
        "Restores an archived pillar. Needs the role ADMIN or OWNER.",
    )
