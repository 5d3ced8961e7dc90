"""What a point may be: which KPI, which period, which value."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from service.changing import Archived, NotFound, check_lengths
from service.errors import Refusal
from service.kpis.calendar import day_of, start_of
from service.kpis.words import Frequency, KpiNature, KpiSource


class KpiIsComputed(Refusal):
    """The points of this KPI are computed ({source}), so none can be recorded. Record those it is made of."""


class PointInFuture(Refusal):
    """The point {on} has not begun: today is {today} in the KPI's time zone, {time_zone}."""


class PointTwice(Refusal):
    """This call has a point of the same KPI for the same period, from {on} on, already."""


class ValueOffScale(Refusal):
    """The value of a qualitative KPI is a whole number from 1 to {places}, its place on the scale; not {value}."""


class WhenMissing(Refusal):
    """Say when: give either `on`, a day, or `at`, an instant."""


class KpiMissing(Refusal):
    """Say which KPI: give either `kpiId` or `externalId`."""


class ValueMissing(Refusal):
    """Say what was measured: give either `value` or, of a qualitative KPI, `label`."""


class LabelUnknown(Refusal):
    """{label!r} is not on the scale of this KPI, which is: {scale}."""


class Recorded(StrEnum):
    CREATED = "CREATED"
    REVISED = "REVISED"
    DELETED = "DELETED"
    UNCHANGED = "UNCHANGED"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"


@dataclass(frozen=True, slots=True)
class Given:
    """A point as somebody gives it: its KPI by id or by external id, its day or instant, its value or, of a
    qualitative KPI, its label. `is_deletion` takes neither."""

    kpi_id: UUID | None
    external_id: str | None
    on: date | None
    at: datetime | None
    value: Decimal | None
    label: str | None = None
    source: str | None = None
    reason: str | None = None
    is_deletion: bool = False


@dataclass(slots=True)
class Verdict:
    """What became of a point: of which KPI, for the period from which day on, or why it was refused."""

    outcome: Recorded
    kpi_id: UUID | None = None
    starts_on: date | None = None
    value: Decimal | None = None
    refusal: Refusal | None = None


def checked(point: Given, kpis: Mapping[UUID | str, Any], now: datetime) -> Verdict:
    """A point with its KPI and its period, fit to be written. Raises what is wrong with it."""
    if (point.kpi_id is None) == (point.external_id is None):
        raise KpiMissing(("kpiId",))
    kpi = kpis.get(point.kpi_id or point.external_id or "")
    if kpi is None:
        known_by = "this id" if point.kpi_id else f"the external id {point.external_id!r}"
        raise NotFound(("kpiId" if point.kpi_id else "externalId",), thing="KPI", known_by=known_by)
    check_lengths({"source": point.source, "reason": point.reason})
    value = None if point.is_deletion else valued(kpi, point)
    ensure_measured(kpi, value)
    return Verdict(Recorded.UNCHANGED, kpi.id, placed(kpi, point.on, point.at, now), value)


def valued(kpi: Any, point: Given) -> Decimal:
    """The value of a point, by its label where it has one. Raises ValueMissing and LabelUnknown."""
    if (point.value is None) == (point.label is None):
        raise ValueMissing(("value",))
    if point.value is not None:
        return point.value
    if point.label not in kpi.scale:
        scale = ", ".join(kpi.scale) or "none, since the KPI is quantitative"
        raise LabelUnknown(("label",), label=point.label, scale=scale)
    return Decimal(kpi.scale.index(point.label) + 1)


def placed(kpi: Any, on: date | None, at: datetime | None, now: datetime) -> date:
    """The first day of the period that a point belongs to. Raises WhenMissing and PointInFuture."""
    if (on is None) == (at is None):
        raise WhenMissing(("on",))
    day = day_of(at, kpi.time_zone) if at else on
    today = day_of(now, kpi.time_zone)
    start = start_of(day, Frequency(kpi.frequency), kpi.fiscal_month)  # type: ignore[arg-type]
    if start > today:
        raise PointInFuture(("at" if at else "on",), on=day, today=today, time_zone=kpi.time_zone)
    return start


def ensure_measured(kpi: Any, value: Decimal | None) -> None:
    """Raises what keeps a KPI from getting this value."""
    if kpi.archived_at is not None:
        raise Archived(("kpiId",), thing="KPI")
    if kpi.source != KpiSource.MEASURED:
        raise KpiIsComputed(("kpiId",), source=kpi.source)
    if value is not None and kpi.nature == KpiNature.QUALITATIVE:
        places = kpi.scale
        if value != value.to_integral_value() or not 1 <= value <= len(places):
            raise ValueOffScale(("value",), places=len(places), value=value)
