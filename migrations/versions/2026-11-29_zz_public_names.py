"""Columns, and the keys and words in events and courses, have the names of the schema."""

from alembic import op

from migrations.tenancy import as_owner

revision = "0110_public_names"
down_revision = "0100_kpi_parts"
branch_labels = None
depends_on = None

# Subject type, old and new key of `events.changes`.
EVENT_KEYS = (
    ("Organization", "fiscal_month", "fiscal_year_start_month"),
    ("Kpi", "nature", "value_type"),
    ("Kpi", "points", "measurements"),
)


def upgrade() -> None:
    """By changes of type, because policies hide the rows from UPDATE."""
    as_owner()
    op.execute("ALTER TABLE organizations RENAME COLUMN fiscal_month TO fiscal_year_start_month")
    op.execute(
        "ALTER TABLE organizations RENAME CONSTRAINT ck_organizations_fiscal_month"
        " TO ck_organizations_fiscal_year_start_month"
    )
    for table in ("kpis", "kpi_revisions"):
        op.execute(f"ALTER TABLE {table} RENAME COLUMN nature TO value_type")
        op.execute(f"ALTER TABLE {table} RENAME CONSTRAINT ck_{table}_kpinature TO ck_{table}_kpivaluetype")
    changes = "changes"
    for subject_type, old, new in EVENT_KEYS:
        renamed = f"({changes}) - '{old}' || jsonb_build_object('{new}', ({changes}) -> '{old}')"
        changes = f"CASE WHEN subject_type = '{subject_type}' AND changes ? '{old}' THEN {renamed} ELSE {changes} END"
    op.execute(f"ALTER TABLE events ALTER COLUMN changes TYPE jsonb USING {changes}")
    for table in ("objectives", "key_results"):
        reasons = "array_replace(status_reasons, 'SAID_IN_CHECK_IN', 'STATED_IN_CHECK_IN')"
        op.execute(f"ALTER TABLE {table} ALTER COLUMN status_reasons TYPE text[] USING {reasons}")
