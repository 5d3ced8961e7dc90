"""The report on a cycle through GraphQL: what it counts, the list of each count, and by how many messages."""

from typing import Any

import pytest

from tests.kit.client import Client, Statements
from tests.kit.cycle_reports import counted, ids_as_sets, reports, sums_of_groups
from tests.kit.forest import planted
from tests.kit.reads import TYPES
from tests.kit.roles import acting

BACKWARDS = "(orderBy: {field: NAME, direction: DESC})"


async def the_cycle(client: Client) -> str:
    [cycle] = (await client.data("{ cycles { nodes { id } } }"))["cycles"]["nodes"]
    return str(cycle["id"])


async def test_a_small_cycle(client: Client) -> None:
    cycle, other = await client.cycle("2026-06-01", "2026-12-31"), await client.cycle(name="Other")
    client.clock.advance(days=-25)
    team = await client.make("teamCreate", name="Sales")
    ada, ben = [await client.make("personCreate", name=name) for name in ("Ada", "Ben")]
    top = await client.objective(cycle, "Top", level="COMPANY", ownerId=ada)
    below = await client.objective(cycle, "Below", kind="COMMITTED", teamId=team, ownerId=ben)
    await client.objective(cycle, "Draft", lifecycle="DRAFT")
    await client.objective(other, "Elsewhere")
    await client.make("objectiveAlign", objectiveId=below, parentId=top)
    first = await client.key_result(top, "First", kind="REACH", target="10")
    await client.key_result(below, "Second", kind="BINARY", ownerId=ada)
    await client.key_result(below, "Third", kind="REACH", target="10", lifecycle="DRAFT")
    client.clock.advance(days=15)
    await client.check_in(first, "9", confidence=0.9, status="ON_TRACK")
    client.clock.advance(days=9)
    document = """query($id: ID!) { cycleReport(cycleId: $id) {
        cycle { name }
        objectives { count alignmentRate alignment { state count objectives { nodes { title } } }
            statuses { status count overdueCount } kinds { kind count scoredCount meanScore } }
        keyResults { count greenShare overdueCount meanConfidence
            statuses { status count overdueCount keyResults { nodes { title } } overdueKeyResults { totalCount } }
            confidence { level count keyResults { edges { node { title } } } } }
        activity { ownerCount activeOwnerCount participation owners { nodes { name } } activeOwners { totalCount }
            expectedCount metCount checkInRate }
        groups(by: OWNER) { owner { name } objectives { count } keyResults { count }
            activity { expectedCount metCount } } } }"""
    assert (await client.data(document, id=cycle))["cycleReport"] == {
        "cycle": {"name": "2026"},
        "objectives": {
            "count": 2,
            "alignmentRate": 1,
            "alignment": [
                {"state": "ALIGNED", "count": 1, "objectives": {"nodes": [{"title": "Below"}]}},
                {"state": "TOP", "count": 1, "objectives": {"nodes": [{"title": "Top"}]}},
            ],
            "statuses": [
                {"status": "PENDING", "count": 1, "overdueCount": 0},
                {"status": "ON_TRACK", "count": 1, "overdueCount": 0},
            ],
            "kinds": [
                {"kind": "ASPIRATIONAL", "count": 1, "scoredCount": 0, "meanScore": None},
                {"kind": "COMMITTED", "count": 1, "scoredCount": 0, "meanScore": None},
            ],
        },
        "keyResults": {
            "count": 2,
            "greenShare": 0.5,
            "overdueCount": 1,
            "meanConfidence": 0.9,
            "statuses": [
                {
                    "status": "PENDING",
                    "count": 1,
                    "overdueCount": 1,
                    "keyResults": {"nodes": [{"title": "Second"}]},
                    "overdueKeyResults": {"totalCount": 1},
                },
                {
                    "status": "ON_TRACK",
                    "count": 1,
                    "overdueCount": 0,
                    "keyResults": {"nodes": [{"title": "First"}]},
                    "overdueKeyResults": {"totalCount": 0},
                },
            ],
            "confidence": [
                {"level": "HIGH", "count": 1, "keyResults": {"edges": [{"node": {"title": "First"}}]}},
                {"level": "NONE", "count": 1, "keyResults": {"edges": [{"node": {"title": "Second"}}]}},
            ],
        },
        "activity": {
            "ownerCount": 2,
            "activeOwnerCount": 0,
            "participation": 0,
            "owners": {"nodes": [{"name": "Ada"}, {"name": "Ben"}]},
            "activeOwners": {"totalCount": 0},
            "expectedCount": 6,
            "metCount": 1,
            "checkInRate": 1 / 6,
        },
        "groups": [
            {
                "owner": {"name": "Ada"},
                "objectives": {"count": 1},
                "keyResults": {"count": 2},
                "activity": {"expectedCount": 6, "metCount": 1},
            },
            {
                "owner": {"name": "Ben"},
                "objectives": {"count": 1},
                "keyResults": {"count": 0},
                "activity": {"expectedCount": 0, "metCount": 0},
            },
        ],
    }


