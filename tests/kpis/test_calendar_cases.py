"""Which day, week, month, quarter or year something belongs to: a table of cases."""

from datetime import UTC, date, datetime

import pytest

from service.kpis.enums import Frequency
from service.kpis.series.calendar import day_of, distance, last_day, midnight, shifted, start_of, starts


@pytest.mark.parametrize(
    ("instant", "time_zone", "day"),
    [
        # The clocks of Berlin go on an hour on 29 March 2026, and back on 25 October.
        ("2026-03-28T22:59:59", "Europe/Berlin", "2026-03-28"),
        ("2026-03-28T23:00:00", "Europe/Berlin", "2026-03-29"),
        ("2026-03-29T21:59:59", "Europe/Berlin", "2026-03-29"),
        ("2026-03-29T22:00:00", "Europe/Berlin", "2026-03-30"),
        ("2026-10-25T22:59:59", "Europe/Berlin", "2026-10-25"),
        ("2026-10-25T23:00:00", "Europe/Berlin", "2026-10-26"),
        ("2026-03-08T04:59:59", "America/New_York", "2026-03-07"),
        ("2026-03-09T03:59:59", "America/New_York", "2026-03-08"),
        ("2026-03-09T04:00:00", "America/New_York", "2026-03-09"),
        ("2026-11-02T04:59:59", "America/New_York", "2026-11-01"),
        ("2026-11-02T05:00:00", "America/New_York", "2026-11-02"),
        # Samoa left out 30 December 2011 when it went to the other side of the date line.
        ("2011-12-30T09:59:59", "Pacific/Apia", "2011-12-29"),
        ("2011-12-30T10:00:00", "Pacific/Apia", "2011-12-31"),
        ("2026-01-01T10:59:59", "Pacific/Apia", "2026-01-01"),
        ("2026-01-01T11:00:00", "Pacific/Apia", "2026-01-02"),
        ("2026-01-01T18:14:59", "Asia/Kathmandu", "2026-01-01"),
        ("2026-01-01T18:15:00", "Asia/Kathmandu", "2026-01-02"),
        ("2026-01-01T00:00:00", "UTC", "2026-01-01"),
    ],
)
def test_an_instant_falls_on_a_day_of_the_zone(instant: str, time_zone: str, day: str) -> None:
    assert day_of(datetime.fromisoformat(instant).replace(tzinfo=UTC), time_zone) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("day", "time_zone", "instant"),
    [
        ("2026-03-29", "Europe/Berlin", "2026-03-28T23:00"),
        ("2026-03-30", "Europe/Berlin", "2026-03-29T22:00"),
        ("2026-10-25", "Europe/Berlin", "2026-10-24T22:00"),
        ("2026-10-26", "Europe/Berlin", "2026-10-25T23:00"),
        ("2026-03-08", "America/New_York", "2026-03-08T05:00"),
        ("2026-03-09", "America/New_York", "2026-03-09T04:00"),
        # Neither a midnight that is left out, nor one that comes twice, nor a whole day that is left out.
        ("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00"),
        ("2026-11-01", "America/Havana", "2026-11-01T04:00"),
        ("2011-12-30", "Pacific/Apia", "2011-12-30T10:00"),
        ("2011-12-31", "Pacific/Apia", "2011-12-30T10:00"),
        ("2026-01-01", "Asia/Kathmandu", "2025-12-31T18:15"),
    ],
)
def test_a_day_begins_at_an_instant(day: str, time_zone: str, instant: str) -> None:
    assert midnight(date.fromisoformat(day), time_zone) == datetime.fromisoformat(instant).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "frequency", "fiscal_year_start_month", "first", "last"),
    [
        ("2026-07-02", "IRREGULAR", 1, "2026-07-02", "2026-07-02"),
        ("2026-07-02", "DAILY", 4, "2026-07-02", "2026-07-02"),
        # 2020 has a week 53, which ends in 2021; 2026 has one, which ends in 2027.
        ("2020-12-27", "WEEKLY", 1, "2020-12-21", "2020-12-27"),
        ("2020-12-28", "WEEKLY", 1, "2020-12-28", "2021-01-03"),
        ("2021-01-03", "WEEKLY", 4, "2020-12-28", "2021-01-03"),
        ("2021-01-04", "WEEKLY", 1, "2021-01-04", "2021-01-10"),
        ("2026-12-31", "WEEKLY", 1, "2026-12-28", "2027-01-03"),
        ("2027-01-03", "WEEKLY", 1, "2026-12-28", "2027-01-03"),
        ("2027-01-04", "WEEKLY", 1, "2027-01-04", "2027-01-10"),
        ("2024-02-29", "MONTHLY", 1, "2024-02-01", "2024-02-29"),
        ("2026-02-28", "MONTHLY", 10, "2026-02-01", "2026-02-28"),
        ("2026-12-31", "MONTHLY", 1, "2026-12-01", "2026-12-31"),
        ("2024-02-29", "QUARTERLY", 1, "2024-01-01", "2024-03-31"),
        ("2026-03-31", "QUARTERLY", 4, "2026-01-01", "2026-03-31"),
        ("2026-04-01", "QUARTERLY", 4, "2026-04-01", "2026-06-30"),
        ("2026-12-31", "QUARTERLY", 10, "2026-10-01", "2026-12-31"),
        ("2027-01-01", "QUARTERLY", 10, "2027-01-01", "2027-03-31"),
        ("2026-01-31", "QUARTERLY", 2, "2025-11-01", "2026-01-31"),
        ("2026-02-01", "QUARTERLY", 2, "2026-02-01", "2026-04-30"),
        ("2027-01-15", "QUARTERLY", 12, "2026-12-01", "2027-02-28"),
        ("2024-02-29", "YEARLY", 1, "2024-01-01", "2024-12-31"),
        ("2026-03-31", "YEARLY", 4, "2025-04-01", "2026-03-31"),
        ("2026-04-01", "YEARLY", 4, "2026-04-01", "2027-03-31"),
        ("2026-09-30", "YEARLY", 10, "2025-10-01", "2026-09-30"),
        ("2026-10-01", "YEARLY", 10, "2026-10-01", "2027-09-30"),
        ("2024-02-29", "YEARLY", 3, "2023-03-01", "2024-02-29"),
    ],
)
def test_a_day_lies_in_a_period(day: str, frequency: str, fiscal_year_start_month: int, first: str, last: str) -> None:
    start = start_of(date.fromisoformat(day), Frequency(frequency), fiscal_year_start_month)
    assert (str(start), str(last_day(start, Frequency(frequency)))) == (first, last)


