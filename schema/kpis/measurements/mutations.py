"""Fields of Mutation that record and delete measurements of KPIs."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import strawberry

from schema.context import Info
from schema.execution.documents.variable_errors import UnreadableValue, read_item_by_item
from schema.execution.fields.relation import to_one
from schema.kpis import Kpi
from schema.kpis.enums import ErrorPolicy
from schema.mutations.declare import REASON, optional
from schema.mutations.user_errors import UserError, user_errors
from schema.relay.node import reference
from service.errors import BadUserInput, Refusal
from service.kpis import queries
from service.kpis.entity import KPI
from service.kpis.measurements.commands import record
from service.kpis.measurements.points import MeasurementInput, RecordingOutcome, RecordingResult, ValueInvalid
from service.writing.attempt import Attempt

MAX_MEASUREMENTS = 1_000
KPI_ID = "Id of the KPI that the measurement belongs to; either this or `externalId`."
KNOWN_AS = "External id of the KPI that the measurement belongs to; either this or `kpiId`."
ON = (
    "Day in the period that the measurement stands for, such as 2026-03-31 for March; the period may not begin in the "
    "future. Either this or `at`."
)
AT = (
    "Instant in the period that the measurement stands for, taken as a day of the KPI's time zone. Either this or `on`."
)
SOURCE = "Name of the system that the value comes from, at most 200 characters."
POLICY = "Policy for valid measurements when others are refused. Left out: REJECT_ALL."


@read_item_by_item
@strawberry.input(
    description="Measurement to record: the value of a KPI for one period. A value, day or instant in a variable that "
    "cannot be read is an error of this measurement alone."
)
class KpiMeasurementInput:
    kpi_id: strawberry.ID | None = optional(KPI_ID)
    external_id: str | None = optional(KNOWN_AS)
    on: date | None = optional(ON)
    at: datetime | None = optional(AT)
    value: Decimal | None = optional(
        "Value in the KPI's unit; of a qualitative KPI the position of its label on the scale, 1 the worst. Either "
        "this or `label`."
    )
    label: str | None = optional("Label of a qualitative KPI's scale; either this or `value`.")
    source: str | None = optional(f"{SOURCE} Left out: `source` of the whole input.")
    reason: str | None = optional(
        "Reason for recording or correcting the value, at most 2 000 characters. Left out: `reason` of the whole input."
    )


@read_item_by_item
@strawberry.input(
    description="Measurement to delete: a KPI and a day or instant of the period. A day or instant in a variable that "
    "cannot be read is an error of this measurement alone."
)
class KpiMeasurementReferenceInput:
    kpi_id: strawberry.ID | None = optional(KPI_ID)
    external_id: str | None = optional(KNOWN_AS)
    on: date | None = optional(ON)
    at: datetime | None = optional(AT)


@strawberry.input(description="Measurements of any KPIs to record or correct.")
class KpiMeasurementsRecordInput:
    measurements: list[KpiMeasurementInput] = strawberry.field(
        description="Measurements to record, 1 to 1 000, of any KPIs; at most one for each period of a KPI."
    )
    error_policy: ErrorPolicy = strawberry.field(default=ErrorPolicy.REJECT_ALL, description=POLICY)
    source: str | None = optional(f"{SOURCE} Used for the measurements that name none.")
    reason: str | None = optional(f"{REASON} Used for the measurements that give none.")


@strawberry.input(description="Measurements of any KPIs to delete.")
class KpiMeasurementsDeleteInput:
    measurements: list[KpiMeasurementReferenceInput] = strawberry.field(
        description="Measurements to delete, 1 to 1 000, of any KPIs; each only once."
    )
    error_policy: ErrorPolicy = strawberry.field(default=ErrorPolicy.REJECT_ALL, description=POLICY)
    reason: str | None = optional(REASON)


@strawberry.type(description="Result of recording or deleting one measurement.")
class KpiMeasurementResult:
    index: int = strawberry.field(description="Index of the measurement in `measurements` of the input, from 0.")
    outcome: RecordingOutcome = strawberry.field(description="Outcome of recording or deleting the measurement.")
    kpi_id: strawberry.Private[UUID | None]
    kpi: Kpi | None = to_one(
        queries.KPIS, key="kpi_id", description="KPI of the measurement; null when it was refused."
    )
    starts_on: date | None = strawberry.field(
        description="First day of the period of the measurement; null when it was refused."
    )
    user_errors: list[UserError] = strawberry.field(
        description="Errors because of which the measurement was refused; empty when it was not."
    )


@strawberry.type(description="Results of recording or deleting measurements.")
class KpiMeasurementsPayload:
    results: list[KpiMeasurementResult] = strawberry.field(
        description="Results, one for each measurement of the input, in the same order."
    )
    changed: int = strawberry.field(description="Number of measurements that were added, corrected or deleted.")
    failed: int = strawberry.field(description="Number of measurements that were refused.")
    kpis: list[Kpi] = strawberry.field(
        description="KPIs of the measurements that were not refused, each once, as they are after the change."
    )
    user_errors: list[UserError] = strawberry.field(
        description="Errors of all measurements together, as in `results`; empty when none was refused."
    )


@strawberry.type
class KpiMeasurementMutations:
    """Fields of Mutation."""

    @strawberry.mutation(
        description="Records measurements of any KPIs in one transaction. A value for a period that has one "
        "corrects it, and the same value with the same source and reason changes nothing. KPIs computed from them and "
        "goals that follow them are updated at once."
    )
    async def kpi_measurements_record(
        self,
        info: Info,
        input: Annotated[
            KpiMeasurementsRecordInput,
            strawberry.argument(description="Measurements to record, and how to treat errors."),
        ],
    ) -> KpiMeasurementsPayload | None:
        inputs = [
            _measurement_input(point, point.source or input.source, point.reason or input.reason)
            for point in input.measurements
        ]
        return await _recorded(info, input, inputs)

    @strawberry.mutation(
        description="Deletes measurements of any KPIs in one transaction. Their values are kept as revisions, and they "
        "can be recorded again. Deleting twice changes nothing."
    )
    async def kpi_measurements_delete(
        self,
        info: Info,
        input: Annotated[
            KpiMeasurementsDeleteInput,
            strawberry.argument(description="Measurements to delete, and how to treat errors."),
        ],
    ) -> KpiMeasurementsPayload | None:
        inputs = [_measurement_input(point, None, input.reason, is_deletion=True) for point in input.measurements]
        return await _recorded(info, input, inputs)


def _measurement_input(
    point: Any, source: str | None, reason: str | None, *, is_deletion: bool = False
) -> MeasurementInput:
    attempt, id = Attempt(), None
    with attempt.noting():
        id = reference(point.kpi_id, "Kpi", "kpiId") if point.kpi_id is not None else None
    inputs = {name: getattr(point, name, None) for name in ("on", "at", "value")}
    unreadable = {name: value for name, value in inputs.items() if isinstance(value, UnreadableValue)}
    attempt.note(ValueInvalid((name,), problem=value.problem) for name, value in unreadable.items())
    readable = {name: None if name in unreadable else value for name, value in inputs.items()}
    return MeasurementInput(
        id,
        point.external_id,
        **readable,
        label=getattr(point, "label", None),
        source=source,
        reason=reason,
        is_deletion=is_deletion,
        unreadable=tuple(attempt.refusals),
    )


async def _recorded(info: Info, input: Any, inputs: Sequence[MeasurementInput]) -> KpiMeasurementsPayload:
    if not 1 <= len(inputs) <= MAX_MEASUREMENTS:
        raise BadUserInput(f"`measurements` has {len(inputs)} members; 1 to {MAX_MEASUREMENTS} are allowed.")
    strict = input.error_policy == ErrorPolicy.REJECT_ALL
    outcomes = await info.context.write(lambda tx: record(tx, inputs, all_or_nothing=strict))
    results = [_result(index, outcome, input.measurements[index]) for index, outcome in enumerate(outcomes)]
    ids = list(dict.fromkeys(outcome.kpi_id for outcome in outcomes if outcome.kpi_id))
    changed = sum(
        v.outcome in (RecordingOutcome.CREATED, RecordingOutcome.REVISED, RecordingOutcome.DELETED) for v in outcomes
    )
    return KpiMeasurementsPayload(
        results=results,
        changed=changed,
        failed=sum(outcome.refusal is not None for outcome in outcomes),
        kpis=[row for row in await info.context.find(KPI, ids) if row],
        user_errors=[error for result in results for error in result.user_errors],
    )


def _result(index: int, outcome: RecordingResult, point: Any) -> KpiMeasurementResult:
    refusals = outcome.refusal.all if outcome.refusal else []
    return KpiMeasurementResult(
        index=index,
        outcome=outcome.outcome,
        kpi_id=outcome.kpi_id,
        starts_on=outcome.starts_on,
        user_errors=[error for each in refusals for error in user_errors(each, *_within(each, index, point))],
    )


def _within(refusal: Refusal, index: int, point: Any) -> tuple[str, ...]:
    """The path to what was refused: a source or reason that a point does not give itself is that of the whole input."""
    shared = [name for name in refusal.field if name in ("source", "reason")]
    return () if shared and not getattr(point, shared[0], None) else ("measurements", str(index))
