"""The own dates of a goal: what is stored of them, and what is wrong with them."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from service.objectives.goal_dates import (
    Timeframe,
    check_dates,
    check_granularities,
    completed_dates,
    is_dated,
    is_past_due,
)

JANUARY, FEBRUARY, MARCH = date(2026, 1, 1), date(2026, 2, 10), date(2026, 3, 31)
QUARTER = Timeframe(JANUARY, MARCH)
FREE = Timeframe(JANUARY, MARCH, allows_dates_outside=True)
BERLIN = Timeframe(JANUARY, MARCH, time_zone="Europe/Berlin", fiscal_year_start_month=2)
NOTHING = dict.fromkeys(("starts_on", "start_granularity", "own_starts_at"))


def test_days_go_to_the_ends_of_what_they_name() -> None:
    values = {"starts_on": FEBRUARY, "start_granularity": "QUARTER", "due_on": FEBRUARY, "due_granularity": "MONTH"}
    assert completed_dates(values, {}, BERLIN) == {
        **{"starts_on": date(2026, 2, 1), "start_granularity": "QUARTER"},
        "own_starts_at": datetime(2026, 1, 31, 23, tzinfo=UTC),
        **{"due_on": date(2026, 2, 28), "due_granularity": "MONTH"},
        "own_due_at": datetime(2026, 2, 28, 23, tzinfo=UTC),
    }


def test_what_is_left_out_stays() -> None:
    current = {"starts_on": JANUARY, "start_granularity": "MONTH", "due_on": MARCH, "due_granularity": "DAY"}
    assert completed_dates({"title": "Another"}, current, QUARTER) == {}
    moved = completed_dates({"starts_on": FEBRUARY}, current, QUARTER)
    assert (moved["starts_on"], moved["start_granularity"]) == (date(2026, 2, 1), "MONTH")
    assert "due_on" not in moved
    assert completed_dates({"start_granularity": None}, current, QUARTER)["start_granularity"] == "DAY"
    assert completed_dates({"starts_on": None}, current, QUARTER) == NOTHING
    assert completed_dates({"starts_on": None, "start_granularity": "DAY"}, current, QUARTER) == NOTHING


def test_a_date_keeps_its_day_when_the_fiscal_year_has_changed() -> None:
    current = {"due_on": MARCH, "due_granularity": "QUARTER"}
    assert completed_dates(current, current, BERLIN)["due_on"] == MARCH
    assert completed_dates({"due_on": FEBRUARY}, current, BERLIN)["due_on"] == date(2026, 4, 30)


def test_new_columns_are_dated_until_they_are_completed() -> None:
    assert not is_dated({"starts_on": None, "due_on": None})
    assert is_dated({"due_on": MARCH})
    assert is_dated({"start_granularity": "DAY"})
    assert not is_dated({"due_on": MARCH, "own_due_at": datetime(2026, 4, 1, tzinfo=UTC)})


@pytest.mark.parametrize(
    ("starts_on", "due_on", "timeframe", "codes"),
    [
        (None, None, QUARTER, []),
        (JANUARY, MARCH, QUARTER, []),
        (FEBRUARY, FEBRUARY, QUARTER, []),
        (date(2025, 12, 31), None, QUARTER, ["start GOAL_DATE_OUTSIDE_CYCLE"]),
        (None, date(2026, 4, 1), QUARTER, ["due GOAL_DATE_OUTSIDE_CYCLE"]),
        (date(2026, 4, 1), None, QUARTER, ["start GOAL_DATE_OUTSIDE_CYCLE"]),
        (
            date(2026, 4, 2),
            date(2026, 4, 1),
            QUARTER,
            ["start GOAL_DATE_OUTSIDE_CYCLE", "due GOAL_DATE_OUTSIDE_CYCLE", "due GOAL_DATES_INVERTED"],
        ),
        (None, date(2025, 1, 1), QUARTER, ["due GOAL_DATE_OUTSIDE_CYCLE"]),
        (FEBRUARY, JANUARY, QUARTER, ["due GOAL_DATES_INVERTED"]),
        (date(2025, 1, 1), date(2027, 1, 1), FREE, []),
        (date(2027, 1, 1), None, FREE, ["start GOAL_DATES_INVERTED"]),
        (None, date(2025, 1, 1), FREE, ["due GOAL_DATES_INVERTED"]),
        (date(2025, 6, 1), date(2025, 7, 1), FREE, []),
        (date(1899, 7, 1), date(2201, 1, 1), FREE, ["start GOAL_DATE_OUT_OF_RANGE", "due GOAL_DATE_OUT_OF_RANGE"]),
    ],
)
def test_what_is_wrong(starts_on: date | None, due_on: date | None, timeframe: Timeframe, codes: list[str]) -> None:
    assert [f"{each.field[0]} {each.code}" for each in check_dates(starts_on, due_on, timeframe)] == codes


@pytest.mark.parametrize(
    ("values", "current", "fields"),
    [
        ({"start_granularity": "DAY"}, {}, ["start"]),
        ({"start_granularity": "DAY"}, {"starts_on": JANUARY}, []),
        ({"start_granularity": "DAY", "starts_on": None}, {"starts_on": JANUARY}, ["start"]),
        ({"due_granularity": None, "due_on": None}, {}, []),
    ],
)
def test_a_granularity_needs_a_day(values: dict[str, Any], current: dict[str, Any], fields: list[str]) -> None:
    assert [each.field[0] for each in check_granularities(values, current)] == fields


def test_past_due() -> None:
    now, later = datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 4, 2, tzinfo=UTC)
    fine = {"is_in_force": True, "is_achieved": False, "is_closed": False}
    assert is_past_due(now, now, **fine)
    assert not is_past_due(later, now, **fine)
    for name in fine:
        assert not is_past_due(now, later, **{**fine, name: not fine[name]})
