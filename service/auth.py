"""Who is calling: from the API key of a request to a viewer."""

import hashlib
import hmac
import time
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from cachetools import LRUCache, TTLCache
from sqlalchemy import update
from starlette.requests import Request

from service.errors import OperationTimeout, TooManyFailures, Unauthenticated, Unavailable, Unconfirmed
from service.http.throttle import Throttle
from service.people import keys
from service.people.key_lookup import KeyLookup
from service.people.models import ApiKey
from service.postgres.database import WRITE, Database
from service.viewer import Viewer

_key: Any = ApiKey

NOTED_EVERY = timedelta(minutes=1)
MAX_REMEMBERED = 10_000
MAX_FAILURES_A_MINUTE = 50
# For so long a key that was good is looked up also for an address from which wrong ones come.
TRUSTED_SECONDS = 3600.0


class _Remembered(NamedTuple):
    viewer: Viewer
    expires_at: datetime | None
    until: float


class Authenticator:
    """Checks API keys against the database, and remembers good ones for `remembered` seconds.

    `patience` is how many seconds it waits for the database. After 50 failures within a minute an address is
    answered TooManyFailures, but for keys that were good within the last hour: who shares the address of somebody
    who guesses must not suffer from it.
    """

    def __init__(self, database: Database, remembered: float, patience: float) -> None:
        self._database = database
        self._seconds = remembered
        self._lookup = KeyLookup(database, patience)
        self._throttle = Throttle(MAX_FAILURES_A_MINUTE)
        self._known: LRUCache[bytes, _Remembered] = LRUCache(MAX_REMEMBERED)
        self._trusted: TTLCache[bytes, bool] = TTLCache(MAX_REMEMBERED, TRUSTED_SECONDS)

    async def viewer(self, request: Request, now: datetime) -> Viewer:
        """The viewer of a request. Raises Unauthenticated without telling what is wrong with a key, and
        TooManyFailures."""
        scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not credentials:
            raise Unauthenticated("Send your API key in the header `Authorization: Bearer okr_…`.")
        # The secret itself is never kept, not even in memory.
        digest = hashlib.sha256(credentials.encode()).digest()
        found = self._known.get(digest)
        if found is not None and time.monotonic() < found.until and _is_before(now, found.expires_at):
            return found.viewer
        address = request.client.host if request.client else ""
        if digest not in self._trusted and (seconds := self._throttle.seconds_left(address)):
            raise TooManyFailures("Too many API keys that are not valid came from this address.", seconds)
        # What is read may be as old as the question: it is good for so long from then on.
        until = time.monotonic() + self._seconds
        try:
            viewer, expires_at = await self._checked(credentials.strip(), now)
        except Unauthenticated:
            self._known.pop(digest, None)
            self._trusted.pop(digest, None)
            self._throttle.count(address)
            raise
        self._known[digest] = _Remembered(viewer, expires_at, until)
        self._trusted[digest] = True
        return viewer

    async def _checked(self, credentials: str, now: datetime) -> tuple[Viewer, datetime | None]:
        key = keys.parse(credentials)
        if key is None:
            raise Unauthenticated("This is not an API key of ours; they look like okr_…")
        row = await self._lookup.find(key.organization_id, key.id)
        if row is None or not _is_good(row, key, now):
            raise Unauthenticated("This API key is not valid, or not any more.")
        await self._note_use(key, row.last_used_at, now)
        return Viewer(key.organization_id, row.person_id, row.role), row.expires_at

    async def _note_use(self, key: keys.PresentedKey, last: datetime | None, now: datetime) -> None:
        if last is not None and now - last < NOTED_EVERY:
            return
        change = update(ApiKey).where(_key.organization_id == key.organization_id, _key.id == key.id)
        primary = self._database.primary
        # When it was used is worth no refusal: a database that takes no changes may still be read.
        with suppress(OperationTimeout, Unavailable, Unconfirmed):
            async with self._database.transaction(primary, WRITE, key.organization_id) as connection:
                await connection.execute(change.values(last_used_at=now))


def _is_good(row: Any, key: keys.PresentedKey, now: datetime) -> bool:
    return (
        hmac.compare_digest(row.secret_hash, key.secret_hash)
        and row.revoked_at is None
        and row.archived_at is None
        and _is_before(now, row.expires_at)
    )


def _is_before(now: datetime, end: datetime | None) -> bool:
    return end is None or now < end
