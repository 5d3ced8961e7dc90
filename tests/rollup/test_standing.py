"""Postgres tells of a stored course what `status_at` tells of the course, at every step and beside it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import ARRAY, DateTime, Text, literal, select

from service.cycles.pace import Policy
from service.objectives.queries import standing
from service.reader import Reader
from service.rollup.course import BEGINNING, Course, Said, guarded, pace_course, status_at, stored, with_check_ins
from tests.client import Client

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
POLICY = Policy()
PACED = pace_course(0.45, START, END, POLICY)
COURSES = {
    "without progress": pace_course(None, START, END, POLICY),
    "achieved": pace_course(1, START, END, POLICY),
    "by its pace": PACED,
    "said": with_check_ins(PACED, Said(START + timedelta(days=20, microseconds=7), "AT_RISK"), START, END, POLICY),
    "silent": with_check_ins(PACED, None, START, END, POLICY),
    "guarded": guarded(pace_course(1, START, END, POLICY, is_control=True)),
}


@pytest.mark.parametrize("course", COURSES.values(), ids=COURSES.keys())
async def test_at_every_step_and_beside_it(client: Client, course: Course) -> None:
    since, statuses, reasons = stored(course)
    goal = select(
        literal(since, ARRAY(DateTime(timezone=True))).label("status_since"),
        literal(statuses, ARRAY(Text)).label("status_steps"),
        literal(reasons, ARRAY(Text)).label("status_reasons"),
    ).subquery("goal")
    statement = select(*standing(goal.c))
    moments = {each + beside * INSTANT for each in since if each > BEGINNING for beside in (-1, 0, 1)}
    for now in sorted({*moments, BEGINNING, START, END, datetime(9999, 1, 1, tzinfo=UTC)}):
        reader = Reader(client.database, client.organization_id, now=now)
        [row] = await reader.rows(statement)
        await reader.close()
        step = status_at(course, now)
        assert (now, row.status, row.status_reason) == (now, step.status, step.reason)
