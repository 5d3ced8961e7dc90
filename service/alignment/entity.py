"""Declaration of alignments."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from service.alignment import queries
from service.alignment.models import Alignment, AlignmentKind
from service.entities.entity import Entity, Omission
from service.entities.export import LIVE, Export, external_id_of
from service.entities.items import Item, Key, Weight, ref


class AlignmentItem(Item):
    """Alignment of an objective with an objective or key result that it serves; matched by these two."""

    type: Literal["Alignment"] = "Alignment"
    REFERENCES: ClassVar[Mapping[str, str]] = {
        "objective": "Objective",
        "parent": "Objective",
        "parent_key_result": "KeyResult",
    }
    IDENTITY: ClassVar[tuple[str, ...]] = ("objective", "parent", "parent_key_result")
    external_id: Key | None = Field(
        None, description="External id of the alignment in your own system, if it has one; 1 to 200 characters."
    )
    objective: Key = ref("objective that serves the other one", ...)
    parent: Key | None = ref("objective that is served", more="Either this or `parentKeyResult`.")
    parent_key_result: Key | None = ref("key result that is served", more="Either this or `parent`.")
    kind: AlignmentKind = Field(
        AlignmentKind.CONTRIBUTES,
        description="Kind of the alignment: with CONTRIBUTES the objective's progress counts, with SUPPORTS it "
        "does not. Left out of a new alignment: CONTRIBUTES.",
    )
    weight: Weight = Field(
        1.0,
        description="Weight of the objective among the contributors of what it serves, 0 to 1 000 000; 0: not "
        "counted. Left out of a new alignment: 1.",
    )
    is_primary: bool | None = Field(
        None,
        description="True if tree views show the objective below this parent; another primary alignment of it then is "
        "primary no more. Left out: unchanged; of a new alignment, true if the objective has no primary one.",
    )


ALIGNMENT = Entity(
    model=Alignment,
    by_id=queries.ALIGNMENTS,
    by_external_id=queries.BY_EXTERNAL_ID,
    item=AlignmentItem,
    export=Export(
        where=f"{LIVE} AND objective.archived_at IS NULL AND parent.archived_at IS NULL "
        "AND parent_key_result.archived_at IS NULL",
        expressions={"parent": f"CASE WHEN parent_key_result.id IS NULL THEN {external_id_of('parent')} END"},
        order=("position",),
    ),
    omitted=(
        Omission(
            ("position",), ("create", "update", "item"), "alignmentReorder sets it; lines of a file keep their order."
        ),
        Omission(
            ("external_id", "objective_id", "parent_id", "parent_key_result_id"),
            ("update",),
            "Another edge is another alignment; objectiveAlign gives an existing one an external id.",
        ),
    ),
)
