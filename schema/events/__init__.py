"""Events, as the schema shows them."""

from datetime import datetime
from typing import Any

import orjson
import strawberry
from strawberry.scalars import JSON

from schema.context import Info
from schema.descriptions.enums import describe_enum
from schema.execution.fields.batched import batched
from schema.execution.fields.relation import to_one
from schema.objectives import Objective
from schema.people import Person
from schema.relay.node import Entity, Node, global_id, identity
from schema.relay.nodes import nodes
from service.all_entities import reference_types
from service.events.models import Verb
from service.objectives import queries as objectives
from service.people import queries as people
from service.postgres.database import Row
from service.values.names import to_camel_case

describe_enum(
    Verb,
    "Kind of change that an event records.",
    name="EventVerb",
    CREATED="Creation of an object, such as an objective.",
    UPDATED="Change of an object's own fields.",
    REORDERED="Move of an object to another place among its siblings.",
    ARCHIVED="Archiving of an object, or the end of a membership or of a participant.",
    RESTORED="Restore of an archived object, or of a membership or a participant that had ended.",
    CHECKED_IN="Check-in on a key result or an objective.",
    ALIGNED="Alignment that was made, or made again after it was removed.",
    UNALIGNED="Alignment that was removed from an objective.",
    REVOKED="API key that was revoked.",
    RECORDED="Measurements of a KPI that were recorded or corrected; one event for all of a call.",
    DELETED="Measurements of a KPI that were deleted; one event for all of a call.",
    LINKED="KPI that was linked to a key result.",
    UNLINKED="KPI that was unlinked from a key result.",
)


@strawberry.type(description="Record of one change: who changed what, when, why, and the values before and after.")
class Event(Entity, Node):
    id: strawberry.ID = identity("Event")
    recorded_at: datetime = strawberry.field(description="Time at which the change was made and the event recorded.")
    verb: Verb = strawberry.field(description="Kind of change that the event records, such as UPDATED.")
    subject_type: str = strawberry.field(description="Name of the type of the changed object, such as KeyResult.")
    reason: str | None = strawberry.field(description="Reason that was given with the change; null if none was given.")
    request_id: str | None = strawberry.field(
        description="Id of the request that made the change, as in the logs of the service; null without a request."
    )
    actor: Person | None = to_one(
        people.PEOPLE,
        key="actor_id",
        description="Person who made the change; null for the operator at the command line.",
    )
    objective: Objective | None = to_one(
        objectives.OBJECTIVES,
        key="objective_id",
        description="Objective that was changed, or that the changed object belongs to; null if there is none.",
    )

    @strawberry.field(description="Id of the changed object.")
    def subject_id(root: strawberry.Parent[Row]) -> strawberry.ID:
        return global_id(root.subject_type, root.subject_id)

    @batched("Changed object as it is now; null if it cannot be fetched by its id, such as an API key.")
    async def subject(parents: list[Row], info: Info) -> list[Node | None]:
        return await nodes(info.context.reader, [(p.subject_type, p.subject_id) for p in parents])

    @strawberry.field(
        description="Changed fields by their names in the schema, each with its values before and after: "
        '{"title": {"before": "Old", "after": "New"}}. `before` may be missing, as for a new object.'
    )
    def changes(root: strawberry.Parent[Row]) -> JSON:
        changes = orjson.loads(root.changes).items()
        return {to_camel_case(name): _with_global_ids(name, root, values) for name, values in changes}  # type: ignore[return-value]


def _with_global_ids(name: str, event: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Values before and after; ids become those of the schema."""
    type_name = reference_types(event.subject_type).get(name)
    if type_name is None:
        return values
    return {when: global_id(type_name, id) if id else None for when, id in values.items()}
