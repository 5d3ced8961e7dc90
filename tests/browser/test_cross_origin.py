"""What a page may ask of the service, as Chromium decides it."""

import json
from typing import Any

import pytest

from tests.browser.pages import FOREIGN_HOST, PageServer, Visit
from tests.kit.services import Service

QUERY = '{ objectives(filter: {title: {eq: "Become profitable"}}) { nodes { title } } }'
DATA = {"data": {"objectives": {"nodes": [{"title": "Become profitable"}]}}}
BLOCKED = {"error": "TypeError"}


def post(key: str) -> dict[str, Any]:
    """A request as Apollo Client sends it."""
    return {
        "method": "POST",
        "headers": {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {key}",
            "apollographql-client-name": "browser test",
        },
        "body": json.dumps({"query": QUERY}),
    }


async def test_a_page_of_an_allowed_origin_gets_data(
    visit: Visit, service_for_page: Service, page_server: PageServer, key: str
) -> None:
    await visit.page.goto(page_server.origin)
    answer = await visit.fetch(f"{service_for_page.url}/graphql", **post(key))
    assert (answer["status"], json.loads(answer["body"])) == (200, DATA)
    # Readable, since it is exposed.
    assert answer["requestId"]
    assert visit.complaints == []


async def test_a_page_of_an_allowed_origin_can_read_errors(
    visit: Visit, service_for_page: Service, page_server: PageServer
) -> None:
    await visit.page.goto(page_server.origin)
    answer = await visit.fetch(f"{service_for_page.url}/graphql", **post("okr_wrong"))
    assert answer["status"] == 401
    assert json.loads(answer["body"])["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
    schema = await visit.fetch(f"{service_for_page.url}/schema.graphql")
    assert (schema["status"], "type Query" in schema["body"]) == (200, True)


@pytest.mark.parametrize("host", ["localhost", FOREIGN_HOST])
async def test_a_page_of_another_origin_is_blocked(
    visit: Visit, service_for_page: Service, page_server: PageServer, key: str, host: str
) -> None:
    await visit.page.goto(f"http://{host}:{page_server.port}")
    assert await visit.fetch(f"{service_for_page.url}/graphql", **post(key)) == BLOCKED
    assert await visit.fetch(f"{service_for_page.url}/schema.graphql") == BLOCKED
    assert all("blocked by CORS policy" in each or "ERR_FAILED" in each for each in visit.complaints)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "app.localhost"])
async def test_the_demo_answers_pages_of_every_loopback_origin(
    visit: Visit, demo: Service, page_server: PageServer, key: str, host: str
) -> None:
    await visit.page.goto(f"http://{host}:{page_server.port}")
    answer = await visit.fetch(f"{demo.url}/graphql", **post(key))
    assert (answer["status"], json.loads(answer["body"])) == (200, DATA)


async def test_the_demo_answers_no_page_of_another_site(
    visit: Visit, demo: Service, page_server: PageServer, key: str
) -> None:
    await visit.page.goto(f"http://{FOREIGN_HOST}:{page_server.port}")
    assert await visit.fetch(f"{demo.url}/graphql", **post(key)) == BLOCKED


async def test_a_page_of_another_port_does_not_find_the_key_in_the_explorer(
    visit: Visit, demo: Service, page_server: PageServer, key: str
) -> None:
    await visit.page.goto(page_server.origin)
    answer = await visit.fetch(f"{demo.url}/graphql", headers={"Accept": "text/html"})
    assert answer["status"] == 200
    assert "okrgraph explorer" in answer["body"]
    assert key not in answer["body"]


async def test_queries_by_get_from_a_page_of_the_same_origin(visit: Visit, demo: Service, key: str) -> None:
    # A page of the service whose policy lets it send something: the schema has none.
    await visit.page.goto(f"{demo.url}/schema.graphql")
    url = f"{demo.url}/graphql?query=%7B%20organization%20%7B%20name%20%7D%20%7D"
    answer = await visit.fetch(url, headers={"Authorization": f"Bearer {key}"})
    assert (answer["status"], json.loads(answer["body"])) == (200, {"data": {"organization": {"name": "Lumenfield"}}})
    refused = await visit.fetch(url)
    assert refused["status"] == 400
    assert "Apollo-Require-Preflight" in refused["body"]
    preflight = await visit.fetch(url, headers={"Apollo-Require-Preflight": "true"})
    assert preflight["status"] == 401


async def test_without_an_explorer_the_front_page_links_to_the_schema_alone(
    visit: Visit, service_for_page: Service
) -> None:
    await visit.page.goto(f"{service_for_page.url}/")
    links = visit.page.get_by_role("link")
    assert await links.all_inner_texts() == ["Schema"]
    assert "In a browser" not in service_for_page.greeting()
    assert visit.complaints == []
