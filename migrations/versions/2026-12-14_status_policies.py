"""The status policy has versions, and a closed cycle keeps the one that was in force at its close."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import as_owner, protect

revision = "0530_status_policies"
down_revision = "0500_units"
branch_labels = None
depends_on = None

CYCLES = ("cycles", "cycle_revisions")
# The policy of today is the first version that is known, and the one by which goals of closed cycles were judged.
FIRST_VERSIONS = """
    INSERT INTO status_policies
        (organization_id, id, number, on_track_pace, at_risk_pace, check_in_cadence_days, valid_from)
    SELECT id, gen_random_uuid(), 1, on_track_pace, at_risk_pace, check_in_cadence_days, created_at
    FROM organizations"""
KEPT = """
    UPDATE {0} y SET status_policy_id = p.id FROM status_policies p
    WHERE p.organization_id = y.organization_id AND y.state = 'CLOSED'"""


def upgrade() -> None:
    """Rows of all tenants are filled in, so their policies do not bind the owner meanwhile."""
    as_owner()
    op.create_table(
        "status_policies",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("on_track_pace", sa.Float(), nullable=False),
        sa.Column("at_risk_pace", sa.Float(), nullable=False),
        sa.Column("check_in_cadence_days", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("service_account_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "at_risk_pace <= on_track_pace AND at_risk_pace >= 0", name=op.f("ck_status_policies_paces")
        ),
        sa.CheckConstraint("check_in_cadence_days BETWEEN 1 AND 366", name=op.f("ck_status_policies_cadence")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_status_policies_number")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_status_policies_organization_id")
        ),
        *(
            sa.ForeignKeyConstraint(
                ["organization_id", column],
                [f"{table}.organization_id", f"{table}.id"],
                name=op.f(f"fk_status_policies_organization_id_{column}"),
            )
            for column, table in (("author_id", "people"), ("service_account_id", "service_accounts"))
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_status_policies")),
        sa.UniqueConstraint("organization_id", "number", name=op.f("uq_status_policies_organization_id_number")),
    )
    for table in CYCLES:
        op.add_column(table, sa.Column("status_policy_id", sa.Uuid(), nullable=True))
    bound = ("organizations", *CYCLES)
    for table in bound:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(FIRST_VERSIONS)
    for table in CYCLES:
        op.execute(KEPT.format(table))
    # Foreign keys of the rows are checked at the end, and a table with such events pending cannot be altered.
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in bound:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.create_foreign_key(
        op.f("fk_cycles_organization_id_status_policy_id"),
        "cycles",
        "status_policies",
        ["organization_id", "status_policy_id"],
        ["organization_id", "id"],
    )
    op.create_check_constraint(
        op.f("ck_cycles_status_policy"), "cycles", "(state = 'CLOSED') = (status_policy_id IS NOT NULL)"
    )
    for table, name in (
        ("status_policies", "author"),
        ("status_policies", "service_account"),
        ("cycles", "status_policy"),
    ):
        op.create_index(
            f"ix_{table}_{name}",
            table,
            ["organization_id", f"{name}_id"],
            postgresql_where=sa.text(f"{name}_id IS NOT NULL"),
        )
    protect("status_policies", append_only=True)
