"""Whether a longer period is complete, what its target is, and how it is judged: a table of cases."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from service.kpis.enums import Aggregation, Frequency, NullReason
from service.kpis.series.buckets import Bucket, KpiDefinition
from service.kpis.series.expectation import Expectation
from service.kpis.series.period_value import PeriodValue
from service.kpis.series.series import series
from service.kpis.targets.evaluation import Target

FIRST = date(2026, 1, 1)
ALL = (Aggregation.SUM, Aggregation.AVERAGE, Aggregation.MIN, Aggregation.MAX, Aggregation.COUNT)


def expected(due: str, began: str | None = "2026-01-01") -> Expectation:
    return Expectation(began and date.fromisoformat(began), date.fromisoformat(due), date.fromisoformat(due))  # type: ignore[arg-type]


LATER = expected("2026-06-01")


def quarter(
    values: Sequence[str | None],
    aims: list[Target],
    aggregation: str = "SUM",
    direction: str = "HIGHER",
    now: Expectation = LATER,
    **more: Any,
) -> Bucket:
    """The first quarter of a monthly KPI, its values from January on."""
    definition = KpiDefinition(direction, Frequency.MONTHLY, Aggregation(aggregation), **more)
    measurements = [PeriodValue(date(2026, n, 1), Decimal(v)) for n, v in enumerate(values, start=1) if v is not None]
    [found] = series(definition, measurements, aims, now, FIRST, FIRST, Frequency.QUARTERLY)
    return found


def aim(value: str, first: str = "2025-01-01", last: str | None = None, **limits: Any) -> Target:
    numbers: dict[str, Any] = {name: Decimal(text) if name != "kind" else text for name, text in limits.items()}
    end = date.fromisoformat(last) if last else None
    return Target(date.fromisoformat(first), end, Decimal(value), **numbers)


def told(bucket: Bucket) -> tuple[Any, ...]:
    return bucket.count, bucket.expected_count, bucket.is_complete, bucket.is_running


@pytest.mark.parametrize(
    ("values", "last", "others"),
    [
        (["1", "1", "1"], True, True),
        (["1", None, "1"], True, False),
        ([None, None, "1"], True, False),
        (["1", "1", None], False, False),
        ([None, None, None], False, False),
    ],
)
def test_the_last_measurement_makes_last_and_cumulative_complete_and_all_of_them_the_others(
    values: list[str | None], last: bool, others: bool
) -> None:
    count = sum(value is not None for value in values)
    assert told(quarter(values, [], "LAST")) == (count, 3, last, False)
    assert told(quarter(values, [], "SUM", cumulative=True)) == (count, 3, last, False)
    for aggregation in ALL:
        assert told(quarter(values, [], aggregation)) == (count, 3, others, False)


@pytest.mark.parametrize(
    ("due", "count"),
    [("2026-01-31", 0), ("2026-02-01", 1), ("2026-02-28", 1), ("2026-03-01", 2), ("2026-04-01", 3), ("2027-01-01", 3)],
)
def test_a_measurement_is_expected_once_its_period_and_its_grace_are_over(due: str, count: int) -> None:
    found = quarter([], [], now=expected(due))
    assert (found.expected_count, found.is_complete) == (count, count == 0)
    # A value is expected whenever it comes.
    assert quarter([None, None, "1"], [], now=expected(due)).expected_count == min(count + 1, 3)
    early = quarter(["1", "1", "1"], [], now=expected(due))
    assert (early.expected_count, early.is_complete) == (3, True)


def test_nothing_is_expected_before_a_kpi_began_or_after_it_was_archived() -> None:
    assert told(quarter([None, "1", "1"], [], now=expected("2026-06-01", "2026-02-17"))) == (2, 2, True, False)
    # Archived on 20 February: only January had ended.
    assert told(quarter(["1"], [], now=expected("2026-02-20"))) == (1, 1, True, True)


@pytest.mark.parametrize(
    ("values", "complete"),
    [
        ([None, None], False),
        (["1", None], True),
        ([None, "1"], True),
    ],
)
def test_a_period_without_a_value_for_a_missing_input_is_not_complete_though_nothing_is_expected_yet(
    values: list[str | None], complete: bool
) -> None:
    measurements = [
        PeriodValue(date(2026, n, 1), *((Decimal(value), None) if value else (None, NullReason.INPUT_MISSING)))
        for n, value in enumerate(values, start=1)
    ]
    definition = KpiDefinition("HIGHER", Frequency.MONTHLY, Aggregation.SUM)
    running = expected("2026-01-31")
    [found] = series(definition, measurements, [], running, FIRST, FIRST, Frequency.QUARTERLY)
    count = sum(value is not None for value in values)
    assert (*told(found), found.null_reason) == (count, count, complete, True, None if count else "INPUT_MISSING")
    own = series(definition, measurements, [], running, FIRST, date(2026, 2, 1))
    assert [each.is_complete for each in own] == [value is not None for value in values]
    [nothing] = series(definition, [PeriodValue(FIRST, None, NullReason.DIVIDE_BY_ZERO)], [], running, FIRST, FIRST)
    assert (nothing.is_complete, nothing.null_reason) == (True, "DIVIDE_BY_ZERO")


def test_an_irregular_kpi_has_no_completeness_and_is_judged_as_it_is() -> None:
    definition = KpiDefinition("HIGHER", Frequency.IRREGULAR, Aggregation.SUM)
    measurements = [PeriodValue(date(2026, 1, 5), Decimal(6)), PeriodValue(date(2026, 2, 7), Decimal(5))]
    [found] = series(definition, measurements, [aim("5")], LATER, FIRST, FIRST, Frequency.QUARTERLY)
    assert told(found) == (2, None, None, False)
    assert (found.target and found.target.value, found.status) == (10, "GREEN")


@pytest.mark.parametrize(
    ("aggregation", "direction", "values", "value", "attained", "status"),
    [
        ("SUM", "HIGHER", ["10", "10", None], 20, 2 / 3, "RED"),
        ("SUM", "HIGHER", ["10", "17", None], 27, 0.9, "AMBER"),
        ("SUM", "HIGHER", ["20", "20", None], 40, 40 / 30, "INCOMPLETE"),
        ("AVERAGE", "HIGHER", ["11", "11", None], 11, 1.1, "INCOMPLETE"),
        ("AVERAGE", "LOWER", ["9", "9", None], 9, 1.1, "INCOMPLETE"),
        ("AVERAGE", "LOWER", ["11", "11", None], 11, 0.9, "AMBER"),
        ("LAST", "HIGHER", ["9", "11", None], 11, 1.1, "INCOMPLETE"),
        ("LAST", "HIGHER", ["11", None, "9"], 9, 0.9, "AMBER"),
        ("LAST", "HIGHER", ["9", None, "11"], 11, 1.1, "GREEN"),
        ("MIN", "HIGHER", ["12", "11", None], 11, 1.1, "INCOMPLETE"),
        ("MAX", "LOWER", ["9", "20", None], 20, 0.0, "RED"),
        ("COUNT", "HIGHER", ["5", "5", None], 2, 0.2, "RED"),
        # A total of which less is better can only become worse.
        ("SUM", "LOWER", ["12", "12", None], 24, None, "INCOMPLETE"),
        ("SUM", "LOWER", ["12", "18", None], 30, None, "INCOMPLETE"),
        ("SUM", "LOWER", ["12", "20", None], 32, None, "RED"),
        ("COUNT", "LOWER", ["1", "1", None], 2, None, "INCOMPLETE"),
    ],
)
def test_an_incomplete_period_is_never_green(
    aggregation: str, direction: str, values: list[str | None], value: int, attained: float | None, status: str
) -> None:
    found = quarter(values, [aim("10")], aggregation, direction)
    assert (found.value, found.attainment, found.status) == (value, attained, status)
    reason = "MEASUREMENTS_MISSING" if status == "INCOMPLETE" else "RATIO_THRESHOLDS"
    assert found.status_reason == reason


def test_an_incomplete_period_without_a_target_or_a_value_says_so() -> None:
    assert quarter(["1"], []).status == "NO_TARGET"
    assert quarter([], [aim("1")]).status == "NO_DATA"


@pytest.mark.parametrize(("aggregation", "aimed"), [("SUM", "60"), ("AVERAGE", "20"), ("LAST", "30"), ("COUNT", "30")])
def test_the_target_counts_what_is_expected_and_missing(aggregation: str, aimed: str) -> None:
    steps = [aim("10", last="2026-01-31"), aim("20", "2026-02-01", "2026-02-28"), aim("30", "2026-03-01")]
    found = quarter(["1", None, "1"], steps, aggregation)
    assert found.target is not None
    assert found.target.value == Decimal(aimed)


def test_a_running_period_is_compared_with_the_target_to_date() -> None:
    found = quarter(["10", "10"], [aim("10")], now=expected("2026-03-15"))
    assert (found.value, found.target and found.target.value, found.status) == (20, 20, "GREEN")
    assert told(found) == (2, 2, True, True)
    # Before anything is expected, it is that of the whole period.
    assert quarter([], [aim("10")], now=expected("2026-01-15")).target == aim("30")


def test_the_lowest_and_the_highest_are_judged_by_their_own_targets_and_ties_by_the_worse() -> None:
    steps = [aim("5", last="2026-01-31"), aim("10", "2026-02-01", "2026-02-28"), aim("4", "2026-03-01")]
    lowest = quarter(["6", "6", "9"], steps, "MIN")
    assert (lowest.value, lowest.target, lowest.status) == (6, steps[1], "RED")
    highest = quarter(["6", "7", "9"], steps, "MAX")
    assert (highest.value, highest.target, highest.status) == (9, steps[2], "GREEN")


def test_where_ratios_and_absolute_thresholds_meet_the_worse_judgement_counts() -> None:
    ratio = aim("100", last="2026-01-31")
    absolute = aim("100", "2026-02-01", kind="ABSOLUTE", green="100", amber="80")
    for values, status in (
        (["30", "80", "80"], "RED"),
        (["100", "80", "80"], "AMBER"),
        (["100", "100", "100"], "GREEN"),
        (["30", "500", "500"], "RED"),
        (["100", "80", None], "RED"),
        (["100", "250", None], "INCOMPLETE"),
    ):
        found = quarter(values, [ratio, absolute])
        assert (found.status, found.target and found.target.value) == (status, 300)
        if status != "INCOMPLETE":
            assert found.status_reason == "WORST_OF_THRESHOLDS"
    assert quarter(["30", "80", "85"], [ratio, absolute], "AVERAGE").status == "RED"


def test_absolute_thresholds_are_added_for_measurements_that_are_missing_too() -> None:
    absolute = aim("10", kind="ABSOLUTE", green="10", amber="8")
    found = quarter(["15", None, "9"], [absolute])
    assert found.target is not None
    assert (found.target.green, found.target.amber, found.status) == (30, 24, "AMBER")


def test_weeks_and_days_count_by_where_they_begin_and_targets_by_their_last_days() -> None:
    weekly = KpiDefinition("HIGHER", Frequency.WEEKLY, Aggregation.SUM)
    # Five weeks begin in June 2026; the target changes within the second.
    aims = [aim("1", last="2026-06-10"), aim("2", "2026-06-11")]
    [june] = series(weekly, [], aims, LATER, date(2026, 6, 1), date(2026, 6, 30), Frequency.MONTHLY)
    assert june.target is not None
    assert (june.target.value, june.expected_count) == (9, 0)
    [june] = series(weekly, [], aims, expected("2026-07-06"), date(2026, 6, 1), date(2026, 6, 30), Frequency.MONTHLY)
    assert june.expected_count == 5
    daily = KpiDefinition("HIGHER", Frequency.DAILY, Aggregation.SUM)
    [year] = series(daily, [], [aim("1")], expected("2029-01-01"), date(2028, 1, 1), date(2028, 1, 1), Frequency.YEARLY)
    assert (year.expected_count, year.target and year.target.value) == (366, 366)


def test_places_on_a_scale_are_judged_by_label() -> None:
    for value, status in (("5", "GREEN"), ("4", "GREEN"), ("3", "AMBER"), ("2", "RED")):
        found = quarter(["5", "5", value], [aim("4")], "MIN", on_scale=True)
        assert (found.status, found.status_reason, found.attainment) == (status, "TARGET_LABEL", None)
    assert quarter(["5", "5", None], [aim("4")], "MIN", on_scale=True).status == "INCOMPLETE"
