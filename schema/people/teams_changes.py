"""Changing teams and who belongs to them."""

from typing import Annotated, Any

import strawberry
from strawberry import Maybe

from schema.changes import EXPECTED_VERSION, EXTERNAL_ID, OWN_ID, REASON, ArchiveInput, optional
from schema.context import Context
from schema.errors import USER_ERRORS, UserError, changed, created, payload
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


Info = strawberry.Info[Context, Any]


async def _changed(info: Info, id: str, command: Any) -> TeamPayload:
    return payload(TeamPayload, await changed(info, queries.TEAMS, "Team", id, command))


@strawberry.type
class TeamMutations:
    """Fields of Mutation."""

    @strawberry.mutation(description="Adds a team. For administrators.")
    async def team_create(
        self, info: Info, input: Annotated[TeamCreateInput, strawberry.argument(description="The team.")]
    ) -> TeamPayload:
        async def command(tx: Transaction) -> Any:
            row = new(tx, TeamRow, facts(input, "Team"))
            await commands.create(tx, [row])
            return row.id

        return payload(TeamPayload, await created(info, queries.TEAMS, command))

    @strawberry.mutation(description="Changes a team. For administrators.")
    async def team_update(
        self, info: Info, input: Annotated[TeamUpdateInput, strawberry.argument(description="What to change.")]
    ) -> TeamPayload:
        return await _changed(info, input.id, lambda tx, id: commands.change(tx, TeamRow, change(input, "Team")))

    @strawberry.mutation(description="Archives a team: it leaves the lists. Nothing is lost. For administrators.")
    async def team_archive(
        self, info: Info, input: Annotated[ArchiveInput, strawberry.argument(description="Which one.")]
    ) -> TeamPayload:
        return await _changed(info, input.id, lambda tx, id: commands.set_archived(tx, TeamRow, id, True))

    @strawberry.mutation(description="Brings an archived team back. For administrators.")
    async def team_restore(
        self, info: Info, input: Annotated[ArchiveInput, strawberry.argument(description="Which one.")]
    ) -> TeamPayload:
        return await _changed(info, input.id, lambda tx, id: commands.set_archived(tx, TeamRow, id, False))

    @strawberry.mutation(description="Makes a person a member or a lead of a team. For administrators.")
    async def team_join(
        self, info: Info, input: Annotated[TeamJoinInput, strawberry.argument(description="Who joins what.")]
    ) -> TeamPayload:
        async def command(tx: Transaction, id: Any) -> None:
            person_id = reference(input.person_id, "Person", "personId")
            await commands.join(tx, id, person_id, input.role)

        return await _changed(info, input.team_id, command)

    @strawberry.mutation(description="Ends that a person belongs to a team. For administrators.")
    async def team_leave(
        self, info: Info, input: Annotated[TeamLeaveInput, strawberry.argument(description="Who leaves what.")]
    ) -> TeamPayload:
        async def command(tx: Transaction, id: Any) -> None:
            await commands.leave(tx, id, reference(input.person_id, "Person", "personId"))

        return await _changed(info, input.team_id, command)
