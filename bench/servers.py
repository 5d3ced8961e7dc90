"""Starts the servers to compare, each in its own process, with the settings that they have by default."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from bench.data import FOLDER, DataSet, plain_url
from bench.documents import DOCUMENTS, Document, Targets
from bench.documents.document import find_targets
from service.settings import ROOT

OURS = "breadth-first"
CORE = "graphql-core"
BY_HAND = "by-hand"
NAMES = {
    OURS: "okrgraph",
    CORE: "okrgraph, graphql-core",
    BY_HAND: "by hand: SQL that returns the JSON",
}
START_SECONDS = 120
STOP_SECONDS = 15


class Unavailable(Exception):
    """A server cannot be started. The message is the reason."""


@dataclass
class Server:
    """A running server on its own copy of the data, with the process id of its Postgres.

    `numbers` are the numbers of the next requests by document, from 0.
    """

    name: str
    port: int
    process: "subprocess.Popen[bytes]"
    postgres: int
    key: str
    targets: Targets
    numbers: dict[str, int] = field(default_factory=dict)
    documents: Mapping[str, str] = field(default_factory=dict)

    def request(self, document: Document) -> bytes:
        """The bytes of the next request for a document."""
        path, body = self.target_and_body(document)
        lines = [f"POST {path} HTTP/1.1", "host: bench", "content-type: application/json", "accept: application/json"]
        lines += [f"authorization: Bearer {self.key}", f"content-length: {len(body)}"]
        return "\r\n".join([*lines, "", ""]).encode() + body

    def target_and_body(self, document: Document) -> tuple[str, bytes]:
        """Path and body of the next request for a document."""
        number = self.numbers.get(document.name, 0)
        self.numbers[document.name] = number + 1
        variables = document.variables(self.targets, number) if document.variables else None
        if self.name == BY_HAND:
            return f"/{document.name}?{number}", b"" if variables is None else orjson.dumps(variables)
        body: dict[str, object] = {"query": self.documents.get(document.name, document.query)}
        if variables is not None:
            body["variables"] = variables
        return "/graphql", orjson.dumps(body)


@contextmanager
def server(
    name: str, data: DataSet, checkout: Path = ROOT, options: tuple[str, ...] = (), log: str = ""
) -> Iterator[Server]:
    """okrgraph with one of its executors, run from `checkout` as users start it: the login of the application, all
    settings by default, its log in a file. `options` are further ones of `serve`. Raises Unavailable.
    """
    port = free_port()
    command = [sys.executable, "-m", "service", "serve", *options]
    environment = {
        "OKRGRAPH_DATABASE_URL": data.serving,
        "OKRGRAPH_MIGRATE_DATABASE_URL": data.url,
        "OKRGRAPH_EXECUTOR": name,
        "PORT": str(port),
    }
    with started(name, data, port, command, environment, checkout, log or name) as running_server:
        yield running_server


@contextmanager
def by_hand(data: DataSet, changes: Path | None = None) -> Iterator[Server]:
    """The statements by hand behind a minimal HTTP application. `changes` are those recorded for mutations."""
    port = free_port()
    environment = {"BENCH_URL": plain_url(data.serving), "BENCH_ORGANIZATION": str(data.organization_id)}
    if changes is not None:
        environment["BENCH_CHANGES"] = str(changes)
    command = [sys.executable, "-m", "uvicorn", "bench.by_hand.app:app", "--log-level", "error", "--port", str(port)]
    with started(BY_HAND, data, port, command, environment) as running_server:
        yield running_server


@contextmanager
def started(
    name: str,
    data: DataSet,
    port: int,
    command: list[str],
    environment: Mapping[str, str],
    folder: Path = ROOT,
    log: str = "",
    documents: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """A server once it answers `small`; stopped at the end. Raises Unavailable."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    targets = asyncio.run(find_targets(data))
    with (FOLDER / f"{log or name}.log").open("wb") as output:
        process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=output, stderr=output, cwd=folder)
    running_server = Server(name, port, process, data.postgres, data.key, targets, documents=documents or {})
    try:
        _wait_until_ready(running_server)
        yield running_server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(running_server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if running_server.process.poll() is not None:
            raise Unavailable(f"it ended at once with {running_server.process.returncode}")
        try:
            path, body = running_server.target_and_body(DOCUMENTS["small"])
            headers = {"content-type": "application/json", "authorization": f"Bearer {running_server.key}"}
            url = f"http://127.0.0.1:{running_server.port}{path}"
            with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=10):
                return
        except urllib.error.HTTPError as error:
            raise Unavailable(f"it answers {error.code}") from error
        except OSError:
            time.sleep(0.1)
    raise Unavailable("it does not answer")
