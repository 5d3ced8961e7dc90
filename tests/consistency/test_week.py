"""A person's week in three requests: what is due, check-ins on five key results, and the board that comes of it."""

from typing import Any

from tests.kit.client import Client, Statements
from tests.kit.kpis import record

DUE = """query($me: ID!) {
    checkInsDue(personId: $me, first: 50) {
        totalCount nodes { dueAt staleness keyResult { id title current target unit progress } objective { title } } }
    measurementsDue(personId: $me) { dueAt freshness kpi { id name current } } }"""
RECORD = """mutation($input: CheckInsRecordInput!) { checkInsRecord(input: $input) {
    checkIns { value confidence author { name } keyResult { title current progress objective { title status } } }
    userErrors { code message field } } }"""
BOARD = """query($me: ID!) {
    objectives(filter: {ownerId: {eq: $me}}, first: 20) { nodes { title progress status staleness overdueBelow
        keyResults { title current progress status staleness nextCheckInDueAt latestCheckIn { value note } } } }
    kpis(filter: {ownerId: {eq: $me}}) { nodes { name current status freshness } }
    checkInsDue(personId: $me) { totalCount } }"""


class Week:
    """A person with objectives of which check-ins are due, and a KPI."""

    def __init__(self, client: Client) -> None:
        self.client, self.key_results = client, list[str]()

    async def begin(self, objectives: int) -> "Week":
        client = self.client
        self.me = (await client.data("{ viewer { person { id } } }"))["viewer"]["person"]["id"]
        cycle = await client.cycle()
        root = await client.objective(cycle, "Root", progressSource="ALIGNED_OBJECTIVES")
        for number in range(objectives):
            objective = await client.objective(cycle, f"Objective {number}", ownerId=self.me)
            await client.make("objectiveAlign", objectiveId=objective, parentId=root)
            for each in range(3):
                key_result = await client.key_result(objective, f"{number}.{each}", kind="REACH", target="10")
                self.key_results.append(key_result)
        own = {"aggregation": "SUM", "direction": "HIGHER", "frequency": "WEEKLY", "ownerId": self.me}
        self.kpi = await client.make("kpiCreate", name="Calls", **own)
        await record(client, self.kpi, {"2026-06-22": "5"})
        client.clock.advance(days=8)
        return self

    async def requests(self, statements: Statements) -> tuple[list[int], Any, Any, Any]:
        """The numbers of messages of the three requests, and their answers."""
        inputs = [{"keyResultId": id, "value": "4", "confidence": 0.7} for id in self.key_results[:5]]
        found: list[Any] = []
        counts = []
        for document, variables in (
            (DUE, {"me": self.me}),
            (RECORD, {"input": {"checkIns": inputs}}),
            (BOARD, {"me": self.me}),
        ):

            async def ask(document: str = document, variables: dict[str, Any] = variables) -> None:
                found.append(await self.client.data(document, **variables))

            counts.append(len(await statements.of(ask())))
        return counts, *found


async def test_a_week_in_three_requests(client: Client, statements: Statements) -> None:
    week = await Week(client).begin(2)
    # What is compiled for the first time may come too late for a message.
    await client.data(BOARD, me=week.me)
    counts, due, recorded, board = await week.requests(statements)
    titles = [node["keyResult"]["title"] for node in due["checkInsDue"]["nodes"]]
    assert sorted(titles) == ["0.0", "0.1", "0.2", "1.0", "1.1", "1.2"]
    assert due["checkInsDue"]["totalCount"] == 6
    [measurement] = due["measurementsDue"]
    assert measurement == {
        **{"dueAt": "2026-07-06T00:00:00Z", "freshness": "LATE"},
        "kpi": {"id": week.kpi, "name": "Calls", "current": "5"},
    }
    payload = recorded["checkInsRecord"]
    assert payload["userErrors"] == []
    assert [each["keyResult"]["progress"] for each in payload["checkIns"]] == [0.4] * 5
    shown = [each for goal in board["objectives"]["nodes"] for each in goal["keyResults"]]
    assert [each["staleness"] for each in shown] == [*["FRESH"] * 5, "DUE"]
    assert [each["latestCheckIn"] for each in shown] == [*[{"value": "4", "note": None}] * 5, None]
    assert [goal["overdueBelow"] for goal in board["objectives"]["nodes"]] == [0, 0]
    assert board["kpis"]["nodes"] == [{"name": "Calls", "current": "5", "status": "NO_TARGET", "freshness": "LATE"}]
    assert board["checkInsDue"] == {"totalCount": 1}
    assert counts == [4, 9, 4]


async def test_a_week_costs_as_many_messages_with_more_goals(client: Client, statements: Statements) -> None:
    week = await Week(client).begin(12)
    for _ in range(2):
        counts, *_ = await week.requests(statements)
        client.clock.advance(days=8)
    assert counts == [4, 9, 4]
