"""`python -m bench.crowd CHECKOUT`: many clients of `small` at once with default settings, two versions in turn."""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench.paired import hold_data
from bench.servers import Server, server
from service.settings import ROOT

CLIENTS = (64, 128, 256)
UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}
SCRIPT = """
wrk.method = "POST"
wrk.body = {body!r}
wrk.headers["content-type"] = "application/json"
{headers}
"""


class LoadResult(NamedTuple):
    """The result of a load: requests per second, latencies in milliseconds, and failed requests."""

    rate: float
    median: float
    p99: float
    slowest: float
    refused: int


def main() -> None:
    """Prints a line per version and number of clients, with medians over the rounds and the highest latency."""
    parser = argparse.ArgumentParser(prog="bench.crowd", description=__doc__)
    parser.add_argument("checkout", type=Path, help="the folder of the other version")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=8)
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed")
    with ExitStack() as stack:
        versions = {
            name: stack.enter_context(server("breadth-first", data, folder, is_patient=False))
            for name, folder in (("before", options.checkout.resolve()), ("now", ROOT))
            for data, _ in [stack.enter_context(hold_data(folder))]
        }
        for clients in CLIENTS:
            results: dict[str, list[LoadResult]] = {name: [] for name in versions}
            for number in range(options.rounds):
                for name in sorted(versions, reverse=number % 2 == 1):
                    results[name].append(run_load(versions[name], clients, options.seconds))
            for name, rounds in results.items():
                rate, p50, p99, _, _ = (median(column) for column in zip(*rounds, strict=True))
                slowest, refused = max(each.slowest for each in rounds), sum(each.refused for each in rounds)
                print(f"{clients} clients, {name}: {rate:.0f}/s, p50 {p50:.0f} ms, p99 {p99:.0f} ms,", end=" ")
                print(f"longest {slowest:.0f} ms, not served {refused}")


def run_load(target: Server, clients: int, seconds: int) -> LoadResult:
    """The result of `clients` that each send a request as soon as they have a response."""
    path, body = target.request("small")
    headers = "\n".join(f"wrk.headers[{name!r}] = {value!r}" for name, value in target.headers.items())
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(SCRIPT.format(body=body.decode(), headers=headers))
        script.flush()
        url = f"http://127.0.0.1:{target.port}{path}"
        options = ("--threads", "1", "--connections", str(clients), "--duration", f"{seconds}s", "--timeout", "60s")
        command = ("wrk", *options, "--latency", "--script", script.name, url)
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    lost = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", output)
    return LoadResult(
        rate=float(match_output(r"Requests/sec:\s+([\d.]+)", output)[1]),
        median=parse_milliseconds(r"50%\s+([\d.]+)(us|ms|s|m)", output),
        p99=parse_milliseconds(r"99%\s+([\d.]+)(us|ms|s|m)", output),
        slowest=parse_milliseconds(r"Latency\s+\S+\s+\S+\s+([\d.]+)(us|ms|s|m)", output),
        refused=sum(int(each) for match in (refused, lost) if match for each in match.groups()),
    )


def parse_milliseconds(pattern: str, output: str) -> float:
    """A time in the output of wrk, converted to milliseconds."""
    match = match_output(pattern, output)
    return float(match[1]) * UNITS[match[2]]


def match_output(pattern: str, output: str) -> "re.Match[str]":
    """The match of a pattern in the output of wrk. Raises RuntimeError without one."""
    match = re.search(pattern, output)
    if match is None:
        raise RuntimeError(output)
    return match


if __name__ == "__main__":
    main()
