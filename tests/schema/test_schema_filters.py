"""Each comparator once for each kind of column, `and` and `or`: what is listed is what a reader would pick."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from schema.root import schema
from tests.kit.client import Client

# Filters by people are in tests/participants.
INVOLVING = {"involving", "mine"}
Picked = tuple[dict[str, Any], Callable[[dict[str, Any]], bool]]
type_map: Any = schema._schema.type_map
VALUES = "id externalId title unit kind lifecycle progress current target createdAt owner { id } objective { id }"


async def numbers(client: Client) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Key results that differ in everything one can filter by, and the ids of what they belong to."""
    cycle = await client.cycle()
    ids = {"owner": await client.make("personCreate", name="Pat"), "first": await client.objective(cycle)}
    ids["second"] = await client.objective(cycle)
    reach = {"kind": "REACH", "target": "100"}
    for title, more, value in [
        ("Revenue", {**reach, "unit": "EUR", "externalId": "a"}, "25"),
        ("revenue 100%", {**reach, "ownerId": ids["owner"], "externalId": "A"}, "50"),
        (
            "New_customers",
            {"kind": "INCREASE", "baseline": "-1.5", "target": "99999999999999999999.000000000001"},
            None,
        ),
        ("Umsatz \\ Größe", {**reach, "unit": "€", "lifecycle": "CANCELLED"}, "75"),
        ("In words only", {"ownerId": ids["owner"]}, None),
        ("Newcustomers", {"kind": "AT_MOST", "target": "0", "objectiveId": ids["second"]}, None),
    ]:
        client.clock.advance(minutes=1)
        id = await client.make("keyResultCreate", **{"objectiveId": ids["first"], "title": title, **more})
        if value:
            await client.check_in(id, value)
    return (await client.data(f"{{ keyResults {{ nodes {{ {VALUES} }} }} }}"))["keyResults"]["nodes"], ids


def number(row: dict[str, Any], name: str) -> Decimal | None:
    return None if row[name] is None else Decimal(row[name])


def texts() -> list[Picked]:
    return [
        ({"title": {"eq": "Revenue"}}, lambda row: row["title"] == "Revenue"),
        ({"title": {"neq": "Revenue"}}, lambda row: row["title"] != "Revenue"),
        (
            {"title": {"in": ["Revenue", "Newcustomers", "None"]}},
            lambda row: row["title"] in ("Revenue", "Newcustomers"),
        ),
        ({"title": {"in": []}}, lambda row: False),
        ({"title": {"contains": "REVENUE"}}, lambda row: "revenue" in row["title"].lower()),
        ({"title": {"contains": "%"}}, lambda row: "%" in row["title"]),
        ({"title": {"contains": "_"}}, lambda row: "_" in row["title"]),
        ({"title": {"contains": "\\"}}, lambda row: "\\" in row["title"]),
        ({"title": {"contains": "e", "neq": "Revenue"}}, lambda row: "e" in row["title"] and row["title"] != "Revenue"),
        ({"unit": {"isNull": True}}, lambda row: row["unit"] is None),
        ({"unit": {"isNull": False}}, lambda row: row["unit"] is not None),
        ({"unit": {"neq": "EUR"}}, lambda row: row["unit"] != "EUR"),
        ({"externalId": {"eq": "a"}}, lambda row: row["externalId"] == "a"),
    ]


def choices() -> list[Picked]:
    return [
        ({"kind": {"eq": "REACH"}}, lambda row: row["kind"] == "REACH"),
        ({"kind": {"neq": "REACH"}}, lambda row: row["kind"] != "REACH"),
        ({"kind": {"in": ["AT_MOST", "INCREASE"]}}, lambda row: row["kind"] in ("AT_MOST", "INCREASE")),
        ({"kind": {"isNull": True}}, lambda row: row["kind"] is None),
        ({"lifecycle": {"eq": "DRAFT"}}, lambda row: row["lifecycle"] == "DRAFT"),
    ]


