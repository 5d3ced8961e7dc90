"""Cycles may be half-years, months and six weeks."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import as_owner

revision = "0480_cycle_kinds"
down_revision = "0460_carry_overs"
branch_labels = None
depends_on = None

KINDS = ("YEAR", "HALF_YEAR", "QUARTER", "MONTH", "SIX_WEEKS", "CUSTOM")


def upgrade() -> None:
    """No row changes."""
    as_owner()
    for table in ("cycles", "cycle_revisions"):
        op.drop_constraint(op.f(f"ck_{table}_cyclekind"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_cyclekind"), table, sa.column("kind").in_(KINDS))
