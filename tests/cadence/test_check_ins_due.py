"""`checkInsDue` and `measurementsDue`: who owes what since when."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from service.reading.keyset import count_rows
from service.reading.statement_batch import compile_sql
from service.rollup.check_ins_due_queries import check_ins_due
from tests.kit.client import Client, Statements
from tests.kit.kpis import record
from tests.kit.roles import acting

CHECK_INS = """query($person: ID, $team: ID, $cycle: ID, $at: DateTime, $first: Int, $after: String) {
    checkInsDue(personId: $person, teamId: $team, cycleId: $cycle, at: $at, first: $first, after: $after) {
        totalCount pageInfo { endCursor hasNextPage }
        nodes { dueAt overdueAt staleness owner { id } objective { id } keyResult { id } } } }"""
MEASUREMENTS = """query($person: ID, $team: ID, $at: DateTime) {
    measurementsDue(personId: $person, teamId: $team, at: $at) { dueAt freshness owner { id } kpi { id name } } }"""
NOW = datetime(2026, 1, 1, 10, tzinfo=UTC)


class Workspace:
    """Two people, a team with a subteam, and goals of which a check-in is due each week."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def begin(self) -> "Workspace":
        client, self.client.clock.now = self.client, NOW
        self.cycle = await client.cycle()
        self.ann = await client.make("personCreate", name="Ann Example")
        self.bob = await client.make("personCreate", name="Bob Example")
        self.sales = await client.make("teamCreate", name="Sales")
        self.north = await client.make("teamCreate", name="Sales north", parentId=self.sales)
        self.manual = await client.objective(
            self.cycle, "By hand", ownerId=self.ann, teamId=self.sales, progressSource="MANUAL"
        )
        client.clock.advance(hours=1)
        self.computed = await client.objective(self.cycle, "Computed", ownerId=self.ann, teamId=self.north)
        self.of_bob = await client.key_result(self.computed, kind="REACH", target="10", ownerId=self.bob)
        client.clock.advance(hours=1)
        self.of_nobody = await client.key_result(self.computed, kind="REACH", target="10")
        client.clock.advance(hours=1)
        self.other = await client.objective(self.cycle, "Of nobody", progressSource="MANUAL")
        client.clock.now = NOW + timedelta(days=8)
        return self

    async def due(self, **arguments: Any) -> list[tuple[str | None, str]]:
        """Who owes a check-in on what, in the order of the list."""
        found = (await self.client.data(CHECK_INS, **arguments))["checkInsDue"]
        assert found["totalCount"] == len(found["nodes"])
        pairs = []
        for node in found["nodes"]:
            due_at, overdue_at = (datetime.fromisoformat(node[name]) for name in ("dueAt", "overdueAt"))
            assert overdue_at - due_at == timedelta(days=3)
            now = datetime.fromisoformat(arguments["at"]) if "at" in arguments else self.client.clock.now
            assert node["staleness"] == ("OVERDUE" if now >= overdue_at else "DUE")
            pairs.append((node["owner"] and node["owner"]["id"], (node["keyResult"] or node["objective"])["id"]))
        return pairs


async def test_who_owes_what_since_when(client: Client) -> None:
    space = await Workspace(client).begin()
    by_hand, of_bob, of_nobody, other = (
        *((space.ann, space.manual), (space.bob, space.of_bob)),
        *((space.ann, space.of_nobody), (None, space.other)),
    )
    assert await space.due() == [by_hand, of_bob, of_nobody, other]
    assert await space.due(person=space.ann) == [by_hand, of_nobody]
    assert await space.due(person=space.bob) == [of_bob]
    assert await space.due(team=space.sales) == [by_hand, of_bob, of_nobody]
    assert await space.due(team=space.north) == [of_bob, of_nobody]
    assert await space.due(person=space.ann, team=space.north, cycle=space.cycle) == [of_nobody]
    assert await space.due(cycle=await client.cycle("2027-01-01", "2027-12-31")) == []
    # What cannot be the id of a person is nobody's.
    for nobody in (space.cycle, "x", "00000000-0000-0000-0000-000000000000"):
        assert await space.due(person=nobody) == []
    await client.check_in(space.of_bob, "1")
    assert await space.due() == [by_hand, of_nobody, other]
    # By what is known now, it is due again a week later, at the instant.
    week = client.clock.now + timedelta(days=7)
    assert of_bob in await space.due(at=week.isoformat())
    assert of_bob not in await space.due(at=(week - timedelta(microseconds=1)).isoformat())
    await client.make("objectiveArchive", id=space.computed)
    assert await space.due() == [by_hand, other]


