"""Generated queries have the same data, order of keys and errors under both executors."""

import os
from random import Random

import pytest

from schema.execution.running import yielding
from tests.execution.oracle.comparing import Oracle

# `make fuzz` sets OKRGRAPH_FUZZ to the number of documents.
DOCUMENTS = int(os.environ.get("OKRGRAPH_FUZZ", "300"))


async def test_documents_over_sound_rows(oracle: Oracle) -> None:
    before = oracle.compared
    for number in range(DOCUMENTS // 2):
        await oracle.check(Random(number), 0)
    assert oracle.compared - before == DOCUMENTS // 2
    # Documents that the limits or validation refuse are replaced, and are in the minority.
    assert oracle.discarded < oracle.compared


async def test_documents_over_spoiled_rows(oracle: Oracle) -> None:
    before, failed = oracle.compared, oracle.failed
    for number in range(1, DOCUMENTS // 2 + 1):
        await oracle.check(Random(-number), number)
    assert oracle.compared - before == DOCUMENTS // 2
    # Otherwise only results without errors would have been compared.
    assert oracle.failed - failed > DOCUMENTS // 20


async def test_documents_as_if_all_were_large(oracle: Oracle, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their objects are completed in several iterations, and their variables are coerced in threads."""
    monkeypatch.setattr(yielding, "MAX_OBJECTS_PER_ITERATION", 1)
    monkeypatch.setattr(yielding, "MAX_OBJECTS_PER_ITERATION_WHEN_LARGE", 1)
    monkeypatch.setattr(yielding, "MAX_OBJECTS_WITHOUT_WAITING", 0)
    monkeypatch.setattr("schema.execution.documents.variables.MAX_INLINE_VALUES", 0)
    for number in range(1, DOCUMENTS // 4 + 1):
        await oracle.check(Random(DOCUMENTS + number), number * (number % 2))


async def test_no_document_fell_back_to_graphql_core(oracle: Oracle) -> None:
    await oracle.check(Random(0), 0)
    assert oracle.breadth_first.fallback_count == 0
