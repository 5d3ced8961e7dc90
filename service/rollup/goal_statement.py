"""The statement that reads a part of the goal graph, the input of the roll-up, in one message."""

from collections.abc import Mapping

from sqlalchemy import text

from service.rollup.cadence_statement import cadence_of
from service.rollup.surroundings_statement import ABOVE, SURROUNDINGS

_STORED = (
    *("lifecycle", "archived_at", "progress", "progress_raw", "progress_reason", "confidence", "status_since"),
    *("status_steps", "status_reasons", "staleness_steps", "diverging_steps", "check_in_due_at", "guardrail_breached"),
    *("cadence_days", "cadence_weekday"),
)
_DEFINITION = ("kind", "mode", "value_source", "baseline", "target", "change_by", "lower", "upper", "weight")
_SPAN = ("own_starts_at", "own_due_at", "starts_at", "due_at")
_MEASURED = ("current", "has_data", "regressed", "measured_baseline", "measured_target")

# Of a check-in that was neither corrected nor withdrawn, and is no withdrawal.
_IS_VALID = "c.invalid_since IS NULL"
# The order of check-ins: by when they were true, when they were made, and their order within the request.
_NEWEST = "ORDER BY c.at DESC, c.recorded_at DESC, c.sequence DESC"
# {0} tells which check-ins count. Of a goal that is settled, only the stated status is needed again. The newest one
# often says all; an older one is looked up only for what it leaves out.
_LATEST = f"""
    LEFT JOIN LATERAL (
        SELECT c.at, c.value, c.confidence, c.status FROM check_ins c
        WHERE i.is_changed AND c.organization_id = :organization_id AND {{0}} {_NEWEST} LIMIT 1
    ) newest ON true
    LEFT JOIN LATERAL (
        SELECT c.value FROM check_ins c
        WHERE newest.at IS NOT NULL AND newest.value IS NULL
          AND c.organization_id = :organization_id AND {{0}} AND c.value IS NOT NULL {_NEWEST} LIMIT 1
    ) valued ON true
    LEFT JOIN LATERAL (
        SELECT c.confidence FROM check_ins c
        WHERE newest.at IS NOT NULL AND newest.confidence IS NULL
          AND c.organization_id = :organization_id AND {{0}} AND c.confidence IS NOT NULL {_NEWEST} LIMIT 1
    ) confident ON true
    LEFT JOIN LATERAL (
        SELECT c.at, c.status FROM check_ins c
        WHERE newest.status IS NULL AND (newest.at IS NOT NULL OR NOT i.is_changed)
          AND c.organization_id = :organization_id AND {{0}} AND c.status IS NOT NULL {_NEWEST} LIMIT 1
    ) stated ON true"""
_CHECK_IN_CONFIDENCE = "coalesce(newest.confidence, confident.confidence)"
CHECK_INS = {
    "said_value": "coalesce(newest.value, valued.value)",
    "said_confidence": _CHECK_IN_CONFIDENCE,
    "stated_at": "CASE WHEN newest.status IS NULL THEN stated.at ELSE newest.at END",
    "stated_status": "coalesce(newest.status, stated.status)",
    "checked_in_at": "newest.at",
}

# The policy that judges the goals of a cycle: the version in force at its close, else the one in force now.
_POLICY = {name: f"coalesce(p.{name}, g.{name})" for name in ("on_track_pace", "at_risk_pace")}
POLICIES = """
    JOIN organizations g ON g.id = :organization_id
    LEFT JOIN status_policies p ON p.organization_id = :organization_id AND p.id = y.status_policy_id"""

# The objectives to read, each by its key: a plan for tables without statistics would read every goal of a cycle for
# each one. OFFSET 0 keeps it so, however many there are.
IDS = """
    FROM (
        SELECT id, id = ANY(CAST(:changed AS uuid[])) AS is_changed,
            id = ANY(CAST(:realigned AS uuid[])) AS is_realigned
        FROM unnest(CAST(:ids AS uuid[])) AS wanted (id)
        OFFSET 0
    ) i"""
