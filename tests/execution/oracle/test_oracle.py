"""Whatever is asked, the answer is graphql-core's: data, order of keys, errors, their paths and locations.

`make fuzz` sets OKRGRAPH_FUZZ to the number of documents.
"""

import os
from random import Random

import pytest

from schema.execution.running import yielding
from tests.execution.oracle.comparing import Oracle

DOCUMENTS = int(os.environ.get("OKRGRAPH_FUZZ", "300"))


async def test_documents_over_sound_rows(oracle: Oracle) -> None:
    before = oracle.compared
    for number in range(DOCUMENTS // 2):
        await oracle.check(Random(number), 0)
    assert oracle.compared - before == DOCUMENTS // 2
    # Documents that the limits or validation refuse are written anew, and are the fewer.
    assert oracle.discarded < oracle.compared


async def test_documents_over_spoiled_rows(oracle: Oracle) -> None:
    before, failed = oracle.compared, oracle.failed
    for number in range(1, DOCUMENTS // 2 + 1):
        await oracle.check(Random(-number), number)
    assert oracle.compared - before == DOCUMENTS // 2
    # Otherwise nothing would have been compared but sound answers.
    assert oracle.failed - failed > DOCUMENTS // 20


async def test_documents_as_if_all_of_them_were_much_work(oracle: Oracle, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their objects are completed in turns, and their variables read in threads."""
    monkeypatch.setattr(yielding, "LARGE", 1)
    monkeypatch.setattr(yielding, "LESS", 1)
    monkeypatch.setattr(yielding, "FEW", 0)
    monkeypatch.setattr("schema.execution.documents.variables.MANY_VALUES", 0)
    for number in range(1, DOCUMENTS // 4 + 1):
        await oracle.check(Random(DOCUMENTS + number), number * (number % 2))


async def test_nothing_of_that_was_left_to_graphql_core(oracle: Oracle) -> None:
    await oracle.check(Random(0), 0)
    assert oracle.ours.handed_over == 0
