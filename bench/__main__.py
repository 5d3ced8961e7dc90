"""`python -m bench`: servers side by side in one run; the tables go into docs/performance.md."""

import argparse
import asyncio
from contextlib import ExitStack
from datetime import UTC, datetime
from statistics import median

import httpx2

from bench import holds, report
from bench.asking import Cost, answer, concurrent, connected, cost
from bench.cpu import forget_peak, peak, resident
from bench.data import LARGE, OBJECTIVES, DataSet, data_set
from bench.documents import OURS, RESULTS, normal
from bench.report import Goal, Grown
from bench.servers import NAMES, Missing, Server, server
from service.app import create_app
from service.postgres.database import Database
from service.settings import ROOT, Settings
from tests.client import Statements

REPORT = ROOT / "docs" / "performance.md"
FINDINGS = "## What the profile says"
REQUESTS = {"small": 300, "tree": 30}
SIZES = ((1, 5), (5, 5), (20, 5), (100, 5))
ELSEWHERE = [
    Goal("measurements, a second in batches on one core", "at least 20 000", "see performance-kpis.md", None),
    Goal(
        "a check-in 12 levels deep against one at the root",
        "at most 5 more",
        "see tests/house/test_statements.py",
        None,
    ),
]


def main() -> None:
    """Runs everything and writes the report."""
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
        parts, found = beside_the_peers(data, options.rounds, options.warm)
        held = holds.measured(data, options.rounds)
        found += [statements_goal(data), memory_goal(data), report.waiting_goal(held)]
        if options.large:
            found.append(organization_goal(data, options.large, options.rounds))
    parts.append(report.waits(held))
    parts.insert(2, report.goals([*found, *ELSEWHERE]))
    # What people wrote below the figures stays.
    _, mark, findings = (REPORT.read_text() if REPORT.exists() else "").partition(FINDINGS)
    REPORT.write_text("\n\n".join(parts) + "\n" + (f"\n{mark}{findings}" if mark else ""))
    print("\n\n".join(parts))


def beside_the_peers(data: DataSet, rounds: int, warm: int) -> tuple[list[str], list[Goal]]:
    """The tables of all servers and of ours alone, and the goals that they tell of."""
    with ExitStack() as stack:
        running, missing = started(data, stack)
        same = asyncio.run(compared(running))
        costs = asyncio.run(measured(running, rounds, warm))
        ours = running["breadth-first"]
        grown = asyncio.run(growth(data, ours))
        crowds = {clients: asyncio.run(concurrent(ours, "small", clients, 1920)) for clients in (1, 4, 16, 64)}
    head = report.machine(OBJECTIVES, rounds, warm)
    tables = [report.servers(costs, list(REQUESTS), missing, same), report.growth(grown), report.crowds(crowds)]
    a_node = [each.milliseconds / each.nodes * 1000 for each in grown]
    spread = max(a_node) / min(a_node) - 1
    even = Goal("time a node, 100 to 10 000 nodes", "within 20 %", f"within {spread:.0%}", spread <= 0.2)
    return [head, *tables], [*report.against_peers(costs), even]


def started(data: DataSet, stack: ExitStack) -> tuple[dict[str, Server], dict[str, str]]:
    """The servers that are there, and why the others are not."""
    running, missing = {}, {}
    for name in NAMES:
        try:
            running[name] = stack.enter_context(server(name, data))
        except Missing as reason:
            missing[name] = str(reason)
    return running, missing


async def compared(running: dict[str, Server]) -> dict[str, bool]:
    """Whether each server answers what ours does."""
    ours = {document: normal(await answer(running["breadth-first"], document)) for document in REQUESTS}
    return {
        name: all([normal(await answer(each, document)) == ours[document] for document in REQUESTS])
        for name, each in running.items()
    }


async def measured(running: dict[str, Server], rounds: int, warm: int) -> dict[tuple[str, str], Cost]:
    """Medians of rounds in turn."""
    for each in running.values():
        await cost(each, "small", warm)
        await cost(each, "tree", warm // 30)
    rows: dict[tuple[str, str], list[Cost]] = {}
    for _ in range(rounds):
        for document, requests in REQUESTS.items():
            for name, each in running.items():
                rows.setdefault((name, document), []).append(await cost(each, document, requests))
    return {
        key: Cost(median(each.server for each in found), median(each.postgres for each in found))
        for key, found in rows.items()
    }


def sized(roots: int, children: int) -> str:
    """A tree of three levels with key results, of any size."""
    return f"""{{ objectives(first: {roots}) {{ nodes {{ title {RESULTS}
        children(first: {children}) {{ nodes {{ title {RESULTS} children(first: {children}) {{ nodes {{
        title {RESULTS} }} }} }} }} }} }} }}"""


async def growth(data: DataSet, ours: Server) -> list[Grown]:
    """Trees of the same three levels, larger and larger."""
    found = []
    for roots, children in SIZES:
        document = sized(roots, children)
        nodes = str(await answer(ours, document)).count("'title'")
        total = (await cost(ours, document, 40)).total
        found.append(Grown(nodes, total, await statements(data, document)))
    return found


async def statements(data: DataSet, document: str) -> int:
    """How many messages a request sends to Postgres."""
    database = Database(Settings(key_cache_seconds=3600), data.url)
    app = create_app(Settings(key_cache_seconds=3600), database, lambda: datetime.now(UTC))
    headers = {"Authorization": f"Bearer {data.key}"}
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://bench", headers=headers) as http:
        with Statements(database) as sent:
            await http.post("/graphql", json={"query": document})
            found = await sent.of(http.post("/graphql", json={"query": document}))
    await database.dispose()
    return len(found)


def statements_goal(data: DataSet) -> Goal:
    """`tree` has nine relations: the list, and on each of three levels owners and key results, on two children."""
    found = asyncio.run(statements(data, OURS["tree"]))
    return Goal("statements of `tree`", "at most 9, one to open and one to close", str(found), found <= 11)


def memory_goal(data: DataSet) -> Goal:
    """What the largest response takes of a server that has answered nothing like it before."""

    async def largest(fresh: Server) -> tuple[float, float]:
        connection = await connected(fresh)
        for _ in range(50):
            await connection.ask("small")
        pid = fresh.process.pid
        idle = resident(pid)
        forget_peak(pid)
        size = len(await connection.ask(sized(*SIZES[-1]))) / 1024**2
        return size, (peak(pid) - idle) / size

    with server("breadth-first", data) as fresh:
        size, times = asyncio.run(largest(fresh))
    return Goal(f"memory above idle, a response of {size:.1f} MB", "at most 8 times", f"{times:.1f} times", times <= 8)


def organization_goal(data: DataSet, objectives: int, rounds: int) -> Goal:
    """The same documents over a larger organization, which has a server and a Postgres of its own."""
    with data_set(objectives) as larger, server("breadth-first", data) as one, server("breadth-first", larger) as other:
        costs = asyncio.run(measured({"one": one, "other": other}, rounds, 300))
    ratios = {document: costs["other", document].total / costs["one", document].total for document in REQUESTS}
    title = f"{report.spaced(objectives)} objectives against {report.spaced(OBJECTIVES)}"
    told = ", ".join(f"`{document}` {ratio:.2f}" for document, ratio in ratios.items())
    return Goal(title, "at most 1.2, up to a million", told, all(ratio <= 1.2 for ratio in ratios.values()))


if __name__ == "__main__":
    main()
