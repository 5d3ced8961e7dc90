"""Recording and deleting points of KPIs."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

import strawberry

from schema.changes import REASON, optional
from schema.context import Context
from schema.errors import USER_ERRORS, UserError, user_errors
from schema.execution.variable_errors import Unreadable, read_item_by_item
from schema.kpis import Kpi
from schema.kpis.words import ErrorPolicy
from schema.node import global_id, reference
from service.attempt import Attempt
from service.errors import BadUserInput, Refusal
from service.kpis import queries
from service.kpis.points import Given, Recorded, ValueInvalid, Verdict
from service.kpis.recording import record

MOST = 1_000
KPI_ID, KNOWN_AS = "Its KPI, or `externalId`.", "The external id of its KPI, instead of `kpiId`."
ON = "A day of the period that it stands for, or `at`."
AT = "An instant of the period, instead of `on`; it falls on a day of the KPI's time zone."
SOURCE = "The system that it comes from, at most 200 characters."
POLICY = "What happens to good points beside bad ones."


@read_item_by_item
@strawberry.input(
    description="One value of a KPI. A value, day or instant in a variable that cannot be read is an error of its point"
    " alone."
)
class KpiPointInput:
    kpi_id: strawberry.ID | None = optional(KPI_ID)
    external_id: str | None = optional(KNOWN_AS)
    on: date | None = optional(ON)
    at: datetime | None = optional(AT)
    value: Decimal | None = optional("The value in the KPI's unit; of a qualitative one its place on the scale.")
    label: str | None = optional("The grade of a qualitative KPI, instead of `value`.")
    source: str | None = optional(SOURCE)
    reason: str | None = optional("Why it is recorded or corrected, at most 2 000 characters.")


@read_item_by_item
@strawberry.input(
    description="One point of a KPI. A day or instant in a variable that cannot be read is an error of its point."
)
class KpiPointReferenceInput:
    kpi_id: strawberry.ID | None = optional(KPI_ID)
    external_id: str | None = optional(KNOWN_AS)
    on: date | None = optional(ON)
    at: datetime | None = optional(AT)


@strawberry.input(description="Values to record.")
class KpiMeasurementsRecordInput:
    points: list[KpiPointInput] = strawberry.field(description="1 to 1 000 values of any KPIs, one for each period.")
    error_policy: ErrorPolicy = strawberry.field(default=ErrorPolicy.REJECT_ALL, description=POLICY)
    source: str | None = optional(f"{SOURCE} For the points that name none.")
    reason: str | None = optional(f"{REASON} For the points that give none.")


@strawberry.input(description="Points to delete.")
class KpiMeasurementsDeleteInput:
    points: list[KpiPointReferenceInput] = strawberry.field(description="1 to 1 000 points of any KPIs.")
    error_policy: ErrorPolicy = strawberry.field(default=ErrorPolicy.REJECT_ALL, description=POLICY)
    reason: str | None = optional(REASON)


@strawberry.type(description="What became of one point.")
class KpiPointResult:
    index: int = strawberry.field(description="Its place in `points`, from 0.")
    outcome: Recorded = strawberry.field(description="What became of it.")
    kpi_id: strawberry.ID | None = strawberry.field(description="Its KPI; null when it was refused.")
    starts_on: date | None = strawberry.field(description="The first day of its period; null when it was refused.")
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty when it was not.")


@strawberry.type(description="What recording or deleting points came to.")
class KpiMeasurementsPayload:
    results: list[KpiPointResult] = strawberry.field(description="One result for each point, in their order.")
    changed: int = strawberry.field(description="How many points were added, corrected or deleted.")
    failed: int = strawberry.field(description="How many points were refused.")
    kpis: list[Kpi] = strawberry.field(description="The KPIs of the points that were not refused, as they are now.")
    user_errors: list[UserError] = strawberry.field(description=f"{USER_ERRORS} Those of all points together.")


@strawberry.type
class KpiMeasurementMutations:
    """Fields of Mutation."""

    @strawberry.mutation(
        description="Records values of any KPIs, in one transaction. A value for a point that has one corrects it, and "
        "the same again changes nothing. What is computed from them and the goals that follow them are right at once."
    )
    async def kpi_measurements_record(
        self,
        info: strawberry.Info[Context, Any],
        input: Annotated[KpiMeasurementsRecordInput, strawberry.argument(description="The points.")],
    ) -> KpiMeasurementsPayload | None:
        given = [_given(point, point.source or input.source, point.reason or input.reason) for point in input.points]
        return await _recorded(info, input, given)

    @strawberry.mutation(
        description="Deletes points of KPIs; what they were is kept, and they can be recorded again. Deleting twice "
        "changes nothing."
    )
    async def kpi_measurements_delete(
        self,
        info: strawberry.Info[Context, Any],
        input: Annotated[KpiMeasurementsDeleteInput, strawberry.argument(description="The points.")],
    ) -> KpiMeasurementsPayload | None:
        given = [_given(point, None, input.reason, is_deletion=True) for point in input.points]
        return await _recorded(info, input, given)


def _given(point: Any, source: str | None, reason: str | None, *, is_deletion: bool = False) -> Given:
    attempt, id = Attempt(), None
    with attempt.noting():
        id = reference(point.kpi_id, "Kpi", "kpiId") if point.kpi_id is not None else None
    given = {name: getattr(point, name, None) for name in ("on", "at", "value")}
    attempt.note(ValueInvalid((name,), problem=v.problem) for name, v in given.items() if isinstance(v, Unreadable))
    readable = {name: None if isinstance(value, Unreadable) else value for name, value in given.items()}
    return Given(
        id,
        point.external_id,
        **readable,
        label=getattr(point, "label", None),
        source=source,
        reason=reason,
        is_deletion=is_deletion,
        unreadable=tuple(attempt.refusals),
    )


async def _recorded(
    info: "strawberry.Info[Context, Any]", input: Any, given: Sequence[Given]
) -> KpiMeasurementsPayload:
    if not 1 <= len(given) <= MOST:
        raise BadUserInput(f"`points` has {len(given)} members; 1 to {MOST} are allowed.")
    strict = input.error_policy == ErrorPolicy.REJECT_ALL
    verdicts = await info.context.write(lambda tx: record(tx, given, all_or_nothing=strict))
    results = [_result(place, verdict, input.points[place]) for place, verdict in enumerate(verdicts)]
    ids = list(dict.fromkeys(verdict.kpi_id for verdict in verdicts if verdict.kpi_id))
    changed = sum(v.outcome in (Recorded.CREATED, Recorded.REVISED, Recorded.DELETED) for v in verdicts)
    return KpiMeasurementsPayload(
        results=results,
        changed=changed,
        failed=sum(verdict.refusal is not None for verdict in verdicts),
        kpis=[row for row in await info.context.find(queries.KPIS, ids) if row],
        user_errors=[error for result in results for error in result.user_errors],
    )


def _result(index: int, verdict: Verdict, point: Any) -> KpiPointResult:
    refusals = verdict.refusal.all if verdict.refusal else []
    return KpiPointResult(
        index=index,
        outcome=verdict.outcome,
        kpi_id=global_id("Kpi", verdict.kpi_id) if verdict.kpi_id else None,
        starts_on=verdict.starts_on,
        user_errors=[error for each in refusals for error in user_errors(each, *_within(each, index, point))],
    )


def _within(refusal: Refusal, index: int, point: Any) -> tuple[str, ...]:
    """The path to what was refused: a source or reason that a point does not give itself is that of the whole input."""
    shared = [name for name in refusal.field if name in ("source", "reason")]
    return () if shared and not getattr(point, shared[0], None) else ("points", str(index))
