"""All documents beside their SQL by hand: CPU time in turn, and messages."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import NamedTuple

from bench.asking import Cost, measure_cost
from bench.data import DataSet, copied
from bench.documents import Document
from bench.equality import differing_reads, record_mutations
from bench.messages import REQUESTS as COUNTED_REQUESTS
from bench.messages import count_messages, counted
from bench.rounds import Costs, in_turn, median_cost, ratio, shown
from bench.servers import BY_HAND, OURS, Server, by_hand, server
from bench.tables import format_number, table
from bench.targets import Target, at_least, at_most

READ_LIMIT, WRITE_LIMIT = 2.0, 3.0
MAX_MESSAGES = {False: 3, True: 7}
POINTS_A_SECOND = 20_000
DEPTH_LIMIT = 1.3
# `measure_cost` sends these before each round.
WARM_REQUESTS = 3
WARM_ROUNDS = 2


class DocumentCosts(NamedTuple):
    """The costs by server and document, the messages of both, and where the answers of queries differ."""

    documents: Sequence[Document]
    costs: Costs
    messages: Mapping[tuple[str, str], int]
    differing: Mapping[str, str]


def measure(data: DataSet, documents: Sequence[Document], rounds: int) -> DocumentCosts:
    """Measures okrgraph and the application by hand, each on its own copy of the data, in turn."""
    mutations = [each for each in documents if each.is_mutation]
    counts = {each.name: numbers_needed(each, rounds) for each in mutations}
    changes = record_mutations(data, mutations, counts) if mutations else None
    with ExitStack() as stack:
        ours_copy = stack.enter_context(copied(data, "ours"))
        hand_copy = stack.enter_context(copied(data, "by-hand"))
        servers = {
            OURS: stack.enter_context(server(OURS, ours_copy)),
            BY_HAND: stack.enter_context(by_hand(hand_copy, changes)),
        }
        reads = [each for each in documents if not each.is_mutation]
        differing = differing_reads(servers[OURS], servers[BY_HAND], reads)
        costs = asyncio.run(warm_and_measure(servers, documents, rounds))
    messages: dict[tuple[str, str], int] = {}
    for name in (OURS, BY_HAND):
        with ExitStack() as stack:
            copy, counter = stack.enter_context(counted(stack.enter_context(copied(data, "messages"))))
            target = stack.enter_context(server(OURS, copy) if name == OURS else by_hand(copy, changes))
            for each in documents:
                messages[name, each.name] = asyncio.run(count_messages(target, each, counter))
    return DocumentCosts(documents, costs, messages, differing)


def numbers_needed(document: Document, rounds: int) -> int:
    """How many requests of a mutation a run sends to a server at most."""
    warm = WARM_ROUNDS * document.requests + WARM_REQUESTS
    return max(COUNTED_REQUESTS, warm + rounds * (document.requests + WARM_REQUESTS))


async def warm_and_measure(servers: Mapping[str, Server], documents: Sequence[Document], rounds: int) -> Costs:
    """The costs of servers in turn, after some requests of each document."""
    for document in documents:
        for each in servers.values():
            await measure_cost(each, document, WARM_ROUNDS * document.requests, WARM_REQUESTS)
    return await in_turn(servers, documents, rounds)


def documents_table(results: DocumentCosts) -> str:
    """One row for each document."""
    rows = []
    for document in results.documents:
        ours, hand = (results.costs[name, document.name] for name in (OURS, BY_HAND))
        messages = [str(results.messages[name, document.name]) for name in (OURS, BY_HAND)]
        differing = results.differing.get(document.name)
        row = [f"`{document.name}`", shown(median_cost(ours)), shown(median_cost(hand)), str(ratio(ours, hand))]
        rows.append([*row, *messages, f"no: {differing}" if differing else "yes"])
    head = ["document", "okrgraph: server + Postgres", "by hand", "okrgraph / by hand", "messages", "by hand"]
    return table([*head, "same answers"], rows)


def document_targets(results: DocumentCosts) -> list[Target]:
    """The largest ratio of queries and of mutations, their messages, and what follows from single documents."""
    targets = []
    for is_mutation, kind, limit in ((False, "any query", READ_LIMIT), (True, "any mutation", WRITE_LIMIT)):
        documents = [each for each in results.documents if each.is_mutation == is_mutation]
        if not documents:
            continue
        ratios = {
            each.name: ratio(results.costs[OURS, each.name], results.costs[BY_HAND, each.name]) for each in documents
        }
        name, largest = max(ratios.items(), key=lambda item: item[1].median)
        beyond = [f"`{each}`" for each, value in ratios.items() if value.median > limit]
        listed = f"; beyond it: {', '.join(beyond)}" if beyond else ""
        targets.append(at_most(f"{kind} against SQL by hand", limit, largest.median, f"{largest}, `{name}`{listed}"))
        counts = {each.name: results.messages[OURS, each.name] for each in documents}
        most, most_messages = max(counts.items(), key=lambda item: item[1])
        aim = MAX_MESSAGES[is_mutation]
        targets.append(at_most(f"messages of {kind}", aim, most_messages, f"{most_messages}, `{most}`"))
    return [*targets, *_depth_target(results), *_recording_target(results)]


def _depth_target(results: DocumentCosts) -> list[Target]:
    deep, flat = ((OURS, name) for name in ("check-in-12", "check-in-0"))
    if deep not in results.costs or flat not in results.costs:
        return []
    each = ratio(results.costs[deep], results.costs[flat])
    return [at_most("a check-in twelve levels deep against one at the root", DEPTH_LIMIT, each.median, str(each))]


def _recording_target(results: DocumentCosts) -> list[Target]:
    recordings = [each for each in results.documents if each.objects > 1]
    targets = []
    for document in recordings:
        cost: Cost = median_cost(results.costs[OURS, document.name])
        for title, milliseconds in (("", cost.total), (", of the server alone", cost.server)):
            rate = document.objects / milliseconds * 1000
            name = f"measurements through the API, a second of one core{title}"
            targets.append(at_least(name, POINTS_A_SECOND, rate, format_number(round(rate))))
    return targets
