"""Merges the check-ins on initiatives of a file; they can be added, never changed."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from service.check_ins.row_commands import makers
from service.initiatives.check_ins import commands
from service.initiatives.check_ins.commands import KIND, InitiativeCheckInDraft
from service.initiatives.check_ins.entity import INITIATIVE_CHECK_IN, InitiativeCheckInItem
from service.initiatives.check_ins.models import InitiativeCheckIn
from service.initiatives.check_ins.settle_commands import settle
from service.initiatives.models import Initiative
from service.reading.statements import unique_ids
from service.workspace.check_in_replacing import Replacing, load_replacing
from service.workspace.check_ins import MAKERS, CheckInImmutable
from service.workspace.references import existing_rows, look_up_references
from service.workspace.report import Outcome, Report, Verdict
from service.writing.attempt import Attempt
from service.writing.transaction import Transaction
from service.writing.unsaved_row import unsaved_row
from service.writing.yielding import let_others

STATED = (*KIND.facts, "is_withdrawal")


async def merge_check_ins(tx: Transaction, items: Sequence[InitiativeCheckInItem], report: Report) -> list[Verdict]:
    """The verdict of each item, in their order. The initiatives have the state and the progress that they come to."""
    references = await look_up_references(tx, items, report)
    present = await existing_rows(tx, INITIATIVE_CHECK_IN, items)
    unresolved = [Attempt() for _ in items]
    ends = [references.resolve(item, attempt) for item, attempt in zip(items, unresolved, strict=True)]
    ids = unique_ids(each["initiative_id"] for each in ends)
    initiatives = {row.id: row for row in await tx.lock(Initiative, ids) if row is not None}
    replacing = await load_replacing(tx, INITIATIVE_CHECK_IN, KIND, items, report)
    verdicts: list[Verdict] = []
    for item, each, noted in zip(items, ends, unresolved, strict=True):
        verdict: Verdict = (Outcome.SKIPPED, None)
        with tx.attempting() as attempt:
            attempt.note(noted.refusals)
            verdict = _one(
                *(tx, item, each, initiatives.get(each["initiative_id"])),
                *(present.get(item.external_id), references.is_skipped(item), replacing),
            )
        verdicts.append(attempt.refusal or verdict)
        if attempt.refusal or verdict[0] is Outcome.SKIPPED:
            replacing.left_out.add(item.external_id)
        await let_others(len(verdicts))
    added = {ends[n]["initiative_id"] for n, each in enumerate(verdicts) if _is_new(each)}
    if added:
        await settle(tx, [row for id, row in initiatives.items() if id in added])
    return verdicts


def _is_new(verdict: Verdict) -> bool:
    return isinstance(verdict, tuple) and verdict[0] is Outcome.CREATED


def _one(
    tx: Transaction,
    item: InitiativeCheckInItem,
    ends: Mapping[str, UUID | None],
    initiative: Initiative | None,
    present: Any,
    is_skipped: bool,
    replacing: Replacing,
) -> tuple[Outcome, UUID | None]:
    facts = {name: getattr(item, name) for name in KIND.facts}
    facts["progress"] = commands.exact(item.progress)
    if present is not None:
        if not (tx.attempt.refusals or is_skipped):
            _ensure_same(item, facts, present, ends, replacing)
            return Outcome.UNCHANGED, present.id
        return Outcome.SKIPPED, None
    if not item.is_withdrawal:
        tx.attempt.note(commands.check_statement(InitiativeCheckInDraft(**facts, external_id=item.external_id)))
    if initiative is None:
        return Outcome.SKIPPED, None
    tx.attempt.note(commands.check_archived(initiative, "initiative"))
    tx.attempt.note(commands.check_date(tx, item.at))
    tx.attempt.note(replacing.check(item, {"initiative_id": initiative.id}))
    if is_skipped or replacing.is_skipped(item):
        return Outcome.SKIPPED, None
    named = {name: ends.get(name) for name in MAKERS}
    if not any(named.values()):
        named = makers(tx, None)
    own = {"organization_id": tx.organization_id, "recorded_at": tx.now, "initiative_id": initiative.id, **named}
    row = unsaved_row(InitiativeCheckIn, {**facts, **own, "id": uuid7(), "external_id": item.external_id})
    replacing.add(tx, item, row)
    return Outcome.CREATED, row.id


def _ensure_same(
    item: InitiativeCheckInItem,
    facts: Mapping[str, Any],
    present: InitiativeCheckIn,
    ends: Mapping[str, UUID | None],
    replacing: Replacing,
) -> None:
    """Raises CheckInImmutable for an item that says something else than the check-in with its external id."""
    stated = {**facts, "is_withdrawal": item.is_withdrawal}
    values = {name: stated[name] for name in STATED if name in item.model_fields_set}
    values |= {name: ends[name] for name in ("initiative_id", *MAKERS) if name in ends}
    if "replaces" in item.model_fields_set:
        values["replaces_id"] = replacing.id_of(item)
    if any(getattr(present, name) != value for name, value in values.items()):
        raise CheckInImmutable(("externalId",))
