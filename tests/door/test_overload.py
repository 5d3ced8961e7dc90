"""A pool that is used up: the service says so, in the form clients retry on, and does nothing."""

import pytest

from tests.door.conftest import Door
from tests.kit.client import Client

QUERY = "{ viewer { role } }"
MUTATION = """
    mutation($id: ID!, $title: String!) { objectiveUpdate(input: {id: $id, title: $title}) {
        objective { title } userErrors { code }
    } }"""
FACTS = "{ objectives { nodes { title version } } events { totalCount } }"
TYPES = ["application/json", "application/graphql-response+json"]


@pytest.fixture
async def objective(client: Client) -> str:
    return await client.objective(await client.cycle(), "As it was")


@pytest.mark.parametrize("accept", TYPES)
@pytest.mark.parametrize("document", [QUERY, MUTATION])
@pytest.mark.parametrize("known", [True, False], ids=["key known", "key to be checked"])
async def test_it_says_so(client: Client, door: Door, objective: str, document: str, accept: str, known: bool) -> None:
    busy = await door(pool_size=1, pool_timeout=1)
    if known:
        await busy.data(QUERY)
    before = await client.data(FACTS)
    variables = {"id": objective, "title": "Changed"}
    body = {"query": document, "variables": variables if document == MUTATION else {}}
    async with busy.database.primary.connect():
        response = await busy.http.post("/graphql", json=body, headers={"Accept": accept})
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")
    assert response.headers["content-type"] == f"{accept}; charset=utf-8"
    [error] = response.json()["errors"]
    assert error["extensions"] == {"code": "SERVICE_UNAVAILABLE"}
    assert "data" not in response.json()
    assert await client.data(FACTS) == before
    assert (await busy.http.post("/graphql", json=body)).status_code == 200


async def test_what_needs_no_database_is_served(door: Door) -> None:
    busy = await door(pool_size=1, pool_timeout=1)
    async with busy.database.primary.connect():
        assert await busy.data("{ __schema { queryType { name } } }") == {"__schema": {"queryType": {"name": "Query"}}}
        assert (await busy.http.get("/live")).status_code == 200
