"""`python -m bench.holds`: how long one request keeps all others waiting, whatever it asks."""

import argparse
import subprocess
import sys
from collections.abc import Mapping
from statistics import median

import orjson

from bench.data import FOLDER, OBJECTIVES, DataSet, copied, data_set, grown
from bench.holding.measure import BlockingTimes
from bench.tables import table
from bench.targets import Target

MAX_MILLISECONDS = 50


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(prog="bench.holds", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--objectives", type=int, default=OBJECTIVES)
    options = parser.parse_args()
    with data_set() as data:
        organization = data if options.objectives <= OBJECTIVES else grown(data, options.objectives)
        print(blocking_table(measure(organization, options.rounds)))


def measure(data: DataSet, rounds: int) -> dict[str, BlockingTimes]:
    """The blocking times by kind of request, on a copy of a data set, in a process whose log goes to a file."""
    file, log = FOLDER / "holds.json", FOLDER / "holds.log"
    with copied(data, "holds") as copy, log.open("wb") as output:
        file.write_bytes(orjson.dumps(list(copy)))
        command = [sys.executable, "-m", "bench.holding.measure", str(file), str(rounds)]
        subprocess.run(command, check=True, stdout=output)
    return {kind: BlockingTimes(*times) for kind, times in orjson.loads(file.read_bytes()).items()}


def blocking_table(times_by_kind: Mapping[str, BlockingTimes]) -> str:
    """The table of blocking times by kind of request."""
    rows = [
        [kind, f"{times.size:.1f} MB", f"{median(times.gaps):.0f} ms", f"{max(times.gaps):.0f} ms", times.failure]
        for kind, times in times_by_kind.items()
    ]
    return table(
        ["one request, never asked before", "response", "all others wait, median", "at most", "not done"], rows
    )


def blocking_target(times_by_kind: Mapping[str, BlockingTimes]) -> Target:
    """The longest gap of all. Missed also if a request was not done."""
    kind, times = max(times_by_kind.items(), key=lambda item: max(item[1].gaps))
    max_gap, failures = max(times.gaps), [name for name, each in times_by_kind.items() if each.failure]
    measured = f"{max_gap:.0f} ms, {kind}" + (f"; not done: {', '.join(failures)}" if failures else "")
    is_reached = max_gap <= MAX_MILLISECONDS and not failures
    return Target("longest wait of others", f"at most {MAX_MILLISECONDS} ms", measured, is_reached)


if __name__ == "__main__":
    main()
