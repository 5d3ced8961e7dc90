"""Declaration of cycles."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from service.cycles import commands, queries
from service.cycles.models import Cycle, CycleKind, CycleState
from service.entities.entity import Archiving, Entity, Omission, Upsert, filters
from service.entities.export import Export
from service.entities.items import Day, IdentifiedItem, Key, Text, ref
from service.people.permissions import ensure_administrator


class CycleItem(IdentifiedItem):
    """Cycle (timeframe for goals) to create or update."""

    type: Literal["Cycle"] = "Cycle"
    REFERENCES: ClassVar[Mapping[str, str]] = {"parent": "Cycle"}
    name: Text = Field(description="Name of the cycle, 1 to 200 characters.")
    kind: CycleKind = Field(description="Kind of the cycle by its length: YEAR, QUARTER or CUSTOM.")
    state: CycleState = Field(
        CycleState.PLANNING,
        description="State of the cycle as people have set it; not enforced so far. Left out of a new cycle: PLANNING.",
    )
    starts_on: Day = Field(description="First day of the cycle, such as 2026-01-01.")
    ends_on: Day = Field(description="Last day of the cycle, inside it, such as 2026-03-31.")
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
        *("id", "external_id", "name", "kind", "state", "starts_on", "ends_on", "parent_id"),
        *("created_at", "updated_at"),
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
    ),
)
