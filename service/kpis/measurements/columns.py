"""Measurements to record as columns, and what is recorded of them: no object for each where nothing is wrong."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, NamedTuple, Self, TypeVar
from uuid import UUID

from service.errors import Refusal
from service.kpis.enums import Frequency, KpiValueType
from service.kpis.measurements.points import (
    MeasurementInput,
    RecordingOutcome,
    RecordingResult,
    check_recordable,
    ensure_unique,
    read_value,
    validate_measurement,
)
from service.kpis.series.calendar import FIRST_DAY, day_of, start_of
from service.values.record import record
from service.writing.yielding import let_others

H = TypeVar("H", bound=Hashable)
FIELDS_BY_COLUMN = {
    "kpi_ids": "kpi_id",
    "external_ids": "external_id",
    "days": "on",
    "instants": "at",
    "values": "value",
    "labels": "label",
    "sources": "source",
    "reasons": "reason",
}
CALENDAR = attrgetter("time_zone", "frequency", "fiscal_year_start_month")


@record
class MeasurementColumns:
    """Measurements to record or, if `is_deletion`, to delete: a list of equal length for each field of
    MeasurementInput. `unreadable` are the errors of fields that cannot be parsed, by the index of the measurement."""

    kpi_ids: list[UUID | None]
    external_ids: list[str | None]
    days: list[date | None]
    instants: list[datetime | None]
    values: list[Decimal | None]
    labels: list[str | None]
    sources: list[str | None]
    reasons: list[str | None]
    is_deletion: bool = False
    unreadable: Mapping[int, tuple[Refusal, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.kpi_ids)

    @classmethod
    def of(cls, inputs: Sequence[MeasurementInput]) -> Self:
        """The columns of measurements, all of them to record or all to delete. Raises ValueError for both kinds."""
        kinds = {input.is_deletion for input in inputs}
        if len(kinds) > 1:
            raise ValueError("Measurements are either recorded or deleted.")
        columns: dict[str, Any] = {
            column: [getattr(input, name) for input in inputs] for column, name in FIELDS_BY_COLUMN.items()
        }
        unreadable = {index: input.unreadable for index, input in enumerate(inputs) if input.unreadable}
        return cls(**columns, is_deletion=True in kinds, unreadable=unreadable)

    def inputs(self) -> Iterator[MeasurementInput]:
        """Yields the measurements as objects, to find the errors of each."""
        columns = [getattr(self, column) for column in FIELDS_BY_COLUMN]
        for index, row in enumerate(zip(*columns, strict=True)):
            fields: dict[str, Any] = dict(zip(FIELDS_BY_COLUMN.values(), row, strict=True))
            yield MeasurementInput(**fields, is_deletion=self.is_deletion, unreadable=self.unreadable.get(index, ()))


class ValidMeasurements(NamedTuple):
    """Valid measurements: `indexes` are those of the inputs, `kpi_ids` are distinct and `numbers` are indexes of them.
    The others have an item for each measurement, of which `starts` are the first days of the periods. `values` are
    None for deletions."""

    indexes: Sequence[int]
    kpi_ids: list[UUID]
    numbers: list[int]
    starts: list[date]
    values: list[Decimal | None]
    sources: list[str | None]
    reasons: list[str | None]


@dataclass(slots=True)
class RecordingResults:
    """The results of recording measurements, in their order: outcomes, KPIs and first days of periods; the last two
    are None if the measurement was refused. `refusals` are by the index of the measurement."""

    outcomes: list[RecordingOutcome]
    kpi_ids: list[UUID | None]
    starts: list[date | None]
    refusals: Mapping[int, Refusal]

    @classmethod
    def of(cls, valid: ValidMeasurements, refusals: Mapping[int, Refusal], outcome: RecordingOutcome) -> Self:
        """The results if all valid measurements have the same outcome."""
        size = len(valid.indexes) + len(refusals)
        results = cls([RecordingOutcome.FAILED] * size, [None] * size, [None] * size, refusals)
        for index, number, start in zip(valid.indexes, valid.numbers, valid.starts, strict=True):
            results.outcomes[index] = outcome
            results.kpi_ids[index], results.starts[index] = valid.kpi_ids[number], start
        return results

    def each(self) -> list[RecordingResult]:
        """The results as objects."""
        rows = enumerate(zip(self.outcomes, self.kpi_ids, self.starts, strict=True))
        return [RecordingResult(*row, refusal=self.refusals.get(index)) for index, row in rows]


def validate_columns(
    inputs: MeasurementColumns, kpis: Mapping[UUID | str, Any], now: datetime
) -> ValidMeasurements | None:
    """The measurements if all of them are valid and no two are of the same period, else None. It accepts those that
    `validate_measurement` accepts; texts are not checked. `kpis` are by id and by external id."""
    if inputs.unreadable or not _have_one(inputs.kpi_ids, inputs.external_ids):
        return None
    keys, numbers = _numbered(
        [external_id if id is None else id for id, external_id in zip(inputs.kpi_ids, inputs.external_ids, strict=True)]
    )
    rows: list[Any] = [kpis.get(key or "") for key in keys]
    if None in rows or any(refusal for row in rows for refusal in check_recordable(row, None)):
        return None
    starts = _period_starts(inputs, rows, numbers, now)
    values = inputs.values if inputs.is_deletion else _read_values(inputs, rows, numbers)
    if starts is None or values is None:
        return None
    # A KPI may have two keys: its id and its external id.
    ids, id_numbers = _numbered(row.id for row in rows)
    numbers = list(map(id_numbers.__getitem__, numbers))
    if len(set(zip(numbers, starts, strict=True))) < len(starts):
        return None
    return ValidMeasurements(range(len(starts)), ids, numbers, starts, values, inputs.sources, inputs.reasons)


async def validate_each(
    inputs: MeasurementColumns,
    kpis: Mapping[UUID | str, Any],
    now: datetime,
    check_texts: Callable[[Mapping[str, str | None]], Iterable[Refusal]],
) -> tuple[ValidMeasurements, dict[int, Refusal]]:
    """The valid measurements, and the refusals of all others by their indexes. `check_texts` yields those of texts.

    It takes several times as long as `validate_columns`, and lets others have their turns."""
    refusals: dict[int, Refusal] = {}
    accepted: dict[int, RecordingResult] = {}
    seen: set[tuple[UUID | None, date | None]] = set()
    for index, input in enumerate(inputs.inputs()):
        try:
            wrong_texts = check_texts({"source": input.source, "reason": input.reason})
            accepted[index] = ensure_unique(validate_measurement(input, kpis, now, wrong_texts), input, seen)
        except Refusal as refusal:
            refusals[index] = refusal
        await let_others(index)
    ids, numbers = _numbered(result.kpi_id for result in accepted.values() if result.kpi_id)
    starts = [result.starts_on for result in accepted.values() if result.starts_on]
    values = [result.value for result in accepted.values()]
    sources, reasons = ([column[index] for index in accepted] for column in (inputs.sources, inputs.reasons))
    return ValidMeasurements(list(accepted), ids, numbers, starts, values, sources, reasons), refusals


def _have_one(first: Sequence[object], second: Sequence[object]) -> bool:
    """Whether each pair has exactly one value that is not None."""
    return all((one is None) != (other is None) for one, other in zip(first, second, strict=True))


def _numbered(values: Iterable[H]) -> tuple[list[H], list[int]]:
    """The distinct values in the order of their first occurrence, and for each value its index among these."""
    value_list = list(values)
    numbers = {value: number for number, value in enumerate(dict.fromkeys(value_list))}
    return list(numbers), list(map(numbers.__getitem__, value_list))


def _period_starts(
    inputs: MeasurementColumns, rows: Sequence[Any], numbers: Sequence[int], now: datetime
) -> list[date] | None:
    """The first day of each period, computed once for each distinct day; None if a day is missing, in a period of the
    future or too early."""
    if not _have_one(inputs.days, inputs.instants):
        return None
    calendars, calendar_numbers = _numbered(map(CALENDAR, rows))
    todays = [day_of(now, time_zone) for time_zone, *_ in calendars]
    frequencies = [Frequency(frequency) for _, frequency, _ in calendars]
    days = list(zip(map(calendar_numbers.__getitem__, numbers), inputs.days, inputs.instants, strict=True))
    starts: dict[tuple[int, date | None, datetime | None], date] = {}
    for each in set(days):
        number, on, at = each
        time_zone, _, first_month = calendars[number]
        day = day_of(at, time_zone) if at else on
        start = start_of(day, frequencies[number], first_month)  # type: ignore[arg-type]
        if not FIRST_DAY <= start <= todays[number]:
            return None
        starts[each] = start
    return list(map(starts.__getitem__, days))


def _read_values(
    inputs: MeasurementColumns, rows: Sequence[Any], numbers: Sequence[int]
) -> list[Decimal | None] | None:
    """The value of each measurement, or the position of its label; None if one is missing or off the scale."""
    if not _have_one(inputs.values, inputs.labels):
        return None
    if inputs.labels.count(None) == len(inputs) and all(row.value_type == KpiValueType.QUANTITATIVE for row in rows):
        return inputs.values
    readings = list(zip(numbers, inputs.values, inputs.labels, strict=True))
    values: dict[tuple[int, Decimal | None, str | None], Decimal] = {}
    for each in set(readings):
        number, value, label = each
        try:
            values[each] = read_value(rows[number], value, label)
        except Refusal:
            return None
        if any(check_recordable(rows[number], values[each])):
            return None
    return list(map(values.__getitem__, readings))
