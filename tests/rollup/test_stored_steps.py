"""The step of a goal that is stored for lists: what it is, how a later one is stored, and how the doctor sees it."""

from datetime import UTC, datetime, timedelta

import asyncpg
from hypothesis import given
from hypothesis import strategies as st

from service.cli.recompute import advance, recompute
from service.objectives.queries import REASONS, STALENESS, STATUSES
from service.reading.reader import Reader
from service.rollup.doctor import examine
from service.rollup.status_timeline import (
    BEGINNING,
    Staleness,
    Status,
    StatusChange,
    StatusReason,
    merge_changes,
    status_at,
    step_at,
)
from tests.kit.client import Client
from tests.kit.forest import planted

START = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = st.integers(0, 20)
PASSED = "SELECT count(*) FROM objectives WHERE step_until <= $1"


def test_the_values_are_those_of_rollup() -> None:
    assert (tuple(Status), tuple(StatusReason), tuple(Staleness)) == (STATUSES, REASONS, STALENESS)


@given(st.lists(st.tuples(DAYS, st.sampled_from(Status), st.sampled_from([None, *Staleness])), max_size=5), DAYS, DAYS)
def test_a_step_holds_in_its_span(steps: list[tuple[int, Status, Staleness | None]], written: int, read: int) -> None:
    changes = [StatusChange(START + timedelta(days=days), status, None, stale) for days, status, stale in steps]
    timeline = merge_changes([StatusChange(BEGINNING, Status.PENDING, None), *changes]) if steps else ()
    since, until, status, staleness, _ = step_at(timeline, START + timedelta(days=written))
    now = START + timedelta(days=read)
    if (since is None or since <= now) and (until is None or now < until):
        assert (status, staleness) == (status_at(timeline, now).status, status_at(timeline, now).staleness)
    assert read != written or ((since is None or since <= now) and (until is None or now < until))


async def test_steps_are_stored_again_when_they_have_passed(client: Client, cleaner: asyncpg.Connection) -> None:
    await planted(client, 40, 2)
    written, later = client.clock.now, datetime(2026, 12, 20, tzinfo=UTC)
    document = "{ objectives(first: 100, filter: {status: {in: [OFF_TRACK, AT_RISK]}}) { totalCount nodes { id } } }"
    earlier = await client.data(document)
    client.clock.now = later
    before = await client.data(document)
    passed = await cleaner.fetchval(PASSED, later)
    assert passed > 0
    key_results = await cleaner.fetchval("SELECT count(*) FROM key_results WHERE step_until <= $1", later)
    assert await advance(client.database, client.organization_id, later) == passed + key_results
    assert await advance(client.database, client.organization_id, later) == 0
    assert await cleaner.fetchval(PASSED, later) == 0
    assert before != earlier
    assert await client.data(document) == before
    # Who still reads an earlier moment finds what was there then.
    client.clock.now = written
    assert await client.data(document) == earlier


async def test_the_doctor_finds_and_repairs_a_step(client: Client, cleaner: asyncpg.Connection) -> None:
    await planted(client, 5, 1)
    await cleaner.execute("UPDATE objectives SET step_status = 'PENDING' WHERE external_id = 'objective-1'")
    await cleaner.execute("UPDATE key_results SET step_until = now() WHERE external_id = 'objective-2-kr-1'")
    await cleaner.execute("UPDATE objectives SET step_reason = 'PACE' WHERE external_id = 'objective-3'")
    await cleaner.execute("UPDATE objectives SET progress_order = 2 WHERE external_id = 'objective-4'")

    async def problems() -> list[tuple[str, str]]:
        reader = Reader(client.database, client.organization_id)
        try:
            return [(each.subject, each.problem) async for each in examine(reader)]
        finally:
            await reader.close()

    problem = "the stored step is none of its steps, or lists have another progress"
    assert await problems() == [*[("Objective", problem)] * 3, ("KeyResult", problem)]
    await recompute(client.database, client.organization_id, client.clock.now)
    assert await problems() == []
