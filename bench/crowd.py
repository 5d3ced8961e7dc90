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

from bench.paired import held
from bench.servers import Server, server
from service.settings import ROOT

CLIENTS = (64, 128, 256)
UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}
# What wrk knows of latencies: it has no option for another percentile than these.
SCRIPT = """
wrk.method = "POST"
wrk.body = {body!r}
wrk.headers["content-type"] = "application/json"
{headers}
"""


class Crowd(NamedTuple):
    """What many clients met: requests a second, milliseconds of waiting, and answers that were not 200."""

    rate: float
    median: float
    p99: float
    longest: float
    refused: int


def main() -> None:
    """Prints a line for each version and number of clients: the medians of the rounds, the worst of the longest."""
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
            for data, _ in [stack.enter_context(held(folder))]
        }
        for clients in CLIENTS:
            found: dict[str, list[Crowd]] = {name: [] for name in versions}
            for number in range(options.rounds):
                for name in sorted(versions, reverse=number % 2 == 1):
                    found[name].append(asked(versions[name], clients, options.seconds))
            for name, rounds in found.items():
                rate, half, p99, _, _ = (median(column) for column in zip(*rounds, strict=True))
                longest, refused = max(each.longest for each in rounds), sum(each.refused for each in rounds)
                print(f"{clients} clients, {name}: {rate:.0f}/s, p50 {half:.0f} ms, p99 {p99:.0f} ms,", end=" ")
                print(f"longest {longest:.0f} ms, not served {refused}")


def asked(made: Server, clients: int, seconds: int) -> Crowd:
    """What so many clients meet who each ask again as soon as they have an answer."""
    path, body = made.request("small")
    headers = "\n".join(f"wrk.headers[{name!r}] = {value!r}" for name, value in made.headers.items())
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(SCRIPT.format(body=body.decode(), headers=headers))
        script.flush()
        url = f"http://127.0.0.1:{made.port}{path}"
        options = ("--threads", "1", "--connections", str(clients), "--duration", f"{seconds}s", "--timeout", "60s")
        command = ("wrk", *options, "--latency", "--script", script.name, url)
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", told)
    lost = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", told)
    return Crowd(
        rate=float(found(r"Requests/sec:\s+([\d.]+)", told)[1]),
        median=milliseconds(r"50%\s+([\d.]+)(us|ms|s|m)", told),
        p99=milliseconds(r"99%\s+([\d.]+)(us|ms|s|m)", told),
        longest=milliseconds(r"Latency\s+\S+\s+\S+\s+([\d.]+)(us|ms|s|m)", told),
        refused=sum(int(each) for match in (refused, lost) if match for each in match.groups()),
    )


def milliseconds(pattern: str, told: str) -> float:
    """A time that wrk has printed with its unit."""
    match = found(pattern, told)
    return float(match[1]) * UNITS[match[2]]


def found(pattern: str, told: str) -> "re.Match[str]":
    """The match of a pattern in what wrk has printed. Raises RuntimeError."""
    match = re.search(pattern, told)
    if match is None:
        raise RuntimeError(told)
    return match


if __name__ == "__main__":
    main()
