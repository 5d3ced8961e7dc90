"""Looks up the people of tokens in the database in batches, on the connection that is reserved for credentials."""

import asyncio
from collections.abc import Iterable
from typing import Any

import orjson

from service.errors import ConnectionLost, Overloaded
from service.postgres.database import SNAPSHOT, Database
from service.sign_in.claims import Subject

MAX_BATCH = 500

# Row-level security shows the rows of one organization at a time: see FIND_KEYS in service/people/queries.py. `wanted`
# is sorted by organization. Teams without an external id are none that an issuer knows.
FIND_PEOPLE = """
    SELECT wanted.number, found.*
    FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::jsonb[])
        AS wanted (organization_id, number, external_id, email, teams)
    CROSS JOIN LATERAL (
        SELECT set_config('app.organization_id', wanted.organization_id::text, true)::uuid AS organization_id OFFSET 0
    ) AS tenant
    CROSS JOIN LATERAL (
        SELECT p.id, p.role, p.archived_at,
            CASE WHEN wanted.teams IS NOT NULL THEN ARRAY(
                SELECT t.id FROM teams t
                WHERE t.organization_id = tenant.organization_id AND t.archived_at IS NULL
                    AND t.external_id = ANY(ARRAY(SELECT jsonb_array_elements_text(wanted.teams)))
            ) END AS claimed_teams,
            CASE WHEN wanted.teams IS NOT NULL THEN ARRAY(
                SELECT t.id FROM memberships m
                JOIN teams t ON t.organization_id = m.organization_id AND t.id = m.team_id
                WHERE m.organization_id = tenant.organization_id AND m.person_id = p.id AND m.ended_at IS NULL
                    AND t.archived_at IS NULL AND t.external_id IS NOT NULL
            ) END AS current_teams
        FROM people p
        WHERE p.organization_id = tenant.organization_id
            AND (p.external_id = wanted.external_id OR p.email = wanted.email) OFFSET 0
    ) AS found"""


class PersonLookup:
    """Finds the people of tokens. All lookups use one connection outside of the pool. Those that arrive while a
    statement runs share the next one. A caller waits at most `timeout_seconds`.
    """

    def __init__(self, database: Database, timeout_seconds: float) -> None:
        self._database, self._timeout_seconds = database, timeout_seconds
        self._waiting: dict[Subject, asyncio.Future[Any]] = {}
        self._lookup_task: asyncio.Task[None] | None = None

    async def find(self, subject: Subject) -> Any:
        """The row of a person with `claimed_teams` and `current_teams`; None if there is none. Raises Overloaded after
        the timeout."""
        if subject not in self._waiting:
            self._waiting[subject] = asyncio.get_running_loop().create_future()
        future = self._waiting[subject]
        if self._lookup_task is None:
            self._lookup_task = asyncio.create_task(self._run_lookups())
        try:
            async with asyncio.timeout(self._timeout_seconds):
                return await asyncio.shield(future)
        except TimeoutError:
            raise Overloaded("The service is busy: tokens cannot be checked in time.") from None

    async def _run_lookups(self) -> None:
        # Callers of the same iteration of the event loop share the first statement.
        await asyncio.sleep(0)
        while self._waiting:
            batch = {each: self._waiting.pop(each) for each in list(self._waiting)[:MAX_BATCH]}
            subjects = sorted(batch, key=lambda each: each.organization_id)
            try:
                rows = await self._rows_with_retry(subjects)
            except BaseException as error:
                _fail(batch.values(), error)
                if not isinstance(error, Exception):
                    _fail(self._waiting.values(), error)
                    self._lookup_task = None
                    raise
                continue
            rows_by_number = {row.number: row for row in rows}
            for number, subject in enumerate(subjects):
                batch[subject].set_result(rows_by_number.get(number))
        self._lookup_task = None

    async def _rows_with_retry(self, subjects: list[Subject]) -> list[Any]:
        try:
            return await self._rows(subjects)
        except ConnectionLost:
            return await self._rows(subjects)

    async def _rows(self, subjects: list[Subject]) -> list[Any]:
        async with self._database.open_connection(
            self._database.reserved, SNAPSHOT, subjects[0].organization_id
        ) as connection:
            return await connection.driver.fetch(FIND_PEOPLE, *_columns(subjects))


def _columns(subjects: list[Subject]) -> tuple[list[Any], ...]:
    return (
        [each.organization_id for each in subjects],
        list(range(len(subjects))),
        [each.external_id for each in subjects],
        [each.email for each in subjects],
        [None if each.teams is None else orjson.dumps(each.teams).decode() for each in subjects],
    )


def _fail(futures: Iterable["asyncio.Future[Any]"], error: BaseException) -> None:
    for future in futures:
        if isinstance(error, Exception):
            future.set_exception(error)
            # Retrieves the exception, which asyncio would log if no caller waits any more.
            future.exception()
        else:
            future.cancel()
