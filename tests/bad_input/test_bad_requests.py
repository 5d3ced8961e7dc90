"""Requests that are none, at the door of the real application: refused with a code, and nothing changed."""

import json
from typing import Any

import pytest

from tests.bad_input.asking import Asker, codes_of

CREATE = 'mutation { pillarCreate(input: {name: "Never"}) { pillar { id } } }'
GRAPHQL = "application/graphql-response+json"
DEEP = b'{"a":' * 100_000
OF_WRONG_TYPES: list[dict[str, Any]] = [
    *({"variables": []}, {"variables": "x"}, {"operationName": 1}, {"extensions": []}, {"variables": 0})
]
BODIES: list[tuple[bytes, str]] = [
    *((body, "BAD_REQUEST") for body in (b"", b" ", b"1", b"null", b'"x"', b"true", b"[]", b"{}", b"[{}]", b"1e400")),
    *(
        (body, "BAD_REQUEST")
        for body in (b"\xff\xfe", b"\x00", b'{"query": "\xff"}', b'{"query": "\\ud800"}', b"{'query': 1}")
    ),
    *((body, "BAD_REQUEST") for body in (b"[" * 100_000, DEEP, DEEP + b"1" + b"}" * 100_000, b"NaN", b'{"query": 1}')),
    *(
        (body, "BAD_REQUEST")
        for body in (b'{"query": null}', b'{"query": ""}', b'{"query": {}}', b'{"query": ["{a}"]}')
    ),
    *((json.dumps({"query": CREATE, **more}).encode(), "BAD_REQUEST") for more in OF_WRONG_TYPES),
    (json.dumps({"query": CREATE, "variables": {"a": "\0"}}).encode(), "BAD_USER_INPUT"),
    (json.dumps({"query": CREATE, "variables": {"a\0": 1}}).encode(), "BAD_USER_INPUT"),
    (json.dumps({"query": CREATE, "operationName": "\0"}).encode(), "BAD_USER_INPUT"),
    (json.dumps({"query": CREATE, "operationName": "Nope"}).encode(), "OPERATION_RESOLUTION_FAILURE"),
    (json.dumps({"query": f"{CREATE} query B {{ __typename }}"}).encode(), "GRAPHQL_VALIDATION_FAILED"),
    (
        json.dumps({"query": "mutation A { __typename } mutation B { __typename }"}).encode(),
        "OPERATION_RESOLUTION_FAILURE",
    ),
    (json.dumps({"query": "subscription { x }"}).encode(), "GRAPHQL_VALIDATION_FAILED"),
    *(
        (json.dumps({"query": query}).encode(), "GRAPHQL_PARSE_FAILED")
        for query in ("{", "}", "x", "{ a(b: ) }", "\x01", "#", "🦄")
    ),
    *(
        (json.dumps({"query": query}).encode(), "GRAPHQL_PARSE_FAILED")
        for query in ("{" * 2_500, "{ a " * 1_000, "[" * 3_000)
    ),
    (json.dumps({"query": "# " + "x" * 20_000}).encode(), "GRAPHQL_VALIDATION_FAILED"),
    (json.dumps({"query": "fragment A on Query { ...A } { ...A }"}).encode(), "GRAPHQL_VALIDATION_FAILED"),
    (json.dumps({"query": "{ " + "a: __typename " * 60 + "}"}).encode(), "GRAPHQL_VALIDATION_FAILED"),
    (b'{"query": "' + b"x" * 1_000_000 + b'"}', "GRAPHQL_VALIDATION_FAILED"),
    (json.dumps({"query": CREATE, "extensions": {"a": "x" * 1_000_000}}).encode(), "PAYLOAD_TOO_LARGE"),
    (b" " * 5_000_001, "PAYLOAD_TOO_LARGE"),
]


@pytest.mark.parametrize(
    ("body", "code"), BODIES, ids=[f"{number} {body[:40]!r}" for number, (body, _) in enumerate(BODIES)]
)
async def test_a_body_that_is_no_request(asker: Asker, body: bytes, code: str) -> None:
    async with asker.unchanged():
        for accept in ("application/json", GRAPHQL, "*/*"):
            response = await asker.raw(body, accept=accept)
            assert set(codes_of(response)) == {code}
            assert response.status_code in ({400, 413} if accept == GRAPHQL else {200, 400, 413})
            assert "data" not in response.json()


