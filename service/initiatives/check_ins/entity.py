"""Declaration of check-ins on initiatives."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from service.entities.entity import Entity, Omission, filters
from service.entities.export import Export, external_id_of, join
from service.entities.items import IdentifiedItem, Instant, Key, Number, Text, ref
from service.initiatives.check_ins import queries
from service.initiatives.check_ins.models import InitiativeCheckIn
from service.initiatives.models import InitiativeState


class InitiativeCheckInItem(IdentifiedItem):
    """Check-in on an initiative to create, or a correction or withdrawal of another one. An existing check-in cannot be
    changed."""

    type: Literal["InitiativeCheckIn"] = "InitiativeCheckIn"
    REFERENCES: ClassVar[Mapping[str, str]] = {
        "initiative": "Initiative",
        "author": "Person",
        "recorder": "Person",
        "service_account": "ServiceAccount",
    }
    initiative: Key = ref("initiative that the check-in is about", ...)
    progress: Number | None = Field(None, description="Progress of the work at that time, a fraction from 0 to 1.")
    state: InitiativeState | None = Field(None, description="State of the initiative at that time.")
    note: Text | None = Field(None, description="Note about the initiative in free text, at most 20 000 characters.")
    replaces: Key | None = Field(
        None,
        description="External id of the check-in on the same initiative that this one replaces, in a line before this "
        "one or in the organization. It does not count any more.",
    )
    is_withdrawal: bool = Field(
        False, description="True for a withdrawal: the check-in that it replaces is taken back, and it says nothing."
    )
    at: Instant = Field(description="Time at which the check-in was true, not in the future.")
    author: Key | None = ref(
        "person whose check-in it is", more="Left out, as are `recorder` and `serviceAccount`: the caller."
    )
    recorder: Key | None = ref("person who made the check-in on behalf of `author`", more="Left out: `author` did.")
    service_account: Key | None = ref(
        "service account that made the check-in", more="With `author`: on behalf of that person."
    )


INITIATIVE_CHECK_IN = Entity(
    model=InitiativeCheckIn,
    by_id=queries.CHECK_INS,
    by_external_id=queries.BY_EXTERNAL_ID,
    filters=filters(
        InitiativeCheckIn,
        *("id", "external_id", "author_id", "at", "recorded_at", "state", "progress", "note"),
    ),
    item=InitiativeCheckInItem,
    export=Export(
        where="AND initiative.archived_at IS NULL",
        joins=(join("initiative_check_ins", "replaced", "t.replaces_id"),),
        expressions={
            "replaces": f"CASE WHEN replaced.id IS NOT NULL THEN {external_id_of('replaced')} END",
            "is_withdrawal": "nullif(t.is_withdrawal, false)",
        },
        # As of check-ins on goals: each comes after what it replaces.
        order=("recorded_at", "sequence"),
    ),
    loose_references={"replaces_id": "InitiativeCheckIn"},
    omitted=(
        Omission((), ("update", "history"), "A check-in never changes: a correction is another one."),
        Omission(("recorder_id", "service_account_id"), ("create",), "They are whoever makes the check-in."),
        Omission(("is_withdrawal",), ("create",), "The mutation tells."),
    ),
)