_OBJECTIVES_OF_IDS = f"""{IDS}
    CROSS JOIN LATERAL (
        SELECT * FROM objectives WHERE organization_id = :organization_id AND id = i.id OFFSET 0
    ) o"""
_KEY_RESULTS_OF_IDS = """
    CROSS JOIN LATERAL (
        SELECT * FROM key_results WHERE organization_id = :organization_id AND objective_id = i.id OFFSET 0
    ) k"""

# The instant since which a goal is in force: its creation, its last activation or its last restore. A row of version 1
# was never changed.
_ACTIVE = """
    LEFT JOIN LATERAL (
        SELECT r.valid_from, r.recorded_at, r.id FROM {1} r
        WHERE i.is_changed AND r.organization_id = :organization_id AND r.subject_id = {0}.id AND {0}.version > 1
          AND (r.lifecycle <> 'ACTIVE' OR r.archived_at IS NOT NULL)
        ORDER BY r.valid_from DESC, r.recorded_at DESC, r.id DESC LIMIT 1
    ) idle ON true
    LEFT JOIN LATERAL (
        SELECT r.valid_from FROM {1} r
        WHERE r.organization_id = :organization_id AND r.subject_id = {0}.id
          AND (r.valid_from, r.recorded_at, r.id) > (idle.valid_from, idle.recorded_at, idle.id)
        ORDER BY r.valid_from, r.recorded_at, r.id LIMIT 1
    ) begun ON true"""
_ACTIVE_SINCE = "coalesce(begun.valid_from, idle.valid_from, {0}.created_at)"

# Adherence is counted in the part of the key result's own span in which check-ins are admitted. Both functions take no
# notice of a date that is null.
_COUNTED_FROM, _COUNTED_UNTIL = "greatest(k.own_starts_at, y.starts_at)", "least(k.own_due_at, y.ends_at)"

_CADENCE = {
    "effective_days": "cadence.days",
    "effective_weekday": "cadence.weekday",
    "time_zone": "coalesce(t.time_zone, g.time_zone)",
}


