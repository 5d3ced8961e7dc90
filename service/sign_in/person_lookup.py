"""Looks up the people of tokens in the database in batches, on the connection that is reserved for credentials."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import orjson

from service.people.access_queries import access_columns
from service.postgres.credential_lookup import CredentialLookup
from service.postgres.database import SNAPSHOT, Database
from service.sign_in.claims import Subject

# Row-level security shows the rows of one organization at a time: see KEYS_OF_ORGANIZATIONS in
# service/people/queries.py. `wanted` is sorted by organization. Teams without an external id are
# none that an issuer knows.
FIND_PEOPLE = f"""
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
            ) END AS current_teams,
            {access_columns("tenant.organization_id", "p.id")}
        FROM people p
        WHERE p.organization_id = tenant.organization_id
            AND (p.external_id = wanted.external_id OR p.email = wanted.email) OFFSET 0
    ) AS found"""


def person_lookup(database: Database, timeout_seconds: float) -> CredentialLookup[Subject]:
    """The lookup of people: their rows with access, `claimed_teams` and `current_teams`."""
    return CredentialLookup(partial(_load, database), timeout_seconds, "tokens")


async def _load(database: Database, subjects: list[Subject]) -> Sequence[Any]:
    sorted_subjects = sorted(subjects, key=lambda each: each.organization_id)
    async with database.open_connection(database.reserved, SNAPSHOT, sorted_subjects[0].organization_id) as connection:
        rows = await connection.driver.fetch(FIND_PEOPLE, *_columns(sorted_subjects))
    rows_by_subject = {sorted_subjects[row.number]: row for row in rows}
    return [rows_by_subject.get(each) for each in subjects]


def _columns(subjects: list[Subject]) -> tuple[list[Any], ...]:
    return (
        [each.organization_id for each in subjects],
        list(range(len(subjects))),
        [each.external_id for each in subjects],
        [each.email for each in subjects],
        [None if each.teams is None else orjson.dumps(each.teams).decode() for each in subjects],
    )
