"""What becomes of goals in the cycle that comes next: decisions, and the goals that carry others on."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import as_owner, protect

revision = "0460_carry_overs"
down_revision = "0450_cycle_states"
branch_labels = None
depends_on = None

DECISIONS = ("KEEP", "MODIFY", "ABANDON")
VERBS = (
    *("CREATED", "UPDATED", "REORDERED", "ARCHIVED", "RESTORED", "CHECKED_IN", "ALIGNED", "UNALIGNED", "REVOKED"),
    *("RECORDED", "DELETED", "LINKED", "UNLINKED", "ERASED"),
    *("ACTIVATED", "CLOSING_BEGUN", "EXTENDED", "SCORED", "CLOSED", "REOPENED", "CARRIED_OVER"),
)
REFERENCES = {
    "objective_id": "objectives",
    "key_result_id": "key_results",
    "cycle_id": "cycles",
    "successor_id": "objectives",
    "successor_key_result_id": "key_results",
}


def upgrade() -> None:
    as_owner()
    op.create_table(
        "carry_overs",
        sa.Column("objective_id", sa.Uuid(), nullable=False),
        sa.Column("key_result_id", sa.Uuid(), nullable=True),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column(
            "decision", sa.Enum(*DECISIONS, name="carryoverdecision", native_enum=False, length=40), nullable=False
        ),
        sa.Column("successor_id", sa.Uuid(), nullable=True),
        sa.Column("successor_key_result_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(sa.column("decision").in_(DECISIONS), name=op.f("ck_carry_overs_carryoverdecision")),
        sa.CheckConstraint("(decision = 'ABANDON') = (successor_id IS NULL)", name=op.f("ck_carry_overs_successor")),
        sa.CheckConstraint(
            "(successor_key_result_id IS NULL) = (key_result_id IS NULL OR decision = 'ABANDON')",
            name=op.f("ck_carry_overs_successor_key_result"),
        ),
        sa.CheckConstraint("successor_id <> objective_id", name=op.f("ck_carry_overs_self")),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_carry_overs_organization_id")),
        *(
            sa.ForeignKeyConstraint(
                ["organization_id", column],
                [f"{table}.organization_id", f"{table}.id"],
                name=op.f(f"fk_carry_overs_organization_id_{column}"),
            )
            for column, table in REFERENCES.items()
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_carry_overs")),
        sa.UniqueConstraint(
            *("organization_id", "objective_id", "key_result_id", "cycle_id"),
            name="uq_carry_overs_goal",
            postgresql_nulls_not_distinct=True,
        ),
    )
    for name, column in (("key_result", "key_result_id"), ("cycle", "cycle_id")):
        op.create_index(f"ix_carry_overs_{name}", "carry_overs", ["organization_id", column])
    op.create_index(
        "ix_carry_overs_successor",
        "carry_overs",
        ["organization_id", "successor_id", "key_result_id"],
        unique=True,
        postgresql_where=sa.text("successor_id IS NOT NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_index(
        "ix_carry_overs_successor_key_result",
        "carry_overs",
        ["organization_id", "successor_key_result_id"],
        unique=True,
    )
    op.drop_constraint(op.f("ck_events_verb"), "events", type_="check")
    op.create_check_constraint(op.f("ck_events_verb"), "events", sa.column("verb").in_(VERBS))
    protect("carry_overs")
