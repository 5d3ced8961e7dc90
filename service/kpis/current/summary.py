"""Summary of a KPI: current and previous value, freshness, trend and forecast.

Source of the definitions: docs/numbers.md, 14, 15 and 19, and docs/decisions/0009.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal, localcontext
from functools import cached_property

from service.kpis.current.trend import Forecast, Line, fit_line, forecast, required_per_period, trend
from service.kpis.enums import Direction, Frequency, Freshness, KpiStatus, KpiStatusReason, NullReason, Trend
from service.kpis.series.buckets import KpiDefinition
from service.kpis.series.calendar import day_of, distance, midnight, shifted, start_of
from service.kpis.series.expectation import DEFAULT_GRACE_DAYS
from service.kpis.series.period_value import PeriodValue
from service.kpis.series.series import judge_measurement
from service.kpis.targets.evaluation import Judgement, Target
from service.values.decimals import EXACT_CONTEXT, ExactNumber

# Measurements without a value for these reasons are skipped; the freshness shows that values are missing.
IGNORED_NULL_REASONS = (NullReason.DELETED, NullReason.INPUT_MISSING)


@dataclass(frozen=True)
class KpiSummary:
    """The newest measurements of a KPI, newest first, with the targets of their time.

    `measurements` contain the newest six with a value, and those without one that are newer. `targets` are in the
    order of time. The first measurement is expected from `created_at` on. `grace_days` is None for the default of the
    frequency. What is computed is kept, since several fields use it.
    """

    definition: KpiDefinition
    measurements: Sequence[PeriodValue]
    targets: Sequence[Target]
    time_zone: str
    created_at: datetime
    grace_days: int | None = None

    @cached_property
    def newest(self) -> PeriodValue | None:
        """The newest measurement that is judged: it has a value, DIVIDE_BY_ZERO or OUT_OF_RANGE."""
        return next(
            (measurement for measurement in self.measurements if measurement.null_reason not in IGNORED_NULL_REASONS),
            None,
        )

    @property
    def current(self) -> Decimal | None:
        """The value of the newest measurement."""
        return self.newest.value if self.newest else None

    @cached_property
    def null_reason(self) -> str | None:
        """The reason of the newest measurement for having no value, if it has one."""
        candidates = [self.newest] if self.newest else self.measurements
        return next(
            (measurement.null_reason for measurement in candidates if measurement.null_reason != NullReason.DELETED),
            None,
        )

    @cached_property
    def previous(self) -> Decimal | None:
        """The value before the current one; periods between them may have none."""
        valued = [
            p for p in self.measurements if p.value is not None and self.newest and p.starts_on < self.newest.starts_on
        ]
        return valued[0].value if valued else None

    @cached_property
    def change(self) -> Decimal | None:
        """Current less previous value, in the KPI's unit. It is the current value if a cumulative KPI began a new
        fiscal year in between."""
        if self.current is None or self.previous is None:
            return None
        if self._has_new_fiscal_year:
            return self.current
        with localcontext(EXACT_CONTEXT):
            return self.current - self.previous

    @cached_property
    def change_ratio(self) -> float | None:
        """change / |previous|. None if the previous value is 0, for a qualitative KPI, and for a cumulative KPI if the
        previous value is of another fiscal year."""
        if self.change is None or not self.previous or self._has_new_fiscal_year or self.definition.on_scale:
            return None
        with localcontext(EXACT_CONTEXT):
            return float(self.change / abs(self.previous)) + 0.0

    @cached_property
    def judgement(self) -> Judgement:
        """The newest measurement against its target, whatever its age."""
        today = start_of(
            day_of(self.created_at, self.time_zone), self.definition.frequency, self.definition.fiscal_year_start_month
        )
        return judge_measurement(self.definition, self.newest or PeriodValue(today, None), self.targets)

    @cached_property
    def last_judgement(self) -> Judgement | None:
        """The newest value against its target; None if there was never a value."""
        valued = next((measurement for measurement in self.measurements if measurement.value is not None), None)
        return judge_measurement(self.definition, valued, self.targets) if valued else None

    def judgement_at(self, now: datetime) -> Judgement:
        """The judgement at a moment: NO_DATA with the reason STALE once measurements are MISSING."""
        judgement = self.judgement
        if self.newest is None or self.freshness(now) is not Freshness.MISSING:
            return judgement
        return replace(judgement, status=KpiStatus.NO_DATA, status_reason=KpiStatusReason.STALE)

    def is_stale(self, now: datetime) -> bool:
        """Whether a measurement is overdue: LATE or MISSING."""
        return self.freshness(now) in (Freshness.LATE, Freshness.MISSING)

    @cached_property
    def next_measurement_due_at(self) -> datetime | None:
        """When the next measurement is due: at the end of its period. None for an irregular KPI."""
        frequency = self.definition.frequency
        if frequency is Frequency.IRREGULAR:
            return None
        if self.newest:
            return midnight(shifted(self.newest.starts_on, frequency, 2), self.time_zone)
        first = start_of(day_of(self.created_at, self.time_zone), frequency, self.definition.fiscal_year_start_month)
        return midnight(shifted(first, frequency, 1), self.time_zone)

    def freshness(self, now: datetime) -> Freshness:
        """FRESH until the next measurement is due, DUE within its grace, then LATE. MISSING after the grace of one
        more period, and without any measurement. An irregular KPI with a measurement is FRESH."""
        expected = self.next_measurement_due_at
        if self.newest is None:
            return Freshness.MISSING
        if expected is None or now < expected:
            return Freshness.FRESH
        frequency = self.definition.frequency
        grace = timedelta(days=DEFAULT_GRACE_DAYS[frequency] if self.grace_days is None else self.grace_days)
        if now < expected + grace:
            return Freshness.DUE
        after = midnight(shifted(self.newest.starts_on, frequency, 3), self.time_zone)
        return Freshness.LATE if now < after + grace else Freshness.MISSING

    @cached_property
    def line(self) -> Line | None:
        """The line through the last six values; x is the number of periods since the newest value, 0 or less.

        Of a cumulative KPI only the values of the newest fiscal year count. A qualitative KPI has no line.
        """
        last = self._newest_value_on
        if last is None or self.definition.on_scale:
            return None
        year = self._fiscal_year_of(last) if self.definition.cumulative else date.min
        of_year = [measurement for measurement in self.measurements if measurement.starts_on >= year]
        valued = [(distance(last, p.starts_on, self.definition.frequency), p.value) for p in of_year]
        return fit_line([(x, value) for x, value in valued if value is not None])

    @cached_property
    def trend(self) -> Trend | None:
        """The direction of the line; None for fewer than three values, and for a RANGE without a target."""
        line, target = self.line, self.judgement.target
        if line is None or (self.definition.direction == Direction.RANGE and target is None):
            return None
        return trend(self.definition.direction, line, target)

    def forecast(self, day: date) -> Forecast | None:
        """The forecast for the period of a day. None for fewer than three values, and for a cumulative KPI in another
        fiscal year than that of its newest value."""
        line = self.line
        if line is None or self.is_in_another_fiscal_year(day):
            return None
        return forecast(line, self._periods_to(day))

    def required_per_period(self, day: date, target: Target | None) -> Decimal | None:
        """The change in each period that brings the current value to the target of a day, for RANGE to the nearer
        bound. None without a value, a target or a period left, for a qualitative KPI, and for a cumulative KPI in
        another fiscal year."""
        target_value = target.value if target else None
        if target and self.current is not None and target.lower is not None and target.upper is not None:
            target_value = min(max(self.current, target.lower), target.upper)
        if (
            self.current is None
            or target_value is None
            or self.definition.on_scale
            or self.is_in_another_fiscal_year(day)
        ):
            return None
        return required_per_period(self.current, target_value, self._periods_to(day))

    def is_in_another_fiscal_year(self, day: date) -> bool:
        """Whether the KPI is cumulative and a day is in another fiscal year than the newest value."""
        last = self._newest_value_on
        return (
            self.definition.cumulative and last is not None and self._fiscal_year_of(day) != self._fiscal_year_of(last)
        )

    @cached_property
    def _has_new_fiscal_year(self) -> bool:
        valued = [measurement.starts_on for measurement in self.measurements if measurement.value is not None][:2]
        return self.definition.cumulative and len({self._fiscal_year_of(day) for day in valued}) > 1

    @cached_property
    def _newest_value_on(self) -> date | None:
        return next((measurement.starts_on for measurement in self.measurements if measurement.value is not None), None)

    def _fiscal_year_of(self, day: date) -> date:
        return start_of(day, Frequency.YEARLY, self.definition.fiscal_year_start_month)

    def _periods_to(self, day: date) -> int:
        last = self._newest_value_on or day
        frequency = self.definition.frequency
        return distance(last, start_of(day, frequency, self.definition.fiscal_year_start_month), frequency)


def label_at(scale: Sequence[str], value: ExactNumber | None) -> str | None:
    """Label at 1-based index `value` of `scale`, or None."""
    if value is None or value % 1 or not 1 <= value <= len(scale):
        return None
    return scale[int(value) - 1]
