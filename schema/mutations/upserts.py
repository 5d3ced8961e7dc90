"""Mutations that create and change many objects of one type by their external ids."""

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

import strawberry

from schema.descriptions.enums import describe_enum
from schema.execution.fields.batched import requested_columns
from schema.execution.fields.selecting import narrow_statement
from schema.mutations.batches import Batch, batch_mutation, run_items, sent_items
from schema.mutations.declare import REASON, UNCHANGED, optional
from schema.mutations.inputs import check_input, facts
from service.errors import Refusal
from service.reading.statements import load_in_order
from service.upserting import EXTERNAL_ID, UpsertCommands, UpsertItem, UpsertOutcome, upsert_each
from service.values.names import to_camel_case, to_words
from service.writing.batches import ItemRepeated
from service.writing.constraints import Taken
from service.writing.transaction import Transaction

NAME = (
    "External id of the {object}: the id by which your own system knows it. If there is {an object} with it, that one "
    "is updated, otherwise one is created. 1 to 200 characters."
)
OUTCOME = "Outcome of the item: what became of the {object}; null if it was refused, or if nothing was changed."
OBJECT = "{Object} with the external id of the item, as it is afterwards; null if there is none."
LEFT_OUT = "Left out"

describe_enum(
    UpsertOutcome,
    "Outcome of an item that was created or updated by its external id.",
    CREATED="Created, since none had the external id.",
    UPDATED="Updated: some of the given values were other ones before.",
    UNCHANGED="Left as it is: all of the given values were there already.",
)


def upsert_input(create: Any, update: Any) -> Any:
    """The input of one item of an upsert: the fields of the inputs that create and update an object."""
    updated = {each.python_name: each for each in update.__strawberry_definition__.fields}
    annotations: dict[str, Any] = {"external_id": str}
    body: dict[str, Any] = {"external_id": strawberry.field(description=NAME)}
    for each in create.__strawberry_definition__.fields:
        name = each.python_name
        if name not in ("id", "external_id"):
            known = updated.get(name)
            annotations[name] = update.__annotations__[name] if known else create.__annotations__[name] | None
            body[name] = optional(_description(each, known))
    annotations["reason"], body["reason"] = str | None, optional(REASON)
    name = update.__name__.replace("Update", "Upsert")
    description = (
        "{Object} to create or to update. Fields left out of one that exists stay unchanged; null removes a value."
    )
    return strawberry.input(type(name, (), {"__annotations__": annotations, **body}), description=description)


def _description(created: Any, updated: Any) -> str:
    """The description of a field of an item, of the descriptions of the field where objects are created and updated;
    None where they are not updated."""
    if updated is None:
        return f"{created.description} A new {{object}} needs it, and one that exists keeps its own."
    unchanged = "" if UNCHANGED in updated.description else f" {UNCHANGED}"
    _, left_out, otherwise = created.description.partition(LEFT_OUT)
    new = f"{LEFT_OUT} of a new {{object}}{otherwise}" if left_out else "A new {object} needs it."
    return f"{updated.description}{unchanged} {new}"


def required_fields(create: Any) -> tuple[str, ...]:
    """The fields that the input which creates an object has to have."""
    fields = create.__strawberry_definition__.fields
    return tuple(each.python_name for each in fields if each.default is dataclasses.MISSING)


def upserting_each(
    batch: Batch, item_type: Any, result: Any, commands: UpsertCommands, description: str, *, exclusive: bool = False
) -> Any:
    """A mutation that creates rows, or changes those that are there, by their external ids. The first field of a
    `result` is the object."""
    name_of_object = dataclasses.fields(result)[0].name

    async def resolver(info: Any, input: Any) -> Any:
        items = list(_items(batch, sent_items(input, batch.name)))

        async def run(some: Sequence[UpsertItem]) -> dict[int, UpsertOutcome]:
            async def command(tx: Transaction) -> dict[int, UpsertOutcome]:
                return await upsert_each(tx, commands, to_camel_case(batch.name), some)

            known: set[tuple[str, ...]] = set()
            while True:
                try:
                    return await info.context.write(command, exclusive=exclusive)
                except Refusal as refusal:
                    taken = {
                        each.field for each in refusal.all if each.code == Taken.code and each.field[-1:] == EXTERNAL_ID
                    }
                    if taken <= known:
                        raise
                    # Other requests may have created them at the same moment: then there is something to update.
                    known |= taken

        outcome = await run_items(batch.name, items, input.mode, run)
        statement = narrow_statement(commands.entity.by_external_id, requested_columns(info), "external_id")
        external_ids = [item.external_id if _is_readable(item) else None for item in items]
        rows = await load_in_order(info.context.reader, statement, external_ids, "external_id")
        results = [
            result(**{name_of_object: row}, outcome=outcome.written.get(number), user_errors=outcome.errors[number])
            for number, row in enumerate(rows)
        ]
        return outcome.payload(batch, results)

    return batch_mutation(batch, "Upsert", item_type, resolver, description)


def _is_readable(item: UpsertItem) -> bool:
    """Whether there may be an object with the external id of an item."""
    return all(each.field != EXTERNAL_ID or isinstance(each, ItemRepeated) for each in item.refusals)


def _items(batch: Batch, sent: Sequence[Any]) -> Iterable[UpsertItem]:
    """The items, each with what is wrong with its input; one with an external id that is in the list before is
    refused."""
    type_name, known = batch.subject.entity.name, set[str]()
    for number, each in enumerate(sent):
        refusals = list(check_input(each, type_name))
        if each.external_id in known:
            refusals.append(ItemRepeated(EXTERNAL_ID, thing=to_words(type_name)))
        known.add(each.external_id)
        values = facts(each, type_name)
        yield UpsertItem(number, refusals, values.pop("external_id"), values, each.reason)