@pytest.mark.parametrize(
    ("moment", "expected"),
    [("2026-01-08T09:59:59.999999", 0), ("2026-01-08T10:00:00", 1), ("2026-01-08T13:00:00", 4)],
)
async def test_due_begins_at_an_instant(client: Client, moment: str, expected: int) -> None:
    space = await Workspace(client).begin()
    client.clock.now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert len(await space.due()) == expected
    client.clock.now = NOW + timedelta(days=1)
    assert len(await space.due(at=f"{moment}Z")) == expected


async def test_what_nobody_has_to_say_is_not_due(client: Client) -> None:
    """Key results that follow a KPI or objectives, drafts, and goals of a cycle that is over or closed."""
    client.clock.now = NOW
    cycle = await client.cycle("2026-01-01", "2026-01-31")
    kpi = await client.make("kpiCreate", name="Revenue", frequency="MONTHLY", aggregation="SUM", direction="HIGHER")
    objective = await client.objective(cycle)
    await client.key_result(objective, kind="REACH", target="10", sourceKpiId=kpi)
    await client.key_result(objective, kind="REACH", target="10", valueSource="ALIGNED_OBJECTIVES")
    await client.key_result(objective, kind="REACH", target="10", lifecycle="DRAFT")
    done = await client.key_result(objective, kind="BINARY")
    await client.check_in(done, "1")
    open_one = await client.key_result(objective, kind="REACH", target="10")
    assert [each["keyResult"]["id"] for each in await nodes(client, at="2026-01-30T00:00:00Z")] == [open_one]
    assert await nodes(client, at="2026-02-01T00:00:00Z") == []
    client.clock.now = NOW + timedelta(days=20)
    assert len(await nodes(client)) == 1
    await client.take_steps(cycle, "BeginClosing", "Close")
    assert await nodes(client) == []


async def nodes(client: Client, **arguments: Any) -> list[Any]:
    return (await client.data(CHECK_INS, **arguments))["checkInsDue"]["nodes"]


