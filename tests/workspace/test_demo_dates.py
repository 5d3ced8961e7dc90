"""Moving the demo workspace to another day: cases of each calendar, and what holds for the whole file on any day."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.workspace.demo_dates import REFERENCE_DAY, move_items
from tests.kit.examples import examples
from tests.kit.small_workspace import kpi, kpi_target, measurement
from tests.kit.workspace_files import DEMO_ITEMS

SPECIAL = [
    *(
        date(year, month, 1) - timedelta(days=back)
        for year in range(2024, 2036)
        for month in (1, 3, 4, 12)
        for back in (0, 1)
    ),
    *(date(year, 2, 29) for year in (2024, 2028, 2032)),
    *(REFERENCE_DAY + timedelta(days=days) for days in (-1, 0, 1)),
]
days = st.sampled_from(SPECIAL) | st.dates(date(2024, 1, 1), date(2035, 12, 31))
thorough = settings(deadline=None, max_examples=examples(60, 300))

KPIS = {item["externalId"]: item for item in DEMO_ITEMS if item["type"] == "Kpi"}
CYCLES = ("year", "q1", "q2", "q3", "q4")


def items_of(kind: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [item for item in items if item["type"] == kind]


def period(kpi_id: str, day: date) -> Any:
    """What is the same for all days of one period of a KPI, told without the service's own calendar."""
    frequency = KPIS[kpi_id].get("frequency", "MONTHLY")
    quarter = (day.year, (day.month - 1) // 3)
    return {"DAILY": day, "WEEKLY": day.isocalendar()[:2], "MONTHLY": (day.year, day.month), "QUARTERLY": quarter}[
        frequency
    ]


def by_kpi(items: list[dict[str, Any]]) -> dict[str, list[tuple[date, str]]]:
    """Day and value of the measurements of each KPI, the earliest first."""
    found: dict[str, list[tuple[date, str]]] = {}
    for item in items_of("Measurement", items):
        found.setdefault(item["kpi"], []).append((date.fromisoformat(item["on"]), item["value"]))
    return {name: sorted(points) for name, points in found.items()}


def test_on_the_reference_day_every_item_is_as_in_the_file() -> None:
    assert move_items(DEMO_ITEMS, REFERENCE_DAY) == DEMO_ITEMS


@thorough
@given(days)
@example(REFERENCE_DAY)
def test_no_measurement_is_of_a_period_that_goes_on_and_no_two_are_of_one(day: date) -> None:
    for name, points in by_kpi(move_items(DEMO_ITEMS, day)).items():
        periods = [period(name, on) for on, _ in points]
        assert len(set(periods)) == len(periods), name
        assert all(on < day for on, _ in points), name
        assert period(name, day) not in periods, name


@thorough
@given(days)
def test_every_kpi_keeps_its_values_and_its_newest_one_is_as_old_in_periods_as_ever(day: date) -> None:
    moved, written = by_kpi(move_items(DEMO_ITEMS, day)), by_kpi(DEMO_ITEMS)
    assert moved.keys() == written.keys()
    for name, points in moved.items():
        if KPIS[name].get("cumulative"):
            # Of three years, as far as the third one has gone: each quarter keeps its own value.
            assert [value for _, value in points] == [value for _, value in written[name]][: len(points)]
            assert len(points) == 8 + (day.month - 1) // 3
            assert [on.month for on, _ in points] == [(1, 4, 7, 10)[number % 4] for number in range(len(points))]
        else:
            assert [value for _, value in points] == [value for _, value in written[name]]
        newest, late = points[-1][0], name in ("nps", "training-hours")
        assert _before(name, day, 2 if late else 1) == period(name, newest), name


def _before(kpi_id: str, day: date, periods: int) -> Any:
    """The period so many periods before the one of a day."""
    for _ in range(periods):
        current = period(kpi_id, day)
        while period(kpi_id, day) == current:
            day -= timedelta(days=1)
    return period(kpi_id, day)


@thorough
@given(days)
def test_targets_stay_apart_and_cover_the_newest_value(day: date) -> None:
    moved = move_items(DEMO_ITEMS, day)
    newest = {name: points[-1][0] for name, points in by_kpi(moved).items()}
    targets: dict[str, list[tuple[str, str]]] = {}
    for item in items_of("KpiTarget", moved):
        targets.setdefault(item["kpi"], []).append((item["startsOn"], item.get("endsOn", "9999-12-31")))
    for name, spans in targets.items():
        assert all(starts <= ends for starts, ends in spans), name
        assert all(ends < starts for (_, ends), (starts, _) in pairwise(sorted(spans))), name
        if name in newest:
            assert any(starts <= newest[name].isoformat() <= ends for starts, ends in spans), name


@thorough
@given(days)
def test_goals_move_by_whole_days(day: date) -> None:
    by = day - REFERENCE_DAY
    moved = move_items(DEMO_ITEMS, day)
    kinds = {"Measurement", "KpiTarget"}
    others = [item for item in DEMO_ITEMS if item["type"] not in kinds]
    for before, after in zip(others, [item for item in moved if item["type"] not in kinds], strict=True):
        names = ("startsOn", "endsOn", "dueOn", "at", "doneAt")
        dates: dict[str, str] = {name: before[name] for name in names if name in before}
        shown = {name: f"{date.fromisoformat(text[:10]) + by}{text[10:]}" for name, text in dates.items()}
        assert after == {**before, **shown}
    for item in moved:
        if at := item.get("at") or item.get("doneAt"):
            # The demo can be made just after midnight.
            assert date.fromisoformat(at[:10]) < day


@thorough
@given(days)
def test_what_key_results_read_from_kpis_is_the_same_on_every_day(day: date) -> None:
    moved = move_items(DEMO_ITEMS, day)
    cycles = {item["externalId"]: item for item in items_of("Cycle", moved)}
    points = by_kpi(moved)
    # The last value before the cycle, and the last one in it: 13 weeks contain two to four beginnings of a month.
    for kpi_id, cycle, expected in (("monthly-sales", "q2", ("200000", "215000")), ("drop-off", "q3", ("40", "35"))):
        first, last = (date.fromisoformat(cycles[cycle][name]) for name in ("startsOn", "endsOn"))
        own = [
            (on - timedelta(days=on.weekday()) if kpi_id == "drop-off" else on, value) for on, value in points[kpi_id]
        ]
        before = [value for on, value in own if on < first]
        during = [value for on, value in own if first <= on <= last]
        assert (before[-1], during[-1]) == expected


def test_the_year_has_four_quarters_of_thirteen_weeks() -> None:
    spans = [
        (item["kind"], date.fromisoformat(item["startsOn"]), date.fromisoformat(item["endsOn"]) + timedelta(days=1))
        for name in CYCLES
        for item in items_of("Cycle", DEMO_ITEMS)
        if item["externalId"] == name
    ]
    (kind, first, last), *quarters = spans
    assert (kind, last - first) == ("YEAR", timedelta(weeks=52))
    assert [(kind, ends - starts) for kind, starts, ends in quarters] == [("QUARTER", timedelta(weeks=13))] * 4
    assert [first, *(ends for _, _, ends in quarters)] == [*(starts for _, starts, _ in quarters), last]
    assert quarters[2][1] <= REFERENCE_DAY < quarters[2][2]


@pytest.mark.parametrize(
    ("facts", "on", "day", "expected"),
    [
        # 2026-11-20 is a Friday: the weeks between are counted from Monday to Monday.
        ({"frequency": "DAILY"}, "2026-11-19", date(2028, 2, 29), "2028-02-28"),
        ({"frequency": "WEEKLY"}, "2026-11-09", date(2026, 11, 22), "2026-11-09"),
        ({"frequency": "WEEKLY"}, "2026-11-09", date(2026, 11, 23), "2026-11-16"),
        ({}, "2026-10-01", date(2027, 1, 1), "2026-12-01"),
        ({"frequency": "MONTHLY"}, "2026-10-01", date(2028, 3, 31), "2028-02-01"),
        ({"frequency": "QUARTERLY"}, "2026-07-01", date(2027, 3, 31), "2026-10-01"),
        ({"frequency": "QUARTERLY"}, "2026-07-01", date(2027, 4, 1), "2027-01-01"),
        ({"frequency": "YEARLY"}, "2025-01-01", date(2031, 6, 1), "2030-01-01"),
        ({"frequency": "IRREGULAR"}, "2026-03-05", date(2027, 11, 20), "2027-03-05"),
        ({"frequency": "QUARTERLY", "cumulative": True}, "2026-04-01", date(2027, 7, 1), "2027-04-01"),
        ({"frequency": "QUARTERLY", "cumulative": True}, "2026-04-01", date(2027, 6, 30), None),
        ({"frequency": "MONTHLY", "cumulative": True}, "2025-12-01", date(2027, 1, 1), "2026-12-01"),
    ],
)
def test_a_measurement_moves_by_the_calendar_of_its_kpi(
    facts: dict[str, Any], on: str, day: date, expected: str | None
) -> None:
    kpi_item, *points = move_items([kpi("k", **facts), measurement("k", on, "1", source="Ledger")], day)
    assert kpi_item == kpi("k", **facts)
    assert points == ([measurement("k", expected, "1", source="Ledger")] if expected else [])


def test_a_target_moves_by_whole_periods() -> None:
    written = kpi_target("t", "k", "2026-02-01", endsOn="2026-02-28", value="1")
    assert move_items([kpi("k"), written], date(2028, 11, 1))[1:] == [
        kpi_target("t", "k", "2028-02-01", endsOn="2028-02-29", value="1")
    ]
    open_ended = kpi_target("t", "k", "2026-11-16", value="1")
    assert move_items([kpi("k", frequency="WEEKLY"), open_ended], date(2026, 12, 31))[1:] == [
        kpi_target("t", "k", "2026-12-28", value="1")
    ]


def test_a_cumulative_kpi_of_weeks_is_refused() -> None:
    with pytest.raises(ValueError, match="'k' is WEEKLY"):
        move_items([kpi("k", frequency="WEEKLY", cumulative=True)], REFERENCE_DAY)


def test_a_measurement_of_no_kpi_is_refused() -> None:
    with pytest.raises(KeyError, match="nothing"):
        move_items([measurement("nothing", "2026-10-01", "1")], REFERENCE_DAY)
