"""`python -m bench.paired CHECKOUT`: this version against another one, in turn, by the ratios of their rounds."""

import argparse
import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from math import comb
from pathlib import Path
from statistics import median

import orjson

from bench.__main__ import REQUESTS
from bench.asking import measure_cost
from bench.data import DataSet
from bench.servers import Server, server
from service.settings import ROOT

CONFIDENCE = 0.9
# Runs the code of each version: creates its data, as schemas differ, and counts its messages.
HOLD_SCRIPT = """
import asyncio, sys, orjson
from bench.__main__ import OURS, statements
from bench.data import data_set
with data_set() as data:
    sent = {name: asyncio.run(statements(data, document)) for name, document in OURS.items()}
    facts = [data.url, str(data.organization_id), data.key, data.postgres]
    print(orjson.dumps([facts, sent]).decode(), flush=True)
    sys.stdin.read()
"""


def main() -> None:
    """Prints the median ratio of CPU time with its confidence interval, and the messages to Postgres."""
    parser = argparse.ArgumentParser(prog="bench.paired", description=__doc__)
    parser.add_argument("checkout", type=Path, help="the folder of the other version")
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--executor", default="breadth-first")
    options = parser.parse_args()
    with ExitStack() as stack:
        servers = [
            (stack.enter_context(server(options.executor, data, folder)), sent)
            for folder in (options.checkout.resolve(), ROOT)
            for data, sent in [stack.enter_context(hold_data(folder))]
        ]
        (old, sent_before), (new, sent_now) = servers
        ratios = asyncio.run(compare_costs(old, new, options.rounds))
    for document, each in ratios.items():
        low, high = confidence_interval(each)
        print(f"{document}: {median(each):.3f} ({low:.3f} to {high:.3f}) in {len(each)} rounds; messages ", end="")
        print(f"{sent_before[document]} before, {sent_now[document]} now")


@contextmanager
def hold_data(folder: Path) -> Iterator[tuple[DataSet, dict[str, int]]]:
    """The data set of a version, created by its own code, and its number of messages by document."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD_SCRIPT], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    line = ""
    while not line.startswith("[["):
        line = process.stdout.readline()
        if not line:
            raise SystemExit(f"{folder} made no data.")
    facts, sent = orjson.loads(line)
    try:
        yield DataSet(*facts), sent
    finally:
        process.stdin.close()
        process.wait()


async def compare_costs(old: Server, new: Server, rounds: int) -> dict[str, list[float]]:
    """The ratios of CPU time, new / old, of each round by document. The order of the versions alternates."""
    for each in (old, new):
        await measure_cost(each, "small", 1500)
        await measure_cost(each, "tree", 50)
    ratios: dict[str, list[float]] = {document: [] for document in REQUESTS}
    for number in range(rounds):
        for document, requests in REQUESTS.items():
            order = (old, new) if number % 2 else (new, old)
            costs = {each: (await measure_cost(server, document, requests)).total for each, server in enumerate(order)}
            before, now = (costs[0], costs[1]) if number % 2 else (costs[1], costs[0])
            ratios[document].append(now / before)
    return ratios


def confidence_interval(values: list[float]) -> tuple[float, float]:
    """The narrowest interval between order statistics that contains the median with at least `CONFIDENCE`."""
    ordered, count = sorted(values), len(values)
    tail_probability, rank = 0.0, 0
    while rank < count // 2 and 2 * (tail_probability + comb(count, rank) / 2**count) <= 1 - CONFIDENCE:
        tail_probability += comb(count, rank) / 2**count
        rank += 1
    low_index = max(rank - 1, 0)
    return ordered[low_index], ordered[-1 - low_index]


if __name__ == "__main__":
    main()
