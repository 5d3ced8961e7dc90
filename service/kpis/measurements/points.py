"""Validates measurements to record: the KPI, the period and the value."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from service.errors import Refusal
from service.kpis.enums import Frequency, KpiSource, KpiValueType
from service.kpis.series.calendar import FIRST_DAY, day_of, start_of
from service.values.record import record
from service.writing.attempt import Attempt
from service.writing.refusals import Archived, NotFound


class KpiComputed(Refusal):
    """The measurements of this KPI are computed ({source}), so none can be recorded. Record those of its inputs."""

    meaning = (
        "Measurement for a KPI whose measurements are computed (<source>). Record those of the KPIs that it is made of."
    )


class MeasurementInFuture(Refusal):
    """The period of {on} has not begun: today is {today} in the KPI's time zone, {time_zone}."""

    meaning = (
        "Measurement for <on>, in a period that has not begun: it is <today> in the KPI's time zone, <timeZone>. Send"
        " it when the period has begun."
    )


class MeasurementTooEarly(Refusal):
    """The period of {on} begins on {starts_on}; the first that can be measured begins in {year}."""

    meaning = "Measurement for <on>, in a period that begins on <startsOn>, before the year <year>. Send a later day."


class MeasurementDuplicate(Refusal):
    """An earlier measurement of this request is of the same KPI and the same period, which begins on {on}."""

    meaning = "Second measurement of one KPI for the same period, which begins on <on>. Send one for each period."


class ValueOffScale(Refusal):
    """The value of a qualitative KPI is a whole number from 1 to {places}, the position of a label; not {value}."""

    meaning = (
        "Value <value> of a qualitative KPI that is not on its scale. Send a `label`, or the number of one: a whole "
        "number from 1, the worst, to <places>."
    )


class DateMissing(Refusal):
    """Say when: give either `on`, a day, or `at`, an instant."""

    meaning = "Measurement without a date, or with two. Send either `on`, a day, or `at`, an instant."


class KpiMissing(Refusal):
    """Say which KPI: give either `kpiId` or `externalId`."""

    meaning = "Measurement without a KPI, or with two. Send either `kpiId` or `externalId`."


class ValueMissing(Refusal):
    """Say what was measured: give either `value` or, of a qualitative KPI, `label`."""

    meaning = (
        "Measurement without a value, or with both forms of it. Send either `value` or, of a qualitative KPI, `label`."
    )


class ValueInvalid(Refusal):
    """{problem}"""

    meaning = (
        "Field of a measurement that cannot be read, such as a text in place of a number: <problem> Send a value of "
        "the right form."
    )


class LabelUnknown(Refusal):
    """{label!r} is not on the scale of this KPI, which is: {scale}."""

    meaning = "Label <label> that is not on the scale of the KPI. Send one of the scale: <scale>."


# Names of the KPI field in a mutation and in an import.
KPI_FIELDS = ("kpiId", "kpi")


class RecordingOutcome(StrEnum):
    CREATED = "CREATED"
    REVISED = "REVISED"
    DELETED = "DELETED"
    UNCHANGED = "UNCHANGED"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"


@record
class MeasurementInput:
    """A measurement to record or delete: its KPI by id or external id, its day or instant, its value or, for a
    qualitative KPI, its label. A deletion has neither. `unreadable` are the errors of fields that cannot be parsed."""

    kpi_id: UUID | None
    external_id: str | None
    on: date | None
    at: datetime | None
    value: Decimal | None
    label: str | None = None
    source: str | None = None
    reason: str | None = None
    is_deletion: bool = False
    unreadable: tuple[Refusal, ...] = ()

    def is_unreadable(self, *names: str) -> bool:
        """Whether one of these fields cannot be parsed."""
        return any(refusal.field in {(name,) for name in names} for refusal in self.unreadable)


@dataclass(slots=True)
class RecordingResult:
    """The result of recording one measurement. `starts_on` is the first day of its period."""

    outcome: RecordingOutcome
    kpi_id: UUID | None = None
    starts_on: date | None = None
    value: Decimal | None = None
    refusal: Refusal | None = None


