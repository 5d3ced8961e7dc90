"""The document of a drill, in Markdown."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from textwrap import fill

from tests.drill.clients import REFUSED_PAUSE, UNREACHED_PAUSE
from tests.drill.ledger import Verdict
from tests.drill.running import READERS, WRITERS, Result

WIDTH = 120
COLUMNS = (
    "fault",
    "writes acknowledged",
    "lost",
    "refused (503)",
    "found though refused",
    "unknown",
    "no connection",
    "other answers",
    "reads not served",
    "stale reads",
    "longest wait (ms)",
    "served again after (s)",
)


def document(results: Sequence[Result]) -> str:
    """The whole document: the table, what its columns mean, what each fault is, and what was wrong."""
    parts = [
        head(),
        table([row(result) for result in results]),
        fill(MEANING, WIDTH),
        "\n".join(item(f"**{each.fault.title}:** {how(each)}.") for each in results),
        conclusion(results),
    ]
    return "\n\n".join(parts) + "\n"


MEANING = """Every write is sent once, by a client that knows its id and value. *Acknowledged* is an answer 200 without
errors; *lost* is an acknowledged write that is not found exactly once among the events and exactly once among the rows
afterwards. *Refused* is 503 with `SERVICE_UNAVAILABLE` or `OPERATION_TIMEOUT`, which promise that nothing was done:
such a write must not be found. *Unknown* is `COMMIT_UNCONFIRMED` or a connection that was closed before the answer. *No
connection* is a write that could not be sent, while nobody listened. *Other answers* are named by their codes; what
`COMMITTED_WITHOUT_RESULT` says is done is looked for like what was acknowledged. Writers read after each acknowledged
write what they have written; *stale* is such a read that misses it. *Served again* counts from the fault, or from the
last of several, to the first acknowledged write after the last one that was not."""


def head() -> str:
    """What was done, where and when, and how to repeat it."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown processor"
    )
    cores = sum(line.startswith("processor") for line in lines)
    machine = f"{model}, {cores} cores, Linux {platform.release()}, Python {platform.python_version()}"
    written = (
        f"Written by `make drill` on {datetime.now(UTC):%Y-%m-%d}: {machine}; clients, okrgraph and Postgres shared "
        f"the machine, whose load average was {os.getloadavg()[1]:.1f} at the end. `make drill` repeats it, and "
        "`.venv/bin/python -m tests.drill --only NAME` one fault; `--help` lists the names."
    )
    done = (
        "For each fault a fresh durable database and fresh processes of okrgraph with default settings serve "
        f"{WRITERS} writers and {READERS} readers over HTTP, which pause for {REFUSED_PAUSE} s after a refusal and for "
        f"{UNREACHED_PAUSE} s where nobody listens. The fault comes after two seconds of load, which goes on until all "
        "writes have been acknowledged for a second."
    )
    return "\n\n".join(("# Faults under load", fill(written, WIDTH), fill(done, WIDTH)))


def table(rows: Sequence[Sequence[str]]) -> str:
    """A table with the columns of the drill."""
    lines = [COLUMNS, ("---",) * len(COLUMNS), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def row(result: Result) -> list[str]:
    """The row of one fault."""
    if result.verdict is None:
        return [f"{result.fault.title} (skipped)", *[""] * (len(COLUMNS) - 1)]
    verdict: Verdict = result.verdict
    others = [f"{count} {code}" for code, count in sorted(verdict.others.items())]
    others += [f"{verdict.failed} status 500"] if verdict.failed else []
    counts = (
        verdict.acknowledged,
        verdict.lost,
        verdict.refused,
        verdict.existing_though_refused,
        verdict.unknown,
        verdict.unreached,
    )
    return [
        result.fault.title,
        *map(str, counts),
        ", ".join(others) or "0",
        f"{verdict.reads_not_served} of {verdict.reads}",
        str(verdict.stale_reads),
        str(verdict.max_wait_ms),
        "never" if verdict.served_again is None else f"{verdict.served_again:.1f}",
    ]


def item(text: str) -> str:
    """A point of a list."""
    return fill(text, WIDTH, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False)


def how(result: Result) -> str:
    """What was done, with what is particular to this machine."""
    if result.verdict is None:
        return f"skipped: {result.note}"
    return f"{result.fault.how}; {result.note}" if result.note else result.fault.how


def conclusion(results: Sequence[Result]) -> str:
    """What was wrong, fault by fault; or that nothing was."""
    wrong = [f"- {each.fault.title}: {defect.splitlines()[0]}" for each in results for defect in each.defects]
    if wrong:
        return "\n".join(["**Not as it has to be:**", "", *wrong])
    done = [each.verdict for each in results if each.verdict is not None]
    writes = sum(verdict.acknowledged for verdict in done)
    return fill(
        f"Of {writes} acknowledged writes under {len(done)} faults none was lost. No refused write was found, nobody "
        "missed a write of their own, no answer was a 500, no process logged a traceback, and `okrgraph doctor` found "
        "no difference after any fault.",
        WIDTH,
    )
