"""CPU time and memory by the accounts of the operating system, which hold where requests a second do not."""

import os
from contextlib import suppress
from pathlib import Path

TICK = 1000 / os.sysconf("SC_CLK_TCK")
PROCESSES = Path("/proc")


def spent(pid: int) -> float:
    """Milliseconds of a process and of its living descendants."""
    return sum(_own(each) for each in family(pid))


def resident(pid: int) -> float:
    """Megabytes of memory of a process."""
    return _status(pid, "VmRSS")


def peak(pid: int) -> float:
    """Megabytes of memory of a process, at the most since `forget_peak`."""
    return _status(pid, "VmHWM")


def forget_peak(pid: int) -> None:
    """Lets `peak` begin anew."""
    (PROCESSES / str(pid) / "clear_refs").write_text("5")


def family(pid: int) -> list[int]:
    """A process and its descendants."""
    children: dict[int, list[int]] = {}
    for folder in PROCESSES.iterdir():
        if folder.name.isdigit() and (fields := _fields(int(folder.name))):
            children.setdefault(int(fields[1]), []).append(int(folder.name))
    found, pending = [], [pid]
    while pending:
        found.append(pending.pop())
        pending += children.get(found[-1], [])
    return found


def _own(pid: int) -> float:
    """By the scheduler, to the nanosecond; where it keeps no accounts by ticks of the clock."""
    total = 0
    with suppress(OSError):
        for thread in (PROCESSES / str(pid) / "task").iterdir():
            with suppress(OSError):
                total += int((thread / "schedstat").read_text().split()[0])
    if total:
        return total / 1e6
    fields = _fields(pid)
    return sum(map(int, fields[11:13])) * TICK if fields else 0.0


def _fields(pid: int) -> list[str]:
    try:
        # The name in parentheses may hold spaces.
        return (PROCESSES / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _status(pid: int, name: str) -> float:
    lines = (PROCESSES / str(pid) / "status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name))
