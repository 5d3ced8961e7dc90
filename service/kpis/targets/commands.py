"""Changes to the targets of KPIs."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from service.errors import Refusal
from service.events.models import Verb
from service.kpis.enums import Direction, KpiValueType, ThresholdKind
from service.kpis.models import Kpi, KpiTarget
from service.people.goal_access import GoalCheck, ensure_access
from service.people.permissions import ensure_editor
from service.postgres.tables import columns_of, within
from service.writing.change import Change
from service.writing.constraints import TargetOverlap
from service.writing.refusals import Archived
from service.writing.rows import apply_change, changes_of_new, ensure_not_archived, lock_row, new_row
from service.writing.transaction import Transaction

_target = columns_of(KpiTarget)


class TargetDatesInverted(Refusal):
    """The target would end on {ends_on}, before it starts on {starts_on}."""

    meaning = (
        "Last day <endsOn> of a KPI target before its first day <startsOn>. Send a first day that is not after the "
        "last one."
    )


class TargetIncomplete(Refusal):
    """A KPI of direction {direction} has {needed} as its target."""

    meaning = "Target that does not fit a KPI of direction <direction>. Send <needed> for this direction."


class TargetRangeInverted(Refusal):
    """The lower bound {lower} is above the upper bound {upper}."""

    meaning = (
        "Lower bound <lower> of a KPI target above its upper bound <upper>. Send a lower bound that is not above the "
        "upper one."
    )


class ThresholdsMissing(Refusal):
    """An attainment has no meaning for a target below 0: give ABSOLUTE thresholds, `green` and `amber` as values."""

    meaning = (
        "Thresholds that a KPI target needs and lacks: below 0, where a ratio says nothing, or of kind ABSOLUTE. Send"
        " ABSOLUTE thresholds with `green` and `amber`."
    )


class TargetOffScale(Refusal):
    """The target of a qualitative KPI is a whole number from 1 to {places}, a label's position; not {value}."""

    meaning = (
        "Target <value> of a qualitative KPI that is not on its scale. Send the number of a label: a whole number "
        "from 1, the worst, to <places>."
    )


class ThresholdsNotAllowed(Refusal):
    """A qualitative KPI has no thresholds: it is GREEN at its target, and AMBER one label below."""

    meaning = (
        "Thresholds for a qualitative KPI, which is GREEN at its target and AMBER one label below. Leave them out."
    )


class ThresholdsInverted(Refusal):
    """The thresholds are out of order: `green` {green} has to be the better one, `amber` is {amber}."""

    meaning = (
        "Threshold `green` (<green>) of a KPI target that is worse than `amber` (<amber>). Send a `green` that is the"
        " better one, or equal."
    )


def draft(tx: Transaction, values: Mapping[str, Any]) -> KpiTarget:
    """A new target, checked when it is added."""
    return new_row(tx, KpiTarget, values)


async def create(tx: Transaction, targets: Sequence[KpiTarget]) -> None:
    """Adds targets. Raises what is wrong with one; that two overlap is found by the database."""
    ensure_editor(tx.viewer)
    ids = sorted({target.kpi_id for target in targets if target.kpi_id})
    kpis = {kpi.id: kpi for kpi in await tx.lock(Kpi, ids) if kpi}
    if not tx.attempt.refusals:
        # Targets of the same transaction count when it is looked whether these overlap others.
        await tx.flush()
    await ensure_access(tx, *(GoalCheck(kpi, "kpiId", "KPI", named_by="kpi_id") for kpi in kpis.values()))
    for target in targets:
        if target.kpi_id in kpis:
            if kpis[target.kpi_id].archived_at is not None:
                raise Archived(("kpiId",), thing="KPI")
            tx.attempt.note(check(kpis[target.kpi_id], target))
    with tx.attempt.noting():
        await _ensure_apart(tx, targets)
    tx.insert(targets)
    for target in targets:
        tx.record(Verb.CREATED, target, changes_of_new(target))
        await touch_judged(tx, target)


async def change(tx: Transaction, requested: Change) -> None:
    """Changes a target; what was judged by it is judged anew."""
    ensure_editor(tx.viewer)
    target, kpi = await _lock(tx, requested.id)
    changes = await apply_change(tx, target, requested)
    if changes:
        tx.attempt.note(check(kpi, target))
        with tx.attempt.noting():
            await _ensure_apart(tx, [target])
        tx.record(Verb.UPDATED, target, changes, requested=requested)
        await touch_judged(tx, target)


