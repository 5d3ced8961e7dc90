"""People contribute to goals and follow them, and people and teams tell how they are shown."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import as_owner

revision = "0540_people"
down_revision = "0490_check_in_recorders"
branch_labels = None
depends_on = None


def upgrade() -> None:
    as_owner()
    op.drop_constraint(op.f("ck_participants_participantrole"), "participants")
    op.create_check_constraint(
        op.f("ck_participants_participantrole"),
        "participants",
        "role IN ('CO_OWNER', 'CONTRIBUTOR', 'READER', 'FOLLOWER')",
    )
    for table in ("people", "teams"):
        for column in ("avatar_url", "color", "locale", "time_zone"):
            op.add_column(table, sa.Column(column, sa.Text(collation="C"), nullable=True))
