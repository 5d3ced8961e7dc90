"""Garbage waits until no request is running, and no longer."""

import asyncio
import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from service.http.garbage_collection import MIN_YOUNG_OBJECTS, IdleGarbageCollection


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


def app(garbage: int, objects: list[Any], until: asyncio.Event | None = None) -> IdleGarbageCollection:
    async def inner(_scope: Any, _receive: Any, _send: Any) -> None:
        rings = [Ring() for _ in range(garbage)]
        objects.extend(map(weakref.ref, rings))
        del rings
        if until is not None:
            await until.wait()

    return IdleGarbageCollection(inner)


async def request(application: IdleGarbageCollection, kind: str = "http") -> None:
    await application({"type": kind}, None, None)  # type: ignore[arg-type]


async def test_after_a_large_response() -> None:
    objects: list[Any] = []
    await request(app(MIN_YOUNG_OBJECTS + 1000, objects))
    assert {each() for each in objects} == {None}


async def test_not_after_a_small_one() -> None:
    objects: list[Any] = []
    await request(app(10, objects))
    assert None not in {each() for each in objects}


async def test_not_while_another_request_runs() -> None:
    objects: list[Any] = []
    over = asyncio.Event()
    application = app(MIN_YOUNG_OBJECTS, objects, over)
    running = [asyncio.create_task(request(application)) for _ in range(2)]
    await asyncio.sleep(0.01)
    running[0].cancel()
    await asyncio.gather(running[0], return_exceptions=True)
    assert None not in {each() for each in objects}
    over.set()
    await running[1]
    assert {each() for each in objects} == {None}


async def test_whatever_is_not_a_request_goes_through() -> None:
    objects: list[Any] = []
    await request(app(MIN_YOUNG_OBJECTS + 1000, objects), "lifespan")
    assert None not in {each() for each in objects}