def validate_measurement(
    input: MeasurementInput, kpis: Mapping[UUID | str, Any], now: datetime, wrong_texts: Iterable[Refusal] = ()
) -> RecordingResult:
    """The KPI, period and value of a valid measurement, as UNCHANGED. Raises all its errors together, those of its
    texts included."""
    attempt = Attempt()
    attempt.note(wrong_texts)
    attempt.note(input.unreadable)
    attempt.note(_check_input(input))
    kpi, value, start = None, None, date.min
    with attempt.noting():
        kpi = _kpi_of(input, kpis)
    if kpi is not None:
        with attempt.noting():
            value = (
                None if input.is_deletion or input.is_unreadable("value") else read_value(kpi, input.value, input.label)
            )
        attempt.note(check_recordable(kpi, value))
        with attempt.noting():
            if not input.is_unreadable("on", "at"):
                start = find_period_start(kpi, input.on, input.at, now)
    attempt.ensure_fine()
    return RecordingResult(RecordingOutcome.UNCHANGED, kpi.id, start, value)


def ensure_unique(
    result: RecordingResult, input: MeasurementInput, seen: set[tuple[UUID | None, date | None]]
) -> RecordingResult:
    """The result of a measurement whose KPI and period are not among those `seen`, to which it adds them. Raises
    MeasurementDuplicate."""
    key = (result.kpi_id, result.starts_on)
    if key in seen:
        raise MeasurementDuplicate(("on" if input.on else "at",), on=result.starts_on)
    seen.add(key)
    return result


def _check_input(input: MeasurementInput) -> Iterator[Refusal]:
    """Yields KpiMissing, DateMissing and ValueMissing, which do not depend on the KPI."""
    if not input.is_unreadable(*KPI_FIELDS) and (input.kpi_id is None) == (input.external_id is None):
        yield KpiMissing(("kpiId",))
    if not input.is_unreadable("on", "at") and (input.on is None) == (input.at is None):
        yield DateMissing(("on",))
    if not input.is_deletion and not input.is_unreadable("value") and (input.value is None) == (input.label is None):
        yield ValueMissing(("value",))


def _kpi_of(input: MeasurementInput, kpis: Mapping[UUID | str, Any]) -> Any:
    """The KPI of a measurement; None if it is missing, ambiguous or unreadable. Raises NotFound."""
    if input.is_unreadable(*KPI_FIELDS) or (input.kpi_id is None) == (input.external_id is None):
        return None
    kpi = kpis.get(input.kpi_id or input.external_id or "")
    if kpi is None:
        known_by = "this id" if input.kpi_id else f"the external id {input.external_id!r}"
        raise NotFound(("kpiId" if input.kpi_id else "externalId",), thing="KPI", known_by=known_by)
    return kpi


def read_value(kpi: Any, value: Decimal | None, label: str | None) -> Decimal:
    """The value of a measurement, or the 1-based index of its label. Raises ValueMissing and LabelUnknown."""
    if (value is None) == (label is None):
        raise ValueMissing(("value",))
    if value is not None:
        return value
    if label not in kpi.scale:
        scale = ", ".join(kpi.scale) or "none, since the KPI is quantitative"
        raise LabelUnknown(("label",), label=label, scale=scale)
    return Decimal(kpi.scale.index(label) + 1)


def find_period_start(kpi: Any, on: date | None, at: datetime | None, now: datetime) -> date:
    """First day of the period of a measurement. Raises DateMissing, MeasurementInFuture and MeasurementTooEarly."""
    if (on is None) == (at is None):
        raise DateMissing(("on",))
    day = day_of(at, kpi.time_zone) if at else on
    today = day_of(now, kpi.time_zone)
    start = start_of(day, Frequency(kpi.frequency), kpi.fiscal_year_start_month)  # type: ignore[arg-type]
    if start > today:
        raise MeasurementInFuture(("at" if at else "on",), on=day, today=today, time_zone=kpi.time_zone)
    if start < FIRST_DAY:
        raise MeasurementTooEarly(("at" if at else "on",), on=day, starts_on=start, year=FIRST_DAY.year)
    return start


def check_recordable(kpi: Any, value: Decimal | None) -> Iterator[Refusal]:
    """Yields a Refusal for each reason why this value cannot be recorded. A KPI may have a `denial`, a Refusal."""
    if (denial := getattr(kpi, "denial", None)) is not None:
        yield denial
    if kpi.archived_at is not None:
        yield Archived(("kpiId",), thing="KPI")
    if kpi.source != KpiSource.MEASURED:
        yield KpiComputed(("kpiId",), source=kpi.source)
    if value is not None and kpi.value_type == KpiValueType.QUALITATIVE:
        labels = kpi.scale
        if value != value.to_integral_value() or not 1 <= value <= len(labels):
            yield ValueOffScale(("value",), places=len(labels), value=value)
