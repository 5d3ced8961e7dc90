"""Which goals a viewer sees, as SQL: objectives, KPIs, and what belongs to them.

A goal is visible to administrators, to its owner and its participants but followers, and to everybody if its
visibility is ORGANIZATION. One of TEAM is visible to the team and to the teams above. A share token shows the goals of
the share.
What belongs to goals is visible with all of them.
"""

import re
from collections.abc import Mapping
from enum import IntEnum, auto
from typing import Any

from service.viewer import Viewer

VISIBILITIES = ("ORGANIZATION", "TEAM", "PRIVATE")
GOALS = {"objectives": "objective_id", "kpis": "kpi_id"}
INITIATIVES = "initiatives"
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
    "participants": {"objective_id": "objectives", "kpi_id": "kpis", "initiative_id": INITIATIVES},
    "carry_overs": {"objective_id": "objectives"},
    "initiative_check_ins": {"initiative_id": INITIATIVES},
    "initiative_key_results": {"initiative_id": INITIATIVES, "key_result_id": "key_results"},
    "links": {
        **{"objective_id": "objectives", "key_result_id": "key_results", "kpi_id": "kpis"},
        "initiative_id": INITIATIVES,
    },
}
# What a share token does not show although it belongs to a goal of the share: statements that were taken back.
SHARED_ONLY = {"check_ins": "invalid_since IS NULL"}
# The columns of these that may be null.
OPTIONAL = frozenset(
    {("participants", column) for column in ("objective_id", "kpi_id", "initiative_id")}
    | {("links", column) for column in ("objective_id", "key_result_id", "kpi_id", "initiative_id")}
)
# The tables of subjects of events that belong to a KPI; an event of an objective has its id.
OF_KPIS = {"KpiLink": "kpi_links", "KpiTarget": "kpi_targets", "Link": "links", "Participant": "participants"}

# The same of an initiative.
OF_INITIATIVES = {"InitiativeCheckIn": "initiative_check_ins", "Link": "links", "Participant": "participants"}


class Sight(IntEnum):
    """How the goals that a viewer sees are told in SQL.

    EVERYTHING names no condition. LISTED has the goals of which the viewer is a participant as parameters, and SHARED
    the goals of a share. LOOKED_UP finds the participants in the statement, as they are when it runs: it holds for each
    viewer but a share token.
    """

    EVERYTHING = auto()
    LISTED = auto()
    LOOKED_UP = auto()
    SHARED = auto()


def sight_of(viewer: Viewer | None, *, reads_back: bool = False) -> Sight:
    """How the reads of a viewer tell what it sees; None sees all. Those that read back its own changes look up the
    participants, which may be among these."""
    if viewer is None or viewer.sees_all:
        return Sight.EVERYTHING
    if viewer.share is not None:
        return Sight.SHARED
    is_listed = viewer.access.objective_ids is not None and viewer.access.kpi_ids is not None
    return Sight.LISTED if is_listed and not reads_back else Sight.LOOKED_UP


def visibility_parameters(viewer: Viewer | None) -> dict[str, Any]:
    """The values of the parameters of `condition` for a viewer; None sees all."""
    if viewer is None or viewer.sees_all:
        return {**_NOBODY, "visibilities": VISIBILITIES}
    if viewer.share is not None:
        objective_ids, kpi_ids = viewer.share.objective_ids, viewer.share.kpi_ids
        return {**_NOBODY, "viewer_objective_ids": tuple(objective_ids), "viewer_kpi_ids": tuple(kpi_ids)}
    access = viewer.access
    return {
        "visibilities": VISIBILITIES[:1],
        "viewer_id": viewer.person_id,
        "viewer_own_team_ids": tuple(access.own_team_ids),
        "viewer_team_ids": tuple(access.team_ids),
        "viewer_objective_ids": tuple(access.objective_ids or ()),
        "viewer_kpi_ids": tuple(access.kpi_ids or ()),
    }


