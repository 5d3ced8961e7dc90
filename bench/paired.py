"""`python -m bench.paired CHECKOUT`: this version against another one, in turn, by the ratios of their rounds."""

import argparse
import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from bench.asking import Cost, measure_cost
from bench.data import DataSet, copied
from bench.documents import DOCUMENTS, Document
from bench.intervals import estimate
from bench.messages import count_messages, counted
from bench.servers import OURS, Server, server
from bench.tables import table
from bench.versions import old_and_new
from service.settings import ROOT

# Compilers and caches stand still after so many requests, and by so many rounds of a document that is not warmed up.
WARM = {"small": 1500, "tree": 50}
WARM_ROUNDS = 2


def main() -> None:
    """Prints the ratios of CPU time, new / old, with their confidence intervals, and the messages to Postgres."""
    parser = argparse.ArgumentParser(prog="bench.paired", description=__doc__)
    parser.add_argument("checkout", type=Path, help="the folder of the other version")
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--executor", default=OURS)
    parser.add_argument("--documents", default="small,tree", help=f"any of {','.join(DOCUMENTS)}, or all")
    parser.add_argument("--requests", type=float, default=1, help="of the usual number of requests in a round")
    options = parser.parse_args()
    documents = chosen(options.documents)
    if options.requests != 1:
        documents = [each._replace(requests=max(1, int(each.requests * options.requests))) for each in documents]
    with old_and_new(options.checkout, options.executor) as ((old, old_data), (new, new_data)):
        costs = asyncio.run(compare_costs(old, new, documents, options.rounds))
        messages = [
            messages_of(options.executor, data, documents, folder)
            for data, folder in ((old_data, options.checkout.resolve()), (new_data, ROOT))
        ]
    head = ["document", "old", "new", "total", "server", "Postgres", "messages"]
    rows = [[name, *row(each), f"{messages[0][name]} → {messages[1][name]}"] for name, each in costs.items()]
    print(table(head, rows))


def chosen(names: str) -> list[Document]:
    """The documents of a list of names with commas. Exits with an error for an unknown name."""
    selected = list(DOCUMENTS) if names == "all" else names.split(",")
    if unknown := [name for name in selected if name not in DOCUMENTS]:
        raise SystemExit(f"There is no document {unknown[0]}; there are {', '.join(DOCUMENTS)}.")
    return [DOCUMENTS[name] for name in selected]


async def compare_costs(
    old: Server, new: Server, documents: Sequence[Document], rounds: int
) -> dict[str, list[tuple[Cost, Cost]]]:
    """The costs of each round, old and new, by document. The order of the versions alternates."""
    results: dict[str, list[tuple[Cost, Cost]]] = {document.name: [] for document in documents}
    for document in documents:
        for each in (old, new):
            await measure_cost(each, document, WARM.get(document.name, WARM_ROUNDS * document.requests))
    for number in range(rounds):
        for document in documents:
            if number % 2:
                before = await measure_cost(old, document)
                now = await measure_cost(new, document)
            else:
                now = await measure_cost(new, document)
                before = await measure_cost(old, document)
            results[document.name].append((before, now))
    return results


def row(rounds: Sequence[tuple[Cost, Cost]]) -> list[str]:
    """The median costs of both, and the ratios of totals, servers and Postgres."""
    before, now = (
        Cost(*(estimate(part).median for part in zip(*each, strict=True))) for each in zip(*rounds, strict=True)
    )
    ratios = [
        estimate([new.total / old.total for old, new in rounds]),
        estimate([new.server / old.server for old, new in rounds]),
        estimate([new.postgres / old.postgres for old, new in rounds]),
    ]
    return [f"{each.server:.2f} + {each.postgres:.2f} ms" for each in (before, now)] + [str(each) for each in ratios]


def messages_of(executor: str, data: DataSet, documents: Sequence[Document], folder: Path) -> dict[str, int]:
    """The messages to Postgres by document, counted on a further copy of the data."""
    with ExitStack() as stack:
        proxied, counter = stack.enter_context(counted(stack.enter_context(copied(data, "messages"))))
        target = stack.enter_context(server(executor, proxied, folder, log="messages"))
        return {each.name: asyncio.run(count_messages(target, each, counter)) for each in documents}


if __name__ == "__main__":
    main()
