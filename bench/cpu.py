"""CPU time and memory of processes, which vary less between runs than requests per second."""

import os
from contextlib import suppress
from pathlib import Path

TICK = 1000 / os.sysconf("SC_CLK_TCK")
PROCESSES = Path("/proc")


def cpu_milliseconds(pid: int) -> float:
    """The CPU time of a process and its descendants in milliseconds, of those that have ended to a clock tick."""
    return sum(_process_milliseconds(each) + _ended_milliseconds(each) for each in process_tree(pid))


def resident_megabytes(pid: int) -> float:
    """The resident memory of a process in megabytes."""
    return _status_megabytes(pid, "VmRSS")


def peak_megabytes(pid: int) -> float:
    """The peak memory of a process in megabytes since `reset_peak`."""
    return _status_megabytes(pid, "VmHWM")


def reset_peak(pid: int) -> None:
    """Resets the peak memory of a process."""
    (PROCESSES / str(pid) / "clear_refs").write_text("5")


def process_tree(pid: int) -> list[int]:
    """The ids of a process and its descendants."""
    children: dict[int, list[int]] = {}
    for folder in PROCESSES.iterdir():
        if folder.name.isdigit() and (fields := _stat_fields(int(folder.name))):
            children.setdefault(int(fields[1]), []).append(int(folder.name))
    tree, pending = [], [pid]
    while pending:
        tree.append(pending.pop())
        pending += children.get(tree[-1], [])
    return tree


def _process_milliseconds(pid: int) -> float:
    """CPU time in nanosecond resolution if the scheduler provides it, else in clock ticks."""
    total = 0
    with suppress(OSError):
        for thread in (PROCESSES / str(pid) / "task").iterdir():
            with suppress(OSError):
                total += int((thread / "schedstat").read_text().split()[0])
    if total:
        return total / 1e6
    fields = _stat_fields(pid)
    return sum(map(int, fields[11:13])) * TICK if fields else 0.0


def _ended_milliseconds(pid: int) -> float:
    """CPU time of the children that a process has waited for, such as connections and the workers of Postgres."""
    fields = _stat_fields(pid)
    return sum(map(int, fields[13:15])) * TICK if fields else 0.0


def _stat_fields(pid: int) -> list[str]:
    try:
        # The name in parentheses may contain spaces.
        return (PROCESSES / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _status_megabytes(pid: int, name: str) -> float:
    lines = (PROCESSES / str(pid) / "status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name))
