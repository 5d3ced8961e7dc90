"""How much may come in, and how answers are packed."""

from typing import Any

import orjson
import pytest

from tests.kit.client import Client

IMPORT = "mutation($input: WorkspaceImportInput!) { workspaceImport(input: $input) { __typename userErrors { code } } }"
LONG = "x" * 20_000


def imported(pillars: int) -> bytes:
    """A bulk input; each pillar is 20 kB."""
    items = [{"pillar": {"externalId": f"p{n}", "name": f"Pillar {n}", "description": LONG}} for n in range(pillars)]
    return orjson.dumps({"query": IMPORT, "variables": {"input": {"items": items}}})


async def sent(client: Client, content: bytes) -> Any:
    return await client.http.post("/graphql", content=content, headers={"Content-Type": "application/json"})


@pytest.mark.parametrize(
    "document",
    [
        "query($name: String) { pillars(filter: {name: {eq: $name}}) { nodes { id } } }",
        "mutation($name: String!) { pillarCreate(input: {name: $name}) { userErrors { code } } }",
    ],
)
async def test_more_than_a_megabyte_is_refused(client: Client, document: str) -> None:
    response = await sent(client, orjson.dumps({"query": document, "variables": {"name": "x" * 1_000_000}}))
    assert response.status_code == 413
    assert response.json()["errors"][0]["extensions"] == {"code": "PAYLOAD_TOO_LARGE"}
    assert (await client.data("{ pillars { totalCount } }"))["pillars"]["totalCount"] == 0


async def test_almost_a_megabyte_is_read(client: Client) -> None:
    document = "mutation($name: String!) { pillarCreate(input: {name: $name}) { userErrors { code } } }"
    response = await sent(client, orjson.dumps({"query": document, "variables": {"name": "x" * 999_000}}))
    assert response.json() == {"data": {"pillarCreate": {"userErrors": [{"code": "TOO_LONG"}]}}}


async def test_an_import_may_have_five(client: Client) -> None:
    content = imported(248)
    assert 4_950_000 < len(content) < 5_000_000
    response = await sent(client, content)
    assert response.json() == {"data": {"workspaceImport": {"__typename": "WorkspaceImportPayload", "userErrors": []}}}
    assert (await client.data("{ pillars { totalCount } }"))["pillars"]["totalCount"] == 248


async def test_an_import_may_not_have_more(client: Client) -> None:
    response = await sent(client, imported(251))
    assert response.status_code == 413
    assert (await client.data("{ pillars { totalCount } }"))["pillars"]["totalCount"] == 0


@pytest.mark.parametrize(
    "path", ["/schema.graphql", "/graphql?query=%7B__schema%7Btypes%7Bname%20description%7D%7D%7D"]
)
async def test_gzip_when_asked_for(client: Client, path: str) -> None:
    packed = await client.http.get(path, headers={"Accept-Encoding": "gzip"})
    plain = await client.http.get(path, headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert int(packed.headers["content-length"]) * 3 < int(plain.headers["content-length"])
    assert packed.content == plain.content
    assert "accept-encoding" in packed.headers["vary"].lower()
    assert "accept-encoding" in plain.headers["vary"].lower()


async def test_what_is_small_is_not_packed(client: Client) -> None:
    response = await client.http.get("/live", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in response.headers