def amounts() -> list[Picked]:
    exact = "99999999999999999999.000000000001"
    return [
        ({"progress": {"eq": 0.25}}, lambda row: row["progress"] == 0.25),
        ({"progress": {"lt": 0.5}}, lambda row: row["progress"] is not None and row["progress"] < 0.5),
        ({"progress": {"lte": 0.5}}, lambda row: row["progress"] is not None and row["progress"] <= 0.5),
        ({"progress": {"gt": 0.25, "lt": 0.75}}, lambda row: row["progress"] == 0.5),
        ({"progress": {"gte": 0.25}}, lambda row: (row["progress"] or 0) >= 0.25),
        ({"progress": {"isNull": True}}, lambda row: row["progress"] is None),
        ({"target": {"eq": exact}}, lambda row: row["target"] == exact),
        ({"target": {"gt": "99999999999999999999"}}, lambda row: row["target"] == exact),
        ({"target": {"eq": "1e2"}}, lambda row: row["target"] == "100"),
        ({"target": {"lt": "100"}}, lambda row: row["target"] == "0"),
        ({"target": {"isNull": False}}, lambda row: row["target"] is not None),
        ({"current": {"lte": "25"}}, lambda row: (number(row, "current") or 100) <= 25),
        ({"current": {"gte": -1.5}}, lambda row: row["current"] is not None),
    ]


def instants(rows: list[dict[str, Any]]) -> list[Picked]:
    at = rows[2]["createdAt"]
    return [
        ({"createdAt": {"eq": at.replace("12:03:00Z", "14:03:00+02:00")}}, lambda row: row["createdAt"] == at),
        ({"createdAt": {"lt": at}}, lambda row: row["createdAt"] < at),
        ({"createdAt": {"lte": at}}, lambda row: row["createdAt"] <= at),
        ({"createdAt": {"gt": at}}, lambda row: row["createdAt"] > at),
        ({"createdAt": {"gte": at}}, lambda row: row["createdAt"] >= at),
        ({"createdAt": {"isNull": True}}, lambda row: False),
    ]


def places(rows: list[dict[str, Any]], ids: dict[str, str]) -> list[Picked]:
    owner, ours = {"id": ids["owner"]}, [rows[0]["id"], rows[3]["id"]]
    return [
        ({"id": {"in": [*ours, "nonsense", ids["owner"]]}}, lambda row: row["id"] in ours),
        ({"id": {"eq": ids["owner"]}}, lambda row: False),
        ({"ownerId": {"eq": ids["owner"]}}, lambda row: row["owner"] == owner),
        ({"ownerId": {"neq": ids["owner"]}}, lambda row: row["owner"] != owner),
        ({"ownerId": {"isNull": True}}, lambda row: row["owner"] is None),
        ({"objectiveId": {"eq": ids["second"]}}, lambda row: row["objective"] == {"id": ids["second"]}),
        ({"objectiveId": {"eq": str(UUID(int=1))}}, lambda row: False),
    ]


def nested(ids: dict[str, str]) -> list[Picked]:
    reach, owned = {"kind": {"eq": "REACH"}}, {"ownerId": {"eq": ids["owner"]}}
    return [
        ({"and": [reach, owned]}, lambda row: row["kind"] == "REACH" and row["owner"] is not None),
        ({"or": [reach, owned]}, lambda row: row["kind"] == "REACH" or row["owner"] is not None),
        ({**reach, "or": [owned, {"unit": {"eq": "EUR"}}]}, lambda row: row["title"] in ("Revenue", "revenue 100%")),
        ({"and": [{"or": [reach, owned]}, {"unit": {"isNull": True}}]}, lambda row: row["owner"] is not None),
        ({"or": [], "and": []}, lambda row: True),
        ({}, lambda row: True),
        (
            {"or": [{"and": [reach, owned]}, {"title": {"eq": "Newcustomers"}}]},
            lambda row: row["title"] in ("revenue 100%", "Newcustomers"),
        ),
    ]


@pytest.mark.parametrize("kind", ["texts", "choices", "amounts", "instants", "places", "nested"])
async def test_a_filter_picks_what_it_says(client: Client, kind: str) -> None:
    rows, ids = await numbers(client)
    picks: dict[str, Callable[[], list[Picked]]] = {
        **{"texts": texts, "choices": choices, "amounts": amounts, "instants": lambda: instants(rows)},
        **{"places": lambda: places(rows, ids), "nested": lambda: nested(ids)},
    }
    document = "query($filter: KeyResultFilter) { keyResults(filter: $filter) { totalCount nodes { id } } }"
    for wanted, is_picked in picks[kind]():
        found = (await client.data(document, filter=wanted))["keyResults"]
        expected = [{"id": row["id"]} for row in rows if is_picked(row)]
        assert (wanted, found) == (wanted, {"totalCount": len(expected), "nodes": expected})


