"""How a KPI stands now: its current and its previous value, and how fresh they are.

Source of the definitions: docs/numbers.md, 14, 15 and 19, and docs/decisions/0009.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal, localcontext

from service.kpis.current.trend import Forecast, Line, fitted, forecast, required, trend
from service.kpis.enums import Direction, Frequency, Freshness, KpiStatus, KpiStatusReason, NullReason, Trend
from service.kpis.series.buckets import Measure, Point
from service.kpis.series.calendar import day_of, distance, midnight, shifted, start_of
from service.kpis.series.expectation import GRACE
from service.kpis.series.series import judged
from service.kpis.targets.evaluation import Judgement, Target
from service.values.decimals import EXACT, ExactNumber

# What is missing is not said by the newest point, but by how old the newest value is.
SILENT = (NullReason.DELETED, NullReason.INPUT_MISSING)


@dataclass(frozen=True, slots=True)
class Standing:
    """The newest points of a KPI, newest first, its targets in their time, and its calendar.

    Among `points` are the newest six with a value, and the newest without one that are newer than those; `targets`
    are in the order of time. `created_at` is when the first point began to be expected; `grace_days` is None for the
    frequency's own.
    """

    measure: Measure
    points: Sequence[Point]
    targets: Sequence[Target]
    time_zone: str
    created_at: datetime
    grace_days: int | None = None

    @property
    def newest(self) -> Point | None:
        """The point that the KPI is judged by: the newest that has a value, or had nothing to divide by."""
        return next((point for point in self.points if point.null_reason not in SILENT), None)

    @property
    def current(self) -> Decimal | None:
        """The value of the newest point."""
        return self.newest.value if self.newest else None

    @property
    def null_reason(self) -> str | None:
        """Why there is no current value, where a point says so."""
        said = [self.newest] if self.newest else self.points
        return next((point.null_reason for point in said if point.null_reason != NullReason.DELETED), None)

    @property
    def previous(self) -> Decimal | None:
        """The value before the current one; the points between them may be missing."""
        valued = [p for p in self.points if p.value is not None and self.newest and p.starts_on < self.newest.starts_on]
        return valued[0].value if valued else None

    @property
    def change(self) -> Decimal | None:
        """What was added since the previous value, in the KPI's unit: current less previous, and where a cumulative
        KPI has begun a new fiscal year since, current itself."""
        if self.current is None or self.previous is None:
            return None
        if self._began_anew:
            return self.current
        with localcontext(EXACT):
            return self.current - self.previous

    @property
    def change_ratio(self) -> float | None:
        """The change as a fraction of the size of the previous value; None where that is 0, of another fiscal year of
        a cumulative KPI, or a place on a scale."""
        if self.change is None or not self.previous or self._began_anew or self.measure.on_scale:
            return None
        with localcontext(EXACT):
            return float(self.change / abs(self.previous)) + 0.0

    @property
    def judgement(self) -> Judgement:
        """The newest point against its target, whatever its age."""
        today = start_of(
            day_of(self.created_at, self.time_zone), self.measure.frequency, self.measure.fiscal_year_start_month
        )
        return judged(self.measure, self.newest or Point(today, None), self.targets)

    @property
    def last_judgement(self) -> Judgement | None:
        """The newest value against its target, whatever came to nothing since; None when there was never a value."""
        valued = next((point for point in self.points if point.value is not None), None)
        return judged(self.measure, valued, self.targets) if valued else None

    def judgement_at(self, now: datetime) -> Judgement:
        """The judgement at a moment: NO_DATA with the reason STALE once measurements are MISSING."""
        found = self.judgement
        if self.newest is None or self.freshness(now) is not Freshness.MISSING:
            return found
        return replace(found, status=KpiStatus.NO_DATA, status_reason=KpiStatusReason.STALE)

    def is_stale(self, now: datetime) -> bool:
        """Whether a measurement is overdue: LATE or MISSING."""
        return self.freshness(now) in (Freshness.LATE, Freshness.MISSING)

    @property
    def next_measurement_due_at(self) -> datetime | None:
        """When the next point is due: as soon as its period is over. None of an irregular KPI."""
        frequency = self.measure.frequency
        if frequency is Frequency.IRREGULAR:
            return None
        if self.newest:
            return midnight(shifted(self.newest.starts_on, frequency, 2), self.time_zone)
        first = start_of(day_of(self.created_at, self.time_zone), frequency, self.measure.fiscal_year_start_month)
        return midnight(shifted(first, frequency, 1), self.time_zone)

    def freshness(self, now: datetime) -> Freshness:
        """FRESH until the next point is due, DUE within its grace, then LATE; MISSING when one more period has
        gone by like that, or when there has never been a point. Irregular is never late."""
        expected = self.next_measurement_due_at
        if self.newest is None:
            return Freshness.MISSING
        if expected is None or now < expected:
            return Freshness.FRESH
        frequency = self.measure.frequency
        grace = timedelta(days=GRACE[frequency] if self.grace_days is None else self.grace_days)
        if now < expected + grace:
            return Freshness.DUE
        after = midnight(shifted(self.newest.starts_on, frequency, 3), self.time_zone)
        return Freshness.LATE if now < after + grace else Freshness.MISSING

    @property
    def line(self) -> Line | None:
        """The line through the last six values, over the numbers of their periods since the newest, 0.

        A cumulative KPI begins anew with each fiscal year, so only the values of its newest year are one line. Places
        on a scale have no distances, and so no line.
        """
        last = self._last
        if last is None or self.measure.on_scale:
            return None
        year = self._year_of(last) if self.measure.cumulative else date.min
        several = [point for point in self.points if point.starts_on >= year]
        valued = [(distance(last, p.starts_on, self.measure.frequency), p.value) for p in several]
        return fitted([(x, value) for x, value in valued if value is not None])

    @property
    def trend(self) -> Trend | None:
        """Where the line goes; None of fewer than three values, and of a RANGE without a band to come near to."""
        line, target = self.line, self.judgement.target
        if line is None or (self.measure.direction == Direction.RANGE and target is None):
            return None
        return trend(self.measure.direction, line, target)

    def forecast(self, day: date) -> Forecast | None:
        """What the line says of the period of a day; None of fewer than three values, and of a cumulative KPI in
        another fiscal year than that of its newest value."""
        line = self.line
        if line is None or self.is_of_another_year(day):
            return None
        return forecast(line, self._periods_to(day))

    def required(self, day: date, target: Target | None) -> Decimal | None:
        """The change in each period that brings the current value to the target of a day (for RANGE to the nearer
        bound); None without a value, a target or a period left, on a scale, and where a cumulative KPI begins anew
        before that day."""
        aimed = target.value if target else None
        if target and self.current is not None and target.lower is not None and target.upper is not None:
            aimed = min(max(self.current, target.lower), target.upper)
        if self.current is None or aimed is None or self.measure.on_scale or self.is_of_another_year(day):
            return None
        return required(self.current, aimed, self._periods_to(day))

    def is_of_another_year(self, day: date) -> bool:
        """Whether a cumulative KPI begins anew between its newest value and a day."""
        last = self._last
        return self.measure.cumulative and last is not None and self._year_of(day) != self._year_of(last)

    @property
    def _began_anew(self) -> bool:
        valued = [point.starts_on for point in self.points if point.value is not None][:2]
        return self.measure.cumulative and len({self._year_of(day) for day in valued}) > 1

    @property
    def _last(self) -> date | None:
        return next((point.starts_on for point in self.points if point.value is not None), None)

    def _year_of(self, day: date) -> date:
        return start_of(day, Frequency.YEARLY, self.measure.fiscal_year_start_month)

    def _periods_to(self, day: date) -> int:
        last = self._last or day
        frequency = self.measure.frequency
        return distance(last, start_of(day, frequency, self.measure.fiscal_year_start_month), frequency)


def label(scale: Sequence[str], value: ExactNumber | None) -> str | None:
    """The grade that a value is the place of, counted from 1; None where there is no such place."""
    if value is None or value % 1 or not 1 <= value <= len(scale):
        return None
    return scale[int(value) - 1]
