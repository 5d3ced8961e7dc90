"""Which goals a viewer sees, as SQL: objectives, KPIs, and what belongs to them.

A goal is visible to administrators, to its owner and its participants, and to everybody if its visibility is
ORGANIZATION. One of TEAM is visible to the team and to the teams above. A share token shows the goals of the share.
What belongs to goals is visible with all of them.
"""

from collections.abc import Mapping
from typing import Any

from service.viewer import Viewer

VISIBILITIES = ("ORGANIZATION", "TEAM", "PRIVATE")
GOALS = {"objectives": "objective_id", "kpis": "kpi_id"}
# The columns that say to what the rows of a table belong. What a row merely refers to does not hide it.
BELONGS_TO: Mapping[str, Mapping[str, str]] = {
    "key_results": {"objective_id": "objectives"},
    "milestones": {"key_result_id": "key_results"},
    "check_ins": {"objective_id": "objectives"},
    "alignments": {"objective_id": "objectives", "parent_id": "objectives"},
    "kpi_targets": {"kpi_id": "kpis"},
    "kpi_measurements": {"kpi_id": "kpis"},
    "kpi_measurement_revisions": {"kpi_id": "kpis"},
    "kpi_links": {"key_result_id": "key_results", "kpi_id": "kpis"},
    "participants": {"objective_id": "objectives", "kpi_id": "kpis"},
    "carry_overs": {"objective_id": "objectives"},
}
# The columns of these that may be null.
OPTIONAL = frozenset({("participants", "objective_id"), ("participants", "kpi_id")})
# The tables of subjects of events that belong to a KPI; an event of an objective has its id.
OF_KPIS = {"KpiLink": "kpi_links", "KpiTarget": "kpi_targets", "Participant": "participants"}


def visibility_parameters(viewer: Viewer | None) -> dict[str, Any]:
    """The values of the parameters of `condition` for a viewer; None sees all."""
    if viewer is None or viewer.sees_all:
        return {**_NOBODY, "visibilities": VISIBILITIES}
    if viewer.share is not None:
        shared = {"shared_objective_ids": viewer.share.objective_ids, "shared_kpi_ids": viewer.share.kpi_ids}
        return {**_NOBODY, **{name: tuple(ids) for name, ids in shared.items()}}
    access = viewer.access
    return {
        **_NOBODY,
        "visibilities": VISIBILITIES[:1],
        "viewer_id": viewer.person_id,
        "viewer_own_team_ids": tuple(access.own_team_ids),
        "viewer_team_ids": tuple(access.team_ids),
    }


_NOBODY: dict[str, Any] = {
    "visibilities": (),
    "viewer_id": None,
    "viewer_own_team_ids": (),
    "viewer_team_ids": (),
    "shared_objective_ids": (),
    "shared_kpi_ids": (),
}
PARAMETERS = frozenset(_NOBODY)


def condition(table: str, alias: str) -> str | None:
    """The rows of a table under an alias that a viewer sees; None: all of the organization."""
    sql = _condition(table, alias)
    return sql and " ".join(sql.split())


def reference_condition(table: str, column: str, referred: str) -> str:
    """The rows of a table that refer by a column to a row which a viewer sees."""
    is_visible = _exists(f"{table}.{column}", referred, f"{table}_{column[:1]}")
    return " ".join(f"('PRIVATE' = ANY(:visibilities) OR {is_visible})".split())


def _condition(table: str, alias: str) -> str | None:
    if table in GOALS:
        return _goal(GOALS[table], alias)
    if table == "events":
        return _events(alias)
    owners = BELONGS_TO.get(table)
    if owners is None:
        return None
    conditions = [_belongs(table, alias, column, owner) for column, owner in owners.items()]
    # Nothing is looked up for those who see all.
    return f"('PRIVATE' = ANY(:visibilities) OR ({' AND '.join(conditions)}))"


def _goal(column: str, alias: str) -> str:
    return f"""(
        {alias}.visibility = ANY(:visibilities) OR {alias}.owner_id = :viewer_id
        OR ({alias}.visibility = 'TEAM' AND {alias}.team_id = ANY(:viewer_team_ids))
        OR {alias}.id IN (SELECT unnest(CAST(:shared_{column}s AS uuid[])))
        OR ({alias}.visibility <> 'ORGANIZATION' AND EXISTS (
            SELECT 1 FROM participants {alias}_p
            WHERE {alias}_p.organization_id = :organization_id AND {alias}_p.{column} = {alias}.id
              AND {alias}_p.ended_at IS NULL
              AND ({alias}_p.person_id = :viewer_id OR {alias}_p.team_id = ANY(:viewer_own_team_ids))
        ))
    )"""


def _belongs(table: str, alias: str, column: str, owner: str) -> str:
    is_visible = _exists(f"{alias}.{column}", owner, f"{alias}_{column[:1]}")
    return f"({alias}.{column} IS NULL OR {is_visible})" if (table, column) in OPTIONAL else is_visible


def _exists(value: str, table: str, alias: str) -> str:
    """Whether a viewer sees the row of a table whose id is a value."""
    own = _condition(table, alias)
    return f"""EXISTS (
            SELECT 1 FROM {table} {alias}
            WHERE {alias}.organization_id = :organization_id AND {alias}.id = {value} AND {own}
        )"""


def _events(alias: str) -> str:
    """The events of which no goal is hidden: neither that of the subject nor the parent of an alignment."""
    kpi = " ".join(
        f"WHEN '{subject}' THEN {_value_of_subject('kpi_id', table, alias)}" for subject, table in OF_KPIS.items()
    )
    kpis = f"ARRAY[CASE {alias}.subject_type WHEN 'Kpi' THEN {alias}.subject_id {kpi} END]"
    parent = _value_of_subject("parent_id", "alignments", alias)
    objectives = f"ARRAY[{alias}.objective_id, CASE {alias}.subject_type WHEN 'Alignment' THEN {parent} END]"
    hidden = [_exists_hidden(ids, table, alias) for table, ids in (("objectives", objectives), ("kpis", kpis))]
    return f"('PRIVATE' = ANY(:visibilities) OR NOT ({' OR '.join(hidden)}))"


def _value_of_subject(column: str, table: str, alias: str) -> str:
    return f"""(
            SELECT {alias}_s.{column} FROM {table} {alias}_s
            WHERE {alias}_s.organization_id = :organization_id AND {alias}_s.id = {alias}.subject_id
        )"""


def _exists_hidden(ids: str, table: str, alias: str) -> str:
    own = f"{alias}_{table[:1]}"
    return f"""EXISTS (
            SELECT 1 FROM {table} {own}
            WHERE {own}.organization_id = :organization_id AND {own}.id = ANY({ids})
              AND {_goal(GOALS[table], own)} IS NOT TRUE
        )"""
