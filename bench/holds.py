"""How long one request keeps all others waiting: the longest turn of the loop while it is answered.

The application runs in the process that measures, made as `serve` makes it. A task notes the time at every turn of the
loop; its largest gap is what any other client would have waited. No document is asked twice, so each is parsed,
planned and compiled anew, as a hostile one would be.
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
from service.http.garbage_collection import CollectsAtRest, prepare
from service.postgres.database import Database
from service.settings import Settings

ALIASES, ROOT_FIELDS, PAGES, COMPARISONS = 28, 20, 100, 57
# More copies of the schema are larger than a response may be.
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


class Held(NamedTuple):
    """What a kind of question did: the longest turn of each round in milliseconds, and the largest response in MB."""

    turns: list[float]
    size: float


def questions(number: int) -> dict[str, Question]:
    """The worst of each kind that the limits let through; no two numbers below twenty make the same."""
    return {
        "a large response": Question(large(2 * number)),
        "a large response, compressed": Question(large(2 * number + 1), encoding="gzip"),
        f"{ALIASES} new relations": Question(relations(number)),
        f"{ROOT_FIELDS} new filters": filters(number),
        "a document of 1 600 tokens": Question(long(number)),
        "fragments of fragments": Question(doubling(number)),
        f"the schema, {SCHEMAS} times": Question(introspection(number)),
    }


def large(number: int) -> str:
    """Three thousand objectives with all their own fields, and three times as many key results."""
    nodes = f"nodes {{ {LEAVES} keyResults {{ {LEAVES_OF_RESULTS} }}"
    pages = f"children(first: {PAGES - number}) {{ {nodes}"
    return f"{{ objectives(first: {PAGES}) {{ {nodes} {pages} {pages} }} }} }} }} }} }} }}"


def relations(number: int) -> str:
    """Pages of children below five objectives, each of another size, and of a field that none was asked for yet."""
    field = LEAVES.split()[number]
    aliased = (
        f"a{size}: children(first: {size}) {{ totalCount nodes {{ {field} }} }}" for size in range(1, ALIASES + 1)
    )
    return f"{{ objectives(first: 5) {{ nodes {{ {' '.join(aliased)} }} }} }}"


def filters(number: int) -> Question:
    """Twenty lists of objectives, each with a filter of another shape: which comparisons it has spells a number."""
    shapes: dict[str, Any] = {}
    for shape in range(number * ROOT_FIELDS, (number + 1) * ROOT_FIELDS):
        operators = [OPERATORS[shape >> place & 1] for place in range(COMPARISONS)]
        shapes[f"f{shape}"] = {"and": [{"title": {operator: "a"}} for operator in operators]}
    asked = (f"{name}: objectives(first: 5, filter: ${name}) {{ nodes {{ title }} totalCount }}" for name in shapes)
    return Question(
        f"query({', '.join(f'${name}: ObjectiveFilter' for name in shapes)}) {{ {' '.join(asked)} }}", shapes
    )


def long(number: int) -> str:
    """Nearly as many tokens as a document may have: whoever is above whoever is above an objective."""

    def above(levels: int) -> str:
        return f"{LEAVES} parents {{ {above(levels - 1)} }} ancestors {{ {above(levels - 1)} }}" if levels else LEAVES

    return f"{{ objectives(first: {number + 1}) {{ nodes {{ {above(5)} }} }} }}"


def introspection(number: int) -> str:
    """Of every type its fields, of each field its arguments, and of each argument its type."""
    types = " ".join(f"t{number}_{alias}: types {{ ...Type }}" for alias in range(SCHEMAS))
    typed = "name description type { ofType { name ofType { name ofType { name } } } }"
    fields = f"fields {{ args {{ defaultValue {typed} }} {typed} }} inputFields {{ {typed} }}"
    return f"{{ __schema {{ {types} }} }} fragment Type on __Type {{ {fields} }}"


def doubling(number: int) -> str:
    """Fragments that spread the next one twice: a thousand selections, if they were written out."""
    fragments = (
        f"fragment F{level} on Objective {{ parents {{ ...F{level + 1} }} ancestors {{ ...F{level + 1} }} }}"
        for level in range(9)
    )
    last = "fragment F9 on Objective { title }"
    return f"{{ objectives(first: {number + 1}) {{ nodes {{ ...F0 }} }} }} {' '.join(fragments)} {last}"


async def holds(data: DataSet, rounds: int) -> dict[str, Held]:
    """What each kind of question did in so many rounds, after a small one."""
    settings = Settings(key_cache_seconds=3600, operation_timeout=60, statement_timeout=60)
    database = Database(settings, data.url)
    app = CollectsAtRest(create_app(settings, database, lambda: datetime.now(UTC)))
    prepare()
    lifespan = LifespanOn(Config(app, log_config=None))
    await lifespan.startup()
    headers = {"Authorization": f"Bearer {data.key}"}
    transport = httpx2.ASGITransport(app=app)
    found: dict[str, Held] = {}
    try:
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://bench", headers=headers, timeout=60
        ) as http:
            await asked(http, Question("{ viewer { role } }"))
            for number in range(rounds):
                for kind, question in questions(number).items():
                    turn, size = await asked(http, question)
                    before = found.setdefault(kind, Held([], 0))
                    found[kind] = Held([*before.turns, turn], max(size, before.size))
    finally:
        await lifespan.shutdown()
    return found


async def asked(http: httpx2.AsyncClient, question: Question) -> tuple[float, float]:
    """The longest turn in milliseconds, and the response in MB. Raises RuntimeError when there are errors."""
    turns: list[float] = []
    watching = asyncio.create_task(watch(turns))
    await asyncio.sleep(0)
    body, encoding = (
        {"query": question.document, "variables": question.variables},
        {"Accept-Encoding": question.encoding},
    )
    async with http.stream("POST", "/graphql", json=body, headers=encoding) as response:
        # Decompressing would hold up this loop, and none of a server.
        content = b"".join([part async for part in response.aiter_raw()])
    # What is let go of after the answer has left keeps others waiting, too.
    await asyncio.sleep(0.05)
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
    content = gzip.decompress(content) if "content-encoding" in response.headers else content
    if "errors" in orjson.loads(content):
        raise RuntimeError(content[:1000])
    return max(turns) * 1000, len(content) / 1e6


async def watch(turns: list[float]) -> None:
    """Notes how many seconds each turn of the loop takes."""
    last = time.perf_counter()
    while True:
        await asyncio.sleep(0)
        now = time.perf_counter()
        turns.append(now - last)
        last = now


def measured(data: DataSet, rounds: int) -> dict[str, Held]:
    """`holds` on the loop that the service runs on."""
    logs.configure("WARNING")
    return uvloop.run(holds(data, rounds))
