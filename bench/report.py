"""The tables of the report, in Markdown: each is given figures and answers with text."""

import platform
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench.asking import Cost
from bench.holds import Held
from bench.servers import NAMES

Costs = Mapping[tuple[str, str], Cost]
PEERS = [
    ("tree", "postgraphile", 0.4),
    ("tree", "graphql-core", 0.1),
    ("tree", "sql", 1.5),
    ("small", "postgraphile", 0.6),
]


class Grown(NamedTuple):
    """What a response of some size costs."""

    nodes: int
    milliseconds: float
    statements: int


class Goal(NamedTuple):
    """What was aimed at, and what came of it; `reached` is None for what was not measured here."""

    title: str
    aim: str
    measured: str
    reached: bool | None


def machine(objectives: int, rounds: int, warm: int) -> str:
    """What was measured, where and when."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    cores = sum(line.startswith("processor") for line in lines)
    return f"""# Performance

Written by `make bench` on {datetime.now(UTC):%Y-%m-%d}: {model}, {cores} cores, Linux {platform.release()}, Python
{platform.python_version()}, the embedded Postgres on the same machine.

Data: {spaced(objectives)} objectives in trees below 20 roots, three key results each. `small` is one objective with
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
    """The ratios that are aimed at."""
    found = []
    for document, peer, aim in PEERS:
        title, aimed = f"`{document}` against {NAMES[peer]}", f"at most {aim}"
        if (peer, document) in costs:
            ratio = costs["breadth-first", document].total / costs[peer, document].total
            found.append(Goal(title, aimed, f"{ratio:.2f}", ratio <= aim))
        else:
            found.append(Goal(title, aimed, "", None))
    return found


def goals(found: Sequence[Goal]) -> str:
    """Each goal, reached or missed."""
    words = {True: "reached", False: "missed", None: "not measured"}
    return table(
        ["goal", "aimed at", "measured", ""],
        [[goal.title, goal.aim, goal.measured, words[goal.reached]] for goal in found],
    )


def with_goal(text: str, goal: Goal) -> str:
    """A report with the row of a goal in place of the one of that title, or below those of other organizations."""
    _, row = goals([goal]).rsplit("\n", 1)
    lines = text.split("\n")
    like = [number for number, line in enumerate(lines) if re.match(r"\| [\d ]+objectives against", line)]
    same = [number for number in like if lines[number].startswith(f"| {goal.title} |")]
    if same:
        lines[same[0]] = row
    else:
        lines.insert(like[-1] + 1, row)
    return "\n".join(lines)


def growth(found: Sequence[Grown]) -> str:
    """Time a node by the size of the response; the next node's is what more of them cost."""
    rows = []
    for before, each in zip([None, *found], found, strict=False):
        more = (each.milliseconds - before.milliseconds) / (each.nodes - before.nodes) * 1000 if before else None
        row = [spaced(each.nodes), f"{each.milliseconds:.2f}", f"{each.milliseconds / each.nodes * 1000:.1f}"]
        rows.append([*row, "" if more is None else f"{more:.1f}", str(each.statements)])
    return table(["nodes", "ms a request", "µs a node", "µs each further node", "statements"], rows)


def crowds(found: Mapping[int, tuple[float, list[float]]]) -> str:
    """Requests a second and percentiles by the number of clients."""
    rows = [
        [str(clients), f"{rate:.0f}", *(f"{cut:.1f} ms" for cut in cuts)] for clients, (rate, cuts) in found.items()
    ]
    return table(["clients", "`small` a second", "50 %", "95 %", "99 %"], rows)


def waits(found: Mapping[str, Held]) -> str:
    """The longest turns of the loop by what was asked."""
    rows = [
        [kind, f"{held.size:.1f} MB", f"{median(held.turns):.0f} ms", f"{max(held.turns):.0f} ms"]
        for kind, held in found.items()
    ]
    return table(["one request, never asked before", "response", "all others wait, median", "at most"], rows)


def waiting_goal(found: Mapping[str, Held]) -> Goal:
    """The longest turn of all."""
    longest = max(max(held.turns) for held in found.values())
    return Goal("how long one request keeps all others waiting", "at most 50 ms", f"{longest:.0f} ms", longest <= 50)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows))


def spaced(number: int) -> str:
    """A number with its thousands apart."""
    return f"{number:,}".replace(",", " ")
