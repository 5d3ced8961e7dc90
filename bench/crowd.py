"""`python -m bench.crowd CHECKOUT`: many clients at once with default settings, two versions in turn."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from bench.asking import Cost
from bench.documents import DOCUMENTS
from bench.load import Load, has_wrk, run_load
from bench.servers import OURS
from bench.tables import table
from bench.versions import old_and_new

CLIENTS = (1, 8, 32, 64, 128)
HEAD = ("a second", "p50", "p99", "longest", "not served", "CPU: server + Postgres")


def main() -> None:
    """Prints a row per number of clients and version, with medians over the rounds and the highest latency."""
    parser = argparse.ArgumentParser(prog="bench.crowd", description=__doc__)
    parser.add_argument("checkout", type=Path, help="the folder of the other version")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--clients", default=",".join(map(str, CLIENTS)))
    parser.add_argument("--document", default="small", help="any query, which every client sends")
    options = parser.parse_args()
    document, rows = DOCUMENTS[options.document], []
    if not has_wrk():
        print("wrk is not installed: the clients are those of the benchmark itself.")
    with old_and_new(options.checkout, OURS) as ((old, _), (new, _)):
        versions = {"old": old, "new": new}
        for each in versions.values():
            run_load(each, document, 8, options.seconds)
        for clients in map(int, options.clients.split(",")):
            loads: dict[str, list[Load]] = {name: [] for name in versions}
            for number in range(options.rounds):
                for name in sorted(versions, reverse=number % 2 == 1):
                    loads[name].append(run_load(versions[name], document, clients, options.seconds))
            rows += [[str(clients), name, *cells(summary(rounds))] for name, rounds in loads.items()]
    print(table(["clients", "version", *HEAD], rows))


def summary(loads: Sequence[Load]) -> Load:
    """The medians of several rounds, with the highest latency and all that were refused."""
    rate, p50, p99 = (median(column) for column in list(zip(*loads, strict=True))[:3])
    cost = Cost(*(median(column) for column in zip(*(load.cost for load in loads), strict=True)))
    return Load(rate, p50, p99, max(load.slowest for load in loads), sum(load.refused for load in loads), cost)


def cells(load: Load) -> list[str]:
    """The cells of `HEAD`."""
    latencies = [f"{milliseconds:.0f} ms" for milliseconds in (load.median, load.p99, load.slowest)]
    return [f"{load.rate:.0f}", *latencies, str(load.refused), f"{load.cost.server:.2f} + {load.cost.postgres:.2f} ms"]


if __name__ == "__main__":
    main()
