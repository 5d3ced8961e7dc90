"""A participant has one role in a goal, so that a new role replaces the one before."""

from alembic import op

from migrations.tenancy import as_owner

revision = "0410_participants"
down_revision = "0380_audit_events"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No change has made participants so far, so none has two roles."""
    as_owner()
    op.drop_constraint("uq_participants_member", "participants")
    op.create_unique_constraint(
        "uq_participants_member",
        "participants",
        ["organization_id", "objective_id", "kpi_id", "person_id", "team_id"],
        postgresql_nulls_not_distinct=True,
    )
