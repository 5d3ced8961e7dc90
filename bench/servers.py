"""Starts the servers to compare, each in its own process."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from bench.data import FOLDER, DataSet
from bench.documents import OURS, PEER
from service.settings import ROOT

PEER_FOLDER = FOLDER / "peer"
NAMES = {
    "breadth-first": "okrgraph, breadth-first",
    "graphql-core": "okrgraph, graphql-core",
    "postgraphile": "PostGraphile 5",
    "protected": "PostGraphile 5 with the same protection",
    "sql": "one SQL statement",
}

# Long timeouts, so that one slow round of a busy machine does not end a comparison.
PATIENT_SETTINGS = {
    "OKRGRAPH_KEY_CACHE_SECONDS": "3600",
    "OKRGRAPH_OPERATION_TIMEOUT": "60",
    "OKRGRAPH_STATEMENT_TIMEOUT": "60",
}


@dataclass
class Server:
    """A running server: its address, headers, process and the process id of its Postgres."""

    name: str
    port: int
    process: "subprocess.Popen[bytes]"
    postgres: int
    headers: dict[str, str] = field(default_factory=dict)

    def request(self, document: str) -> tuple[str, bytes]:
        """Path and body of a request for `small` or `tree`."""
        if self.name == "sql":
            return f"/{document}", b""
        documents = PEER if self.name in ("postgraphile", "protected") else OURS
        return "/graphql", orjson.dumps({"query": documents.get(document, document)})


class PeerUnavailable(Exception):
    """A peer cannot be started. The message is the reason."""


@contextmanager
def server(name: str, data: DataSet, checkout: Path = ROOT, *, is_patient: bool = True) -> Iterator[Server]:
    """Starts one of the servers for a data set. okrgraph runs from `checkout`, with long timeouts if `is_patient`.

    Raises PeerUnavailable.
    """
    port = _free_port()
    command, environment = _command(name, data, port)
    if not is_patient:
        environment = {variable: value for variable, value in environment.items() if variable not in PATIENT_SETTINGS}
    FOLDER.mkdir(parents=True, exist_ok=True)
    log = (FOLDER / f"{name}.log").open("wb")
    process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=log, stderr=log, cwd=checkout)
    headers = {"authorization": f"Bearer {data.key}"} if name in ("breadth-first", "graphql-core") else {}
    server_process = Server(name, port, process, data.postgres, headers)
    try:
        _wait_until_ready(server_process)
        yield server_process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _command(name: str, data: DataSet, port: int) -> tuple[list[str], dict[str, str]]:
    if name == "sql":
        environment = {"BENCH_URL": data.plain_url, "BENCH_ORGANIZATION": str(data.organization_id)}
        options = ["--log-level", "error", "--port", str(port)]
        return [sys.executable, "-m", "uvicorn", "bench.sql_app:app", *options], environment
    if name in ("postgraphile", "protected"):
        environment = {"DATABASE_URL": data.plain_url, "NODE_ENV": "production", "PORT": str(port)}
        if name == "protected":
            environment["ORGANIZATION"] = str(data.organization_id)
        return _peer_command(port), environment
    return [sys.executable, "-m", "service", "serve"], {
        "OKRGRAPH_DATABASE_URL": data.url,
        "OKRGRAPH_EXECUTOR": name,
        **PATIENT_SETTINGS,
        "OKRGRAPH_LOG_LEVEL": "WARNING",
        "PORT": str(port),
    }


def _peer_command(port: int) -> list[str]:
    node = PEER_FOLDER / "node_modules" / ".bin" / "node"
    if not node.exists():
        PEER_FOLDER.mkdir(parents=True, exist_ok=True)
        npm = shutil.which("npm")
        if npm is None:
            raise PeerUnavailable("npm is not there to install it")
        (PEER_FOLDER / "package.json").write_text('{"name": "peer", "version": "1.0.0", "private": true}')
        packages = ["postgraphile@5", "node@22"]
        completed = subprocess.run([npm, "install", "--no-audit", "--no-fund", *packages], cwd=PEER_FOLDER, check=False)
        if completed.returncode or not node.exists():
            raise PeerUnavailable("npm could not install it")
    return [str(node), str(Path(__file__).with_name("peer.mjs")), str(PEER_FOLDER)]


def _wait_until_ready(server_process: Server) -> None:
    path, body = server_process.request("small")
    for _ in range(1200):
        if server_process.process.poll() is not None:
            raise PeerUnavailable(f"it ended at once with {server_process.process.returncode}")
        try:
            headers = {"content-type": "application/json", **server_process.headers}
            url = f"http://127.0.0.1:{server_process.port}{path}"
            with urllib.request.urlopen(urllib.request.Request(url, body or None, headers), timeout=10):
                return
        except OSError:
            time.sleep(0.1)
    raise PeerUnavailable("it does not answer")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