async def lock_to_archive(tx: Transaction, id: UUID, archived: bool) -> tuple[KpiTarget, Sequence[UUID]]:
    """The target to archive or restore: archived, it covers no day. Notes or raises what forbids to restore it."""
    target, kpi = await _lock(tx, id, allow_archived=True)
    if not archived:
        tx.attempt.note(check(kpi, target))
        await _ensure_apart(tx, [target])
    return target, ()


async def touch_judged(tx: Transaction, target: KpiTarget) -> None:
    """Has the goals that the KPI of a target guards judged anew; no measurement changes."""
    tx.touch_kpi(target.kpi_id, date.max, date.max)


def check(kpi: Any, target: Any) -> Iterator[Refusal]:
    """Yields a Refusal for each thing that is wrong with a target of a KPI."""
    direction = kpi.direction
    if target.ends_on is not None and target.ends_on < target.starts_on:
        yield TargetDatesInverted(("endsOn",), ends_on=target.ends_on, starts_on=target.starts_on)
    band = direction == Direction.RANGE
    bounds = [target.lower is not None, target.upper is not None]
    if band != (target.value is None) or (not all(bounds) if band else any(bounds)):
        needed = "`lower` and `upper`" if band else "`value`, and no bounds,"
        yield TargetIncomplete(("lower" if band else "value",), direction=direction, needed=needed)
        return
    if band and target.lower > target.upper:
        yield TargetRangeInverted(("lower",), lower=target.lower, upper=target.upper)
    if kpi.value_type == KpiValueType.QUALITATIVE:
        yield from _check_on_scale(kpi, target)
        return
    absolute = target.threshold_kind == ThresholdKind.ABSOLUTE
    if not band and target.value < 0 and not absolute:
        yield ThresholdsMissing(("thresholdKind",))
    missing = [name for name in ("green", "amber") if absolute and getattr(target, name) is None]
    for name in missing:
        yield ThresholdsMissing((name,))
    if not missing:
        yield from _check_order(direction, target, absolute)


def _check_on_scale(kpi: Any, target: Any) -> Iterator[Refusal]:
    if target.value is not None and (target.value % 1 or not 1 <= target.value <= len(kpi.scale)):
        yield TargetOffScale(("value",), places=len(kpi.scale), value=target.value)
    if target.threshold_kind != ThresholdKind.RATIO or target.green is not None or target.amber is not None:
        yield ThresholdsNotAllowed(("thresholdKind",))


async def _ensure_apart(tx: Transaction, targets: Sequence[KpiTarget]) -> None:
    """Raises TargetOverlap; the KPIs are locked, so what is seen here stays like this."""
    own = {target.id for target in targets}
    ids = {target.kpi_id for target in targets if target.kpi_id}
    rows = await tx.rows(
        select(_target.id, _target.kpi_id, _target.starts_on, _target.ends_on).where(
            _target.organization_id == tx.organization_id,
            within(_target.kpi_id, ids),
            _target.archived_at.is_(None),
        )
    )
    others: list[Any] = [row for row in rows if row.id not in own]
    for target in targets:
        if target.ends_on is not None and target.ends_on < target.starts_on:
            # Whether a range that ends before it starts meets another one cannot be told.
            continue
        for other in others:
            if other.kpi_id == target.kpi_id and _overlap(target, other):
                raise TargetOverlap(("startsOn",))
        others.append(target)


def _overlap(one: Any, other: Any) -> bool:
    return (one.ends_on is None or other.starts_on <= one.ends_on) and (
        other.ends_on is None or one.starts_on <= other.ends_on
    )


def _check_order(direction: str, target: Any, absolute: bool) -> Iterator[Refusal]:
    green = Decimal(1) if target.green is None else target.green
    amber = Decimal("0.9") if target.amber is None else target.amber
    falling = absolute and direction != Direction.HIGHER
    if (green > amber) if falling else (green < amber):
        yield ThresholdsInverted(("green",), green=green, amber=amber)


async def _lock(tx: Transaction, id: UUID, *, allow_archived: bool = False) -> tuple[KpiTarget, Kpi]:
    # What was changed before counts; its own change waits until it is known to fit.
    await tx.flush()
    target = await lock_row(tx, KpiTarget, id, allow_archived=True)
    kpi = await lock_row(tx, Kpi, target.kpi_id, allow_archived=True)
    await ensure_access(tx, GoalCheck(kpi, thing="KPI target", named_by="kpi_id"))
    ensure_not_archived(target, allow_archived=allow_archived)
    ensure_not_archived(kpi, allow_archived=allow_archived)
    return target, kpi
