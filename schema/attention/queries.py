"""The list of what needs attention."""

import asyncio
from datetime import datetime
from typing import Annotated, Any

import strawberry

from schema.attention import AttentionEntry
from schema.context import Info
from schema.execution.fields.batched import uses_columns
from schema.relay.connections import Connection, ConnectionPage, cut
from schema.relay.node import sought_id
from schema.relay.page_arguments import After, Before, First, Last, parse_page_arguments
from schema.relay.row_pages import counted
from service.attention.queries import MAX_ATTENTION, goals_that_need_attention, kpis_to_judge
from service.attention.reasons import Attention, reasons_of_goal, reasons_of_kpi
from service.errors import BadUserInput
from service.kpis.current.row_mapping import summary_of
from service.kpis.current.scorecard import build_card
from service.people.permissions import ensure_scope
from service.people.scopes import ApiKeyScope
from service.reading.cursors import decode_cursor, encode_cursor
from service.reading.keyset import Page
from service.values.parsing import parse_instant, parse_uuid

ORDER = "ATTENTION"
# KPIs that are judged without yielding to the event loop; it takes some milliseconds.
KPIS_AT_ONCE = 100
Position = tuple[int, str, str]


@strawberry.type
class AttentionQueries:
    """Fields of Query."""

    @strawberry.field(
        description="Objectives, key results and KPIs that need attention, with reasons: by the most urgent reason, "
        "then by due date, those without one last. Archived ones, drafts, what was cancelled, and goals of closed "
        f"cycles are left out; `cycleId` finds the latter. More than {MAX_ATTENTION} of them, or of KPIs to look at, "
        "are an error; narrow them by `teamId` or `personId`. An API key needs KPIS_READ, too, unless `cycleId` "
        "is given."
    )
    @uses_columns()
    async def needs_attention(
        self,
        info: Info,
        team_id: Annotated[
            strawberry.ID | None,
            strawberry.argument(
                description="Id of the team whose goals and KPIs are looked at, with those of the teams below it; all "
                "if left out."
            ),
        ] = None,
        person_id: Annotated[
            strawberry.ID | None,
            strawberry.argument(
                description="Id of the person who owns the goals and KPIs, or the objective of a key result without an "
                "owner; those of everybody if left out."
            ),
        ] = None,
        cycle_id: Annotated[
            strawberry.ID | None,
            strawberry.argument(
                description="Id of the cycle whose goals are looked at, and no KPIs; if left out, all cycles that are "
                "not closed, and KPIs."
            ),
        ] = None,
        at: Annotated[
            datetime | None,
            strawberry.argument(
                description="Time at which they need attention, by what is known now; the time of the request if left "
                "out."
            ),
        ] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[AttentionEntry] | None:
        page = parse_page_arguments(ORDER, first=first, after=after, last=last, before=before)
        position, time = (None, at or info.context.now) if page.cursor is None else _decoded(page.cursor)
        ids: dict[str, Any] = {
            "person_id": sought_id(person_id, "Person"),
            "team_id": sought_id(team_id, "Team"),
            "cycle_id": sought_id(cycle_id, "Cycle"),
        }
        if cycle_id is None:
            # The area of the entries is that of goals.
            ensure_scope(info.context.viewer, ApiKeyScope.KPIS_READ, "needsAttention")
        entries = await _load_attention(info, {name: id for name, id in ids.items() if id is not None}, time)
        return _page(page, sorted(entries, key=lambda each: each.order), position, time)  # type: ignore[return-value]


async def _load_attention(info: Info, ids: dict[str, Any], time: datetime) -> list[Attention]:
    """What needs attention at a time, of a person, a team or a cycle. Raises BadUserInput for too many."""
    reader, of_cycle = info.context.reader, "cycle_id" in ids
    scope = {"of_person": "person_id" in ids, "of_team": "team_id" in ids}
    reads = [reader.rows(goals_that_need_attention(**scope, of_cycle=of_cycle), **ids, now=time)]
    if not of_cycle:
        reads.append(reader.rows(kpis_to_judge(**scope), **ids))
    # They are sent together.
    goals, *kpis = await asyncio.gather(*reads)
    if any(len(rows) > MAX_ATTENTION for rows in (goals, *kpis)):
        raise BadUserInput(
            f"More than {MAX_ATTENTION} goals need attention, or as many KPIs are looked at; narrow them by `teamId` "
            "or `personId`."
        )
    entries = [_of_goal(row) for row in goals]
    for number, row in enumerate(row for rows in kpis for row in rows):
        if number % KPIS_AT_ONCE == KPIS_AT_ONCE - 1:
            # Other requests have their turns in between.
            await asyncio.sleep(0)
        entries.append(_of_kpi(row, time))
    return [each for each in entries if each.reasons]


def _of_goal(row: Any) -> Attention:
    reasons = reasons_of_goal(
        guardrail_breached=row.guardrail_breached,
        status=row.status,
        staleness=row.staleness,
        status_diverges=row.status_diverges,
        has_owner=row.has_owner,
    )
    return Attention(row.subject_type, row.id, row.due_at, reasons)


def _of_kpi(row: Any, time: datetime) -> Attention:
    card = build_card(row, summary_of(row), time)
    reasons = reasons_of_kpi(status=card.status, freshness=card.freshness, has_owner=row.owner_id is not None)
    return Attention("Kpi", row.id, card.summary.next_measurement_due_at, reasons, row)


def _page(page: Page, entries: list[Attention], position: Position | None, time: datetime) -> ConnectionPage:
    """A page of the sorted entries. Its cursors carry the time, so that later pages are as of then."""
    listed = entries[::-1] if page.backwards else entries
    if position is not None:
        listed = [each for each in listed if (each.order < position if page.backwards else each.order > position)]
    return cut(
        page, listed[: page.size + 1], None, counted(len(entries)), lambda each: encode_cursor([*each.order, time])
    )


def _decoded(cursor: str) -> tuple[Position, datetime]:
    def parse(members: list[Any]) -> tuple[Position, datetime]:
        rank, due, id, time = members
        if type(rank) is not int or not isinstance(due, str) or parse_uuid(id) is None:
            raise ValueError
        return (rank, due, id), parse_instant(time)

    return decode_cursor(
        cursor, parse, "This is not a cursor of `needsAttention`. Take one from `pageInfo` or an edge."
    )
