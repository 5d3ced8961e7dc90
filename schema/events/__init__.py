"""Events, as the schema shows them."""

from datetime import datetime
from typing import Any

import orjson
import strawberry
from strawberry.scalars import JSON

from schema.execution.batched import batched
from schema.execution.relation import one
from schema.inputs import REFERENCES, described
from schema.node import Entity, Node, global_id, identity
from schema.nodes import nodes
from schema.objectives import Objective
from schema.people import Person
from service.changing import camel
from service.events.models import Verb
from service.objectives import queries as objectives
from service.people import queries as people

described(
    Verb,
    "What happened.",
    name="EventVerb",
    CREATED="It was created.",
    UPDATED="It was changed.",
    REORDERED="It was put at another place among its siblings.",
    ARCHIVED="It was archived, or a membership ended.",
    RESTORED="It was brought back from the archive.",
    CHECKED_IN="A check-in was recorded.",
    ALIGNED="An edge was made or made again.",
    UNALIGNED="An edge was taken away.",
    REVOKED="An API key was revoked.",
    RECORDED="Points of a KPI were recorded or corrected; one event for all of a call.",
    DELETED="Points of a KPI were deleted.",
    LINKED="A KPI was linked to a key result.",
    UNLINKED="A KPI was unlinked from a key result.",
)


# What `parentId` means differs from type to type.
PARENTS = {"Alignment": "Objective", "Cycle": "Cycle", "Kpi": "Kpi", "Team": "Team"}


@strawberry.type(description="One change: who changed what, when, from what to what.")
class Event(Entity, Node):
    id: strawberry.ID = identity("Event")
    recorded_at: datetime = strawberry.field(description="When it was recorded.")
    verb: Verb = strawberry.field(description="What happened.")
    subject_type: str = strawberry.field(description="The name of the type that was changed, such as KeyResult.")
    reason: str | None = strawberry.field(description="The reason that was given.")
    request_id: str | None = strawberry.field(description="The id of the request that did it, as in our logs.")
    actor: Person | None = one(people.PEOPLE, of="actor_id", description="Who did it; null for the operator.")
    objective: Objective | None = one(
        objectives.OBJECTIVES, of="objective_id", description="The objective it is about, itself or what belongs to it."
    )

    @strawberry.field(description="The id of what was changed.")
    def subject_id(root: strawberry.Parent[Any]) -> strawberry.ID:
        return global_id(root.subject_type, root.subject_id)

    @batched("What was changed, as it is now; null when it cannot be fetched by its id.")
    async def subject(parents: list[Any], info: strawberry.Info[Any, Any]) -> list[Node | None]:
        return await nodes(info.context.reader, [(p.subject_type, p.subject_id) for p in parents])

    @strawberry.field(description="Each changed field, as the schema spells it, with its values before and after.")
    def changes(root: strawberry.Parent[Any]) -> JSON:
        changes = orjson.loads(root.changes).items()
        return {camel(name): _told(name, root, values) for name, values in changes}  # type: ignore[return-value]


def _told(name: str, event: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Values before and after; ids become those of the schema."""
    type_name = REFERENCES.get(name) or (PARENTS.get(event.subject_type, "") if name == "parent_id" else "")
    if not type_name:
        return values
    return {when: global_id(type_name, id) if id else None for when, id in values.items()}
