"""Whole answers of the endpoint: status, headers and body."""

from typing import Any

import pytest
from starlette.responses import HTMLResponse

from service.errors import BadUserInput, Forbidden, Overloaded, Unauthenticated

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"


async def test_a_query_by_post_answers_with_exactly_these_headers(toy: Any) -> None:
    response = await toy.post("query($name: String!) { greet(name: $name) }", {"name": "Ann"})
    assert response.status_code == 200
    assert response.content == b'{"data":{"greet":"Hello Ann"}}'
    assert {name: value for name, value in response.headers.items() if name != "x-request-id"} == {
        "content-type": "application/json; charset=utf-8",
        "content-length": "30",
        "cache-control": "no-store",
    }
    assert toy.journal == ["opened", "closed"]


@pytest.mark.parametrize("accept", [JSON, GRAPHQL])
async def test_partial_data_is_200_in_both_media_types(toy: Any, accept: str) -> None:
    response = await toy.post('{ greet(name: "Ann") refused }', accept=accept)
    assert response.status_code == 200
    assert response.headers["content-type"] == f"{accept}; charset=utf-8"
    assert response.json() == {
        "errors": [
            {
                "message": "Not like this.",
                "locations": [{"line": 1, "column": 22}],
                "path": ["refused"],
                "extensions": {"code": "BAD_USER_INPUT"},
            }
        ],
        "data": {"greet": "Hello Ann", "refused": None},
    }


@pytest.mark.parametrize(
    ("query", "variables", "code", "path"),
    [
        ("{", None, "GRAPHQL_PARSE_FAILED", None),
        ("{ nothing }", None, "GRAPHQL_VALIDATION_FAILED", None),
        ("query A { __typename } query B { __typename }", None, "OPERATION_RESOLUTION_FAILURE", None),
        ("query($name: String!) { greet(name: $name) }", {"name": None}, "BAD_USER_INPUT", ["name"]),
        ("query($amount: Decimal!) { price(amount: $amount) }", {"amount": "x"}, "BAD_USER_INPUT", ["amount"]),
        ('{ price(amount: "x") }', None, "BAD_USER_INPUT", ["amount"]),
        ('{ greet(name: "\\u0000") }', None, "BAD_USER_INPUT", None),
    ],
)
async def test_what_is_not_executed_has_no_data(toy: Any, query: str, variables: object, code: str, path: Any) -> None:
    extensions = {"code": code} if path is None else {"inputPath": path, "code": code}
    for accept, status in ((JSON, 200), (GRAPHQL, 400)):
        response = await toy.post(query, variables, accept)
        assert response.status_code == status
        assert [*response.json()] == ["errors"]
        assert [error["extensions"] for error in response.json()["errors"]] == [extensions]


async def test_a_scalar_keeps_its_own_message(toy: Any) -> None:
    response = await toy.post('{ price(amount: "x") }')
    assert response.json()["errors"][0]["message"] == 'Value cannot represent a Decimal: "x".'


@pytest.mark.parametrize("accept", [JSON, GRAPHQL])
@pytest.mark.parametrize(
    ("refusal", "status", "code", "header"),
    [
        (Unauthenticated("Who are you?"), 401, "UNAUTHENTICATED", ("www-authenticate", "Bearer")),
        (Forbidden("Not you."), 403, "FORBIDDEN", None),
        (BadUserInput("A bad header."), 400, "BAD_USER_INPUT", None),
        (Overloaded("Too many."), 503, "SERVICE_UNAVAILABLE", ("retry-after", "1")),
    ],
)
async def test_a_context_that_is_refused_decides_the_status(
    toy: Any, accept: str, refusal: Any, status: int, code: str, header: tuple[str, str] | None
) -> None:
    toy.refusal = refusal
    response = await toy.post('{ greet(name: "Ann") }', accept=accept)
    assert response.status_code == status
    assert response.json() == {"errors": [{"message": refusal.message, "extensions": {"code": code}}]}
    assert header is None or response.headers[header[0]] == header[1]