async def test_a_planted_cycle_counts_what_the_lists_show(client: Client) -> None:
    await planted(client, 30, 4)
    cycle = await the_cycle(client)
    total, *grouped = ids_as_sets(await reports(client, cycle))
    assert [total, *grouped] == ids_as_sets(await counted(client, cycle))
    assert {each["level"] for each in total["keyResults"]["confidence"]} == {"LOW", "MEDIUM", "HIGH"}
    assert total["keyResults"]["overdueCount"] > 0
    assert all(len(each["groups"]) > 1 for each in (grouped[1], grouped[4]))
    assert all(sums_of_groups(each["groups"]) == sums_of_groups([total]) for each in grouped)
    await the_lists_of_counts_are_sorted(client, cycle)


async def the_lists_of_counts_are_sorted(client: Client, cycle: str) -> None:
    """As the list at the root is, of the goals in force in the cycle; that of the owners, too."""
    document = """query($id: ID!, $order: %sOrder, $filter: %sFilter) {
        cycleReport(cycleId: $id) { goals: %s { list: %s(first: 100, orderBy: $order) { nodes { id } } } }
        list: %s(first: 100, filter: $filter, orderBy: $order) { nodes { id } } }"""
    in_force = {"lifecycle": {"eq": "ACTIVE"}, "cycleId": {"eq": cycle}}
    of_objective = {"lifecycle": {"eq": "ACTIVE"}, "objective": in_force}
    for type, field, filter in (("Objective", "objectives", in_force), ("KeyResult", "keyResults", of_objective)):
        for order in TYPES[f"{type}OrderField"].values:
            sorts = {"field": order, "direction": "DESC"}
            data = await client.data(document % (type, type, *(field,) * 3), id=cycle, order=sorts, filter=filter)
            assert data["cycleReport"]["goals"]["list"] == data["list"], sorts
            assert len(data["list"]["nodes"]) > 20
    owners = "query($id: ID!) { cycleReport(cycleId: $id) { activity { owners%s { nodes { name } } } } }"
    names = [(await client.data(owners % each, id=cycle))["cycleReport"]["activity"] for each in ("", BACKWARDS)]
    assert names[0]["owners"]["nodes"] == names[1]["owners"]["nodes"][::-1] != []


async def test_a_filter_is_on_the_objectives(client: Client) -> None:
    await planted(client, 30, 4)
    cycle = await the_cycle(client)
    document = """query($id: ID!, $filter: ObjectiveFilter) { cycleReport(cycleId: $id, filter: $filter) {
        objectives { count objectives(first: 100) { nodes { level } } } keyResults { count }
        activity { ownerCount } } }"""
    report = (await client.data(document, id=cycle, filter={"level": {"eq": "COMPANY"}}))["cycleReport"]
    assert report["objectives"] == {"count": 4, "objectives": {"nodes": [{"level": "COMPANY"}] * 4}}
    assert report["keyResults"] == {"count": 12}
    assert 1 <= report["activity"]["ownerCount"] <= 4
    nothing = (await client.data(document, id=cycle, filter={"title": {"contains": "no such"}}))["cycleReport"]
    assert nothing == {
        "objectives": {"count": 0, "objectives": {"nodes": []}},
        "keyResults": {"count": 0},
        "activity": {"ownerCount": 0},
    }


async def test_a_search_counts_for_each_statement(client: Client) -> None:
    await planted(client, 10, 2)
    each = " ".join(
        f"{name}: groups(by: {by}) {{ objectives {{ count }} }}" for name, by in zip("abcde", DIMENSIONS, strict=True)
    )
    document = f"""query($id: ID!) {{ cycleReport(cycleId: $id, filter: {{title: {{contains: "o"}}}}) {{
        {each} objectives {{ count }} }} }}"""
    answer = await client.answer(document, id=await the_cycle(client))
    assert "contains" in answer["errors"][0]["message"]


DIMENSIONS = ("TEAM", "LEVEL", "PILLAR", "KIND", "OWNER")


