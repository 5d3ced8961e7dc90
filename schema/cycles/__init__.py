"""Cycles, as the schema shows them."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from schema.connections import Connection, paged
from schema.execution.batched import looks_at
from schema.execution.relation import many, one
from schema.inputs import described
from schema.node import Entity, Node, identity
from schema.people import ARCHIVED, CREATED, EXTERNAL_ID, UPDATED, VERSION
from service.cycles import queries
from service.cycles.models import CycleKind, CycleState
from service.cycles.pace import elapsed
from service.objectives import queries as objectives

if TYPE_CHECKING:
    from schema.objectives import Objective

described(
    CycleKind,
    "How long a cycle is.",
    YEAR="A year.",
    QUARTER="A quarter of a year.",
    CUSTOM="Any other span of days.",
)
STATE_NOT_ENFORCED = "Not enforced so far: no state keeps anything from being changed, and dates do not change it."
described(
    CycleState,
    f"Where a cycle is said to stand. {STATE_NOT_ENFORCED}",
    PLANNING="Goals are being set.",
    ACTIVE="Goals are being worked on.",
    CLOSING="The time is over and goals are being scored.",
    CLOSED="Scores are meant to be final; they can still be changed.",
    ARCHIVED="Meant to be kept for the record; its goals can still be changed.",
)


@strawberry.type(description="A timeframe for goals, possibly inside a longer one.")
class Cycle(Entity, Node):
    id: strawberry.ID = identity("Cycle")
    external_id: str | None = strawberry.field(description=EXTERNAL_ID)
    name: str = strawberry.field(description="What it is called.")
    kind: CycleKind = strawberry.field(description="How long it is.")
    state: CycleState = strawberry.field(description=f"State of the cycle as people have set it. {STATE_NOT_ENFORCED}")
    starts_on: date = strawberry.field(description="Its first day.")
    ends_on: date = strawberry.field(description="Its last day.")
    starts_at: datetime = strawberry.field(description="When its first day begins in the organization's time zone.")
    ends_at: datetime = strawberry.field(description="When its last day is over in the organization's time zone.")
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED)
    updated_at: datetime = strawberry.field(description=UPDATED)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED)
    parent: "Cycle | None" = one(queries.CYCLES, of="parent_id", description="The longer cycle it is part of.")
    parts: list["Cycle"] = many(
        queries.PARTS, by="parent_id", description="The cycles directly inside it, by start; a short list."
    )
    objectives: Connection[Annotated["Objective", strawberry.lazy("schema.objectives")]] | None = paged(
        objectives.OF_CYCLES, "POSITION", "The objectives of the cycle, without archived ones."
    )

    @strawberry.field(description="The share of it that has passed, 0 to 1.")
    @looks_at("starts_at", "ends_at")
    def elapsed(root: strawberry.Parent[Any], info: strawberry.Info[Any, Any]) -> float:
        return float(elapsed(root.starts_at, root.ends_at, info.context.now))
