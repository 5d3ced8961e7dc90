"""Creates an objective with key results, alignments and links in the same transaction."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from service.alignment import commands as alignments
from service.alignment.edge_request import AlignmentRequest
from service.errors import Refusal
from service.key_results import commands as key_results
from service.key_results.models import KeyResult
from service.links import commands as links
from service.links.models import Link
from service.objectives import commands as objectives
from service.objectives.models import Objective
from service.values.names import to_camel_case
from service.writing.rows import flush_written, new_row
from service.writing.transaction import Transaction


class Part(NamedTuple):
    """One part of an objective: its columns, and what is wrong with the input itself."""

    values: Mapping[str, Any]
    refusals: Sequence[Refusal]


Parts = Mapping[str, Iterable[Part]]


async def create_with_parts(tx: Transaction, values: Mapping[str, Any], parts: Parts) -> UUID:
    """Adds an objective with its parts, by the lists of the input: `key_results`, `alignments` and `links`. What is
    wrong with each part is noted under its path. Whoever may create the objective may add its parts."""
    row = new_row(tx, Objective, values)
    drafts = {
        "key_results": _drafts(tx, row.id, "key_results", parts, key_results.draft),
        "alignments": _drafts(tx, row.id, "alignments", parts, lambda _, values: AlignmentRequest(**values)),
        "links": _drafts(tx, row.id, "links", parts, links.draft),
    }
    await objectives.create(tx, [row])
    if any(drafts.values()):
        tx.created.add(("objective_id", row.id))
        await _store(tx)
        await _add_key_results(tx, drafts["key_results"])
        await _add_each(tx, "alignments", drafts["alignments"], alignments.align)
        await _add_each(tx, "links", drafts["links"], _add_link)
        # An alignment alone settles the parents only.
        tx.touched.add(row.id)
    return row.id


def _drafts(
    tx: Transaction, id: UUID, name: str, parts: Parts, draft: Callable[[Transaction, dict[str, Any]], Any]
) -> list[Any]:
    """The parts of a list as commands take them."""
    drafts = []
    for number, part in enumerate(parts[name]):
        with tx.attempting() as attempt:
            attempt.note(part.refusals)
            drafts.append(draft(tx, {**part.values, "objective_id": id}))
        tx.attempt.include(attempt, to_camel_case(name), str(number))
    return drafts


async def _store(tx: Transaction) -> None:
    """Sends the objective, which parts refer to. What the parts refer to is not known to be there yet."""
    await flush_written(tx)
    # The input created the objective alone: its parts have no digests of theirs.
    tx.created_from = None


async def _add_key_results(tx: Transaction, rows: Sequence[KeyResult]) -> None:
    if rows:
        add = await key_results.creating(tx, rows)
        await _add_each(tx, "key_results", rows, lambda _, row: add([row]))


async def _add_each(tx: Transaction, name: str, drafts: Sequence[Any], add: Callable[..., Awaitable[Any]]) -> None:
    for number, each in enumerate(drafts):
        with tx.attempting() as attempt:
            await add(tx, each)
        tx.attempt.include(attempt, to_camel_case(name), str(number))


async def _add_link(tx: Transaction, row: Link) -> None:
    await links.create(tx, [row])
