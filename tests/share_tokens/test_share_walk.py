"""Whatever a share token reads, from every field of Query and by every relation, is of the share."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from graphql import GraphQLField, get_named_type, is_leaf_type, is_required_argument

from schema.share_access import NODES, READABLE, ROOT_FIELDS, fields_of
from service.values import global_ids
from tests.kit.client import Client
from tests.kit.inputs import MUTATION
from tests.kit.reads import LOOKUPS, LOOKUPS_OF_MANY, QUERY, TYPES
from tests.kit.refusals import everything
from tests.share_tokens.conftest import Company
from tests.share_tokens.shares import errors, shared

INSIDE = {
    *("root", "child", "grandchild", "of number", "number", "of child", "follower", "hidden follower", "stages"),
    *("stage of stages", "followed", "guard", "link", "target of followed", "note", "child edge", "grandchild edge"),
    *("of number edge", "cycle"),
}
# Texts of what is outside. A key result of the root follows the hidden KPI, and its title is shown.
SECRETS = (
    "Secret team",
    "Secret pillar",
    "Secret note",
    "elsewhere",
    "below hidden",
    "hidden KPI",
    "hidden stage",
    "above",
    "Ann",
    "ann@",
    "ann-1",
    "Why",
)
ARGUMENTS = {
    "first": "first: 100",
    "includeArchived": "includeArchived: true",
    "at": 'at: "2026-12-31"',
    "from": 'from: "2026-01-01"',
    "to": 'to: "2026-12-31"',
    "maxDepth": "maxDepth: 100",
}


def readable(kind: Any, depth: int, *, shows_names: bool) -> str:
    """A selection of all that a share token may read of a type, so many levels of objects down."""
    parts = ["__typename", *relations(kind, depth, shows_names=shows_names).values()]
    own = fields_of(kind, shows_names=shows_names)
    leaves = [name for name, each in kind.fields.items() if is_leaf_type(get_named_type(each.type))]
    parts += [f"{name}{arguments(kind.fields[name])}" for name in leaves if own and own.has(name)]
    return " ".join(parts)


def relations(kind: Any, depth: int, *, shows_names: bool) -> dict[str, str]:
    """The selection of each field of a type that holds objects, with what may be read of these. Values without an id
    are part of what holds them."""
    own, found = fields_of(kind, shows_names=shows_names), {}
    assert own is not None, kind
    for name, each in kind.fields.items():
        inner: Any = get_named_type(each.type)
        below = depth - ("id" in getattr(inner, "fields", ()))
        is_readable = not is_leaf_type(inner) and fields_of(inner, shows_names=shows_names) is not None
        if own.has(name) and is_readable and below >= 0:
            found[name] = f"{name}{arguments(each)} {{ {readable(inner, below, shows_names=shows_names)} }}"
    return found


def arguments(each: GraphQLField) -> str:
    named = [
        text
        for name, text in ARGUMENTS.items()
        if name in each.args and not (name == "to" and "at" in each.args) and str(each.args[name].type) != "DateTime"
    ]
    named += ["bucket: MONTH"] if "bucket" in each.args and is_required_argument(each.args["bucket"]) else []
    return f"({', '.join(named)})" if named else ""


def walks(*, shows_names: bool) -> dict[str, str]:
    """A document for each field of Query that needs no id."""
    names = sorted(ROOT_FIELDS - {*LOOKUPS, *LOOKUPS_OF_MANY, "node", "nodes"})
    depths = {name: 2 if name == "viewer" else 1 for name in names}
    return {name: f"{{ {relations(QUERY, depths[name], shows_names=shows_names)[name]} }}" for name in names}


def objects(value: Any) -> Iterator[tuple[str, str | None]]:
    """The types of the objects in a response, with their ids if they have one."""
    if isinstance(value, dict):
        if "__typename" in value:
            yield value["__typename"], value.get("id")
        for each in value.values():
            yield from objects(each)
    elif isinstance(value, list):
        for each in value:
            yield from objects(each)


class Walk:
    """What a share token reads, an object after the other until there is nothing new."""

    def __init__(self, partner: Client, *, shows_names: bool = False) -> None:
        self.partner, self.shows_names = partner, shows_names
        self.seen: set[tuple[str, str]] = set()
        self.kinds: set[str] = set()
        self.texts: list[str] = []

    async def everywhere(self) -> "Walk":
        for document in walks(shows_names=self.shows_names).values():
            self._note(await self.partner.data(document))
        visited: set[tuple[str, str]] = set()
        while waiting := self.seen - visited:
            for kind, id in waiting:
                for selection in relations(TYPES[kind], 1, shows_names=self.shows_names).values():
                    document = f"query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {selection} }} }} }}"
                    if kind in NODES:
                        self._note(await self.partner.data(document, id=id))
            visited |= waiting
        return self

    def _note(self, data: Any) -> None:
        found = list(objects(data))
        self.kinds |= {kind for kind, _ in found}
        self.seen |= {(kind, id) for kind, id in found if id is not None}
        self.texts.append(str(data))


@pytest.mark.parametrize("shows_names", [False, True])
async def test_a_walk_from_everywhere_stays_inside(company: Company, shows_names: bool) -> None:
    client, ids = company.client, company.ids
    partner = await shared(client, objectiveId=ids["root"], showsNames=shows_names)
    walk = await Walk(partner, shows_names=shows_names).everywhere()
    inside = {id for name, id in ids.items() if name in INSIDE}
    share = (await partner.data("{ viewer { id share { id } } }"))["viewer"]
    followed = global_ids.decode(ids["followed"])
    assert followed is not None
    measured = global_ids.encode_measurement(followed[1], date(2026, 6, 1))
    of_credentials = {share["id"], share["share"]["id"]}
    people = {ids["ann"], global_ids.encode("Person", client.person_id)} if shows_names else set()
    assert {id for _, id in walk.seen} == {*inside, measured, *of_credentials, *people}
    texts = " ".join(walk.texts)
    secrets = [secret for secret in SECRETS if not (shows_names and secret == "Ann")]
    assert [secret for secret in secrets if secret in texts] == []
    # The walk has read each type that may be read, and no other but lists of these.
    expected = {*READABLE, "Person"} if shows_names else {*READABLE}
    assert {kind for kind in walk.kinds if not kind.endswith(("Connection", "Edge"))} == expected - {"Query", "Node"}


async def test_the_same_walk_of_the_owner_goes_everywhere(company: Company) -> None:
    walk = await Walk(company.client, shows_names=True).everywhere()
    nodes = {id for id in company.ids.values() if (global_ids.decode(id) or ("",))[0] in NODES}
    assert nodes - {id for _, id in walk.seen} == set()
    assert len(nodes) > 2 * len(INSIDE) - 5
    texts = " ".join(walk.texts)
    assert [secret for secret in SECRETS if secret not in texts] == [
        "Secret team",
        "Secret pillar",
        "ann@",
        "ann-1",
        "Why",
    ]


async def test_no_id_of_anything_else_finds_anything(company: Company, stranger: Client) -> None:
    client, ids = company.client, company.ids
    partner = await shared(client, objectiveId=ids["root"])
    data = await client.data("{ organization { id } events(first: 100) { nodes { id } } viewer { apiKeys { id } } }")
    theirs = await stranger.objective(await stranger.cycle(), "Theirs")
    others = [id for name, id in ids.items() if name not in INSIDE] + [ids["cycle"], theirs]
    others += [data["organization"]["id"], *(each["id"] for each in data["events"]["nodes"])]
    others += [data["viewer"]["apiKeys"][0]["id"], global_ids.encode("Person", client.person_id)]
    others += [str(decoded[1]) for id in others if (decoded := global_ids.decode(id))]
    found = await client.data("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=others[:100])
    assert sum(each is not None for each in found["nodes"]) > 40
    for id in others:
        assert await partner.data("query($id: ID!) { node(id: $id) { id } }", id=id) == {"node": None}
        for name in {*LOOKUPS} & ROOT_FIELDS:
            document = f"query($id: ID!) {{ {name}(id: $id) {{ id }} }}"
            assert await partner.data(document, id=id) == {name: None}, name
    nobody = await partner.data("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=others[:100])
    assert nobody == {"nodes": [None] * min(len(others), 100)}
    document = "query($key: String) { kpi(externalId: $key) { name } }"
    assert await partner.data(document, key="hidden KPI") == {"kpi": None}
    assert await partner.data(document, key="guard") == {"kpi": {"name": "guard"}}
    document = "query($keys: [String!]!) { kpisByExternalIds(externalIds: $keys) { name } }"
    many = await partner.data(document, keys=["hidden KPI", "guard"])
    assert many == {"kpisByExternalIds": [None, {"name": "guard"}]}


async def test_counts_orders_filters_and_cursors_tell_nothing_of_the_rest(company: Company) -> None:
    client, ids = company.client, company.ids
    partner = await shared(client, objectiveId=ids["root"])
    expected = {"objectives": 4, "keyResults": 5, "kpis": 2}
    kinds = {"objectives": "Objective", "keyResults": "KeyResult", "kpis": "Kpi"}
    root = await client.data("query($id: ID!) { objective(id: $id) { cycle { id } } }", id=ids["root"])
    of_cycle = f'cycleId: {{eq: "{root["objective"]["cycle"]["id"]}"}}'
    # An order within one cycle.
    paced = {"objectives": f"filter: {{{of_cycle}}}, ", "keyResults": f"filter: {{objective: {{{of_cycle}}}}}, "}
    for name, count in expected.items():
        node = "id title" if name != "kpis" else "id name"
        page = f"totalCount nodes {{ {node} }} edges {{ cursor }} pageInfo {{ hasNextPage hasPreviousPage }}"
        fields = TYPES[f"{kinds[name]}OrderField"].values
        for field in fields:
            arguments = f"{paced[name] if field == 'PACE' else ''}orderBy: {{field: {field}, direction: DESC}}"
            everything = (await client.data(f"{{ {name}({arguments}) {{ {page} }} }}"))[name]
            whole = (await partner.data(f"{{ {name}({arguments}) {{ {page} }} }}"))[name]
            assert (whole["totalCount"], len(whole["nodes"])) == (count, count)
            assert whole["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": False}
            shown = [each["id"] for each in everything["nodes"] if each["id"] in {n["id"] for n in whole["nodes"]}]
            assert [each["id"] for each in whole["nodes"]] == shown
            # A cursor of what is hidden is a position like any other.
            for edge, number in zip(everything["edges"], range(len(everything["edges"])), strict=True):
                document = f"query($after: String) {{ {name}({arguments}, after: $after) {{ nodes {{ id }} }} }}"
                after = (await partner.data(document, after=edge["cursor"]))[name]["nodes"]
                behind = {each["id"] for each in everything["nodes"][number + 1 :]}
                assert [each["id"] for each in after] == [id for id in shown if id in behind]
        text = "name" if name == "kpis" else "title"
        for secret in ("hidden", "elsewhere", "above"):
            document = f'{{ {name}(filter: {{{text}: {{contains: "{secret}"}}}}) {{ totalCount nodes {{ {text} }} }} }}'
            assert [each[text] for each in (await partner.data(document))[name]["nodes"]] == (
                ["hidden follower"] if (name, secret) == ("keyResults", "hidden") else []
            )
    reports = await partner.data(
        "{ objectiveStatusReport { total } keyResultStatusReport { total } "
        "kpiScorecard { total categories { total } } }"
    )
    assert reports == {
        "objectiveStatusReport": {"total": 4},
        "keyResultStatusReport": {"total": 5},
        "kpiScorecard": {"total": 2, "categories": [{"total": 2}]},
    }


async def test_every_mutation_is_refused(company: Company) -> None:
    client, ids = company.client, company.ids
    partner = await shared(client, objectiveId=ids["root"])
    await partner.data("{ viewer { role } }")
    before = await everything(client)
    message = "A share token only reads, so it cannot send this operation."
    for name, each in MUTATION.fields.items():
        kind = each.args["input"].type
        document = f"mutation($input: {kind}) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}"
        assert (name, await errors(partner, document)) == (name, [("FORBIDDEN", message)])
    title = 'mutation($id: ID!) { objectiveUpdate(input: {id: $id, title: "No"}) { objective { title } } }'
    assert await errors(partner, title, id=ids["root"]) == [("FORBIDDEN", message)]
    assert await everything(client) == before
