"""Many clients at once: wrk if it is installed, else clients of our own, which take more time of the machine."""

import asyncio
import re
import shutil
import subprocess
import tempfile
import time
from statistics import quantiles
from typing import NamedTuple

from bench.asking import ACCOUNTING_SECONDS, Cost, open_connection, spent
from bench.documents import Document
from bench.servers import Server

UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}
SCRIPT = """
wrk.method = "POST"
wrk.body = {body!r}
wrk.headers["content-type"] = "application/json"
wrk.headers["accept"] = "application/json"
wrk.headers["authorization"] = "Bearer {key}"
"""


class Load(NamedTuple):
    """Requests per second, latencies in milliseconds, failed requests, and the CPU time of a request."""

    rate: float
    median: float
    p99: float
    slowest: float
    refused: int
    cost: Cost


def has_wrk() -> bool:
    """Whether wrk is installed."""
    return shutil.which("wrk") is not None


def run_load(server: Server, document: Document, clients: int, seconds: int) -> Load:
    """The load of `clients` that each send the same request as soon as they have a response."""
    before = spent(server)
    load, served = (_by_wrk if has_wrk() else _by_ourselves)(server, document, clients, seconds)
    time.sleep(ACCOUNTING_SECONDS)
    after, served = spent(server), max(1, served)
    return load._replace(cost=Cost((after[0] - before[0]) / served, (after[1] - before[1]) / served))


def _by_wrk(server: Server, document: Document, clients: int, seconds: int) -> tuple[Load, int]:
    path, body = server.target_and_body(document)
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(SCRIPT.format(body=body.decode(), key=server.key))
        script.flush()
        url = f"http://127.0.0.1:{server.port}{path}"
        options = ("--threads", "1", "--connections", str(clients), "--duration", f"{seconds}s", "--timeout", "60s")
        command = ("wrk", *options, "--latency", "--script", script.name, url)
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    lost = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", output)
    load = Load(
        rate=float(_match(r"Requests/sec:\s+([\d.]+)", output)[1]),
        median=_milliseconds(r"50%\s+([\d.]+)(us|ms|s|m)", output),
        p99=_milliseconds(r"99%\s+([\d.]+)(us|ms|s|m)", output),
        slowest=_milliseconds(r"Latency\s+\S+\s+\S+\s+([\d.]+)(us|ms|s|m)", output),
        refused=sum(int(each) for match in (refused, lost) if match for each in match.groups()),
        cost=Cost(0, 0),
    )
    return load, int(_match(r"(\d+) requests in", output)[1])


def _by_ourselves(server: Server, document: Document, clients: int, seconds: int) -> tuple[Load, int]:
    times: list[float] = []
    failures: list[str] = []

    async def client(until: float) -> None:
        connection = await open_connection(server)
        while (started_at := time.perf_counter()) < until:
            try:
                await connection.ask(document)
            except RuntimeError as error:
                failures.append(str(error))
            else:
                times.append((time.perf_counter() - started_at) * 1000)
        connection.close()

    async def run() -> None:
        until = time.perf_counter() + seconds
        await asyncio.gather(*(client(until) for _ in range(clients)))

    started_at = time.perf_counter()
    asyncio.run(run())
    rate = len(times) / (time.perf_counter() - started_at)
    percentiles = quantiles(times, n=100)
    load = Load(rate, percentiles[49], percentiles[98], max(times), len(failures), Cost(0, 0))
    return load, len(times) + len(failures)


def _milliseconds(pattern: str, output: str) -> float:
    match = _match(pattern, output)
    return float(match[1]) * UNITS[match[2]]


def _match(pattern: str, output: str) -> "re.Match[str]":
    match = re.search(pattern, output)
    if match is None:
        raise RuntimeError(output)
    return match