_NOBODY: dict[str, Any] = {
    "visibilities": (),
    "viewer_id": None,
    "viewer_own_team_ids": (),
    "viewer_team_ids": (),
    "viewer_objective_ids": (),
    "viewer_kpi_ids": (),
}
PARAMETERS = frozenset(_NOBODY)


def condition(table: str, alias: str, sight: Sight = Sight.LOOKED_UP) -> str | None:
    """The rows of a table under an alias that a viewer sees; None: all of the organization."""
    sql = _condition(table, alias, sight)
    return sql and _in_one_line(sql)


def marked_condition(table: str, alias: str) -> str | None:
    """As `condition`, in marks by which `for_sight` finds it."""
    sql = condition(table, alias)
    return sql and f"/*visible {table} {alias}*/ {sql} /*end*/"


def marked_reference_condition(table: str, column: str, referred: str) -> str:
    """The rows of a table that refer by a column to a row which a viewer sees, in marks as `marked_condition`."""
    return f"/*refers {table} {column} {referred}*/ {_refers(table, column, referred, Sight.LOOKED_UP)} /*end*/"


def for_sight(sql: str, sight: Sight) -> str:
    """A statement with its marked conditions as a sight has them. Parameters are named `${name}`."""

    def written(match: "re.Match[str]") -> str:
        own = condition(match["table"], match["alias"], sight)
        assert own is not None, match["table"]
        return PARAMETER.sub(r"${\1}", own)

    def written_reference(match: "re.Match[str]") -> str:
        own = _refers(match["table"], match["column"], match["referred"], sight)
        return PARAMETER.sub(r"${\1}", own)

    return MARKED_REFERENCE.sub(written_reference, MARKED.sub(written, sql))


_END = r" .*? /\*end\*/"
MARKED = re.compile(r"/\*visible (?P<table>\w+) (?P<alias>\w+)\*/" + _END, re.DOTALL)
MARKED_REFERENCE = re.compile(r"/\*refers (?P<table>\w+) (?P<column>\w+) (?P<referred>\w+)\*/" + _END, re.DOTALL)
PARAMETER = re.compile(r":(\w+)")


def _refers(table: str, column: str, referred: str, sight: Sight) -> str:
    return _in_one_line(_unless_all(_exists(f"{table}.{column}", referred, f"{table}_{column[:1]}", sight), sight))


def _unless_all(condition: str, sight: Sight) -> str:
    """A condition that looks something up, which is not needed by those who see all.

    The comparison keeps the planner from a join with all goals, where a page needs those of a few rows.
    """
    return "true" if sight is Sight.EVERYTHING else f"('PRIVATE' = ANY(:visibilities) OR {condition})"


def _in_one_line(sql: str) -> str:
    return " ".join(sql.split())


def _condition(table: str, alias: str, sight: Sight) -> str | None:
    if table in GOALS:
        return _goal(GOALS[table], alias, sight)
    if table == INITIATIVES:
        return _initiative(alias, sight)
    if table == "events":
        return _unless_all(_events(alias, sight), sight)
    owners = BELONGS_TO.get(table)
    if owners is None:
        return None
    conditions = [_belongs(table, alias, column, owner, sight) for column, owner in owners.items()]
    if sight is Sight.SHARED and table in SHARED_ONLY:
        conditions.append(f"{alias}.{SHARED_ONLY[table]}")
    return _unless_all(f"({' AND '.join(conditions)})", sight)


def _goal(column: str, alias: str, sight: Sight) -> str:
    ids = f":viewer_{column}s"
    match sight:
        case Sight.EVERYTHING:
            return "true"
        case Sight.SHARED:
            # They may be thousands, which a sub-select hashes. An array of a generic plan is searched for each row.
            return f"{alias}.id IN (SELECT unnest(CAST({ids} AS uuid[])))"
        case Sight.LISTED:
            return f"({alias}.visibility = 'ORGANIZATION' OR {_own(alias)} OR {alias}.id = ANY({ids}))"
        case Sight.LOOKED_UP:
            return _looked_up(column, alias)


