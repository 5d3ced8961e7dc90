"""`python -m bench`: servers side by side in one run; the tables go into docs/performance.md."""

import argparse
import asyncio
from contextlib import ExitStack
from datetime import UTC, datetime
from statistics import median

import httpx2

from bench import holds, report
from bench.asking import Cost, fetch_answer, measure_concurrent, measure_cost, open_connection
from bench.cpu import peak_megabytes, reset_peak, resident_megabytes
from bench.data import LARGE, OBJECTIVES, DataSet, data_set
from bench.documents import OURS, RESULTS, normalize
from bench.report import Goal, ResponseCost
from bench.servers import NAMES, PeerUnavailable, Server, server
from service.app import create_app
from service.postgres.database import Database
from service.settings import ROOT, Settings
from tests.kit.client import Statements

REPORT = ROOT / "docs" / "performance.md"
FINDINGS = "## What the profile says"
REQUESTS = {"small": 300, "tree": 30}
TREE_SIZES = ((1, 5), (5, 5), (20, 5), (100, 5))
OTHER_GOALS = [
    Goal("measurements, a second in batches on one core", "at least 20 000", "see performance-kpis.md", None),
    Goal(
        "a check-in 12 levels deep against one at the root",
        "at most 5 more",
        "see tests/consistency/test_statements.py",
        None,
    ),
]


