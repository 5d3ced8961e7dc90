"""`python -m bench`: servers side by side in one run; the tables go into docs/performance.md."""

import argparse
import sys
import time
from collections.abc import Callable

from bench import clients, document_costs, growth, holds, peer_costs, refusal_times, report, screens, workers
from bench.data import DataSet, data_set
from bench.documents import DOCUMENTS
from bench.rounds import MIN_WARM
from bench.servers import Unavailable
from bench.targets import Target, targets_table

# Fewer rounds give no interval.
MIN_REFUSAL_ROUNDS = 9
Part = Callable[[DataSet, argparse.Namespace], tuple[list[str], list[Target]]]


def main() -> None:
    """Runs the parts of the benchmark and writes the report."""
    options = _options()
    sections, targets = [], []
    with data_set() as data:
        for name in options.parts.split(","):
            started_at = time.monotonic()
            tables, reached = PARTS[name](data, options)
            sections += [f"## {name.capitalize()}", *tables]
            targets += reached
            print(f"{name}: {time.monotonic() - started_at:.0f} s", file=sys.stderr, flush=True)
    command = "make bench-full" if options.full else "make bench"
    sections = [report.head(command, options.rounds, options.warm), "## Targets", targets_table(targets), *sections]
    print("\n\n".join(sections))
    if not options.dry:
        report.write(sections)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--parts", default=",".join(PARTS), help="some of the parts, with commas")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--warm", type=int, default=MIN_WARM, help="requests of `small` before anything is measured")
    parser.add_argument("--seconds", type=int, default=4, help="how long many clients send in a round")
    parser.add_argument("--full", action="store_true", help="all peers, more rounds of many clients")
    parser.add_argument("--large", action="store_true", help="organizations of 100 000 and of a million objectives too")
    parser.add_argument("--dry", action="store_true", help="print the report, and do not write it")
    options = parser.parse_args()
    if unknown := [name for name in options.parts.split(",") if name not in PARTS]:
        parser.error(f"there is no part {unknown[0]}; there are {', '.join(PARTS)}")
    return options


def _peers(data: DataSet, options: argparse.Namespace) -> tuple[list[str], list[Target]]:
    names = peer_costs.ALL if options.full else peer_costs.DEFAULT
    costs = peer_costs.measure(data, names, options.rounds, options.warm)
    return [peer_costs.peers_table(costs, names)], peer_costs.peer_targets(costs)


def _documents(data: DataSet, options: argparse.Namespace) -> tuple[list[str], list[Target]]:
    results = document_costs.measure(data, list(DOCUMENTS.values()), options.rounds)
    return [document_costs.documents_table(results)], document_costs.document_targets(results)


def _screens(data: DataSet, options: argparse.Namespace) -> tuple[list[str], list[Target]]:
    results = screens.measure(data, options.rounds)
    return [screens.screens_table(results)], screens.screen_targets(results)


def _clients(data: DataSet, options: argparse.Namespace) -> tuple[list[str], list[Target]]:
    names = peer_costs.ALL if options.full else clients.DEFAULT
    loads, missing = clients.measure(data, names, options.rounds if options.full else 3, options.seconds)
    return [clients.clients_table(loads, missing)], clients.client_targets(loads, missing)


def _waiting(data: DataSet, options: argparse.Namespace) -> tuple[list[str], list[Target]]:
    times = holds.measure(data, options.rounds)
    return [holds.blocking_table(times)], [holds.blocking_target(times)]


def _workers(data: DataSet, options: argparse.Namespace) -> tuple[list[str], list[Target]]:
    try:
        loads = workers.measure(data, options.rounds, options.seconds)
    except Unavailable as reason:
        return [f"Not measured: {reason}."], workers.worker_targets(None, str(reason))
    return [workers.workers_table(loads)], workers.worker_targets(loads)


def _growth(data: DataSet, options: argparse.Namespace) -> tuple[list[str], list[Target]]:
    costs, memory = growth.measure_responses(data)
    tables = [growth.responses_table(costs)]
    if not options.large:
        tables.append("Larger organizations were not measured; `make bench-full` does.")
        return tables, [memory, *growth.organization_targets(None)]
    organizations = growth.measure_organizations(data, growth.SIZES, options.rounds)
    tables.append(growth.organizations_table(organizations, growth.SIZES))
    return tables, [memory, *growth.organization_targets(organizations)]


def _refusals(data: DataSet, options: argparse.Namespace) -> tuple[list[str], list[Target]]:
    ratios = refusal_times.measure(data, max(options.rounds, MIN_REFUSAL_ROUNDS))
    return [refusal_times.refusals_table(ratios)], [*refusal_times.refusal_targets(ratios)]


PARTS: dict[str, Part] = {
    "peers": _peers,
    "documents": _documents,
    "screens": _screens,
    "clients": _clients,
    "waiting": _waiting,
    "refusals": _refusals,
    "workers": _workers,
    "growth": _growth,
}

if __name__ == "__main__":
    main()
