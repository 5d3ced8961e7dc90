"""Goals are sorted by progress and confidence, and filtered by the reason of their status, by indexes."""

from alembic import op

from migrations.tenancy import as_owner

revision = "0630_orders_of_goals"
down_revision = "0620_surroundings"
branch_labels = None
depends_on = None

TEXT = 'text COLLATE "C"'
# The reason of the stored step.
REASON = "status_reasons[greatest(1, width_bucket(coalesce(step_since, TIMESTAMPTZ '-infinity'), status_since))]"
LIVE = "(archived_at IS NULL)"
INDEXES = {
    "progress": f"(organization_id, {LIVE}, progress_order, id)",
    "reason": f"(organization_id, step_reason, {LIVE}, position, id)",
    "confidence": f"(organization_id, {LIVE}, confidence, id) WHERE confidence IS NOT NULL",
}


def upgrade() -> None:
    """By a change of type, because policies hide the rows from UPDATE; each table is written once."""
    as_owner()
    for table in ("objectives", "key_results"):
        op.execute(f"ALTER TABLE {table} ADD COLUMN step_reason {TEXT}, ADD COLUMN progress_order double precision")
        op.execute(
            f"ALTER TABLE {table} ALTER COLUMN step_reason TYPE {TEXT} USING {REASON}, "
            "ALTER COLUMN progress_order TYPE double precision USING CAST(progress AS double precision)"
        )
        for name, columns in INDEXES.items():
            op.execute(f"CREATE INDEX ix_{table}_{name} ON {table} {columns}")
