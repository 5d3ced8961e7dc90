"""Declaration of milestones."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from service.entities.entity import Archiving, Entity, Omission, Upsert
from service.entities.export import LIVE, Export, join
from service.entities.items import IdentifiedItem, Instant, Key, Text, Weight, ref
from service.key_results import milestone_commands, queries
from service.key_results.models import Milestone
from service.people.permissions import ensure_editor


class MilestoneItem(IdentifiedItem):
    """Milestone to create or update: a stage of a key result of kind MILESTONE."""

    type: Literal["Milestone"] = "Milestone"
    REFERENCES: ClassVar[Mapping[str, str]] = {"key_result": "KeyResult"}
    key_result: Key = ref("key result that the milestone is a stage of", ..., "Its kind is MILESTONE.")
    title: Text = Field(description="Title of the milestone: what is to be reached, 1 to 500 characters.")
    weight: Weight = Field(
        1.0,
        description="Weight of the milestone among those of its key result, 0 to 1 000 000. Left out of a new "
        "milestone: 1.",
    )
    done_at: Instant | None = Field(
        None, description="Time at which the milestone was reached, not in the future; null: not reached yet."
    )


MILESTONE = Entity(
    model=Milestone,
    by_id=queries.MILESTONES,
    by_external_id=queries.MILESTONES_BY_EXTERNAL_ID,
    item=MilestoneItem,
    export=Export(
        where=f"{LIVE} AND o.archived_at IS NULL AND key_result.archived_at IS NULL",
        joins=(join("objectives", "o", "key_result.objective_id"),),
        order=("position",),
    ),
    upsert=Upsert(create=milestone_commands.create, change=milestone_commands.change, create_by="key_result_id"),
    archiving=Archiving(ensure_allowed=ensure_editor, lock=milestone_commands.lock_to_archive),
    omitted=(
        Omission(
            ("position",), ("create", "update", "item"), "milestoneReorder sets it; lines of a file keep their order."
        ),
        Omission(("key_result_id",), ("update",), "A milestone stays with its key result."),
    ),
)
