"""The field of Query with the feed of entries."""

from dataclasses import replace
from functools import lru_cache
from typing import Annotated, Any

import strawberry

from schema.activity import ActivityEntry
from schema.context import Info
from schema.execution.fields.batched import RequestedColumns, requested_columns, uses_columns
from schema.relay.connections import Connection, Prepared, listed, prepared
from schema.relay.filters import DateTimeFilter, comparisons_of
from schema.relay.node import sought_id
from schema.relay.page_arguments import After, Before, First, Last, parse_page_arguments
from service.activity.entry_types import EntryType, verbs_of
from service.activity.queries import ENTRIES, FILTERS
from service.events.models import Verb
from service.reading.access_paths import with_filter
from service.reading.filters import Shape, parse_filter
from service.reading.keyset import Page

ORDER = "RECORDED_AT"


def condition(description: str) -> Any:
    """An optional condition of the filter; one that is left out is null."""
    return strawberry.field(default=None, description=description)


@strawberry.input(
    description="Conditions on the entries of a feed; all of them have to hold. A condition that is null counts as "
    "left out."
)
class ActivityFilter:
    team_id: strawberry.ID | None = condition(
        "Id of the team about whose work the entries are: its objectives, KPIs and initiatives as they belong to it "
        "now, archived ones included, and what belongs to these."
    )
    include_subteams: bool | None = condition(
        "True if entries about the work of the teams below `teamId` match, too; they do not when left out."
    )
    person_id: strawberry.ID | None = condition(
        "Id of the person who made the changes, or on whose behalf a service account made them."
    )
    cycle_id: strawberry.ID | None = condition(
        "Id of the cycle that the entries are about: the cycle itself, its objectives and what belongs to them."
    )
    objective_id: strawberry.ID | None = condition(
        "Id of the objective at the top of the subtree that the entries are about: itself and those that serve it, "
        "directly or not, with what belongs to them. What is below a hidden objective is left out."
    )
    types: list[EntryType] | None = condition("Types of the entries; an empty list matches nothing.")
    recorded_at: DateTimeFilter | None = condition("Condition on the time at which the change was made (`at`).")


def _conditions(filter: Any) -> dict[str, Any]:
    """A filter as reads take it."""
    ids = {
        "teams" if filter.include_subteams else "team": sought_id(filter.team_id, "Team"),
        "cycle": sought_id(filter.cycle_id, "Cycle"),
        "objective": sought_id(filter.objective_id, "Objective"),
        "actor_id": sought_id(filter.person_id, "Person"),
    }
    conditions: dict[str, Any] = {name: {"eq": id} for name, id in ids.items() if id is not None}
    if filter.types is not None:
        conditions |= {"verb": {"in_": [Verb(each) for each in verbs_of(filter.types)]}, "type": {"in_": filter.types}}
    if filter.recorded_at is not None:
        conditions["recorded_at"] = comparisons_of("recordedAt", filter.recorded_at)
    return conditions


# SQLAlchemy needs milliseconds to compile it.
@lru_cache(maxsize=128)
def _prepared(shape: Shape, page: Page, requested: RequestedColumns | None) -> Prepared:
    return prepared(with_filter(ENTRIES, FILTERS, shape, ORDER), page, requested)


def _of_any_cursor(page: Page) -> Page:
    """The page with another cursor in place of its own, which the statement does not depend on."""
    return page if page.cursor is None else replace(page, cursor="")


@strawberry.type
class ActivityQueries:
    """Fields of Query."""

    @strawberry.field(
        description="Feed of what was done, the latest first: an entry for each change, ready to be shown. Entries "
        "about what the viewer may not see are left out, as in `events`."
    )
    @uses_columns()
    async def activity(
        self,
        info: Info,
        filter: Annotated[
            ActivityFilter | None,
            strawberry.argument(description="Conditions that the entries have to meet; all entries when left out."),
        ] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[ActivityEntry] | None:
        page = parse_page_arguments(ORDER, descending=True, first=first, after=after, last=last, before=before)
        shape, values, _ = parse_filter({} if filter is None else _conditions(filter))
        entries = _prepared(shape, _of_any_cursor(page), requested_columns(info))
        return await listed(info.context.reader, entries, page, values, info.context.now)  # type: ignore[return-value]