@pytest.mark.parametrize("arguments", [("first: 3", "after", "endCursor"), ("last: 3", "before", "startCursor")])
async def test_the_pages_of_a_count(client: Client, arguments: tuple[str, str, str]) -> None:
    """The time of the first page is that of all, whatever the status is meanwhile."""
    await planted(client, 30, 4)
    cycle = await the_cycle(client)
    size, other, name = arguments
    more = "hasNextPage" if other == "after" else "hasPreviousPage"
    found: list[str] = []
    cursor, is_more, total = "", True, 0
    while is_more:
        document = f"""query($id: ID!) {{ cycleReport(cycleId: $id) {{ keyResults {{ statuses {{ status count
            keyResults({size}{cursor}) {{ totalCount totalCountIsExact pageInfo {{ {more} {name} }}
                edges {{ cursor node {{ id }} }} }} }} }} }} }}"""
        statuses = (await client.data(document, id=cycle))["cycleReport"]["keyResults"]["statuses"]
        [red] = [each for each in statuses if each["status"] == "OFF_TRACK"]
        page = red["keyResults"]
        assert (page["totalCount"], page["totalCountIsExact"]) == (red["count"], True)
        total = total or red["count"]
        ids = [each["node"]["id"] for each in page["edges"]]
        found = [*found, *ids] if other == "after" else [*ids, *found]
        is_more = page["pageInfo"][more]
        cursor = f', {other}: "{page["pageInfo"][name]}"'
    listed = await client.data("{ keyResults(first: 100, filter: {status: {eq: OFF_TRACK}}) { nodes { id } } }")
    assert found == [each["id"] for each in listed["keyResults"]["nodes"]]
    assert len(found) == total > 3


async def test_there_is_no_report_without_a_cycle(client: Client) -> None:
    document = "query($id: ID!) { cycleReport(cycleId: $id) { objectives { count } } }"
    objective = await client.objective(await client.cycle())
    for id in (objective, "nothing", "01a22a0a-8a7a-749c-afcb-c52400f7bf83"):
        assert await client.data(document, id=id) == {"cycleReport": None}
    archived = await client.cycle()
    await client.make("cycleArchive", id=archived)
    assert await client.data(document, id=archived) == {"cycleReport": {"objectives": {"count": 0}}}


@pytest.mark.parametrize("objectives", [10, 150])
@pytest.mark.parametrize("role", ["OWNER", "MEMBER"])
async def test_the_messages_do_not_depend_on_the_groups(
    client: Client, statements: Statements, role: str, objectives: int
) -> None:
    document = """query($id: ID!) { cycleReport(cycleId: $id) {
        objectives { count statuses { count objectives { totalCount nodes { title owner { name } } } } }
        keyResults { count } activity { participation }
        groups(by: %s) { team { name } owner { name } activity { checkInRate }
            objectives { count statuses { count objectives { nodes { id } } } }
            keyResults { count scoreBands { band keyResults { nodes { id } } } } } } }"""
    await planted(client, objectives, 5)
    own = client if role == "OWNER" else await acting(client, "MEMBER")
    cycle = await the_cycle(client)
    for by in ("LEVEL", "OWNER"):
        for _ in range(2):
            await own.data(document % by, id=cycle)
        assert len(await statements.of(own.data(document % by, id=cycle))) == 7


async def test_check_ins_of_others_and_of_before_do_not_count(client: Client) -> None:
    client.clock.advance(days=-182)
    cycle = await client.cycle("2026-03-01", "2026-05-31", activation="MANUAL")
    early = await client.cycle("2026-01-01", "2026-05-31", name="Early")
    ada = (await client.data("{ viewer { person { id } } }"))["viewer"]["person"]["id"]
    objective = await client.objective(early, ownerId=ada, progressSource="MANUAL")
    await client.make("objectiveCheckIn", objectiveId=objective, value="0.1")
    await client.make("objectiveUpdate", id=objective, cycleId=cycle)
    document = """query($id: ID!) { cycleReport(cycleId: $id) { activity {
        ownerCount activeOwnerCount expectedCount metCount checkInRate } } }"""

    async def activity() -> Any:
        return (await client.data(document, id=cycle))["cycleReport"]["activity"]

    none = {"ownerCount": 1, "activeOwnerCount": 0, "expectedCount": 0, "metCount": 0, "checkInRate": None}
    client.clock.advance(days=70)
    # Nobody has activated it.
    assert await activity() == none
    await client.take_steps(cycle, "Activate")
    client.clock.advance(days=7)
    assert await activity() == {**none, "expectedCount": 1, "checkInRate": 0}
    await client.make("objectiveCheckIn", objectiveId=objective, value="0.2")
    client.clock.advance(days=7)
    one = {**none, "activeOwnerCount": 1, "expectedCount": 2, "metCount": 1, "checkInRate": 0.5}
    assert await activity() == one
    # The end of the cycle is the end of its periods.
    client.clock.advance(days=365)
    assert (await activity())["expectedCount"] == 11
