"""Participants of objectives, KPIs and initiatives, as the schema shows them."""

from datetime import datetime

import strawberry

from schema.descriptions.enums import describe_enum
from schema.execution.fields.relation import to_one
from schema.initiatives import Initiative
from schema.kpis import Kpi
from schema.objectives import Objective
from schema.people import Person, Team
from schema.relay.node import Entity, Node, identity
from service.initiatives import queries as initiatives
from service.kpis import queries as kpis
from service.objectives import queries as objectives
from service.people import queries as people
from service.people.permissions import ParticipantRole

describe_enum(
    ParticipantRole,
    "Role of a participant in a goal (an objective, a KPI or an initiative). All but followers read the goal whatever "
    "its visibility.",
    CO_OWNER="Co-owner, who may edit the goal like its owner; always a person. A person with the role VIEWER only "
    "reads it.",
    CONTRIBUTOR="Contributor, who reads the goal, checks in on it and its key results, and records measurements of a "
    "KPI. A team lets its own members do so.",
    READER="Reader, who reads the goal. A team lets its own members read it, not those of teams above or below.",
    FOLLOWER="Follower, who wants to hear of the goal. It gives no right: who does not see the goal otherwise does not "
    "see it by that. A person may follow, and stop following, each goal that it sees.",
)


@strawberry.type(
    description="Participant: person or team with a role in a goal: an objective, a KPI or an initiative. "
    "`participantAdd` names one."
)
class Participant(Entity, Node):
    id: strawberry.ID = identity("Participant")
    role: ParticipantRole = strawberry.field(
        description="Role of the participant in the goal: what it may do by that, from CO_OWNER, who edits like the "
        "owner, to FOLLOWER."
    )
    created_at: datetime = strawberry.field(
        description="Time at which the participant was named for the first time, in UTC."
    )
    ended_at: datetime | None = strawberry.field(
        description="Time at which the participant was removed, in UTC; null while it takes part. `participants` of "
        "the goal has no removed ones."
    )
    objective: Objective | None = to_one(
        objectives.OBJECTIVES,
        key="objective_id",
        description="Objective that the participant takes part in; null if it is something else.",
    )
    kpi: Kpi | None = to_one(
        kpis.KPIS, key="kpi_id", description="KPI that the participant takes part in; null if it is something else."
    )
    initiative: Initiative | None = to_one(
        initiatives.INITIATIVES,
        key="initiative_id",
        description="Initiative that the participant takes part in; null if it is something else.",
    )
    person: Person | None = to_one(
        people.PEOPLE, key="person_id", description="Person who takes part; null if the participant is a team."
    )
    team: Team | None = to_one(
        people.TEAMS,
        key="team_id",
        description="Team that takes part, with those who are its members at the time; null if the participant is a "
        "person.",
    )
