"""The list of each parent takes the filter and the orders of the list at the root, and has the same rows."""

from itertools import product
from typing import Any

import pytest

from service.settings import Settings
from tests.kit.client import Client, Statements
from tests.kit.forest import planted

LOOKS_AHEAD = Settings().executor == "breadth-first"
ARGUMENTS = "$filter: ObjectiveFilter, $orderBy: ObjectiveOrder, $archived: Boolean!, $size: Int, $cursor: String"
GIVEN = "filter: $filter, orderBy: $orderBy, includeArchived: $archived, first: $size, after: $cursor"
PAGE = "totalCount nodes { id } pageInfo { hasNextPage endCursor }"
OF_PARENT = f"""query($id: ID!, {ARGUMENTS}) {{ node(id: $id) {{
    ... on Cycle {{ objectives({GIVEN}) {{ {PAGE} }} }}
    ... on Team {{ objectives({GIVEN}) {{ {PAGE} }} }}
    ... on Person {{ objectives({GIVEN}) {{ {PAGE} }} }}
    ... on Pillar {{ objectives({GIVEN}) {{ {PAGE} }} }}
    ... on Objective {{ objectives: children({GIVEN}) {{ {PAGE} }} }}
}} }}"""
AT_ROOT = f"query({ARGUMENTS}) {{ objectives({GIVEN}) {{ {PAGE} }} }}"
FILTERS: list[dict[str, Any]] = [
    {},
    {"status": {"in": ["ON_TRACK", "PENDING"]}},
    {"staleness": {"isNull": False}, "progress": {"gte": 0.2}},
    {"or": [{"level": {"eq": "TEAM"}}, {"ownerId": {"isNull": True}}], "and": [{"title": {"contains": "e"}}]},
    {"id": {"in": []}},
]
ORDERS: list[dict[str, Any]] = [
    {"field": "TITLE", "direction": "DESC"},
    {"field": "POSITION", "direction": "ASC"},
    {"field": "DUE_AT", "direction": "ASC"},
]

KEY_RESULT_ORDERS: list[dict[str, Any] | None] = [
    None,
    {"field": "TITLE", "direction": "DESC"},
    {"field": "NEXT_CHECK_IN_DUE_AT", "direction": "ASC"},
]


