"""Many objectives: all or nothing, dry, twice, and in memory that does not grow with the file.

Hundreds of objectives in small chunks, or 10 000 where OKRGRAPH_LARGE=1 is set.
"""

import asyncio
import gc
import os
import tracemalloc
from collections.abc import Iterator

import orjson
import pytest

from service.rollup import bulk
from service.workspace import staging
from service.workspace.generating import generate
from service.workspace.importing import Watch, import_items
from service.workspace.jsonl import items_of
from service.workspace.report import Report
from tests.kit.client import Client
from tests.kit.small_workspace import objective
from tests.kit.workspace_files import exported, findings, row_counts

LARGE = os.environ.get("OKRGRAPH_LARGE") == "1"
OBJECTIVES = 10_000 if LARGE else 300
# Chunks as large as a tenth of what is imported, so that a file of few objectives fills them too.
CHUNK, FEW, MANY = (None, 2_500, 10_000) if LARGE else (100, 150, 450)


def many(objectives: int, *more: bytes) -> Iterator[bytes]:
    """The lines of a generated organization, made as they are read, and some more."""
    for item in generate(objectives, seed=1):
        yield orjson.dumps(item)
    yield from more


async def brought(
    client: Client, lines: Iterator[bytes], *, dry_run: bool = False, watch: Watch | None = None
) -> tuple[bool, dict[str, int], list]:
    """Whether an import was kept, its outcomes, and line, code and field of what was refused."""
    refused: list[tuple[int, str, str]] = []

    def listen(result):
        if result.refusal:
            refused.extend((result.line, each.code, ".".join(each.field)) for each in result.refusal.all)

    report = Report(listen)
    read = items_of(lines, report)
    kept = await import_items(
        client.database, client.viewer, client.clock.now, read, report, dry_run=dry_run, watch=watch
    )
    return kept, {outcome.value: count for outcome, count in report.outcomes.items()}, refused


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    if CHUNK:
        monkeypatch.setattr(staging, "CHUNK", CHUNK)
        monkeypatch.setattr(staging, "MAX_HELD", CHUNK)
        monkeypatch.setattr(bulk, "CHUNK", CHUNK // 4)
        monkeypatch.setattr(bulk, "MAX_HELD", CHUNK // 2)
        monkeypatch.setattr(bulk, "MAX_IDS", CHUNK // 2)


async def test_a_large_file_is_kept_whole_or_not_at_all(client: Client, database_url: str, small_chunks: None) -> None:
    size = sum(1 for _ in many(OBJECTIVES))
    empty = await row_counts(database_url)

    broken = [orjson.dumps(objective("lost", cycle="1999")), b"nonsense"]
    kept, outcomes, refused = await brought(client, many(OBJECTIVES, *broken))
    assert (kept, outcomes) == (False, {"CREATED": size, "FAILED": 2})
    assert sorted(refused) == [(size + 1, "NOT_FOUND", "cycle"), (size + 2, "ITEM_INVALID", "")]
    assert await row_counts(database_url) == empty

    assert await brought(client, many(OBJECTIVES), dry_run=True) == (False, {"CREATED": size}, [])
    assert await row_counts(database_url) == empty

    assert await brought(client, many(OBJECTIVES)) == (True, {"CREATED": size}, [])
    full = await row_counts(database_url)
    assert (full["objectives"], full["key_results"]) == (OBJECTIVES, 3 * OBJECTIVES)
    assert full["alignments"] == full["alignment_revisions"] == OBJECTIVES - 20
    assert await findings(client) == []

    client.clock.advance(hours=1)
    before = await exported(client)
    assert await brought(client, many(OBJECTIVES)) == (True, {"UNCHANGED": size}, [])
    assert (await row_counts(database_url), await exported(client)) == (full, before)


async def test_memory_does_not_grow_with_the_file(client: Client, small_chunks: None) -> None:
    # What is imported, compiled and prepared once is there before anything is measured.
    await brought(client, many(FEW), dry_run=True)
    few = await peak(client, FEW)
    # A file held in memory would take some megabytes more.
    assert await peak(client, MANY) < 1.25 * few + 500_000


async def peak(client: Client, objectives: int) -> int:
    """The most bytes that Python held at once during an import, above what it held before.

    Garbage is collected all along: what waits for the collector grows with the file until the collector's thresholds
    are met, which depend on all other objects of the process.
    """

    def collect(_phase: str, _done: int, _all: int) -> None:
        gc.collect()

    gc.collect()
    # Of the objects that a process with many tests holds, none is looked at again and again.
    gc.freeze()
    tracemalloc.start()
    try:
        kept, _, refused = await brought(client, collecting(many(objectives)), dry_run=True, watch=Watch(collect))
        assert (kept, refused) == (False, [])
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def collecting(lines: Iterator[bytes]) -> Iterator[bytes]:
    """The lines; garbage is collected after each hundred."""
    for number, line in enumerate(lines):
        if number % 100 == 0:
            gc.collect()
        yield line


def team(number: int, parent: int | None = None) -> bytes:
    said = {"type": "Team", "externalId": f"t{number}", "name": f"Team {number}"}
    return orjson.dumps(said if parent is None else {**said, "parent": f"t{parent}"})


NESTED = {
    "40 nested teams, each three times: 3 to the power of 40 ways down": (
        *([team(number, number - 1 if number else None) for number in range(40) for _ in range(3)], 40, 80),
    ),
    "a team that is also said to be below its own part: a way without an end": (
        *([team(0), team(1, 0), team(0, 1)], 2, 1),
    ),
}


@pytest.mark.parametrize("case", NESTED)
async def test_teams_that_are_said_again_lead_nowhere(client: Client, database_url: str, case: str) -> None:
    lines, created, repeated = NESTED[case]
    empty = await row_counts(database_url)
    async with asyncio.timeout(10):
        kept, outcomes, refused = await brought(client, iter(lines))
    assert (kept, outcomes) == (False, {"CREATED": created, "FAILED": repeated})
    assert {code for _, code, _ in refused} == {"EXTERNAL_ID_DUPLICATE"}
    assert await row_counts(database_url) == empty
