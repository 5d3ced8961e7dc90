"""Check-ins of goals between two times, by an index, on pages like all others."""

from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from service.check_ins.queries import DATED_OF_KEY_RESULTS, DATED_OF_OBJECTIVES
from service.reading.keyset import Page, bind_page, select_page
from service.settings import Settings
from service.values import global_ids
from tests.kit.client import Client, Statements
from tests.kit.multiplied import multiplied
from tests.kit.row_visits import visits

DOCUMENT = """query($id: ID!, $from: DateTime, $to: DateTime, $first: Int, $after: String) {{ {goal}(id: $id) {{
    checkIns(from: $from, to: $to, first: $first, after: $after) {{
        totalCount nodes {{ note }} pageInfo {{ hasNextPage endCursor }} }} }} }}"""
DAYS = [f"2026-06-{day:02}T00:00:00Z" for day in (1, 5, 5, 9, 20)]


async def said(client: Client) -> dict[str, str]:
    """An objective and a key result with a check-in on each of the days."""
    objective = await client.objective(await client.cycle(), progressSource="MANUAL")
    key_result = await client.key_result(objective, kind="REACH", target="10")
    for number, at in enumerate(DAYS):
        await client.check_in(key_result, note=str(number), at=at)
        await client.make("objectiveCheckIn", objectiveId=objective, note=str(number), at=at)
    return {"objective": objective, "keyResult": key_result}


CASES: list[tuple[dict[str, str], list[str]]] = [
    ({}, ["4", "3", "2", "1", "0"]),
    ({"from": DAYS[1]}, ["4", "3", "2", "1"]),
    ({"to": DAYS[1]}, ["0"]),
    ({"from": DAYS[1], "to": DAYS[4]}, ["3", "2", "1"]),
    ({"from": "2026-06-05T00:00:00.000001Z", "to": DAYS[3]}, []),
    ({"from": DAYS[3], "to": DAYS[1]}, []),
]


@pytest.mark.parametrize(("span", "expected"), CASES)
@pytest.mark.parametrize("goal", ["objective", "keyResult"])
async def test_check_ins_between_two_times(client: Client, goal: str, span: dict[str, str], expected: Any) -> None:
    goals = await said(client)
    document, after, notes = DOCUMENT.format(goal=goal), None, []
    while True:
        page = (await client.data(document, id=goals[goal], first=2, after=after, **span))[goal]["checkIns"]
        notes += [each["note"] for each in page["nodes"]]
        assert page["totalCount"] == len(expected)
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert notes == expected


async def test_the_messages_are_those_of_a_list_without_times(client: Client, statements: Statements) -> None:
    await said(client)
    document = "{ keyResults { nodes { checkIns%s { nodes { note } } } } }"
    counts = []
    for given in ("", '(from: "2026-06-02T00:00:00Z")', '(from: "2026-06-02T00:00:00Z", to: "2026-06-09T00:00:00Z")'):
        await client.data(document % given)
        counts.append(len(await statements.of(client.data(document % given))))
    assert counts == [1 if Settings().executor == "breadth-first" else 4] * 3


async def test_a_page_is_read_by_an_index(client: Client, cleaner: asyncpg.Connection) -> None:
    goals = await said(client)
    page = Page(10, "AT", descending=True)
    for listing, name in ((DATED_OF_OBJECTIVES, "objective"), (DATED_OF_KEY_RESULTS, "keyResult")):
        key = global_ids.decode(goals[name])
        assert key is not None
        is_of_goal = "key_result_id = $1" if name == "keyResult" else "objective_id = $1 AND key_result_id IS NULL"
        id = await cleaner.fetchval(f"SELECT id FROM check_ins WHERE {is_of_goal} LIMIT 1", key[1])
        # Identities are counted up by the database.
        at = "TIMESTAMPTZ '2026-01-01' + n * INTERVAL '1 hour'"
        await multiplied(cleaner, "check_ins", 2_000, id, at=at, sequence="1000 + n")
        times = {"since": datetime(2026, 2, 1, tzinfo=UTC), "until": datetime(2026, 2, 2, tzinfo=UTC)}
        read = await visits(client, select_page(listing, page), keys=[key[1]], **times, **bind_page(listing, page))
        assert (read.returned, read.scanned) == (11, [])
        assert read.visited <= 12
