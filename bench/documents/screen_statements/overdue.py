"""Overdue goals and KPIs by hand."""

from bench.documents.screen_statements.kpis import kpis
from bench.documents.screen_statements.parts import TEAM, owner, page, staleness, status, variable
from bench.documents.statements import aggregated, live

_PEOPLE = f"'owner', {owner('o.owner_id')}, 'team', {TEAM.format(id='o.team_id')}"


def _objectives(field: str, more: str, condition: str, order: str) -> str:
    """The first fifty objectives of a condition."""
    nodes = f"'id', o.id, 'title', o.title, 'status', {status('o')}, {more}, {_PEOPLE}"
    return page(field, nodes, f"FROM objectives o WHERE {live('o')} AND {condition}", f"{order}, o.id", 50)


_STALE = _objectives(
    "stale", "'nextCheckInDueAt', o.check_in_due_at", f"{staleness('o')} = 'OVERDUE'", "o.check_in_due_at"
)
_PAST_DUE = _objectives(
    "pastDue",
    "'progress', o.progress, 'dueAt', o.due_at",
    f"""o.due_at < {variable("now", "timestamptz")} AND o.progress < 1 AND o.lifecycle = 'ACTIVE' AND EXISTS (
        SELECT FROM cycles c WHERE {live("c")} AND c.id = o.cycle_id AND c.state IN ('ACTIVE', 'CLOSING'))""",
    "o.due_at",
)
_MEASUREMENTS = f"""(SELECT {
    aggregated(
        f"'dueAt', o.due_at, 'freshness', o.freshness, 'owner', {owner('o.owner_id')}, "
        "'kpi', json_build_object('id', o.id, 'name', o.name)",
        "o.due_at, o.id",
    )
} FROM {kpis(f"FROM kpis o WHERE {live('o')} AND o.source = 'MEASURED' AND o.frequency <> 'IRREGULAR'")}
    WHERE o.due_at <= now())"""
OVERDUE = f"SELECT json_build_object({_STALE}, {_PAST_DUE}, 'measurementsDue', {_MEASUREMENTS})"
