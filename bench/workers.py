"""Two workers against one, at 32 clients."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from bench.clients import AIMED_CLIENTS, SMALL, ratios, warm_up
from bench.crowd import HEAD, cells, summary
from bench.data import DataSet, copied
from bench.load import Load, run_load
from bench.servers import OURS, Unavailable, server
from bench.tables import table
from bench.targets import Target, at_least, at_most, unmeasured
from service.settings import ROOT

OPTION = "--workers"
CPU_TITLE = "CPU per request, two workers against one"
CPU_LIMIT = 1.1
THROUGHPUT_TITLE = "throughput, two workers against one"
# Of two cores that the clients and Postgres use too.
THROUGHPUT_LIMIT = 1.7

Loads = Mapping[int, Sequence[Load]]


def measure(data: DataSet, rounds: int, seconds: int) -> Loads:
    """The loads of each round by number of workers, in turn. Raises Unavailable."""
    if not _has_option():
        raise Unavailable(f"`serve` has no option `{OPTION}`")
    with ExitStack() as stack:
        copy = stack.enter_context(copied(data, "workers"))
        servers = {
            workers: stack.enter_context(server(OURS, copy, options=(OPTION, str(workers)), log=f"workers-{workers}"))
            for workers in (1, 2)
        }
        for each in servers.values():
            warm_up(each)
        loads: dict[int, list[Load]] = {workers: [] for workers in servers}
        for number in range(rounds):
            for workers in sorted(servers, reverse=number % 2 == 1):
                loads[workers].append(run_load(servers[workers], SMALL, AIMED_CLIENTS, seconds))
    return loads


def _has_option() -> bool:
    command = [sys.executable, "-m", "service", "serve", "--help"]
    output = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return OPTION in output


def workers_table(loads: Loads) -> str:
    """One row for each number of workers."""
    rows = [[str(workers), *cells(summary(rounds))] for workers, rounds in loads.items()]
    return f"`small`, {AIMED_CLIENTS} clients, by number of workers:\n\n" + table(["workers", *HEAD], rows)


def worker_targets(loads: Loads | None, reason: str = "") -> list[Target]:
    """CPU time and throughput of two workers; without loads, why there are none."""
    if loads is None:
        return [
            unmeasured(CPU_TITLE, f"at most {CPU_LIMIT:g}", reason),
            unmeasured(THROUGHPUT_TITLE, f"at least {THROUGHPUT_LIMIT:g}", reason),
        ]
    costs = ratios([load.cost.total for load in loads[2]], [load.cost.total for load in loads[1]])
    rates = ratios([load.rate for load in loads[2]], [load.rate for load in loads[1]])
    return [
        at_most(CPU_TITLE, CPU_LIMIT, costs.median, str(costs)),
        at_least(THROUGHPUT_TITLE, THROUGHPUT_LIMIT, rates.median, str(rates)),
    ]
