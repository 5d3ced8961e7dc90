"""Resolves the share token of a request to a viewer: what it shows is computed as it is now."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

import orjson

from service.errors import BadUserInput, Forbidden, Unauthenticated
from service.people import keys
from service.people.access_queries import access_of
from service.people.key_failures import SHARE, failure_of_key
from service.people.key_lookup import KeyId, find_failure, row_lookup, wrong_lookup
from service.people.models import Role
from service.postgres.database import Database
from service.reading.filters import ParsedFilter
from service.reading.reader import Reader
from service.share_tokens.queries import SHARES_OF_ORGANIZATION, SHARES_OF_ORGANIZATIONS, WRONG_SHARES
from service.share_tokens.shown_queries import TOO_MANY, ShownGoals, shown_by_filter, shown_by_objective
from service.viewer import Share, Viewer

SHARE_PREFIX = f"{keys.SHARE}_"
# The same, whatever is wrong with it.
NOT_VALID = "This share token is not valid, or not any more."
# Parses a filter that was saved as JSON. Raises BadUserInput if the schema does not take it any more.
ParseFilter: TypeAlias = Callable[[Mapping[str, Any]], ParsedFilter]


class PresentedShare(NamedTuple):
    """A share token that is valid: its ids, and its row with role and access of the creator."""

    key: keys.PresentedKey
    row: Any


class ShareSignIn:
    """Checks share tokens, and reads what they show. Concurrent requests with one token share the statements."""

    def __init__(self, database: Database, patience: float, parse_filter: ParseFilter) -> None:
        statements = (SHARES_OF_ORGANIZATION, SHARES_OF_ORGANIZATIONS)
        self._database, self._parse_filter = database, parse_filter
        self._lookup = row_lookup(database, statements, patience, "share tokens")
        self._wrong_shares = wrong_lookup(database, WRONG_SHARES, patience, "share tokens")
        # Readings by their tokens: those that have begun, and those that have not, with the row of each of these.
        self._begun: dict[KeyId, asyncio.Task[ShownGoals]] = {}
        self._waiting: dict[KeyId, asyncio.Task[ShownGoals]] = {}
        self._rows: dict[KeyId, Any] = {}

    async def find(self, text: str, now: datetime) -> PresentedShare:
        """The share token of a text. Raises Unauthenticated without the reason, and Overloaded."""
        key = keys.parse(text, keys.SHARE)
        if key is None:
            raise Unauthenticated(NOT_VALID)
        row = await self._lookup.find(key)
        if row is None:
            raise Unauthenticated(NOT_VALID).because(partial(find_failure, self._wrong_shares, key, SHARE))
        if not _is_valid(row, now):
            raise Unauthenticated(NOT_VALID).because(failure_of_key(row, key, now, SHARE))
        return PresentedShare(key, row)

    async def viewer(self, presented: PresentedShare) -> Viewer:
        """The viewer of a share token. Raises Forbidden if it would show too much, or its filter is out of date."""
        key, row = presented
        shown = await self._shown((key.organization_id, key.id), row)
        if shown.are_too_many:
            raise Forbidden(
                f"This share token would show {TOO_MANY}, so it shows nothing. Ask for one that shows less."
            )
        share = Share(key.id, shown.objective_ids, shown.kpi_ids, row.shows_names)
        return Viewer(key.organization_id, None, Role.VIEWER, share=share)

    async def _shown(self, id: KeyId, row: Any) -> ShownGoals:
        if id not in self._waiting:
            self._waiting[id] = asyncio.create_task(self._read_in_turn(id))
            self._waiting[id].add_done_callback(_retrieve_exception)
        # The newest row has the newest access of the creator.
        self._rows[id] = row
        # The reading goes on when its first caller gives up.
        return await asyncio.shield(self._waiting[id])

    async def _read_in_turn(self, id: KeyId) -> ShownGoals:
        """What a token shows, once a reading of it that has begun is done: that may take seconds, and whoever comes
        meanwhile waits for one reading more. It takes no part in that which has begun, since that may still show what
        was hidden before the request came."""
        if id in self._begun:
            await asyncio.wait([self._begun[id]])
        self._begun[id] = self._waiting.pop(id)
        try:
            return await self._read(id[0], self._rows.pop(id))
        finally:
            del self._begun[id]

    async def _read(self, organization_id: UUID, row: Any) -> ShownGoals:
        creator = Viewer(organization_id, UUID(int=row.creator_id.int), row.role, access=access_of(row))
        # The primary: what was hidden or revoked must not be shown because a replica lags.
        reader = Reader(self._database, organization_id, self._database.primary, viewer=creator, reads_once=True)
        try:
            if row.objective_id is not None:
                return await shown_by_objective(reader.rows, row.objective_id)
            return await shown_by_filter(reader.rows, self._parse(row.kpi_filter))
        finally:
            await reader.close()

    def _parse(self, kpi_filter: str) -> ParsedFilter:
        try:
            return self._parse_filter(orjson.loads(kpi_filter))
        except BadUserInput:
            raise Forbidden("The filter of this share token is out of date. Ask for a new share token.") from None


def _retrieve_exception(task: asyncio.Task[ShownGoals]) -> None:
    """Retrieves the exception, which asyncio would log if no caller waits any more."""
    if not task.cancelled():
        task.exception()


def _is_valid(row: Any, now: datetime) -> bool:
    return row.revoked_at is None and row.archived_at is None and now < row.expires_at