async def test_kpis(client: Client) -> None:
    ids = {
        "ownerId": await client.make("personCreate", name="Pat"),
        "teamId": await client.make("teamCreate", name="T"),
    }
    ids["parentId"] = await client.make("kpiCreate", name="Whole", source="CHILDREN_SUM", frequency="YEARLY")
    facts = {"name": "Sales", "externalId": "sales", "category": "Money", "perspective": "FINANCIAL", "unit": "EUR"}
    facts |= {"direction": "LOWER", "indicator": "LEADING", "frequency": "QUARTERLY", "source": "MEASURED"}
    facts |= {"visibility": "TEAM", "unitKind": "CURRENCY", "currency": "EUR"}
    client.clock.advance(hours=1)
    first = await client.make("kpiCreate", **facts, **ids)
    wanted = [{name: {"eq": value}} for name, value in {**facts, **ids, "id": first}.items()]
    wanted += [{name: {"gt": "2026-07-02T12:30:00Z"}} for name in ("createdAt", "updatedAt", "changedAt")]
    listed = """query($filter: KpiFilter) {
        kpis(filter: $filter) { nodes { id } } kpiScorecard(filter: $filter) { kpis { id } } }"""
    for filter in [*wanted, {"and": wanted}]:
        found = [{"id": first}]
        assert (filter, await client.data(listed, filter=filter)) == (
            *(filter, {"kpis": {"nodes": found}, "kpiScorecard": {"kpis": found}}),
        )
    rest = [{"id": ids["parentId"]}]
    nullable = ("externalId", "category", "perspective", "unit", "unitKind", "currency", "indicator", *ids)
    for filter in [{"id": {"neq": first}}, *({name: {"isNull": True}} for name in nullable)]:
        assert (filter, await client.data(listed, filter=filter)) == (
            *(filter, {"kpis": {"nodes": rest}, "kpiScorecard": {"kpis": rest}}),
        )
    for relation in ("owner", "team", "parent"):
        filter = {relation: {"id": {"eq": ids[f"{relation}Id"]}}}
        wanted.append(filter)
        assert await client.data(listed, filter=filter) == {
            **{"kpis": {"nodes": [{"id": first}]}, "kpiScorecard": {"kpis": [{"id": first}]}}
        }
    tried = {each for filter in wanted for each in filter} | {"and", "or"} | INVOLVING
    assert tried == set(type_map["KpiFilter"].fields)


@pytest.mark.parametrize("list_of", ["objectives", "keyResults"])
async def test_status_is_that_of_the_moment(client: Client, list_of: str) -> None:
    """Time alone moves goals from one status to another, and out of what a filter finds."""
    await numbers(client)
    kind = f"{list_of[0].upper()}{list_of[1:-1]}Filter"
    document = f"query($filter: {kind}) {{ {list_of}(filter: $filter) {{ totalCount nodes {{ id status }} }} }}"
    seen = set()
    bad = ["AT_RISK", "OFF_TRACK"]
    for month in ("2025-12", "2026-01", "2026-03", "2026-07", "2027-06"):
        client.clock.now = datetime.fromisoformat(f"{month}-05T12:00:00Z")
        rows = (await client.data(document))[list_of]["nodes"]
        statuses = [row["status"] for row in rows]
        seen.add(tuple(statuses))
        one = statuses[0]
        for wanted, is_picked in (
            ({"eq": one}, lambda status: status == one),  # noqa: B023
            ({"neq": one}, lambda status: status != one),  # noqa: B023
            ({"in": bad}, bad.__contains__),
            ({"isNull": True}, lambda status: status is None),
        ):
            found = (await client.data(document, filter={"status": wanted}))[list_of]
            expected = [row for row in rows if is_picked(row["status"])]
            assert (month, wanted, found) == (month, wanted, {"totalCount": len(expected), "nodes": expected})
    assert len(seen) > 2
