"""Creating an objective, with key results, alignments and links in the same transaction."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import strawberry

from schema.alignment.mutations import ObjectiveAlignInput
from schema.key_results.mutations import KeyResultCreateInput
from schema.links.mutations import LinkCreateInput
from schema.mutations.declare import creating, input_without, optional
from schema.mutations.inputs import PARTS, check_input, facts
from schema.objectives.mutations import SUBJECT, ObjectiveFactsInput, ObjectivePayload
from service.alignment import commands as alignments
from service.alignment.edge_request import AlignmentRequest
from service.errors import BadUserInput
from service.key_results import commands as key_results
from service.links import commands as links
from service.objectives import commands as objectives
from service.objectives.models import Objective
from service.values.names import to_camel_case
from service.writing.rows import new_row
from service.writing.transaction import Transaction

MAX_PARTS = 50
Draft = Callable[[Transaction, dict[str, Any]], Any]
LIST = f"of the new objective, at most {MAX_PARTS}. They are created with it, or nothing is. Left out: none."
# They belong to the objective, whose id makes the whole input safe to be sent again.
LEFT_OUT = ("id", "objective_id", "key_result_id", "kpi_id", "initiative_id")

ObjectiveKeyResultInput = input_without(
    KeyResultCreateInput, "ObjectiveKeyResultInput", "Key result of an objective to create.", *LEFT_OUT
)
ObjectiveParentInput = input_without(
    ObjectiveAlignInput, "ObjectiveParentInput", "Alignment of an objective to create with a parent.", *LEFT_OUT
)
ObjectiveLinkInput = input_without(
    LinkCreateInput, "ObjectiveLinkInput", "Link of an objective to create with work in another system.", *LEFT_OUT
)


@strawberry.input(description="Objective to create in a cycle.")
class ObjectiveCreateInput(ObjectiveFactsInput):
    key_results: list[ObjectiveKeyResultInput] | None = optional(f"Key results {LIST}")  # type: ignore[valid-type]
    alignments: list[ObjectiveParentInput] | None = optional(f"Alignments {LIST}")  # type: ignore[valid-type]
    links: list[ObjectiveLinkInput] | None = optional(f"Links {LIST}")  # type: ignore[valid-type]


async def _create(tx: Transaction, input: ObjectiveCreateInput) -> UUID:
    _check_counts(input)
    row = new_row(tx, Objective, facts(input, "Objective"))
    parts = {name: _drafts(tx, input, row.id, name, draft) for name, draft in DRAFTS.items()}
    await objectives.create(tx, [row])
    if any(parts.values()):
        await _add(tx, parts)
        # An alignment alone settles the parents only.
        tx.touched.add(row.id)
    return row.id


def _drafts(tx: Transaction, input: ObjectiveCreateInput, id: UUID, name: str, draft: Draft) -> list[Any]:
    """The parts of a list of the input as commands take them. What is wrong with each is noted under its path."""
    drafts = []
    for number, each in enumerate(getattr(input, name) or ()):
        with tx.attempting() as attempt:
            attempt.note(check_input(each, PARTS[name], creates=True))
            drafts.append(draft(tx, facts(each, PARTS[name]) | {"objective_id": id}))
        tx.attempt.include(attempt, to_camel_case(name), str(number))
    return drafts


async def _add(tx: Transaction, parts: Mapping[str, Sequence[Any]]) -> None:
    """Adds the parts to the objective, which is stored first."""
    proposals = list(tx.attempt.proposals)
    await tx.flush()
    # What the parts refer to is not known to be there yet.
    tx.attempt.proposals = proposals
    # The input created the objective alone: its parts have no digests of theirs.
    tx.created_from = None
    own = [each for each in parts["key_results"] if each.source_kpi_id is None]
    if own:
        await key_results.create(tx, own)
    for name, add in ADDS.items():
        for number, each in enumerate(parts[name]):
            if each not in own:
                with tx.attempting() as attempt:
                    await add(tx, each)
                tx.attempt.include(attempt, to_camel_case(name), str(number))


DRAFTS: Mapping[str, Draft] = {
    "key_results": key_results.draft,
    "alignments": lambda _, values: AlignmentRequest(**values),
    "links": links.draft,
}
ADDS: Mapping[str, Callable[[Transaction, Any], Awaitable[Any]]] = {
    "key_results": lambda tx, row: key_results.create(tx, [row]),
    "alignments": alignments.align,
    "links": lambda tx, row: links.create(tx, [row]),
}


def _check_counts(input: ObjectiveCreateInput) -> None:
    """Raises BadUserInput for too many parts."""
    for name in PARTS:
        if len(getattr(input, name) or ()) > MAX_PARTS:
            raise BadUserInput(
                f"`{to_camel_case(name)}` has {len(getattr(input, name))} members; {MAX_PARTS} are allowed."
            )


@strawberry.type
class ObjectiveCreationMutations:
    """Fields of Mutation."""

    objective_create: ObjectivePayload | None = creating(
        SUBJECT,
        ObjectiveCreateInput,
        _create,
        "Creates an objective in a cycle, with the key results, alignments and links of the input: all or nothing.",
        argument="Objective to create: its cycle, its title and further facts.",
        exclusive=lambda input: bool(input.alignments),
    )
