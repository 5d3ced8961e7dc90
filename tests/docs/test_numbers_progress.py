"""Values, progress of key results and limits, as docs/numbers.md says them in 1, 3, 4 and 5."""

from datetime import date
from decimal import Decimal
from typing import Any

from service.key_results.kpi_evidence import LEVELS, KpiEvidence, with_kpi_evidence
from service.key_results.progress import CHANGES, Definition, Evidence, Progress, baseline_of, progress, target_of
from service.kpis.enums import Frequency
from service.kpis.series.calendar import last_day
from service.values.decimals import to_decimal
from service.values.parsing import format_decimal, parse_decimal
from tests.docs.numbers_page import Row, executes, told


def result(found: Progress, row: Row, *columns: str) -> None:
    """Progress and its reason are those of the row, and so are the other columns."""
    values = {"progressRaw": found.raw, "progress": found.value, "current": found.current}
    for name in ("progress", *columns):
        assert (name, told(values[name], row[name])) == (name, row[name])
    assert found.reason == row["progressReason"]


@executes("rounding")
def test_rounding(row: Row) -> None:
    assert format_decimal(parse_decimal(row["number sent"])) == row["number kept"]


@executes("progress")
def test_progress(row: Row) -> None:
    kind, target = row["kind"] or None, row.given("target")
    is_own = kind is not None and kind not in CHANGES
    definition = Definition(
        kind, baseline=row.given("baseline"), change_by=row.given("change"), target=target if is_own else None
    )
    assert told(target_of(definition), row["target"]) == row["target"]
    result(progress(definition, Evidence(row.given("value"))), row, "progressRaw", "current")


@executes("milestones")
def test_milestones(row: Row) -> None:
    stages = [(float(each), True) for each in row.list("weights of done milestones")]
    stages += [(float(each), False) for each in row.list("weights of open milestones")]
    result(progress(Definition("MILESTONE"), Evidence(milestones=stages)), row)


@executes("limits")
def test_limits(row: Row) -> None:
    bounds = [Decimal(each) for each in row.list("limit", " to ")]
    names = ("lower", "upper") if len(bounds) > 1 else ("target",)
    given: dict[str, Any] = dict(zip(names, bounds, strict=True))
    definition = Definition(row["kind"], row["mode"], **given)
    found = progress(definition, Evidence(row.given("value")))
    # Being far from a limit is no reason of its own.
    result(found, row, "progressRaw")


@executes("adherence")
def test_adherence(row: Row) -> None:
    values = [Decimal(each) for each in row.list("last value of each period that has one")]
    definition = Definition(row["kind"], "ADHERENCE", target=row.given("limit"))
    found = progress(definition, Evidence(values[-1], values, int(row["periods"])))
    assert told(found.value, row["progress"]) == row["progress"]


@executes("followed")
def test_key_results_that_follow_a_kpi(row: Row) -> None:
    kind, aim, function = row["kind"], row.given("aim"), row["KPI"]
    points = {name: [_point(each) for each in row.list(name)] for name in ("before the cycle", "in the cycle")}
    days = [day for several in points.values() for day, _ in several]
    assert days == sorted(set(days))
    before = points["before the cycle"][0] if points["before the cycle"] else None
    is_cumulative = function == "cumulative"
    said = KpiEvidence("SUM" if is_cumulative else function, is_cumulative, before, points["in the cycle"], 3)
    given: dict[str, Any] = {"change_by": aim} if kind in CHANGES else {"target": aim}
    definition, evidence = with_kpi_evidence(Definition(kind, **given), said)
    shown = baseline_of(definition) if kind in LEVELS | {"REACH"} else None
    assert told(to_decimal(shown), row["baseline"]) == row["baseline"]
    assert told(target_of(definition), row["target"]) == row["target"]
    result(progress(definition, evidence), row, "current")


def _point(text: str) -> tuple[date, Decimal]:
    month, _, value = text.partition(": ")
    start = date.fromisoformat(f"20{month}-01")
    assert last_day(start, Frequency.MONTHLY).month == start.month
    return start, Decimal(value)
