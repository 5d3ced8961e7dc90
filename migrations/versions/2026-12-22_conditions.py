"""Lists of goals by whether a guardrail is breached have an index."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import as_owner

revision = "0600_conditions"
down_revision = "0590_initiative_check_ins"
branch_labels = None
depends_on = None


def upgrade() -> None:
    as_owner()
    for table in ("objectives", "key_results"):
        op.create_index(
            f"ix_{table}_guardrail_breached",
            table,
            ["organization_id", "guardrail_breached", sa.text("(archived_at IS NULL)"), "position", "id"],
            postgresql_where=sa.text("guardrail_breached <> 'false'"),
        )
