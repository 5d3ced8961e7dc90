"""Cycles, as the schema shows them."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from schema.cadence import CheckInCadence, own_cadence
from schema.context import Info
from schema.descriptions.enums import describe_enum
from schema.descriptions.fields import ARCHIVED, CREATED, EXTERNAL_ID, UPDATED, VERSION
from schema.execution.fields.batched import uses_columns
from schema.execution.fields.relation import to_many, to_one
from schema.nested_lists import OBJECTIVES
from schema.relay.connections import Connection
from schema.relay.node import Entity, Node, identity
from service.cycles import queries as cycle_queries
from service.cycles.models import CycleKind
from service.cycles.pace import elapsed
from service.cycles.states import CycleActivation, CycleState, effective_state
from service.objectives import queries as objectives
from service.postgres.database import Row

if TYPE_CHECKING:
    from schema.objectives import Objective
    from schema.people.status_policies import StatusPolicy

describe_enum(
    CycleKind,
    "Kind of a cycle by its length. Its dates are not compared with it.",
    YEAR="Cycle that lasts one year.",
    HALF_YEAR="Cycle of half a year.",
    QUARTER="Cycle of a quarter of a year.",
    MONTH="Cycle of one month.",
    SIX_WEEKS="Cycle of six weeks.",
    CUSTOM="Cycle of any other length.",
)
describe_enum(
    CycleState,
    "State of a cycle. It decides what may be changed in the cycle; a refusal names the mutation that would help.",
    PLANNING="Cycle for which goals are being set. Check-ins and scores are refused.",
    ACTIVE="Cycle whose goals are being worked on: goals change and take check-ins, and scores are refused. A change "
    "of a target needs a reason.",
    CLOSING="Cycle whose goals are being scored. They take last check-ins dated before the end, and cannot change.",
    CLOSED="Cycle that is over: goals, check-ins and scores are frozen. Goals have the status that they came to at its "
    "end.",
)
describe_enum(
    CycleActivation,
    "Activation of a cycle: how it leaves the state PLANNING.",
    AT_START="Activation by time: the cycle is ACTIVE when its first day begins, or earlier by `cycleActivate`.",
    MANUAL="Activation by `cycleActivate` only; until then no goal of the cycle has started.",
)


@strawberry.type(description="Cycle: timeframe for goals, such as a year or a quarter, possibly inside a longer one.")
class Cycle(Entity, Node):
    id: strawberry.ID = identity("Cycle")
    external_id: str | None = strawberry.field(description=EXTERNAL_ID)
    name: str = strawberry.field(description="Name of the cycle, 1 to 200 characters, such as Q3 2026.")
    kind: CycleKind = strawberry.field(description="Kind of the cycle by its length, such as YEAR or QUARTER.")
    activation: CycleActivation = strawberry.field(
        description="Activation of the cycle: how it becomes ACTIVE, AT_START or MANUAL."
    )
    activated_at: datetime | None = strawberry.field(
        description="Time at which somebody activated the cycle; null if it became ACTIVE by its start, or is not yet."
    )
    starts_on: date = strawberry.field(description="First day of the cycle, which belongs to it.")
    ends_on: date = strawberry.field(description="Last day of the cycle, which belongs to it.")
    starts_at: datetime = strawberry.field(
        description="Time at which the first day of the cycle begins in the organization's time zone."
    )
    ends_at: datetime = strawberry.field(
        description="Time at which the last day of the cycle is over in the organization's time zone."
    )
    retrospective: str | None = strawberry.field(
        description="Retrospective of the cycle: what was learned; null if nothing was written."
    )
    allows_dates_outside: bool = strawberry.field(
        description="True if goals of the cycle may have dates of their own outside it."
    )
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED)
    updated_at: datetime = strawberry.field(description=UPDATED)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED)
    parent: "Cycle | None" = to_one(
        cycle_queries.CYCLES,
        key="parent_id",
        description="Parent of the cycle: the longer cycle that it is part of. Null if there is none.",
    )
    children: list["Cycle"] = to_many(
        cycle_queries.PARTS,
        row_key="parent_id",
        description="Cycles directly inside this one, by first day, without archived ones. A short list.",
    )
    status_policy: Annotated["StatusPolicy", strawberry.lazy("schema.people.status_policies")] = to_one(
        cycle_queries.STATUS_POLICIES,
        key="id",
        row_key="cycle_id",
        description="Status policy that judges the goals of the cycle: in the state CLOSED the version that was in "
        "force when it was closed, else the newest one.",
    )
    objectives: Connection[Annotated["Objective", strawberry.lazy("schema.objectives")]] | None = OBJECTIVES.of(
        objectives.OF_CYCLES, "Objectives of the cycle, by position unless another order is asked for."
    )

    @strawberry.field(
        description="Cadence of check-ins on the goals of the cycle; null if it is that of their teams or of the "
        "organization."
    )
    @uses_columns("check_in_cadence_days", "check_in_weekday")
    def check_in_cadence(root: strawberry.Parent[Row]) -> CheckInCadence | None:
        return own_cadence(root)

    @strawberry.field(description="State of the cycle now. It decides what may be changed in the cycle.")
    @uses_columns("state", "activation", "starts_at")
    def state(root: strawberry.Parent[Row], info: Info) -> CycleState:
        return effective_state(root, info.context.now)

    @strawberry.field(description="Share of the cycle that has passed, 0 to 1.")
    @uses_columns("starts_at", "ends_at")
    def elapsed(root: strawberry.Parent[Row], info: Info) -> float:
        return float(elapsed(root.starts_at, root.ends_at, info.context.now))
