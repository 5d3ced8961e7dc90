"""Runs many changes in one transaction, each as if it were alone."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple
from uuid import UUID

from service.errors import Refusal
from service.writing.attempt import Attempt
from service.writing.transaction import Transaction

MAX_BATCH_SIZE = 200


class ItemRepeated(Refusal):
    """The request changes this {thing} before. Change each once."""

    meaning = "Object (<thing>) that the request changes twice. Send one change of each."


class BatchItem(NamedTuple):
    """One change of many: its position in the input, from 0, what is wrong with the input itself, and the command to
    `run`, which gives the id of the row to answer with."""

    number: int
    refusals: Sequence[Refusal]
    run: Callable[[Transaction], Awaitable[UUID]]


async def run_batch(tx: Transaction, name: str, items: Sequence[BatchItem]) -> dict[int, UUID]:
    """The ids of the changed rows by the numbers of their items. What is wrong with any item is noted, under its path
    in the list `name` of the input."""
    ids: dict[int, UUID] = {}
    for item in items:
        touched = set(tx.touched)
        with attempting_item(tx, name, item.number) as attempt:
            attempt.note(item.refusals)
            ids[item.number] = await item.run(tx)
        # An alignment leaves nothing to settle of its objective, which an item before may have changed.
        tx.touched |= touched
    return ids


@contextmanager
def attempting_item(tx: Transaction, name: str, number: int) -> Iterator[Attempt]:
    """An attempt of its own for an item of the list `name` of the input. What is wrong with it is noted under its
    path."""
    attempt = Attempt()
    try:
        with tx.attempting() as attempt:
            yield attempt
    finally:
        # If the database refuses it, what was proposed tells which item is meant.
        tx.attempt.include(attempt, name, str(number))