@pytest.mark.parametrize(
    ("method", "headers", "status", "code"),
    [
        ("PUT", {}, 405, "METHOD_NOT_ALLOWED"),
        ("DELETE", {}, 405, "METHOD_NOT_ALLOWED"),
        ("PATCH", {}, 405, "METHOD_NOT_ALLOWED"),
        ("POST", {"content-type": "text/plain"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("POST", {"content-type": "application/graphql"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("POST", {"content-type": "multipart/form-data; boundary=x"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("POST", {"content-type": "application/json; charset=utf-16"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("POST", {"content-encoding": "gzip"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("POST", {"accept": "text/html"}, 406, "NOT_ACCEPTABLE"),
        ("POST", {"accept": "application/json;q=0"}, 406, "NOT_ACCEPTABLE"),
        ("POST", {"accept": "\x7f;;;q=x,,"}, 406, "NOT_ACCEPTABLE"),
    ],
    ids=str,
)
async def test_a_request_of_another_kind(
    asker: Asker, method: str, headers: dict[str, str], status: int, code: str
) -> None:
    async with asker.unchanged():
        body = json.dumps({"query": CREATE}).encode()
        sent = {"content-type": "application/json", **headers}
        response = await asker.client.http.request(method, "/graphql", content=body, headers=sent)
        assert (response.status_code, codes_of(response)) == (status, [code])


@pytest.mark.parametrize(
    ("params", "preflight", "codes"),
    [
        ({"query": "{ __typename }"}, False, []),
        ({"query": CREATE}, True, ["METHOD_NOT_ALLOWED"]),
        ({"query": CREATE}, False, ["METHOD_NOT_ALLOWED"]),
        ({}, True, ["BAD_REQUEST"]),
        ({"query": ""}, True, ["BAD_REQUEST"]),
        ({"query": "{ viewer { role } }", "variables": "{"}, True, ["BAD_REQUEST"]),
        ({"query": "{ viewer { role } }", "variables": "[]"}, True, ["BAD_REQUEST"]),
        ({"query": "{ viewer { role } }", "variables": '{"a":' * 1_000}, True, ["BAD_REQUEST"]),
        ({"query": "{ viewer { role } }", "extensions": "1"}, True, ["BAD_REQUEST"]),
        ({"query": "{ pillars { nodes { name } } }", "operationName": "\0"}, True, None),
        ({"query": '{ objective(id: "\0") { id } }'}, True, None),
    ],
    ids=str,
)
async def test_a_query_string(asker: Asker, params: dict[str, str], preflight: bool, codes: Any) -> None:
    headers = {"origin": "http://elsewhere.test", **({"apollo-require-preflight": "true"} if preflight else {})}
    async with asker.unchanged():
        response = await asker.client.http.get("/graphql", params=params, headers=headers)
        assert codes_of(response) == codes if codes is not None else codes_of(response)


@pytest.mark.parametrize(
    "variables", [{}, {"input": None}, {"input": 1}, {"input": []}, {"input": {"nope": 1}}, {"other": 1}], ids=str
)
async def test_variables_that_do_not_fit(asker: Asker, variables: Any) -> None:
    document = "mutation($input: PillarCreateInput!) { pillarCreate(input: $input) { pillar { id } } }"
    async with asker.unchanged():
        assert set(await asker.codes(document, **variables)) == {"BAD_USER_INPUT"}


async def test_one_failure_among_several_mutations(asker: Asker) -> None:
    """Each is a transaction of its own; those before and after a failure are made."""
    document = """mutation($bad: ID!) {
        a: pillarCreate(input: {name: "Before"}) { pillar { name } userErrors { code } }
        b: pillarUpdate(input: {id: $bad, name: "Never"}) { pillar { name } userErrors { code } }
        c: pillarCreate(input: {name: ""}) { pillar { name } userErrors { code } }
        d: pillarCreate(input: {name: "After"}) { pillar { name } userErrors { code } } }"""
    answer = await asker.client.answer(document, bad="x")
    assert answer == {
        "data": {
            "a": {"pillar": {"name": "Before"}, "userErrors": []},
            "b": {"pillar": None, "userErrors": [{"code": "NOT_FOUND"}]},
            "c": {"pillar": None, "userErrors": [{"code": "BLANK"}]},
            "d": {"pillar": {"name": "After"}, "userErrors": []},
        }
    }