_IS_COMPUTED = "(i.is_changed OR k.value_source = 'ALIGNED_OBJECTIVES')"
_KEY_RESULT = {
    "part": "'KEY_RESULT'",
    "id": "k.id",
    "objective_id": "k.objective_id",
    "position": "k.position",
    **{name: f"k.{name}" for name in (*_STORED, *_DEFINITION, *_MEASURED)},
    **CHECK_INS,
    "said_confidence": f"CASE WHEN i.is_changed THEN {_CHECK_IN_CONFIDENCE} ELSE k.confidence END",
    "active_since": _ACTIVE_SINCE.format("k"),
    "is_settled": "false",
    **{name: f"k.{name}" for name in _SPAN},
    "cycle_starts_at": "y.starts_at",
    "cycle_ends_at": "y.ends_at",
    "counted_from": _COUNTED_FROM,
    "counted_until": _COUNTED_UNTIL,
    "first_counted_on": "greatest(k.starts_on, y.starts_on)",
    "last_counted_on": "least(k.due_on, y.ends_on)",
    **_CADENCE,
    "adherence": "adherence.values",
    "adherence_numbers": "adherence.numbers",
    "aggregation": "s.aggregation",
    "cumulative": "s.cumulative",
    "frequency": "s.frequency",
    "fiscal_year_start_month": "g.fiscal_year_start_month",
    "value_before": "before.value",
    "before_on": "before.starts_on",
    "values_during": "during.values",
    "days_during": "during.days",
    "is_guarded": """EXISTS (SELECT 1 FROM kpi_links l WHERE l.organization_id = :organization_id
        AND l.key_result_id = k.id AND l.role = 'GUARDRAIL' AND l.archived_at IS NULL)""",
    "expected": f"""
        CAST(ceil(greatest(extract(epoch FROM {_COUNTED_UNTIL} - {_COUNTED_FROM}), 0)
            / (cadence.days * 86400.0)) AS int)""",
    "stage_weights": "stages.weights",
    "stage_done": "stages.done",
    "final_score": "k.final_score",
    "is_waived": "k.score_waiver IS NOT NULL",
}
# These stand before others, so that their columns have types where a key result has none.
_OTHERS = {
    "progress_source": "text",
    "status_source": "text",
    "closed": "bool",
    "is_planned": "bool",
    "on_track_pace": "float8",
    "at_risk_pace": "float8",
    "coverage": "numeric",
    "score": "numeric",
    "parent_id": "uuid",
    "parent_key_result_id": "uuid",
    **dict.fromkeys(("visibility", "surroundings", "above"), "text"),
}
_KEY_RESULTS_FROM = f"""{_OBJECTIVES_OF_IDS}{_KEY_RESULTS_OF_IDS}
    JOIN cycles y ON y.organization_id = :organization_id AND y.id = o.cycle_id{POLICIES}
    {cadence_of("k", "k", "o")}
    {_LATEST.format(f"c.key_result_id = k.id AND {_IS_VALID}")}
    {_ACTIVE.format("k", "key_result_revisions")}
    LEFT JOIN LATERAL (
        SELECT array_agg(period.value ORDER BY period.number) AS values,
               array_agg(period.number ORDER BY period.number) AS numbers FROM (
            SELECT DISTINCT ON (number) c.value,
                   CAST(floor(extract(epoch FROM c.at - {_COUNTED_FROM}) / (cadence.days * 86400.0)) AS int)
                       AS number
            FROM check_ins c
            WHERE c.organization_id = :organization_id AND c.key_result_id = k.id AND c.value IS NOT NULL
              AND {_IS_VALID} AND c.at >= {_COUNTED_FROM} AND c.at < {_COUNTED_UNTIL}
            ORDER BY number, c.at DESC, c.recorded_at DESC, c.sequence DESC
        ) period
        WHERE k.mode = 'ADHERENCE' AND i.is_changed
    ) adherence ON true
    LEFT JOIN LATERAL (
        SELECT array_agg(m.weight ORDER BY m.id) AS weights,
               array_agg(m.done_at IS NOT NULL ORDER BY m.id) AS done
        FROM milestones m
        WHERE m.organization_id = :organization_id AND m.key_result_id = k.id AND m.archived_at IS NULL
          AND k.kind = 'MILESTONE' AND i.is_changed
    ) stages ON true
    LEFT JOIN LATERAL (
        SELECT * FROM kpis s
        WHERE s.organization_id = :organization_id AND s.id = k.source_kpi_id AND k.source_kpi_id IS NOT NULL
          AND i.is_changed OFFSET 0
    ) s ON true
    LEFT JOIN LATERAL (
        SELECT m.value, m.starts_on FROM kpi_measurements m
        WHERE m.organization_id = :organization_id AND m.kpi_id = s.id AND m.starts_on < y.starts_on
          AND m.value IS NOT NULL
        ORDER BY m.starts_on DESC LIMIT 1
    ) before ON true
    LEFT JOIN LATERAL (
        SELECT array_agg(m.value ORDER BY m.starts_on) AS values, array_agg(m.starts_on ORDER BY m.starts_on) AS days
        FROM kpi_measurements m
        WHERE m.organization_id = :organization_id AND m.kpi_id = s.id AND m.value IS NOT NULL
          AND m.starts_on BETWEEN y.starts_on AND y.ends_on
    ) during ON true
    WHERE {_IS_COMPUTED}"""

# Most key results of a change deep in a tree are settled, and need nothing but what is stored.
_SETTLED_KEY_RESULT = {
    "part": "'KEY_RESULT'",
    "is_settled": "true",
    **{
        name: f"k.{name}"
        for name in ("id", "objective_id", "position", "kind", "value_source", "weight", *_STORED, *_MEASURED)
    },
    "final_score": "k.final_score",
    "is_waived": "k.score_waiver IS NOT NULL",
}
_SETTLED_KEY_RESULTS_FROM = f"{IDS}{_KEY_RESULTS_OF_IDS} WHERE NOT {_IS_COMPUTED}"