def main() -> None:
    """Runs all benchmarks and writes the report."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--warm", type=int, default=3000, help="requests of `small` before anything is measured")
    parser.add_argument("--large", type=int, default=LARGE, help="objectives of the larger organization; 0: none")
    parser.add_argument("--only-large", action="store_true", help="measure the larger organization, and no peers")
    options = parser.parse_args()
    with data_set(OBJECTIVES) as data:
        if options.only_large:
            goal = organization_goal(data, options.large, options.rounds)
            REPORT.write_text(report.with_goal(REPORT.read_text(), goal))
            print(goal)
            return
        sections, goals = compare_with_peers(data, options.rounds, options.warm)
        blocking = holds.run_measurement(data, options.rounds)
        goals += [statements_goal(data), memory_goal(data), report.blocking_goal(blocking)]
        if options.large:
            goals.append(organization_goal(data, options.large, options.rounds))
    sections.append(report.blocking_table(blocking))
    sections.insert(2, report.goals_table([*goals, *OTHER_GOALS]))
    # Text that was written below the figures is preserved.
    _, mark, findings = (REPORT.read_text() if REPORT.exists() else "").partition(FINDINGS)
    REPORT.write_text("\n\n".join(sections) + "\n" + (f"\n{mark}{findings}" if mark else ""))
    print("\n\n".join(sections))


def compare_with_peers(data: DataSet, rounds: int, warm: int) -> tuple[list[str], list[Goal]]:
    """The tables of all servers and of okrgraph alone, and the goals that they contain."""
    with ExitStack() as stack:
        running, missing = start_servers(data, stack)
        same = asyncio.run(compare_answers(running))
        costs = asyncio.run(measure_costs(running, rounds, warm))
        ours = running["breadth-first"]
        response_costs = asyncio.run(measure_growth(data, ours))
        results_by_clients = {
            clients: asyncio.run(measure_concurrent(ours, "small", clients, 1920)) for clients in (1, 4, 16, 64)
        }
    head = report.machine(OBJECTIVES, rounds, warm)
    tables = [
        report.servers(costs, list(REQUESTS), missing, same),
        report.growth(response_costs),
        report.crowds(results_by_clients),
    ]
    per_node = [each.milliseconds / each.nodes * 1000 for each in response_costs]
    spread = max(per_node) / min(per_node) - 1
    evenness_goal = Goal("time a node, 100 to 10 000 nodes", "within 20 %", f"within {spread:.0%}", spread <= 0.2)
    return [head, *tables], [*report.against_peers(costs), evenness_goal]


def start_servers(data: DataSet, stack: ExitStack) -> tuple[dict[str, Server], dict[str, str]]:
    """The running servers by name, and for the others the reason why they are unavailable."""
    running, missing = {}, {}
    for name in NAMES:
        try:
            running[name] = stack.enter_context(server(name, data))
        except PeerUnavailable as reason:
            missing[name] = str(reason)
    return running, missing


async def compare_answers(running: dict[str, Server]) -> dict[str, bool]:
    """For each server, whether its answers equal those of okrgraph."""
    ours = {document: normalize(await fetch_answer(running["breadth-first"], document)) for document in REQUESTS}
    return {
        name: all([normalize(await fetch_answer(each, document)) == ours[document] for document in REQUESTS])
        for name, each in running.items()
    }


async def measure_costs(running: dict[str, Server], rounds: int, warm: int) -> dict[tuple[str, str], Cost]:
    """The median costs by server and document, over alternating rounds."""
    for each in running.values():
        await measure_cost(each, "small", warm)
        await measure_cost(each, "tree", warm // 30)
    rows: dict[tuple[str, str], list[Cost]] = {}
    for _ in range(rounds):
        for document, requests in REQUESTS.items():
            for name, each in running.items():
                rows.setdefault((name, document), []).append(await measure_cost(each, document, requests))
    return {
        key: Cost(median(each.server for each in costs), median(each.postgres for each in costs))
        for key, costs in rows.items()
    }


def tree_document(roots: int, children: int) -> str:
    """A query of a tree of three levels with key results."""
    return f"""{{ objectives(first: {roots}) {{ nodes {{ title {RESULTS}
        children(first: {children}) {{ nodes {{ title {RESULTS} children(first: {children}) {{ nodes {{
        title {RESULTS} }} }} }} }} }} }} }}"""


async def measure_growth(data: DataSet, ours: Server) -> list[ResponseCost]:
    """The costs of trees of three levels and increasing size."""
    costs = []
    for roots, children in TREE_SIZES:
        document = tree_document(roots, children)
        nodes = str(await fetch_answer(ours, document)).count("'title'")
        total = (await measure_cost(ours, document, 40)).total
        costs.append(ResponseCost(nodes, total, await statements(data, document)))
    return costs


async def statements(data: DataSet, document: str) -> int:
    """The number of messages that a request sends to Postgres."""
    database = Database(Settings(key_cache_seconds=3600), data.url)
    app = create_app(Settings(key_cache_seconds=3600), database, lambda: datetime.now(UTC))
    headers = {"Authorization": f"Bearer {data.key}"}
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://bench", headers=headers) as http:
        with Statements(database) as sent:
            await http.post("/graphql", json={"query": document})
            sent_statements = await sent.of(http.post("/graphql", json={"query": document}))
    await database.dispose()
    return len(sent_statements)


def statements_goal(data: DataSet) -> Goal:
    """The goal for statements. `tree` has nine relations: the list, children twice, owners and key results thrice."""
    count = asyncio.run(statements(data, OURS["tree"]))
    return Goal("statements of `tree`", "at most 9, one to open and one to close", str(count), count <= 11)


def memory_goal(data: DataSet) -> Goal:
    """The goal for memory: the peak of a new server during its first large response."""

    async def largest(fresh: Server) -> tuple[float, float]:
        connection = await open_connection(fresh)
        for _ in range(50):
            await connection.ask("small")
        pid = fresh.process.pid
        idle = resident_megabytes(pid)
        reset_peak(pid)
        size = len(await connection.ask(tree_document(*TREE_SIZES[-1]))) / 1024**2
        return size, (peak_megabytes(pid) - idle) / size

    with server("breadth-first", data) as fresh:
        size, times = asyncio.run(largest(fresh))
    return Goal(f"memory above idle, a response of {size:.1f} MB", "at most 8 times", f"{times:.1f} times", times <= 8)


def organization_goal(data: DataSet, objectives: int, rounds: int) -> Goal:
    """The goal for size: the same documents over a larger organization with its own server and Postgres."""
    with data_set(objectives) as larger, server("breadth-first", data) as one, server("breadth-first", larger) as other:
        costs = asyncio.run(measure_costs({"one": one, "other": other}, rounds, 300))
    ratios = {document: costs["other", document].total / costs["one", document].total for document in REQUESTS}
    title = f"{report.format_number(objectives)} objectives against {report.format_number(OBJECTIVES)}"
    shown = ", ".join(f"`{document}` {ratio:.2f}" for document, ratio in ratios.items())
    return Goal(title, "at most 1.2, up to a million", shown, all(ratio <= 1.2 for ratio in ratios.values()))


if __name__ == "__main__":
    main()
