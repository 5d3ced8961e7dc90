"""Lists of what the counts of a report count: one statement for those of all groups."""

from collections.abc import Callable
from typing import Any

from schema.cycle_report.parts import ReportPart, ReportScope
from schema.execution.fields.batched import RequestedColumns
from schema.key_results.queries import KeyResultOrder
from schema.objectives.queries import ObjectiveOrder
from schema.people.queries import PersonOrder
from schema.relay.bucket_pages import Bucket, bucket_connection
from schema.relay.connections import pruned
from service.people.queries import ALL_PEOPLE
from service.reading.keyset import Listing, Page
from service.rollup.cycle_activity_queries import select_page_of_owners
from service.rollup.cycle_report import KindCount, ReportDimension, ReportFacet
from service.rollup.cycle_report_queries import OBJECTIVES, CountedGoals, Counting, bucket, select_page_of_counts
from service.values.record import record


@record
class Counted:
    """One count: the goals of a part with a value of a facet."""

    part: ReportPart
    value: str | None
    count: int


@record
class CountedStatus(Counted):
    """The goals with a status, and how many of them are overdue."""

    overdue_count: int


@record
class CountedKind(Counted):
    """The objectives of a kind, and what their scores come to."""

    scores: KindCount

    @property
    def postmortem_count(self) -> int:
        """The number of objectives that were committed to and not reached."""
        return self.scores.postmortem_count


def counted_goals(goals: CountedGoals, facet: ReportFacet, node: Any, description: str, *, count: str = "count") -> Any:
    """A field with a page of the goals that a count counts; one statement for the counts of all groups.

    Its parents have `part`, and unless the facet is ALL `value`; the number of goals is their attribute `count`.
    """

    def statement_of(scope: ReportScope, by: Any, page: Page, requested: RequestedColumns | None) -> Any:
        return scope.statement(_page_statement, goals, by, facet, page, requested)

    order = ObjectiveOrder if goals is OBJECTIVES else KeyResultOrder
    return _paged(goals.listing, statement_of, node, order, description, count)


def counted_owners(node: Any, description: str, *, active: bool) -> Any:
    """A field with a page of the owners in a part of a report, only of those who have checked in if `active`."""

    def statement_of(scope: ReportScope, by: Any, page: Page, requested: RequestedColumns | None) -> Any:
        return scope.statement(_owners_statement, by, active, page, requested)

    return _paged(ALL_PEOPLE, statement_of, node, PersonOrder, description, "active_owners" if active else "owners")


def _paged(
    listing: Listing, statement_of: Callable[..., Any], node: Any, order: Any, description: str, count: str
) -> Any:
    def bucket_of(parent: Any) -> Bucket:
        part: ReportPart = parent.part
        name = bucket(part.key, getattr(parent, "value", None))
        return Bucket((part.scope, part.by), name, getattr(parent, count))

    def statement(reading: Any, page: Page, requested: RequestedColumns | None) -> tuple[Any, dict[str, Any]]:
        scope, by = reading
        return statement_of(scope, by, page, requested), scope.values

    return bucket_connection(listing, bucket_of, statement, node, order, description)


def _page_statement(
    condition: Any,
    goals: CountedGoals,
    by: ReportDimension | None,
    facet: ReportFacet,
    page: Page,
    requested: RequestedColumns | None,
) -> Any:
    return select_page_of_counts(Counting(goals, by, condition), facet, pruned(goals.listing, requested), page)


def _owners_statement(
    condition: Any, by: ReportDimension | None, active: bool, page: Page, requested: RequestedColumns | None
) -> Any:
    return select_page_of_owners(by, condition, pruned(ALL_PEOPLE, requested), page, active=active)
