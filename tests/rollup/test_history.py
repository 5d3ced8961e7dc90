"""The history of a goal shows in each bucket what was known at its end."""

from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest

from service.postgres.database import MAX_CACHED_SQL_BYTES
from service.reading.statement_batch import compile_sql
from service.reading.visibility import Sight
from service.rollup.history_loading import GOALS_AT, GUARDS_AT
from service.values.global_ids import decode
from tests.kit.client import Client, Statements
from tests.kit.multiplied import multiplied
from tests.kit.roles import acting
from tests.kit.row_visits import visits

POINT = "startsOn endsOn at current target progress confidence status statusReason"
DOCUMENT = f"""query($from: Date!, $to: Date!, $bucket: GoalHistoryBucket!) {{
    objectives(first: 100) {{ nodes {{ history(from: $from, to: $to, bucket: $bucket) {{ {POINT} }}
        keyResults {{ title history(from: $from, to: $to, bucket: $bucket) {{ {POINT} }} }} }} }} }}"""
MONTHS = {"from": "2026-01-01", "to": "2026-04-30", "bucket": "MONTH"}
NOTHING = dict.fromkeys(("at", "current", "target", "progress", "confidence", "status", "statusReason"))


def uuid_of(id: str) -> UUID:
    """The id of a row in a global id."""
    decoded = decode(id)
    assert decoded is not None
    return decoded[1]


async def grown(client: Client) -> str:
    """A key result of a quarter, of which was said and changed something in its three months."""
    client.clock.now = datetime(2026, 1, 10, 12, tzinfo=UTC)
    objective = await client.objective(await client.cycle("2026-01-01", "2026-03-31"))
    key_result = await client.key_result(objective, kind="REACH", target="100")
    await client.check_in(key_result, "20", confidence=0.5)
    client.clock.now = datetime(2026, 2, 20, 12, tzinfo=UTC)
    # Neither what is said of January nor a target that holds since January changes what was known in January.
    await client.check_in(key_result, "30", at="2026-01-20T00:00:00Z")
    await client.make(
        *("keyResultUpdate",),
        **{"id": key_result, "target": "60", "effectiveAt": "2026-01-15T00:00:00Z", "reason": "Smaller market"},
    )
    client.clock.now = datetime(2026, 3, 10, 12, tzinfo=UTC)
    await client.check_in(key_result, "45", status="AT_RISK")
    return key_result


async def test_points_of_a_goal_and_of_its_objective(client: Client) -> None:
    await grown(client)
    [objective] = (await client.data(DOCUMENT, **MONTHS))["objectives"]["nodes"]
    [key_result] = objective["keyResults"]
    ends = {"startsOn": "2026-01-01", "endsOn": "2026-01-31", "at": "2026-01-31T23:59:59.999999Z"}
    january = {**ends, "current": "20", "target": "100", "progress": 0.2, "confidence": 0.5, "status": "OFF_TRACK"}
    ends = {"startsOn": "2026-02-01", "endsOn": "2026-02-28", "at": "2026-02-28T23:59:59.999999Z"}
    february = {**ends, "current": "30", "target": "60", "progress": 0.5, "confidence": 0.5, "status": "AT_RISK"}
    ends = {"startsOn": "2026-03-01", "endsOn": "2026-03-31", "at": "2026-03-10T12:00:00Z"}
    march = {**ends, "current": "45", "target": "60", "progress": 0.75, "confidence": 0.5, "status": "AT_RISK"}
    april = {"startsOn": "2026-04-01", "endsOn": "2026-04-30", **NOTHING}
    reasons = ("PACE", "PACE", "STATED_IN_CHECK_IN")
    points = [each | {"statusReason": reason} for each, reason in zip((january, february, march), reasons, strict=True)]
    assert key_result["history"] == [*points, april]
    above = {"current": None, "target": None, "confidence": None, "statusReason": "WORST_CONTRIBUTOR"}
    assert objective["history"] == [*(each | above for each in points), april]


