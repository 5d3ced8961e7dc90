"""Who is calling: from the API key of a request to a viewer."""

import hashlib
import hmac
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from cachetools import TTLCache
from sqlalchemy import select, update
from starlette.requests import Request

from service.database import WRITE, Database
from service.errors import OperationTimeout, Unauthenticated, Unavailable, Unconfirmed
from service.people import keys
from service.people.models import ApiKey, Person
from service.reader import Reader, of_tenant
from service.reading import among
from service.viewer import Viewer

_key: Any = ApiKey
_person: Any = Person

KEYS = (
    select(
        *(_key.id, _key.secret_hash, _key.expires_at, _key.revoked_at, _key.last_used_at, _key.person_id),
        *(_person.role, _person.archived_at),
    )
    .join(Person, (_person.organization_id == _key.organization_id) & (_person.id == _key.person_id))
    .where(of_tenant(ApiKey), among(_key.id))
)
NOTED_EVERY = timedelta(minutes=1)


class Authenticator:
    """Checks API keys against the database, and remembers good ones for a few seconds."""

    def __init__(self, database: Database, remembered: float) -> None:
        self._database = database
        self._known: TTLCache[bytes, Viewer] = TTLCache(maxsize=10_000, ttl=remembered)

    async def viewer(self, request: Request, now: datetime) -> Viewer:
        """The viewer of a request. Raises Unauthenticated without telling what is wrong with a key."""
        scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not credentials:
            raise Unauthenticated("Send your API key in the header `Authorization: Bearer okr_…`.")
        # The secret itself is never kept, not even in memory.
        digest = hashlib.sha256(credentials.encode()).digest()
        viewer = self._known.get(digest)
        if viewer is None:
            viewer = self._known[digest] = await self._checked(credentials.strip(), now)
        return viewer

    async def _checked(self, credentials: str, now: datetime) -> Viewer:
        key = keys.parse(credentials)
        if key is None:
            raise Unauthenticated("This is not an API key of ours; they look like okr_…")
        reader = Reader(self._database, key.organization_id, self._database.primary)
        try:
            rows = await reader.rows(KEYS, ids=[key.id])
        finally:
            await reader.close()
        if not rows or not _is_good(rows[0], key, now):
            raise Unauthenticated("This API key is not valid, or not any more.")
        await self._note_use(key, rows[0].last_used_at, now)
        return Viewer(key.organization_id, rows[0].person_id, rows[0].role)

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
        and (row.expires_at is None or now < row.expires_at)
    )