async def test_pages_have_the_time_of_the_first_one(client: Client) -> None:
    space = await Workspace(client).begin()
    found, after = [], None
    while True:
        page = (await client.data(CHECK_INS, first=1, after=after))["checkInsDue"]
        found += [(each["keyResult"] or each["objective"])["id"] for each in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        client.clock.advance(days=30)
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert found == [space.manual, space.of_bob, space.of_nobody, space.other]


async def test_hidden_goals_are_not_told_of(client: Client) -> None:
    space = await Workspace(client).begin()
    member = await acting(client, "MEMBER")
    space.client = member
    assert len(await space.due()) == 4
    await client.make("objectiveUpdate", id=space.computed, visibility="PRIVATE")
    assert await space.due() == [(space.ann, space.manual), (None, space.other)]
    assert await space.due(person=space.bob) == []
    assert await space.due(team=space.north) == []


async def test_the_messages_are_few(client: Client, statements: Statements) -> None:
    space = await Workspace(client).begin()
    counts = set()
    for _ in range(2):
        for arguments in ({}, {"person": space.ann}, {"person": space.ann, "team": space.sales, "cycle": space.cycle}):
            await client.data(CHECK_INS, **arguments)
            counts.add(len(await statements.of(client.data(CHECK_INS, **arguments))))
        for _ in range(5):
            await client.objective(space.cycle, ownerId=space.ann, progressSource="MANUAL", teamId=space.north)
        client.clock.advance(days=30)
    assert counts == {4}


async def test_which_measurements_are_due(client: Client) -> None:
    client.clock.now = datetime(2026, 1, 5, tzinfo=UTC)
    ann = await client.make("personCreate", name="Ann Example")
    team = await client.make("teamCreate", name="Sales")
    north = await client.make("teamCreate", name="Sales north", parentId=team)
    own = {"aggregation": "SUM", "direction": "HIGHER"}
    monthly = await client.make("kpiCreate", name="Revenue", frequency="MONTHLY", ownerId=ann, teamId=north, **own)
    daily = await client.make("kpiCreate", name="Calls", frequency="DAILY", graceDays=1, **own)
    await client.make("kpiCreate", name="Now and then", frequency="IRREGULAR", ownerId=ann, **own)
    await record(client, daily, {"2026-01-04": "5"})
    assert await due(client) == []
    month = ("2026-02-01T00:00:00Z", "MISSING", ann, monthly)
    assert await due(client, at="2026-01-06T00:00:00Z") == [("2026-01-06T00:00:00Z", "DUE", None, daily)]
    assert await due(client, at="2026-01-07T00:00:00Z") == [("2026-01-06T00:00:00Z", "LATE", None, daily)]
    client.clock.now = datetime(2026, 2, 1, tzinfo=UTC)
    assert await due(client) == [("2026-01-06T00:00:00Z", "MISSING", None, daily), month]
    assert await due(client, person=ann) == await due(client, team=team) == await due(client, team=north) == [month]
    assert await due(client, person=north) == []
    await record(client, monthly, {"2026-01-01": "5"})
    assert await due(client, person=ann) == []
    assert await due(client, person=ann, at="2026-03-01T00:00:00Z") == [("2026-03-01T00:00:00Z", "DUE", ann, monthly)]
    await client.make("kpiArchive", id=daily)
    assert await due(client) == []


async def due(client: Client, **arguments: Any) -> list[tuple[Any, ...]]:
    """When a measurement fell due, the freshness, the owner and the KPI."""
    found = (await client.data(MEASUREMENTS, **arguments))["measurementsDue"]
    return [
        (each["dueAt"], each["freshness"], each["owner"] and each["owner"]["id"], each["kpi"]["id"]) for each in found
    ]


MOMENT = '"2026-01-08T10:00:00+00:00"'
ID = '"01a20535-1fcd-74ae-8ec2-97207139be88"'


@pytest.mark.parametrize(
    "members",
    [
        "",
        "null",
        f'"DUE_AT ASC",{MOMENT}',
        f'"DUE_AT ASC",null,{ID},{MOMENT}',
        f'"DUE_AT ASC",{MOMENT},"x",{MOMENT}',
        f'"DUE_AT ASC",{MOMENT},{ID},"x"',
        f'"DUE_AT DESC",{MOMENT},{ID},{MOMENT}',
    ],
)
async def test_cursors_that_are_not_ours(client: Client, members: str) -> None:
    cursor = b64encode(f"[{members}]".encode()).decode().rstrip("=")
    answer = await client.answer(CHECK_INS, after=cursor)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


def test_its_total_is_found_by_the_conditions_of_its_parts() -> None:
    """Compared three times, the tenant of the union let a plan for all values expect one row, and read all goals."""
    for of_person, of_team, of_cycle in product((False, True), repeat=3):
        listing = check_ins_due(of_person=of_person, of_team=of_team, of_cycle=of_cycle)
        sql = compile_sql(count_rows(listing)).render(lambda _: "$1")
        assert sql.count("due.organization_id") == 1, sql
