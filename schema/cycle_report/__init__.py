"""The report on a cycle, as the schema shows it."""

from typing import Annotated

import strawberry

import schema.cycle_report.enums  # noqa: F401
from schema.context import Info
from schema.cycle_report.key_result_counts import (
    KeyResultConfidenceCount,
    KeyResultScoreBandCount,
    KeyResultStalenessCount,
    KeyResultStatusCount,
)
from schema.cycle_report.lists import Counted, CountedKind, CountedStatus, counted_goals, counted_owners
from schema.cycle_report.objective_counts import (
    ObjectiveAlignmentCount,
    ObjectiveConfidenceCount,
    ObjectiveKindCount,
    ObjectiveScoreBandCount,
    ObjectiveStalenessCount,
    ObjectiveStatusCount,
)
from schema.cycle_report.parts import (
    CountedPart,
    PartActivity,
    ReportPart,
    activity_of_parts,
    counts_of_parts,
    groups_of,
)
from schema.cycles import Cycle
from schema.execution.fields.batched import batched
from schema.execution.fields.relation import to_one
from schema.key_results import KeyResult
from schema.objectives import Objective
from schema.people import Person, Team
from schema.pillars import Pillar
from service.objectives.models import Level, ObjectiveKind
from service.people import queries as people
from service.pillars import queries as pillars
from service.rollup.cycle_report import ReportDimension, ReportFacet
from service.rollup.cycle_report_queries import KEY_RESULTS, OBJECTIVES
from service.rollup.status_counts import share

HERE = "in the report or group"


def _as_float(value: object) -> float | None:
    return None if value is None else float(value)  # type: ignore[arg-type]


@strawberry.type
class GoalCounts:
    """The counts of objectives or of key results; the fields read from `CountedPart`."""

    @strawberry.field(
        description=f"Share, 0 to 1, of the goals {HERE} that are ACHIEVED or ON_TRACK and not OVERDUE; null without "
        "goals."
    )
    def green_share(root: strawberry.Parent[CountedPart]) -> float | None:
        return root.counts.statuses.green_share

    @strawberry.field(description=f"Number of goals {HERE} whose check-in is OVERDUE, whatever their status.")
    def overdue_count(root: strawberry.Parent[CountedPart]) -> int:
        return root.counts.statuses.overdue_count

    @strawberry.field(
        description=f"Mean confidence of the goals {HERE} that have one, 0 to 1, each with the same weight; null if "
        "none has."
    )
    def mean_confidence(root: strawberry.Parent[CountedPart]) -> float | None:
        return _as_float(root.counts.confidence)


def _counts(counts: str, type_: object, description: str) -> object:
    """A field with one count for each value of a mapping of `GoalCounts`."""

    def resolver(root: strawberry.Parent[CountedPart]):  # type: ignore[no-untyped-def]
        return [Counted(root.part, value, count) for value, count in getattr(root.counts, counts).items()]

    resolver.__annotations__["return"] = list[type_]  # type: ignore[valid-type]
    return strawberry.field(resolver=resolver, description=description)


def _statuses(type_: object, objects: str) -> object:
    def resolver(root: strawberry.Parent[CountedPart]):  # type: ignore[no-untyped-def]
        counts = root.counts.statuses.counts
        return [CountedStatus(root.part, each.status, each.count, each.overdue_count) for each in counts]

    resolver.__annotations__["return"] = list[type_]  # type: ignore[valid-type]
    description = f"Numbers of {objects} by status, from the best to the worst; statuses that none has are left out."
    return strawberry.field(resolver=resolver, description=description)


STALENESS = "Numbers of {} by staleness, from fresh to stale, then those that no check-in is expected of."
SCORE_BANDS = "Numbers of {} by score band, from the best to the worst, then those without a score."
CONFIDENCE = "Numbers of {} by level of confidence, from LOW to HIGH, then those without one."
IN_FORCE = "They are neither archived nor DRAFT or CANCELLED, and visible to the viewer."


@strawberry.type(description=f"Counts of the objectives in a cycle report, or in a group of it. {IN_FORCE}")
class CycleObjectiveCounts(GoalCounts):
    count: int = strawberry.field(description=f"Number of objectives {HERE}.")
    objectives = counted_goals(OBJECTIVES, ReportFacet.ALL, Objective, f"Objectives {HERE}.")
    statuses = _statuses(ObjectiveStatusCount, "objectives")
    staleness = _counts("staleness", ObjectiveStalenessCount, STALENESS.format("objectives"))
    score_bands = _counts("score_bands", ObjectiveScoreBandCount, SCORE_BANDS.format("objectives"))
    confidence = _counts("confidence_levels", ObjectiveConfidenceCount, CONFIDENCE.format("objectives"))
    alignment = _counts(
        "alignment",
        ObjectiveAlignmentCount,
        "Numbers of objectives by alignment: those that serve another objective, those that do not, and COMPANY ones.",
    )

    @strawberry.field(
        description=f"Numbers and scores of objectives {HERE} by kind, in alphabetical order; kinds that none has are "
        "left out."
    )
    def kinds(root: strawberry.Parent[CountedPart]) -> list[ObjectiveKindCount]:
        return [CountedKind(root.part, each.kind, each.count, each) for each in root.counts.kinds]

    @strawberry.field(
        description="Share, 0 to 1, of the TEAM and INDIVIDUAL objectives that serve at least one objective in force; "
        "null if there are none."
    )
    def alignment_rate(root: strawberry.Parent[CountedPart]) -> float | None:
        return root.counts.alignment_rate


