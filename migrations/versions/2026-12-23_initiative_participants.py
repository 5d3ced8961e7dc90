"""People and teams take part in initiatives, too."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import as_owner

revision = "0610_initiative_participants"
down_revision = "0600_conditions"
branch_labels = None
depends_on = None

GOALS = ["objective_id", "kpi_id", "initiative_id"]


def upgrade() -> None:
    as_owner()
    op.add_column("participants", sa.Column("initiative_id", sa.Uuid(), nullable=True))
    op.drop_constraint(op.f("ck_participants_goal"), "participants")
    op.create_check_constraint(op.f("ck_participants_goal"), "participants", f"num_nonnulls({', '.join(GOALS)}) = 1")
    op.drop_constraint("uq_participants_member", "participants")
    op.create_unique_constraint(
        "uq_participants_member",
        "participants",
        ["organization_id", *GOALS, "person_id", "team_id"],
        postgresql_nulls_not_distinct=True,
    )
    op.create_foreign_key(
        op.f("fk_participants_organization_id_initiative_id"),
        *("participants", "initiatives", ["organization_id", "initiative_id"], ["organization_id", "id"]),
    )
    op.create_index("ix_participants_initiative", "participants", ["organization_id", "initiative_id"])
