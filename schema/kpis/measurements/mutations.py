"""Fields of Mutation that record and delete measurements of KPIs."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Annotated, Any
from uuid import UUID

import strawberry

from schema.context import Info
from schema.execution.documents.item_columns import ItemColumns, read_as_columns, receives_columns
from schema.execution.documents.variable_errors import UnreadableValue, read_item_by_item
from schema.execution.fields.batched import batched
from schema.execution.fields.relation import to_one
from schema.kpis import Kpi
from schema.kpis.enums import ErrorPolicy
from schema.mutations.declare import REASON, optional
from schema.mutations.user_errors import UserError, user_errors
from schema.relay.node import reference
from service.errors import BadUserInput, Refusal
from service.kpis import queries
from service.kpis.entity import KPI
from service.kpis.measurements.columns import MeasurementColumns, RecordingResults
from service.kpis.measurements.commands import record_columns
from service.kpis.measurements.points import RecordingOutcome, ValueInvalid
from service.reading.column_batch import ColumnBatch
from service.writing.refusals import NotFound
from service.writing.yielding import let_others

CHANGED = frozenset({RecordingOutcome.CREATED, RecordingOutcome.REVISED, RecordingOutcome.DELETED})
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


@read_as_columns
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


@read_as_columns
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


@receives_columns
@strawberry.input(description="Measurements of any KPIs to record or correct.")
class KpiMeasurementsRecordInput:
    measurements: ItemColumns = strawberry.field(
        graphql_type=list[KpiMeasurementInput],
        description="Measurements to record, 1 to 1 000, of any KPIs; at most one for each period of a KPI.",
    )
    error_policy: ErrorPolicy = strawberry.field(default=ErrorPolicy.REJECT_ALL, description=POLICY)
    source: str | None = optional(f"{SOURCE} Used for the measurements that name none.")
    reason: str | None = optional(f"{REASON} Used for the measurements that give none.")


@receives_columns
@strawberry.input(description="Measurements of any KPIs to delete.")
class KpiMeasurementsDeleteInput:
    measurements: ItemColumns = strawberry.field(
        graphql_type=list[KpiMeasurementReferenceInput],
        description="Measurements to delete, 1 to 1 000, of any KPIs; each only once.",
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
    kpi_ids: strawberry.Private[list[UUID]]
    results: ColumnBatch = strawberry.field(
        graphql_type=list[KpiMeasurementResult],
        description="Results, one for each measurement of the input, in the same order.",
    )
    changed: int = strawberry.field(description="Number of measurements that were added, corrected or deleted.")
    failed: int = strawberry.field(description="Number of measurements that were refused.")
    user_errors: list[UserError] = strawberry.field(
        description="Errors of all measurements together, as in `results`; empty when none was refused."
    )

    @batched("KPIs of the measurements that were not refused, each once, as they are after the change.")
    async def kpis(parents: list[Any], info: Info) -> list[list[Kpi]]:
        rows = iter(await info.context.find(KPI, [id for parent in parents for id in parent.kpi_ids]))
        return [[row for row in islice(rows, len(parent.kpi_ids)) if row] for parent in parents]


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
        return await _record(info, input, input.source, input.reason, is_deletion=False)

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
        return await _record(info, input, None, input.reason, is_deletion=True)


async def _record(
    info: Info, input: Any, source: str | None, reason: str | None, *, is_deletion: bool
) -> KpiMeasurementsPayload:
    items: ItemColumns = input.measurements
    if not 1 <= len(items) <= MAX_MEASUREMENTS:
        raise BadUserInput(f"`measurements` has {len(items)} members; 1 to {MAX_MEASUREMENTS} are allowed.")
    inputs = _measurement_columns(items, source, reason, is_deletion)
    strict = input.error_policy == ErrorPolicy.REJECT_ALL
    recorded = await info.context.write(lambda tx: record_columns(tx, inputs, all_or_nothing=strict))
    return _payload(recorded, await _user_errors(recorded, items))


def _measurement_columns(
    items: ItemColumns, source: str | None, reason: str | None, is_deletion: bool
) -> MeasurementColumns:
    """The measurements of an input, whose `source` and `reason` are used for those that have none."""
    ids = items.column("kpiId")
    by_id = {id: None if id is None else _kpi_id(id) for id in set(ids)}
    columns = {"kpiId": list(map(by_id.__getitem__, ids))} | {
        name: items.column(name) for name in ("on", "at", "value")
    }
    unreadable: dict[int, tuple[Refusal, ...]] = {}
    for name, column in columns.items():
        types = set(map(type, column))
        if UnreadableValue in types or NotFound in types:
            for index, value in enumerate(column):
                if isinstance(value, UnreadableValue | NotFound):
                    refusal = value if isinstance(value, NotFound) else ValueInvalid((name,), problem=value.problem)
                    unreadable[index] = (*unreadable.get(index, ()), refusal)
            columns[name] = [None if isinstance(value, UnreadableValue | NotFound) else value for value in column]
    return MeasurementColumns(
        columns["kpiId"],
        items.column("externalId"),
        columns["on"],
        columns["at"],
        columns["value"],
        items.column("label"),
        [each or source for each in items.column("source")],
        [each or reason for each in items.column("reason")],
        is_deletion,
        unreadable,
    )


def _kpi_id(id: str) -> UUID | NotFound:
    try:
        return reference(id, "Kpi", "kpiId")
    except NotFound as refusal:
        return refusal


async def _user_errors(recorded: RecordingResults, items: ItemColumns) -> dict[int, list[UserError]]:
    """The errors of the refused measurements by their indexes."""
    own_texts = {name: items.column(name) for name in ("source", "reason")}
    errors: dict[int, list[UserError]] = {}
    for count, (index, refusal) in enumerate(recorded.refusals.items()):
        await let_others(count)
        errors[index] = []
        for each in refusal.all:
            # A source or reason that a measurement does not have itself is that of the whole input.
            is_shared = any(name in own_texts and not own_texts[name][index] for name in each.field)
            errors[index] += user_errors(each, *(() if is_shared else ("measurements", str(index))))
    return errors


def _payload(recorded: RecordingResults, errors: Mapping[int, list[UserError]]) -> KpiMeasurementsPayload:
    indexes = range(len(recorded.outcomes))
    columns: dict[str, list[Any]] = {
        "index": list(indexes),
        "outcome": recorded.outcomes,
        "kpi_id": recorded.kpi_ids,
        "starts_on": recorded.starts,
        "user_errors": [errors.get(index, []) for index in indexes],
    }
    return KpiMeasurementsPayload(
        kpi_ids=[id for id in dict.fromkeys(recorded.kpi_ids) if id],
        results=ColumnBatch.of(columns, columns.values()),
        changed=sum(map(CHANGED.__contains__, recorded.outcomes)),
        failed=len(errors),
        user_errors=[error for each in errors.values() for error in each],
    )