async def listed(client: Client, document: str, size: int, **variables: Any) -> tuple[list[str], int]:
    """All ids of a list, page by page, and its total on the first page."""
    ids: list[str] = []
    cursor = total = None
    while True:
        answer = await client.data(document, size=size, cursor=cursor, **variables)
        page = (answer.get("node") or answer)["objectives"]
        total = page["totalCount"] if total is None else total
        assert page["totalCount"] == total
        ids += [node["id"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            return ids, total
        cursor = page["pageInfo"]["endCursor"]


async def parents(client: Client) -> dict[str, dict[str, Any]]:
    """Of each kind the parent with the most objectives, and the filter that names them at the root."""
    found = await client.data("""{ objectives(first: 100) { nodes {
        id cycle { id } team { id } owner { id } pillar { id } parents { id } } } }""")
    members: dict[str, dict[str, list[str]]] = {kind: {} for kind in ("cycle", "team", "owner", "pillar", "parents")}
    for node in found["objectives"]["nodes"]:
        for kind, of_kind in members.items():
            each = node[kind] if kind == "parents" else [node[kind]] if node[kind] else []
            for parent in each:
                of_kind.setdefault(parent["id"], []).append(node["id"])
    filters: dict[str, dict[str, Any]] = {}
    for kind, of_kind in members.items():
        parent = max(of_kind, key=lambda id: len(of_kind[id]))
        filters[parent] = {"id": {"in": of_kind[parent]}} if kind == "parents" else {f"{kind}Id": {"eq": parent}}
    return filters


async def test_the_list_of_each_parent_has_the_rows_of_the_list_at_the_root(client: Client) -> None:
    await planted(client, 60, 5)
    pillar = await client.make("pillarCreate", name="Pillar")
    some = (await client.data("{ objectives(first: 12) { nodes { id } } }"))["objectives"]["nodes"]
    for each in some:
        await client.make("objectiveUpdate", id=each["id"], pillarId=pillar)
    filters = await parents(client)
    for each in some[::4]:
        await client.make("objectiveArchive", id=each["id"])
    compared = 0
    for (parent, narrowed), filter, order in product(filters.items(), FILTERS, ORDERS):
        for include in (False, True):
            given = {"orderBy": order, "archived": include}
            expected = await listed(client, AT_ROOT, 100, filter={"and": [filter, narrowed]}, **given)
            assert await listed(client, OF_PARENT, 4, id=parent, filter=filter, **given) == expected, (filter, order)
            compared += len(expected[0])
    assert compared > 500


EDGE = "depth parent { id } node { id }"
TREE = f"""query($id: ID!, {ARGUMENTS}, $last: Int, $before: String, $depth: Int) {{
    node: objective(id: $id) {{ objectives: descendants({GIVEN}, last: $last, before: $before, maxDepth: $depth) {{
        {PAGE} edges {{ {EDGE} }} pageInfo {{ hasPreviousPage startCursor }} }} }} }}"""
WHOLE_TREE = "query($id: ID!) { objective(id: $id) { descendants(first: 100) { edges { %s } } } }"


async def test_descendants_have_the_rows_of_the_list_at_the_root(client: Client) -> None:
    await planted(client, 60, 3)
    nodes = (await client.data("{ objectives(first: 100) { nodes { id } } }"))["objectives"]["nodes"]
    trees = [(each["id"], await client.data(WHOLE_TREE % EDGE, id=each["id"])) for each in nodes[:6]]
    top, tree = max(trees, key=lambda each: len(each[1]["objective"]["descendants"]["edges"]))
    edges = {each["node"]["id"]: each for each in tree["objective"]["descendants"]["edges"]}
    # The last ones come first, at positions below zero.
    below = [each["node"]["id"] for each in edges.values() if each["depth"] == 1]
    document = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Objective { outgoingAlignments { id } } } }"
    for node in (await client.data(document, ids=below[-3:]))["nodes"]:
        await client.make("alignmentReorder", id=node["outgoingAlignments"][0]["id"], afterId=None)
    tree = await client.data(WHOLE_TREE % EDGE, id=top)
    edges = {each["node"]["id"]: each for each in tree["objective"]["descendants"]["edges"]}
    archived = {next(id for id in edges if edges[id]["depth"] == 1), list(edges)[-2]}
    for id in archived:
        await client.make("objectiveArchive", id=id)
    hidden = set(archived)
    for id, edge in edges.items():
        hidden |= {id} if edge["parent"]["id"] in hidden else set()
    assert len(edges) - 3 > len(hidden) > 3
    compared = 0
    for filter, order, include in product(FILTERS, [None, *ORDERS], (False, True)):
        if not (filter or order or include):
            continue
        given = {"filter": filter, "orderBy": order, "archived": include}
        seen = [id for id in edges if include or id not in hidden]
        rows, total = await listed(client, AT_ROOT, 100, **{**given, "filter": {"and": [filter, {"id": {"in": seen}}]}})
        expected = rows if order else [id for id in seen if id in rows]
        compared += len(expected)
        assert await listed(client, TREE, 7, id=top, **given) == (expected, total), (filter, order, include)
        last = (await client.data(TREE, id=top, last=5, **given))["node"]["objectives"]
        assert last["edges"] == [edges[id] for id in expected[-5:]]
        near = [id for id in expected if edges[id]["depth"] <= 2]
        assert await listed(client, TREE, 100, id=top, depth=2, **given) == (near, len(near))
    assert compared > 200
    found: list[str] = []
    before, is_more = None, True
    while is_more:
        page = (await client.data(TREE, id=top, last=6, before=before, archived=True))["node"]["objectives"]
        found, info = [*(each["id"] for each in page["nodes"]), *found], page["pageInfo"]
        before, is_more = info["startCursor"], info["hasPreviousPage"]
    assert found == list(edges)
    # The cursors of the tree as it is are others.
    answer = await client.answer(TREE, id=top, archived=False, size=3, cursor=before)
    assert [each["extensions"]["code"] for each in answer["errors"]] == ["BAD_USER_INPUT"]


