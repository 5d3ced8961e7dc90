"""How costs grow with the size of the organization, and with the size of the response."""

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from typing import NamedTuple

from bench.asking import fetch_answer, measure_cost, open_connection
from bench.cpu import peak_megabytes, reset_peak, resident_megabytes
from bench.data import OBJECTIVES, DataSet, copied, grown
from bench.documents import DOCUMENTS, READS, Document
from bench.documents.reads import RESULTS
from bench.rounds import Costs, in_turn, median_cost, ratio, warm_up
from bench.servers import OURS, Server, server
from bench.tables import format_number, table
from bench.targets import Target, at_most, unmeasured

SIZES = (100_000, 1_000_000)
SIZE_LIMIT = 1.2
SIZE_TITLE = "any query, an organization of {size} objectives against " + format_number(OBJECTIVES)
WARM = 600
TREE_SIZES = ((1, 5), (5, 5), (20, 5), (100, 5))
MEMORY_LIMIT = 8
REQUESTS = 40


class ResponseCost(NamedTuple):
    """The CPU time of a response of a number of nodes."""

    nodes: int
    milliseconds: float


def measure_organizations(data: DataSet, sizes: Sequence[int], rounds: int) -> Costs:
    """The costs of each round by number of objectives and document, in turn."""
    with ExitStack() as stack:
        sets = {OBJECTIVES: stack.enter_context(copied(data, "growth"))} | {size: grown(data, size) for size in sizes}
        servers = {
            str(size): stack.enter_context(server(OURS, each, log=f"growth-{size}")) for size, each in sets.items()
        }

        async def run() -> Costs:
            for each in servers.values():
                for document in READS:
                    await warm_up(each, document, WARM)
            return await in_turn(servers, READS, rounds)

        return asyncio.run(run())


def organizations_table(costs: Costs, sizes: Sequence[int]) -> str:
    """One row for each query: its cost, and the ratios of larger organizations."""
    rows = []
    for document in READS:
        base = costs[str(OBJECTIVES), document.name]
        ratios = [str(ratio(costs[str(size), document.name], base)) for size in sizes]
        rows.append([f"`{document.name}`", f"{median_cost(base).total:.2f} ms", *ratios])
    head = ["query", format_number(OBJECTIVES), *(format_number(size) for size in sizes)]
    return "The same documents over larger organizations, as ratios:\n\n" + table(head, rows)


def organization_targets(costs: Costs | None) -> list[Target]:
    """The largest ratio for each size; without costs they are not measured."""
    targets = []
    for size in SIZES:
        title = SIZE_TITLE.format(size=format_number(size))
        if costs is None:
            targets.append(unmeasured(title, f"at most {SIZE_LIMIT:g}", "only by `make bench-full`"))
            continue
        ratios = {each.name: ratio(costs[str(size), each.name], costs[str(OBJECTIVES), each.name]) for each in READS}
        name, largest = max(ratios.items(), key=lambda item: item[1].median)
        beyond = [f"`{each}`" for each, value in ratios.items() if value.median > SIZE_LIMIT]
        listed = f"; beyond it: {', '.join(beyond)}" if beyond else ""
        targets.append(at_most(title, SIZE_LIMIT, largest.median, f"{largest}, `{name}`{listed}"))
    return targets


def tree_document(roots: int, children: int) -> Document:
    """A tree of three levels with key results."""
    query = f"""{{ objectives(first: {roots}) {{ nodes {{ title {RESULTS}
        children(first: {children}) {{ nodes {{ title {RESULTS} children(first: {children}) {{ nodes {{
        title {RESULTS} }} }} }} }} }} }} }}"""
    return Document(f"tree-{roots}-{children}", query, REQUESTS)


def measure_responses(data: DataSet) -> tuple[list[ResponseCost], Target]:
    """The costs of trees of increasing size, and the memory that a new server takes for the largest."""
    with copied(data, "responses") as copy:
        with server(OURS, copy, log="responses") as ours:
            costs = asyncio.run(_response_costs(ours))
        with server(OURS, copy, log="responses") as fresh:
            size, times = asyncio.run(_memory(fresh))
    title = f"memory above idle, a response of {size:.1f} MB"
    return costs, at_most(title, MEMORY_LIMIT, times, f"{times:.1f} times the response")


async def _response_costs(ours: Server) -> list[ResponseCost]:
    costs = []
    for roots, children in TREE_SIZES:
        document = tree_document(roots, children)
        nodes = str(await fetch_answer(ours, document)).count("'title'")
        costs.append(ResponseCost(nodes, (await measure_cost(ours, document)).total))
    return costs


async def _memory(fresh: Server) -> tuple[float, float]:
    connection = await open_connection(fresh)
    for _ in range(50):
        await connection.ask(DOCUMENTS["small"])
    pid = fresh.process.pid
    idle = resident_megabytes(pid)
    reset_peak(pid)
    size = len(await connection.ask(tree_document(*TREE_SIZES[-1]))) / 1024**2
    return size, (peak_megabytes(pid) - idle) / size


def responses_table(costs: Sequence[ResponseCost]) -> str:
    """CPU time per node and per additional node, by the size of the response."""
    rows = []
    for previous, each in zip([None, *costs], costs, strict=False):
        row = [format_number(each.nodes), f"{each.milliseconds:.2f}", f"{each.milliseconds / each.nodes * 1000:.1f}"]
        if previous is None:
            rows.append([*row, ""])
            continue
        further = (each.milliseconds - previous.milliseconds) / (each.nodes - previous.nodes) * 1000
        rows.append([*row, f"{further:.1f}"])
    return table(["nodes", "ms a request", "µs a node", "µs each further node"], rows)
