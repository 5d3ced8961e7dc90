"""Scopes of API keys: every type and mutation has an area, and a key without the scope is refused."""

from typing import Any

import pytest
from graphql import GraphQLObjectType, OperationDefinitionNode, get_named_type, get_operation_ast, parse

from schema.root import schema
from schema.scopes import OF_INPUT, WITHOUT_AREA, area_of, needed_scopes
from service.people.key_commands import create_key
from service.people.scopes import ALL_SCOPES, IMPLIED_SCOPES, ApiKeyScope, granted
from service.unit_of_work import write
from tests.kit.client import Client

SCHEMA = schema._schema
ROOTS = {"Query", "Mutation"}
# They hold nothing of an organization but positions of a page, and reasons of a refusal.
INFRASTRUCTURE = {"PageInfo", "UserError"}
OBJECTS = [
    each
    for each in SCHEMA.type_map.values()
    if isinstance(each, GraphQLObjectType) and not each.name.startswith("__") and each.name not in ROOTS
]


def needed(document: str) -> dict[str, str]:
    node = parse(document)
    operation = get_operation_ast(node)
    assert isinstance(operation, OperationDefinitionNode)
    return dict(needed_scopes(SCHEMA, node, operation))


async def limited(client: Client, *scopes: str) -> Client:
    """The owner with a key of these scopes."""
    issued = await write(
        client.database,
        client.viewer,
        client.clock.now,
        lambda tx: create_key(tx, client.person_id, "x", scopes=scopes),
    )
    return Client(client.app, client.database, client.clock, client.organization_id, client.person_id, issued.key)


def test_every_type_has_an_area_or_is_named() -> None:
    assert {each.name for each in OBJECTS if area_of(each) is None} == WITHOUT_AREA | OF_INPUT | INFRASTRUCTURE
    assert {area_of(each) for each in OBJECTS} - {None} == {scope.rpartition("_")[0] for scope in IMPLIED_SCOPES}


def test_every_mutation_needs_a_scope_to_write() -> None:
    assert SCHEMA.mutation_type is not None
    mutations = {name: get_named_type(field.type) for name, field in SCHEMA.mutation_type.fields.items()}
    # Who may do which of these is in tests/participants.
    of_input = {name for name, payload in mutations.items() if payload.name in OF_INPUT}
    assert of_input == {"participantAdd", "participantRemove"}
    for name in mutations.keys() - of_input:
        assert f"{area_of(mutations[name])}_WRITE" in ALL_SCOPES, name


def test_writing_includes_reading() -> None:
    assert granted(["GOALS_WRITE", "EVENTS_READ"]) == {"GOALS_WRITE", "GOALS_READ", "EVENTS_READ"}
    assert granted(["WORKSPACE_WRITE"]) == {"WORKSPACE_WRITE"}
    assert granted(ALL_SCOPES) == ALL_SCOPES == set(ApiKeyScope)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("{ viewer { role scopes organization { name } } }", {}),
        ("{ __typename __schema { queryType { name } } }", {}),
        ("{ viewer { person { name } } }", {"PEOPLE_READ": "person"}),
        ("{ viewer { serviceAccount { name } } }", {"PEOPLE_READ": "serviceAccount"}),
        ("{ objectives { totalCount } }", {"GOALS_READ": "objectives"}),
        ("{ checkIns: objectives { nodes { latestCheckIn { note } } } }", {"GOALS_READ": "objectives"}),
        (
            "{ objectives { nodes { owner { name } keyResults { sourceKpi { name } } } } }",
            {"GOALS_READ": "objectives", "PEOPLE_READ": "owner", "KPIS_READ": "sourceKpi"},
        ),
        ('{ node(id: "x") { id } }', {}),
        ('{ node(id: "x") { id ... on Kpi { name } } }', {"KPIS_READ": "... on"}),
        ('{ node(id: "x") { ...a } } fragment a on Person { name }', {"PEOPLE_READ": "...a"}),
        (
            "{ ...q } fragment q on Query { events { nodes { actor { name } } } }",
            {"EVENTS_READ": "events", "PEOPLE_READ": "actor"},
        ),
        ("query($no: Boolean!) { kpis @skip(if: $no) { totalCount } }", {"KPIS_READ": "kpis"}),
        (
            "mutation { objectiveArchive(input: { id: 1 }) { objective { owner { name } } userErrors { code } } }",
            {"GOALS_WRITE": "objectiveArchive", "GOALS_READ": "objective", "PEOPLE_READ": "owner"},
        ),
        ("mutation { organizationUpdate(input: {}) { userErrors { code } } }", {"PEOPLE_WRITE": "organizationUpdate"}),
        ("{ viewer { share { name } } }", {"SHARE_TOKENS_READ": "share"}),
        (
            "mutation { shareTokenRevoke(input: { id: 1 }) { userErrors { code } } }",
            {"SHARE_TOKENS_WRITE": "shareTokenRevoke"},
        ),
        ("mutation { apiKeyRevoke(input: { id: 1 }) { userErrors { code } } }", {"API_KEYS_WRITE": "apiKeyRevoke"}),
    ],
)
def test_what_an_operation_needs(document: str, expected: dict[str, str]) -> None:
    assert needed(document) == expected


async def test_an_operation_without_its_scopes_is_refused_whole(client: Client) -> None:
    cycle = await client.cycle()
    objective = await client.objective(cycle)
    reader = await limited(client, "GOALS_READ")
    document = "mutation($id: ID!) { objectiveArchive(input: { id: $id }) { objective { owner { name } } } }"
    answer = await reader.answer(document, id=objective)
    assert answer == {
        "errors": [refusal("GOALS_WRITE (needed by `objectiveArchive`), PEOPLE_READ (needed by `owner`)")]
    }
    state: Any = await reader.data("{ objectives { nodes { title archivedAt } } }")
    assert state["objectives"]["nodes"] == [{"title": "Improve customer satisfaction", "archivedAt": None}]
    assert await reader.answer("{ kpis { totalCount } }") == {"errors": [refusal("KPIS_READ (needed by `kpis`)")]}
    writer = await limited(client, "GOALS_WRITE", "PEOPLE_READ")
    assert await writer.data(document, id=objective) == {"objectiveArchive": {"objective": {"owner": None}}}


def refusal(scopes: str) -> dict[str, Any]:
    message = f"Your API key lacks scopes for this operation: {scopes}. Use a key that has them."
    return {"message": message, "extensions": {"code": "FORBIDDEN"}}


async def test_what_needs_attention_tells_of_kpis_to_those_who_may_read_them(client: Client) -> None:
    cycle = await client.cycle()
    await client.make("kpiCreate", name="Without owner")
    document = "query($cycle: ID) { needsAttention(cycleId: $cycle) { nodes { reasons } } }"
    goals = await limited(client, "GOALS_READ")
    answer = await goals.answer(document)
    [refusal] = answer["errors"]
    assert answer["data"] == {"needsAttention": None}
    assert refusal["extensions"]["code"] == "FORBIDDEN"
    assert "KPIS_READ (needed by `needsAttention`)" in refusal["message"]
    assert await goals.data(document, cycle=cycle) == {"needsAttention": {"nodes": []}}
    both = await limited(client, "GOALS_READ", "KPIS_READ")
    assert len((await both.data(document))["needsAttention"]["nodes"]) == 1
