"""Lists in the order of what is computed: as the goals show it, empty ones last, from cursor to cursor."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.forest import planted

SHOWN = {
    "PROGRESS": "progress",
    "CONFIDENCE": "confidence",
    "NEXT_CHECK_IN_DUE_AT": "nextCheckInDueAt",
    "PACE": "pace",
    "DUE_AT": "dueAt",
}
PAGE = """query($filter: %sFilter, $order: %sOrder, $first: Int, $after: String, $last: Int, $before: String) {
    %s(filter: $filter, orderBy: $order, first: $first, after: $after, last: $last, before: $before) {
        totalCount nodes { id progress confidence nextCheckInDueAt pace dueAt }
        pageInfo { endCursor startCursor hasNextPage hasPreviousPage } } }"""


@pytest.fixture
async def cycle(client: Client) -> str:
    """A cycle with goals that have all of these, and goals that have none."""
    await planted(client, 40, 2)
    client.clock.now = datetime(2026, 4, 20, tzinfo=UTC)
    data = await client.data("{ keyResults(first: 12) { nodes { id current } } cycles { nodes { id } } }")
    for number, each in enumerate(data["keyResults"]["nodes"]):
        await client.make("keyResultCheckIn", keyResultId=each["id"], value=each["current"], confidence=number % 5 / 4)
        client.clock.advance(hours=1)
    objectives = (await client.data("{ objectives(first: 9) { nodes { id } } }"))["objectives"]["nodes"]
    for number, each in enumerate(objectives):
        await client.make("objectiveUpdate", id=each["id"], progressSource="MANUAL", statusSource="PACE")
        await client.make("keyResultCreate", objectiveId=each["id"], title="A draft")
        if number % 2:
            await client.make("objectiveCheckIn", objectiveId=each["id"], value=str(number / 10), confidence=0.5)
    for number, each in enumerate(objectives[::4]):
        await client.make(
            "objectiveUpdate", id=each["id"], due={"on": f"2026-1{number}-15"}, start={"on": "2026-06-01"}
        )
    return str(data["cycles"]["nodes"][0]["id"])


async def walked(
    client: Client, document: str, name: str, size: int, *, backwards: bool, **variables: Any
) -> list[Any]:
    """All nodes of a list, a page at a time. Time goes on between pages, and the list stays that of the first one."""
    nodes: list[Any] = []
    cursor: dict[str, Any] = {}
    begun = client.clock.now
    while True:
        sized = {"last" if backwards else "first": size}
        page = (await client.data(document, **variables, **sized, **cursor))[name]
        nodes = [*page["nodes"], *nodes] if backwards else [*nodes, *page["nodes"]]
        info = page["pageInfo"]
        client.clock.advance(days=3)
        if not info["hasPreviousPage" if backwards else "hasNextPage"]:
            assert page["totalCount"] == len(nodes)
            client.clock.now = begun
            return nodes
        cursor = {"before": info["startCursor"]} if backwards else {"after": info["endCursor"]}


async def test_lists_are_in_the_order_of_what_they_show(client: Client, cycle: str) -> None:
    for kind, name in (("Objective", "objectives"), ("KeyResult", "keyResults")):
        document, empty = PAGE % (kind, kind, name), 0
        of_cycle = {"cycleId": {"eq": cycle}} if kind == "Objective" else {"objective": {"cycleId": {"eq": cycle}}}
        for number, (field, shown) in enumerate(SHOWN.items()):
            for direction in ("ASC", "DESC"):
                arguments = {
                    "filter": {**of_cycle, "status": {"neq": "ACHIEVED"}} if number % 2 else of_cycle,
                    "order": {"field": field, "direction": direction},
                }
                nodes = await walked(client, document, name, 100, backwards=False, **arguments)
                assert len(nodes) > 10
                values = [each[shown] for each in nodes]
                known = [each for each in values if each is not None]
                assert (field, values) == (field, [*known, *[None] * (len(values) - len(known))])
                assert (field, known) == (field, sorted(known, reverse=direction == "DESC"))
                empty += len(values) - len(known)
                for backwards in (False, True):
                    pages = await walked(client, document, name, 11, backwards=backwards, **arguments)
                    assert [each["id"] for each in pages] == [each["id"] for each in nodes]
        assert empty > 10


async def test_pace_is_within_a_cycle(client: Client, cycle: str) -> None:
    pace = {"field": "PACE", "direction": "ASC"}
    current, of_cycle = {"cycle": {"isCurrent": True, "kind": {"eq": "YEAR"}}}, {"cycleId": {"eq": cycle}}
    for name, kind, filters in (
        ("objectives", "Objective", [of_cycle, current, {"and": [of_cycle]}]),
        ("keyResults", "KeyResult", [{"objective": of_cycle}, {"objective": current}]),
    ):
        document = PAGE % (kind, kind, name)
        for filter in filters:
            assert (await client.data(document, filter=filter, order=pace))[name]["totalCount"] > 5
        for wrong in (None, {}, {"or": filters[:1]}, {"status": {"eq": "ON_TRACK"}}):
            [error] = (await client.answer(document, filter=wrong, order=pace))["errors"]
            assert error["extensions"]["code"] == "BAD_USER_INPUT"
            assert "PACE is within one cycle" in error["message"]
    nested = """query($id: ID!) { node(id: $id) { ... on %s {
        objectives(first: 3, orderBy: {field: PACE}) { nodes { pace } } } } }"""
    assert (await client.data(nested % "Cycle", id=cycle))["node"]["objectives"]["nodes"]
    team = (await client.data("{ teams(first: 1) { nodes { id } } }"))["teams"]["nodes"][0]["id"]
    [error] = (await client.answer(nested % "Team", id=team))["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
