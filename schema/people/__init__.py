"""The organization, its people and teams, as the schema shows them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from schema.cadence import CheckInCadence, own_cadence
from schema.context import Info
from schema.descriptions.enums import describe_enum
from schema.descriptions.fields import ARCHIVED, CREATED, EXTERNAL_ID, UPDATED, VERSION
from schema.execution.fields.batched import requested_columns, uses_columns
from schema.execution.fields.relation import to_many, to_one
from schema.nested_lists import INITIATIVES, OBJECTIVES
from schema.people.profiles import Profile
from schema.people.scopes import ApiKeyScope
from schema.people.service_accounts import ServiceAccount
from schema.people.status_policies import PACE, StatusPolicy
from schema.relay.connections import Connection, listed, prepared
from schema.relay.node import Entity, Node, global_id, identity
from schema.relay.page_arguments import After, Before, First, Last, parse_page_arguments
from service.cadence.due import Weekday
from service.errors import Unauthenticated
from service.initiatives import queries as initiatives
from service.objectives import queries as objectives
from service.people import queries as person_queries
from service.people.models import MembershipRole, Role
from service.people.permissions import MemberEditing, ensure_administrator
from service.people.service_accounts.queries import SERVICE_ACCOUNTS
from service.postgres.database import Row
from service.share_tokens import queries as share_token_queries

if TYPE_CHECKING:
    from schema.initiatives import Initiative
    from schema.objectives import Objective

ApiKey = Annotated["ApiKey", strawberry.lazy("schema.people.api_keys")]
ApiKeys = Connection[ApiKey]
ShareToken = Annotated["ShareToken", strawberry.lazy("schema.share_tokens")]
ShareTokens = Connection[ShareToken]
Initiatives = Connection[Annotated["Initiative", strawberry.lazy("schema.initiatives")]]
Objectives = Connection[Annotated["Objective", strawberry.lazy("schema.objectives")]]

describe_enum(
    Role,
    "Role of a person: rights that the person has in the organization. VIEWER has the fewest; MEMBER, ADMIN and OWNER "
    "each have those of the role before, and more.",
    OWNER="Owner of the organization, who may do everything. Only an owner gives or takes away this role.",
    ADMIN="Administrator, who may change people, teams, cycles, pillars and the organization, and may import.",
    MEMBER="Member, who may create objectives and KPIs, and may edit those that `Organization.memberEditing` allows.",
    VIEWER="Viewer, who may read what is visible to the person, and may change nothing but own API keys.",
)
describe_enum(
    MemberEditing,
    "Goals (objectives with key results, and KPIs) that people with the role MEMBER may edit and check in on.",
    ALL="All goals that the member sees.",
    OWN="Own goals of the member: those that the member owns or co-owns, or whose team, or a team above it, the "
    "member leads.",
)
describe_enum(
    MembershipRole,
    "Role of a person in a team. Members see goals of the team and of teams below, whose visibility is TEAM.",
    LEAD="Lead of the team; a team may have several leads. A lead with the role MEMBER may edit the goals of the team "
    "and of teams below.",
    MEMBER="Member of the team who does not lead it.",
)


@strawberry.type(
    description="Organization whose data an API key gives access to. Nothing of it is visible to other organizations."
)
class Organization(Entity, Node):
    id: strawberry.ID = identity("Organization")
    name: str = strawberry.field(description="Name of the organization, 1 to 200 characters.")
    time_zone: str = strawberry.field(
        description="IANA name of the time zone in which the organization's days begin and end, such as Europe/Berlin."
    )
    on_track_pace: float = strawberry.field(
        description=f"{PACE} from which on a goal is ON_TRACK: a fraction, 0.9 in a new organization."
    )
    at_risk_pace: float = strawberry.field(
        description=f"{PACE} from which on a goal is AT_RISK; below it, OFF_TRACK. A fraction of at most "
        "`onTrackPace`, 0.7 in a new organization."
    )
    check_in_cadence_days: int = strawberry.field(
        description="Number of days between two expected check-ins on a goal, 1 to 366; 7 in a new organization. "
        "Teams, cycles and goals may have cadences of their own. A check-in is OVERDUE three days after it was due."
    )
    check_in_weekday: Weekday | None = strawberry.field(
        description="Weekday that check-ins on goals are due on, by the organization's cadence and in its time zone; "
        "null: they are due when the days have passed since the last one."
    )
    fiscal_year_start_month: int = strawberry.field(
        description="Month that the organization's fiscal year begins with, 1 (January) to 12 (December)."
    )
    member_editing: MemberEditing = strawberry.field(
        description="Goals that a MEMBER of the organization may edit: all that the member sees, or its own."
    )
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED)
    updated_at: datetime = strawberry.field(description=UPDATED)

    @strawberry.field(
        description="API keys of the organization, the newest first, expired and revoked ones included. Needs the role "
        "ADMIN or OWNER; `viewer.apiKeys` lists one's own."
    )
    @uses_columns()
    async def api_keys(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> ApiKeys | None:
        ensure_administrator(info.context.viewer)
        page = parse_page_arguments("CREATED_AT", descending=True, first=first, after=after, last=last, before=before)
        keys = prepared(person_queries.ALL_API_KEYS, page, requested_columns(info))
        return await listed(info.context.reader, keys, page, {}, info.context.now)  # type: ignore[return-value]

    @strawberry.field(
        description="Share tokens of the organization, the newest first, expired and revoked ones included. Needs the "
        "role ADMIN or OWNER; `viewer.shareTokens` lists one's own."
    )
    @uses_columns()
    async def share_tokens(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> ShareTokens | None:
        ensure_administrator(info.context.viewer)
        page = parse_page_arguments("CREATED_AT", descending=True, first=first, after=after, last=last, before=before)
        tokens = prepared(share_token_queries.ALL_SHARE_TOKENS, page, requested_columns(info))
        return await listed(info.context.reader, tokens, page, {}, info.context.now)  # type: ignore[return-value]

    @strawberry.field(
        description="Versions of the organization's status policy, the newest first. The first one in the list is in "
        "force now."
    )
    @uses_columns()
    async def status_policies(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[StatusPolicy] | None:
        page = parse_page_arguments("NUMBER", descending=True, first=first, after=after, last=last, before=before)
        policies = prepared(person_queries.ALL_STATUS_POLICIES, page, requested_columns(info))
        return await listed(info.context.reader, policies, page, {}, info.context.now)  # type: ignore[return-value]


async def organization_of(info: Info) -> Organization:
    """The organization of the caller. Raises Unauthenticated if it was deleted since the credentials were checked."""
    rows = await info.context.reader.rows(person_queries.ORGANIZATION)
    if not rows:
        raise Unauthenticated("The organization of these credentials does not exist any more.")
    return rows[0]


@strawberry.type(description="Person of the organization, with a role; may own goals and KPIs, and belong to teams.")
class Person(Profile, Entity, Node):
    id: strawberry.ID = identity("Person")
    external_id: str | None = strawberry.field(description=EXTERNAL_ID)
    name: str = strawberry.field(description="Name of the person, as it is shown; 1 to 200 characters.")
    email: str | None = strawberry.field(
        description="Email address of the person, unique in the organization; null if none is known."
    )
    role: Role = strawberry.field(description="Role of the person in the organization: what the person may do.")
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED)
    updated_at: datetime = strawberry.field(description=UPDATED)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED)
    erased_at: datetime | None = strawberry.field(
        description="Time at which the person was erased; null if the person was not. The name of an erased person is "
        "a placeholder, email and external id are null, and nothing can be changed or restored."
    )
    memberships: list["Membership"] = to_many(
        person_queries.MEMBERSHIPS_OF_PEOPLE,
        row_key="person_id",
        description="Memberships of the person, by the names of the teams: which teams the person belongs to. A short "
        "list without pages.",
    )
    initiatives: Initiatives | None = INITIATIVES.of(
        initiatives.OF_OWNERS,
        "Initiatives that the person is responsible for, by title unless another order is asked for.",
    )
    objectives: Objectives | None = OBJECTIVES.of(
        objectives.OF_OWNERS, "Objectives that the person owns, by position unless another order is asked for."
    )


@strawberry.type(description="Team: people who work together. Teams form a tree.")
class Team(Profile, Entity, Node):
    id: strawberry.ID = identity("Team")
    external_id: str | None = strawberry.field(description=EXTERNAL_ID)
    name: str = strawberry.field(description="Name of the team, 1 to 200 characters.")
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED)
    updated_at: datetime = strawberry.field(description=UPDATED)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED)
    parent: "Team | None" = to_one(
        person_queries.TEAMS,
        key="parent_id",
        description="Parent team, which the team is a part of; null at the top of the tree.",
    )
    subteams: list["Team"] = to_many(
        person_queries.SUBTEAMS,
        row_key="parent_id",
        description="Teams directly inside the team, by name, without archived ones. A short list without pages.",
    )
    memberships: list["Membership"] = to_many(
        person_queries.MEMBERSHIPS_OF_TEAMS,
        row_key="team_id",
        description="Memberships of the team: first its leads, then its members, each by name. A short list "
        "without pages.",
    )
    objectives: Objectives | None = OBJECTIVES.of(
        objectives.OF_TEAMS, "Objectives that belong to the team, by position unless another order is asked for."
    )
    initiatives: Initiatives | None = INITIATIVES.of(
        initiatives.OF_TEAMS, "Initiatives whose work the team does, by title unless another order is asked for."
    )

    @strawberry.field(
        description="Cadence of check-ins on the team's goals, unless their cycle or they have one; null if it is "
        "the organization's."
    )
    @uses_columns("check_in_cadence_days", "check_in_weekday")
    def check_in_cadence(root: strawberry.Parent[Row]) -> CheckInCadence | None:
        return own_cadence(root)


@strawberry.type(description="Membership of a person in a team, as its lead or a member.")
class Membership(Entity, Node):
    id: strawberry.ID = identity("Membership")
    role: MembershipRole = strawberry.field(description="Role of the person in the team: LEAD or MEMBER.")
    created_at: datetime = strawberry.field(description="Time at which the person joined the team for the first time.")
    person: Person = to_one(person_queries.PEOPLE, key="person_id", description="Person who belongs to the team.")
    team: Team = to_one(person_queries.TEAMS, key="team_id", description="Team that the person belongs to.")


@strawberry.type(
    description="Caller of the API in one organization, with a role: a person, a service account, a service account "
    "that acts on behalf of a person, or a share token."
)
class Viewer:
    @strawberry.field(
        description="Identity of the caller, unique within the organization, for client caches. A Viewer cannot be "
        "fetched by `node`."
    )
    def id(root: strawberry.Parent[Row]) -> strawberry.ID:
        own = root.person_id or root.service_account_id if root.share is None else root.share.token_id
        return global_id("Viewer", own or root.organization_id)

    role: Role = strawberry.field(
        description="Role of the caller in the organization: what the caller may do. Of a service account on behalf of "
        "a person it is the lower one of the two roles."
    )
    person: Person | None = to_one(
        person_queries.PEOPLE,
        key="person_id",
        description="Person that the API key belongs to, or on whose behalf the service account acts; null for a "
        "service account alone, and for a share token.",
    )
    service_account: ServiceAccount | None = to_one(
        SERVICE_ACCOUNTS,
        key="service_account_id",
        description="Service account that the API key belongs to; null for a person, and for a share token.",
    )

    @strawberry.field(description="Organization that the API key belongs to.")
    async def organization(self, info: Info) -> Organization:
        return await organization_of(info)

    @strawberry.field(
        description="Scopes that limit the API key of this request, in alphabetical order; null if only the role "
        "what the caller may do."
    )
    def scopes(root: strawberry.Parent[Row]) -> list[ApiKeyScope] | None:
        return None if root.scopes is None else [ApiKeyScope(scope) for scope in sorted(root.scopes)]

    @strawberry.field(
        description="API keys of the caller, the oldest first, expired and revoked ones included. A short list without "
        "pages."
    )
    async def api_keys(self, info: Info) -> list[ApiKey]:
        viewer, keys = info.context.viewer, person_queries.API_KEYS_OF_PEOPLE
        if viewer.person_id is None:
            keys = person_queries.API_KEYS_OF_SERVICE_ACCOUNTS
        ids = [id for id in (viewer.person_id or viewer.service_account_id,) if id is not None]
        return await info.context.reader.rows(keys, ids=ids)  # type: ignore[return-value]

    @strawberry.field(
        description="Share tokens that the caller created, the oldest first, expired and revoked ones included. A "
        "short list without pages."
    )
    async def share_tokens(self, info: Info) -> list[ShareToken]:
        viewer = info.context.viewer
        ids = [] if viewer.person_id is None else [viewer.person_id]
        return await info.context.reader.rows(share_token_queries.OF_CREATORS, ids=ids)  # type: ignore[return-value]

    @strawberry.field(description="Share token of this request; null for other credentials.")
    async def share(self, info: Info) -> ShareToken | None:
        share = info.context.viewer.share
        ids = [] if share is None else [share.token_id]
        rows = await info.context.reader.rows(share_token_queries.SHARE_TOKENS, ids=ids) if ids else []
        return rows[0] if rows else None
