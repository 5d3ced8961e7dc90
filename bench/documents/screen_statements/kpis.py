"""KPIs with their newest values, targets, statuses and freshness by hand.

As the formulas of docs/numbers.md say for numbers that shall be high or low: no ranges, labels or cumulative values.
"""

from bench.documents.statements import live

_PERIOD = """CASE o.frequency WHEN 'WEEKLY' THEN interval '7 days' WHEN 'MONTHLY' THEN interval '1 month'
    WHEN 'QUARTERLY' THEN interval '3 months' WHEN 'YEARLY' THEN interval '1 year' ELSE interval '1 day' END"""
_GRACE = """coalesce(o.grace_days, CASE o.frequency WHEN 'DAILY' THEN 1 WHEN 'WEEKLY' THEN 2 WHEN 'MONTHLY' THEN 5
    WHEN 'QUARTERLY' THEN 10 ELSE 30 END) * interval '1 day'"""
# The newest six values: the newest two, and the slope of the line through all.
_NEWEST = """(SELECT max(n.starts_on) AS starts_on, (array_agg(n.value ORDER BY n.starts_on DESC))[1] AS value,
        (array_agg(n.value ORDER BY n.starts_on DESC))[2] AS previous, count(*) AS count,
        regr_slope(n.value::float8, CASE WHEN o.frequency IN ('MONTHLY', 'QUARTERLY', 'YEARLY')
            THEN extract(year FROM n.starts_on) * 12 + extract(month FROM n.starts_on)
            ELSE n.starts_on - date '2000-01-01' END::float8) AS slope
    FROM (SELECT m.starts_on, m.value FROM kpi_measurements m WHERE m.organization_id = $1 AND m.kpi_id = o.id
        AND m.value IS NOT NULL ORDER BY m.starts_on DESC LIMIT 6) n)"""


def target_of(day: str) -> str:
    """The target of a KPI on a day."""
    return f"""(SELECT t.value, t.threshold_kind, t.green, t.amber FROM kpi_targets t WHERE {live("t")}
        AND t.kpi_id = o.id AND t.starts_on <= {day} AND (t.ends_on IS NULL OR t.ends_on >= {day})
        ORDER BY t.starts_on DESC LIMIT 1)"""


def attainment(value: str, target: str) -> str:
    """The attainment of a target."""
    return f"""CASE WHEN {target} = 0 THEN (CASE o.direction WHEN 'LOWER' THEN {value} <= 0 ELSE {value} >= 0 END)::int
        WHEN {target} < 0 THEN NULL WHEN o.direction = 'LOWER' THEN 2 - {value} / {target}
        ELSE {value} / {target} END"""


def kpi_status(value: str, target: str, attained: str) -> str:
    """The status of a value; the target is an alias with its thresholds."""
    reached = f"CASE o.direction WHEN 'LOWER' THEN {value} <= {target}.{{0}} ELSE {value} >= {target}.{{0}} END"
    return f"""CASE WHEN {value} IS NULL THEN 'NO_DATA' WHEN {target}.value IS NULL THEN 'NO_TARGET'
        WHEN {target}.threshold_kind = 'ABSOLUTE' THEN CASE WHEN {reached.format("green")} THEN 'GREEN'
            WHEN {reached.format("amber")} THEN 'AMBER' ELSE 'RED' END
        WHEN {attained} >= coalesce({target}.green, 1) THEN 'GREEN'
        WHEN {attained} >= coalesce({target}.amber, 0.9) THEN 'AMBER' ELSE 'RED' END"""


def kpis(rows: str) -> str:
    """KPIs of the alias o with what is computed of them; `rows` are FROM and WHERE, ORDER BY and LIMIT."""
    return f"""(SELECT o.*, m.value AS current, m.value - m.previous AS change, m.slope, m.count AS value_count,
            t.value AS target, a.attained, d.due_at, f.freshness, CASE WHEN f.freshness = 'MISSING' THEN 'NO_DATA'
            ELSE {kpi_status("m.value", "t", "a.attained")} END AS status
        FROM (SELECT o.*, {_PERIOD} AS period FROM organizations g CROSS JOIN LATERAL (
                SELECT o.*, coalesce(o.time_zone, g.time_zone) AS zone {rows}) o WHERE g.id = $1) o
        CROSS JOIN LATERAL {_NEWEST} m
        LEFT JOIN LATERAL {target_of("(m.starts_on + o.period - interval '1 day')::date")} t ON true
        CROSS JOIN LATERAL (SELECT {attainment("m.value", "t.value")} AS attained) a
        CROSS JOIN LATERAL (SELECT (o.period + coalesce(m.starts_on + o.period,
            date_trunc('day', o.created_at AT TIME ZONE o.zone))) AT TIME ZONE o.zone AS due_at) d
        CROSS JOIN LATERAL (SELECT CASE WHEN m.value IS NULL THEN 'MISSING' WHEN now() < d.due_at THEN 'FRESH'
            WHEN now() < d.due_at + {_GRACE} THEN 'DUE' WHEN now() < d.due_at + o.period + {_GRACE} THEN 'LATE'
            ELSE 'MISSING' END AS freshness) f) o"""


TREND = """CASE WHEN o.value_count < 3 THEN NULL WHEN o.slope = 0 THEN 'FLAT'
    WHEN (o.slope > 0) = (o.direction = 'HIGHER') THEN 'IMPROVING' ELSE 'DECLINING' END"""


def kpi_page(nodes: str, condition: str, size: int) -> str:
    """The KPIs of a condition by name, with their total."""
    rows = f"FROM kpis o WHERE {live('o')} AND {condition}"
    return f"""'kpis', json_build_object(
        'totalCount', (SELECT least(count(*), 10000) FROM (SELECT {rows} LIMIT 10001) counted),
        'nodes', (SELECT coalesce(json_agg(json_build_object({nodes}) ORDER BY o.name, o.id), '[]')
            FROM {kpis(f"{rows} ORDER BY o.name, o.id LIMIT {size}")}))"""
