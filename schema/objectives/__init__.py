"""Objectives, as the schema shows them."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from schema.connections import Connection, paged
from schema.cycles import Cycle
from schema.execution.batched import batched, looks_at
from schema.execution.frames import attribute, grouped
from schema.execution.relation import many, one
from schema.goals import PACE, Goal, paces
from schema.inputs import described
from schema.kpis import Kpi
from schema.node import Entity, Node, identity
from schema.people import ARCHIVED, CREATED, EXTERNAL_ID, UPDATED, VERSION, Person, Team
from schema.pillars import Pillar
from schema.trees import Descendants, descendants
from service.alignment import queries as alignment
from service.check_ins import queries as statements
from service.cycles import queries as cycles
from service.events import queries as events
from service.key_results import kpi_queries
from service.key_results import queries as key_results
from service.objectives.models import (
    Level,
    ObjectiveKind,
    ProgressSource,
    StatusSource,
    Visibility,
)
from service.objectives.statement import statement
from service.people import queries as people
from service.pillars import queries as pillars
from service.pillars.models import Perspective
from service.reading import distinct
from service.rollup.overdue import OVERDUE_BELOW

KeyResult = Annotated["KeyResult", strawberry.lazy("schema.key_results")]
Alignment = Annotated["Alignment", strawberry.lazy("schema.alignment")]
CheckIn = Annotated["CheckIn", strawberry.lazy("schema.check_ins")]
Event = Annotated["Event", strawberry.lazy("schema.events")]

described(
    Level,
    "Whose objective it is.",
    name="ObjectiveLevel",
    COMPANY="The whole organization's.",
    TEAM="A team's.",
    INDIVIDUAL="One person's.",
)
described(
    ObjectiveKind,
    "How it is meant.",
    ASPIRATIONAL="A stretch: 0.7 of it is a success.",
    COMMITTED="A promise: all of it is expected.",
    LEARNING="An exploration: what counts is what is learned.",
)
NOT_ENFORCED = "Not enforced so far: everybody of the organization can read every objective."
described(
    Visibility,
    f"Whom an objective is meant for. {NOT_ENFORCED}",
    ORGANIZATION="Meant for everybody of the organization.",
    TEAM="Meant for the team and those above it; everybody of the organization can read it.",
    PRIVATE="Meant for the owner; everybody of the organization can read it.",
)
described(
    ProgressSource,
    "What the progress of an objective comes from.",
    KEY_RESULTS="The weighted mean of its key results.",
    ALIGNED_OBJECTIVES="The weighted mean of the objectives that contribute to it.",
    BOTH="One weighted mean of key results and contributing objectives, as equals.",
    MANUAL="What the latest check-in on the objective says.",
)
described(
    StatusSource,
    "What the status of an objective comes from.",
    WORST_CONTRIBUTOR="The worst of all that counts toward it.",
    PACE="Its own progress against the time.",
)


@strawberry.type(description="What somebody wants to achieve within a cycle.")
class Objective(Goal, Entity, Node):
    id: strawberry.ID = identity("Objective")
    external_id: str | None = strawberry.field(description=EXTERNAL_ID)
    title: str = strawberry.field(description="What is to be achieved, in words.")
    description: str | None = strawberry.field(description="Why, and what is meant by it.")
    level: Level = strawberry.field(description="Whose objective it is.")
    kind: ObjectiveKind = strawberry.field(description="How it is meant.")
    visibility: Visibility = strawberry.field(description=f"Audience that the objective is meant for. {NOT_ENFORCED}")
    perspective: Perspective | None = strawberry.field(description="Its perspective of the Balanced Scorecard.")
    progress_source: ProgressSource = strawberry.field(description="What its progress comes from.")
    status_source: StatusSource = strawberry.field(description="What its status comes from.")
    coverage: float | None = strawberry.field(
        description="Share of the weight of its active contributors that have progress, 0 to 1; below 1 it is never "
        "ACHIEVED. Null of a MANUAL objective, and where the weights are all 0."
    )
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED)
    updated_at: datetime = strawberry.field(description=UPDATED)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED)
    cycle: Cycle = one(cycles.CYCLES, of="cycle_id", description="When it is to be achieved.")
    owner: Person | None = one(people.PEOPLE, of="owner_id", description="Who answers for it.")
    team: Team | None = one(people.TEAMS, of="team_id", description="Which team it belongs to.")
    pillar: Pillar | None = one(pillars.PILLARS, of="pillar_id", description="The strategic theme it serves.")
    key_results: list[KeyResult] = many(
        key_results.OF_OBJECTIVES,
        by="objective_id",
        description="What it is measured by, in order, without archived ones; a short list, so it is not paged.",
    )
    alignments: list[Alignment] = many(
        alignment.OF_OBJECTIVES,
        by="objective_id",
        description="Its edges to what it serves, the primary one first; a short list.",
    )
    child_alignments: Connection[Alignment] | None = paged(
        alignment.CHILD_ALIGNMENTS, "POSITION", "The edges from the objectives that serve it or its key results."
    )
    parents: list["Objective"] = many(
        alignment.PARENTS, by="child_id", description="The objectives it serves, the primary one first; a short list."
    )
    children: Connection["Objective"] | None = paged(
        alignment.CHILDREN, "POSITION", "The objectives that directly serve it or its key results, in order."
    )
    ancestors: list["Objective"] = many(
        alignment.ANCESTORS,
        by="origin",
        description="The chain of primary parents from the root down to the direct one; for breadcrumbs.",
    )
    descendants: Descendants | None = descendants(
        "Everything below it along primary parents, as a flat list for tree views: parents come before their "
        "children, siblings in order, each with its depth and parent."
    )
    kpis: list[Kpi] = many(
        kpi_queries.KPIS_OF_OBJECTIVES,
        by="linked_objective_id",
        description="The KPIs that its key results follow, or that measure or guard them; a short list.",
    )
    check_ins: Connection[CheckIn] | None = paged(
        statements.OF_OBJECTIVES, "AT", "What was said about the objective itself, the latest first.", descending=True
    )
    latest_check_in: CheckIn | None = one(
        statements.LATEST_OF_OBJECTIVES, of="id", by="objective_id", description="What was last said about it."
    )
    events: Connection[Event] | None = paged(
        events.OF_OBJECTIVES,
        "RECORDED",
        "All changes to it and to what belongs to it, the latest first.",
        descending=True,
    )

    @batched(PACE)
    @looks_at("cycle_id", "exact_progress")
    async def pace(parents: list[Any], info: strawberry.Info[Any, Any]) -> list[float | None]:
        return await paces(info, parents, cycles.SPANS, "cycle_id")

    @batched("Number of OVERDUE goals below it, key results and objectives, each counted once.")
    @looks_at("id")
    async def overdue_below(parents: list[Any], info: strawberry.Info[Any, Any]) -> list[int]:
        ids = attribute(parents, "id")
        rows = await info.context.reader.rows(OVERDUE_BELOW, ids=distinct(ids))
        found = {row.origin: row.overdue for row in rows}
        return [found.get(id, 0) for id in ids]

    @batched(
        'Sentence made of the objective and its key results: "We will ... as measured by ...." of a title that begins '
        'with a verb, else "Our objective: ... as measured by ...."'
    )
    @looks_at("id", "title")
    async def statement(parents: list[Any], info: strawberry.Info[Any, Any]) -> list[str]:
        ids = attribute(parents, "id")
        rows = await info.context.reader.rows(key_results.TITLES_OF_OBJECTIVES, ids=distinct(ids))
        own = grouped(rows, "objective_id", ids)
        return [
            statement(title, attribute(results, "title"))
            for title, results in zip(attribute(parents, "title"), own, strict=True)
        ]
