"""Objectives and key results have dates of their own, and lists by when they begin and are due."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import as_owner

revision = "0470_dates_of_goals"
down_revision = "0480_cycle_kinds"
branch_labels = None
depends_on = None
# An objective by its worst contributor is NOT_STARTED before its own start, which stored timelines do not know.
RECOMPUTES = True

TABLES = {"objectives": "objective_revisions", "key_results": "key_result_revisions"}
GRANULARITIES = ("DAY", "MONTH", "QUARTER", "HALF_YEAR", "YEAR")
SIDES = {
    "start": ("starts_on", "start_granularity", "own_starts_at"),
    "due": ("due_on", "due_granularity", "own_due_at"),
}
# Goals have the span of their cycle.
FILL = {
    "objectives": """
        UPDATE objectives o SET starts_at = y.starts_at, due_at = y.ends_at FROM cycles y
        WHERE y.organization_id = o.organization_id AND y.id = o.cycle_id""",
    "key_results": """
        UPDATE key_results k SET starts_at = o.starts_at, due_at = o.due_at FROM objectives o
        WHERE o.organization_id = k.organization_id AND o.id = k.objective_id""",
}


def upgrade() -> None:
    """Rows of all tenants are filled in, so their policies do not bind the owner meanwhile."""
    as_owner()
    for table in ("cycles", "cycle_revisions"):
        op.add_column(
            table, sa.Column("allows_dates_outside", sa.Boolean(), server_default=sa.text("false"), nullable=False)
        )
    for table, revisions in TABLES.items():
        for each in (table, revisions):
            _add_own_dates(each)
        for name, columns in SIDES.items():
            op.create_check_constraint(
                op.f(f"ck_{table}_own_{name}"), table, f"num_nonnulls({', '.join(columns)}) IN (0, 3)"
            )
        for column in ("starts_at", "due_at"):
            op.add_column(table, sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    bound = ("cycles", *TABLES)
    for table in bound:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    for statement in FILL.values():
        op.execute(statement)
    # Foreign keys of the rows are checked at the end, and a table with such events pending cannot be altered.
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in bound:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    for table in TABLES:
        for name, column in (("start", "starts_at"), ("due", "due_at")):
            op.alter_column(table, column, nullable=False)
            op.execute(
                f"CREATE INDEX ix_{table}_{name} ON {table} (organization_id, (archived_at IS NULL), {column}, id)"
            )


def _add_own_dates(table: str) -> None:
    for day, granularity, instant in SIDES.values():
        op.add_column(table, sa.Column(day, sa.Date(), nullable=True))
        kind = sa.Enum(*GRANULARITIES, name=granularity, native_enum=False, length=40)
        op.add_column(table, sa.Column(granularity, kind, nullable=True))
        values = ", ".join(f"'{each}'" for each in GRANULARITIES)
        op.create_check_constraint(op.f(f"ck_{table}_{granularity}"), table, f"{granularity} IN ({values})")
        op.add_column(table, sa.Column(instant, sa.DateTime(timezone=True), nullable=True))
