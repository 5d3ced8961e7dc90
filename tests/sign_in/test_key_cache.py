"""Keys of an issuer are fetched seldom and once for all, and used for a bounded time while the issuer is down."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from service.errors import IssuerUnavailable
from service.sign_in import key_cache
from service.sign_in.fetching import FetchFailed
from service.sign_in.key_cache import MAX_STALE_SECONDS, MIN_REFRESH_SECONDS, KeyCache
from service.sign_in.key_set import VerificationKey
from tests.sign_in.signing import key, verification_keys

CACHE_SECONDS = 600.0
FIRST, SECOND = verification_keys(key("one")), verification_keys(key("two"))


class Source:
    """What an issuer answers, and how often it was asked; and the time that passes by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.answer: Sequence[VerificationKey] | Exception = FIRST
        self.fetches = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.cache = KeyCache("https://id.example.com", self.fetch, CACHE_SECONDS, lambda: self.now)

    async def fetch(self) -> Sequence[VerificationKey]:
        self.fetches += 1
        await self.gate.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def answers(self, ask: Callable[[], Any]) -> Any:
        """The keys, or the seconds after which to ask again."""
        try:
            return await ask()
        except IssuerUnavailable as error:
            return error.retry_after


@pytest.fixture
async def source() -> Source:
    return Source()


async def test_keys_are_fetched_once_until_they_are_old(source: Source) -> None:
    assert await source.cache.keys() == FIRST
    source.answer = SECOND
    source.now += CACHE_SECONDS
    assert await source.cache.keys() == FIRST
    assert source.fetches == 1
    source.now += 1
    assert await source.cache.keys() == SECOND
    assert source.fetches == 2


async def test_concurrent_requests_share_one_fetch_and_outlive_each_other(source: Source) -> None:
    source.gate.clear()
    first, *others = [asyncio.create_task(source.cache.keys()) for _ in range(50)]
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    source.gate.set()
    assert await asyncio.gather(*others) == [FIRST] * 49
    assert first.cancelled()
    assert source.fetches == 1


async def test_an_unknown_key_is_fetched_but_not_at_once_again(source: Source) -> None:
    await source.cache.keys()
    source.answer = SECOND
    source.now += MIN_REFRESH_SECONDS - 0.1
    assert await source.cache.newer_keys() == FIRST
    assert source.fetches == 1
    source.now += 0.2
    assert await asyncio.gather(*(source.cache.newer_keys() for _ in range(20))) == [SECOND] * 20
    assert await source.cache.newer_keys() == SECOND
    assert source.fetches == 2


async def test_without_any_keys_requests_are_to_come_later(source: Source) -> None:
    source.answer = FetchFailed("down")
    waits = []
    for _ in range(8):
        wait = await source.answers(source.cache.keys)
        waits.append(wait)
        assert await source.answers(source.cache.keys) == wait
        source.now += wait
    # Each failure doubles the time to the next fetch, up to a minute.
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    assert source.fetches == 8
    source.answer = FIRST
    assert await source.cache.keys() == FIRST
    source.now += CACHE_SECONDS + 1
    source.answer = FetchFailed("down")
    assert await source.cache.keys() == FIRST
    source.now += 0.9
    await source.cache.keys()
    assert source.fetches == 10
    source.now += 0.2
    await source.cache.keys()
    assert source.fetches == 11


async def test_old_keys_are_used_while_the_issuer_is_down_but_not_forever(source: Source) -> None:
    await source.cache.keys()
    source.answer = FetchFailed("down")
    source.now += CACHE_SECONDS + MAX_STALE_SECONDS
    assert await source.cache.keys() == FIRST
    source.now += 1
    assert await source.answers(source.cache.keys) == 2
    source.answer = SECOND
    source.now += 2
    assert await source.cache.keys() == SECOND


async def test_an_unknown_key_of_an_issuer_that_is_down_may_be_good(source: Source) -> None:
    await source.cache.keys()
    source.answer = FetchFailed("down")
    source.now += MIN_REFRESH_SECONDS
    assert await source.answers(source.cache.newer_keys) == 1
    assert await source.answers(source.cache.newer_keys) == 1
    assert source.fetches == 2
    # Whoever has a known key is not held up.
    assert await source.cache.keys() == FIRST
    source.now += 1
    source.answer = SECOND
    assert await source.cache.newer_keys() == SECOND


async def test_an_issuer_that_hangs_holds_nobody_up_for_long(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_cache, "MAX_STALE_WAIT_SECONDS", 0.05)
    await source.cache.keys()
    source.gate.clear()
    source.now += CACHE_SECONDS + 1
    assert await source.cache.keys() == FIRST
    source.answer = SECOND
    source.gate.set()
    await asyncio.sleep(0)
    assert await source.cache.keys() == SECOND
    assert source.fetches == 2


async def test_a_bug_in_fetching_is_a_failed_fetch(source: Source) -> None:
    source.answer = ZeroDivisionError("bug")
    assert await source.answers(source.cache.keys) == 1
    source.now += 1
    source.answer = FIRST
    assert await source.cache.keys() == FIRST
