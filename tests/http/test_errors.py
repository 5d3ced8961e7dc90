"""What a client learns of an error: its code, and of a bug only where to look for it in the log."""

from typing import Any

import pytest
import structlog
from graphql import GraphQLError

from service.errors import Forbidden
from service.http.errors import format_errors


@pytest.mark.parametrize(("query", "path"), [("{ broken }", ["broken"]), ("{ tooBig }", ["tooBig"])])
async def test_a_bug_in_a_field_is_masked_and_logged(toy: Any, query: str, path: list[str]) -> None:
    with structlog.testing.capture_logs() as logs:
        response = await toy.post(query)
    [bug] = logs
    assert response.status_code == 200
    assert response.json() == {
        "errors": [
            {
                "message": "Something went wrong on our side.",
                "locations": [{"line": 1, "column": 3}],
                "path": path,
                "extensions": {"code": "INTERNAL_SERVER_ERROR", "id": bug["id"]},
            }
        ],
        "data": {path[0]: None},
    }
    assert (bug["event"], bug["log_level"], bug["path"]) == ("internal error", "error", path)
    assert isinstance(bug["exc_info"], ValueError | GraphQLError)


@pytest.mark.parametrize("query", ["{ huge }", '{ greet(name: "Ann") }'])
async def test_a_bug_outside_of_fields_is_500(toy: Any, query: str) -> None:
    toy.refusal = None if "huge" in query else RuntimeError("secret")
    with structlog.testing.capture_logs() as logs:
        response = await toy.post(query)
    assert response.status_code == 500
    assert response.json() == {
        "errors": [
            {
                "message": "Something went wrong on our side.",
                "extensions": {"code": "INTERNAL_SERVER_ERROR", "id": logs[0]["id"]},
            }
        ]
    }


def test_one_bug_in_many_fields_is_logged_once() -> None:
    bug = KeyError("secret")
    errors = [GraphQLError("secret", path=["rows", row], original_error=bug) for row in range(3)]
    with structlog.testing.capture_logs() as logs:
        formatted = format_errors(errors)
    assert len(logs) == 1
    assert [entry["extensions"]["id"] for entry in formatted] == [logs[0]["id"]] * 3
    assert [entry["path"] for entry in formatted] == [["rows", 0], ["rows", 1], ["rows", 2]]


def test_errors_that_have_a_code_keep_it() -> None:
    refused = GraphQLError("x", path=["a"], original_error=Forbidden("Not you."))
    coded = GraphQLError("y", path=["b"], extensions={"code": "TEAPOT", "hot": True})
    assert [entry["extensions"] for entry in format_errors([refused, coded])] == [
        {"code": "FORBIDDEN"},
        {"code": "TEAPOT", "hot": True},
    ]
