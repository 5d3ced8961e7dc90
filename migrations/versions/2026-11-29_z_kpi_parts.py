"""Computed measurements tell what is there of their parts, and objectives whether a guardrail is breached below."""

from alembic import op

from migrations.tenancy import as_owner

revision = "0100_kpi_parts"
down_revision = "0090_goal_standing"
branch_labels = None
depends_on = None
# What is derived has to be computed anew from the facts afterwards.
RECOMPUTES = True


def upgrade() -> None:
    """`okrgraph migrate` computes the parts of measurements, and guardrails, anew afterwards."""
    as_owner()
    op.execute("ALTER TABLE kpi_measurements ADD COLUMN part_count integer")
    op.execute("ALTER TABLE kpi_measurements ADD COLUMN expected_part_count integer")
    op.execute("ALTER TABLE kpi_measurements ADD COLUMN partial_value numeric")
    op.execute("ALTER TABLE objectives ADD COLUMN guardrail_breached boolean NOT NULL DEFAULT false")
