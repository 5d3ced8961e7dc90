"""A service that is attacked while a probe watches it from another process."""

import http.client
import json
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from service.settings import ROOT
from tests.hostile.probe import Report
from tests.kit.services import Service

STRICT = os.environ.get("OKRGRAPH_HOSTILE") == "1"
# How long others may wait because of an attack, beside what they wait at most without one.
MAX_WAIT_SECONDS = 0.05
# The ordinary tests time nothing: others are answered at all, on machines whose processors have other work as well.
MAX_WAIT_ON_A_BUSY_MACHINE = 10.0
# A wait that is too long may be the work of a neighbour on the machine; one that always comes is ours.
RUNS = 3 if STRICT else 1
# What may remain after a group of attacks. An allocator keeps what was in use at the worst moment, when six large
# requests were in work together, to use it again; it is not given back, and does not grow.
MAX_BYTES_LEFT = 120_000_000
# What may remain of large requests that were sent before: each of them holds as much while it is in work.
MAX_GROWTH = 20_000_000
REST_SECONDS = 5.0 if STRICT else 1.0
BASELINE_SECONDS = 3.0 if STRICT else 0.3
JSON = "application/json"


class Answer(NamedTuple):
    """The status of an answer, and the code of its errors; `None` where it has no error of ours.

    Several codes are joined by a space, each once, in the order in which they come.
    """

    status: int
    code: str | None


class Row(NamedTuple):
    """One line of the table that `make hostile` prints; waits in seconds, memory in bytes."""

    group: str
    attack: str
    answer: str
    wait: float
    baseline: float
    memory: int


TABLE: list[Row] = []


class Target:
    """The service, the key of an organization that attacks it, and the probe, which is of another one."""

    def __init__(self, service: Service, group: str, key: str, probe_key: str) -> None:
        self.service, self.group, self.key = service, group, key
        self.port = int(service.url.rpartition(":")[2])
        self.probe = Probe(self.port, probe_key)
        self.baseline = 0.0
        self.memory_before = 0

    def begin(self) -> None:
        """Measures how long the probe waits, and what memory the service has, without an attack."""
        self.probe.begin()
        time.sleep(BASELINE_SECONDS)
        self.baseline = self.probe.end()["max_wait"]
        self.memory_before = self.memory()

    def endure(self, name: str, attack: Callable[["Target"], Answer | list[Answer]], expected: Answer) -> None:
        """Asserts that an attack has this answer each time, and that the probe did not wait for it."""
        waits = []
        limit = MAX_WAIT_SECONDS + self.baseline if STRICT else MAX_WAIT_ON_A_BUSY_MACHINE
        for _ in range(RUNS):
            self.probe.begin()
            answered = attack(self)
            report = self.probe.end()
            answers = answered if isinstance(answered, list) else [answered]
            assert set(answers) == {expected}, (name, answers)
            assert report["refusals"] == [], name
            waits.append(report["max_wait"])
            if waits[-1] <= limit:
                break
        expected_text = f"{expected.status} {expected.code or ''}".strip()
        TABLE.append(Row(self.group, name, expected_text, min(waits), self.baseline, self.memory()))
        assert min(waits) <= limit, f"{name}: the probe waited {waits} s, without an attack {self.baseline:.3f} s"

    def assert_memory_is_back(self) -> None:
        """Asserts that the service has about as much memory as before, within a few seconds of rest."""
        deadline = time.monotonic() + REST_SECONDS
        while (grown := self.memory() - self.memory_before) > MAX_BYTES_LEFT:
            assert time.monotonic() < deadline, f"{grown / 1e6:.0f} MB more than before"
            # Garbage is collected after requests, not while there are none.
            self.post({"query": "{ __typename }"})
            time.sleep(0.1)
        TABLE.append(Row(self.group, "(afterwards)", "", 0.0, self.baseline, self.memory()))

    def endure_again(self, name: str, times: int, send: Callable[[], Answer], expected: Answer) -> None:
        """As `endure`, for a request that was sent before, so many times; asserts that they leave no memory behind."""
        before = self.memory()
        self.endure(f"{name}, {times} in a row", lambda _: [send() for _ in range(times)], expected)
        assert self.memory() - before < MAX_GROWTH, f"{name}: {before / 1e6:.0f} MB, then {self.memory() / 1e6:.0f} MB"

    def memory(self) -> int:
        """Bytes of the service that are in memory."""
        return memory_of(self.service.pid)

    # Requests

    def post(self, body: bytes | dict[str, Any], **headers: str | None) -> Answer:
        """The answer to a body for `/graphql`; headers by their names with `_`, None leaves one out."""
        return self.posted(body, **headers)[0]

    def posted(self, body: bytes | dict[str, Any], **headers: str | None) -> tuple[Answer, bytes]:
        """The answer to a body for `/graphql`, and its bytes."""
        sent_headers = {"authorization": f"Bearer {self.key}", "content_type": JSON, **headers}
        named = {name.replace("_", "-"): value for name, value in sent_headers.items() if value is not None}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            # Whoever is refused early may find that the rest of a body is not taken.
            try:
                connection.request("POST", "/graphql", body if isinstance(body, bytes) else orjson.dumps(body), named)
            except (BrokenPipeError, ConnectionResetError):
                assert connection.sock is not None
                response = http.client.HTTPResponse(connection.sock, method="POST")
                response.begin()
            else:
                response = connection.getresponse()
            content = response.read()
            return parse_answer(response.status, content), content
        finally:
            connection.close()

    def ids(self, query: str) -> list[str]:
        """The ids of the nodes of the one list that a query asks for."""
        [listed] = orjson.loads(self.posted({"query": query})[1])["data"].values()
        return [node["id"] for node in listed["nodes"]]

    def connect(self) -> socket.socket:
        """A connection of its own."""
        return socket.create_connection(("127.0.0.1", self.port), 30)

    def exchange(self, *pieces: bytes, method: str = "GET") -> Answer:
        """The answer to bytes as they are, sent one piece after another until the service takes no more."""
        with self.connect() as connection:
            try:
                for piece in pieces:
                    connection.sendall(piece)
            except (BrokenPipeError, ConnectionResetError):
                pass
            return read_answer(connection, method)


