"""The KPI dashboard of a category by hand: counts by status, and each KPI with its series."""

from bench.documents.screen_statements.kpis import TREND, attainment, kpi_status, kpis, target_of
from bench.documents.screen_statements.parts import AVATAR, owner, variable
from bench.documents.statements import aggregated, live

_STATUSES = "array_position(ARRAY['GREEN', 'AMBER', 'RED', 'INCOMPLETE', 'NO_TARGET', 'NO_DATA'], c.status)"
_LATE = "count(*) FILTER (WHERE o.freshness IN ('LATE', 'MISSING'))"
_STATS = f"""(SELECT json_build_array(json_build_object('count', count(*), 'overdueCount', {_LATE}, 'statuses', (
    SELECT {aggregated("'status', c.status, 'count', c.count, 'overdueCount', c.late", _STATUSES)}
    FROM (SELECT o.status, count(*) AS count, {_LATE} AS late FROM cards o GROUP BY o.status) c))) FROM cards o)"""
# One value for each period of a KPI; of periods without one, too.
_SERIES = f"""(SELECT {
    aggregated(
        "'startsOn', b.day, 'value', b.value, 'target', t.value, 'status', "
        f"{kpi_status('b.value', 't', attainment('b.value', 't.value'))}",
        "b.day",
    )
}
    FROM (SELECT d.day::date AS day, (d.day + o.period)::date - 1 AS last, m.value
        FROM generate_series({variable("from", "date")}, {variable("to", "date")}, o.period) d (day)
        LEFT JOIN kpi_measurements m ON m.organization_id = $1 AND m.kpi_id = o.id AND m.starts_on = d.day::date) b
    LEFT JOIN LATERAL {target_of("b.last")} t ON true)"""
_NODES = f"""'id', o.id, 'name', o.name, 'unit', o.unit, 'displayDecimals', o.display_decimals,
    'direction', o.direction, 'current', o.current, 'target', o.target, 'attainment', o.attained, 'status', o.status,
    'freshness', o.freshness, 'trend', {TREND}, 'change', o.change, 'owner', {owner("o.owner_id", AVATAR)},
    'series', {_SERIES}"""
_ROWS = f"FROM kpis o WHERE {live('o')} AND o.category = $2::jsonb #>> '{{filter,category,eq}}'"
KPI_DASHBOARD = f"""WITH cards AS MATERIALIZED (SELECT * FROM {kpis(_ROWS)})
    SELECT json_build_object('kpiStats', {_STATS}, 'kpis', json_build_object(
        'totalCount', (SELECT count(*) FROM cards),
        'pageInfo', json_build_object('hasNextPage', (SELECT count(*) > 60 FROM cards)),
        'nodes', (SELECT {aggregated(_NODES, "o.name, o.id")}
            FROM (SELECT * FROM cards ORDER BY name, id LIMIT 60) o)))"""
