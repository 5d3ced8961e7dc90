"""Postgres tells of a stored course what `status_at` tells of the course, at every step and beside it."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import ARRAY, Boolean, DateTime, Text, literal, select

from service.cadence.due import Cadence
from service.cycles.pace import Policy
from service.objectives.queries import status_columns
from service.reading.reader import Reader
from service.rollup.pace_status import StatusRules, pace_timeline
from service.rollup.status_timeline import (
    BEGINNING,
    NOT_IN_FORCE,
    StatedStatus,
    StatusTimeline,
    check_in_due_after,
    status_at,
    to_columns,
    with_breached_guardrail,
    with_staleness,
    with_stated_status,
)
from tests.kit.client import Client

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
POLICY, CADENCE = Policy(), Cadence()
PACED = pace_timeline(Fraction(45, 100), START, END, POLICY)
SAID = StatedStatus(START + timedelta(days=200, microseconds=7), "ON_TRACK")
DUE = check_in_due_after(START + timedelta(days=200), CADENCE)
COURSES = {
    "without progress": pace_timeline(None, START, END, POLICY),
    "achieved": pace_timeline(Fraction(1), START, END, POLICY),
    "by its pace": PACED,
    "stated": with_stated_status(PACED, PACED, SAID, CADENCE),
    "stale": with_staleness(with_stated_status(PACED, PACED, SAID, CADENCE), DUE, START, END),
    "guarded": with_breached_guardrail(
        pace_timeline(Fraction(1), START, END, POLICY, rules=StatusRules(is_control=True))
    ),
    "not in force": NOT_IN_FORCE,
}


@pytest.mark.parametrize("timeline", COURSES.values(), ids=COURSES.keys())
async def test_at_every_step_and_beside_it(client: Client, timeline: StatusTimeline) -> None:
    since, statuses, reasons, staleness, diverging = to_columns(timeline)
    due_at = DUE.due_at
    assert due_at is not None
    goal = select(
        literal(since, ARRAY(DateTime(timezone=True))).label("status_since"),
        literal(statuses, ARRAY(Text)).label("status_steps"),
        literal(reasons, ARRAY(Text)).label("status_reasons"),
        literal(staleness, ARRAY(Text)).label("staleness_steps"),
        literal(diverging, ARRAY(Boolean)).label("diverging_steps"),
        literal(due_at, DateTime(timezone=True)).label("check_in_due_at"),
    ).subquery("goal")
    statement = select(*status_columns(goal.c))
    moments = {each + beside * INSTANT for each in since if each > BEGINNING for beside in (-1, 0, 1)}
    for now in sorted({*moments, BEGINNING, START, END, datetime(9999, 1, 1, tzinfo=UTC)}):
        reader = Reader(client.database, client.organization_id, now=now)
        [row] = await reader.rows(statement)
        await reader.close()
        step = status_at(timeline, now)
        assert (now, row.status, row.status_reason) == (now, step.status, step.reason)
        assert (now, row.staleness, row.status_diverges) == (now, step.staleness, step.diverges)
        assert row.next_check_in_due_at == (due_at if step.staleness else None)
