"""Garbage waits until no request is running, and no longer."""

import asyncio
import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from service.http.garbage_collection import AT_REST, CollectsAtRest


class Ring:
    """What only the collector can free."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def left_to_us() -> Iterator[None]:
    thresholds = gc.get_threshold()
    gc.disable()
    gc.collect()
    yield
    gc.set_threshold(*thresholds)
    gc.enable()


def app(garbage: int, made: list[Any], until: asyncio.Event | None = None) -> CollectsAtRest:
    async def inner(_scope: Any, _receive: Any, _send: Any) -> None:
        rings = [Ring() for _ in range(garbage)]
        made.extend(map(weakref.ref, rings))
        del rings
        if until is not None:
            await until.wait()

    return CollectsAtRest(inner)


async def request(asked: CollectsAtRest, kind: str = "http") -> None:
    await asked({"type": kind}, None, None)  # type: ignore[arg-type]


async def test_after_a_large_response() -> None:
    made: list[Any] = []
    await request(app(AT_REST + 1000, made))
    assert {each() for each in made} == {None}


async def test_not_after_a_small_one() -> None:
    made: list[Any] = []
    await request(app(10, made))
    assert None not in {each() for each in made}


async def test_not_while_another_request_runs() -> None:
    made: list[Any] = []
    over = asyncio.Event()
    asked = app(AT_REST, made, over)
    running = [asyncio.create_task(request(asked)) for _ in range(2)]
    await asyncio.sleep(0.01)
    running[0].cancel()
    await asyncio.gather(running[0], return_exceptions=True)
    assert None not in {each() for each in made}
    over.set()
    await running[1]
    assert {each() for each in made} == {None}


async def test_whatever_is_not_a_request_goes_through() -> None:
    made: list[Any] = []
    await request(app(AT_REST + 1000, made), "lifespan")
    assert None not in {each() for each in made}