def read_answer(connection: socket.socket, method: str = "GET") -> Answer:
    """The next answer on a connection."""
    response = http.client.HTTPResponse(connection, method=method)
    response.begin()
    return parse_answer(response.status, response.read())


def parse_answer(status: int, content: bytes) -> Answer:
    """What the status and the body of an answer say."""
    try:
        errors = orjson.loads(content).get("errors", [])
    except orjson.JSONDecodeError:
        return Answer(status, None)
    codes = dict.fromkeys(error["extensions"]["code"] for error in errors)
    return Answer(status, " ".join(codes) or None)


def at_once(count: int, send: Callable[[], Answer]) -> list[Answer]:
    """The answers to so many of the same, sent side by side."""
    with ThreadPoolExecutor(count) as pool:
        return [future.result() for future in [pool.submit(send) for _ in range(count)]]


def open_many(port: int, count: int, sent: bytes) -> list[socket.socket]:
    """So many connections that have sent this and no more; as many as files may be open, if those are fewer."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    new_limit = count + 500 if most == resource.RLIM_INFINITY else min(count + 500, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(new_limit, resource.getrlimit(resource.RLIMIT_NOFILE)[0]), most))
    opened = []
    for _ in range(min(count, new_limit - 300)):
        opened.append(socket.create_connection(("127.0.0.1", port), 30))
        if sent:
            opened[-1].sendall(sent)
    return opened


class Probe:
    """The probe's process; `begin` and `end` enclose what it is to watch."""

    def __init__(self, port: int, key: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.hostile.probe", str(port), key],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )

    def begin(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(b"b")
        # It has to be asking when the attack comes.
        time.sleep(0.06)

    def end(self) -> Report:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(b"e")
        report: Report = json.loads(self._process.stdout.readline())
        assert report["requests"] > 0
        return report

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


def memory_of(pid: int) -> int:
    """Bytes of a process that are in memory."""
    statm = Path(f"/proc/{pid}/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return int(subprocess.check_output(["ps", "-o", "rss=", "-p", str(pid)])) * 1024


def lines_of(table: Iterable[Row]) -> list[str]:
    """The table in columns: what was sent, what came back, the longest wait of others, memory."""
    lines = [f"{'attack':<68} {'answer':<34} {'wait ms':>8} {'without':>8} {'memory MB':>9}"]
    group = ""
    for row in table:
        if row.group != group:
            group = row.group
            lines.append(group)
        wait = f"{row.wait * 1000:.0f}" if row.wait else ""
        without = f"{row.baseline * 1000:.0f}"
        lines.append(f"  {row.attack:<66} {row.answer:<34} {wait:>8} {without:>8} {row.memory / 1e6:>9.0f}")
    return lines
