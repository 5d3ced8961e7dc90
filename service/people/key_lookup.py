"""Looks up API keys, and other credentials with a row each, in the database in batches, on the connection that is
reserved for credentials."""

import hmac
from collections.abc import Sequence
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeAlias
from uuid import UUID

from service.errors import SignInFailure
from service.people.key_failures import KEY, failure_without_row
from service.people.keys import PresentedKey
from service.people.queries import (
    KEYS_OF_ORGANIZATION,
    KEYS_OF_ORGANIZATIONS,
    WRONG_KEYS,
)
from service.postgres.credential_lookup import CredentialLookup
from service.postgres.database import SNAPSHOT, Database

# Organization and id.
KeyId: TypeAlias = tuple[UUID, UUID]
# That for one organization, and that for several of them.
Statements: TypeAlias = tuple[str, str]


def key_lookup(database: Database, timeout_seconds: float) -> CredentialLookup[PresentedKey]:
    """The lookup of keys: their rows with role and access of the holder; none for a wrong secret."""
    return row_lookup(database, (KEYS_OF_ORGANIZATION, KEYS_OF_ORGANIZATIONS), timeout_seconds, "API keys")


def wrong_key_lookup(database: Database, timeout_seconds: float) -> CredentialLookup[PresentedKey]:
    """The lookup of keys whose secret is another one than that presented: their ids."""
    return wrong_lookup(database, WRONG_KEYS, timeout_seconds, "API keys")


def wrong_lookup(
    database: Database, statements: Statements, timeout_seconds: float, kind: str
) -> CredentialLookup[PresentedKey]:
    """The lookup of credentials whose secret is another one than that presented: their ids."""
    return CredentialLookup(partial(_load, database, statements), timeout_seconds, kind)


async def find_failure(
    wrong_keys: CredentialLookup[PresentedKey], key: PresentedKey, subject_type: str = KEY
) -> SignInFailure:
    """Why a key or a share token without a row is refused. Raises Overloaded, OperationTimeout and Unavailable."""
    return failure_without_row(key, subject_type, is_wrong=await wrong_keys.find(key) is not None)


def row_lookup(
    database: Database, statements: Statements, timeout_seconds: float, kind: str
) -> CredentialLookup[PresentedKey]:
    """The lookup of credentials by their ids and secrets."""
    return CredentialLookup(partial(_load_matching, database, statements), timeout_seconds, kind)


async def _load_matching(database: Database, statements: Statements, keys: list[PresentedKey]) -> Sequence[Any]:
    rows = await _load(database, statements, keys)
    # Another caller of the same batch may have the secret.
    return [
        row if row is not None and hmac.compare_digest(row.secret_hash, key.secret_hash) else None
        for key, row in zip(keys, rows, strict=True)
    ]


async def _load(database: Database, statements: Statements, keys: list[PresentedKey]) -> Sequence[Any]:
    rows = await _rows(database, statements, keys)
    rows_by_key = {(UUID(str(row.organization_id)), UUID(str(row.id))): row for row in rows}
    return [rows_by_key.get((key.organization_id, key.id)) for key in keys]


async def _rows(database: Database, statements: Statements, keys: list[PresentedKey]) -> list[Any]:
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
