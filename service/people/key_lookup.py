"""Looks up API keys in the database in batches, on the connection that is reserved for credentials."""

from collections.abc import Sequence
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeAlias
from uuid import UUID

from service.people.queries import KEYS_OF_ORGANIZATION, KEYS_OF_ORGANIZATIONS
from service.postgres.credential_lookup import CredentialLookup
from service.postgres.database import SNAPSHOT, Database

KeyId: TypeAlias = tuple[UUID, UUID]


def key_lookup(database: Database, timeout_seconds: float) -> CredentialLookup[KeyId]:
    """The lookup of keys by organization and id: their rows with role and access of the holder."""
    return CredentialLookup(partial(_load, database), timeout_seconds, "API keys")


async def _load(database: Database, keys: list[KeyId]) -> Sequence[Any]:
    rows_by_key = {(UUID(str(row.organization_id)), UUID(str(row.id))): row for row in await _rows(database, keys)}
    return [rows_by_key.get(key) for key in keys]


async def _rows(database: Database, keys: list[KeyId]) -> list[Any]:
    keys = sorted(keys)
    organizations, ids = zip(*keys, strict=True)
    if len(set(organizations)) > 1:
        async with database.open_connection(database.reserved, SNAPSHOT, organizations[0]) as connection:
            if not connection.session.is_distributed:
                return await connection.driver.fetch(KEYS_OF_ORGANIZATIONS, organizations, ids)
    rows: list[Any] = []
    for organization_id, group in groupby(keys, itemgetter(0)):
        async with database.open_connection(database.reserved, SNAPSHOT, organization_id) as connection:
            rows += await connection.driver.fetch(KEYS_OF_ORGANIZATION, organization_id, [id for _, id in group])
    return rows
