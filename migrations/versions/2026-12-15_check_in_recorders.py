"""Check-ins keep who made them on behalf of their author."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import as_owner

revision = "0490_check_in_recorders"
down_revision = "0530_status_policies"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The check-ins that there are were made by their authors, or by a service account for them."""
    as_owner()
    op.add_column("check_ins", sa.Column("recorder_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_check_ins_organization_id_recorder_id"),
        "check_ins",
        "people",
        ["organization_id", "recorder_id"],
        ["organization_id", "id"],
    )
    op.create_index(
        "ix_check_ins_recorder",
        "check_ins",
        ["organization_id", "recorder_id"],
        postgresql_where=sa.text("recorder_id IS NOT NULL"),
    )
