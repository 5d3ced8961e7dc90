"""Declaration of participants."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from service.entities.entity import Entity, Omission
from service.entities.export import Export
from service.entities.items import Item, Key, ref
from service.participants import queries
from service.participants.models import Participant
from service.people.permissions import ParticipantRole


class ParticipantItem(Item):
    """Participant: a person or a team with a role in an objective or a KPI; matched by these two."""

    type: Literal["Participant"] = "Participant"
    REFERENCES: ClassVar[Mapping[str, str]] = {
        "objective": "Objective",
        "kpi": "Kpi",
        "person": "Person",
        "team": "Team",
    }
    IDENTITY: ClassVar[tuple[str, ...]] = ("objective", "kpi", "person", "team")
    LOOKED_UP_BY: ClassVar[tuple[str, ...]] = ("objective", "kpi")
    external_id: ClassVar[None] = None  # type: ignore[misc]
    objective: Key | None = ref("objective that the participant takes part in", more="Either this or `kpi`.")
    kpi: Key | None = ref("KPI that the participant takes part in", more="Either this or `objective`.")
    person: Key | None = ref("person who takes part", more="Either this or `team`.")
    team: Key | None = ref("team that takes part", more="Either this or `person`.")
    role: ParticipantRole = Field(
        ParticipantRole.READER,
        description="Role of the participant: CO_OWNER, for people only, CONTRIBUTOR, READER or FOLLOWER. Left out of "
        "a new participant: READER.",
    )


PARTICIPANT = Entity(
    model=Participant,
    by_id=queries.PARTICIPANTS,
    item=ParticipantItem,
    export=Export(
        where="AND t.ended_at IS NULL AND objective.archived_at IS NULL AND kpi.archived_at IS NULL "
        "AND person.archived_at IS NULL AND team.archived_at IS NULL"
    ),
    omitted=(
        Omission((), ("history",), "Events tell how it has changed; nothing is computed from it."),
        Omission((), ("update",), "participantAdd changes the role, which is all that can change."),
    ),
)
