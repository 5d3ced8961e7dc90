"""Counts of the key results in a report on a cycle, as the schema shows them."""

import strawberry

from schema.cycle_report.lists import Counted, CountedStatus, counted_goals
from schema.key_results import KeyResult
from service.cycles.scores import ScoreBand
from service.rollup.cycle_report import ConfidenceLevel, ReportFacet
from service.rollup.cycle_report_queries import KEY_RESULTS
from service.rollup.status_timeline import Staleness, Status


@strawberry.type(description="Count of the key results in a cycle report, or in a group of it, that have one status.")
class KeyResultStatusCount:
    count: int = strawberry.field(description="Number of key results that have this status.")
    overdue_count: int = strawberry.field(
        description="Number of key results with this status whose check-in is OVERDUE."
    )
    key_results = counted_goals(KEY_RESULTS, ReportFacet.STATUS, KeyResult, "Key results that have this status.")
    overdue_key_results = counted_goals(
        KEY_RESULTS,
        ReportFacet.OVERDUE,
        KeyResult,
        "Key results with this status whose check-in is OVERDUE.",
        count="overdue_count",
    )

    @strawberry.field(description="Status that the counted key results have now.")
    def status(root: strawberry.Parent[CountedStatus]) -> Status:
        return Status(root.value or "")


@strawberry.type(description="Count of the key results in a cycle report, or in a group of it, that are equally stale.")
class KeyResultStalenessCount:
    count: int = strawberry.field(description="Number of key results that are so stale.")
    key_results = counted_goals(KEY_RESULTS, ReportFacet.STALENESS, KeyResult, "Key results that are so stale.")

    @strawberry.field(
        description="Staleness of the counted key results now; null for those that no check-in is expected of."
    )
    def staleness(root: strawberry.Parent[Counted]) -> Staleness | None:
        return None if root.value is None else Staleness(root.value)


@strawberry.type(
    description="Count of the key results in a cycle report, or in a group of it, with scores in one band."
)
class KeyResultScoreBandCount:
    count: int = strawberry.field(description="Number of key results whose score is in this band.")
    key_results = counted_goals(
        KEY_RESULTS, ReportFacet.SCORE_BAND, KeyResult, "Key results whose score is in this band."
    )

    @strawberry.field(description="Band of the scores of the counted key results; null for those without a score.")
    def band(root: strawberry.Parent[Counted]) -> ScoreBand | None:
        return None if root.value is None else ScoreBand(root.value)


@strawberry.type(
    description="Count of the key results in a cycle report, or in a group of it, with a level of confidence."
)
class KeyResultConfidenceCount:
    count: int = strawberry.field(description="Number of key results that have this level of confidence.")
    key_results = counted_goals(
        KEY_RESULTS,
        ReportFacet.CONFIDENCE,
        KeyResult,
        "Key results that have this level of confidence.",
    )

    @strawberry.field(description="Level of the confidence of the counted key results; NONE for those without one.")
    def level(root: strawberry.Parent[Counted]) -> ConfidenceLevel:
        return ConfidenceLevel(root.value or "")
