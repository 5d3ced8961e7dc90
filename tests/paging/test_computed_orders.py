"""Lists in the order of what is computed: as the goals show it, empty ones last, from cursor to cursor."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import product
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

DUE = {"field": "NEXT_CHECK_IN_DUE_AT"}


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
    client: Client, document: str, name: str, size: int, *, backwards: bool, days: int = 3, **variables: Any
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
        client.clock.advance(days=days)
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
                arguments: dict[str, Any] = {
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


async def test_the_next_check_in_is_found_in_its_order(client: Client, cycle: str) -> None:
    """Goals with one and goals without one are read apart, by an index that has the former."""
    now = f"{client.clock.now:%Y-%m-%dT%H:%M:%SZ}"
    span = {"gt": "2026-03-01T00:00:00Z", "lte": now}
    filters: list[tuple[dict[str, Any], Callable[[Any], bool]]] = [
        ({}, lambda due: True),
        ({"status": {"isNull": False}, "staleness": {"in": ["FRESH", "DUE", "OVERDUE"]}}, lambda due: due is not None),
        ({"nextCheckInDueAt": {"lt": now}}, lambda due: due is not None and due < now),
        ({"nextCheckInDueAt": {"gte": now}}, lambda due: due is not None and due >= now),
        ({"nextCheckInDueAt": span}, lambda due: due is not None and "2026-03" < due <= now),
        ({"nextCheckInDueAt": {"isNull": True}}, lambda due: due is None),
    ]
    for kind, name in (("Objective", "objectives"), ("KeyResult", "keyResults")):
        document, found = PAGE % (kind, kind, name), set()
        by_title = {"field": "TITLE", "direction": "ASC"}
        every = await walked(client, document, name, 100, backwards=False, days=0, order=by_title)
        for (filter, meets), direction, backwards in product(filters, ("ASC", "DESC"), (False, True)):
            nodes = await walked(
                client, document, name, 13, backwards=backwards, filter=filter, order={**DUE, "direction": direction}
            )
            expected = [each for each in every if meets(each["nextCheckInDueAt"])]
            shown = [sorted((each["id"], each["nextCheckInDueAt"]) for each in own) for own in (nodes, expected)]
            assert shown[0] == shown[1], (filter, direction)
            known = [each["nextCheckInDueAt"] for each in nodes if each["nextCheckInDueAt"]]
            assert all(nodes[at]["nextCheckInDueAt"] for at in range(len(known)))
            assert known == sorted(known, reverse=direction == "DESC")
            found.add(len(nodes))
        assert len(found) > 3


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
