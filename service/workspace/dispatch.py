"""Hands the items of each type to the commands of their room."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from service.alignment.commands import align_many
from service.alignment.edge_request import Wish
from service.cycles import commands as cycles
from service.errors import Refusal
from service.events.models import Verb
from service.key_results import commands as key_results
from service.key_results import milestones
from service.kpis import commands as kpis
from service.kpis.targets import commands
from service.objectives import commands as objectives
from service.people import commands as people
from service.people.models import Person, Team
from service.pillars import commands as pillars
from service.workspace import check_ins, kpi_dispatch
from service.workspace.item import Item
from service.workspace.items import AlignmentItem, CheckInItem, MembershipItem
from service.workspace.kpi_items import KpiLinkItem, MeasurementItem
from service.workspace.references import MODELS, existing, linked
from service.workspace.report import Outcome, Report, Verdict
from service.writing.attempt import Attempt
from service.writing.constraints import Taken
from service.writing.entities import Archived, Change, check_texts, new, thing
from service.writing.transaction import Transaction
from service.writing.yielding import let_others

OUTCOMES = {
    None: Outcome.UNCHANGED,
    Verb.CREATED: Outcome.CREATED,
    Verb.ALIGNED: Outcome.CREATED,
    Verb.RESTORED: Outcome.UPDATED,
    Verb.UPDATED: Outcome.UPDATED,
}
# Where these say nothing, the rest of the row says it.
CHOSEN = ("value_source", "source")


async def taken_in(tx: Transaction, kind: type[Item], items: Sequence[Any], report: Report) -> list[Verdict]:
    """What becomes of items of one kind, in their order; they are added or changed, not yet settled.

    `report` knows what was refused before: an item that refers to it is skipped, unless something of its own is wrong.
    """
    if not items:
        return []
    if kind is AlignmentItem:
        return await _alignments(tx, items, report)
    if kind is CheckInItem:
        return await check_ins.taken_in(tx, items, report)
    if kind is MeasurementItem:
        return await kpi_dispatch.measurements(tx, items, report)
    if kind is KpiLinkItem:
        return await kpi_dispatch.links(tx, items, report)
    if kind is MembershipItem:
        return await _memberships(tx, items, report)
    return await _upserted(tx, str(kind.model_fields["type"].default), items, report)


async def _upserted(tx: Transaction, type_name: str, items: Sequence[Any], report: Report) -> list[Verdict]:
    links = await linked(tx, items, report)
    present = await existing(tx, type_name, items)
    zone = await cycles.time_zone(tx) if type_name == "Cycle" else ""
    verdicts: list[Verdict] = []
    added: list[Any] = []
    emails = await people.emails(tx) if type_name == "Person" else {}
    for item in items:
        verdict: Verdict = (Outcome.SKIPPED, None)
        with tx.attempting() as attempt:
            values = _given(item) | links.resolved(item, attempt)
            row = present.get(item.external_id)
            if row is not None and row.external_id is None:
                # Known by its own id, as exported; that is no external id to take on.
                del values["external_id"]
            if values.get("email") and emails.setdefault(values["email"], item.external_id) != item.external_id:
                attempt.note([Taken(("email",), name="email")])
            if row is not None and not links.is_skipped(item):
                email = getattr(row, "email", None)
                verdict = await _changed(tx, type_name, row, values), row.id
                if email and email != row.email:
                    del emails[email]
            elif row is not None:
                attempt.note(check_texts(values))
            else:
                fresh = _drafted(tx, type_name, values, zone)
                if not attempt.refusals and not links.is_skipped(item):
                    added.append(fresh)
                    verdict = Outcome.CREATED, fresh.id
        verdicts.append(attempt.refusal or verdict)
        await let_others(len(verdicts))
    refused = await _added(tx, type_name, added) if added else {}
    return [verdict if isinstance(verdict, Refusal) else refused.get(verdict[1], verdict) for verdict in verdicts]


def _given(item: Item) -> dict[str, Any]:
    names = item.model_fields_set - item.REFERENCES.keys() - {"type"}
    # In the order of the model, so that errors always come in the same order.
    return {name: getattr(item, name) for name in type(item).model_fields if name in names}


def _drafted(tx: Transaction, type_name: str, values: dict[str, Any], zone: str) -> Any:
    if type_name == "Cycle":
        return cycles.draft(tx, values, zone)
    if type_name == "Kpi":
        return kpis.draft(tx, {k: v for k, v in values.items() if v is not None})
    if type_name == "KeyResult":
        return key_results.draft(tx, {k: v for k, v in values.items() if v is not None}, imported=True)
    return new(tx, MODELS[type_name], values)


async def _changed(tx: Transaction, type_name: str, row: Any, values: dict[str, Any]) -> Outcome:
    if type_name == "KeyResult":
        values = key_results.as_far_as_measurable(row, values)
    values = {name: value for name, value in values.items() if name not in CHOSEN or value}
    if all(getattr(row, name) == value for name, value in values.items()):
        return Outcome.UNCHANGED
    if row.archived_at is not None:
        raise Archived((), thing=thing(type(row)))
    await CHANGE[type_name](tx, Change(row.id, values))
    return Outcome.UPDATED


async def _added(tx: Transaction, type_name: str, rows: Sequence[Any]) -> dict[UUID | None, Refusal]:
    """Adds rows, all at once where a refusal of one can be told from the others; refusals by id."""
    key = {
        "Person": "id",
        "Cycle": "id",
        "Kpi": "id",
        "KpiTarget": "id",
        "KeyResult": "objective_id",
        "Milestone": "key_result_id",
    }.get(type_name)
    groups: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, key) if key else None].append(row)
    refused: dict[UUID | None, Refusal] = {}
    for group in groups.values():
        with tx.attempting() as attempt:
            await ADD[type_name](tx, group)
        if attempt.refusal:
            refused |= {row.id: attempt.refusal for row in group}
    return refused


async def _add_milestones(tx: Transaction, rows: Sequence[Any]) -> None:
    await milestones.create(tx, rows[0].key_result_id, rows)


ADD: dict[str, Callable[[Transaction, Sequence[Any]], Awaitable[None]]] = {
    "Person": people.create,
    "Team": people.create,
    "Pillar": pillars.create,
    "Cycle": cycles.create,
    "Kpi": kpis.create,
    "KpiTarget": commands.create,
    "Objective": objectives.create,
    "KeyResult": key_results.create,
    "Milestone": _add_milestones,
}
CHANGE: dict[str, Callable[[Transaction, Change], Awaitable[None]]] = {
    "Person": lambda tx, change: people.change(tx, Person, change),
    "Team": lambda tx, change: people.change(tx, Team, change),
    "Pillar": pillars.change,
    "Cycle": cycles.change,
    "Kpi": kpis.change,
    "KpiTarget": commands.change,
    "Objective": objectives.change,
    "KeyResult": key_results.change,
    "Milestone": milestones.change,
}


async def _memberships(tx: Transaction, items: Sequence[Any], report: Report) -> list[Verdict]:
    links = await linked(tx, items, report)
    verdicts: list[Verdict] = []
    for item in items:
        verdict: Verdict = (Outcome.SKIPPED, None)
        with tx.attempting() as attempt:
            ends = links.resolved(item, attempt)
            if not links.is_skipped(item):
                attempt.ensure_fine()
                role = item.role if "role" in item.model_fields_set else None
                verb = await people.join(tx, ends["team_id"], ends["person_id"], role)
                await tx.flush()
                verdict = OUTCOMES[verb], None
        verdicts.append(attempt.refusal or verdict)
    return verdicts


async def _alignments(tx: Transaction, items: Sequence[Any], report: Report) -> list[Verdict]:
    links = await linked(tx, items, report)
    verdicts: list[Verdict] = []
    wishes: list[Wish] = []
    for item in items:
        attempt = Attempt()
        ends = links.resolved(item, attempt)
        attempt.note(check_texts({"external_id": item.external_id}))
        if attempt.refusal or links.is_skipped(item):
            verdicts.append(attempt.refusal or (Outcome.SKIPPED, None))
            continue
        wishes.append(
            Wish(
                ends["objective_id"],
                ends.get("parent_id"),
                ends.get("parent_key_result_id"),
                item.kind if "kind" in item.model_fields_set else None,
                item.weight if "weight" in item.model_fields_set else None,
                item.is_primary,
                external_id=item.external_id,
            )
        )
        verdicts.append((Outcome.UNCHANGED, None))
    edges = iter(await align_many(tx, wishes))
    return [_aligned(next(edges)) if verdict == (Outcome.UNCHANGED, None) else verdict for verdict in verdicts]


def _aligned(done: Any) -> Verdict:
    return done if isinstance(done, Refusal) else (OUTCOMES[done[1]], done[0].id)
