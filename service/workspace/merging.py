"""Merges the items of each type with what is there: by declared commands, or by a function of the type's own."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from service.alignment.commands import align_many
from service.alignment.edge_request import AlignmentRequest
from service.all_entities import BY_NAME
from service.entities.items import Item
from service.errors import Refusal
from service.events.models import Verb
from service.initiatives import commands as initiatives
from service.participants import commands as participants
from service.participants.commands import ParticipantRequest
from service.people import commands as people
from service.workspace import carry_over_merging, check_ins, initiative_check_ins, kpi_merging
from service.workspace.references import look_up_references
from service.workspace.report import Outcome, Report, Verdict
from service.workspace.upserting import upsert_items
from service.writing.attempt import Attempt
from service.writing.texts import check_texts
from service.writing.transaction import Transaction

OUTCOMES = {
    None: Outcome.UNCHANGED,
    Verb.CREATED: Outcome.CREATED,
    Verb.ALIGNED: Outcome.CREATED,
    Verb.LINKED: Outcome.CREATED,
    Verb.RESTORED: Outcome.UPDATED,
    Verb.UPDATED: Outcome.UPDATED,
}


async def merge_items(tx: Transaction, item_type: type[Item], items: Sequence[Any], report: Report) -> list[Verdict]:
    """The verdict of each item of one type, in their order; nothing is settled yet.

    `report` has what was refused before: an item that refers to it is skipped, unless something of its own is wrong.
    """
    if not items:
        return []
    entity = BY_NAME[item_type.type_name()]
    if entity.upsert is not None:
        return await upsert_items(tx, entity, entity.upsert, items, report)
    return await MERGES[entity.name](tx, items, report)


async def _merge_memberships(tx: Transaction, items: Sequence[Any], report: Report) -> list[Verdict]:
    references = await look_up_references(tx, items, report)
    verdicts: list[Verdict] = []
    for item in items:
        verdict: Verdict = (Outcome.SKIPPED, None)
        with tx.attempting() as attempt:
            ends = references.resolve(item, attempt)
            if not references.is_skipped(item):
                attempt.ensure_fine()
                role = item.role if "role" in item.model_fields_set else None
                verb = await people.join(tx, ends["team_id"], ends["person_id"], role)
                await tx.flush()
                verdict = OUTCOMES[verb], None
        verdicts.append(attempt.refusal or verdict)
    return verdicts


async def _merge_alignments(tx: Transaction, items: Sequence[Any], report: Report) -> list[Verdict]:
    references = await look_up_references(tx, items, report)
    verdicts: list[Verdict] = []
    requests: list[AlignmentRequest] = []
    for item in items:
        attempt = Attempt()
        ends = references.resolve(item, attempt)
        attempt.note(check_texts({"external_id": item.external_id}))
        if attempt.refusal or references.is_skipped(item):
            verdicts.append(attempt.refusal or (Outcome.SKIPPED, None))
            continue
        requests.append(
            AlignmentRequest(
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
    edges = iter(await align_many(tx, requests))
    return [_verdict_of(next(edges)) if verdict == (Outcome.UNCHANGED, None) else verdict for verdict in verdicts]


async def _merge_participants(tx: Transaction, items: Sequence[Any], report: Report) -> list[Verdict]:
    references = await look_up_references(tx, items, report)
    verdicts: list[Verdict | None] = []
    requests: list[ParticipantRequest] = []
    for item in items:
        attempt = Attempt()
        ends = references.resolve(item, attempt)
        request = ParticipantRequest(**ends, role=item.role if "role" in item.model_fields_set else None)
        attempt.note(participants.check(request))
        if attempt.refusal or references.is_skipped(item):
            verdicts.append(attempt.refusal or (Outcome.SKIPPED, None))
            continue
        requests.append(request)
        verdicts.append(None)
    added = iter(await participants.add_many(tx, requests))
    return [_verdict_of(next(added)) if verdict is None else verdict for verdict in verdicts]


async def _merge_served_key_results(tx: Transaction, items: Sequence[Any], report: Report) -> list[Verdict]:
    references = await look_up_references(tx, items, report)
    verdicts: list[Verdict] = []
    for item in items:
        verdict: Verdict = (Outcome.SKIPPED, None)
        with tx.attempting() as attempt:
            ends = references.resolve(item, attempt)
            if not references.is_skipped(item):
                attempt.ensure_fine()
                verb = await initiatives.link(tx, ends["initiative_id"], ends["key_result_id"])
                await tx.flush()
                verdict = OUTCOMES[verb], None
        verdicts.append(attempt.refusal or verdict)
    return verdicts


def _verdict_of(done: Any) -> Verdict:
    return done if isinstance(done, Refusal) else (OUTCOMES[done[1]], done[0].id)


# Types whose rows are not created and changed one by one.
MERGES: dict[str, Callable[[Transaction, Sequence[Any], Report], Awaitable[list[Verdict]]]] = {
    "Alignment": _merge_alignments,
    "CarryOver": carry_over_merging.merge_carry_overs,
    "CheckIn": check_ins.merge_check_ins,
    "InitiativeCheckIn": initiative_check_ins.merge_check_ins,
    "InitiativeKeyResult": _merge_served_key_results,
    "KpiLink": kpi_merging.merge_links,
    "Measurement": kpi_merging.merge_measurements,
    "Membership": _merge_memberships,
    "Participant": _merge_participants,
}
