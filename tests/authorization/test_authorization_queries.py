"""Every field of Query, asked by everybody; and every field of the schema is asked somewhere in this folder."""

from datetime import timedelta
from typing import Any

from graphql import TypeInfo, TypeInfoVisitor, Visitor, get_named_type, parse, visit

from schema.relay.node import global_id
from schema.root import schema
from tests.authorization.actors import ACTORS, is_visible_to
from tests.authorization.asking import asked, fields_of
from tests.authorization.expected_reads import NODES
from tests.authorization.expected_reads import TYPES as EXPECTED
from tests.authorization.test_authorization_reads import OBJECTS
from tests.authorization.world import World, rows_of
from tests.kit.client import Client
from tests.kit.inputs import MUTATION
from tests.kit.reads import LOOKUPS, LOOKUPS_OF_MANY, QUERY, TYPES, is_connection

# Of goals and KPIs, each with its id.
DUE = ("checkInsDue", "measurementsDue", "needsAttention")
PAGED = [name for name, each in QUERY.fields.items() if is_connection(each) and name not in DUE]
# Refused to everybody else: test_authorization_reads.py.
OF_ADMINISTRATORS = EXPECTED["Query"].administrators.split()
# Of one object each, which has no arguments or needs none.
SINGLE = (
    "organization",
    "viewer",
    "kpiScorecard",
    "objectiveStatusReport",
    "keyResultStatusReport",
    "goalStats",
    "keyResultStats",
    "kpiStats",
)
BY_IDS = ("node", "nodes")
# test_report_properties.py compares it with the lists that everybody reads.
REPORTS = ("cycleReport",)
# Cycles are seen by everybody.
CURRENT = ("currentCycle",)
CURRENT_DOCUMENTS = ["{ currentCycle(kind: YEAR) { id } }"]


def test_these_are_all_fields_of_query() -> None:
    assert {*PAGED, *DUE, *LOOKUPS, *LOOKUPS_OF_MANY, *SINGLE, *BY_IDS, *REPORTS, *CURRENT} == set(QUERY.fields)


async def rows_in(client: Client, name: str) -> list[Any]:
    """All nodes of a list of Query. Its pages and its count agree."""
    fields = asked(name, QUERY.fields[name]).partition("{")[2]
    found: list[Any] = []
    after, is_more = "", True
    while is_more:
        page = (await client.data(f"{{ {name}(first: 100{after}) {{ {fields} }}"))[name]
        found += page["nodes"]
        assert [each["node"] for each in page["edges"]] == page["nodes"]
        after, is_more = f', after: "{page["pageInfo"]["endCursor"]}"', page["pageInfo"]["hasNextPage"]
    assert page["totalCount"] == len(found)
    return found


def of_single(name: str) -> str:
    """All that a field of Query with one object has."""
    return (
        f"{{ {name} {{ {fields_of('Viewer')} }} }}" if name == "viewer" else f"{{ {asked(name, QUERY.fields[name])} }}"
    )


async def single(client: Client, name: str) -> Any:
    return (await client.data(of_single(name)))[name]


async def test_everybody_finds_what_is_visible(world: World) -> None:
    rows = await rows_of(world)
    for visibility in ("TEAM", "PRIVATE"):
        await world.arrange(visibility)
        lists = {name: await rows_in(world.client, name) for name in PAGED}
        boards = {name: await single(world.client, name) for name in SINGLE}
        for name, actor in ACTORS.items():
            if actor.relation == "owner" and name != "owner":
                continue
            client, sees_all = await world.acting(name), is_visible_to(actor, visibility)
            # The key of the actor is an event.
            lists |= {field: await rows_in(world.client, field) for field in ("activity", "events", *OF_ADMINISTRATORS)}
            hidden = set() if sees_all else rows.hidden_ids
            for field, of_owner in lists.items():
                if field in OF_ADMINISTRATORS and actor.role not in ("ADMIN", "OWNER"):
                    continue
                visible = [each for each in of_owner if each["id"] not in hidden]
                assert await rows_in(client, field) == visible, (name, field)
            for field in SINGLE:
                found = await single(client, field)
                if field == "viewer":
                    assert (found["role"], found["person"]["id"]) == (actor.role, id_of(world, name))
                elif field == "organization" or sees_all:
                    assert found == boards[field], (name, field)
                else:
                    # How they count what is visible is in test_visible_properties.py.
                    assert found != boards[field], (name, field)
                    assert world.mark not in str(found)
            await lookups(client, rows.seen, rows.hidden, sees_all)


