"""Looks up API keys, and other credentials with a row each, in the database in batches, on the connection that is
reserved for credentials."""

from collections.abc import Sequence
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeAlias
from uuid import UUID

from service.people.keys import PresentedKey
from service.people.queries import KEYS_OF_ORGANIZATION, KEYS_OF_ORGANIZATIONS
from service.postgres.credential_lookup import CredentialLookup
from service.postgres.database import SNAPSHOT, Database

# Organization and id.
KeyId: TypeAlias = tuple[UUID, UUID]


def key_lookup(database: Database, timeout_seconds: float) -> CredentialLookup[PresentedKey]:
    """The lookup of keys: their rows with role and, if the secret is right, access of the holder."""
    return row_lookup(database, (KEYS_OF_ORGANIZATION, KEYS_OF_ORGANIZATIONS), timeout_seconds, "API keys")


def row_lookup(
    database: Database, statements: tuple[str, str], timeout_seconds: float, kind: str
) -> CredentialLookup[PresentedKey]:
    """The lookup of credentials. `statements` are that for one and that for several of them."""
    return CredentialLookup(partial(_load, database, statements), timeout_seconds, kind)


async def _load(database: Database, statements: tuple[str, str], keys: list[PresentedKey]) -> Sequence[Any]:
    rows = await _rows(database, statements, keys)
    rows_by_key = {(UUID(str(row.organization_id)), UUID(str(row.id))): row for row in rows}
    return [rows_by_key.get((key.organization_id, key.id)) for key in keys]


async def _rows(database: Database, statements: tuple[str, str], keys: list[PresentedKey]) -> list[Any]:
    of_organization, of_organizations = statements
    keys = sorted(keys, key=lambda key: (key.organization_id, key.id))
    organizations = [key.organization_id for key in keys]
    if len(set(organizations)) > 1:
        async with database.open_connection(database.reserved, SNAPSHOT, organizations[0]) as connection:
            if not connection.session.is_distributed:
                return await connection.driver.fetch(
                    of_organizations, organizations, [key.id for key in keys], [key.secret_hash for key in keys]
                )
    rows: list[Any] = []
    for organization_id, group in groupby(keys, attrgetter("organization_id")):
        own = list(group)
        async with database.open_connection(database.reserved, SNAPSHOT, organization_id) as connection:
            rows += await connection.driver.fetch(
                of_organization, organization_id, [key.id for key in own], [key.secret_hash for key in own]
            )
    return rows
