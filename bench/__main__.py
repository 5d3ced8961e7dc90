"""`python -m bench`: servers side by side in one run; the table goes into docs/performance.md."""

import argparse
import asyncio
import platform
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bench.asking import Cost, answer, concurrent, cost
from bench.cpu import resident
from bench.data import FOLDER, OBJECTIVES, DataSet, data_set
from bench.documents import RESULTS, normal
from bench.servers import NAMES, Missing, Server, server
from service.settings import ROOT

REPORT = ROOT / "docs" / "performance.md"
FINDINGS = "## What the profile says"
REQUESTS = {"small": 200, "tree": 20}
GOALS = [
    ("tree", "postgraphile", 0.4),
    ("tree", "graphql-core", 0.1),
    ("tree", "sql", 1.5),
    ("small", "postgraphile", 0.6),
]
Costs = dict[tuple[str, str], Cost]


def main() -> None:
    """Runs everything and writes the report."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--warm", type=int, default=3000, help="requests of `small` before anything is measured")
    options = parser.parse_args()
    with data_set(OBJECTIVES) as data, ExitStack() as stack:
        servers, missing = started(data, stack)
        equal = asyncio.run(compared(servers))
        costs = asyncio.run(measured(servers, postmaster(), options.rounds, options.warm))
        ours = servers["breadth-first"]
        parts = [
            head(options.rounds, options.warm),
            table(costs, missing, equal),
            goals(costs),
            asyncio.run(growth(ours, postmaster())),
            asyncio.run(crowds(ours)),
        ]
    # What people wrote below the figures stays.
    _, mark, findings = (REPORT.read_text() if REPORT.exists() else "").partition(FINDINGS)
    REPORT.write_text("\n\n".join(parts) + "\n" + (f"\n{mark}{findings}" if mark else ""))
    print("\n\n".join(parts))


def started(data: DataSet, stack: ExitStack) -> tuple[dict[str, Server], dict[str, str]]:
    """The servers that are there, and why the others are not."""
    servers, missing = {}, {}
    for name in NAMES:
        try:
            servers[name] = stack.enter_context(server(name, data))
        except Missing as reason:
            missing[name] = str(reason)
    return servers, missing


def postmaster() -> int:
    """The process of Postgres, whose children are its connections."""
    [found] = (FOLDER / f"data-{OBJECTIVES}" / "postgres").rglob("postmaster.pid")
    return int(found.read_text().split("\n")[0])


async def compared(servers: dict[str, Server]) -> dict[tuple[str, str], bool]:
    """Whether each server answers what ours does."""
    found = {}
    for document in REQUESTS:
        ours = normal(await answer(servers["breadth-first"], document))
        for name, each in servers.items():
            found[name, document] = normal(await answer(each, document)) == ours
    return found


async def measured(servers: dict[str, Server], postgres: int, rounds: int, warm: int) -> Costs:
    """Medians of rounds in turn."""
    for each in servers.values():
        await cost(each, postgres, "small", warm)
        await cost(each, postgres, "tree", warm // 30)
    rows: dict[tuple[str, str], list[Cost]] = {}
    for _ in range(rounds):
        for document, requests in REQUESTS.items():
            for name, each in servers.items():
                rows.setdefault((name, document), []).append(await cost(each, postgres, document, requests))
    return {
        key: Cost(median(each.server for each in found), median(each.postgres for each in found))
        for key, found in rows.items()
    }


def head(rounds: int, warm: int) -> str:
    """What was measured, where and when."""
    model = next(
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    )
    cores = sum(line.startswith("processor") for line in Path("/proc/cpuinfo").read_text().splitlines())
    objectives = f"{OBJECTIVES:,}".replace(",", " ")
    return f"""# Performance

Written by `make bench` on {datetime.now(UTC):%Y-%m-%d}: {model}, {cores} cores, Linux {platform.release()}, Python
{platform.python_version()}, the embedded Postgres on the same machine.

Data: {objectives} objectives in trees below 20 roots, three key results each. `small` is one objective with owner, key
results and children; `tree` is 20 roots and two levels below them, 620 objectives with owners and 1 860 key results.
Figures are CPU time a request by the operating system's accounts, one request at a time over a kept-alive connection,
medians of {rounds} rounds in turn after {warm} requests to warm up. Ours check a key, set the tenant and read one
snapshot under row-level security; the peer and the single statement do none of that."""


def table(costs: Costs, missing: dict[str, str], equal: dict[tuple[str, str], bool]) -> str:
    """One row for each server."""
    rows = [
        "| server | small: server + Postgres | tree: server + Postgres | same answers |",
        "| --- | --- | --- | --- |",
    ]
    for name, title in NAMES.items():
        if name in missing:
            rows.append(f"| {title} | not measured: {missing[name]} | | |")
            continue
        figures = [f"{costs[name, each].server:.2f} + {costs[name, each].postgres:.2f} ms" for each in REQUESTS]
        same = "yes" if all(equal[name, each] for each in REQUESTS) else "no"
        rows.append(f"| {title} | {figures[0]} | {figures[1]} | {same} |")
    return "\n".join(rows)


def goals(costs: Costs) -> str:
    """Each ratio that is aimed at, reached or missed."""
    rows = ["| goal | aimed at | measured | |", "| --- | --- | --- | --- |"]
    for document, peer, aim in GOALS:
        title = f"`{document}` against {NAMES[peer]}"
        if (peer, document) not in costs:
            rows.append(f"| {title} | at most {aim} | not measured | |")
            continue
        ratio = costs["breadth-first", document].total / costs[peer, document].total
        rows.append(f"| {title} | at most {aim} | {ratio:.2f} | {'reached' if ratio <= aim else 'missed'} |")
    return "\n".join(rows)


async def growth(ours: Server, postgres: int) -> str:
    """Time a node and memory by the size of the response."""
    rows = ["| nodes | ms a request | µs a node | most memory of the server |", "| --- | --- | --- | --- |"]
    for roots, children in ((1, 5), (5, 5), (20, 5), (100, 5)):
        document = f"""{{ objectives(first: {roots}) {{ nodes {{ title {RESULTS}
            children(first: {children}) {{ nodes {{ title {RESULTS} children(first: {children}) {{ nodes {{
            title {RESULTS} }} }} }} }} }} }} }}"""
        nodes = str(await answer(ours, document)).count("'title'")
        total = (await cost(ours, postgres, document, 20)).total
        rows.append(f"| {nodes} | {total:.1f} | {total / nodes * 1000:.1f} | {resident(ours.process.pid):.0f} MB |")
    return "\n".join(rows)


async def crowds(ours: Server) -> str:
    """Requests a second and percentiles by the number of clients."""
    rows = ["| clients | `small` a second | 50 % | 95 % | 99 % |", "| --- | --- | --- | --- | --- |"]
    for clients in (1, 4, 16, 64):
        rate, cuts = await concurrent(ours, "small", clients, 1920)
        rows.append(f"| {clients} | {rate:.0f} | " + " | ".join(f"{cut:.1f} ms" for cut in cuts) + " |")
    return "\n".join(rows)


if __name__ == "__main__":
    main()
