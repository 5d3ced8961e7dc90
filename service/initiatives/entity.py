"""Declaration of initiatives, and of the key results that they serve."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from service.entities.entity import Archiving, Entity, Omission, Upsert, filters, involvements
from service.entities.export import Export, join
from service.entities.items import Day, IdentifiedItem, Item, Key, Number, Text, ref
from service.initiatives import commands, queries
from service.initiatives.models import Initiative, InitiativeKeyResult, InitiativeState
from service.people.permissions import ensure_editor
from service.values.visibility import Visibility


class InitiativeItem(IdentifiedItem):
    """Initiative to create or update: work that is meant to move key results."""

    type: Literal["Initiative"] = "Initiative"
    REFERENCES: ClassVar[Mapping[str, str]] = {"owner": "Person", "team": "Team"}
    title: Text = Field(description="Title of the initiative: what is to be done, 1 to 500 characters.")
    description: Text | None = Field(None, description="Description of the initiative, at most 20 000 characters.")
    state: InitiativeState = Field(
        InitiativeState.PLANNED, description="State of the initiative. Left out of a new initiative: PLANNED."
    )
    progress: Number | None = Field(None, description="Progress of the work, a fraction from 0 to 1.")
    starts_on: Day | None = Field(None, description="First day of the initiative.")
    due_on: Day | None = Field(None, description="Day that the initiative is due on, not before its first day.")
    visibility: Visibility = Field(
        Visibility.ORGANIZATION,
        description="Visibility of the initiative: who can read it. Left out of a new initiative: ORGANIZATION.",
    )
    owner: Key | None = ref("person who is responsible for the initiative")
    team: Key | None = ref("team that does the work")


class InitiativeKeyResultItem(Item):
    """Key result that an initiative is meant to move; matched by these two."""

    type: Literal["InitiativeKeyResult"] = "InitiativeKeyResult"
    REFERENCES: ClassVar[Mapping[str, str]] = {"initiative": "Initiative", "key_result": "KeyResult"}
    IDENTITY: ClassVar[tuple[str, ...]] = ("initiative", "key_result")
    external_id: ClassVar[None] = None  # type: ignore[misc]
    initiative: Key = ref("initiative", ...)
    key_result: Key = ref("key result that the initiative is meant to move", ...)


INITIATIVE = Entity(
    model=Initiative,
    by_id=queries.INITIATIVES,
    by_external_id=queries.BY_EXTERNAL_ID,
    listing=queries.ALL_INITIATIVES,
    filters=filters(
        Initiative,
        *("id", "external_id", "title", "state", "owner_id", "team_id", "due_on", "created_at", "updated_at"),
        **involvements(Initiative, "id", "initiative_id"),
    ),
    item=InitiativeItem,
    export=Export(),
    upsert=Upsert(create=commands.create, change=commands.change, create_by="id"),
    archiving=Archiving(ensure_allowed=ensure_editor, lock=commands.lock_to_archive),
    omitted=(Omission((), ("history",), "Events tell how it has changed; nothing is computed from it."),),
)
INITIATIVE_KEY_RESULT = Entity(
    model=InitiativeKeyResult,
    by_id=queries.SERVED,
    is_node=False,
    item=InitiativeKeyResultItem,
    export=Export(
        where="AND t.ended_at IS NULL AND initiative.archived_at IS NULL AND key_result.archived_at IS NULL "
        "AND o.archived_at IS NULL",
        joins=(join("objectives", "o", "key_result.objective_id"),),
    ),
)