@strawberry.type(
    description=f"Counts of the key results in a cycle report, or in a group of it, whatever their kinds. {IN_FORCE}"
)
class CycleKeyResultCounts(GoalCounts):
    count: int = strawberry.field(description=f"Number of key results {HERE}.")
    key_results = counted_goals(KEY_RESULTS, ReportFacet.ALL, KeyResult, f"Key results {HERE}.")
    statuses = _statuses(KeyResultStatusCount, "key results")
    staleness = _counts("staleness", KeyResultStalenessCount, STALENESS.format("key results"))
    score_bands = _counts("score_bands", KeyResultScoreBandCount, SCORE_BANDS.format("key results"))
    confidence = _counts("confidence_levels", KeyResultConfidenceCount, CONFIDENCE.format("key results"))


@strawberry.type(
    description="Check-in activity in a cycle, of a cycle report or of a group of it: who has checked in, and how "
    "regularly."
)
class CycleActivity:
    owners = counted_owners(Person, f"Owners of goals {HERE}.", active=False)
    active_owners = counted_owners(
        Person,
        f"Owners of goals {HERE} who have checked in on any goal of the report during the cycle.",
        active=True,
    )

    @strawberry.field(description=f"Number of people who own goals {HERE}, each once.")
    def owner_count(root: strawberry.Parent[PartActivity]) -> int:
        return root.owners

    @strawberry.field(
        description=f"Number of owners of goals {HERE} who have checked in on any goal of the report during the cycle."
    )
    def active_owner_count(root: strawberry.Parent[PartActivity]) -> int:
        return root.active_owners

    @strawberry.field(description="Share, 0 to 1, of the owners of goals who have checked in; null without owners.")
    def participation(root: strawberry.Parent[PartActivity]) -> float | None:
        return share(root.active_owners, root.owners)

    @strawberry.field(
        description="Number of check-ins that were expected until now, or until the end of the cycle: one for each "
        "cadence period of each goal whose value or progress people state."
    )
    def expected_count(root: strawberry.Parent[PartActivity]) -> int:
        return root.expected

    @strawberry.field(
        description="Number of expected check-ins that were sent: cadence periods with at least one check-in."
    )
    def met_count(root: strawberry.Parent[PartActivity]) -> int:
        return root.met

    @strawberry.field(description="Share, 0 to 1, of the expected check-ins that were sent; null if none was expected.")
    def check_in_rate(root: strawberry.Parent[PartActivity]) -> float | None:
        return share(root.met, root.expected)


@strawberry.type
class Counts:
    """What a report and each of its groups count; the fields read from `ReportPart`."""

    @batched(f"Counts of the objectives {HERE}.")
    async def objectives(parents: list[ReportPart], info: Info) -> list[CycleObjectiveCounts]:
        return await counts_of_parts(parents, info.context.reader, OBJECTIVES)  # type: ignore[return-value]

    @batched(f"Counts of the key results {HERE}.")
    async def key_results(parents: list[ReportPart], info: Info) -> list[CycleKeyResultCounts]:
        return await counts_of_parts(parents, info.context.reader, KEY_RESULTS)  # type: ignore[return-value]

    @batched(f"Activity on the goals {HERE}: who has checked in during the cycle, and how regularly.")
    async def activity(parents: list[ReportPart], info: Info) -> list[CycleActivity]:
        return await activity_of_parts(parents, info.context.reader)  # type: ignore[return-value]


@strawberry.type(
    description="Group of a cycle report: the goals that have a team, a level, a pillar, a kind or an owner in common, "
    "or have none."
)
class CycleReportGroup(Counts):
    by: ReportDimension = strawberry.field(description="Dimension by which the goals are grouped.")
    level: Level | None = strawberry.field(
        description="Level of the objectives in the group; null for groups by something else."
    )
    kind: ObjectiveKind | None = strawberry.field(
        description="Kind of the objectives in the group; null for groups by something else."
    )
    team: Team | None = to_one(
        people.TEAMS,
        key="team_id",
        description="Team of the objectives in the group; null for those without a team, and for groups by something "
        "else.",
    )
    pillar: Pillar | None = to_one(
        pillars.PILLARS,
        key="pillar_id",
        description="Pillar of the objectives in the group; null for those without a pillar, and for groups by "
        "something else.",
    )
    owner: Person | None = to_one(
        people.PEOPLE,
        key="owner_id",
        description="Owner of the goals in the group; null for those without an owner, and for groups by something "
        "else.",
    )


@strawberry.type(
    description="Report on a cycle now: the goals in force that the viewer sees, counted by status, staleness, score, "
    "confidence and alignment, and by groups. Archived, DRAFT and CANCELLED goals are left out."
)
class CycleReport(Counts):
    @strawberry.field(description="Cycle that the report is about.")
    def cycle(root: strawberry.Parent[ReportPart]) -> Cycle:
        return root.cycle  # type: ignore[return-value]

    @strawberry.field(
        description="Groups of the report's goals, each with the same counts: levels and kinds in their order, others "
        "in that of their ids, and goals that have none last. Groups without goals are left out."
    )
    async def groups(
        root: strawberry.Parent[ReportPart],
        info: Info,
        by: Annotated[ReportDimension, strawberry.argument(description="Dimension by which the goals are grouped.")],
    ) -> list[CycleReportGroup] | None:
        return await groups_of(root, info.context.reader, by)  # type: ignore[return-value]