async def test_everybody_finds_the_due_work_on_what_is_visible(world: World) -> None:
    document = """query($at: DateTime) { checkInsDue(first: 100, at: $at) { totalCount
        nodes { objective { id } keyResult { id } } } measurementsDue(at: $at) { kpi { id } }
        needsAttention(first: 100, at: $at) { totalCount nodes { subject { id } } } }"""

    async def due(client: Client) -> list[str]:
        data = await client.data(document, at=(world.client.clock.now + timedelta(days=30)).isoformat())
        nodes = data["checkInsDue"]["nodes"]
        assert data["checkInsDue"]["totalCount"] == len(nodes)
        found = [(each["keyResult"] or each["objective"])["id"] for each in nodes]
        attention = data["needsAttention"]
        assert attention["totalCount"] == len(attention["nodes"])
        found += [each["subject"]["id"] for each in attention["nodes"]]
        return found + [each["kpi"]["id"] for each in data["measurementsDue"]]

    rows = await rows_of(world)
    for visibility in ("TEAM", "PRIVATE"):
        await world.arrange(visibility)
        of_owner = await due(world.client)
        assert rows.hidden_ids & {*of_owner}
        for name, actor in ACTORS.items():
            if actor.relation == "owner" and name != "owner":
                continue
            hidden = set() if is_visible_to(actor, visibility) else rows.hidden_ids
            assert await due(await world.acting(name)) == [id for id in of_owner if id not in hidden], name


async def lookups(client: Client, seen: dict[str, list[str]], hidden: dict[str, list[str]], sees_all: bool) -> None:
    """Each field that finds one object finds a visible one, and a hidden one only for who sees it."""
    for field in LOOKUPS:
        kind = get_named_type(QUERY.fields[field].type).name
        for id, is_found in ((seen[kind][0], True), *((each, sees_all) for each in hidden[kind][:1])):
            data = await client.data(f"query($id: ID!) {{ {field}(id: $id) {{ id }} node(id: $id) {{ id }} }}", id=id)
            expected = {"id": id} if is_found else None
            assert data == {field: expected, "node": expected}


def id_of(world: World, name: str) -> str:
    return global_id("Person", world.people[name])


def test_every_field_of_the_schema_is_asked() -> None:
    documents = [f'{{ node(id: "x") {{ ... on {kind} {{ {fields_of(kind)} }} }} }}' for kind in NODES]
    documents += [f"{{ {asked(name, QUERY.fields[name])} }}" for name in (*PAGED, *DUE)]
    documents += [of_single(name) for name in SINGLE]
    documents.append(f"{{ activity {{ nodes {{ {fields_of('ActivityEntry')} }} }} }}")
    documents += [f'{{ cycleReport(cycleId: "x") {{ {fields_of("CycleReport")} }} }}', *CURRENT_DOCUMENTS]
    for name, each in MUTATION.fields.items():
        kind = each.args["input"].type
        payload = fields_of(get_named_type(each.type).name)
        documents.append(f"mutation($input: {kind}) {{ {name}(input: $input) {{ {payload} }} }}")
    found: set[tuple[str, str]] = set()
    for document in documents:
        types = TypeInfo(schema._schema)
        visit(parse(document), TypeInfoVisitor(types, Asked(types, found)))
    every = {(name, field) for name in OBJECTS | {"Mutation"} for field in TYPES[name].fields}
    # They are asked in tests/people and tests/share_tokens; `viewer` and payloads have their ids only.
    keys = {(kind, field) for kind in ("ApiKey", "ShareToken") for field in TYPES[kind].fields}
    keys |= {("ApiKeyEdge", "cursor"), ("ShareTokenEdge", "cursor")}
    lookups = {*LOOKUPS, *LOOKUPS_OF_MANY, "nodes"}
    assert every - found - keys == {("Query", name) for name in lookups}
    assert {kind for kind, _ in every} - {"Mutation"} == EXPECTED.keys()


class Asked(Visitor):
    """Notes the type and name of each field of a document."""

    def __init__(self, types: TypeInfo, found: set[tuple[str, str]]) -> None:
        super().__init__()
        self._types, self._found = types, found

    def enter_field(self, node: Any, *_: Any) -> None:
        parent = self._types.get_parent_type()
        assert parent is not None
        self._found.add((parent.name, node.name.value))
