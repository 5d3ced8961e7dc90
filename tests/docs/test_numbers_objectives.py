"""Progress and status of objectives, and reports, as docs/numbers.md says them in 6, 9 and 11."""

import re
from datetime import timedelta

from service.rollup.status_counts import StatusCount, report
from service.rollup.status_timeline import Status, status_at
from tests.docs.numbers_goals import parts, reached, serving
from tests.docs.numbers_page import Row, executes, told
from tests.kit.goal_trees import END, PARENT, START, evaluated, objective

HALF = START + (END - START) / 2


@executes("objectives")
def test_progress_of_an_objective(row: Row) -> None:
    above = objective(source=row["progressSource"])
    own = [reached(number, share, w) for number, (share, _, w) in enumerate(parts(row.list("key results")), 11)]
    others = parts(row.list("aligned objectives"))
    edges = [serving(number, *other) for number, other in enumerate(others, 51)]
    found = evaluated(above, key_results=own, edges=edges).objectives[PARENT].values
    assert (str(found.reason), told(found.coverage, row["coverage"])) == (row["progressReason"], row["coverage"])
    assert ("null" if found.progress is None else f"{found.progress.normalize():f}") == row["progress"]


@executes("contributors")
def test_status_of_an_objective(row: Row) -> None:
    several = parts(row.list("contributors: progress and status"))
    edges = [serving(number, *each) for number, each in enumerate(several, 51)]
    above = objective(source="ALIGNED_OBJECTIVES", status=row["statusSource"])
    values = evaluated(above, edges=edges).objectives[PARENT].values
    step = status_at(values.timeline, HALF + timedelta(microseconds=1))
    assert told(values.coverage, row["coverage"]) == row["coverage"]
    assert (step.status, step.reason) == (row["status"], row["statusReason"])


@executes("report")
def test_a_report(row: Row) -> None:
    counts = []
    for each in row.list("goals by status (overdue)"):
        match = re.fullmatch(r"([A-Z_]+) ([0-9]+) \(([0-9]+)\)", each)
        assert match
        counts.append(StatusCount(Status(match[1]), int(match[2]), int(match[3])))
    found = report(counts)
    assert (str(found.total), str(found.overdue_count)) == (row["total"], row["overdueCount"])
    assert told(found.green_share, row["greenShare"]) == row["greenShare"]
