"""Changing links."""

from uuid import UUID

import strawberry
from strawberry import Maybe

from schema.links import Link
from schema.mutations.declare import (
    EXPECTED_VERSION,
    OWN_ID,
    REASON,
    UNCHANGED,
    Subject,
    archiving,
    creating,
    optional,
    restoring,
    updating,
)
from schema.mutations.inputs import facts
from schema.mutations.user_errors import USER_ERRORS, UserError
from service.links import commands
from service.links.entity import LINK
from service.writing.transaction import Transaction

URL = "Address of the work, by https or http; at most 2 000 characters."
TITLE = "Title of the link, as it is shown; 1 to 500 characters."
SYSTEM = (
    "Key of the system that the work is in, such as jira: small letters, digits, points, hyphens and underscores, at "
    "most 50."
)
EXTERNAL_ID = (
    "Id of the work in its system, such as PROJ-12; unique among the organization's links with that system. At most "
    "200 characters."
)
ONE_OF = "One of `objectiveId`, `keyResultId`, `kpiId` and `initiativeId`."


@strawberry.input(description="Link to create: the goal, and the address of the work.")
class LinkCreateInput:
    id: strawberry.ID | None = optional(OWN_ID)
    objective_id: strawberry.ID | None = optional(f"Id of the objective that the link belongs to. {ONE_OF}")
    key_result_id: strawberry.ID | None = optional(f"Id of the key result that the link belongs to. {ONE_OF}")
    kpi_id: strawberry.ID | None = optional(f"Id of the KPI that the link belongs to. {ONE_OF}")
    initiative_id: strawberry.ID | None = optional(f"Id of the initiative that the link belongs to. {ONE_OF}")
    url: str = strawberry.field(description=URL)
    title: str = strawberry.field(description=TITLE)
    system: str | None = optional(f"{SYSTEM} Left out: web.")
    external_id: str | None = optional(f"{EXTERNAL_ID} Left out: the UUID of the link.")


@strawberry.input(description="Changes to a link. Fields left out stay unchanged.")
class LinkUpdateInput:
    id: strawberry.ID = strawberry.field(description="Id of the link to change.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    reason: str | None = optional(REASON)
    url: Maybe[str] = optional(f"{URL} {UNCHANGED}")
    title: Maybe[str] = optional(f"{TITLE} {UNCHANGED}")
    system: Maybe[str] = optional(f"{SYSTEM} {UNCHANGED}")
    external_id: Maybe[str] = optional(f"{EXTERNAL_ID} {UNCHANGED}")


@strawberry.type(
    description="Result of a change to a link: the link afterwards, and the reasons if the change was refused."
)
class LinkPayload:
    link: Link | None = strawberry.field(
        description="Link after the change, or as it is if the change was refused; null if there is none."
    )
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


SUBJECT = Subject(LinkPayload, LINK)


async def _link_create(tx: Transaction, input: LinkCreateInput) -> UUID:
    row = commands.draft(tx, facts(input, "Link"))
    await commands.create(tx, [row])
    return row.id


@strawberry.type
class LinkMutations:
    """Fields of Mutation."""

    link_create: LinkPayload | None = creating(
        SUBJECT,
        LinkCreateInput,
        _link_create,
        "Links a goal with work in another system. For those who may edit the goal.",
        argument="Goal, address, title, system and id of the work.",
    )
    link_update: LinkPayload | None = updating(
        SUBJECT, LinkUpdateInput, "Changes a link. For those who may edit its goal."
    )
    link_archive: LinkPayload | None = archiving(
        SUBJECT, "link", "Archives a link: it leaves the lists. For those who may edit its goal."
    )
    link_restore: LinkPayload | None = restoring(
        SUBJECT, "link", "Restores an archived link. For those who may edit its goal."
    )
