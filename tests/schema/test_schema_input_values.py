"""Nothing of an invalid document executes: of `@oneOf` inputs and of nulls, as literals and as variables."""

from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.refusals import everything

TEAM = 'a: teamCreate(input: {name: "Executed"}) { team { id } }'
ITEM = "b: workspaceImport(input: {items: [%s]}) { created }"
BOTH = '{team: {name: "T"}, person: {name: "P"}}'
ONE_OF = "WorkspaceItemInput"
INVALID: list[tuple[str, dict[str, Any], list[str | int] | None]] = [
    (f"mutation {{ {TEAM} {ITEM % BOTH} }}", {}, ["input", "items", 0]),
    (f"mutation {{ {TEAM} {ITEM % '{}'} }}", {}, ["input", "items", 0]),
    (f"mutation {{ {TEAM} {ITEM % '{team: null}'} }}", {}, ["input", "items", 0, "team"]),
    (f"mutation($t: TeamItemInput) {{ {TEAM} {ITEM % '{team: $t}'} }}", {"t": {"name": "T"}}, None),
    (
        f"mutation($t: TeamItemInput) {{ {TEAM} ...F }} fragment F on Mutation {{ {ITEM % '{team: $t}'} }}",
        {"t": {"name": "T"}},
        None,
    ),
    (
        f"mutation($items: [{ONE_OF}!]!) {{ {TEAM} b: workspaceImport(input: {{items: $items}}) {{ created }} }}",
        {"items": [{"team": {"name": "T"}, "person": {"name": "P"}}]},
        ["items", 0],
    ),
    (
        f"mutation($items: [{ONE_OF}!]!) {{ {TEAM} b: workspaceImport(input: {{items: $items}}) {{ created }} }}",
        {"items": [{"team": None}]},
        ["items", 0, "team"],
    ),
    (f'mutation {{ {TEAM} b: teamUpdate(input: {{id: "x", name: null}}) {{ team {{ id }} }} }}', {}, ["input", "name"]),
    (
        f'mutation($n: String) {{ {TEAM} b: teamUpdate(input: {{id: "x", name: $n}}) {{ team {{ id }} }} }}',
        {"n": None},
        ["input", "name"],
    ),
    (
        f"mutation($i: TeamUpdateInput!) {{ {TEAM} b: teamUpdate(input: $i) {{ team {{ id }} }} }}",
        {"i": {"id": "x", "name": None}},
        ["i", "name"],
    ),
    (f'mutation {{ {TEAM} b: cycleCreate(input: {{name: "C", startsOn: "x"}}) {{ cycle {{ id }} }} }}', {}, None),
]


@pytest.mark.parametrize(("document", "variables", "path"), INVALID)
async def test_nothing_of_an_invalid_document_executes(
    client: Client, document: str, variables: dict[str, Any], path: list[str | int] | None
) -> None:
    before = await everything(client)
    answer = await client.answer(document, **variables)
    assert await everything(client) == before
    assert answer.get("data") is None
    paths = [error["extensions"].get("inputPath") for error in answer["errors"]]
    assert path is None or path in paths
    assert not any("path" in error for error in answer["errors"])


async def test_a_variable_that_is_left_out_is_no_null(client: Client) -> None:
    team = await client.make("teamCreate", name="Kept")
    document = """mutation($id: ID!, $n: String) {
        teamUpdate(input: {id: $id, name: $n}) { team { name } userErrors { code } } }"""
    kept = {"teamUpdate": {"team": {"name": "Kept"}, "userErrors": []}}
    assert await client.data(document, id=team) == kept


@pytest.mark.parametrize("number", [0.1 + 0.2, 1 / 3, 1234567890.1234567, 1e-13])
async def test_floats_are_rounded_half_to_even_to_twelve_decimals(client: Client, number: float) -> None:
    kpi = await client.make("kpiCreate", name="K")
    point = {"kpiId": kpi, "on": "2026-06-01", "value": number}
    document = """mutation($points: [KpiMeasurementInput!]!) {
        kpiMeasurementsRecord(input: {measurements: $points}) { results { outcome userErrors { code } } } }"""
    data = await client.data(document, points=[point])
    assert data["kpiMeasurementsRecord"]["results"] == [{"outcome": "CREATED", "userErrors": []}]
    read = "query($id: ID!) { kpi(id: $id) { measurements { nodes { value } } } }"
    [node] = (await client.data(read, id=kpi))["kpi"]["measurements"]["nodes"]
    assert float(node["value"]) == pytest.approx(number, abs=5e-13)
    assert len(node["value"].partition(".")[2]) <= 12
