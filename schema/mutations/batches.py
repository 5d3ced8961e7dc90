"""Mutations that change many objects of one type, all of them or each one that can be changed."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, NamedTuple, Protocol, TypeVar
from uuid import UUID

import strawberry

from schema.context import Info
from schema.descriptions.enums import describe_enum
from schema.execution.fields.batched import requested_columns
from schema.execution.fields.selecting import narrow_statement
from schema.mutations.declare import Command, Subject, archive_input, mutation, set_archived_by_input
from schema.mutations.inputs import check_input, facts
from schema.mutations.user_errors import UserError, payload, user_errors
from service.entities.entity import Values
from service.errors import BadUserInput, Refusal, Refusals
from service.reading.statements import load_in_order
from service.values.names import to_camel_case, to_words
from service.writing.batches import MAX_BATCH_SIZE, BatchItem, ItemRepeated, run_batch
from service.writing.transaction import Transaction

# A refusal of the database names one item at a time. After so many transactions each item gets one of its own.
MAX_ROUNDS = 3
IS_APPLIED = (
    "True if the items without user errors were changed; with the mode ATOMIC these are all. False if nothing changed, "
    "because an item was refused."
)
RESULTS = "Results of the items, in the order of the input."
ALL_USER_ERRORS = (
    "Reasons why items were refused, of all results, each with the path of its item; empty if all of them changed."
)


class BatchMode(StrEnum):
    ATOMIC = "ATOMIC"
    EACH = "EACH"


describe_enum(
    BatchMode,
    "Mode of a change of many objects: what happens to the others if one is refused.",
    ATOMIC="All or nothing: if one item is refused, nothing changes.",
    EACH="Each by itself: what is refused is left out, and the others change.",
)

Prepare = Callable[[Transaction, Iterable[UUID]], Awaitable[Any]]


class Batch(NamedTuple):
    """A mutation of many: what it changes, the name of the list in its input, the `payload` of the whole, and what
    locks all at once to `prepare`."""

    subject: Subject
    name: str
    payload: Any
    prepare: Prepare

    @property
    def plural(self) -> str:
        """The objects, as sentences name them."""
        return self.name.replace("_", " ").replace("kpi", "KPI")


def altering_each(
    batch: Batch,
    verb: str,
    item_type: Any,
    command: Command,
    description: str,
    *,
    id_field: str = "id",
    exclusive: bool = False,
    creates: bool = False,
    lock_before: Callable[[Transaction, Iterable[Values]], Awaitable[None]] | None = None,
) -> Any:
    """A mutation that changes many rows: `command` gets the id of each, in `id_field`, and its item of the input.
    `lock_before` locks what their values refer to and is locked before the rows.

    If it `creates` rows, the command gives the id of the row to answer with, and one id may be named more than once.
    """
    run_one = _after_flush(command) if exclusive else command

    async def resolver(info: Info, input: Any) -> Any:
        sent = sent_items(input, batch.name)
        values = [facts(each, batch.subject.entity.name) for each in sent]
        ids = [each[id_field] for each in values]
        items = list(_items(batch, sent, ids, run_one, id_field, creates))

        async def run(some: Sequence[BatchItem]) -> dict[int, UUID]:
            async def command(tx: Transaction) -> dict[int, UUID]:
                if lock_before is not None:
                    await lock_before(tx, [values[item.number] for item in some])
                await batch.prepare(tx, [ids[item.number] for item in some])
                return await run_batch(tx, to_camel_case(batch.name), some)

            return await info.context.write(command, exclusive=exclusive)

        outcome = await run_items(batch.name, items, input.mode, run)
        answers = [outcome.written.get(number) for number in range(len(sent))] if creates else ids
        statement = narrow_statement(batch.subject.entity.by_id, requested_columns(info), "id")
        rows = await load_in_order(info.context.reader, statement, answers)
        results = [payload(batch.subject.payload, (row, outcome.errors[number])) for number, row in enumerate(rows)]
        return outcome.payload(batch, results)

    return batch_mutation(batch, verb, item_type, resolver, description)


def archiving_each(batch: Batch, verb: str, description: str, *, exclusive: bool = False) -> Any:
    """A mutation that archives or restores many rows; `verb` says which."""
    entity, noun = batch.subject.entity, to_words(batch.subject.entity.name)
    return altering_each(
        batch,
        verb.capitalize(),
        archive_input(f"{entity.name}{verb.capitalize()}Input", noun, verb),
        set_archived_by_input(entity, verb),
        description,
        exclusive=exclusive,
    )


def batch_mutation(batch: Batch, verb: str, item_type: Any, resolver: Any, description: str) -> Any:
    """A mutation whose input has a list of items and a mode."""
    name = to_camel_case(f"_{batch.name}") + f"{verb}Input"
    body = {
        batch.name: strawberry.field(description=f"Items: 1 to {MAX_BATCH_SIZE}, each about another object."),
        "mode": strawberry.field(default=BatchMode.ATOMIC, description="Mode: what happens if an item is refused."),
    }
    annotations = {batch.name: list[item_type], "mode": BatchMode}
    input_type = strawberry.input(
        type(name, (), {"__annotations__": annotations, **body}), description=f"Changes of many {batch.plural}."
    )
    argument = f"Changes of {batch.plural}, and what happens if one is refused."
    return mutation(resolver, input_type, argument, description)


def sent_items(input: Any, name: str) -> Sequence[Any]:
    """The items of an input. Raises BadUserInput for none and for too many."""
    sent: Sequence[Any] = getattr(input, name)
    if not 1 <= len(sent) <= MAX_BATCH_SIZE:
        raise BadUserInput(f"`{to_camel_case(name)}` has {len(sent)} members; 1 to {MAX_BATCH_SIZE} are allowed.")
    return sent


def _items(
    batch: Batch, sent: Sequence[Any], ids: Sequence[UUID], command: Any, id_field: str, creates: bool
) -> Iterable[BatchItem]:
    """The items, each with what is wrong with its input; one about an id that is in the list before is refused."""
    entity, known = batch.subject.entity, set[UUID]()
    for number, (each, id) in enumerate(zip(sent, ids, strict=True)):
        refusals = list(check_input(each, entity.name, creates=creates))
        if id in known and not creates:
            refusals.append(ItemRepeated((to_camel_case(id_field),), thing=to_words(entity.name)))
        known.add(id)

        async def run(tx: Transaction, each: Any = each, id: UUID = id, refusals: Any = refusals) -> UUID:
            own = (to_camel_case(id_field),)
            if any(refusal.field == own for refusal in refusals):
                return id
            result = await command(tx, id, each)
            return result if creates else id

        yield BatchItem(number, refusals, run)


def _after_flush(command: Command) -> Command:
    """The command after what the items before it have written: it looks for loops in the database."""

    async def run(tx: Transaction, id: UUID, input: Any) -> Any:
        await tx.flush()
        return await command(tx, id, input)

    return run


class Numbered(Protocol):
    """An item of a batch: its position in the input, from 0."""

    @property
    def number(self) -> int: ...


N = TypeVar("N", bound=Numbered)
W = TypeVar("W")


@dataclass(frozen=True)
class BatchOutcome(Generic[W]):
    """The errors of items by their numbers, what was written for those that were, and if any were."""

    errors: dict[int, list[UserError]]
    written: dict[int, W]

    @property
    def is_applied(self) -> bool:
        """Whether anything was written."""
        return bool(self.written)

    def payload(self, batch: Batch, results: Sequence[Any]) -> Any:
        """The payload of the whole, with a result for each item."""
        errors = [error for number in range(len(results)) for error in self.errors[number]]
        return batch.payload(is_applied=self.is_applied, results=results, user_errors=errors)


async def run_items(
    name: str, items: Sequence[N], mode: BatchMode, run: Callable[[Sequence[N]], Awaitable[dict[int, W]]]
) -> BatchOutcome[W]:
    """Runs the items of the list `name`: all in one transaction, without those that were refused before unless the
    mode is ATOMIC. `run` runs some in one transaction, and gives what was written by their numbers."""
    outcome: BatchOutcome[W] = BatchOutcome(defaultdict(list), {})

    async def is_written(some: Sequence[N]) -> bool:
        try:
            outcome.written.update(await run(some))
        except Refusal as refusal:
            for number, own in _by_item(refusal, to_camel_case(name), some).items():
                outcome.errors[number] += user_errors(Refusals(own))
            return False
        return True

    pending = list(items)
    for _ in range(MAX_ROUNDS):
        if not pending or await is_written(pending) or mode == BatchMode.ATOMIC:
            return outcome
        pending = [item for item in pending if not outcome.errors[item.number]]
    for item in pending:
        await is_written([item])
    return outcome


def _by_item(refusal: Refusal, name: str, items: Sequence[Numbered]) -> dict[int, list[Refusal]]:
    """The refusals by the number of their item; what is not about one is about all of them."""
    numbers = {str(item.number): item.number for item in items}
    by_item: dict[int, list[Refusal]] = defaultdict(list)
    for each in refusal.all:
        if len(each.field) > 1 and each.field[0] == name and each.field[1] in numbers:
            by_item[numbers[each.field[1]]].append(each)
        else:
            for item in items:
                by_item[item.number].append(each)
    return by_item