@pytest.mark.parametrize(
    ("start", "frequency", "periods", "found"),
    [
        ("2024-02-29", "DAILY", 1, "2024-03-01"),
        ("2024-02-29", "DAILY", 366, "2025-03-01"),
        ("2024-02-29", "IRREGULAR", -1, "2024-02-28"),
        ("2026-12-28", "WEEKLY", 1, "2027-01-04"),
        ("2021-01-04", "WEEKLY", -1, "2020-12-28"),
        ("2026-12-01", "MONTHLY", 1, "2027-01-01"),
        ("2026-01-01", "MONTHLY", -1, "2025-12-01"),
        ("2026-01-01", "MONTHLY", -25, "2023-12-01"),
        ("2026-10-01", "QUARTERLY", 1, "2027-01-01"),
        ("2026-02-01", "QUARTERLY", -1, "2025-11-01"),
        ("2024-03-01", "YEARLY", 1, "2025-03-01"),
        ("2024-10-01", "YEARLY", -24, "2000-10-01"),
        ("2026-04-01", "YEARLY", 0, "2026-04-01"),
    ],
)
def test_periods_are_counted_on_and_back(start: str, frequency: str, periods: int, found: str) -> None:
    begin, size = date.fromisoformat(start), Frequency(frequency)
    assert str(shifted(begin, size, periods)) == found
    assert distance(begin, date.fromisoformat(found), size) == periods


@pytest.mark.parametrize("frequency", list(Frequency))
@pytest.mark.parametrize("periods", [-4_000_000, 4_000_000])
def test_what_no_calendar_reaches_is_an_overflow(frequency: Frequency, periods: int) -> None:
    with pytest.raises(OverflowError):
        shifted(date(2026, 1, 1), frequency, periods)


@pytest.mark.parametrize("frequency", [Frequency.MONTHLY, Frequency.QUARTERLY, Frequency.YEARLY])
def test_the_year_10000_is_an_overflow_like_the_year_0(frequency: Frequency) -> None:
    with pytest.raises(OverflowError):
        shifted(date(9999, 12, 1), frequency, 1)
    with pytest.raises(OverflowError):
        shifted(date(1, 1, 1), frequency, -1)


def test_the_periods_between_two_days_are_listed_from_the_one_of_the_first() -> None:
    quarters = starts(date(2025, 12, 31), date(2026, 7, 1), Frequency.QUARTERLY, 10)
    assert [str(day) for day in quarters] == ["2025-10-01", "2026-01-01", "2026-04-01", "2026-07-01"]
    weeks = starts(date(2026, 12, 31), date(2027, 1, 4), Frequency.WEEKLY)
    assert [str(day) for day in weeks] == ["2026-12-28", "2027-01-04"]
    assert list(starts(date(2026, 7, 2), date(2026, 7, 1), Frequency.DAILY)) == []
