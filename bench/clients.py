"""Many clients of `small` at once: okrgraph and its peers side by side, in turn."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from math import inf

from bench.crowd import CLIENTS, HEAD, cells, summary
from bench.data import DataSet, copied
from bench.documents import DOCUMENTS
from bench.intervals import Estimate, estimate
from bench.load import Load, has_wrk, run_load
from bench.peer_costs import TITLES, any_server
from bench.rounds import MIN_WARM
from bench.servers import OURS, Server, Unavailable
from bench.tables import table
from bench.targets import Target, at_least, at_most, unmeasured

SMALL = DOCUMENTS["small"]
DEFAULT = (OURS, "postgraphile", "postgraphile-protected", "mercurius", "graphql-jit")
AIMED_CLIENTS = 32
WARM_SECONDS = 4
MAX_WARM_LOADS = 4
# Peer, least throughput and highest p99 relative to its own.
AIMS = (("postgraphile", 0.8, 2.0), ("graphql-jit", 1.0, 1.0))

Loads = Mapping[tuple[int, str], Sequence[Load]]


def measure(data: DataSet, names: Sequence[str], rounds: int, seconds: int) -> tuple[Loads, dict[str, str]]:
    """The loads of each round by number of clients and server, and why other servers are missing."""
    loads: dict[tuple[int, str], list[Load]] = {}
    missing: dict[str, str] = {}
    with ExitStack() as stack:
        copy = stack.enter_context(copied(data, "clients"))
        servers = {}
        for name in names:
            try:
                servers[name] = stack.enter_context(any_server(name, copy))
            except Unavailable as reason:
                missing[name] = str(reason)
        for each in servers.values():
            warm_up(each)
        for clients in CLIENTS:
            for number in range(rounds):
                for name in sorted(servers, reverse=number % 2 == 1):
                    load = run_load(servers[name], SMALL, clients, seconds)
                    loads.setdefault((clients, name), []).append(load)
    return loads, missing


def warm_up(server: Server) -> None:
    """Sends as many requests as Node needs to compile what is hot, or for as long as is reasonable."""
    sent = 0.0
    for _ in range(MAX_WARM_LOADS):
        sent += run_load(server, SMALL, AIMED_CLIENTS, WARM_SECONDS).rate * WARM_SECONDS
        if sent >= MIN_WARM:
            return


def clients_table(loads: Loads, missing: Mapping[str, str]) -> str:
    """One row for each number of clients and server."""
    rows = [[str(clients), TITLES[name], *cells(summary(rounds))] for (clients, name), rounds in loads.items()]
    rows += [["", TITLES[name], f"not measured: {reason}", *[""] * (len(HEAD) - 1)] for name, reason in missing.items()]
    by = "wrk with one thread" if has_wrk() else "the benchmark's own clients, since wrk is not installed"
    return f"`small` for many clients, by {by}:\n\n" + table(["clients", "server", *HEAD], rows)


def client_targets(loads: Loads, missing: Mapping[str, str]) -> list[Target]:
    """Throughput and the 99th percentile against peers."""
    targets = []
    ours = loads.get((AIMED_CLIENTS, OURS))
    for name, least, most in AIMS:
        others = loads.get((AIMED_CLIENTS, name))
        titles = [f"`small`, {AIMED_CLIENTS} clients, {what} against {TITLES[name]}" for what in ("throughput", "p99")]
        if ours is None or others is None:
            reason = missing.get(name, "not in this run")
            targets += [
                unmeasured(titles[0], f"at least {least:g}", reason),
                unmeasured(titles[1], f"at most {most:g}", reason),
            ]
            continue
        rates = ratios([load.rate for load in ours], [load.rate for load in others])
        delays = ratios([load.p99 for load in ours], [load.p99 for load in others])
        targets.append(at_least(titles[0], least, rates.median, str(rates)))
        targets.append(at_most(titles[1], most, delays.median, str(delays)))
    return targets


def ratios(values: Sequence[float], others: Sequence[float]) -> Estimate:
    """The ratio of two servers, round by round."""
    return estimate([one / other if other else inf for one, other in zip(values, others, strict=True)])
