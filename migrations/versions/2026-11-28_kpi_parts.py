"""Computed measurements tell how many of their parts have a value, and what those come to."""

from alembic import op

from migrations.tenancy import as_owner

revision = "0100_kpi_parts"
down_revision = "0007_changed_at"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Measurements computed before have none until they are computed again, as `okrgraph doctor --repair` does."""
    as_owner()
    op.execute("ALTER TABLE kpi_measurements ADD COLUMN part_count integer")
    op.execute("ALTER TABLE kpi_measurements ADD COLUMN expected_part_count integer")
    op.execute("ALTER TABLE kpi_measurements ADD COLUMN partial_value numeric")
