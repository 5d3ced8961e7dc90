"""Counts of the objectives in a report on a cycle, as the schema shows them."""

import strawberry

from schema.cycle_report.lists import Counted, CountedKind, CountedStatus, counted_goals
from schema.objectives import Objective
from service.alignment.states import AlignmentState
from service.cycles.scores import PortfolioFlag, ScoreBand
from service.objectives.models import ObjectiveKind
from service.rollup.cycle_report import ConfidenceLevel, ReportFacet
from service.rollup.cycle_report_queries import OBJECTIVES
from service.rollup.status_timeline import Staleness, Status


@strawberry.type(description="Count of the objectives in a cycle report, or in a group of it, that have one status.")
class ObjectiveStatusCount:
    count: int = strawberry.field(description="Number of objectives that have this status.")
    overdue_count: int = strawberry.field(
        description="Number of objectives with this status whose check-in is OVERDUE."
    )
    objectives = counted_goals(OBJECTIVES, ReportFacet.STATUS, Objective, "Objectives that have this status.")
    overdue_objectives = counted_goals(
        OBJECTIVES,
        ReportFacet.OVERDUE,
        Objective,
        "Objectives with this status whose check-in is OVERDUE.",
        count="overdue_count",
    )

    @strawberry.field(description="Status that the counted objectives have now.")
    def status(root: strawberry.Parent[CountedStatus]) -> Status:
        return Status(root.value or "")


@strawberry.type(description="Count of the objectives in a cycle report, or in a group of it, that are equally stale.")
class ObjectiveStalenessCount:
    count: int = strawberry.field(description="Number of objectives that are so stale.")
    objectives = counted_goals(OBJECTIVES, ReportFacet.STALENESS, Objective, "Objectives that are so stale.")

    @strawberry.field(
        description="Staleness of the counted objectives now; null for those that no check-in is expected of."
    )
    def staleness(root: strawberry.Parent[Counted]) -> Staleness | None:
        return None if root.value is None else Staleness(root.value)


@strawberry.type(description="Count of the objectives in a cycle report, or in a group of it, with scores in one band.")
class ObjectiveScoreBandCount:
    count: int = strawberry.field(description="Number of objectives whose score is in this band.")
    objectives = counted_goals(OBJECTIVES, ReportFacet.SCORE_BAND, Objective, "Objectives whose score is in this band.")

    @strawberry.field(description="Band of the scores of the counted objectives; null for those without a score.")
    def band(root: strawberry.Parent[Counted]) -> ScoreBand | None:
        return None if root.value is None else ScoreBand(root.value)


@strawberry.type(
    description="Count of the objectives in a cycle report, or in a group of it, with a level of confidence."
)
class ObjectiveConfidenceCount:
    count: int = strawberry.field(description="Number of objectives that have this level of confidence.")
    objectives = counted_goals(
        OBJECTIVES,
        ReportFacet.CONFIDENCE,
        Objective,
        "Objectives that have this level of confidence.",
    )

    @strawberry.field(description="Level of the confidence of the counted objectives; NONE for those without one.")
    def level(root: strawberry.Parent[Counted]) -> ConfidenceLevel:
        return ConfidenceLevel(root.value or "")


@strawberry.type(description="Count of the objectives in a cycle report, or in a group of it, of one kind.")
class ObjectiveKindCount:
    count: int = strawberry.field(description="Number of objectives of this kind.")
    postmortem_count: int = strawberry.field(
        description="Number of COMMITTED objectives with a score below 1, whose review has to tell why; 0 for other "
        "kinds."
    )
    objectives = counted_goals(OBJECTIVES, ReportFacet.KIND, Objective, "Objectives of this kind.")
    postmortem_objectives = counted_goals(
        OBJECTIVES,
        ReportFacet.POSTMORTEM,
        Objective,
        "Objectives that `postmortemCount` counts.",
        count="postmortem_count",
    )

    @strawberry.field(description="Kind of the counted objectives.")
    def kind(root: strawberry.Parent[CountedKind]) -> ObjectiveKind:
        return ObjectiveKind(root.scores.kind)

    @strawberry.field(description="Number of objectives of this kind that have a score.")
    def scored_count(root: strawberry.Parent[CountedKind]) -> int:
        return root.scores.scored_count

    @strawberry.field(
        description="Mean score of the objectives of this kind that have one, 0 to 1, each with the same weight; null "
        "if none has."
    )
    def mean_score(root: strawberry.Parent[CountedKind]) -> float | None:
        mean = root.scores.mean_score
        return None if mean is None else float(mean)

    @strawberry.field(
        description="Flag on the mean score of ASPIRATIONAL objectives; null between 0.4 and 0.85, without scores, and "
        "for other kinds."
    )
    def portfolio_flag(root: strawberry.Parent[CountedKind]) -> PortfolioFlag | None:
        return root.scores.portfolio_flag


@strawberry.type(description="Count of the objectives in a cycle report, or in a group of it, by alignment.")
class ObjectiveAlignmentCount:
    count: int = strawberry.field(description="Number of objectives in this state of alignment.")
    objectives = counted_goals(OBJECTIVES, ReportFacet.ALIGNMENT, Objective, "Objectives in this state of alignment.")

    @strawberry.field(description="State of the alignment of the counted objectives.")
    def state(root: strawberry.Parent[Counted]) -> AlignmentState:
        return AlignmentState(root.value or "")