async def test_neither_invalid_documents_nor_introspection_open_a_context(toy: Any) -> None:
    toy.refusal = Unauthenticated("Who are you?")
    query = "{ __typename ...F } fragment F on Query { __schema { queryType { name } } }"
    response = await toy.post(query)
    assert response.json() == {"data": {"__typename": "Query", "__schema": {"queryType": {"name": "Query"}}}}
    assert (await toy.post("{ nothing }")).status_code == 200
    assert (await toy.post('{ __typename greet(name: "Ann") }')).status_code == 401


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "OPTIONS"])
async def test_other_methods_are_405(toy: Any, method: str) -> None:
    response = await toy.send(method, {})
    assert (response.status_code, response.headers["allow"]) == (405, "GET, POST")


async def test_queries_by_get_and_nothing_else(toy: Any) -> None:
    response = await toy.get(query="query($name: String!) { greet(name: $name) }", variables='{"name": "Ann"}')
    assert (response.status_code, response.json()) == (200, {"data": {"greet": "Hello Ann"}})
    blank = await toy.get(query="{ __typename }", variables="", operationName="")
    assert blank.json() == {"data": {"__typename": "Query"}}
    assert (await toy.get(query="{ __typename }", variables="[")).status_code == 400
    response = await toy.get(query="mutation { add(number: 1) }")
    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert response.json() == {
        "errors": [
            {
                "message": "Only queries can be sent by GET; send this by POST.",
                "extensions": {"code": "METHOD_NOT_ALLOWED"},
            }
        ]
    }
    assert (await toy.post("mutation { add(number: 1) }")).json() == {"data": {"add": 2}}


@pytest.mark.parametrize("mark", ["origin", "referer", "cookie", "sec-fetch-site"])
async def test_what_a_page_sends_by_get_needs_a_preflight_header(toy: Any, mark: str) -> None:
    query = "{ __typename }"
    assert (await toy.get({mark: "x"}, query=query)).status_code == 400
    assert (await toy.get({mark: "x", "content-type": "text/plain"}, query=query)).status_code == 400
    for name, value in (
        ("apollo-require-preflight", "true"),
        ("x-apollo-operation-name", "A"),
        ("content-type", JSON),
    ):
        assert (await toy.get({mark: "x", name: value}, query=query)).status_code == 200


@pytest.mark.parametrize("mark", ["origin", "referer", "cookie", "sec-fetch-site"])
async def test_what_a_page_sends_by_get_with_a_key_needs_no_preflight_header(toy: Any, mark: str) -> None:
    headers = {mark: "x", "authorization": "Bearer okr_x"}
    response = await toy.get(headers, query='{ greet(name: "Ann") }')
    assert (response.status_code, response.json()) == (200, {"data": {"greet": "Hello Ann"}})
    refused = await toy.get({mark: "x"}, query='{ greet(name: "Ann") }')
    assert refused.status_code == 400
    assert refused.json() == {
        "errors": [
            {
                "message": "From a browser, send queries by GET with the header Authorization or "
                "Apollo-Require-Preflight: true.",
                "extensions": {"code": "BAD_REQUEST"},
            }
        ]
    }


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


async def test_a_browser_gets_a_page_where_there_is_one(toy: Any) -> None:
    settings = {"browser_page": lambda request: HTMLResponse(f"A page at {request.url.path}")}
    for params in ({}, {"query": "{ __typename }"}):
        page = await toy.send("GET", settings, headers={"accept": BROWSER}, params=params)
        assert (page.status_code, page.text) == (200, "A page at /graphql")
    assert (await toy.send("GET", {}, headers={"accept": BROWSER})).status_code == 400


@pytest.mark.parametrize("accept", ["*/*", JSON, GRAPHQL, f"{JSON}, text/html", "text/html;q=0.9,*/*"])
async def test_any_other_client_gets_the_api_beside_the_page(toy: Any, accept: str) -> None:
    settings = {"browser_page": lambda _request: HTMLResponse("A page")}
    response = await toy.send("GET", settings, headers={"accept": accept}, params={"query": "{ __typename }"})
    assert (response.status_code, response.json()) == (200, {"data": {"__typename": "Query"}})
    posted = await toy.post("{ __typename }", accept=BROWSER, **settings)
    assert (posted.status_code, posted.json()) == (200, {"data": {"__typename": "Query"}})
