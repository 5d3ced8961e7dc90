"""Caches the keys of an issuer, and fetches them again when they are old or a token names an unknown one."""

import asyncio
import time
from collections.abc import Callable, Sequence
from math import ceil

import structlog

from service.errors import IssuerUnavailable
from service.sign_in.fetching import FetchFailed, FetchKeys
from service.sign_in.key_set import VerificationKey

# Unknown keys of made-up tokens must not lead to many requests to the issuer.
MIN_REFRESH_SECONDS = 10.0
# While the issuer is down, its last keys are good for this time; whoever holds a leaked one, too.
MAX_STALE_SECONDS = 86_400.0
MAX_BACK_OFF_SECONDS = 60.0
# How long a request waits for new keys while there are old ones.
MAX_STALE_WAIT_SECONDS = 1.0

log = structlog.get_logger(__name__)


class KeyCache:
    """The keys of one issuer. Concurrent callers share one fetch, and failed fetches are repeated later and later."""

    def __init__(
        self, issuer: str, fetch: FetchKeys, cache_seconds: float, timer: Callable[[], float] = time.monotonic
    ) -> None:
        self._issuer, self._fetch, self._cache_seconds, self._timer = issuer, fetch, cache_seconds, timer
        self._keys: Sequence[VerificationKey] = ()
        self._fetched_at, self._next_fetch_at = float("-inf"), timer()
        self._failures = 0
        self._fetching: asyncio.Task[None] | None = None

    async def keys(self) -> Sequence[VerificationKey]:
        """The keys as of the last fetch, which is repeated when it is too old. Raises IssuerUnavailable."""
        if self._age > self._cache_seconds:
            await self._refresh(MAX_STALE_WAIT_SECONDS if self._is_usable else None)
        if not self._is_usable:
            raise self._unavailable()
        return self._keys

    async def newer_keys(self) -> Sequence[VerificationKey]:
        """The keys as of a new fetch, for one that is unknown; the same ones if they are too new to have changed.
        Raises IssuerUnavailable."""
        if self._age < MIN_REFRESH_SECONDS:
            return self._keys
        fetched_at = self._fetched_at
        await self._refresh(None)
        if self._fetched_at == fetched_at:
            raise self._unavailable()
        return self._keys

    @property
    def _is_usable(self) -> bool:
        return self._age <= self._cache_seconds + MAX_STALE_SECONDS

    @property
    def _age(self) -> float:
        return self._timer() - self._fetched_at

    def _unavailable(self) -> IssuerUnavailable:
        return IssuerUnavailable(max(1, ceil(self._next_fetch_at - self._timer())))

    async def _refresh(self, seconds: float | None) -> None:
        """Waits so many seconds for a fetch, which is begun unless one runs or the last one failed a moment ago."""
        if self._fetching is None:
            if self._timer() < self._next_fetch_at:
                return
            self._fetching = asyncio.create_task(self._run_fetch())
        # The fetch goes on when its first caller gives up. It has a time limit of its own.
        await asyncio.wait([self._fetching], timeout=seconds)

    async def _run_fetch(self) -> None:
        try:
            self._keys = await self._fetch()
        except FetchFailed as error:
            self._note_failure(str(error))
        except Exception as error:
            self._note_failure(f"{type(error).__name__}: {error}")
        else:
            self._fetched_at, self._failures = self._timer(), 0
        finally:
            self._fetching = None

    def _note_failure(self, reason: str) -> None:
        wait = min(2.0**self._failures, MAX_BACK_OFF_SECONDS)
        self._failures += 1
        self._next_fetch_at = self._timer() + wait
        log.warning("issuer unavailable", issuer=self._issuer, reason=reason, next_fetch_in=wait)
