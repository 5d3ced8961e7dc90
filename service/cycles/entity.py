"""Declaration of cycles."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from service.cadence.items import CADENCE_INPUT_NAMES, CADENCE_OMITTED, CadenceFields
from service.cycles import commands, queries
from service.cycles.models import Cycle, CycleKind
from service.cycles.states import CycleActivation, CycleState
from service.entities.entity import Archiving, Entity, Omission, Upsert, filters
from service.entities.export import Export
from service.entities.items import Day, IdentifiedItem, Key, Text, ref
from service.people.permissions import ensure_administrator


class CycleItem(CadenceFields, IdentifiedItem):
    """Cycle (timeframe for goals) to create or update."""

    INPUT_NAMES: ClassVar[Mapping[str, str]] = CADENCE_INPUT_NAMES
    type: Literal["Cycle"] = "Cycle"
    REFERENCES: ClassVar[Mapping[str, str]] = {"parent": "Cycle"}
    name: Text = Field(description="Name of the cycle, 1 to 200 characters.")
    kind: CycleKind = Field(description="Kind of the cycle by its length: YEAR, QUARTER or CUSTOM.")
    state: CycleState = Field(
        CycleState.PLANNING,
        description="State of a new cycle, which binds once the import is done. Left out: PLANNING. The state of an "
        "existing cycle cannot be changed by an item.",
    )
    activation: CycleActivation = Field(
        CycleActivation.AT_START,
        description="Activation of the cycle: AT_START makes it ACTIVE when its first day begins, MANUAL by "
        "`cycleActivate` only. Left out of a new cycle: AT_START.",
    )
    starts_on: Day = Field(description="First day of the cycle, such as 2026-01-01.")
    ends_on: Day = Field(description="Last day of the cycle, inside it, such as 2026-03-31.")
    retrospective: Text | None = Field(
        None, description="Retrospective of the cycle: what was learned; at most 20 000 characters."
    )
    allows_dates_outside: bool = Field(
        False,
        description="True if goals of the cycle may have own dates outside it. Left out of a new cycle: false.",
    )
    parent: Key | None = ref("longer cycle that the cycle is a part of and lies inside")


CYCLE = Entity(
    model=Cycle,
    by_id=queries.CYCLES,
    by_external_id=queries.BY_EXTERNAL_ID,
    listing=queries.ALL_CYCLES,
    filters=filters(
        Cycle,
        *("id", "external_id", "name", "kind", "starts_on", "ends_on", "parent_id"),
        *("created_at", "updated_at"),
        state=queries.STATE,
        is_current=queries.IS_CURRENT,
    ),
    item=CycleItem,
    export=Export(
        # An objective needs its cycle, also an archived one.
        where="AND (t.archived_at IS NULL OR EXISTS (SELECT 1 FROM objectives o WHERE o.archived_at IS NULL "
        "AND o.organization_id = :organization_id AND o.cycle_id = t.id))",
    ),
    upsert=Upsert(create=commands.create, change=commands.change, create_by="id", drafting=commands.drafting),
    archiving=Archiving(ensure_allowed=ensure_administrator),
    omitted=(
        Omission(
            ("starts_at", "ends_at"),
            ("create", "update", "item"),
            "They follow from the days and from the organization's time zone.",
        ),
        CADENCE_OMITTED,
        Omission(("state",), ("create", "update"), "It changes by the steps of the state machine."),
        Omission(("retrospective",), ("create",), "A cycle is looked back on when it is ending."),
        Omission(("activated_at",), ("create", "update", "item"), "It is when somebody activated the cycle."),
        Omission(
            ("status_policy_id",), ("create", "update", "item"), "It is the version in force when the cycle is closed."
        ),
    ),
)
