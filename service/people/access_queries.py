"""What decides which goals a person may see and edit, as SQL."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg

from service.viewer import Access

# Goals of a person that are listed in parameters of its reads. Each row that is not visible otherwise is compared with
# all of them, which takes as long as to look its participants up at some hundred.
MAX_LISTED_GOALS = 100


def access_columns(organization: str, person: str) -> str:
    """The columns of a SELECT that `access_of` takes, for expressions with the ids of organization and person.

    `team_ids` are the teams of the person with all teams below them, `led_team_ids` those that the person leads with
    all below them. `objective_ids` and `kpi_ids` are the goals that the person is a participant of, itself or by a
    team; one more than MAX_LISTED_GOALS if there are more.
    """
    return f"""{team_columns(organization, person)},
        ARRAY({_goals("objective_id", organization, person)}) AS objective_ids,
        ARRAY({_goals("kpi_id", organization, person)}) AS kpi_ids"""


def team_columns(organization: str, person: str) -> str:
    """Those of `access_columns` that a decision about given goals needs, for `access_by_teams`."""
    own, all_below = team_arrays(organization, person)
    led = f"{_teams(organization, person)} AND m.role = 'LEAD'"
    return f"""(SELECT y.member_editing FROM organizations y WHERE y.id = {organization}) AS member_editing,
        {own} AS own_team_ids,
        {all_below} AS team_ids,
        ARRAY({_with_teams_below(led, organization)}) AS led_team_ids"""


def team_arrays(organization: str, person: str) -> tuple[str, str]:
    """The arrays of the teams that a person is in, and of these with all teams below them, as expressions."""
    teams = _teams(organization, person)
    return f"ARRAY({teams})", f"ARRAY({_with_teams_below(teams, organization)})"


def access_of(row: Any) -> Access:
    """The access in a row with the columns of `access_columns`."""
    return replace(access_by_teams(row), objective_ids=_listed(row.objective_ids), kpi_ids=_listed(row.kpi_ids))


def access_by_teams(row: Any) -> Access:
    """The access in a row with the columns of `team_columns`: goals are not listed."""
    return Access(row.member_editing, _ids(row.own_team_ids), _ids(row.team_ids), _ids(row.led_team_ids))


async def load_access(connection: "asyncpg.Connection[Any]", organization_id: UUID, person_id: UUID) -> Access:
    """The access of a person as it is in the transaction of a connection."""
    return access_of(await connection.fetchrow(ACCESS, organization_id, person_id))


def _teams(organization: str, person: str) -> str:
    member = f"m.organization_id = {organization} AND m.person_id = {person} AND m.ended_at IS NULL"
    return f"SELECT m.team_id FROM memberships m WHERE {member}"


def _goals(column: str, organization: str, person: str) -> str:
    """The goals of a column that a person is a participant of and no follower, some twice. Each way has its own index,
    and not more rows are read than are listed."""
    live = f"g.organization_id = {organization} AND g.ended_at IS NULL AND g.{column} IS NOT NULL"
    live += " AND g.role <> 'FOLLOWER'"
    by_team = f"g.team_id = ANY(ARRAY({_teams(organization, person)}))"
    return f"""
            SELECT g.{column} FROM participants g WHERE {live} AND g.person_id = {person}
            UNION ALL
            SELECT g.{column} FROM participants g WHERE {live} AND {by_team}
            LIMIT {MAX_LISTED_GOALS + 1}"""


def _with_teams_below(teams: str, organization: str) -> str:
    return f"""
            WITH RECURSIVE below (id) AS (
                {teams}
                UNION
                SELECT t.id FROM below JOIN teams t ON t.organization_id = {organization} AND t.parent_id = below.id
            )
            SELECT id FROM below"""


def _listed(values: Any) -> frozenset[UUID] | None:
    return _ids(values) if len(values) <= MAX_LISTED_GOALS else None


def _ids(values: Any) -> frozenset[UUID]:
    # The ids of the driver are of a class of its own.
    return frozenset(UUID(int=each.int) for each in values)


ACCESS = f"SELECT {access_columns('$1', '$2')}"
