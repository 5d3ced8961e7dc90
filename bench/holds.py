"""Measures how long one request blocks the event loop, and so all other requests.

The application runs in this process, created as `serve` does. A task records the time of every iteration of the loop;
the largest gap is the longest wait of other clients. No document is sent twice, so that nothing comes from a cache.
"""

import asyncio
import gzip
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple

import httpx2
import orjson
import uvloop
from uvicorn import Config
from uvicorn.lifespan.on import LifespanOn

from bench.data import DataSet
from service.app import create_app
from service.http import logs
from service.http.garbage_collection import IdleGarbageCollection, freeze_startup_objects
from service.postgres.database import Database
from service.settings import Settings

ALIASES = 28
ROOT_FIELDS = 20
PAGES = 100
COMPARISONS = 57
# More copies of the schema would exceed the limit of a response.
SCHEMAS = 24
OPERATORS = ("neq", "eq")
LEAVES = """id externalId title level kind lifecycle perspective position progress progressRaw progressReason
    progressSource status statusReason statusSource version visibility createdAt updatedAt archivedAt description"""
LEAVES_OF_RESULTS = """id externalId title kind lifecycle position unit baseline target current progress progressRaw
    progressReason status statusReason version createdAt updatedAt archivedAt"""


class Question(NamedTuple):
    """A document and its variables."""

    document: str
    variables: Mapping[str, Any] = {}
    encoding: str = "identity"


class BlockingTimes(NamedTuple):
    """The longest gap of the event loop in each round in milliseconds, and the largest response in MB."""

    gaps: list[float]
    size: float


def questions(number: int) -> dict[str, Question]:
    """The most expensive request of each kind within the limits. Numbers below 20 give different documents."""
    return {
        "a large response": Question(large_document(2 * number)),
        "a large response, compressed": Question(large_document(2 * number + 1), encoding="gzip"),
        f"{ALIASES} new relations": Question(relations_document(number)),
        f"{ROOT_FIELDS} new filters": filters_question(number),
        "a document of 1 600 tokens": Question(long_document(number)),
        "fragments of fragments": Question(doubling_document(number)),
        f"the schema, {SCHEMAS} times": Question(introspection_document(number)),
    }


def large_document(number: int) -> str:
    """Three thousand objectives with all scalar fields, and three times as many key results."""
    nodes = f"nodes {{ {LEAVES} keyResults {{ {LEAVES_OF_RESULTS} }}"
    pages = f"children(first: {PAGES - number}) {{ {nodes}"
    return f"{{ objectives(first: {PAGES}) {{ {nodes} {pages} {pages} }} }} }} }} }} }} }}"


def relations_document(number: int) -> str:
    """Pages of children of five objectives, each of another size, with a field that depends on the number."""
    field = LEAVES.split()[number]
    aliased = (
        f"a{size}: children(first: {size}) {{ totalCount nodes {{ {field} }} }}" for size in range(1, ALIASES + 1)
    )
    return f"{{ objectives(first: 5) {{ nodes {{ {' '.join(aliased)} }} }} }}"


def filters_question(number: int) -> Question:
    """Twenty lists of objectives, each with another filter: the bits of a number determine its comparisons."""
    shapes: dict[str, Any] = {}
    for shape in range(number * ROOT_FIELDS, (number + 1) * ROOT_FIELDS):
        operators = [OPERATORS[shape >> bit & 1] for bit in range(COMPARISONS)]
        shapes[f"f{shape}"] = {"and": [{"title": {operator: "a"}} for operator in operators]}
    fields = (f"{name}: objectives(first: 5, filter: ${name}) {{ nodes {{ title }} totalCount }}" for name in shapes)
    return Question(
        f"query({', '.join(f'${name}: ObjectiveFilter' for name in shapes)}) {{ {' '.join(fields)} }}", shapes
    )


