"""Which definitions of a KPI make sense."""

from collections.abc import Iterator
from typing import Any

from service.errors import Refusal
from service.kpis.enums import Aggregation, Direction, Frequency, KpiSource, KpiValueType
from service.people.time_zones import check_time_zone
from service.values.unit_kinds import check_unit
from service.values.weights import check_weight

MIN_LABELS = 2
MAX_LABELS = 50
MAX_LABEL_LENGTH = 200
# Aggregations of a qualitative KPI: its labels have an order and no distances.
ORDINAL = (Aggregation.LAST, Aggregation.MIN, Aggregation.MAX)


class ScaleInvalid(Refusal):
    """{problem} A qualitative KPI has a scale of 2 to 50 different labels, from worst to best; a quantitative
    one has none."""

    meaning = (
        "Scale that does not fit the KPI: <problem> Send 2 to 50 different labels, from worst to best, for a "
        "qualitative KPI, and none for a quantitative one."
    )


class AggregationNotAllowed(Refusal):
    """A qualitative KPI aggregates by LAST, MIN or MAX, not by {aggregation}: its values are positions on a scale."""

    meaning = (
        "Aggregation <aggregation> of a qualitative KPI: labels of a scale have an order and no distances. Use LAST, "
        "MIN or MAX."
    )


class DirectionNotAllowed(Refusal):
    """The scale of a qualitative KPI goes from worst to best, so its direction is HIGHER, not {direction}."""

    meaning = "Direction <direction> of a qualitative KPI, whose scale goes from worst to best. Use HIGHER."


class KpiSourceNotAllowed(Refusal):
    """A qualitative KPI is MEASURED: its source cannot be {source}, since positions on a scale cannot be computed."""

    meaning = (
        "Source <source> of a qualitative KPI: labels of a scale have an order and no distances, so they cannot be "
        "computed. Use MEASURED."
    )


class FormulaSourceMismatch(Refusal):
    """A KPI has a formula if its source is FORMULA, and only then; its source is {source}."""

    meaning = (
        "Formula without the source FORMULA, or that source without a formula; the source is <source>. Send both or "
        "neither."
    )


class FrequencyNotAllowed(Refusal):
    """A computed KPI needs a calendar, so its frequency cannot be IRREGULAR."""

    meaning = "Frequency IRREGULAR of a computed KPI, which needs a calendar. Use another frequency."


class GraceOutOfRange(Refusal):
    """`graceDays` is {days}; it has to be from 0 to 366."""

    meaning = "Value <days> of `graceDays`, outside its range. Send a whole number from 0 to 366."


def check(kpi: Any) -> Iterator[Refusal]:
    """Yields a Refusal for each error in the definition of a KPI."""
    if kpi.time_zone is not None:
        yield from check_time_zone(kpi.time_zone)
    yield from _check_scale(kpi)
    if kpi.value_type == KpiValueType.QUALITATIVE:
        yield from _check_ordinal(kpi)
    if (kpi.source == KpiSource.FORMULA) != bool((kpi.formula or "").strip()):
        yield FormulaSourceMismatch(("formula",), source=kpi.source)
    if kpi.source != KpiSource.MEASURED and kpi.frequency == Frequency.IRREGULAR:
        yield FrequencyNotAllowed(("frequency",))
    yield from check_unit(kpi.unit_kind, kpi.currency, kpi.display_decimals)
    if kpi.grace_days is not None and not 0 <= kpi.grace_days <= 366:
        yield GraceOutOfRange(("graceDays",), days=kpi.grace_days, minimum=0, maximum=366)
    yield from check_weight(kpi.weight)


def _check_ordinal(kpi: Any) -> Iterator[Refusal]:
    if kpi.aggregation not in ORDINAL:
        yield AggregationNotAllowed(("aggregation",), aggregation=kpi.aggregation)
    if kpi.direction != Direction.HIGHER:
        yield DirectionNotAllowed(("direction",), direction=kpi.direction)
    if kpi.source != KpiSource.MEASURED:
        yield KpiSourceNotAllowed(("source",), source=kpi.source)


def _check_scale(kpi: Any) -> Iterator[Refusal]:
    labels = kpi.scale
    if kpi.value_type == KpiValueType.QUANTITATIVE:
        if labels:
            yield ScaleInvalid(("scale",), problem="This KPI is quantitative and has a scale.")
    elif not MIN_LABELS <= len(labels) <= MAX_LABELS:
        yield ScaleInvalid(("scale",), problem=f"The scale has {len(labels)} labels.")
    elif len(set(labels)) < len(labels) or any(not label.strip() or len(label) > MAX_LABEL_LENGTH for label in labels):
        yield ScaleInvalid(("scale",), problem="A label is empty, too long, or there twice.")
