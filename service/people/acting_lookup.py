"""Looks up the people whom service accounts act for, in batches and on the connection that is reserved for
credentials."""

import time
from collections.abc import Sequence
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from cachetools import LRUCache

from service.errors import ActAsPersonUnknown
from service.people.access_queries import access_columns, access_of
from service.people.acting import PersonReference, acting_viewer, ensure_may_act
from service.postgres.credential_lookup import CredentialLookup
from service.postgres.database import SNAPSHOT, Database
from service.viewer import Access, Viewer

MAX_REMEMBERED = 10_000
# So many goals that are listed or shared take as much memory as a key or a person.
GOALS_PER_KEY = 10

PersonKey: TypeAlias = tuple[UUID, PersonReference]


def _person(organization: str) -> str:
    return f"""
        SELECT p.id AS person_id, p.role, p.archived_at, {access_columns(organization, "p.id")}
        FROM people p
        WHERE p.organization_id = {organization}
            AND (p.id = wanted.id OR p.external_id = wanted.external_id)"""


PEOPLE_OF_ORGANIZATION = f"""
    SELECT wanted.number, found.*
    FROM unnest($2::int[], $3::uuid[], $4::text[]) AS wanted (number, id, external_id)
    CROSS JOIN LATERAL ({_person("$1")}
    ) AS found"""
# Row-level security shows the rows of one organization at a time: see KEYS_OF_ORGANIZATIONS in
# service/people/queries.py. `wanted` is sorted by organization.
PEOPLE_OF_ORGANIZATIONS = f"""
    SELECT wanted.number, found.*
    FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::text[]) AS wanted (organization_id, number, id, external_id)
    CROSS JOIN LATERAL (
        SELECT set_config('app.organization_id', wanted.organization_id::text, true)::uuid AS organization_id OFFSET 0
    ) AS tenant
    CROSS JOIN LATERAL ({_person("tenant.organization_id")} OFFSET 0
    ) AS found"""


class _ActedPerson(NamedTuple):
    id: UUID
    role: str
    access: Access
    looked_up_at: float

    @property
    def size(self) -> int:
        return 1 + self.access.listed_goals // GOALS_PER_KEY


class ActingLookup:
    """Finds the people whom service accounts act for, and remembers them for `remembered` seconds. `patience` is the
    maximum wait for the database in seconds."""

    def __init__(self, database: Database, remembered: float, patience: float) -> None:
        self._database, self._seconds = database, remembered
        self._lookup = people_lookup(database, patience)
        self._remembered: LRUCache[PersonKey, _ActedPerson] = LRUCache(MAX_REMEMBERED, lambda each: each.size)

    async def viewer(self, service_account: Viewer, reference: PersonReference) -> Viewer:
        """The service account on behalf of a person. Raises ActAsForbidden, ActAsPersonUnknown and Overloaded."""
        ensure_may_act(service_account)
        person = await self._person((service_account.organization_id, reference))
        return acting_viewer(service_account, person.id, person.role, person.access)

    async def _person(self, key: PersonKey) -> _ActedPerson:
        person = self._remembered.get(key)
        if person is None or not self._database.is_access_current(key[0], person.looked_up_at, self._seconds):
            # Measured before the read, as the result may be as old as its start.
            started_at = time.monotonic()
            row = await self._lookup.find(key)
            id = None if row is None else UUID(int=row.person_id.int)
            if row is None or id is None or row.archived_at is not None:
                self._remembered.pop(key, None)
                raise ActAsPersonUnknown(archived_id=id)
            person = _ActedPerson(id, row.role, access_of(row), started_at)
            self._remembered[key] = person
        return person


def people_lookup(database: Database, timeout_seconds: float) -> CredentialLookup[PersonKey]:
    """The lookup of people: their rows with role and access, also of archived ones."""
    return CredentialLookup(partial(_load, database), timeout_seconds, "people to act for")


async def _load(database: Database, keys: list[PersonKey]) -> Sequence[Any]:
    numbered = sorted(((organization_id, n, *reference) for n, (organization_id, reference) in enumerate(keys)))
    rows_by_number = {row.number: row for row in await _rows(database, numbered)}
    return [rows_by_number.get(number) for number in range(len(keys))]


async def _rows(database: Database, numbered: list[tuple[Any, ...]]) -> list[Any]:
    organizations, *columns = zip(*numbered, strict=True)
    if len(set(organizations)) > 1:
        async with database.open_connection(database.reserved, SNAPSHOT, organizations[0]) as connection:
            if not connection.session.is_distributed:
                return await connection.driver.fetch(PEOPLE_OF_ORGANIZATIONS, organizations, *columns)
    rows: list[Any] = []
    for organization_id, group in groupby(numbered, itemgetter(0)):
        _, *own = zip(*group, strict=True)
        async with database.open_connection(database.reserved, SNAPSHOT, organization_id) as connection:
            rows += await connection.driver.fetch(PEOPLE_OF_ORGANIZATION, organization_id, *own)
    return rows
