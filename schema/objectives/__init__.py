"""Objectives, as the schema shows them."""

from datetime import datetime
from typing import Annotated

import strawberry

from schema.context import Info
from schema.cycles import Cycle
from schema.descriptions.enums import describe_enum
from schema.descriptions.fields import ARCHIVED, CREATED, EXTERNAL_ID, UPDATED, VERSION
from schema.execution.fields.batched import batched, plans_read, uses_columns
from schema.execution.fields.columnar import attribute_values, group_by_key
from schema.execution.fields.relation import Relation, to_many, to_one
from schema.kpis import Kpi
from schema.nested_lists import CHECK_INS, CHILDREN, EVENTS, KEY_RESULTS
from schema.objectives.descendants import Descendants, descendants
from schema.objectives.goal import JUDGED_BY, Goal
from schema.objectives.hidden_contributors import HiddenContributors, hidden_from_objectives
from schema.objectives.history import GoalHistoryPoint, objective_history
from schema.objectives.lineage import Lineage
from schema.objectives.scores import ScoredObjective
from schema.people import Person, Team
from schema.people.permissions import (
    PERMISSION_COLUMNS,
    VIEWER_CAN,
    GoalPermissionsType,
    permissions_of_goals,
)
from schema.people.status_policies import StatusPolicy
from schema.pillars import Pillar
from schema.relay.connections import Connection, paged
from schema.relay.node import Entity, Node, identity
from service.alignment import queries as alignment
from service.check_ins import queries as statements
from service.cycles import queries as cycles
from service.events import queries as events
from service.key_results import kpi_link_queries
from service.key_results import queries as key_results
from service.key_results.queries import TITLES_OF_OBJECTIVES
from service.links import queries as links
from service.objectives.models import (
    Level,
    ObjectiveKind,
    ProgressSource,
    StatusSource,
)
from service.objectives.statement import statement
from service.participants import queries as participants
from service.people import queries as people
from service.people.scopes import ApiKeyScope
from service.pillars import queries as pillars
from service.pillars.models import Perspective
from service.postgres.database import Row
from service.reading.statements import load_in_order, unique_ids
from service.rollup.overdue import OVERDUE_BELOW
from service.share_tokens import queries as share_tokens
from service.values.visibility import Visibility

KeyResult = Annotated["KeyResult", strawberry.lazy("schema.key_results")]
Alignment = Annotated["Alignment", strawberry.lazy("schema.alignment")]
CheckIn = Annotated["CheckIn", strawberry.lazy("schema.check_ins")]
Event = Annotated["Event", strawberry.lazy("schema.events")]
ShareToken = Annotated["ShareToken", strawberry.lazy("schema.share_tokens")]
Link = Annotated["Link", strawberry.lazy("schema.links")]
Participant = Annotated["Participant", strawberry.lazy("schema.participants")]

describe_enum(
    Level,
    "Level of an objective: the part of the organization that it is for.",
    name="ObjectiveLevel",
    COMPANY="Objective of the whole organization.",
    TEAM="Objective of a single team.",
    INDIVIDUAL="Objective of a single person.",
)
describe_enum(
    ObjectiveKind,
    "Kind of an objective: how much of it is expected. It does not enter progress or status.",
    ASPIRATIONAL="Stretch goal: progress of 0.7 is a success.",
    COMMITTED="Promise: progress of 1 is expected.",
    LEARNING="Exploration: what counts is what is learned.",
)
describe_enum(
    ProgressSource,
    "Source of an objective's progress: its contributors (key results, aligned objectives or both) or check-ins.",
    KEY_RESULTS="Weighted mean of the progress of the objective's key results.",
    ALIGNED_OBJECTIVES="Weighted mean of the progress of the objectives that are aligned with the objective itself as "
    "CONTRIBUTES.",
    BOTH="One weighted mean over key results and contributing objectives, as equals.",
    MANUAL="Value of the latest check-in on the objective itself that has a value.",
)
describe_enum(
    StatusSource,
    "Source of an objective's status while no valid check-in states one. A MANUAL objective always goes by PACE.",
    WORST_CONTRIBUTOR="Worst status among the contributors that have progress and a weight above 0; without any, PACE.",
    PACE="Pace of the objective: its own progress against the share of its time that has passed.",
)


