"""The examples of the explorer: each is valid, holds no id, and answers with data of the demo workspace."""

import re
from typing import Any

import pytest
from graphql import OperationDefinitionNode, OperationType, parse, validate

from schema.root import schema
from service.explorer.examples import Example, load_examples
from tests.kit.client import Client, Clock
from tests.kit.stored import Prepared
from tests.kit.workspace_files import demo_workspace, findings

EXAMPLES = load_examples()
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-", re.IGNORECASE)


@pytest.fixture
async def demo(clean: None, prepared: Prepared, clock: Clock) -> Client:
    """The owner of the demo workspace, on the day it was written for."""
    client, _ = await prepared.organization(demo_workspace, clock)
    return client


def operations(example: Example) -> list[OperationDefinitionNode]:
    document = parse(example.query)
    assert validate(schema._schema, document) == []
    return [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]


def empty_paths(value: Any, path: str = "") -> list[str]:
    """Where a value has an empty list."""
    if isinstance(value, dict):
        return [found for name, child in value.items() for found in empty_paths(child, f"{path}.{name}")]
    if isinstance(value, list):
        return [found for child in value for found in empty_paths(child, path)] if value else [path]
    return []


def test_their_names_in_order() -> None:
    assert [example.name for example in EXAMPLES] == [
        "Company tree",
        "One goal",
        "KPI dashboard",
        "Goals at risk",
        "Recent changes",
        "Check in",
        "Record measurements",
    ]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_they_begin_with_a_comment_and_hold_no_id(example: Example) -> None:
    assert example.query.startswith("# ")
    assert max(map(len, example.query.splitlines())) <= 80
    assert not UUID.search(example.query + example.variables)
    assert all(operation.name for operation in operations(example))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
async def test_queries_answer_with_data_in_every_list(demo: Client, example: Example) -> None:
    queries = [each for each in operations(example) if each.operation is OperationType.QUERY]
    for query in queries:
        body = {"query": example.query, "operationName": query.name and query.name.value}
        answer = (await demo.http.post("/graphql", json=body)).json()
        assert list(answer) == ["data"]
        assert all(answer["data"].values())
        # Some leaves of the trees have nothing below them; no list at the top is empty.
        assert [path for path in empty_paths(answer["data"]) if path.count(".") < 3] == []


async def test_the_check_in_takes_the_id_that_its_query_answers(demo: Client) -> None:
    [example] = [each for each in EXAMPLES if each.name == "Check in"]
    found = await demo.http.post("/graphql", json={"query": example.query, "operationName": "FindKeyResult"})
    key_result = found.json()["data"]["keyResult"]
    body = {
        "query": example.query,
        "operationName": "CheckIn",
        "variables": {"keyResultId": key_result["id"]},
    }
    answer = (await demo.http.post("/graphql", json=body)).json()
    payload = answer["data"]["keyResultCheckIn"]
    assert payload["userErrors"] == []
    assert payload["checkIn"]["value"] == payload["checkIn"]["keyResult"]["current"] == "930"
    assert payload["checkIn"]["keyResult"]["progress"] == 0.9
    assert key_result["progress"] < 0.9
    assert key_result["objective"]["progress"] < payload["checkIn"]["keyResult"]["objective"]["progress"]
    assert await findings(demo) == []


async def test_the_placeholder_of_the_check_in_is_refused_with_an_explanation(demo: Client) -> None:
    [example] = [each for each in EXAMPLES if each.name == "Check in"]
    assert example.variables == '{\n  "keyResultId": "the id that FindKeyResult answers"\n}\n'
    body = {
        "query": example.query,
        "operationName": "CheckIn",
        "variables": {"keyResultId": "the id that FindKeyResult answers"},
    }
    answer = (await demo.http.post("/graphql", json=body)).json()
    [error] = answer["data"]["keyResultCheckIn"]["userErrors"]
    assert error["field"] == ["input", "keyResultId"]


async def test_measurements_are_recorded_once(demo: Client) -> None:
    [example] = [each for each in EXAMPLES if each.name == "Record measurements"]
    outcomes = []
    for _ in range(2):
        answer = (await demo.http.post("/graphql", json={"query": example.query})).json()
        payload = answer["data"]["kpiMeasurementsRecord"]
        assert payload["userErrors"] == []
        outcomes.append([(each["outcome"], each["startsOn"], each["userErrors"]) for each in payload["results"]])
    assert outcomes == [
        [("REVISED", "2026-10-01", []), ("REVISED", "2026-10-01", [])],
        [("UNCHANGED", "2026-10-01", []), ("UNCHANGED", "2026-10-01", [])],
    ]
    assert await findings(demo) == []
