"""Declaration of check-ins."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from service.check_ins import queries
from service.check_ins.models import CheckIn, SaidStatus
from service.entities.entity import Entity, Omission, filters
from service.entities.export import Export, external_id_of, join
from service.entities.items import IdentifiedItem, Instant, Key, Number, Share, Text, ref


class CheckInItem(IdentifiedItem):
    """Check-in to create: a statement about a key result or an objective, or a correction or withdrawal of another one.
    An existing check-in cannot be changed."""

    type: Literal["CheckIn"] = "CheckIn"
    REFERENCES: ClassVar[Mapping[str, str]] = {
        "key_result": "KeyResult",
        "objective": "Objective",
        "author": "Person",
        "recorder": "Person",
        "service_account": "ServiceAccount",
    }
    key_result: Key | None = ref("key result that the check-in is about", more="Either this or `objective`.")
    objective: Key | None = ref("objective that the check-in is about", more="Either this or `keyResult`.")
    value: Number | None = Field(
        None,
        description="Value of the key result at that time, in its unit, or progress of the objective, 0 to 1; only "
        "where the source of value or progress is MANUAL.",
    )
    confidence: Share | None = Field(None, description="Confidence of the author that the goal is reached, 0 to 1.")
    status: SaidStatus | None = Field(None, description="Status of the goal in the author's judgement.")
    note: Text | None = Field(None, description="Note about the goal in free text, at most 20 000 characters.")
    replaces: Key | None = Field(
        None,
        description="External id of the check-in on the same goal that this one replaces, in a line before this one or "
        "in the organization. It does not count any more.",
    )
    is_withdrawal: bool = Field(
        False, description="True for a withdrawal: the check-in that it replaces is taken back, and it says nothing."
    )
    at: Instant = Field(description="Time at which the check-in was true, inside the cycle and not in the future.")
    author: Key | None = ref(
        "person whose check-in it is", more="Left out, as are `recorder` and `serviceAccount`: the caller."
    )
    recorder: Key | None = ref("person who made the check-in on behalf of `author`", more="Left out: `author` did.")
    service_account: Key | None = ref(
        "service account that made the check-in", more="With `author`: on behalf of that person."
    )


CHECK_IN = Entity(
    model=CheckIn,
    by_id=queries.CHECK_INS,
    by_external_id=queries.BY_EXTERNAL_ID,
    filters=filters(
        CheckIn,
        *("id", "external_id", "author_id", "at", "recorded_at", "status", "confidence", "value", "note"),
    ),
    item=CheckInItem,
    export=Export(
        where="AND objective.archived_at IS NULL AND key_result.archived_at IS NULL",
        joins=(join("check_ins", "replaced", "t.replaces_id"),),
        expressions={
            "objective": f"CASE WHEN key_result.id IS NULL THEN {external_id_of('objective')} END",
            "replaces": f"CASE WHEN replaced.id IS NOT NULL THEN {external_id_of('replaced')} END",
            "is_withdrawal": "nullif(t.is_withdrawal, false)",
        },
        # An import counts `sequence` up in the order of the file, so the latest check-in stays the latest. Each comes
        # after what it replaces.
        order=("recorded_at", "sequence"),
    ),
    loose_references={"replaces_id": "CheckIn"},
    omitted=(
        Omission((), ("update", "history"), "A check-in never changes: a correction is another one."),
        Omission(("recorder_id", "service_account_id"), ("create",), "They are whoever makes the check-in."),
        Omission(("is_withdrawal",), ("create",), "The mutation tells."),
    ),
)
