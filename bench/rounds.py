"""Rounds of several servers in turn, or of one alone."""

import asyncio
from collections.abc import Mapping, Sequence
from statistics import median

from bench.asking import Cost, measure_cost
from bench.documents import Document
from bench.intervals import Estimate, estimate
from bench.servers import Server

# Node compiles what is hot for some three thousand requests.
MIN_WARM, MAX_WARM, WARM_STEP = 3_000, 5_000, 500
# A figure stands still when it changes by less than this from one step to the next.
STILL = 0.05
# Requests of other documents than `small` take many times its time, and are warmed up by fewer.
WARM_ROUNDS = 2
WARM_TREES = 100

Costs = Mapping[tuple[str, str], Sequence[Cost]]


async def warm_up(server: Server, document: Document, warm: int = MIN_WARM) -> None:
    """Sends requests until the CPU time of one stands still, of `small` at least `warm`."""
    if document.name != "small":
        requests = WARM_TREES if document.name == "tree" else WARM_ROUNDS * document.requests
        await measure_cost(server, document, max(1, requests * warm // MIN_WARM))
        return
    sent, previous = 0, 0.0
    while True:
        step = min(WARM_STEP, warm)
        cost = (await measure_cost(server, document, step)).total
        sent += step
        if sent >= warm and (sent >= MAX_WARM or abs(cost - previous) <= STILL * previous):
            return
        previous = cost


async def in_turn(servers: Mapping[str, Server], documents: Sequence[Document], rounds: int) -> Costs:
    """The costs of each round by server and document. The order of the servers turns round each time."""
    costs: dict[tuple[str, str], list[Cost]] = {}
    for number in range(rounds):
        for document in documents:
            for name in sorted(servers, reverse=number % 2 == 1):
                costs.setdefault((name, document.name), []).append(await measure_cost(servers[name], document))
    return costs


def alone(server: Server, documents: Sequence[Document], rounds: int, warm: int) -> Costs:
    """The costs of each round by document, while no other server runs, each document warmed up by itself."""

    async def run() -> Costs:
        costs: dict[tuple[str, str], list[Cost]] = {}
        for document in documents:
            await warm_up(server, document, warm)
            costs[server.name, document.name] = [await measure_cost(server, document) for _ in range(rounds)]
        return costs

    return asyncio.run(run())


def median_cost(costs: Sequence[Cost]) -> Cost:
    """The medians of several rounds."""
    return Cost(median(each.server for each in costs), median(each.postgres for each in costs))


def ratio(costs: Sequence[Cost], others: Sequence[Cost]) -> Estimate:
    """The ratio of the total costs of two servers, round by round."""
    return estimate([one.total / other.total for one, other in zip(costs, others, strict=True)])


def shown(cost: Cost) -> str:
    """A cost in a cell."""
    return f"{cost.server:.2f} + {cost.postgres:.2f} ms"
