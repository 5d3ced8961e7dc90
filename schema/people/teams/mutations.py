"""Changing teams and who belongs to them."""

from uuid import UUID

import strawberry
from strawberry import Maybe

from schema.cadence import CADENCE, INHERITED, UNCHANGED_OR_INHERITED, CheckInCadenceInput
from schema.descriptions.profiles import AVATAR_URL, COLOR, LOCALE, TIME_ZONE
from schema.mutations.declare import (
    EXPECTED_VERSION,
    EXTERNAL_ID,
    NEW_EXTERNAL_ID,
    OWN_ID,
    REASON,
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
from schema.people import Team
from schema.relay.node import reference
from service.people import commands
from service.people.entity import TEAM
from service.people.models import MembershipRole
from service.people.models import Team as TeamRow
from service.writing.rows import new_row
from service.writing.transaction import Transaction

CHECK_IN_CADENCE = CADENCE.format(goals="goals of the team")


@strawberry.input(description="Team to create in the organization.")
class TeamCreateInput:
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)
    name: str = strawberry.field(description="Name of the team, 1 to 200 characters.")
    parent_id: strawberry.ID | None = optional(
        "Id of the parent team, which the team is a part of. The top of the tree when left out."
    )
    avatar_url: str | None = optional(f"{AVATAR_URL} None when left out.")
    color: str | None = optional(f"{COLOR} None when left out.")
    locale: str | None = optional(f"{LOCALE} None when left out.")
    time_zone: str | None = optional(f"{TIME_ZONE} None when left out.")
    check_in_cadence: CheckInCadenceInput | None = optional(f"{CHECK_IN_CADENCE} {INHERITED}")


@strawberry.input(
    description="Changes to a team. A field that is left out stays as it is; null empties a field that may be empty."
)
class TeamUpdateInput:
    id: strawberry.ID = strawberry.field(description="Id of the team to change.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    reason: str | None = optional(REASON)
    external_id: Maybe[str | None] = optional(NEW_EXTERNAL_ID)
    name: Maybe[str] = optional("New name of the team, 1 to 200 characters. Left out: unchanged.")
    parent_id: Maybe[strawberry.ID | None] = optional(
        "Id of the new parent team, which must not be inside the team. Left out: unchanged. Null: top of the tree."
    )
    avatar_url: Maybe[str | None] = optional(f"{AVATAR_URL} {UNCHANGED_OR_REMOVED}")
    color: Maybe[str | None] = optional(f"{COLOR} {UNCHANGED_OR_REMOVED}")
    locale: Maybe[str | None] = optional(f"{LOCALE} {UNCHANGED_OR_REMOVED}")
    time_zone: Maybe[str | None] = optional(f"{TIME_ZONE} {UNCHANGED_OR_REMOVED}")
    check_in_cadence: Maybe[CheckInCadenceInput | None] = optional(f"{CHECK_IN_CADENCE} {UNCHANGED_OR_INHERITED}")


@strawberry.input(description="Membership to create or change: which person joins which team, and in which role.")
class TeamJoinInput:
    team_id: strawberry.ID = strawberry.field(description="Id of the team to join.")
    person_id: strawberry.ID = strawberry.field(description="Id of the person who joins the team.")
    role: MembershipRole = strawberry.field(
        default=MembershipRole.MEMBER,
        description="Role of the person in the team, also of one who belongs to it already. MEMBER when left out.",
    )


@strawberry.input(description="Membership to end: which person leaves which team.")
class TeamLeaveInput:
    team_id: strawberry.ID = strawberry.field(description="Id of the team to leave.")
    person_id: strawberry.ID = strawberry.field(description="Id of the person who leaves the team.")


@strawberry.type(
    description="Result of a change to a team: the team afterwards, and the reasons if the change was refused."
)
class TeamPayload:
    team: Team | None = strawberry.field(
        description="Team after the change, or as it is if the change was refused; null if there is none."
    )
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


SUBJECT = Subject(TeamPayload, TEAM)


async def _team_create(tx: Transaction, input: TeamCreateInput) -> UUID:
    row = new_row(tx, TeamRow, facts(input, "Team"))
    await commands.create_teams(tx, [row])
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
        SUBJECT,
        TeamCreateInput,
        _team_create,
        "Creates a team. Needs the role ADMIN or OWNER.",
        argument="Name, parent and ids of the new team.",
    )
    team_update: TeamPayload | None = updating(
        SUBJECT,
        TeamUpdateInput,
        "Changes a team. Another cadence changes the staleness and status of its goals at once. Needs the role ADMIN "
        "or OWNER.",
        exclusive=True,
    )
    team_archive: TeamPayload | None = archiving(
        SUBJECT,
        "team",
        "Archives a team: it leaves the lists, and nothing is deleted. Needs the role ADMIN or OWNER.",
    )
    team_restore: TeamPayload | None = restoring(
        SUBJECT,
        "team",
        "Restores an archived team. Needs the role ADMIN or OWNER.",
    )
    team_join: TeamPayload | None = altering(
        SUBJECT,
        TeamJoinInput,
        _team_join,
        "Makes a person a member or a lead of a team. Needs the role ADMIN or OWNER.",
        argument="Team, person and role of the membership.",
        id_field="team_id",
    )
    team_leave: TeamPayload | None = altering(
        SUBJECT,
        TeamLeaveInput,
        _team_leave,
        "Ends the membership of a person in a team. Needs the role ADMIN or OWNER.",
        argument="Team and person of the membership.",
        id_field="team_id",
    )
