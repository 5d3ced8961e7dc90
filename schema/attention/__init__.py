"""What needs attention: goals and KPIs, with the reasons."""

from datetime import datetime

import strawberry

from schema.context import Info
from schema.descriptions.enums import describe_enum
from schema.execution.fields.batched import batched
from schema.relay.node import Node, Typed
from schema.relay.nodes import nodes
from service.attention.reasons import Attention, AttentionReason

describe_enum(
    AttentionReason,
    "Reason why a goal or a KPI needs attention; the most urgent one comes first.",
    GUARDRAIL_BREACHED="Guardrail: a KPI in RED guards the goal, directly or through what counts toward it.",
    OFF_TRACK="Status: the goal is OFF_TRACK, or the KPI is in RED.",
    OVERDUE="Staleness: a check-in on the goal is OVERDUE.",
    DIVERGING="Divergence: the stated status of the goal is not the computed one (`statusDiverges`).",
    KPI_LATE="Freshness: a measurement of the KPI is LATE or MISSING.",
    NO_OWNER="Owner: nobody owns the objective or the KPI; of a key result, nobody owns it nor its objective.",
)


@strawberry.type(description="Goal or KPI that needs attention, with the reasons.")
class AttentionEntry:
    reasons: list[AttentionReason] = strawberry.field(
        description="Reasons why the goal or the KPI needs attention: all that apply, the most urgent first."
    )
    due_at: datetime | None = strawberry.field(
        description="Time at which the goal is due, or the next measurement of the KPI; null if none is expected."
    )

    @batched("Object that needs attention: an Objective, a KeyResult or a Kpi.")
    async def subject(parents: list[Attention], info: Info) -> list[Node]:
        unread = [None if each.row is not None else (each.subject_type, each.subject_id) for each in parents]
        goals = await nodes(info.context.reader, unread)
        return [
            node if each.row is None else Typed(each.row, each.subject_type)
            for each, node in zip(parents, goals, strict=True)
        ]
