"""Lists by what their rows refer to, and by what is around them: as they show it, in one statement."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from schema.relay.node import global_id
from service.reading.filters import MAX_COMPARISONS
from tests.kit.client import Client, Statements

LISTS = """query($o: ObjectiveFilter, $r: KeyResultFilter, $k: KpiFilter, $i: InitiativeFilter, $c: CycleFilter,
        $t: TeamFilter, $e: EventFilter) {
    objectives(filter: $o) { totalCount nodes { title } } keyResults(filter: $r) { totalCount nodes { title } }
    kpis(filter: $k) { totalCount nodes { name } } initiatives(filter: $i) { totalCount nodes { title } }
    cycles(filter: $c) { totalCount nodes { name } } teams(filter: $t) { totalCount nodes { name } }
    events(filter: $e, first: 100) { totalCount nodes { objective { title } } } }"""
BECAUSE = ["PACE", "STATED_IN_CHECK_IN"]
VARIABLES = {
    **{"objectives": "o", "keyResults": "r", "kpis": "k", "initiatives": "i", "cycles": "c", "teams": "t"},
    "events": "e",
}


async def found(client: Client, name: str, filter: dict[str, Any]) -> list[str]:
    """The names of what a list has, whose number agrees."""
    page = (await client.data(LISTS, **{VARIABLES[name]: filter}))[name]
    names = [each.get("title") or each.get("name") or each["objective"]["title"] for each in page["nodes"]]
    assert page["totalCount"] == len(names)
    return sorted(set(names)) if name == "events" else sorted(names)


async def planted(client: Client) -> dict[str, str]:
    """Teams one below the other, cycles of two kinds, and goals of different teams, owners and cycles."""
    ids: dict[str, str] = {}
    for name, above in (("All", None), ("Sales", "All"), ("North", "Sales"), ("Legal", None)):
        ids[name] = await client.make("teamCreate", name=name, parentId=above and ids[above])
    for name in ("Ann", "Bob"):
        ids[name] = await client.make("personCreate", name=name)
    ids["year"] = await client.cycle(name="Year")
    for name, starts, ends in (("Q2", "2026-04-01", "2026-06-30"), ("Q3", "2026-07-01", "2026-09-30")):
        ids[name] = await client.cycle(starts, ends, name=name, kind="QUARTER", parentId=ids["year"])
    ids["Growth"] = await client.make("pillarCreate", name="Growth")
    company = {"cycleId": ids["year"], "level": "COMPANY"}
    ids["top"] = await client.make("objectiveCreate", title="Top", **company, teamId=ids["All"], ownerId=ids["Ann"])
    for title, team, owner, cycle in (
        ("Sell", "Sales", "Ann", "Q2"),
        ("Ski", "North", "Bob", "Q3"),
        ("Sue", "Legal", None, "Q3"),
    ):
        own = {"ownerId": owner and ids[owner], "pillarId": ids["Growth"] if title == "Sell" else None}
        ids[title] = await client.objective(ids[cycle], title, teamId=ids[team], **own)
        ids[f"{title} more"] = await client.key_result(ids[title], f"{title} more", kind="REACH", target="10")
    await client.make("objectiveAlign", objectiveId=ids["Sell"], parentId=ids["top"])
    await client.make("objectiveAlign", objectiveId=ids["Ski"], parentKeyResultId=ids["Sell more"])
    ids["whole"] = await client.make("kpiCreate", name="Whole", teamId=ids["Sales"], source="CHILDREN_SUM")
    await client.make("kpiCreate", name="Part", parentId=ids["whole"], ownerId=ids["Bob"])
    await client.make("initiativeCreate", title="Call", teamId=ids["North"], ownerId=ids["Ann"])
    return ids


def within(id: str) -> dict[str, Any]:
    return {"team": {"within": id}}


async def test_conditions_on_what_rows_refer_to(client: Client, statements: Statements) -> None:
    client.clock.now = datetime(2026, 7, 15, tzinfo=UTC)
    ids = await planted(client)
    ann, bob = {"owner": {"name": {"eq": "Ann"}}}, {"owner": {"name": {"in": ["Bob"]}}}
    current = {"cycle": {"isCurrent": True, "kind": {"eq": "QUARTER"}}}
    cases: list[tuple[str, dict[str, Any], list[str]]] = [
        ("objectives", ann, ["Sell", "Top"]),
        ("objectives", {**ann, "or": [{"title": {"eq": "Top"}}, bob]}, ["Top"]),
        ("objectives", {"or": [ann, bob]}, ["Sell", "Ski", "Top"]),
        ("objectives", {"owner": {"name": {"neq": "Ann"}}}, ["Ski"]),
        ("objectives", {"owner": {}}, ["Sell", "Ski", "Top"]),
        ("objectives", {"owner": None}, ["Sell", "Ski", "Sue", "Top"]),
        ("objectives", current, ["Ski", "Sue"]),
        ("objectives", {"cycle": {"isCurrent": True}}, ["Ski", "Sue", "Top"]),
        ("objectives", {"cycle": {"isCurrent": False}}, ["Sell"]),
        ("objectives", {"cycle": {"parent": {"name": {"eq": "Year"}}}, **ann}, ["Sell"]),
        ("objectives", {"pillar": {"name": {"contains": "grow"}}}, ["Sell"]),
        ("objectives", within(ids["All"]), ["Sell", "Ski", "Top"]),
        ("objectives", {**within(ids["Sales"]), **current}, ["Ski"]),
        *(("objectives", within(id), []) for id in (ids["Ann"], "nonsense", global_id("Team", client.organization_id))),
        ("keyResults", {"objective": {"title": {"eq": "Ski"}}}, ["Ski more"]),
        (
            "keyResults",
            {"objective": {**within(ids["Sales"]), "status": {"neq": "ACHIEVED"}}},
            ["Sell more", "Ski more"],
        ),
        ("keyResults", {"objective": bob}, ["Ski more"]),
        ("keyResults", {"objective": {"involving": {"personId": ids["Bob"], "roles": ["OWNER"]}}}, ["Ski more"]),
        ("keyResults", {"objective": {"hasParents": False}}, ["Sue more"]),
        ("kpis", within(ids["All"]), ["Whole"]),
        ("kpis", bob, ["Part"]),
        ("kpis", {"parent": {"team": {"name": {"eq": "Sales"}}}}, ["Part"]),
        ("initiatives", {**within(ids["Sales"]), **ann}, ["Call"]),
        ("initiatives", bob, []),
        ("cycles", {"isCurrent": True}, ["Q3", "Year"]),
        ("cycles", {"isCurrent": False}, ["Q2"]),
        ("cycles", {"parent": {"kind": {"eq": "YEAR"}}}, ["Q2", "Q3"]),
        ("teams", {"within": ids["Sales"]}, ["North", "Sales"]),
        ("teams", {"within": ids["All"], "parent": {"parentId": {"isNull": True}}}, ["Sales"]),
        ("teams", {"or": [{"within": ids["Legal"]}, {"within": ids["North"]}]}, ["Legal", "North"]),
        ("teams", {"and": [{"within": ids["All"]}, {"within": ids["North"]}]}, ["North"]),
        ("events", {"objective": {"title": {"in": ["Top", "Sue"]}}}, ["Sue", "Top"]),
        ("events", {"objective": bob, "actor": {"role": {"eq": "OWNER"}}}, ["Ski"]),
        ("events", {"actor": {"name": {"eq": "nobody"}}}, []),
    ]
    for name, filter, expected in cases:
        assert (filter, await found(client, name, filter)) == (filter, expected)
    document = "query($o: ObjectiveFilter) { objectives(filter: $o) { nodes { title } } }"
    sent = await statements.of(client.data(document, o={**within(ids["All"]), **current, **ann}))
    read = [("objectives" in each, "teams" in each, "cycles" in each) for each in sent if "SELECT" in each]
    assert read == [(True, True, True)]


async def test_conditions_on_what_is_around_objectives(client: Client) -> None:
    client.clock.now = datetime(2026, 5, 15, tzinfo=UTC)
    ids = await planted(client)

    async def objectives(**filter: Any) -> list[str]:
        return await found(client, "objectives", filter)

    assert await objectives(hasParents=False) == ["Sue", "Top"]
    assert await objectives(hasParents=True) == ["Sell", "Ski"]
    assert await objectives(hasChildren=True) == ["Sell", "Top"]
    assert await objectives(hasChildren=False) == ["Ski", "Sue"]
    assert await objectives(hasKeyResults=True) == ["Sell", "Ski", "Sue"]
    assert await objectives(hasKeyResults=False) == ["Top"]
    assert await objectives(hasKeyResults=None) == ["Sell", "Ski", "Sue", "Top"]
    assert await objectives(alignmentState={"eq": "TOP"}) == ["Top"]
    assert await objectives(alignmentState={"in": ["UNALIGNED", "TOP"]}) == ["Sue", "Top"]
    assert await objectives(alignmentState={"neq": "ALIGNED"}) == ["Sue", "Top"]
    # What is archived is around nothing, and what is not in force aligns nothing.
    await client.make("objectiveUpdate", id=ids["top"], lifecycle="CANCELLED")
    assert await objectives(alignmentState={"eq": "UNALIGNED"}) == ["Sell", "Sue"]
    assert await objectives(hasParents=True) == ["Sell", "Ski"]
    await client.make("objectiveArchive", id=ids["Ski"])
    await client.make("objectiveArchive", id=ids["top"])
    await client.make("keyResultArchive", id=ids["Sue more"])
    assert await objectives(hasChildren=True) == []
    assert await objectives(hasParents=True) == []
    assert await objectives(hasKeyResults=False) == ["Sue"]


async def test_conditions_on_how_goals_stand(client: Client) -> None:
    """As the goals show it."""
    client.clock.now = datetime(2026, 5, 15, tzinfo=UTC)
    ids = await planted(client)
    await client.check_in(ids["Sell more"], "9", confidence=0.8)
    await client.make("keyResultCheckIn", keyResultId=ids["Sell more"], status="AT_RISK", confidence=0.3)
    await client.make("objectiveUpdate", id=ids["Sell"], statusSource="PACE")
    client.clock.advance(days=2)
    shown = """query($filter: %s) { %s(filter: $filter, includeArchived: true) {
        nodes { id statusReason confidence nextCheckInDueAt } } }"""
    for kind, name in (("ObjectiveFilter", "objectives"), ("KeyResultFilter", "keyResults")):
        rows = (await client.data(shown % (kind, name), filter={}))[name]["nodes"]
        reasons = {each["statusReason"] for each in rows}
        dues = sorted(each["nextCheckInDueAt"] for each in rows if each["nextCheckInDueAt"])
        cases: list[tuple[dict[str, Any], Any]] = [
            *(({"statusReason": {"eq": each}}, partial(is_because, [each])) for each in reasons - {None}),
            ({"statusReason": {"in": BECAUSE}}, partial(is_because, BECAUSE)),
            ({"statusReason": {"isNull": True}}, lambda row: row["statusReason"] is None),
            ({"confidence": {"lt": 0.5}}, lambda row: row["confidence"] is not None and row["confidence"] < 0.5),
            ({"confidence": {"isNull": True}}, lambda row: row["confidence"] is None),
            ({"nextCheckInDueAt": {"isNull": False}}, lambda row: row["nextCheckInDueAt"] is not None),
            *(({"nextCheckInDueAt": {"lte": each}}, partial(is_due, each)) for each in dues[:1]),
        ]
        matched = 0
        for filter, matches in cases:
            expected = [row for row in rows if matches(row)]
            read = (await client.data(shown % (kind, name), filter=filter))[name]["nodes"]
            assert (filter, read) == (filter, expected)
            matched += bool(expected)
        assert matched > 4
    await guarded(client, ids["Sell more"])
    breached = {"guardrailBreached": True}
    assert await found(client, "keyResults", breached) == ["Sell more"]
    assert await found(client, "keyResults", {"guardrailBreached": False}) == ["Ski more", "Sue more"]
    assert await found(client, "objectives", breached) == ["Sell"]
    assert await found(client, "keyResults", {"objective": breached}) == ["Sell more"]


def is_because(reasons: list[str], row: Any) -> bool:
    return row["statusReason"] in reasons


def is_due(at: str, row: Any) -> bool:
    return bool(row["nextCheckInDueAt"] == at)


async def guarded(client: Client, key_result: str) -> None:
    """Lets a KPI in RED guard a key result."""
    kpi = await client.make("kpiCreate", name="Guard")
    await client.make("kpiTargetCreate", kpiId=kpi, startsOn="2026-01-01", value="10")
    point = {"kpiId": kpi, "on": "2026-05-01", "value": "1"}
    await client.change("kpiMeasurementsRecord", {"measurements": [point]}, "changed")
    await client.make("keyResultLinkKpi", keyResultId=key_result, kpiId=kpi, role="GUARDRAIL")


@pytest.mark.parametrize(
    ("filter", "message"),
    [
        ({"objective": {"cycle": {"parent": {}}}}, "nested"),
        ({"or": [{"objective": {"or": [{}]}}]}, "nested"),
        ({"objective": {"or": [{"title": {"eq": "a"}}] * 99, "title": {"in": ["a"] * 101}}}, "members"),
        ({"or": [{"objective": {"title": {"eq": "a", "neq": "b", "contains": "c"}}}] * 67}, f"{MAX_COMPARISONS} comp"),
        ({"objective": {"title": {"eq": None}}}, "isNull"),
    ],
)
async def test_limits_hold_in_related_filters(client: Client, filter: dict[str, Any], message: str) -> None:
    answer = await client.answer("query($f: KeyResultFilter) { keyResults(filter: $f) { totalCount } }", f=filter)
    [error] = answer["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert message in error["message"]


async def test_searches_in_related_filters_count(client: Client) -> None:
    search = {"or": [{"objective": {"title": {"contains": "a"}}}] * 11}
    answer = await client.answer("query($f: KeyResultFilter) { keyResults(filter: $f) { totalCount } }", f=search)
    assert [each["extensions"]["code"] for each in answer["errors"]] == ["TOO_MANY_SEARCHES"]
