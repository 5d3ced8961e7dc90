"""Looks up API keys, and other credentials with a row each, in the database in batches, on the connection that is
reserved for credentials."""

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
    return row_lookup(database, (KEYS_OF_ORGANIZATION, KEYS_OF_ORGANIZATIONS), timeout_seconds, "API keys")


def row_lookup(
    database: Database, statements: tuple[str, str], timeout_seconds: float, kind: str
) -> CredentialLookup[KeyId]:
    """The lookup of credentials by organization and id. `statements` are that for one and that for several of them."""
    return CredentialLookup(partial(_load, database, statements), timeout_seconds, kind)


async def _load(database: Database, statements: tuple[str, str], keys: list[KeyId]) -> Sequence[Any]:
    rows = await _rows(database, statements, keys)
    rows_by_key = {(UUID(str(row.organization_id)), UUID(str(row.id))): row for row in rows}
    return [rows_by_key.get(key) for key in keys]


async def _rows(database: Database, statements: tuple[str, str], keys: list[KeyId]) -> list[Any]:
    of_organization, of_organizations = statements
    keys = sorted(keys)
    organizations, ids = zip(*keys, strict=True)
    if len(set(organizations)) > 1:
        async with database.open_connection(database.reserved, SNAPSHOT, organizations[0]) as connection:
            if not connection.session.is_distributed:
                return await connection.driver.fetch(of_organizations, organizations, ids)
    rows: list[Any] = []
    for organization_id, group in groupby(keys, itemgetter(0)):
        async with database.open_connection(database.reserved, SNAPSHOT, organization_id) as connection:
            rows += await connection.driver.fetch(of_organization, organization_id, [id for _, id in group])
    return rows