def long_document(number: int) -> str:
    """A document of nearly the maximum number of tokens, with nested parents and ancestors."""

    def above(levels: int) -> str:
        return f"{LEAVES} parents {{ {above(levels - 1)} }} ancestors {{ {above(levels - 1)} }}" if levels else LEAVES

    return f"{{ objectives(first: {number + 1}) {{ nodes {{ {above(5)} }} }} }}"


def introspection_document(number: int) -> str:
    """Introspection of all types with fields, arguments and their types."""
    types = " ".join(f"t{number}_{alias}: types {{ ...Type }}" for alias in range(SCHEMAS))
    typed = "name description type { ofType { name ofType { name ofType { name } } } }"
    fields = f"fields {{ args {{ defaultValue {typed} }} {typed} }} inputFields {{ {typed} }}"
    return f"{{ __schema {{ {types} }} }} fragment Type on __Type {{ {fields} }}"


def doubling_document(number: int) -> str:
    """Fragments that spread the next one twice, which expand to a thousand selections."""
    fragments = (
        f"fragment F{level} on Objective {{ parents {{ ...F{level + 1} }} ancestors {{ ...F{level + 1} }} }}"
        for level in range(9)
    )
    last = "fragment F9 on Objective { title }"
    return f"{{ objectives(first: {number + 1}) {{ nodes {{ ...F0 }} }} }} {' '.join(fragments)} {last}"


async def measure_blocking(data: DataSet, rounds: int) -> dict[str, BlockingTimes]:
    """The blocking times of each kind of request, after a small request to warm up."""
    settings = Settings(key_cache_seconds=3600, operation_timeout=60, statement_timeout=60)
    database = Database(settings, data.url)
    app = IdleGarbageCollection(create_app(settings, database, lambda: datetime.now(UTC)))
    freeze_startup_objects()
    lifespan = LifespanOn(Config(app, log_config=None))
    await lifespan.startup()
    headers = {"Authorization": f"Bearer {data.key}"}
    transport = httpx2.ASGITransport(app=app)
    results: dict[str, BlockingTimes] = {}
    try:
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://bench", headers=headers, timeout=60
        ) as http:
            await send_request(http, Question("{ viewer { role } }"))
            for number in range(rounds):
                for kind, question in questions(number).items():
                    gap, size = await send_request(http, question)
                    previous = results.setdefault(kind, BlockingTimes([], 0))
                    results[kind] = BlockingTimes([*previous.gaps, gap], max(size, previous.size))
    finally:
        await lifespan.shutdown()
    return results


async def send_request(http: httpx2.AsyncClient, question: Question) -> tuple[float, float]:
    """The longest gap in milliseconds, and the size of the response in MB. Raises RuntimeError if it has errors."""
    gaps: list[float] = []
    recording = asyncio.create_task(record_gaps(gaps))
    await asyncio.sleep(0)
    body, encoding = (
        {"query": question.document, "variables": question.variables},
        {"Accept-Encoding": question.encoding},
    )
    async with http.stream("POST", "/graphql", json=body, headers=encoding) as response:
        # Decompression here would block this loop, but not that of a server.
        content = b"".join([part async for part in response.aiter_raw()])
    # Objects freed after the response block other requests, too.
    await asyncio.sleep(0.05)
    recording.cancel()
    with suppress(asyncio.CancelledError):
        await recording
    content = gzip.decompress(content) if "content-encoding" in response.headers else content
    if "errors" in orjson.loads(content):
        raise RuntimeError(content[:1000])
    return max(gaps) * 1000, len(content) / 1e6


async def record_gaps(gaps: list[float]) -> None:
    """Records the seconds of each iteration of the event loop."""
    last = time.perf_counter()
    while True:
        await asyncio.sleep(0)
        now = time.perf_counter()
        gaps.append(now - last)
        last = now


def run_measurement(data: DataSet, rounds: int) -> dict[str, BlockingTimes]:
    """Runs `measure_blocking` on uvloop, as the service does."""
    logs.configure("WARNING")
    return uvloop.run(measure_blocking(data, rounds))
