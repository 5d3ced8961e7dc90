"""Entries of a feed: changes, ready to be shown to people."""

from datetime import datetime
from typing import Any

import orjson
import strawberry

from schema.check_ins import CheckIn
from schema.context import Info
from schema.descriptions.enums import describe_enum
from schema.events import RecordedChange
from schema.execution.fields.batched import batched, uses_columns
from schema.relay.node import Node, global_id
from schema.relay.nodes import nodes, shows
from service.activity.changes import ChangedField, changed_fields
from service.activity.entry_types import EntryType, entry_type
from service.all_entities import reference_types
from service.check_ins import queries as check_ins
from service.check_ins.entity import CHECK_IN
from service.postgres.database import Row
from service.reading.statements import load_in_order
from service.values.names import to_camel_case

describe_enum(
    EntryType,
    "Type of an entry of a feed: what was done.",
    name="ActivityType",
    CREATED="Creation of an object, such as an objective.",
    UPDATED="Change of an object's own fields.",
    REORDERED="Move of an object to another place among its siblings.",
    ARCHIVED="Archiving of an object.",
    RESTORED="Restore of an archived object.",
    CHECKED_IN="Check-in on a key result, an objective or an initiative.",
    CHECK_IN_CORRECTED="Correction of a check-in: another check-in that takes its place.",
    CHECK_IN_WITHDRAWN="Withdrawal of a check-in, which does not count any more.",
    ALIGNED="Alignment that was made, or made again after it was removed.",
    UNALIGNED="Alignment that was removed from an objective.",
    LINKED="Link that was made between a key result and a KPI or an initiative.",
    UNLINKED="Link that was removed between a key result and a KPI or an initiative.",
    MEASURED="Measurements of a KPI that were recorded or corrected; one entry for all of a call.",
    MEASUREMENTS_DELETED="Measurements of a KPI that were deleted; one entry for all of a call.",
    TARGET_SET="Target of a KPI that was set or changed.",
    SCORED="Final score of a goal that was given, waived or taken back.",
    CARRIED_OVER="Decision what becomes of a goal in another cycle: carried over into it, or abandoned.",
    CYCLE_STEP="Step of a cycle to another state, or its extension.",
    JOINED="Person who became a member of a team, or person or team that became a participant.",
    LEFT="Person who left a team, or person or team that is no participant any more.",
    REVOKED="API key or share token that was revoked.",
    ERASED="Erasure of a person, whose personal data was replaced by a placeholder.",
)
REFERRED = "null if it does not refer to one, and where the viewer may not see it or there was none."


async def _referred(info: Info, keys: list[tuple[str, Any] | None]) -> list[Node | None]:
    """The objects of these types and ids that the viewer sees."""
    viewer = info.context.viewer
    return await nodes(info.context.reader, [key if key and key[1] and shows(viewer, key[0]) else None for key in keys])


@strawberry.type(
    description="Field that a change changed: its values before and after, as texts or as the objects that they refer "
    "to."
)
class ActivityChange:
    before: str | None = strawberry.field(
        description="Value before the change as text: numbers in decimal notation, times in ISO 8601, values of enums "
        "by name, true or false. Null if there was none, and for references."
    )
    after: str | None = strawberry.field(
        description="Value after the change as text, written as `before`. Null if there is none, and for references."
    )

    @strawberry.field(
        description="Name of the changed field as in the schema; that of a reference is of the object, such as owner."
    )
    def field(root: strawberry.Parent[ChangedField]) -> str:
        return to_camel_case(root.name)

    @batched(f"Object that the field referred to before the change; {REFERRED}")
    async def before_node(parents: list[ChangedField], info: Info) -> list[Node | None]:
        return await _referred(info, [each.type_name and (each.type_name, each.before_id) for each in parents])

    @batched(f"Object that the field refers to after the change; {REFERRED}")
    async def after_node(parents: list[ChangedField], info: Info) -> list[Node | None]:
        return await _referred(info, [each.type_name and (each.type_name, each.after_id) for each in parents])


@strawberry.type(
    description="Entry of a feed: one change, ready to be shown, with who made it, what it was about, and the values "
    "before and after."
)
class ActivityEntry(RecordedChange):
    @strawberry.field(
        description="Id of the entry, unique within the organization, as a key for caches. `node` does not take it."
    )
    @uses_columns("id")
    def id(root: strawberry.Parent[Row]) -> strawberry.ID:
        return global_id("ActivityEntry", root.id)

    @strawberry.field(description="Type of the entry: what was done, such as CHECKED_IN.")
    @uses_columns("verb", "subject_type")
    def type(root: strawberry.Parent[Row]) -> EntryType:
        return entry_type(root.verb, root.subject_type)

    @strawberry.field(description="Time at which the change was made.")
    @uses_columns("recorded_at")
    def at(root: strawberry.Parent[Row]) -> datetime:
        return root.recorded_at

    @strawberry.field(description="Name of the type of the changed object, such as KeyResult.")
    @uses_columns("subject_type")
    def subject_type(root: strawberry.Parent[Row]) -> str:
        return root.subject_type

    @batched(
        "Changed object as it is now, also if it is archived; null if it cannot be fetched by its id, such as an API "
        "key."
    )
    @uses_columns("subject_type", "subject_id")
    async def subject(parents: list[Row], info: Info) -> list[Node | None]:
        return await _referred(info, [(each.subject_type, each.subject_id) for each in parents])

    @batched("Check-in that was made, corrected or withdrawn; null for other entries.")
    @uses_columns("subject_type", "subject_id")
    async def check_in(parents: list[Row], info: Info) -> list[CheckIn | None]:
        ids = [each.subject_id if each.subject_type == CHECK_IN.name else None for each in parents]
        return await load_in_order(info.context.reader, check_ins.CHECK_INS, ids)

    @strawberry.field(
        description="Changed fields by name; all that have a value for a new object. Empty if only the type tells what "
        "was done."
    )
    @uses_columns("changes", "subject_type")
    def changes(root: strawberry.Parent[Row]) -> list[ActivityChange]:
        return changed_fields(orjson.loads(root.changes), reference_types(root.subject_type))  # type: ignore[return-value]
