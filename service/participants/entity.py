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

ONE = "One of `objective`, `kpi` and `initiative`."


class ParticipantItem(Item):
    """Participant: a person or a team with a role in an objective, a KPI or an initiative; matched by these two."""

    type: Literal["Participant"] = "Participant"
    REFERENCES: ClassVar[Mapping[str, str]] = {
        "objective": "Objective",
        "kpi": "Kpi",
        "initiative": "Initiative",
        "person": "Person",
        "team": "Team",
    }
    IDENTITY: ClassVar[tuple[str, ...]] = ("objective", "kpi", "initiative", "person", "team")
    LOOKED_UP_BY: ClassVar[tuple[str, ...]] = ("objective", "kpi", "initiative")
    external_id: ClassVar[None] = None  # type: ignore[misc]
    objective: Key | None = ref("objective that the participant takes part in", more=ONE)
    kpi: Key | None = ref("KPI that the participant takes part in", more=ONE)
    initiative: Key | None = ref("initiative that the participant takes part in", more=ONE)
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
        "AND initiative.archived_at IS NULL "
        "AND person.archived_at IS NULL AND team.archived_at IS NULL"
    ),
    omitted=(
        Omission((), ("history",), "Events tell how it has changed; nothing is computed from it."),
        Omission((), ("update",), "participantAdd changes the role, which is all that can change."),
    ),
)
