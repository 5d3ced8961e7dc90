"""No id, filter, order or cursor leads to a hidden goal, and none tells that there is one."""

from typing import Any

from graphql import get_named_type

from schema.relay.node import parsed
from tests.authorization.asking import asked, fields_of, without
from tests.authorization.world import World, kind_of, rows_of, uuid_of
from tests.kit.client import Client
from tests.kit.reads import QUERY, TYPES, answers, by_external_ids, by_ids, connections
from tests.tenancy.test_tenancy_ids import nothing

# Lists of goals, and of what belongs to them, on an object of the seen estate.
BELOW = [
    *(("root", f"Objective.{name}") for name in ("children", "incomingAlignments", "descendants", "events")),
    ("number", "KeyResult.incomingAlignments"),
    *((name, f"{name.title()}.objectives") for name in ("cycle", "pillar")),
]
LISTS = ("objectives", "keyResults", "kpis", "events")


async def test_no_id_and_no_external_id_of_a_hidden_goal_finds_anything(world: World) -> None:
    outsider, rows = await world.acting("outsider"), await rows_of(world)
    # Of types with many rows some: each is read in each way.
    ids = [id for own in rows.hidden.values() for id in own[:: 1 + len(own) // 12]]
    # A measurement has no UUID of its own.
    uuids = [str(uuid_of(id)) for id in ids if parsed(id)]
    keys = [f"Hidden-{name}" for name, id in world.hidden.ids.items() if id in rows.hidden_ids]
    reads = [*by_ids([*ids, *uuids]), *by_external_ids([*keys, *(f"Hidden-{name}" for name in world.crossing)])]
    assert await answers(outsider, reads) == {read.name: nothing(read.document, read.variables) for read in reads}


async def everything(client: Client, name: str, **arguments: Any) -> Any:
    """A whole list of Query."""
    each = QUERY.fields[name]
    types = {argument: each.args[argument].type for argument in arguments}
    declared = "".join(f", ${argument}: {kind}" for argument, kind in types.items())
    used = "".join(f", {argument}: ${argument}" for argument in types)
    fields = fields_of(get_named_type(each.type).name)
    document = f"query($first: Int!{declared}) {{ {name}(first: $first{used}) {{ {fields} }} }}"
    return (await client.data(document, first=100, **arguments))[name]


async def test_lists_in_every_order_are_those_of_the_owner_without_what_is_hidden(world: World) -> None:
    outsider, rows = await world.acting("outsider"), await rows_of(world)
    for name in set(LISTS) - {"events"}:
        order: Any = get_named_type(QUERY.fields[name].args["orderBy"].type)
        for field in get_named_type(order.fields["field"].type).values:
            for direction in ("ASC", "DESC"):
                arguments = {"orderBy": {"field": field, "direction": direction}, "includeArchived": True}
                if field == "PACE":
                    of_cycle = {"cycleId": {"eq": world.seen.ids["cycle"]}}
                    arguments["filter"] = of_cycle if name == "objectives" else {"objective": of_cycle}
                of_owner = await everything(world.client, name, **arguments)
                assert of_owner["totalCount"] > 4
                assert await everything(outsider, name, **arguments) == without(of_owner, rows.hidden_ids)


async def test_a_filter_on_a_hidden_value_finds_what_is_visible_only(world: World) -> None:
    outsider, rows = await world.acting("outsider"), await rows_of(world)
    hidden, seen = world.hidden.ids, world.seen.ids
    for name in LISTS:
        columns: Any = get_named_type(QUERY.fields[name].args["filter"].type)
        for column, comparators in columns.fields.items():
            kind = get_named_type(comparators.type).name
            if (name, column) == ("kpis", "parentId"):
                continue
            for compared in comparisons(kind, [*hidden.values(), *seen.values()]):
                of_owner = await everything(world.client, name, filter={column: compared})
                if of_owner["pageInfo"]["hasNextPage"]:
                    continue
                expected = without(of_owner, rows.hidden_ids)
                assert await everything(outsider, name, filter={column: compared}) == expected, (name, column, compared)


def comparisons(kind: str, ids: list[str]) -> list[dict[str, Any]]:
    """Comparisons with what hidden goals have."""
    operands: dict[str, list[dict[str, Any]]] = {
        "IDFilter": [{"eq": id} for id in ids[::5]] + [{"in": ids[:100]}, {"neq": ids[0]}, {"isNull": False}],
        "StringFilter": [{"contains": "hid"}, {"eq": "Hidden"}, {"in": ["Hidden-root", "Hidden-kpi"]}],
        "VisibilityFilter": [{"eq": "PRIVATE"}, {"neq": "ORGANIZATION"}, {"in": ["PRIVATE", "ORGANIZATION"]}],
        "FloatFilter": [{"gte": 0}],
    }
    return operands.get(kind, [])


async def test_a_hidden_parent_of_a_kpi_is_none_to_a_filter(world: World) -> None:
    outsider, own, theirs = await world.acting("outsider"), world.seen.ids, world.hidden.ids
    seen = {own[name] for name in ("whole", "kpi", "formula", "kpi 2", "formula 2")}
    below = {own["kpi"], own["kpi 2"]}
    for compared, expected in [
        ({"eq": theirs["whole"]}, set()),
        ({"in": [theirs["whole"], own["whole"]]}, below),
        ({"neq": theirs["whole"]}, seen),
        ({"neq": own["whole"]}, seen - below),
        ({"isNull": True}, seen - below),
        ({"isNull": False}, below),
    ]:
        filters: list[Any] = [{"parentId": compared}, {"or": [{"parentId": compared}, {"name": {"eq": "None"}}]}]
        for filter in filters:
            for archived in (False, True):
                found = await everything(outsider, "kpis", filter=filter, includeArchived=archived)
                assert ({each["id"] for each in found["nodes"]}, found["totalCount"]) == (expected, len(expected))
            document = "query($filter: KpiFilter) { kpiScorecard(filter: $filter) { total kpis { id } } }"
            board = (await outsider.data(document, filter=filter))["kpiScorecard"]
            assert (board["total"], {each["id"] for each in board["kpis"]}) == (len(expected), expected)
    of_owner = await everything(world.client, "kpis", filter={"parentId": {"eq": theirs["whole"]}})
    assert {each["id"] for each in of_owner["nodes"]} == {own["whole"], theirs["kpi"]}


async def test_a_cursor_at_a_hidden_goal_leads_to_what_is_visible_only(world: World) -> None:
    """Made by an administrator, it has the place of the goal; who does not see it goes on from that place."""
    outsider, rows = await world.acting("outsider"), await rows_of(world)
    places = [(f"{name}", "") for name in LISTS] + [(f"node {where}", name) for name, where in BELOW]
    tried = set()
    for where, name in places:
        edges = await edges_of(world, where, name)
        hidden = [number for number, edge in enumerate(edges) if edge["node"]["id"] in rows.hidden_ids]
        # Of a long list some, the first and the last among them.
        for number in {*hidden[:: 1 + len(hidden) // 12], *hidden[-1:]}:
            edge = edges[number]
            tried.add(where)
            visible = [
                [each["node"] for each in own if each["node"]["id"] not in rows.hidden_ids]
                for own in (edges[:number], edges[number + 1 :])
            ]
            after = await page(world, outsider, where, name, f'first: 100, after: "{edge["cursor"]}"')
            before = await page(world, outsider, where, name, f'last: 100, before: "{edge["cursor"]}"')
            assert (before["nodes"], after["nodes"]) == (visible[0][-100:], visible[1][:100]), (where, name)
    assert tried == {where for where, _ in places}


async def edges_of(world: World, where: str, name: str) -> list[Any]:
    """All edges of a list, as the owner sees them."""
    edges, arguments = [], "first: 100"
    while True:
        found = await page(world, world.client, where, name, arguments)
        edges += found["edges"]
        if not found["pageInfo"]["hasNextPage"]:
            return edges
        arguments = f'first: 100, after: "{found["pageInfo"]["endCursor"]}"'


async def page(world: World, client: Client, where: str, name: str, arguments: str) -> Any:
    """A page of a list of Query, or of one below an object."""
    if not where.startswith("node "):
        each = QUERY.fields[where]
        fields = asked(where, each).partition("{")[2]
        return (await client.data(f"{{ {where}({arguments}) {{ {fields} }}"))[where]
    kind, field = where.removeprefix("node ").split(".")
    assert f"{kind}.{field}" in connections() or field == "descendants"
    fields = asked(field, TYPES[kind].fields[field]).partition("{")[2]
    document = f"query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {field}({arguments}) {{ {fields} }} }} }}"
    return (await client.data(document, id=world.seen.ids[name]))["node"][field]


async def test_an_event_names_no_hidden_goal(world: World) -> None:
    """What visible goals refer to is null before and after the change."""
    outsider, rows = await world.acting("outsider"), await rows_of(world)
    for kind, name, field in (("Kpi", "whole", "parentId"), ("KeyResult", "follower 2", "sourceKpiId")):
        id = world.seen.ids[name]
        assert kind_of(id) == kind
        document = """query($id: ID!) { events(first: 100, filter: {subjectId: {eq: $id}, verb: {eq: UPDATED}}) {
            nodes { changes } } }"""
        changed = [(await each.data(document, id=id))["events"]["nodes"] for each in (world.client, outsider)]
        of_owner, of_outsider = (
            next(each["changes"][field] for each in own if field in each["changes"]) for own in changed
        )
        assert of_owner["after"] in rows.hidden_ids
        assert of_outsider == {**of_owner, "after": None}


async def test_a_hidden_contributor_counts_in_the_remainder_whoever_owns_it(world: World) -> None:
    """Also one without an owner, a team and participants."""
    outsider, own, hidden = await world.acting("outsider"), world.seen.ids, world.hidden.ids["leaf"]
    for owner in (f"'{world.people['owner']}'", "NULL"):
        key_result = await world.client.key_result(hidden, kind="REACH", target="100")
        await world.client.check_in(key_result, "50")
        await world.superuser.execute(
            f"UPDATE objectives SET owner_id = {owner}, team_id = NULL WHERE id = $1", uuid_of(hidden)
        )
        document = (
            "query($id: ID!) { objective(id: $id) { progress hiddenContributors { count weight contribution } } }"
        )
        seen = (await outsider.data(document, id=own["root"]))["objective"]
        assert seen["hiddenContributors"]["count"] == 1
        assert seen["hiddenContributors"]["weight"] == 1
        assert 0 < seen["hiddenContributors"]["contribution"] <= seen["progress"]
        of_owner = (await world.client.data(document, id=own["root"]))["objective"]
        assert of_owner == {"progress": seen["progress"], "hiddenContributors": None}
