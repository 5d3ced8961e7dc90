"""Measures how long one request blocks the event loop, and so all other requests.

The application runs in this process, created as `serve` does, with default settings and its log in a file. A task
records the time of every iteration of the loop; the largest gap is the longest wait of other clients.
"""

import argparse
import asyncio
import gzip
import logging
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import httpx2
import orjson
import uvloop
from uvicorn import Config
from uvicorn.lifespan.on import LifespanOn

from bench.data import DataSet
from bench.documents.document import find_targets
from bench.holding.changes import changes
from bench.holding.questions import Question, questions
from service.app import create_app
from service.http import logs
from service.http.garbage_collection import IdleGarbageCollection, freeze_startup_objects
from service.postgres.database import Database
from service.settings import Settings

CLIENT_SECONDS = 120


class BlockingTimes(NamedTuple):
    """The longest gap of the event loop in each round in milliseconds, and the largest response in MB.

    `failure` is why the last request that was not answered was not.
    """

    gaps: list[float]
    size: float
    failure: str = ""


async def measure_blocking(data: DataSet, rounds: int) -> dict[str, BlockingTimes]:
    """The blocking times of each kind of request, after a small request to warm up."""
    targets = await find_targets(data)
    settings = Settings()
    database = Database(settings, data.serving)
    app = IdleGarbageCollection(create_app(settings, database, lambda: datetime.now(UTC)))
    freeze_startup_objects()
    lifespan = LifespanOn(Config(app, log_config=None))
    await lifespan.startup()
    headers = {"Authorization": f"Bearer {data.key}"}
    transport = httpx2.ASGITransport(app=app)
    results: dict[str, BlockingTimes] = {}
    try:
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://bench", headers=headers, timeout=CLIENT_SECONDS
        ) as http:
            await send_request(http, Question("{ viewer { role } }"))
            for number in range(rounds):
                queries = {kind: [question] for kind, question in questions(number).items()}
                for kind, requests in (queries | changes(number, targets)).items():
                    answers = [await send_request(http, request) for request in requests]
                    gap, size, failure = max(answers)
                    failure = next((each for _, _, each in answers if each), failure)
                    previous = results.setdefault(kind, BlockingTimes([], 0))
                    results[kind] = BlockingTimes(
                        [*previous.gaps, gap], max(size, previous.size), failure or previous.failure
                    )
    finally:
        await lifespan.shutdown()
        await database.dispose()
    return results


async def send_request(http: httpx2.AsyncClient, question: Question) -> tuple[float, float, str]:
    """The longest gap in milliseconds, the size of the response in MB, and its first error."""
    gaps: list[float] = []
    # Parsing by this client would block the loop, but not that of a server.
    body = orjson.dumps({"query": question.document, "variables": question.variables})
    recording = asyncio.create_task(record_gaps(gaps))
    await asyncio.sleep(0)
    headers = {"Accept-Encoding": question.encoding, "Content-Type": "application/json"}
    async with http.stream("POST", "/graphql", content=body, headers=headers) as response:
        content = b"".join([part async for part in response.aiter_raw()])
    # Objects freed after the response block other requests, too.
    await asyncio.sleep(0.05)
    recording.cancel()
    with suppress(asyncio.CancelledError):
        await recording
    content = gzip.decompress(content) if "content-encoding" in response.headers else content
    return max(gaps) * 1000, len(content) / 1e6, first_error(content)


def first_error(content: bytes) -> str:
    """The first error of a response, or the first user error of a payload."""
    answer = orjson.loads(content)
    if errors := answer.get("errors"):
        return str(errors[0]["message"])
    payloads = [each for each in answer["data"].values() if isinstance(each, dict)]
    return next((str(each["userErrors"][0]) for each in payloads if each.get("userErrors")), "")


async def record_gaps(gaps: list[float]) -> None:
    """Records the seconds of each iteration of the event loop."""
    last = time.perf_counter()
    while True:
        await asyncio.sleep(0)
        now = time.perf_counter()
        gaps.append(now - last)
        last = now


def main() -> None:
    """Measures the data set whose fields are the JSON in a file, and writes the results there."""
    parser = argparse.ArgumentParser(prog="bench.holding.measure", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("rounds", type=int)
    options = parser.parse_args()
    logs.configure(Settings().log_level)
    # A line for each request of this client is not one of the service.
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    url, serving, organization_id, key, postgres = orjson.loads(options.file.read_bytes())
    data = DataSet(url, serving, UUID(organization_id), key, postgres)
    # On uvloop, as the service runs.
    results = uvloop.run(measure_blocking(data, options.rounds))
    options.file.write_bytes(orjson.dumps({kind: list(times) for kind, times in results.items()}))


if __name__ == "__main__":
    main()
