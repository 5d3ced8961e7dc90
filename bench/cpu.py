"""CPU time by the operating system's accounts, which holds on a noisy machine where requests a second do not."""

import os
from pathlib import Path

TICK = 1000 / os.sysconf("SC_CLK_TCK")
STAT = Path("/proc")


def spent(pid: int) -> float:
    """Milliseconds of a process, of its living descendants, and of those that have ended."""
    return sum(_own(each) for each in family(pid))


def resident(pid: int) -> float:
    """Megabytes of memory of a process, at the most so far."""
    for line in (STAT / str(pid) / "status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def family(pid: int) -> list[int]:
    """A process and its descendants."""
    children: dict[int, list[int]] = {}
    for folder in STAT.iterdir():
        if folder.name.isdigit() and (fields := _fields(int(folder.name))):
            children.setdefault(int(fields[1]), []).append(int(folder.name))
    found, pending = [], [pid]
    while pending:
        found.append(pending.pop())
        pending += children.get(found[-1], [])
    return found


def _own(pid: int) -> float:
    fields = _fields(pid)
    return sum(map(int, fields[11:15])) * TICK if fields else 0.0


def _fields(pid: int) -> list[str]:
    try:
        # The name in parentheses may hold spaces.
        return (STAT / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
