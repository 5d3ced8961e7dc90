"""Goals and KPIs tell when anything they show was last changed, so that clients know what to fetch again."""

from alembic import op

from migrations.tenancy import as_owner

revision = "0007_changed_at"
down_revision = "0006_input_digest"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Rows that are there begin with the time of their own last change; policies hide them from UPDATE."""
    as_owner()
    for table in ("objectives", "key_results", "kpis"):
        op.execute(f"ALTER TABLE {table} ADD COLUMN changed_at timestamptz")
        op.execute(f"ALTER TABLE {table} ALTER COLUMN changed_at TYPE timestamptz USING updated_at")
        op.execute(f"ALTER TABLE {table} ALTER COLUMN changed_at SET NOT NULL")
        op.execute(f"CREATE INDEX ix_{table}_changed ON {table} (organization_id, changed_at, id)")
