"""Changing teams and who belongs to them."""

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
from schema.node import reference
from schema.people import Team
from service.changing import new
from service.people import commands, queries
from service.people.models import MembershipRole
from service.people.models import Team as TeamRow
from service.transaction import Transaction


@strawberry.input(description="A new team.")
class TeamCreateInput:
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)
    name: str = strawberry.field(description="What it is called; 1 to 200 characters.")
    parent_id: strawberry.ID | None = optional("The team it is part of.")


@strawberry.input(description="Changes to a team: what is left out stays, null empties.")
class TeamUpdateInput:
    id: strawberry.ID = strawberry.field(description="Which team.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    reason: str | None = optional(REASON)
    external_id: Maybe[str | None] = optional(EXTERNAL_ID)
    name: Maybe[str] = optional("What it is called; 1 to 200 characters.")
    parent_id: Maybe[strawberry.ID | None] = optional("The team it is part of; not one inside it.")


@strawberry.input(description="Who joins which team.")
class TeamJoinInput:
    team_id: strawberry.ID = strawberry.field(description="Which team.")
    person_id: strawberry.ID = strawberry.field(description="Who.")
    role: MembershipRole = strawberry.field(default=MembershipRole.MEMBER, description="As what.")


@strawberry.input(description="Who leaves which team.")
class TeamLeaveInput:
    team_id: strawberry.ID = strawberry.field(description="Which team.")
    person_id: strawberry.ID = strawberry.field(description="Who.")


@strawberry.type(description="A team after a change, or as it is when the change was refused.")
class TeamPayload:
    team: Team | None = strawberry.field(description="The team; null when there is none.")
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


TEAM = Subject(TeamPayload, queries.TEAMS, "Team")


async def _team_create(tx: Transaction, input: TeamCreateInput) -> UUID:
    row = new(tx, TeamRow, facts(input, "Team"))
    await commands.create(tx, [row])
    return row.id


async def _team_join(tx: Transaction, id: UUID, input: TeamJoinInput) -> None:
    person_id = reference(input.person_id, "Person", "personId")
    await commands.join(tx, id, person_id, input.role)


async def _team_leave(tx: Transaction, id: UUID, input: TeamLeaveInput) -> None:
    await commands.leave(tx, id, reference(input.person_id, "Person", "personId"))


@strawberry.type
class TeamMutations:
    """Fields of Mutation."""

    team_create: TeamPayload | None = creating(
        TEAM,
        TeamCreateInput,
        _team_create,
        "Adds a team. For administrators.",
        argument="The team.",
    )
    team_update: TeamPayload | None = altering(
        TEAM,
        TeamUpdateInput,
        lambda tx, id, input: commands.change(tx, TeamRow, change(input, "Team")),
        "Changes a team. For administrators.",
        exclusive=True,
    )
    team_archive: TeamPayload | None = altering(
        TEAM,
        ArchiveInput,
        lambda tx, id, input: commands.set_archived(tx, TeamRow, id, True, input.reason),
        "Archives a team: it leaves the lists. Nothing is lost. For administrators.",
    )
    team_restore: TeamPayload | None = altering(
        TEAM,
        ArchiveInput,
        lambda tx, id, input: commands.set_archived(tx, TeamRow, id, False, input.reason),
        "Brings an archived team back. For administrators.",
    )
    team_join: TeamPayload | None = altering(
        TEAM,
        TeamJoinInput,
        _team_join,
        "Makes a person a member or a lead of a team. For administrators.",
        argument="Who joins what.",
        id_field="team_id",
    )
    team_leave: TeamPayload | None = altering(
        TEAM,
        TeamLeaveInput,
        _team_leave,
        "Ends that a person belongs to a team. For administrators.",
        argument="Who leaves what.",
        id_field="team_id",
    )