@strawberry.type(
    description="Objective: goal in words that somebody wants to achieve within a cycle, measured by key results."
)
class Objective(Goal, ScoredObjective, Lineage, Entity, Node):
    id: strawberry.ID = identity("Objective")
    external_id: str | None = strawberry.field(description=EXTERNAL_ID)
    title: str = strawberry.field(description="Title of the objective: what is to be achieved. 1 to 500 characters.")
    description: str | None = strawberry.field(
        description="Description of the objective: why it matters and what is meant by it. Null if there is none."
    )
    level: Level = strawberry.field(description="Level of the objective: COMPANY, TEAM or INDIVIDUAL.")
    kind: ObjectiveKind = strawberry.field(
        description="Kind of the objective: stretch goal (ASPIRATIONAL), promise (COMMITTED) or exploration (LEARNING)."
    )
    visibility: Visibility = strawberry.field(
        description="Visibility of the objective with all that belongs to it: who can read it. Its progress counts in "
        "its parents for everybody."
    )
    perspective: Perspective | None = strawberry.field(
        description="Balanced Scorecard perspective of the objective; null if none was set."
    )
    progress_source: ProgressSource = strawberry.field(
        description="Source of the objective's progress: key results, aligned objectives, both, or check-ins (MANUAL)."
    )
    status_source: StatusSource = strawberry.field(
        description="Source of the objective's status while no valid check-in states one: worst contributor or pace."
    )
    coverage: float | None = strawberry.field(
        description="Share of the weight of the objective's active contributors (key results and aligned objectives) "
        "that have progress, 0 to 1. Below 1 the objective is never ACHIEVED. Null for a MANUAL objective, and where "
        "there are no such contributors or all weights are 0."
    )
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED)
    updated_at: datetime = strawberry.field(description=UPDATED)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED)
    cycle: Cycle = to_one(
        cycles.CYCLES,
        key="cycle_id",
        description="Cycle that the objective belongs to; the objective begins and is due with it, unless it has "
        "dates of its own.",
    )
    status_policy: StatusPolicy = to_one(
        cycles.STATUS_POLICIES, key="cycle_id", row_key="cycle_id", description=JUDGED_BY
    )
    owner: Person | None = to_one(
        people.PEOPLE, key="owner_id", description="Person who is responsible for the objective; null if none was set."
    )
    team: Team | None = to_one(
        people.TEAMS, key="team_id", description="Team that the objective belongs to; null if none was set."
    )
    pillar: Pillar | None = to_one(
        pillars.PILLARS,
        key="pillar_id",
        description="Pillar (strategic theme) that the objective serves; null if none was set.",
    )
    key_results: list[KeyResult] | None = KEY_RESULTS.unpaged(
        Relation(key_results.OF_OBJECTIVES, "id", "objective_id", is_list=True),
        key_results.LISTS_OF_OBJECTIVES,
        "Key results that measure the objective, by position unless another order is asked for, without archived ones "
        "unless asked for. A short list, so it is not paged.",
    )
    outgoing_alignments: list[Alignment] = to_many(
        alignment.OF_OBJECTIVES,
        row_key="objective_id",
        description="Alignments of the objective with its parents: links from it to the objectives or key results that "
        "it serves. The primary one comes first. A short list.",
    )
    incoming_alignments: Connection[Alignment] | None = paged(
        alignment.CHILD_ALIGNMENTS,
        "POSITION",
        "Alignments of other objectives with this one: links from the objectives that serve it or one of its key "
        "results. Those of kind CONTRIBUTES pass on progress, if `progressSource` (of a key result `valueSource`) "
        "takes it.",
    )
    parents: list["Objective"] = to_many(
        alignment.PARENTS,
        row_key="child_id",
        description="Parents of the objective: the objectives that it serves, directly or through a key result. The "
        "primary one comes first. A short list.",
    )
    children: Connection["Objective"] | None = CHILDREN.of(
        alignment.CHILDREN,
        "Children of the objective: the objectives that directly serve it or one of its key results, by the "
        "position of their alignments unless another order is asked for.",
    )
    ancestors: list["Objective"] = to_many(
        alignment.ANCESTORS,
        row_key="origin",
        description="Ancestors of the objective: the chain of primary parents from the root of the tree down to the "
        "direct parent, for breadcrumbs.",
    )
    descendants: Descendants | None = descendants(
        "Descendants of the objective along primary parents, as a flat list for tree views: parents come before their "
        "children, siblings by position, each with its depth and parent. A filter leaves out single objectives, and "
        "not what is below them."
    )
    kpis: list[Kpi] = to_many(
        kpi_link_queries.KPIS_OF_OBJECTIVES,
        row_key="linked_objective_id",
        description="KPIs that the objective's key results follow, or that measure or guard them. A short list.",
    )
    links: list[Link] = to_many(
        links.OF_OBJECTIVES,
        row_key="objective_id",
        description="Links from the objective to work in other systems, the oldest first, without archived ones. A "
        "short list.",
    )
    participants: list[Participant] = to_many(
        participants.OF_OBJECTIVES,
        row_key="objective_id",
        description="Participants of the objective, besides its owner: co-owners, contributors, readers and "
        "followers, each by name. A short list, so it is not paged.",
    )
    history: list[GoalHistoryPoint] | None = objective_history
    check_ins: Connection[CheckIn] | None = CHECK_INS.of(
        statements.OF_OBJECTIVES,
        "Valid check-ins on the objective itself, not on its key results; the latest first.",
        dated=statements.DATED_OF_OBJECTIVES,
    )
    check_in_history: Connection[CheckIn] | None = paged(
        statements.HISTORY_OF_OBJECTIVES,
        "AT",
        "Check-ins on the objective itself, with those that were corrected or withdrawn, and with withdrawals; the "
        "latest first.",
        descending=True,
    )
    latest_check_in: CheckIn | None = to_one(
        statements.LATEST_OF_OBJECTIVES,
        key="id",
        row_key="objective_id",
        description="Latest valid check-in on the objective itself; null if there is none.",
    )
    events: Connection[Event] | None = EVENTS.of(
        events.OF_OBJECTIVES,
        "Events of the objective: all changes to it and to what belongs to it, the latest first unless another order "
        "is asked for.",
    )

    @batched(VIEWER_CAN)
    @plans_read(cycles.STATES, "cycle_id")
    @uses_columns(*PERMISSION_COLUMNS, "cycle_id")
    async def viewer_can(parents: list[Row], info: Info) -> list[GoalPermissionsType]:
        states = await load_in_order(info.context.reader, cycles.STATES, attribute_values(parents, "cycle_id"))
        return await permissions_of_goals(info, parents, ApiKeyScope.GOALS_WRITE, cycles=states)  # type: ignore[return-value]

    @batched(
        "Share tokens of the objective that are neither expired nor revoked, the oldest first; a short list without "
        "pages. Null if the viewer may not share the objective (`viewerCan.share`)."
    )
    @uses_columns(*PERMISSION_COLUMNS)
    async def share_tokens(parents: list[Row], info: Info) -> list[list[ShareToken] | None]:
        permissions = await permissions_of_goals(info, parents, ApiKeyScope.SHARE_TOKENS_READ)
        ids = attribute_values(parents, "id")
        shared = unique_ids(id for id, each in zip(ids, permissions, strict=True) if each.share.is_allowed)
        rows = await info.context.reader.rows(share_tokens.OF_OBJECTIVES, ids=shared) if shared else []
        own = group_by_key(rows, "objective_id", ids)
        return [tokens if each.share.is_allowed else None for tokens, each in zip(own, permissions, strict=True)]

    @batched(
        "Contributors to the objective that are hidden from the viewer, as one remainder; null if there are none, and "
        "unless aligned objectives count. With it the contributions that the viewer sees come to `progress`, so the "
        "progress of hidden objectives can be inferred, exactly if it is one."
    )
    @uses_columns("id", "progress_source")
    async def hidden_contributors(parents: list[Row], info: Info) -> list[HiddenContributors | None]:
        return await hidden_from_objectives(info, parents)  # type: ignore[return-value]

    @batched(
        "Number of OVERDUE goals below the objective: its key results, and objectives that serve it, directly or not, "
        "with theirs. Each that the viewer sees is counted once."
    )
    @uses_columns("id")
    async def overdue_below(parents: list[Row], info: Info) -> list[int]:
        ids = attribute_values(parents, "id")
        rows = await info.context.reader.rows(OVERDUE_BELOW, ids=unique_ids(ids))
        overdue_counts = {row.origin: row.overdue for row in rows}
        return [overdue_counts.get(id, 0) for id in ids]

    @batched(
        'Sentence made of the titles of the objective and its key results: "We will ... as measured by ...." of a '
        'title that begins with a verb, else "Our objective: ... as measured by ....". Cancelled key results are left '
        "out."
    )
    @plans_read(TITLES_OF_OBJECTIVES, "id")
    @uses_columns("id", "title")
    async def statement(parents: list[Row], info: Info) -> list[str]:
        ids = attribute_values(parents, "id")
        rows = await info.context.reader.rows(TITLES_OF_OBJECTIVES, ids=unique_ids(ids))
        own = group_by_key(rows, "objective_id", ids)
        return [
            statement(title, attribute_values(results, "title"))
            for title, results in zip(attribute_values(parents, "title"), own, strict=True)
        ]
