"""Lists of what the counts of a report count: one statement for those of all groups."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import UUID

import strawberry

from schema.context import Info
from schema.cycle_report.parts import ReportPart, ReportScope
from schema.execution.fields.batched import RequestedColumns, load, requested_columns
from schema.execution.fields.columnar import group_by_key
from schema.relay.connections import Connection, ConnectionPage, cut, pruned
from schema.relay.page_arguments import After, Before, First, Last, parse_page_arguments
from schema.relay.totals import Counts
from service.people.queries import ALL_PEOPLE
from service.reading.keyset import Listing, Page, at_first_page, bind_page, make_cursor
from service.reading.reader import Reader
from service.rollup.cycle_activity_queries import select_page_of_owners
from service.rollup.cycle_report import KindCount, ReportDimension, ReportFacet
from service.rollup.cycle_report_queries import CountedGoals, Counting, bucket, select_page_of_counts


@dataclass(frozen=True, slots=True)
class Counted:
    """One count: the goals of a part with a value of a facet."""

    part: ReportPart
    value: str | None
    count: int


@dataclass(frozen=True, slots=True)
class CountedStatus(Counted):
    """The goals with a status, and how many of them are overdue."""

    overdue_count: int


@dataclass(frozen=True, slots=True)
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

    return _paged(goals.listing, "POSITION", statement_of, node, description, count)


def counted_owners(node: Any, description: str, *, active: bool) -> Any:
    """A field with a page of the owners in a part of a report, only of those who have checked in if `active`."""

    def statement_of(scope: ReportScope, by: Any, page: Page, requested: RequestedColumns | None) -> Any:
        return scope.statement(_owners_statement, by, active, page, requested)

    return _paged(ALL_PEOPLE, "NAME", statement_of, node, description, "active_owners" if active else "owners")


def _paged(
    listing: Listing, order: str, statement_of: Callable[..., Any], node: Any, description: str, count: str
) -> Any:
    at_moment = replace(listing, depends_on_now=True)

    async def batch(parents: Sequence[Any], info: Info, **arguments: Any) -> list[ConnectionPage]:
        page = at_first_page(at_moment, parse_page_arguments(order, **arguments), info.context.now)
        # The statement is the same for each cursor and time.
        shape = replace(page, cursor=page.cursor and "", now=None)
        requested = requested_columns(info)
        readings: dict[tuple[ReportScope, ReportDimension | None], dict[str, None]] = {}
        for parent in parents:
            buckets = readings.setdefault((parent.part.scope, parent.part.by), {})
            buckets[bucket(parent.part.key, getattr(parent, "value", None))] = None
        values = bind_page(at_moment, page)
        results = await asyncio.gather(
            *(
                info.context.reader.rows(
                    statement_of(scope, by, shape, requested), **{**scope.values, **values}, buckets=list(buckets)
                )
                for (scope, by), buckets in readings.items()
            )
        )
        rows_of: dict[tuple[ReportScope, ReportDimension | None, str], Sequence[Any]] = {}
        for (scope, by), rows in zip(readings, results, strict=True):
            names = list(readings[scope, by])
            rows_of.update(zip(((scope, by, name) for name in names), group_by_key(rows, "bucket", names), strict=True))
        return [
            cut(
                page,
                rows_of[parent.part.scope, parent.part.by, bucket(parent.part.key, getattr(parent, "value", None))],
                None,
                _known(getattr(parent, count)),
                partial(make_cursor, page),
            )
            for parent in parents
        ]

    def resolver(  # type: ignore[no-untyped-def]
        root: strawberry.Parent[Any],
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ):
        return load(batch, root, info, {"first": first, "after": after, "last": last, "before": before})

    resolver.__annotations__["return"] = Connection[node] | None
    resolver.__batch_function__ = batch  # type: ignore[attr-defined]
    return strawberry.field(resolver=resolver, description=description)


def _known(count: int) -> Counts:
    """The number of rows of a list that was counted already."""

    async def counts(_reader: Reader, _keys: list[UUID]) -> dict[UUID | None, int]:
        return {None: count}

    return counts


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
