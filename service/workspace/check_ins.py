"""Merges the check-ins of a file; they can be added, never changed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from service.check_ins.commands import (
    KIND,
    CheckInDraft,
    SubjectAmbiguous,
    check_on_key_result,
    check_on_objective,
    check_statement,
    dated,
)
from service.check_ins.entity import CHECK_IN, CheckInItem
from service.check_ins.models import CheckIn
from service.check_ins.row_commands import makers
from service.cycles.admission import COLUMNS, GoalCycle, check_cycle
from service.cycles.models import Cycle
from service.cycles.states import CycleAction
from service.errors import Refusal
from service.key_results.models import KeyResult
from service.objectives.models import Objective
from service.postgres.tables import columns_of, within
from service.workspace.check_in_replacing import Replacing, load_replacing
from service.workspace.references import existing_rows, look_up_references
from service.workspace.report import Outcome, Report
from service.writing.attempt import Attempt
from service.writing.refusals import Archived
from service.writing.transaction import Transaction
from service.writing.unsaved_row import unsaved_row
from service.writing.yielding import let_others

# Whom a check-in is by: a person, a service account, or a service account on behalf of a person.
MAKERS = ("author_id", "recorder_id", "service_account_id")
_key_result = columns_of(KeyResult)
_objective = columns_of(Objective)
_cycle = columns_of(Cycle)


class CheckInImmutable(Refusal):
    """A check-in with this external id says something else. A check-in never changes: add another one."""

    meaning = (
        "External id of a check-in that says something else. A check-in never changes: add another one under another "
        "external id."
    )


async def merge_check_ins(tx: Transaction, items: Sequence[CheckInItem], report: Report) -> list[Any]:
    """The verdict of each item, in their order."""
    references = await look_up_references(tx, items, report)
    present = await existing_rows(tx, CHECK_IN, items)
    replacing = await load_replacing(tx, CHECK_IN, KIND, items, report)
    unresolved = [Attempt() for _ in items]
    ends: list[dict[str, Any]] = []
    for item, attempt in zip(items, unresolved, strict=True):
        ends.append(references.resolve(item, attempt))
        await let_others(len(ends))
    key_results = await _key_results(tx, {each.get("key_result_id") for each in ends})
    direct = {each.get("objective_id") for each in ends}
    objectives = await _objectives(tx, direct | {row.objective_id for row in key_results.values()})
    verdicts: list[Any] = []
    for item, each, noted in zip(items, ends, unresolved, strict=True):
        verdict: Any = (Outcome.SKIPPED, None)
        with tx.attempting() as attempt:
            attempt.note(noted.refusals)
            verdict = _one(
                *(tx, item, each, present.get(item.external_id), references.is_skipped(item)),
                *(key_results, objectives, replacing),
            )
        verdicts.append(attempt.refusal or verdict)
        if attempt.refusal or verdict[0] is Outcome.SKIPPED:
            replacing.left_out.add(item.external_id)
        tx.send_ahead()
        await let_others(len(verdicts))
    return verdicts


def _one(
    tx: Transaction,
    item: CheckInItem,
    ends: dict[str, UUID | None],
    present: Any,
    is_skipped: bool,
    key_results: dict[UUID, Any],
    objectives: dict[UUID, Any],
    replacing: Replacing,
) -> tuple[Outcome, UUID | None]:
    key_result = key_results.get(ends["key_result_id"]) if item.key_result else None  # type: ignore[arg-type]
    objective = objectives.get(key_result.objective_id if key_result else ends.get("objective_id"))  # type: ignore[arg-type]
    if (item.key_result is None) == (item.objective is None):
        tx.attempt.note([SubjectAmbiguous(("keyResult",))])
        objective = None
    draft = CheckInDraft(item.value, item.confidence, item.status, item.note, item.at, external_id=item.external_id)
    if present is not None:
        if tx.attempt.refusals or is_skipped:
            return Outcome.SKIPPED, None
        _ensure_same(item, present, ends, key_result, objective)
        if "replaces" in item.model_fields_set and present.replaces_id != replacing.id_of(item):
            raise CheckInImmutable(("externalId",))
        return Outcome.UNCHANGED, present.id
    if objective is None:
        # What it is about was refused or is not there, which is noted already.
        tx.attempt.note(() if item.is_withdrawal else check_statement(draft))
        return Outcome.SKIPPED, None
    if objective.archived_at is not None or (key_result is not None and key_result.archived_at is not None):
        tx.attempt.note([Archived(("keyResult" if key_result else "objective",), thing="goal")])
    if not item.is_withdrawal:
        tx.attempt.note(check_on_key_result(key_result, draft) if key_result else check_on_objective(objective, draft))
    cycle = GoalCycle(*(objective[f"cycle_{name}"] for name in COLUMNS))
    tx.attempt.note(check_cycle(tx, cycle, CycleAction.CHECK_IN, "keyResult" if key_result else "objective"))
    subject = {"objective_id": objective.id, "key_result_id": key_result.id if key_result else None}
    tx.attempt.note(replacing.check(item, subject))
    if is_skipped or replacing.is_skipped(item):
        return Outcome.SKIPPED, None
    named = {name: ends.get(name) for name in MAKERS}
    if not any(named.values()):
        named = makers(tx, None)
    own = {"organization_id": tx.organization_id, "recorded_at": tx.now, **named}
    row = unsaved_row(CheckIn, {**dated(tx, draft, cycle), **own, **subject})
    replacing.add(tx, item, row)
    return Outcome.CREATED, row.id


def _ensure_same(
    item: CheckInItem,
    present: CheckIn,
    ends: dict[str, UUID | None],
    key_result: Any,
    objective: Any,
) -> None:
    names = {"value", "confidence", "status", "note", "at", "is_withdrawal"} & item.model_fields_set
    same_subject = (present.key_result_id, present.objective_id) == (key_result and key_result.id, objective.id)
    same_makers = all(getattr(present, name) == ends.get(name, getattr(present, name)) for name in MAKERS)
    if not same_subject or not same_makers or any(getattr(present, name) != getattr(item, name) for name in names):
        raise CheckInImmutable(("externalId",))


async def _key_results(tx: Transaction, ids: set[Any]) -> dict[UUID, Any]:
    columns = [_key_result.id, _key_result.objective_id, _key_result.kind]
    columns += [_key_result.value_source, _key_result.archived_at]
    query = select(*columns).where(
        _key_result.organization_id == tx.organization_id, within(_key_result.id, ids - {None})
    )
    return {row.id: row for row in await tx.rows(query)}


async def _objectives(tx: Transaction, ids: set[Any]) -> dict[UUID, Any]:
    query = (
        select(
            *(_objective.id, _objective.progress_source, _objective.archived_at),
            *(_cycle[name].label(f"cycle_{name}") for name in COLUMNS),
        )
        .join(
            Cycle,
            (_cycle.organization_id == _objective.organization_id) & (_cycle.id == _objective.cycle_id),
        )
        .where(_objective.organization_id == tx.organization_id, within(_objective.id, ids - {None}))
    )
    return {row.id: row for row in await tx.rows(query)}
