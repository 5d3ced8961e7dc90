"""The named operations: CPU time of okrgraph, and of those that have it, of the statement by hand in turn."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import NamedTuple

import asyncpg

from bench.asking import fetch_answer
from bench.data import DataSet, copied, plain_url
from bench.document_costs import warm_and_measure
from bench.documents import Document
from bench.documents.screen_statements import STATEMENTS
from bench.documents.screens import screens
from bench.equality import differing_reads
from bench.rounds import Costs, median_cost, ratio, shown
from bench.servers import BY_HAND, OURS, by_hand, server
from bench.tables import table
from bench.targets import Target, at_most

LIMIT = 3.0
# Whose goals the caller gets.
PERSON = "person-8"
CALLER = "UPDATE {table} SET owner_id = (SELECT id FROM people WHERE name = 'Ada') WHERE owner_id = (\n" + (
    f"    SELECT id FROM people WHERE external_id = '{PERSON}')"
)


class ScreenCosts(NamedTuple):
    """The costs by server and document, and where the answers differ. The tests count the messages."""

    documents: Sequence[Document]
    costs: Costs
    differing: Mapping[str, str]


def measure(data: DataSet, rounds: int) -> ScreenCosts:
    """Measures both servers, each on its own copy of the data."""
    documents = screens()
    with_statement = [each for each in documents if each.name in STATEMENTS]
    without = [each for each in documents if each.name not in STATEMENTS]
    with ExitStack() as stack:
        copies = [stack.enter_context(copied(data, name)) for name in ("ours", "by-hand")]
        for copy in copies:
            asyncio.run(_give_goals_to_the_caller(copy))
        servers = {OURS: stack.enter_context(server(OURS, copies[0])), BY_HAND: stack.enter_context(by_hand(copies[1]))}
        differing = differing_reads(servers[OURS], servers[BY_HAND], with_statement)
        for each in without:
            # Raises RuntimeError for errors, which cost little.
            asyncio.run(fetch_answer(servers[OURS], each))
        costs = asyncio.run(warm_and_measure(servers, with_statement, rounds))
        alone = asyncio.run(warm_and_measure({OURS: servers[OURS]}, without, rounds))
    return ScreenCosts(documents, {**costs, **alone}, differing)


async def _give_goals_to_the_caller(copy: DataSet) -> None:
    """The caller has the goals of a person, so that its own are not none."""
    connection = await asyncpg.connect(plain_url(copy.url))
    try:
        await connection.execute(CALLER.format(table="objectives"))
    finally:
        await connection.close()


def screens_table(results: ScreenCosts) -> str:
    """One row for each document."""
    rows = []
    for name in (each.name for each in results.documents):
        row = [f"`{name}`", shown(median_cost(results.costs[OURS, name]))]
        if name in STATEMENTS:
            hand = results.costs[BY_HAND, name]
            row += [shown(median_cost(hand)), str(ratio(results.costs[OURS, name], hand))]
            row.append(f"no: {results.differing[name]}" if name in results.differing else "yes")
        rows.append([*row, *[""] * (5 - len(row))])
    head = ["operation", "okrgraph: server + Postgres", "by hand", "okrgraph / by hand", "same answers"]
    return table(head, rows)


def screen_targets(results: ScreenCosts) -> list[Target]:
    """The largest ratio."""
    ratios = {name: ratio(results.costs[OURS, name], results.costs[BY_HAND, name]) for name in STATEMENTS}
    name, largest = max(ratios.items(), key=lambda item: item[1].median)
    beyond = [f"`{each}`" for each, value in ratios.items() if value.median > LIMIT]
    listed = f"; beyond it: {', '.join(beyond)}" if beyond else ""
    return [at_most("any screen against SQL by hand", LIMIT, largest.median, f"{largest}, `{name}`{listed}")]
