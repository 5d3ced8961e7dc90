"""Planning cycles ahead through GraphQL, and the cycle of today."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from service.postgres.database import Database
from service.settings import Settings
from tests.cycles.test_cycles_time_zone import founded_in
from tests.kit.client import Client, Clock
from tests.kit.refusals import everything

FISCAL = "mutation($input: OrganizationUpdateInput!) { organizationUpdate(input: $input) { userErrors { code } } }"
FIELDS = "cycles { id name kind startsOn endsOn activation state parent { name } }"


async def scheduled(client: Client, **input: Any) -> list[dict[str, Any]]:
    payload = await client.change("cyclesSchedule", input, FIELDS)
    assert payload["userErrors"] == []
    cycles: list[dict[str, Any]] = payload["cycles"]
    return cycles


async def refused(client: Client, **input: Any) -> list[tuple[str, list[str] | None]]:
    """What a schedule is refused for; nothing has changed."""
    before = await everything(client)
    payload = await client.change("cyclesSchedule", input, FIELDS)
    assert payload["cycles"] == []
    assert await everything(client) == before
    return [(each["code"], each["field"]) for each in payload["userErrors"]]


def names(cycles: list[dict[str, Any]]) -> list[str]:
    return [each["name"] for each in cycles]


async def test_the_next_quarters(client: Client) -> None:
    year = await client.cycle()
    found = await scheduled(client, pattern="FISCAL_QUARTERS", count=3)
    assert all(each.pop("id") for each in found)
    assert found == [
        {
            "name": name,
            "kind": "QUARTER",
            "startsOn": starts_on,
            "endsOn": ends_on,
            "activation": "AT_START",
            "state": state,
            "parent": parent,
        }
        for name, starts_on, ends_on, state, parent in (
            ("Q3 2026", "2026-07-01", "2026-09-30", "ACTIVE", {"name": "2026"}),
            ("Q4 2026", "2026-10-01", "2026-12-31", "PLANNING", {"name": "2026"}),
            ("Q1 2027", "2027-01-01", "2027-03-31", "PLANNING", None),
        )
    ]
    assert names(await scheduled(client, pattern="FISCAL_QUARTERS", count=1)) == ["Q2 2027"]
    by_hand = await scheduled(
        client, pattern="MONTHS", count=2, **{"from": "2026-02-11"}, activation="MANUAL", parentId=year
    )
    assert [(each["name"], each["activation"], each["state"]) for each in by_hand] == [
        ("February 2026", "MANUAL", "PLANNING"),
        ("March 2026", "MANUAL", "PLANNING"),
    ]


async def test_the_same_again_creates_nothing(client: Client) -> None:
    schedule = {"pattern": "SIX_WEEKS", "count": 4, "from": "2026-07-08"}
    first = await scheduled(client, **schedule)
    before = await everything(client)
    assert await scheduled(client, **schedule) == first
    assert await everything(client) == before
    longer = await scheduled(client, **schedule | {"count": 5, "activation": "MANUAL"})
    assert longer[:4] == first
    assert longer[4]["activation"] == "MANUAL"
    # An archived one is not in the way, and one of another kind is another.
    await client.make("cycleArchive", id=first[1]["id"])
    same_days = {"startsOn": first[2]["startsOn"], "endsOn": first[2]["endsOn"]}
    await client.make("cycleCreate", name="Other", kind="CUSTOM", **same_days)
    again = await scheduled(client, **schedule)
    assert [each["id"] == other["id"] for each, other in zip(again, first, strict=True)] == [True, False, True, True]
    assert names(again) == names(first)


async def test_fiscal_years_and_parents(client: Client) -> None:
    await client.data(FISCAL, input={"fiscalYearStartMonth": 4})
    await client.cycle("2026-04-01", "2027-03-31", name="FY2027")
    await client.cycle("2026-01-01", "2027-12-31", name="Two years")
    halves = await scheduled(client, pattern="HALF_YEARS", count=3)
    assert [(each["name"], each["kind"], each["parent"]["name"]) for each in halves] == [
        ("FY2027 H1", "HALF_YEAR", "FY2027"),
        ("FY2027 H2", "HALF_YEAR", "FY2027"),
        ("FY2028 H1", "HALF_YEAR", "Two years"),
    ]
    quarters = await scheduled(client, pattern="FISCAL_QUARTERS", count=2, **{"from": "2026-09-30"})
    assert [(each["name"], each["parent"]["name"]) for each in quarters] == [
        ("FY2027 Q2", "FY2027 H1"),
        ("FY2027 Q3", "FY2027 H2"),
    ]
    months = await scheduled(client, pattern="MONTHS", count=1, **{"from": "2026-11-01"})
    assert [(each["name"], each["parent"]["name"]) for each in months] == [("November 2026", "FY2027 Q3")]


async def test_what_is_refused(client: Client) -> None:
    year = await client.cycle()
    for count in (0, -1, 61):
        code = ("SCHEDULE_COUNT_OUT_OF_RANGE", ["input", "count"])
        assert await refused(client, pattern="MONTHS", count=count) == [code]
    out = ("CYCLE_DATE_OUT_OF_RANGE", ["input", "from"])
    assert await refused(client, pattern="HALF_YEARS", count=2, **{"from": "2200-12-31"}) == [out]
    await client.data(FISCAL, input={"fiscalYearStartMonth": 3})
    assert await refused(client, pattern="HALF_YEARS", count=2, **{"from": "1900-01-01"}) == [out]
    outside = ("CYCLE_OUTSIDE_PARENT", ["input", "parentId"])
    beyond = {"pattern": "MONTHS", "count": 2, "from": "2026-12-01", "parentId": year}
    assert await refused(client, **beyond) == [outside]
    for other in ("nothing", await client.objective(year), "01a22a0a-8a7a-749c-afcb-c52400f7bf83"):
        missing = await refused(client, pattern="MONTHS", count=1, parentId=other)
        assert missing == [("NOT_FOUND", ["input", "parentId"])]


async def test_two_at_once_create_each_cycle_once(client: Client) -> None:
    schedule = {"pattern": "MONTHS", "count": 12, "from": "2027-01-01"}
    found = await asyncio.gather(*(scheduled(client, **schedule) for _ in range(5)))
    assert all(each == found[0] for each in found)
    cycles = await client.data("{ cycles(first: 100) { totalCount } }")
    assert cycles == {"cycles": {"totalCount": 12}}


@pytest.mark.parametrize(
    ("zone", "at", "name"),
    [
        ("UTC", "2026-09-30T23:30:00", "Q3 2026"),
        ("Europe/Berlin", "2026-09-30T23:30:00", "Q4 2026"),
        ("America/New_York", "2026-10-01T03:30:00", "Q3 2026"),
    ],
)
async def test_the_current_quarter(
    clean: None, database: Database, settings: Settings, clock: Clock, zone: str, at: str, name: str
) -> None:
    async with await founded_in(zone, database, settings, clock) as client:
        await scheduled(client, pattern="FISCAL_QUARTERS", count=4)
        clock.now = datetime.fromisoformat(at).replace(tzinfo=UTC)
        document = "query($kind: CycleKind!) { currentCycle(kind: $kind) { name parent { name } } }"
        assert await client.data(document, kind="QUARTER") == {"currentCycle": {"name": name, "parent": None}}
        assert await client.data(document, kind="MONTH") == {"currentCycle": None}


async def test_of_several_the_latest_and_shortest_is_current(client: Client) -> None:
    days = {
        "Year": ("2026-01-01", "2026-12-31"),
        "Long": ("2026-06-01", "2026-12-31"),
        "Short": ("2026-06-01", "2026-08-31"),
        "Twin": ("2026-06-01", "2026-08-31"),
        "Later": ("2026-07-03", "2026-07-31"),
    }
    made = {
        name: await client.make("cycleCreate", name=name, kind="CUSTOM", startsOn=first, endsOn=last)
        for name, (first, last) in days.items()
    }
    document = "{ currentCycle(kind: CUSTOM) { name } }"
    for name in ("Short", "Twin", "Long", "Year"):
        assert await client.data(document) == {"currentCycle": {"name": name}}
        await client.make("cycleArchive", id=made[name])
    assert await client.data(document) == {"currentCycle": None}
