"""Renders the tables of the report in Markdown."""

import platform
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench.asking import Cost
from bench.holds import BlockingTimes
from bench.servers import NAMES

Costs = Mapping[tuple[str, str], Cost]
PEERS = [
    ("tree", "postgraphile", 0.4),
    ("tree", "graphql-core", 0.1),
    ("tree", "sql", 1.5),
    ("small", "postgraphile", 0.6),
]


class ResponseCost(NamedTuple):
    """The cost of a response of a number of nodes."""

    nodes: int
    milliseconds: float
    statements: int


class Goal(NamedTuple):
    """A goal and its measured result. `reached` is None if it was not measured here."""

    title: str
    aim: str
    measured: str
    reached: bool | None


def machine(objectives: int, rounds: int, warm: int) -> str:
    """The introduction: machine, date, data and method."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    cores = sum(line.startswith("processor") for line in lines)
    size = format_number(objectives)
    return f"""# Performance

Written by `make bench` on {datetime.now(UTC):%Y-%m-%d}: {model}, {cores} cores, Linux {platform.release()}, Python
{platform.python_version()}, the embedded Postgres on the same machine.

Data: {size} objectives in trees below 20 roots, three key results each. `small` is one objective with
owner, key results and children; `tree` is 20 roots and two levels below them, 620 objectives with owners and 1 860 key
results. Figures are CPU time a request by the scheduler's accounts, one request at a time over a kept-alive connection,
medians of {rounds} rounds in turn after {warm} requests to warm up. Ours check a key, set the tenant and read one
snapshot under row-level security; the peer and the single statement do none of that, but where it is said."""


def servers(costs: Costs, documents: Sequence[str], missing: Mapping[str, str], same: Mapping[str, bool]) -> str:
    """One row for each server."""
    rows = []
    for name, title in NAMES.items():
        if name in missing:
            rows.append([title, f"not measured: {missing[name]}", "", ""])
            continue
        figures = [f"{costs[name, each].server:.2f} + {costs[name, each].postgres:.2f} ms" for each in documents]
        rows.append([title, *figures, "yes" if same[name] else "no"])
    return table(["server", "small: server + Postgres", "tree: server + Postgres", "same answers"], rows)


def against_peers(costs: Costs) -> list[Goal]:
    """The goals for the ratios of costs between servers."""
    goals = []
    for document, peer, aim in PEERS:
        title, aimed = f"`{document}` against {NAMES[peer]}", f"at most {aim}"
        if (peer, document) in costs:
            ratio = costs["breadth-first", document].total / costs[peer, document].total
            goals.append(Goal(title, aimed, f"{ratio:.2f}", ratio <= aim))
        else:
            goals.append(Goal(title, aimed, "", None))
    return goals


def goals_table(goals: Sequence[Goal]) -> str:
    """The table of goals."""
    words = {True: "reached", False: "missed", None: "not measured"}
    return table(
        ["goal", "aimed at", "measured", ""],
        [[goal.title, goal.aim, goal.measured, words[goal.reached]] for goal in goals],
    )


def with_goal(text: str, goal: Goal) -> str:
    """The report with the row of a goal, which replaces the row of the same title or is added below similar ones."""
    _, row = goals_table([goal]).rsplit("\n", 1)
    lines = text.split("\n")
    candidates = [number for number, line in enumerate(lines) if re.match(r"\| [\d ]+objectives against", line)]
    matching = [number for number in candidates if lines[number].startswith(f"| {goal.title} |")]
    if matching:
        lines[matching[0]] = row
    else:
        lines.insert(candidates[-1] + 1, row)
    return "\n".join(lines)


def growth(costs: Sequence[ResponseCost]) -> str:
    """The table of time per node and per additional node, by the size of the response."""
    rows = []
    for previous, each in zip([None, *costs], costs, strict=False):
        marginal_cost = (
            (each.milliseconds - previous.milliseconds) / (each.nodes - previous.nodes) * 1000 if previous else None
        )
        row = [format_number(each.nodes), f"{each.milliseconds:.2f}", f"{each.milliseconds / each.nodes * 1000:.1f}"]
        rows.append([*row, "" if marginal_cost is None else f"{marginal_cost:.1f}", str(each.statements)])
    return table(["nodes", "ms a request", "µs a node", "µs each further node", "statements"], rows)


def crowds(results: Mapping[int, tuple[float, list[float]]]) -> str:
    """The table of requests per second and percentiles, by the number of clients."""
    rows = [
        [str(clients), f"{rate:.0f}", *(f"{cut:.1f} ms" for cut in cuts)] for clients, (rate, cuts) in results.items()
    ]
    return table(["clients", "`small` a second", "50 %", "95 %", "99 %"], rows)


def blocking_table(times_by_kind: Mapping[str, BlockingTimes]) -> str:
    """The table of blocking times by kind of request."""
    rows = [
        [kind, f"{times.size:.1f} MB", f"{median(times.gaps):.0f} ms", f"{max(times.gaps):.0f} ms"]
        for kind, times in times_by_kind.items()
    ]
    return table(["one request, never asked before", "response", "all others wait, median", "at most"], rows)


def blocking_goal(times_by_kind: Mapping[str, BlockingTimes]) -> Goal:
    """The goal for the longest gap of all."""
    max_gap = max(max(times.gaps) for times in times_by_kind.values())
    return Goal("how long one request keeps all others waiting", "at most 50 ms", f"{max_gap:.0f} ms", max_gap <= 50)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows))


def format_number(number: int) -> str:
    """A number with spaces between thousands."""
    return f"{number:,}".replace(",", " ")
