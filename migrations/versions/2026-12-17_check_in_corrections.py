"""Check-ins that correct or withdraw others, which do not count any more."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import APPLICATION, as_owner

revision = "0491_check_in_corrections"
down_revision = "0540_people"
branch_labels = None
depends_on = None

VERBS = (
    *("CREATED", "UPDATED", "REORDERED", "ARCHIVED", "RESTORED", "CHECKED_IN", "CORRECTED", "WITHDRAWN", "ALIGNED"),
    *("UNALIGNED", "REVOKED", "RECORDED", "DELETED", "LINKED", "UNLINKED", "ERASED"),
    *("ACTIVATED", "CLOSING_BEGUN", "EXTENDED", "SCORED", "CLOSED", "REOPENED", "CARRIED_OVER"),
)
CHECKS = {
    "invalid_since": "invalid_since >= recorded_at",
    "replaces": "replaces_id <> id",
    "withdrawal": "NOT is_withdrawal OR (replaces_id IS NOT NULL AND invalid_since IS NOT NULL "
    "AND num_nonnulls(value, confidence, status, note) = 0)",
}


def upgrade() -> None:
    """All check-ins that there are stay valid. The application may set since when one is not, and nothing else."""
    as_owner()
    op.add_column("check_ins", sa.Column("replaces_id", sa.Uuid(), nullable=True))
    op.add_column(
        "check_ins", sa.Column("is_withdrawal", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("check_ins", sa.Column("invalid_since", sa.DateTime(timezone=True), nullable=True))
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_check_ins_{name}"), "check_ins", condition)
    op.create_index(
        "ix_check_ins_replaces",
        "check_ins",
        ["organization_id", "replaces_id"],
        unique=True,
        postgresql_where=sa.text("replaces_id IS NOT NULL"),
    )
    op.execute(f"GRANT UPDATE (invalid_since) ON check_ins TO {APPLICATION}")
    op.drop_constraint(op.f("ck_events_verb"), "events")
    op.create_check_constraint(op.f("ck_events_verb"), "events", sa.column("verb").in_(VERBS))
