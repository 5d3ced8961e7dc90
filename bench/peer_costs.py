"""`small` and `tree` beside the peers: alone and in turn."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from bench.asking import Cost
from bench.data import DataSet, copied
from bench.documents import DOCUMENTS
from bench.equality import differing_reads
from bench.peers import PEERS, peer
from bench.rounds import Costs, alone, in_turn, median_cost, ratio, shown, warm_up
from bench.servers import BY_HAND, CORE, NAMES, OURS, Server, Unavailable, by_hand, server
from bench.tables import table
from bench.targets import Target, at_most, unmeasured

COMPARED = (DOCUMENTS["small"], DOCUMENTS["tree"])
DEFAULT = (OURS, BY_HAND, "postgraphile", "postgraphile-protected", "mercurius", "graphql-jit")
ALL = (OURS, CORE, *(name for name in DEFAULT if name != OURS), *(name for name in PEERS if name.endswith("-64")))
TITLES = NAMES | {name: each.title for name, each in PEERS.items()}
# Document, peer, at most, and whether each is measured alone.
AIMS = (
    ("small", "postgraphile", 1.0, True),
    ("small", "graphql-jit", 0.8, True),
    ("tree", "postgraphile", 0.4, False),
    ("tree", "graphql-jit", 0.6, False),
    ("tree", CORE, 0.1, False),
)


class PeerCosts(NamedTuple):
    """The costs of all servers alone and in turn, why others are missing, and where answers differ from ours."""

    alone: Costs
    in_turn: Costs
    missing: dict[str, str]
    differing: dict[str, str]


@contextmanager
def any_server(name: str, data: DataSet) -> Iterator[Server]:
    """One of `TITLES` on a copy of a data set. Raises Unavailable."""
    if name in PEERS:
        with peer(name, data) as running_server:
            yield running_server
    elif name == BY_HAND:
        with by_hand(data) as running_server:
            yield running_server
    else:
        with server(name, data) as running_server:
            yield running_server


def measure(data: DataSet, names: Sequence[str], rounds: int, warm: int) -> PeerCosts:
    """Measures the servers of some names, first each alone."""
    missing: dict[str, str] = {}
    differing: dict[str, str] = {}
    lone: dict[tuple[str, str], Sequence[Cost]] = {}
    with copied(data, "peers") as copy:
        for name in names:
            try:
                with any_server(name, copy) as running_server:
                    lone.update(alone(running_server, COMPARED, rounds, warm))
            except Unavailable as reason:
                missing[name] = str(reason)
        turns = _in_turn(copy, [name for name in names if name not in missing], rounds, warm, differing)
    return PeerCosts(lone, turns, missing, differing)


def _in_turn(copy: DataSet, names: Sequence[str], rounds: int, warm: int, differing: dict[str, str]) -> Costs:
    with ExitStack() as stack:
        servers = {name: stack.enter_context(any_server(name, copy)) for name in names}
        for name, each in servers.items():
            for document, where in differing_reads(servers[OURS], each, COMPARED).items():
                differing.setdefault(name, f"`{document}`{where}")

        async def run() -> Costs:
            for each in servers.values():
                for document in COMPARED:
                    await warm_up(each, document, warm)
            return await in_turn(servers, COMPARED, rounds)

        return asyncio.run(run())


def peers_table(costs: PeerCosts, names: Sequence[str]) -> str:
    """One row for each server: its costs, and the ratios of ours to them."""
    rows = []
    for name in names:
        if name in costs.missing:
            rows.append([TITLES[name], f"not measured: {costs.missing[name]}", *[""] * 8])
            continue
        row = [TITLES[name]]
        for document in COMPARED:
            for source in (costs.alone, costs.in_turn):
                ratios = str(ratio(source[OURS, document.name], source[name, document.name])) if name != OURS else ""
                row += [shown(median_cost(source[name, document.name])), ratios]
        rows.append([*row, f"no: {costs.differing[name]}" if name in costs.differing else "yes"])
    head = [f"`{document.name}` {how}" for document in COMPARED for how in ("alone", "in turn")]
    columns = [column for each in head for column in (each, "okrgraph / it")]
    return table(["server", *columns, "same answers"], rows)


def peer_targets(costs: PeerCosts) -> list[Target]:
    """The ratios to peers."""
    targets = []
    for document, name, limit, is_alone in AIMS:
        title = f"`{document}` against {TITLES[name]}, {'alone' if is_alone else 'in turn'}"
        source = costs.alone if is_alone else costs.in_turn
        if (name, document) in source:
            each = ratio(source[OURS, document], source[name, document])
            targets.append(at_most(title, limit, each.median, str(each)))
        else:
            targets.append(
                unmeasured(title, f"at most {limit:g}", costs.missing.get(name, "only by `make bench-full`"))
            )
    return targets
