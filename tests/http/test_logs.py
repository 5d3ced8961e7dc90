"""Every request has an id and one line, and every line is JSON whoever logs it."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, cast

import orjson
import pytest
import structlog
from starlette.types import Receive, Scope, Send

from service.http import logs
from service.http.access_log import AccessLog

Read = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def read(capsys: pytest.CaptureFixture[str]) -> Iterator[Read]:
    """The lines logged so far, but for those of the test's own client.

    Tests configure the log themselves: pytest exchanges stdout between a fixture and its test.
    """
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield lambda: [
        entry for entry in map(orjson.loads, capsys.readouterr().out.splitlines()) if entry["logger"] != "httpx2"
    ]
    root.handlers[:], root.level = before
    structlog.reset_defaults()


async def test_one_line_a_request(toy: Any, read: Read) -> None:
    logs.configure("info")
    structlog.get_logger("other").info("before")
    headers = {"x-request-id": "from-the-client.1"}
    response = await toy.send("POST", {}, json={"query": "query Who { __typename }"}, headers=headers)
    assert response.headers["x-request-id"] == "from-the-client.1"
    before, entry = read()
    # Made without structlog, with the members of its lines.
    assert entry.keys() > before.keys()
    assert 0 <= entry.pop("duration_ms") < 1000
    assert entry.pop("timestamp").endswith("Z")
    assert entry == {
        "event": "request",
        "level": "info",
        "logger": "access",
        "method": "POST",
        "operation": "Who",
        "path": "/graphql",
        "request_id": "from-the-client.1",
        "status": 200,
    }


@pytest.mark.parametrize("sent", ["", "a b", 'a"b', "a" * 129])
async def test_an_odd_id_is_replaced(toy: Any, sent: str) -> None:
    response = await toy.get({"x-request-id": sent}, query="{ __typename }")
    assert len(response.headers["x-request-id"]) == 32
    assert int(response.headers["x-request-id"], 16) >> 76 & 15 == 7


async def test_a_bug_is_logged_with_the_id_of_its_request(toy: Any, read: Read) -> None:
    logs.configure("info")
    response = await toy.post("{ broken }")
    bug, access = read()
    assert bug["request_id"] == access["request_id"] == response.headers["x-request-id"]
    assert bug["id"] == response.json()["errors"][0]["extensions"]["id"]
    assert bug["exception"].endswith("\nValueError")


@pytest.mark.parametrize(("error", "status"), [(None, 499), (RuntimeError("crash"), 500)])
async def test_a_request_without_an_answer_has_its_line(error: Exception | None, status: int, read: Read) -> None:
    logs.configure("info")

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if error:
            raise error

    scope = {"type": "http", "method": "GET", "path": "/x", "headers": []}
    with suppress(RuntimeError):
        await AccessLog(app)(scope, cast(Receive, None), cast(Send, None))
    assert [entry["status"] for entry in read()] == [status]


async def test_requests_are_not_logged_above_info(toy: Any, read: Read) -> None:
    logs.configure("warning")
    await toy.get({}, query="{ __typename }")
    assert read() == []


def test_other_loggers_are_rerouted(read: Read) -> None:
    logs.configure("info")
    logging.getLogger("uvicorn.error").warning("Started %s", "twice")
    logging.getLogger("uvicorn.access").info("GET /")
    logging.getLogger("other").debug("too fine")
    (entry,) = read()
    assert (entry["event"], entry["level"], entry["logger"]) == ("Started twice", "warning", "uvicorn.error")


async def test_asyncio_tells_nothing_of_what_a_task_was_given(read: Read) -> None:
    logs.configure("info")
    try:
        raise ValueError("secret")
    except ValueError as error:
        context = {"message": "Task exception was never retrieved", "exception": error, "future": "<Task 'secret'>"}
        asyncio.get_running_loop().default_exception_handler(context)
    [entry] = read()
    assert (entry["event"], entry["logger"]) == ("Task exception was never retrieved", "asyncio")
    assert entry["exception"].endswith("\nValueError")
    assert "Task 'secret'" not in str(entry)
