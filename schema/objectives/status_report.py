"""Reports that count goals by status, and how many of each are overdue."""

from functools import lru_cache
from typing import Annotated, Any

import strawberry

from schema.context import Info
from schema.relay.filters import read_filter
from schema.relay.root_connections import listing_of
from service.all_entities import reference_types
from service.entities.entity import Entity
from service.reading.filters import Shape, build_condition
from service.rollup.reports import count_statement
from service.rollup.status_counts import StatusCount, report
from service.rollup.status_timeline import Status


@strawberry.type(description="Number of goals (objectives or key results) that have one status.")
class GoalStatusCount:
    status: Status = strawberry.field(description="Status that the counted goals have now.")
    count: int = strawberry.field(description="Number of goals that have this status.")
    overdue_count: int = strawberry.field(description="Number of goals with this status whose check-in is OVERDUE.")


@strawberry.type(
    description="Report on the status of goals (objectives or key results) now. Drafts and cancelled goals have no "
    "status and are left out."
)
class GoalStatusReport:
    total: int = strawberry.field(description="Number of goals in the report.")
    overdue_count: int = strawberry.field(
        description="Number of goals in the report whose check-in is OVERDUE, whatever their status."
    )
    green_share: float | None = strawberry.field(
        description="Share, 0 to 1, of the goals that are ACHIEVED or ON_TRACK and not OVERDUE; null without goals."
    )
    counts: list[GoalStatusCount] = strawberry.field(
        description="Numbers of goals by status, from the best status to the worst; a status that no goal has is left "
        "out."
    )


def status_report(entity: Entity, filter_type: Any, objects: str) -> Any:
    """A field of Query with a report on all goals of a type, called `objects`."""
    listing, columns, types = listing_of(entity), entity.filters, reference_types(entity.name)
    live = listing.with_conditions(listing.source.c.archived_at.is_(None))

    @lru_cache(maxsize=128)
    def statement(shape: Shape, include_archived: bool) -> Any:
        own = listing if include_archived else live
        return count_statement(own.with_conditions(build_condition(columns, shape)) if shape else own, columns)

    async def resolver(info: Info, filter: Any = None, include_archived: bool = False) -> Any:
        shape, values, _, search = read_filter(info.context, filter, types)
        search()
        rows = await info.context.reader.rows(statement(shape, include_archived), **values)
        return report(StatusCount(Status(row.status), row.count, row.overdue_count) for row in rows)

    resolver.__annotations__ |= {
        "filter": _argument(
            filter_type | None, f"Conditions that the {objects} have to meet; all {objects} are counted when left out."
        ),
        "include_archived": _argument(bool, f"True if archived {objects} are counted; they are left out by default."),
        "return": GoalStatusReport | None,
    }
    description = f"Report that counts {objects} by status, and tells how many with each status are OVERDUE."
    return strawberry.field(resolver=resolver, description=description)


def _argument(annotation: Any, description: str) -> Any:
    return Annotated[annotation, strawberry.argument(description=description)]
