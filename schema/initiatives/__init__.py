"""Initiatives, as the schema shows them."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from schema.context import Info
from schema.descriptions.enums import describe_enum
from schema.descriptions.fields import ARCHIVED, CREATED, EXTERNAL_ID, UPDATED, VERSION
from schema.execution.fields.batched import batched, uses_columns
from schema.execution.fields.relation import to_many, to_one
from schema.key_results import KeyResult
from schema.nested_lists import INITIATIVE_CHECK_INS
from schema.people import Person, Team
from schema.people.permissions import PERMISSION_COLUMNS, VIEWER_CAN, GoalPermissionsType, permissions_of_goals
from schema.relay.connections import Connection, paged
from schema.relay.node import Entity, Node, identity
from service.initiatives import queries
from service.initiatives.check_ins import queries as statements
from service.initiatives.models import InitiativeState
from service.links import queries as links
from service.participants import queries as participants
from service.people import queries as people
from service.people.scopes import ApiKeyScope
from service.postgres.database import Row
from service.values.visibility import Visibility

InitiativeCheckIn = Annotated["InitiativeCheckIn", strawberry.lazy("schema.initiatives.check_ins")]
Link = Annotated["Link", strawberry.lazy("schema.links")]
Participant = Annotated["Participant", strawberry.lazy("schema.participants")]

describe_enum(
    InitiativeState,
    "State of an initiative.",
    PLANNED="Initiative that has not begun.",
    IN_PROGRESS="Initiative that is being worked on.",
    PAUSED="Initiative that was begun and rests.",
    DONE="Initiative whose work is done.",
    CANCELLED="Initiative that was given up.",
)


@strawberry.type(
    description="Initiative: work that is meant to move key results. It has no weight, and its progress is that of the "
    "work: it never counts in the progress of goals."
)
class Initiative(Entity, Node):
    id: strawberry.ID = identity("Initiative")
    external_id: str | None = strawberry.field(description=EXTERNAL_ID)
    title: str = strawberry.field(description="Title of the initiative: what is to be done. 1 to 500 characters.")
    description: str | None = strawberry.field(description="Description of the initiative; null if there is none.")
    state: InitiativeState = strawberry.field(
        description="State of the initiative, such as IN_PROGRESS: that of the newest check-in that states one, else "
        "the one that it was created with."
    )
    progress: float | None = strawberry.field(
        description="Progress of the work, a fraction from 0 to 1: that of the newest check-in that states one, else "
        "the one that it was created with; null if none was given."
    )
    starts_on: date | None = strawberry.field(description="First day of the initiative; null if not set.")
    due_on: date | None = strawberry.field(description="Day that the initiative is due on; null if not set.")
    visibility: Visibility = strawberry.field(
        description="Visibility of the initiative: who can read it. Of its key results everybody sees those that are "
        "visible anyway."
    )
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED)
    updated_at: datetime = strawberry.field(description=UPDATED)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED)
    check_ins: Connection[InitiativeCheckIn] | None = INITIATIVE_CHECK_INS.of(
        statements.OF_INITIATIVES,
        "Check-ins on the initiative that are valid, the latest first.",
        dated=statements.DATED,
    )
    check_in_history: Connection[InitiativeCheckIn] | None = paged(
        statements.HISTORY,
        "AT",
        "Check-ins on the initiative, with those that were corrected or withdrawn, and with withdrawals; the latest "
        "first.",
        descending=True,
    )
    latest_check_in: InitiativeCheckIn | None = to_one(
        statements.LATEST,
        key="id",
        row_key="initiative_id",
        description="Latest valid check-in on the initiative; null if there is none.",
    )
    owner: Person | None = to_one(
        people.PEOPLE, key="owner_id", description="Person who is responsible for the initiative; null if none was set."
    )
    team: Team | None = to_one(
        people.TEAMS, key="team_id", description="Team that does the work; null if none was set."
    )
    key_results: list[KeyResult] = to_many(
        queries.KEY_RESULTS,
        row_key="linked_initiative_id",
        description="Key results that the initiative is meant to move, by title, without archived ones. A short list.",
    )
    participants: list[Participant] = to_many(
        participants.OF_INITIATIVES,
        row_key="initiative_id",
        description="Participants of the initiative, besides its owner: co-owners, contributors, readers and "
        "followers, each by name. A short list, not paged.",
    )

    @batched(VIEWER_CAN)
    @uses_columns(*PERMISSION_COLUMNS)
    async def viewer_can(parents: list[Row], info: Info) -> list[GoalPermissionsType]:
        return await permissions_of_goals(  # type: ignore[return-value]
            info, parents, ApiKeyScope.GOALS_WRITE, roles_in=participants.ROLES_IN_INITIATIVES
        )

    links: list[Link] = to_many(
        links.OF_INITIATIVES,
        row_key="initiative_id",
        description="Links from the initiative to work in other systems, the oldest first, without archived ones. A "
        "short list.",
    )
