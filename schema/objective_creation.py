"""Creating an objective, with key results, alignments and links in the same transaction."""

from typing import Any
from uuid import UUID

import strawberry

from schema.alignment.mutations import ObjectiveAlignInput
from schema.key_results.mutations import KeyResultCreateInput
from schema.links.mutations import LinkCreateInput
from schema.mutations.declare import creating, input_without, optional
from schema.mutations.inputs import PARTS, check_input, facts
from schema.objectives.mutations import SUBJECT, ObjectiveFactsInput, ObjectivePayload
from service.errors import BadUserInput
from service.objective_creation import Part, create_with_parts
from service.values.names import to_camel_case
from service.writing.transaction import Transaction

MAX_PARTS = 50
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
    parts = {name: [_part(each, type_name) for each in getattr(input, name) or ()] for name, type_name in PARTS.items()}
    return await create_with_parts(tx, facts(input, "Objective"), parts)


def _part(input: Any, type_name: str) -> Part:
    return Part(facts(input, type_name), list(check_input(input, type_name, creates=True)))


def _check_counts(input: ObjectiveCreateInput) -> None:
    """Raises BadUserInput for too many parts."""
    for name in PARTS:
        count = len(getattr(input, name) or ())
        if count > MAX_PARTS:
            raise BadUserInput(f"`{to_camel_case(name)}` has {count} members; {MAX_PARTS} are allowed.")


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
