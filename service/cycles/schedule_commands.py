"""Planning cycles ahead: the next cycles of a pattern, each once."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select

from service.cycles import commands
from service.cycles.commands import CycleDateOutOfRange
from service.cycles.models import Cycle, CycleKind
from service.cycles.schedule import KINDS, Period, SchedulePattern, next_day, periods
from service.cycles.states import CycleActivation
from service.errors import Refusal
from service.people.models import Organization
from service.people.permissions import ensure_administrator
from service.postgres.tables import columns_of
from service.values.record import record
from service.writing.refusals import NotFound
from service.writing.transaction import Transaction

MAX_SCHEDULED = 60
# The years that cycles lie in.
YEARS = range(1900, 2201)
_cycle = columns_of(Cycle)
_organization = columns_of(Organization)
_CALENDAR = select(_organization.time_zone, _organization.fiscal_year_start_month).where(
    _organization.id == bindparam("organization_id", type_=_organization.id.type)
)


class ScheduleCountOutOfRange(Refusal):
    """{count} cycles cannot be scheduled at once; it has to be 1 to {limit}."""

    meaning = "Number <count> of cycles to schedule that is not from 1 to <limit>. Send several requests."


@record
class Schedule:
    """The cycles to plan: `count` of a pattern, from the period that contains `day` on."""

    pattern: SchedulePattern
    count: int
    day: date | None = None
    parent_id: UUID | None = None
    activation: CycleActivation = CycleActivation.AT_START


async def schedule(tx: Transaction, requested: Schedule) -> list[UUID]:
    """The cycles of a schedule in their order, of which those that exist are not created again. The transaction holds
    the graph lock alone, so that two at once create each cycle once.

    Notes ScheduleCountOutOfRange and NotFound. Raises CycleOutsideParent and
    CycleDateOutOfRange.
    """
    ensure_administrator(tx.viewer)
    if not 1 <= requested.count <= MAX_SCHEDULED:
        tx.attempt.note([ScheduleCountOutOfRange(("count",), count=requested.count, limit=MAX_SCHEDULED)])
    existing: Sequence[Any] = await tx.rows(
        select(_cycle.id, _cycle.kind, _cycle.starts_on, _cycle.ends_on, _cycle.archived_at)
        .where(_cycle.organization_id == tx.organization_id)
        .order_by(_cycle.starts_on, _cycle.id)
    )
    if requested.parent_id is not None and all(each.id != requested.parent_id for each in existing):
        tx.attempt.note([NotFound(("parentId",), thing="cycle")])
    await tx.flush()
    [calendar] = await tx.rows(_CALENDAR)
    live = [each for each in existing if each.archived_at is None]
    kind = CycleKind(KINDS[requested.pattern])
    same = [each for each in live if each.kind == kind]
    day = requested.day
    if day is None and same:
        last_day = max(each.ends_on for each in same)
        day = next_day(requested.pattern, last_day, calendar.fiscal_year_start_month)
    if day is None:
        day = tx.now.astimezone(ZoneInfo(calendar.time_zone)).date()
    known = {(each.starts_on, each.ends_on): each.id for each in reversed(same)}
    planned = periods(requested.pattern, day, requested.count, calendar.fiscal_year_start_month)
    if planned[0].starts_on.year not in YEARS or planned[-1].ends_on.year not in YEARS:
        raise CycleDateOutOfRange(("from",))
    new = {
        period: commands.draft(
            tx,
            {
                "name": period.name,
                "kind": kind,
                "starts_on": period.starts_on,
                "ends_on": period.ends_on,
                "activation": requested.activation,
                "parent_id": requested.parent_id or _parent_of(period, live),
            },
            calendar.time_zone,
        )
        for period in planned
        if (period.starts_on, period.ends_on) not in known
    }
    if new:
        await commands.create(tx, list(new.values()))
    return [new[each].id if each in new else known[each.starts_on, each.ends_on] for each in planned]


def _parent_of(period: Period, cycles: Sequence[Any]) -> UUID | None:
    """The shortest longer cycle that a period lies in, of equal ones the first; None if there is none."""
    around = [each for each in cycles if each.starts_on <= period.starts_on and period.ends_on <= each.ends_on]
    days = period.ends_on - period.starts_on
    longer = [each for each in around if each.ends_on - each.starts_on > days]
    shortest = min(longer, key=lambda each: each.ends_on - each.starts_on, default=None)
    return None if shortest is None else shortest.id
