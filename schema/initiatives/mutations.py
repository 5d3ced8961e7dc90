"""Changing initiatives, and which key results they serve."""

from datetime import date
from uuid import UUID

import strawberry
from strawberry import Maybe

from schema.initiatives import Initiative
from schema.mutations.declare import (
    EXPECTED_VERSION,
    EXTERNAL_ID,
    NEW_EXTERNAL_ID,
    OWN_ID,
    REASON,
    UNCHANGED,
    UNCHANGED_OR_REMOVED,
    Subject,
    altering,
    archiving,
    creating,
    optional,
    restoring,
    updating,
)
from schema.mutations.inputs import facts
from schema.mutations.user_errors import USER_ERRORS, UserError
from schema.relay.node import reference
from service.initiatives import commands
from service.initiatives.entity import INITIATIVE
from service.initiatives.models import Initiative as InitiativeRow
from service.initiatives.models import InitiativeState
from service.values.visibility import Visibility
from service.writing.rows import new_row
from service.writing.transaction import Transaction

TITLE = "Title of the initiative: what is to be done. 1 to 500 characters."
TEXT = "Description of the initiative, at most 20 000 characters."
STATE = "State of the initiative, such as IN_PROGRESS."
PROGRESS = "Progress of the work, a fraction from 0 to 1."
START = "First day of the initiative."
DUE = "Day that the initiative is due on, not before its first day."
VISIBILITY = "Visibility of the initiative: who can read it."
OWNER = "Id of the person who is responsible for the initiative."
TEAM = "Id of the team that does the work."
NONE = "Left out: none."


@strawberry.input(description="Initiative to create: work that is meant to move key results.")
class InitiativeCreateInput:
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)
    title: str = strawberry.field(description=TITLE)
    description: str | None = optional(f"{TEXT} {NONE}")
    state: InitiativeState | None = optional(f"{STATE} Left out: PLANNED.")
    progress: float | None = optional(f"{PROGRESS} {NONE}")
    starts_on: date | None = optional(f"{START} {NONE}")
    due_on: date | None = optional(f"{DUE} {NONE}")
    visibility: Visibility | None = optional(f"{VISIBILITY} Left out: ORGANIZATION.")
    owner_id: strawberry.ID | None = optional(f"{OWNER} {NONE}")
    team_id: strawberry.ID | None = optional(f"{TEAM} {NONE}")


@strawberry.input(description="Changes to an initiative. Fields left out stay unchanged; null removes a value.")
class InitiativeUpdateInput:
    id: strawberry.ID = strawberry.field(description="Id of the initiative to change.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    reason: str | None = optional(REASON)
    external_id: Maybe[str | None] = optional(NEW_EXTERNAL_ID)
    title: Maybe[str] = optional(f"{TITLE} {UNCHANGED}")
    description: Maybe[str | None] = optional(f"{TEXT} {UNCHANGED_OR_REMOVED}")
    state: Maybe[InitiativeState] = optional(f"{STATE} {UNCHANGED}")
    progress: Maybe[float] = optional(f"{PROGRESS} {UNCHANGED}")
    starts_on: Maybe[date | None] = optional(f"{START} {UNCHANGED_OR_REMOVED}")
    due_on: Maybe[date | None] = optional(f"{DUE} {UNCHANGED_OR_REMOVED}")
    visibility: Maybe[Visibility] = optional(f"{VISIBILITY} {UNCHANGED}")
    owner_id: Maybe[strawberry.ID | None] = optional(f"{OWNER} {UNCHANGED_OR_REMOVED}")
    team_id: Maybe[strawberry.ID | None] = optional(f"{TEAM} {UNCHANGED_OR_REMOVED}")


@strawberry.input(description="Key result that an initiative is meant to move.")
class InitiativeLinkInput:
    initiative_id: strawberry.ID = strawberry.field(description="Id of the initiative.")
    key_result_id: strawberry.ID = strawberry.field(description="Id of the key result that it is meant to move.")


@strawberry.input(description="Key result that an initiative is not meant to move any more.")
class InitiativeUnlinkInput:
    initiative_id: strawberry.ID = strawberry.field(description="Id of the initiative.")
    key_result_id: strawberry.ID = strawberry.field(description="Id of the key result that it served.")


@strawberry.type(
    description="Result of a change to an initiative: the initiative afterwards, and the reasons if it was refused."
)
class InitiativePayload:
    initiative: Initiative | None = strawberry.field(
        description="Initiative after the change, or as it is if the change was refused; null if there is none."
    )
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


SUBJECT = Subject(InitiativePayload, INITIATIVE)


async def _initiative_create(tx: Transaction, input: InitiativeCreateInput) -> UUID:
    row = new_row(tx, InitiativeRow, facts(input, "Initiative"))
    await commands.create(tx, [row])
    return row.id


async def _link(tx: Transaction, id: UUID, input: InitiativeLinkInput) -> None:
    await commands.link(tx, id, reference(input.key_result_id, "KeyResult", "keyResultId"))


async def _unlink(tx: Transaction, id: UUID, input: InitiativeUnlinkInput) -> None:
    await commands.unlink(tx, id, reference(input.key_result_id, "KeyResult", "keyResultId"))


@strawberry.type
class InitiativeMutations:
    """Fields of Mutation."""

    initiative_create: InitiativePayload | None = creating(
        SUBJECT,
        InitiativeCreateInput,
        _initiative_create,
        "Creates an initiative. `initiativeLink` says which key results it is meant to move.",
        argument="Initiative to create: its title and further facts.",
    )
    initiative_update: InitiativePayload | None = updating(
        SUBJECT,
        InitiativeUpdateInput,
        "Changes an initiative. Another progress or state is recorded as a check-in of now, whose note is the "
        "`reason`. No progress of a goal changes by it.",
    )
    initiative_archive: InitiativePayload | None = archiving(
        SUBJECT, "initiative", "Archives an initiative: it leaves the lists. Nothing is deleted."
    )
    initiative_restore: InitiativePayload | None = restoring(SUBJECT, "initiative", "Restores an archived initiative.")
    initiative_link: InitiativePayload | None = altering(
        SUBJECT,
        InitiativeLinkInput,
        _link,
        "Says that an initiative is meant to move a key result. For those who may edit the initiative and see the key "
        "result.",
        argument="Initiative, and the key result.",
        id_field="initiative_id",
    )
    initiative_unlink: InitiativePayload | None = altering(
        SUBJECT,
        InitiativeUnlinkInput,
        _unlink,
        "Says that an initiative is not meant to move a key result any more. For those who may edit the initiative.",
        argument="Initiative, and the key result.",
        id_field="initiative_id",
    )
