"""Statistics of goals through GraphQL: they are what the lists come to, and cost the same however many groups."""

from typing import Any

import pytest

from schema.goal_stats import groups
from tests.kit.client import Client, Statements
from tests.kit.forest import planted
from tests.kit.goal_stats import counted, statistics
from tests.kit.reads import TYPES
from tests.kit.roles import acting

FILTERS: list[Any] = [None, {"status": {"in": ["OFF_TRACK", "PENDING"]}}, {"progress": {"gt": 0.5}}]


async def test_a_planted_organization_has_the_statistics_of_its_lists(client: Client) -> None:
    await planted(client, 30, 4)
    for kind in (0, 1):
        for filter in FILTERS:
            found = await statistics(client, kind, filter)
            assert found == await counted(client, kind, filter)
            assert sum(each["count"] for each in found[2]) == found[0][0]["count"] > 3


async def test_a_small_organization(client: Client) -> None:
    cycle = await client.cycle("2026-06-01", "2026-12-31")
    ada = await client.make("personCreate", name="Ada")
    sales = await client.make("teamCreate", name="Sales")
    own = {"teamId": sales, "ownerId": ada, "progressSource": "MANUAL"}
    goals = [await client.objective(cycle, title, **own) for title in ("First", "Second", "Third")]
    await client.objective(cycle, "Draft", lifecycle="DRAFT", teamId=sales)
    await client.objective(cycle, "Lone", level="COMPANY")
    await client.key_result(goals[0], "Of Ada", kind="REACH", target="3")
    for goal, value, confidence in zip(goals, ("0.59", "0.3", "0.1"), (0.7, 0.8, None), strict=True):
        await client.make("objectiveCheckIn", objectiveId=goal, value=value, confidence=confidence, status="AT_RISK")
    cancelled = await client.objective(cycle, "Cancelled", **own)
    await client.make("objectiveCheckIn", objectiveId=cancelled, value="1", confidence=1)
    await client.make("objectiveUpdate", id=cancelled, lifecycle="CANCELLED")
    archived = await client.objective(cycle, "Archived", **own)
    await client.make("objectiveCheckIn", objectiveId=archived, value="0.2")
    await client.make("objectiveArchive", id=archived)
    client.clock.advance(days=11)
    document = """query($archived: Boolean) { goalStats(groupBy: TEAM, includeArchived: $archived) {
        by team { name } count overdueCount greenShare meanProgress medianProgress meanConfidence
        statuses { status count overdueCount }
        objectives(first: 2, orderBy: {field: TITLE, direction: DESC}) { totalCount nodes { title } } }
        keyResultStats(groupBy: OWNER) { owner { name } count meanProgress keyResults { nodes { title } } } }"""
    of_sales = {
        "by": "TEAM",
        "team": {"name": "Sales"},
        "count": 5,
        "overdueCount": 3,
        "greenShare": 0,
        "meanProgress": 0.33,
        "medianProgress": 0.3,
        "meanConfidence": 0.75,
        "statuses": [
            {"status": "AT_RISK", "count": 2, "overdueCount": 2},
            {"status": "OFF_TRACK", "count": 1, "overdueCount": 1},
        ],
        "objectives": {"totalCount": 5, "nodes": [{"title": "Third"}, {"title": "Second"}]},
    }
    without = {
        "by": "TEAM",
        "team": None,
        "count": 1,
        "overdueCount": 0,
        "greenShare": 0,
        "meanProgress": None,
        "medianProgress": None,
        "meanConfidence": None,
        "statuses": [{"status": "PENDING", "count": 1, "overdueCount": 0}],
        "objectives": {"totalCount": 1, "nodes": [{"title": "Lone"}]},
    }
    answer = await client.data(document)
    assert answer == {
        "goalStats": [of_sales, without],
        # It has the owner of its objective.
        "keyResultStats": [
            {"owner": {"name": "Ada"}, "count": 1, "meanProgress": 0, "keyResults": {"nodes": [{"title": "Of Ada"}]}}
        ],
    }
    [with_archived, _] = (await client.data(document, archived=True))["goalStats"]
    assert (with_archived["count"], with_archived["meanProgress"], with_archived["medianProgress"]) == (6, 0.2975, 0.25)


async def test_nothing_is_one_group_of_all_and_no_group_otherwise(client: Client) -> None:
    nobody = {"title": {"eq": "no such"}}
    document = """query($filter: ObjectiveFilter) { all: goalStats(filter: $filter) {
        by count overdueCount greenShare meanProgress statuses { count } objectives { totalCount nodes { id } } }
        teams: goalStats(filter: $filter, groupBy: TEAM) { count } }"""
    numbers: dict[str, Any] = {
        "by": None,
        "count": 0,
        "overdueCount": 0,
        "greenShare": None,
        "meanProgress": None,
        "statuses": [],
    }
    all_of_none = {**numbers, "objectives": {"totalCount": 0, "nodes": []}}
    assert await client.data(document, filter=nobody) == {"all": [all_of_none], "teams": []}


