"""Events, as the schema shows them."""

from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from schema.context import Info
from schema.descriptions.enums import describe_enum
from schema.events.changes import shown_changes
from schema.execution.fields.batched import batched, uses_columns
from schema.execution.fields.relation import to_one
from schema.objectives import Objective
from schema.people import Person
from schema.people.service_accounts import ServiceAccount
from schema.relay.node import Entity, Node, global_id, identity
from schema.relay.nodes import nodes
from service.events.models import Verb
from service.objectives import queries as objectives
from service.people import queries as people
from service.people.service_accounts.queries import SERVICE_ACCOUNTS
from service.postgres.database import Row

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
    CORRECTED="Correction of a check-in: another check-in that takes its place.",
    WITHDRAWN="Withdrawal of a check-in, which does not count any more.",
    ALIGNED="Alignment that was made, or made again after it was removed.",
    UNALIGNED="Alignment that was removed from an objective.",
    REVOKED="API key that was revoked.",
    RECORDED="Measurements of a KPI that were recorded or corrected; one event for all of a call.",
    DELETED="Measurements of a KPI that were deleted; one event for all of a call.",
    LINKED="KPI that was linked to a key result.",
    UNLINKED="KPI that was unlinked from a key result.",
    ERASED="Erasure of a person: personal data was replaced by a placeholder, in earlier events too.",
    ACTIVATED="Activation of a cycle, which is ACTIVE since then.",
    CLOSING_BEGUN="Begin of the closing of a cycle, which is CLOSING since then.",
    EXTENDED="Extension of a cycle to a later day, ACTIVE until then.",
    SCORED="Final score of a goal that was given, waived or taken back.",
    CLOSED="Close of a cycle, whose scores are frozen since then.",
    REOPENED="Reopening of a closed cycle, which is CLOSING since then.",
    CARRIED_OVER="Decision what becomes of a goal in another cycle: carried over into it, or abandoned.",
)


@strawberry.type
class RecordedChange:
    """Who made a change, why, and to which objective."""

    reason: str | None = strawberry.field(description="Reason that was given with the change; null if none was given.")
    actor: Person | None = to_one(
        people.PEOPLE,
        key="actor_id",
        description="Person who made the change, or on whose behalf a service account made it; null for a service "
        "account alone and for the operator at the command line.",
    )
    service_account: ServiceAccount | None = to_one(
        SERVICE_ACCOUNTS,
        key="service_account_id",
        description="Service account that made the change, on behalf of `actor` or by itself; null if a person made it "
        "or the operator.",
    )
    objective: Objective | None = to_one(
        objectives.OBJECTIVES,
        key="objective_id",
        description="Objective that was changed, or that the changed object belongs to; null if there is none.",
    )


@strawberry.type(description="Record of one change: who changed what, when, why, and the values before and after.")
class Event(RecordedChange, Entity, Node):
    id: strawberry.ID = identity("Event")
    recorded_at: datetime = strawberry.field(description="Time at which the change was made and the event recorded.")
    verb: Verb = strawberry.field(description="Kind of change that the event records, such as UPDATED.")
    subject_type: str = strawberry.field(description="Name of the type of the changed object, such as KeyResult.")
    request_id: str | None = strawberry.field(
        description="Id of the request that made the change, as in the logs of the service; null without a request."
    )

    @strawberry.field(description="Id of the changed object.")
    def subject_id(root: strawberry.Parent[Row]) -> strawberry.ID:
        return global_id(root.subject_type, root.subject_id)

    @batched("Changed object as it is now; null if it cannot be fetched by its id, such as an API key.")
    async def subject(parents: list[Row], info: Info) -> list[Node | None]:
        return await nodes(info.context.reader, [(p.subject_type, p.subject_id) for p in parents])

    @batched(
        "Changed fields by their names in the schema, each with its values before and after: "
        '{"title": {"before": "Old", "after": "New"}}. `before` may be missing, as for a new object. Ids of goals that '
        "are hidden from the viewer are null."
    )
    @uses_columns("changes", "subject_type")
    async def changes(parents: list[Row], info: Info) -> list[JSON]:
        return await shown_changes(info, parents)  # type: ignore[return-value]
