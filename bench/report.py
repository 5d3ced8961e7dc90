"""The report in docs/performance.md: what is generated stands above the findings, which are written by people."""

import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.data import OBJECTIVES
from bench.tables import format_number
from service.settings import ROOT

REPORT = ROOT / "docs" / "performance.md"
FINDINGS = "## What the profile says"


def head(command: str, rounds: int, warm: int) -> str:
    """The introduction: machine, date, data and method."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    cores = sum(line.startswith("processor") for line in lines)
    return f"""# Performance

Written by `{command}` on {datetime.now(UTC):%Y-%m-%d}: {model}, {cores} cores, Linux {platform.release()}, Python
{platform.python_version()}, the embedded Postgres on the same machine.

Data: {format_number(OBJECTIVES)} objectives in trees below 20 roots, three key results each, a check-in on each of
them, and 51 KPIs. `small` is one objective with owner, key results and children; `tree` is 20 roots and two levels
below them, 620 objectives with owners and 1 860 key results. All documents are in `bench/documents/`.

Figures are CPU time a request by the scheduler's accounts, of all processes of the server and of Postgres, one request
at a time over a kept-alive connection: medians of {rounds} rounds. Ratios are medians of the ratios of the rounds, with
their interval of 90 % (of all values, if there are fewer than five). Servers are warmed up until their figure stands
still, by `small` at least {format_number(warm)} requests. In turn means that all servers run and take turns; alone
means that no other server runs. okrgraph runs with default settings and its log in a file. By hand means a minimal
application that checks the key, takes the application's role and the tenant, and reads a snapshot by one statement or
writes the rows that okrgraph has changed; it computes nothing."""


def write(sections: Sequence[str]) -> None:
    """Replaces what is generated in the report, and keeps the findings."""
    _, mark, findings = (REPORT.read_text() if REPORT.exists() else "").partition(FINDINGS)
    REPORT.write_text("\n\n".join(sections) + "\n" + (f"\n{mark}{findings}" if mark else ""))