OBJECTIVE = {
    "part": "'OBJECTIVE'",
    "id": "o.id",
    **{
        name: f"o.{name}" for name in ("progress_source", "status_source", *_STORED, "coverage", "score", "final_score")
    },
    **CHECK_INS,
    "said_confidence": f"CASE WHEN i.is_changed THEN {_CHECK_IN_CONFIDENCE} ELSE o.confidence END",
    # A cycle that people activate expects check-ins from then on.
    "active_since": f"greatest({_ACTIVE_SINCE.format('o')}, y.activated_at)",
    "is_settled": "NOT i.is_changed",
    **{name: f"o.{name}" for name in _SPAN},
    "cycle_starts_at": "y.starts_at",
    "cycle_ends_at": "y.ends_at",
    "closed": "y.state = 'CLOSED'",
    "is_planned": "y.state = 'PLANNING' AND y.activation = 'MANUAL'",
    **_CADENCE,
    **_POLICY,
    **SURROUNDINGS,
}
_OBJECTIVES_FROM = f"""{_OBJECTIVES_OF_IDS}
    JOIN cycles y ON y.organization_id = :organization_id AND y.id = o.cycle_id{POLICIES}
    {cadence_of("o", "o")}
    {_LATEST.format(f"c.objective_id = o.id AND c.key_result_id IS NULL AND {_IS_VALID}")}
    {_ACTIVE.format("o", "objective_revisions")}{ABOVE}"""

_EDGE = {
    "part": "'EDGE'",
    **{
        name: f"a.{name}"
        for name in ("id", "objective_id", "position", "parent_id", "parent_key_result_id", "kind", "weight")
    },
    **{name: f"o.{name}" for name in (*_STORED, "visibility")},
}
# OFFSET 0: the objectives are looked up one by one, however many there are.
_EDGES_FROM = f"""
    FROM alignments a
    CROSS JOIN LATERAL (
        SELECT {", ".join(f"o.{name}" for name in (*_STORED, "visibility"))} FROM objectives o
        WHERE o.organization_id = :organization_id AND o.id = a.objective_id OFFSET 0
    ) o
    WHERE a.organization_id = :organization_id AND a.parent_id = ANY(CAST(:ids AS uuid[])) AND a.archived_at IS NULL"""


def _select(expressions: Mapping[str, str], source: str) -> str:
    columns = [expressions.get(name, "NULL") for name in (*_KEY_RESULT, *_OTHERS)]
    return f"SELECT {','.join(columns)} {source}"


def _first_select() -> str:
    columns = [
        expression if expression.endswith(f".{name}") else f"{expression} AS {name}"
        for name, expression in _KEY_RESULT.items()
    ]
    columns += [f"NULL::{type} AS {name}" for name, type in _OTHERS.items()]
    return f"SELECT {','.join(columns)} {_KEY_RESULTS_FROM}"


def on_one_line(sql: str) -> str:
    return " ".join(sql.split())


PARTS = tuple(
    text(part)
    for part in (
        _first_select(),
        _select(_SETTLED_KEY_RESULT, _SETTLED_KEY_RESULTS_FROM),
        _select(OBJECTIVE, _OBJECTIVES_FROM),
        _select(_EDGE, _EDGES_FROM),
    )
)
# Key results, objectives and alignments, told apart by `part`; columns that one of them lacks are null. Of objectives
# in `:ids` that are not in `:changed`, only what was below them has changed, and of those in `:realigned` what is
# above. Without indentation, since the statement is sent together with what is written, as one that has to be short
# enough to be prepared: no name of a column is said twice either.
GOALS = text(on_one_line(f"{' UNION ALL '.join(part.text for part in PARTS)} ORDER BY part, position, id"))
