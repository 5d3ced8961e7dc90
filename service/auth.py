"""Authentication: resolves the API key or the token of a request to a viewer."""

import hashlib
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from cachetools import LRUCache, TTLCache
from starlette.requests import Request

from service.errors import (
    CredentialsExpired,
    FindFailure,
    Forbidden,
    OperationTimeout,
    SignInFailure,
    TooManyFailures,
    Unauthenticated,
    Unavailable,
    Unconfirmed,
)
from service.http.audit import client_address, identify
from service.http.throttle import Throttle
from service.people import acting, keys
from service.people.access_queries import access_of
from service.people.acting_lookup import GOALS_PER_KEY, ActingLookup
from service.people.key_failures import failure_of_key
from service.people.key_lookup import find_failure, key_lookup, wrong_key_lookup
from service.people.queries import RECORD_KEY_USE
from service.people.scopes import granted
from service.postgres.database import WRITE, Database
from service.share_tokens.queries import RECORD_SHARE_USE
from service.share_tokens.share_sign_in import SHARE_PREFIX, ShareSignIn
from service.viewer import Viewer

if TYPE_CHECKING:
    from service.sign_in.token_sign_in import TokenSignIn

KEY_PREFIX = "okr_"
KEY_NOT_VALID = "This API key is not valid, or not any more."
USE_UPDATE_INTERVAL = timedelta(minutes=1)
MAX_REMEMBERED = 10_000
MAX_FAILURES_A_MINUTE = 50
# A key that was valid within this time is accepted even from an address with too many failures.
TRUSTED_SECONDS = 3600.0


class _RememberedKey(NamedTuple):
    viewer: Viewer
    expires_at: datetime | None
    looked_up_at: float

    @property
    def size(self) -> int:
        share, listed = self.viewer.share, self.viewer.access.listed_goals
        return 1 + (listed if share is None else len(share.objective_ids) + len(share.kpi_ids)) // GOALS_PER_KEY