async def test_key_results_of_objectives_are_filtered_and_sorted(client: Client, statements: Statements) -> None:
    await planted(client, 30, 3)
    at_root = """query($filter: KeyResultFilter, $orderBy: KeyResultOrder, $archived: Boolean!) {
        keyResults(filter: $filter, orderBy: $orderBy, includeArchived: $archived, first: 100) {
            nodes { id objective { id } } } }"""
    of_objectives = at_root.replace("keyResults(", "objectives(first: 100) { nodes { id keyResults(").replace(
        ", first: 100) {\n            nodes { id objective { id } } }", ") { id } } }"
    )
    archived = (await client.data("{ keyResults(first: 5) { nodes { id } } }"))["keyResults"]["nodes"]
    for each in archived:
        await client.make("keyResultArchive", id=each["id"])
    of_status: dict[str, Any] = {"status": {"in": ["ON_TRACK", "OFF_TRACK"]}, "title": {"neq": "x"}}
    # The service learns that the document may need two statements.
    await client.data(of_objectives, filter=of_status, orderBy=None, archived=False)
    counts = set()
    for filter, order, include in product(
        [None, of_status, {"objective": {"level": {"eq": "TEAM"}}}], KEY_RESULT_ORDERS, (False, True)
    ):
        given = {"filter": filter, "orderBy": order, "archived": include}
        expected: dict[str, list[str]] = {}
        for each in (await client.data(at_root, **given))["keyResults"]["nodes"]:
            expected.setdefault(each["objective"]["id"], []).append(each["id"])
        sent = await statements.of(client.data(of_objectives, **given))
        found = (await client.data(of_objectives, **given))["objectives"]["nodes"]
        assert {
            each["id"]: [own["id"] for own in each["keyResults"]] for each in found if each["keyResults"]
        } == expected
        # What narrows a list is not known before its parents are read.
        is_plain = not (filter or order or include)
        assert len(sent) == (3 if LOOKS_AHEAD and is_plain else 4)
        counts.add(sum(map(len, expected.values())))
    assert len(counts) > 4


async def test_all_parents_of_a_level_have_their_lists_by_one_statement(client: Client, statements: Statements) -> None:
    await planted(client, 40, 5)
    document = """{ teams { nodes { objectives(
        filter: {status: {isNull: false}}, orderBy: {field: DUE_AT}, first: 3
    ) { totalCount nodes { title children(filter: {level: {neq: COMPANY}}, first: 0) { totalCount } } } } } }"""
    first = await client.data(document)
    sent = await statements.of(client.data(document))
    # begin, teams, their objectives with totals, the totals of their children, commit
    assert len(sent) == 5
    assert await client.data(document) == first


async def test_a_page_of_nothing_counts(client: Client) -> None:
    await planted(client, 12, 3)
    page = (
        "totalCount totalCountIsExact nodes { id } edges { cursor } pageInfo { hasNextPage hasPreviousPage endCursor }"
    )
    for field in ("first", "last"):
        answer = await client.data(f"{{ objectives({field}: 0) {{ {page} }} }}")
        assert answer["objectives"] == {
            "totalCount": 12,
            "totalCountIsExact": True,
            "nodes": [],
            "edges": [],
            "pageInfo": {"hasNextPage": field == "first", "hasPreviousPage": field == "last", "endCursor": None},
        }


async def test_events_of_an_objective_are_filtered(client: Client) -> None:
    objective = await client.objective(await client.cycle())
    await client.make("objectiveUpdate", id=objective, title="Other")
    document = """query($id: ID!, $filter: EventFilter, $orderBy: EventOrder) { objective(id: $id) {
        events(filter: $filter, orderBy: $orderBy) { totalCount nodes { verb } } } }"""
    updates = await client.data(document, id=objective, filter={"verb": {"eq": "UPDATED"}})
    assert updates == {"objective": {"events": {"totalCount": 1, "nodes": [{"verb": "UPDATED"}]}}}
    ascending = await client.data(document, id=objective, orderBy={"field": "RECORDED_AT", "direction": "ASC"})
    verbs = [{"verb": "CREATED"}, {"verb": "UPDATED"}]
    assert ascending == {"objective": {"events": {"totalCount": 2, "nodes": verbs}}}


@pytest.mark.parametrize(
    ("filter", "code"),
    [('{title: {contains: "x"}}', "TOO_MANY_SEARCHES"), ("{and: [{and: [{and: [{}]}]}]}", "BAD_USER_INPUT")],
)
async def test_limits_of_filters_hold_for_nested_lists(client: Client, filter: str, code: str) -> None:
    lists = " ".join(f"list_{number}: objectives(filter: {filter}) {{ totalCount }}" for number in range(6))
    document = f"query($id: ID!) {{ cycle(id: $id) {{ {lists} }} }}"
    answer = await client.answer(document, id=await client.cycle())
    assert {error["extensions"]["code"] for error in answer["errors"]} == {code}


@pytest.mark.skipif(not LOOKS_AHEAD, reason="graphql-core cannot look ahead")
async def test_an_ordered_list_of_one_parent_is_read_together_with_it(client: Client, statements: Statements) -> None:
    cycle = await client.cycle()
    await client.objective(cycle)
    document = "query($id: ID!) { cycle(id: $id) { objectives(orderBy: {field: TITLE}) { nodes { title } } } }"
    await client.data(document, id=cycle)
    [_settings, _cycle_and_list] = await statements.of(client.data(document, id=cycle))
