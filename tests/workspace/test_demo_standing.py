"""How the demo workspace stands: every status is shown, its roots are those of a real company, on any day alike."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from service.kpis.enums import Freshness, KpiStatus
from service.rollup.status_timeline import Staleness, Status
from service.workspace.demo_dates import REFERENCE_DAY, move_items
from tests.kit.client import Client
from tests.kit.workspace_files import DEMO_ITEMS, findings, imported

GOAL = "externalId progress progressReason status statusReason staleness"
GOALS = f"{{ objectives(first: 100) {{ nodes {{ {GOAL} keyResults {{ {GOAL} }} }} }} }}"
KPIS = "{ kpis(first: 100) { nodes { externalId status freshness current } } }"
DAYS = [
    REFERENCE_DAY + timedelta(days=1),
    date(2027, 1, 1),
    date(2027, 3, 31),
    date(2028, 2, 29),
    date(2033, 7, 14),
]
# The year of a cumulative KPI begins again with January.
OF_THE_YEAR = {"households-served"}
# A KPI's own period is never incomplete: its measurement is there or is not.
SHOWN_STATUSES = set(KpiStatus) - {KpiStatus.INCOMPLETE}


async def goals(client: Client) -> list[dict[str, Any]]:
    return (await client.data(GOALS))["objectives"]["nodes"]


async def kpis(client: Client) -> dict[str, dict[str, Any]]:
    return {each.pop("externalId"): each for each in (await client.data(KPIS))["kpis"]["nodes"]}


async def test_every_status_is_shown_by_objectives_and_by_key_results(demo: Client) -> None:
    objectives = await goals(demo)
    key_results = [each for objective in objectives for each in objective["keyResults"]]
    # Drafts have none.
    assert {each["status"] for each in objectives} == {*Status, None}
    assert {each["status"] for each in key_results} - {None} == set(Status)
    assert {each["staleness"] for each in key_results} == {*Staleness, None}


async def test_few_goals_are_overdue_and_the_roots_are_underway(demo: Client) -> None:
    objectives = await goals(demo)
    parents = {item["objective"] for item in DEMO_ITEMS if item["type"] == "Alignment"}
    roots = {each["externalId"]: each["status"] for each in objectives if each["externalId"] not in parents}
    assert roots == {
        **{"a14-profitable": "AT_RISK", "recommended": "AT_RISK"},
        **{"dependable-service": "AT_RISK", "learning-company": "ON_TRACK"},
    }
    both = objectives + [each for objective in objectives for each in objective["keyResults"]]
    assert [each["externalId"] for each in both if each["staleness"] == "OVERDUE"] == ["pages", "closing-days"]
    underway = [each for each in both if each["status"] in ("ON_TRACK", "AT_RISK")]
    assert len(underway) > 2 / 3 * len(both)


async def test_every_status_and_freshness_of_kpis_is_shown(demo: Client) -> None:
    found = await kpis(demo)
    assert {each["status"] for each in found.values()} == SHOWN_STATUSES
    assert {each["freshness"] for each in found.values()} == set(Freshness)


async def test_its_first_person_owns_objectives_leads_a_team_and_has_something_due(demo: Client) -> None:
    read = """{ people(filter: {externalId: {eq: "ada"}}) { nodes {
        id name email role
        memberships { role team { externalId } }
        objectives { nodes { externalId level status keyResults { externalId owner { externalId } } } } } } }"""
    [ada] = (await demo.data(read))["people"]["nodes"]
    id = ada.pop("id")
    assert ada == {
        **{"name": "Ada Demo", "email": "ada@example.com", "role": "OWNER"},
        "memberships": [{"role": "LEAD", "team": {"externalId": "lumenfield"}}],
        "objectives": {
            "nodes": [
                {
                    **{"externalId": "a14-profitable", "level": "COMPANY", "status": "AT_RISK"},
                    "keyResults": [
                        {"externalId": "a10-waste", "owner": {"externalId": "carlos"}},
                        {"externalId": "a11-inflow", "owner": {"externalId": "carlos"}},
                        {"externalId": "a12-customers", "owner": {"externalId": "ada"}},
                    ],
                },
                {
                    **{"externalId": "recommended", "level": "COMPANY", "status": "AT_RISK"},
                    "keyResults": [],
                },
            ]
        },
    }
    own = """query($id: ID!) { keyResults(filter: {ownerId: {eq: $id}}) { nodes {
        externalId checkIns(first: 1) { nodes { at } } } } }"""
    found = (await demo.data(own, id=id))["keyResults"]["nodes"]
    latest = {each["externalId"]: datetime.fromisoformat(each["checkIns"]["nodes"][0]["at"]) for each in found}
    assert latest.keys() == {"a12-customers", "a13-career-training"}
    midnight = datetime.combine(REFERENCE_DAY, time(), UTC)
    # A week after the last one the next one is due, and three days later it would be overdue, all day long.
    assert timedelta(days=7) < midnight - latest["a12-customers"]
    assert midnight + timedelta(days=1) - latest["a12-customers"] < timedelta(days=10)


@pytest.mark.parametrize("day", DAYS, ids=str)
async def test_it_stands_on_every_day_as_on_the_reference_day(demo: Client, stranger: Client, day: date) -> None:
    expected, expected_kpis = await goals(demo), await kpis(demo)
    midnight = datetime.combine(day, time(), UTC)
    stranger.clock.now = midnight
    items = move_items(DEMO_ITEMS, day)
    done = await imported(stranger, items)
    assert (done.refused, done.outcomes) == ([], {"CREATED": len(items)})
    assert await findings(stranger) == []
    for hours in (0, 23.99):
        stranger.clock.now = midnight + timedelta(hours=hours)
        assert await goals(stranger) == expected
        found = await kpis(stranger)
        assert {each["status"] for each in found.values()} == SHOWN_STATUSES
        assert {"FRESH", "LATE", "MISSING"} <= {each["freshness"] for each in found.values()}
        if hours == 0:
            assert found.keys() == expected_kpis.keys()
            assert {name for name in found if found[name] != expected_kpis[name]} <= OF_THE_YEAR