class Authenticator:
    """Checks API keys against the database, and remembers valid ones for `remembered` seconds, as it does share tokens
    with what they show. Other credentials are tokens, if there are `tokens` to check them by.

    `patience` is the maximum wait for the database in seconds. After 50 failures of an address within a minute,
    requests from it raise TooManyFailures, except those with keys that were valid within the last hour: a client
    must not be blocked because another one at the same address guesses keys. `note_failure` is told whose credentials
    were refused, from which address and when.
    """

    def __init__(
        self,
        database: Database,
        remembered: float,
        patience: float,
        shares: ShareSignIn,
        tokens: "TokenSignIn | None" = None,
        note_failure: Callable[[SignInFailure | FindFailure, str | None, datetime], None] = lambda *_: None,
    ) -> None:
        self._database = database
        self._seconds = remembered
        self._lookup, self._wrong_keys = key_lookup(database, patience), wrong_key_lookup(database, patience)
        self._shares, self._tokens, self._note_failure = shares, tokens, note_failure
        self._acting = ActingLookup(database, remembered, patience)
        self._throttle = Throttle(MAX_FAILURES_A_MINUTE)
        self._remembered: LRUCache[bytes, _RememberedKey] = LRUCache(MAX_REMEMBERED, lambda each: each.size)
        self._trusted: TTLCache[bytes, bool] = TTLCache(MAX_REMEMBERED, TRUSTED_SECONDS)

    async def viewer(self, request: Request, now: datetime) -> Viewer:
        """The viewer of a request. Raises TooManyFailures, Unauthenticated without the reason, and for a service
        account that acts on behalf of a person ActAsInvalid, ActAsForbidden and ActAsPersonUnknown."""
        viewer = await self._holder(request, now)
        people = request.headers.getlist(acting.HEADER)
        if not people:
            return viewer
        try:
            return await self._acting.viewer(viewer, acting.parse_reference(people))
        except Forbidden:
            # Whose refusal it is, since the request has no viewer.
            identify(request, viewer)
            raise

    async def _holder(self, request: Request, now: datetime) -> Viewer:
        """The viewer that the credentials of a request belong to."""
        scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not credentials:
            if self._tokens is not None:
                raise Unauthenticated("Send a token or an API key in the header `Authorization: Bearer …`.")
            raise Unauthenticated("Send your API key in the header `Authorization: Bearer okr_…`.")
        # The secret itself is never stored, not even in memory.
        digest = hashlib.sha256(credentials.encode()).digest()
        remembered = self._remembered.get(digest)
        if remembered is not None and self._is_fresh(remembered) and _is_before(now, remembered.expires_at):
            return remembered.viewer
        address = request.client.host if request.client else ""
        if digest not in self._trusted and (seconds := self._throttle.seconds_left(address)):
            kind = "API keys" if self._tokens is None else "API keys or tokens"
            raise TooManyFailures(f"Too many {kind} that are not valid came from this address.", seconds)
        # Measured before the read, as the result may be as old as its start.
        started_at = time.monotonic()
        try:
            viewer, expires_at = await self._check(credentials.strip(), now)
        except Unauthenticated as error:
            self._remembered.pop(digest, None)
            self._trusted.pop(digest, None)
            if error.failure is not None:
                self._note_failure(error.failure, client_address(request), now)
            # Nobody guesses what was valid once, and many people behind one address have tokens that end.
            if not isinstance(error, CredentialsExpired):
                self._throttle.count(address)
            raise
        self._remembered[digest] = _RememberedKey(viewer, expires_at, started_at)
        self._trusted[digest] = True
        return viewer

    def _is_fresh(self, remembered: _RememberedKey) -> bool:
        organization_id = remembered.viewer.organization_id
        return self._database.is_access_current(organization_id, remembered.looked_up_at, self._seconds)

    async def _check(self, credentials: str, now: datetime) -> tuple[Viewer, datetime | None]:
        if credentials.startswith(SHARE_PREFIX):
            return await self._check_share(credentials, now)
        if self._tokens is None or credentials.startswith(KEY_PREFIX):
            return await self._check_key(credentials, now)
        return await self._tokens.viewer(credentials, now)

    async def _check_key(self, credentials: str, now: datetime) -> tuple[Viewer, datetime | None]:
        key = keys.parse(credentials)
        if key is None:
            raise Unauthenticated("This is not an API key of ours; they look like okr_…")
        row = await self._lookup.find(key)
        if row is None:
            raise Unauthenticated(KEY_NOT_VALID).because(partial(find_failure, self._wrong_keys, key))
        if not _is_valid(row, now):
            raise Unauthenticated(KEY_NOT_VALID).because(failure_of_key(row, key, now))
        await self._record_use(RECORD_KEY_USE, key, row.last_used_at, now)
        scopes = None if row.scopes is None else granted(row.scopes)
        viewer = Viewer(
            *(key.organization_id, row.person_id, row.role),
            scopes=scopes,
            api_key_id=key.id,
            access=access_of(row),
            service_account_id=row.service_account_id,
        )
        return viewer, row.expires_at

    async def _check_share(self, credentials: str, now: datetime) -> tuple[Viewer, datetime | None]:
        presented = await self._shares.find(credentials, now)
        await self._record_use(RECORD_SHARE_USE, presented.key, presented.row.last_used_at, now)
        return await self._shares.viewer(presented), presented.row.expires_at

    async def _record_use(
        self, statement: str, key: keys.PresentedKey, last_used_at: datetime | None, now: datetime
    ) -> None:
        if last_used_at is not None and now - last_used_at < USE_UPDATE_INTERVAL:
            return
        # A failure to record the use must not fail the request: a read-only database can still serve it.
        with suppress(OperationTimeout, Unavailable, Unconfirmed):
            async with self._database.open_connection(
                self._database.primary, WRITE, key.organization_id, only_read=False
            ) as pooled:
                await pooled.driver.execute(statement, key.organization_id, key.id, now)


def _is_valid(row: Any, now: datetime) -> bool:
    return row.revoked_at is None and row.archived_at is None and _is_before(now, row.expires_at)


def _is_before(now: datetime, end: datetime | None) -> bool:
    return end is None or now < end
