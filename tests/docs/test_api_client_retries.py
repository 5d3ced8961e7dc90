"""The client in Python of docs/api.md sends again what may be sent again and nothing else."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from tests.docs.page import block

Answer = tuple[int, dict[str, str], Any]
Script = list[Answer]
Scripted = Callable[[Script], dict[str, Any]]
FINE: Answer = (200, {}, {"data": {"viewer": None}})
BUSY: Answer = (
    503,
    {"Retry-After": "3"},
    {"errors": [{"message": "Busy.", "extensions": {"code": "SERVICE_UNAVAILABLE"}}]},
)


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripted]:
    """The names of the client, which speaks to a server that answers from a script, and `waits`, what it waited."""
    servers = []

    def start(script: Script) -> dict[str, Any]:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                status, headers, body = script.pop(0)
                # Without a status the connection ends without an answer.
                if not status:
                    return
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

            def log_message(self, *_: object) -> None:
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        names: dict[str, Any] = {"__name__": "client"}
        exec(compile(block("python", "client.py"), "client.py", "exec"), names)
        names["URL"] = f"http://127.0.0.1:{server.server_port}/graphql"
        waits = names["waits"] = []
        monkeypatch.setattr("time.sleep", waits.append)
        return names

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_what_was_not_done_is_sent_again_after_the_time_asked_for(scripted: Scripted) -> None:
    names = scripted([BUSY, (429, {"Retry-After": "7"}, {"errors": []}), FINE])
    assert names["execute"]("{ viewer { id } }", {}, repeatable=False) == {"viewer": None}
    assert [int(each) for each in names["waits"]] == [3, 7]


@pytest.mark.parametrize("lost", [(0, {}, b""), (502, {}, b"<html>"), (504, {}, b"")])
def test_what_may_be_done_is_sent_again_only_if_it_is_repeatable(scripted: Scripted, lost: Any) -> None:
    assert scripted([lost, FINE])["execute"]("{ a }", {}, repeatable=True) == {"viewer": None}
    names = scripted([lost, FINE])
    with pytest.raises((names["ApiError"], OSError)):
        names["execute"]("{ a }", {}, repeatable=False)
    assert names["waits"] == []


def test_it_gives_up_and_tells_why(scripted: Scripted) -> None:
    names = scripted([BUSY] * 5)
    with pytest.raises(names["ApiError"], match="Busy") as raised:
        names["execute"]("{ a }", {}, repeatable=True)
    assert (raised.value.codes, len(names["waits"])) == (["SERVICE_UNAVAILABLE"], 4)


def test_both_channels_of_errors_are_raised(scripted: Scripted) -> None:
    half = {"errors": [{"message": "Half.", "extensions": {"code": "COMMITTED_WITHOUT_RESULT"}}]}
    user = {"data": {"payload": {"userErrors": [{"code": "BLANK", "field": ["input", "title"], "message": "Empty."}]}}}
    names = scripted([(500, {}, half), (200, {}, half), (200, {}, user)])
    for kind, message in (("ApiError", "Half"), ("ApiError", "Half"), ("Refused", "BLANK")):
        with pytest.raises(names[kind], match=message):
            names["execute"]("{ a }", {}, repeatable=True)
    assert names["waits"] == []