async def test_there_is_nothing_before_a_goal_was_there(client: Client) -> None:
    await grown(client)
    days = {"from": "2025-11-30", "to": "2026-01-10", "bucket": "QUARTER"}
    [objective] = (await client.data(DOCUMENT, **days))["objectives"]["nodes"]
    first, second = objective["history"]
    assert first == {"startsOn": "2025-10-01", "endsOn": "2025-12-31", **NOTHING}
    assert (second["at"], second["progress"]) == ("2026-03-10T12:00:00Z", 0.75)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"from": "2026-02-02", "to": "2026-02-01"}, "`to` (2026-02-01) is before `from` (2026-02-02)."),
        (
            {"from": "2025-01-01", "to": "2026-12-31", "bucket": "DAY"},
            "From 2025-01-01 to 2026-12-31 there are more than 400 buckets of one DAY. Ask for longer buckets, or "
            "fewer days.",
        ),
        (
            {"from": "2025-12-01", "to": "2026-12-31", "bucket": "DAY"},
            "The history of 60 objectives in 214 buckets would need more than 18 objectives, those below them among "
            "them. Read fewer goals at once, or longer buckets.",
        ),
    ],
)
async def test_what_is_refused(client: Client, given: dict[str, str], message: str) -> None:
    cycle = await client.cycle()
    for number in range(60):
        await client.objective(cycle, f"Objective {number}")
    document = f"""query($from: Date!, $to: Date!, $bucket: GoalHistoryBucket!) {{
        objectives(first: 100) {{ nodes {{ history(from: $from, to: $to, bucket: $bucket) {{ {POINT} }} }} }} }}"""
    answer = await client.answer(document, **(MONTHS | given))
    assert {(each["message"], each["extensions"]["code"]) for each in answer["errors"]} == {(message, "BAD_USER_INPUT")}


async def test_the_messages_depend_on_neither_goals_nor_buckets(client: Client, statements: Statements) -> None:
    await grown(client)
    for _ in range(2):
        await client.data(DOCUMENT, **MONTHS)
    few = await statements.of(client.data(DOCUMENT, **MONTHS))
    cycle = await client.cycle("2026-01-01", "2026-06-30")
    above = await client.objective(cycle, "Above")
    for number in range(5):
        objective = await client.objective(cycle, f"Objective {number}")
        await client.key_result(objective, kind="BINARY")
        await client.make("objectiveAlign", objectiveId=objective, parentId=above)
    many = await statements.of(client.data(DOCUMENT, **{**MONTHS, "bucket": "WEEK"}))
    assert (len(few), len(many)) == (9, 9)


async def test_what_is_hidden_below_counts_for_everybody(client: Client) -> None:
    await grown(client)
    cycle = await client.cycle("2026-01-01", "2026-06-30")
    above = await client.objective(cycle, "Above", progressSource="ALIGNED_OBJECTIVES")
    hidden = await client.objective(cycle, "Hidden", visibility="PRIVATE", progressSource="MANUAL")
    await client.make("objectiveAlign", objectiveId=hidden, parentId=above)
    await client.make("objectiveCheckIn", objectiveId=hidden, value="0.4")
    document = f"""query($id: ID!) {{ objective(id: $id) {{
        history(from: "2026-03-10", to: "2026-03-10", bucket: DAY) {{ {POINT} }} }} }}"""
    owned = await client.data(document, id=above)
    assert owned["objective"]["history"][0]["progress"] == 0.4
    async with await acting(client, "VIEWER") as viewer:
        assert await viewer.data(document, id=above) == owned
        assert await viewer.data(document, id=hidden) == {"objective": None}


async def test_only_what_is_below_is_visited(client: Client, cleaner: asyncpg.Connection) -> None:
    await forget_statistics(cleaner)
    await grown(client)
    [objective] = (await client.data("{ objectives { nodes { id } } }"))["objectives"]["nodes"]
    moments = [datetime(2026, 1, day, tzinfo=UTC) for day in (15, 16, 17)]
    read = {"ids": [uuid_of(objective["id"])], "moments": moments}
    alone = await visits(client, GOALS_AT, **read)
    other = uuid_of(await client.objective(await client.cycle("2026-01-01", "2026-06-30"), "Other"))
    await multiplied(cleaner, "objectives", 2_000, other)
    key_result = await cleaner.fetchval("SELECT id FROM key_results")
    await multiplied(cleaner, "key_results", 2_000, key_result, objective_id=f"'{other}'::uuid")
    among_others = await visits(client, GOALS_AT, **read)
    assert (among_others.returned, alone.returned, among_others.scanned) == (6, 6, [])
    # The other cycle, and steps through indexes.
    assert among_others.visited <= alone.visited + 20


@pytest.mark.parametrize("sight", Sight)
def test_its_statements_are_kept_prepared(sight: Sight) -> None:
    # To plan them takes five times as long as to run them.
    assert max(compile_sql(each, sight).length for each in (GOALS_AT, GUARDS_AT)) < MAX_CACHED_SQL_BYTES


async def forget_statistics(cleaner: asyncpg.Connection) -> None:
    """Lets the planner know as little of all tables as after a restore. Where statistics of earlier tests say that a
    table is small, it is read as a whole."""
    await cleaner.execute(
        "UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    )
    await cleaner.execute(
        "DELETE FROM pg_statistic WHERE starelid IN "
        "(SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)"
    )
