"""Key results and KPIs tell the kind of their unit, its currency, and how many digits are shown."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import as_owner

revision = "0500_units"
down_revision = "0470_dates_of_goals"
branch_labels = None
depends_on = None

TABLES = {"key_results": "position", "kpis": "name"}
KINDS = ("NUMBER", "PERCENT", "CURRENCY", "DURATION")


def upgrade() -> None:
    as_owner()
    for table, order in TABLES.items():
        for each in (table, f"{table.removesuffix('s')}_revisions"):
            kind = sa.Enum(*KINDS, name="unitkind", native_enum=False, length=40)
            op.add_column(each, sa.Column("unit_kind", kind, nullable=True))
            values = ", ".join(f"'{value}'" for value in KINDS)
            op.create_check_constraint(op.f(f"ck_{each}_unitkind"), each, f"unit_kind IN ({values})")
            op.add_column(each, sa.Column("currency", sa.Text(collation="C"), nullable=True))
            op.add_column(each, sa.Column("display_decimals", sa.Integer(), nullable=True))
        op.create_check_constraint(
            op.f(f"ck_{table}_currency"),
            table,
            "(unit_kind IS NOT DISTINCT FROM 'CURRENCY') = (currency IS NOT NULL)",
        )
        op.create_check_constraint(op.f(f"ck_{table}_display_decimals"), table, "display_decimals BETWEEN 0 AND 12")
        for column in ("unit_kind", "currency"):
            op.execute(
                f"CREATE INDEX ix_{table}_{column} ON {table} "
                f"(organization_id, {column}, (archived_at IS NULL), {order}, id) WHERE {column} IS NOT NULL"
            )
