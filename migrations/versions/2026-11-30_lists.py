"""An index serves every filter and order of lists, and the step of a goal that is in force is stored for them."""

from alembic import op

from migrations.tenancy import as_owner

revision = "0340_lists"
down_revision = "0130_api_key_scopes"
branch_labels = None
depends_on = None

GOALS = ("objectives", "key_results")
LIVE = "(archived_at IS NULL)"
# Tables whose rows people change have lists by these.
CHANGEABLE = (
    *("alignments", "cycles", "key_results", "kpi_links", "kpi_targets", "kpis", "milestones", "objectives", "people"),
    *("pillars", "teams"),
)
# The columns of orders, by the ends of the names of their indexes.
ORDERS = {
    "objectives": {"title": "title", "position": "position", "changed": "changed_at"},
    "key_results": {"title": "title", "position": "position", "changed": "changed_at"},
    "kpis": {"name": "name", "changed": "changed_at"},
    "cycles": {"start": "starts_on"},
    "people": {"name": "name"},
    "teams": {"name": "name"},
    "pillars": {"name": "name"},
}
# The default order of lists, and the columns of filters by the ends of the names of their indexes.
FILTERS = {
    "objectives": (
        "position",
        {
            **{"level": "level", "cycle": "cycle_id", "owner": "owner_id", "team": "team_id", "pillar": "pillar_id"},
            **{"status": "step_status", "staleness": "step_staleness"},
        },
    ),
    "key_results": (
        "position",
        {
            **{"objective": "objective_id", "owner": "owner_id", "kind": "kind"},
            **{"status": "step_status", "staleness": "step_staleness"},
        },
    ),
    "kpis": (
        "name",
        {
            **{"parent": "parent_id", "owner": "owner_id", "team": "team_id", "unit": "unit"},
            **{each: each for each in ("category", "perspective", "direction", "indicator", "frequency", "source")},
        },
    ),
    "cycles": (
        "starts_on",
        {"parent": "parent_id", "name": "name", "kind": "kind", "state": "state", "end": "ends_on"},
    ),
    "people": ("name", {"role": "role"}),
    "teams": ("name", {"parent": "parent_id"}),
    "alignments": ("position", {"parent": "parent_id", "parent_key_result": "parent_key_result_id"}),
}
# Columns of filters in which most rows have one value. These are not in the index.
UNCOMMON = {
    "objectives": {
        "kind": "<> 'ASPIRATIONAL'",
        "lifecycle": "<> 'ACTIVE'",
        "visibility": "<> 'ORGANIZATION'",
        "perspective": "IS NOT NULL",
    },
    "key_results": {"lifecycle": "<> 'ACTIVE'", "unit": "IS NOT NULL"},
}
EVENTS = {"actor": "actor_id", "verb": "verb", "subject_type": "subject_type", "recorded": "recorded_at"}
# The first step begins before all time, and a goal that is not in force has none.
_STEP = "greatest(1, width_bucket(now(), status_since))"
STEPS = {
    "step_since": ("timestamptz", f"CASE WHEN {_STEP} > 1 THEN status_since[{_STEP}] END"),
    "step_until": ("timestamptz", f"status_since[{_STEP} + 1]"),
    "step_status": ('text COLLATE "C"', f"status_steps[{_STEP}]"),
    "step_staleness": ('text COLLATE "C"', f"staleness_steps[{_STEP}]"),
}


def upgrade() -> None:
    """By changes of type, because policies hide the rows from UPDATE."""
    as_owner()
    for table in GOALS:
        added = ", ".join(f"ADD COLUMN {name} {kind}" for name, (kind, _) in STEPS.items())
        op.execute(f"ALTER TABLE {table} {added}")
        filled = ", ".join(f"ALTER COLUMN {name} TYPE {kind} USING {value}" for name, (kind, value) in STEPS.items())
        op.execute(f"ALTER TABLE {table} {filled}")
        for name, column in (("until", "step_until"), ("since", "step_since")):
            _index(table, name, f"organization_id, {column}", f" WHERE {column} IS NOT NULL")
    for table in CHANGEABLE:
        for name in ("created", "updated"):
            _index(table, name, f"organization_id, {LIVE}, {name}_at, id")
    for table, orders in ORDERS.items():
        for name, column in orders.items():
            _index(table, name, f"organization_id, {LIVE}, {column}, id")
    for table, (order, filters) in FILTERS.items():
        for name, column in filters.items():
            _index(table, name, f"organization_id, {column}, {LIVE}, {order}, id")
    for table, conditions in UNCOMMON.items():
        for column, condition in conditions.items():
            _index(table, column, f"organization_id, {column}, {LIVE}, position, id", f" WHERE {column} {condition}")
    for name, column in EVENTS.items():
        _index("events", name, f"organization_id, {column}, id")


def _index(table: str, name: str, columns: str, condition: str = "") -> None:
    """The index of this name, instead of the one that may be there."""
    op.execute(f"DROP INDEX IF EXISTS ix_{table}_{name}")
    op.execute(f"CREATE INDEX ix_{table}_{name} ON {table} ({columns}){condition}")
