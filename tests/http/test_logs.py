"""Every request has an id and one line, and every line is JSON whoever logs it."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
import structlog

from service.http import logs


Read = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def read(capsys: pytest.CaptureFixture[str]) -> Iterator[Read]:
    """The lines logged so far, but for those of the test's own client."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    logs.configure("info")
    yield lambda: [
        entry
        for entry in map(orjson.loads, capsys.readouterr().out.splitlines())
        if entry["logger"] != "httpx2"
    ]
    root.handlers[:], root.level = before
    structlog.reset_defaults()


async def test_one_line_a_request(toy: Any, read: Read) -> None:
    headers = {"x-request-id": "from-the-client.1"}
    response = await toy.send("POST", {}, json={"query": "query Who { __typename }"}, headers=headers)
    assert response.headers["x-request-id"] == "from-the-client.1"
    (entry,) = read()
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
    response = await toy.post("{ broken }")
    bug, access = read()
    assert bug["request_id"] == access["request_id"] == response.headers["x-request-id"]
    assert bug["id"] == response.json()["errors"][0]["extensions"]["id"]
    assert bug["exception"].endswith("ValueError: secret")


def test_other_loggers_are_rerouted(read: Read) -> None:
    logging.getLogger("uvicorn.error").warning("Started %s", "twice")
    logging.getLogger("uvicorn.access").info("GET /")
    logging.getLogger("other").debug("too fine")
    (entry,) = read()
    assert (entry["event"], entry["level"], entry["logger"]) == ("Started twice", "warning", "uvicorn.error")