def _looked_up(column: str, alias: str) -> str:
    """The goals that a viewer sees, whose participants name them by a column."""
    return f"""(
                {alias}.visibility = ANY(:visibilities) OR {_own(alias)}
                OR ({alias}.visibility <> 'ORGANIZATION' AND EXISTS (
                    SELECT 1 FROM participants {alias}_p
                    WHERE {alias}_p.organization_id = :organization_id AND {alias}_p.{column} = {alias}.id
                      AND {alias}_p.ended_at IS NULL AND {alias}_p.role <> 'FOLLOWER'
                      AND ({alias}_p.person_id = :viewer_id OR {alias}_p.team_id = ANY(:viewer_own_team_ids))
                ))
            )"""


def _initiative(alias: str, sight: Sight) -> str:
    """Initiatives are not listed in parameters: few read them, and each request would look up which. No share token
    shows them."""
    if sight in (Sight.EVERYTHING, Sight.SHARED):
        return "true" if sight is Sight.EVERYTHING else "false"
    return _looked_up("initiative_id", alias)


def _own(alias: str) -> str:
    return f"""{alias}.owner_id = :viewer_id
        OR ({alias}.visibility = 'TEAM' AND {alias}.team_id = ANY(:viewer_team_ids))"""


def _belongs(table: str, alias: str, column: str, owner: str, sight: Sight) -> str:
    is_visible = _exists(f"{alias}.{column}", owner, f"{alias}_{column[:1]}", sight)
    return f"({alias}.{column} IS NULL OR {is_visible})" if (table, column) in OPTIONAL else is_visible


def _exists(value: str, table: str, alias: str, sight: Sight) -> str:
    """Whether a viewer sees the row of a table whose id is a value."""
    own = _condition(table, alias, sight)
    return f"""EXISTS (
            SELECT 1 FROM {table} {alias}
            WHERE {alias}.organization_id = :organization_id AND {alias}.id = {value} AND {own}
        )"""


def _events(alias: str, sight: Sight) -> str:
    """The events of which no goal is hidden: neither that of the subject nor the parent of an alignment."""
    kpi = " ".join(
        f"WHEN '{subject}' THEN {_value_of_subject('kpi_id', table, alias)}" for subject, table in OF_KPIS.items()
    )
    kpis = f"ARRAY[CASE {alias}.subject_type WHEN 'Kpi' THEN {alias}.subject_id {kpi} END]"
    parent = _value_of_subject("parent_id", "alignments", alias)
    objectives = f"ARRAY[{alias}.objective_id, CASE {alias}.subject_type WHEN 'Alignment' THEN {parent} END]"
    initiative = " ".join(
        f"WHEN '{subject}' THEN {_value_of_subject('initiative_id', table, alias)}"
        for subject, table in OF_INITIATIVES.items()
    )
    initiatives = f"ARRAY[CASE {alias}.subject_type WHEN 'Initiative' THEN {alias}.subject_id {initiative} END]"
    ids_by_table = {"objectives": objectives, "kpis": kpis, INITIATIVES: initiatives}
    hidden = [_exists_hidden(ids, table, alias, sight) for table, ids in ids_by_table.items()]
    return f"NOT ({' OR '.join(hidden)})"


def _value_of_subject(column: str, table: str, alias: str) -> str:
    return f"""(
            SELECT {alias}_s.{column} FROM {table} {alias}_s
            WHERE {alias}_s.organization_id = :organization_id AND {alias}_s.id = {alias}.subject_id
        )"""


def _exists_hidden(ids: str, table: str, alias: str, sight: Sight) -> str:
    own = f"{alias}_{table[:1]}"
    return f"""EXISTS (
            SELECT 1 FROM {table} {own}
            WHERE {own}.organization_id = :organization_id AND {own}.id = ANY({ids})
              AND {_condition(table, own, sight)} IS NOT TRUE
        )"""