@pytest.mark.parametrize(
    ("size", "other", "name"), [("first", "after", "endCursor"), ("last", "before", "startCursor")]
)
async def test_the_pages_of_groups(client: Client, size: str, other: str, name: str) -> None:
    """The pages of a group are as of the first one, whatever the status is meanwhile."""
    await planted(client, 30, 4)
    more = "hasNextPage" if other == "after" else "hasPreviousPage"
    order = "{field: TITLE, direction: DESC}"
    listed = await client.data(
        f"{{ keyResults(first: 100, orderBy: {order}, filter: {{status: {{eq: OFF_TRACK}}}}) {{ nodes {{ id }} }} }}"
    )
    found: list[str] = []
    cursor, is_more = "", True
    while is_more:
        inner = f"totalCount totalCountIsExact pageInfo {{ {more} {name} }} edges {{ cursor node {{ id }} }}"
        document = f"""{{ keyResultStats(groupBy: STATUS) {{ status count
            keyResults({size}: 5, orderBy: {order}{cursor}) {{ {inner} }} }} }}"""
        [red] = [each for each in (await client.data(document))["keyResultStats"] if each["status"] == "OFF_TRACK"]
        page = red["keyResults"]
        ids = [each["node"]["id"] for each in page["edges"]]
        assert (page["totalCount"], page["totalCountIsExact"]) == (red["count"], True)
        found = [*found, *ids] if other == "after" else [*ids, *found]
        is_more = page["pageInfo"][more]
        cursor = f', {other}: "{page["pageInfo"][name]}"'
        client.clock.advance(days=1)
    assert found == [each["id"] for each in listed["keyResults"]["nodes"]]
    assert len(found) > 5


async def test_too_many_groups_are_an_error(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "MAX_GROUPS", 2)
    await planted(client, 30, 4)
    document = "query($filter: ObjectiveFilter) { goalStats(groupBy: OWNER, filter: $filter) { count } }"
    answer = await client.answer(document)
    assert answer["data"] == {"goalStats": None}
    assert [each["message"] for each in answer["errors"]] == [
        "There are more than 2 groups; narrow the goals by `filter`."
    ]
    [people] = [(await client.data("{ objectives { nodes { owner { id } } } }"))["objectives"]["nodes"]]
    owner = next(each["owner"]["id"] for each in people if each["owner"])
    [one] = (await client.data(document, filter={"ownerId": {"eq": owner}}))["goalStats"]
    assert one["count"] > 0


@pytest.mark.parametrize("objectives", [10, 150])
@pytest.mark.parametrize("role", ["OWNER", "MEMBER"])
async def test_the_messages_do_not_depend_on_the_groups(
    client: Client, statements: Statements, role: str, objectives: int
) -> None:
    """Begin, sums, (nodes of groups with the pages of goals), owners of goals, commit."""
    document = """{ goalStats(groupBy: %s) { team { name } owner { name } count meanProgress
        statuses { count } objectives { totalCount nodes { title owner { name } } } } }"""
    await planted(client, objectives, 5)
    own = client if role == "OWNER" else await acting(client, "MEMBER")
    for by in ("LEVEL", "OWNER", "TEAM"):
        for _ in range(2):
            await own.data(document % by)
        assert len(await statements.of(own.data(document % by))) == 5


async def test_a_search_counts_for_each_statement(client: Client) -> None:
    six = " ".join(f'{name}: goalStats(filter: {{title: {{contains: "o"}}}}) {{ %s }}' for name in "abcdef")
    assert "errors" not in await client.answer(f"{{ {six % (('count',) * 6)} }}")
    answer = await client.answer(f"{{ {six % (('count objectives { nodes { id } }',) * 6)} }}")
    assert {each["extensions"]["code"] for each in answer["errors"]} == {"TOO_MANY_SEARCHES"}


async def test_groups_have_all_orders_of_the_list(client: Client) -> None:
    await planted(client, 30, 4)
    document = """query($order: ObjectiveOrder, $cycle: ObjectiveFilter, $by: GoalDimension) {
        goalStats(groupBy: $by, filter: $cycle) { objectives(first: 100, orderBy: $order) { nodes { id } } }
        objectives(first: 100, filter: $cycle, orderBy: $order) { nodes { id } } }"""
    [cycle] = (await client.data("{ cycles { nodes { id } } }"))["cycles"]["nodes"]
    for field in TYPES["ObjectiveOrderField"].values:
        for direction in ("ASC", "DESC"):
            variables = {"order": {"field": field, "direction": direction}, "cycle": {"cycleId": {"eq": cycle["id"]}}}
            data = await client.data(document, **variables)
            assert [each["objectives"] for each in data["goalStats"]] == [data["objectives"]], variables
    pace = "query($by: GoalDimension) { goalStats(groupBy: $by) { objectives(orderBy: {field: PACE}) { totalCount } } }"
    answer = await client.answer(pace)
    assert [each["extensions"]["code"] for each in answer["errors"]] == ["BAD_USER_INPUT"]
    assert "errors" not in await client.answer(pace, by="CYCLE")
