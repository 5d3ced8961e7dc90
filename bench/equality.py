"""Whether servers answer the same, and whether changes by hand are those of the service."""

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from bench.asking import fetch_answer
from bench.by_hand import recording
from bench.by_hand.recording import Recorded, recorder
from bench.data import FOLDER, DataSet, copied
from bench.documents import Document, postgraphile
from bench.documents.normalize import first_difference, normalize
from bench.servers import OURS, Server, by_hand, server

CHANGES = FOLDER / "changes.pickle"
COMPARED_REQUESTS = 2


async def difference(one: Server, other: Server, document: Document) -> str | None:
    """Where the answers of two servers differ first; None if they are the same."""
    expected, actual = await fetch_answer(one, document), await fetch_answer(other, document)
    if other.documents:
        actual = postgraphile.in_our_form(actual)
    return first_difference(normalize(expected), normalize(actual))


def record_mutations(data: DataSet, documents: Sequence[Document], counts: dict[str, int]) -> Path:
    """Records what the service changes by mutations, as many requests as `counts` says, for the application by hand."""
    recorded: dict[str, list[Recorded]] = {}
    with ExitStack() as stack:
        copy = stack.enter_context(copied(data, "recorded"))
        ours = stack.enter_context(server(OURS, copy, log="recorded"))
        recording_of = stack.enter_context(recorder(copy))
        # First those that are compared, so that they meet the same rows when they are repeated.
        for document in documents:
            recorded[document.name] = recording_of.record(ours, document, COMPARED_REQUESTS)
        for document in documents:
            rest = counts[document.name] - COMPARED_REQUESTS
            recorded[document.name] += recording_of.record(ours, document, rest)
    recording.write(CHANGES, recorded)
    _ensure_same_changes(data, documents, recorded)
    return CHANGES


def _ensure_same_changes(data: DataSet, documents: Sequence[Document], recorded: dict[str, list[Recorded]]) -> None:
    """Raises RuntimeError unless the application by hand answers and writes what the service does."""
    with ExitStack() as stack:
        copy = stack.enter_context(copied(data, "repeated"))
        hand = stack.enter_context(by_hand(copy, CHANGES))
        recording_of = stack.enter_context(recorder(copy))
        for document in documents:
            expected = recorded[document.name][:COMPARED_REQUESTS]
            actual = recording_of.record(hand, document, len(expected))
            for one, other in zip(expected, actual, strict=True):
                if rows := recording.differences(one, other):
                    raise RuntimeError(f"{document.name} by hand changes other rows: {rows[0]}")
                if where := first_difference(normalize(one.answer), normalize(other.answer)):
                    raise RuntimeError(f"{document.name} by hand answers otherwise: {where}")


def differing_reads(ours: Server, other: Server, documents: Sequence[Document]) -> dict[str, str]:
    """The documents that another server answers otherwise than ours, with where the answers differ first."""
    differences = {each.name: asyncio.run(difference(ours, other, each)) for each in documents}
    return {name: where for name, where in differences.items() if where}
