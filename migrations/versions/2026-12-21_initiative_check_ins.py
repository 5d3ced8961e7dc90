"""Check-ins on initiatives, and what initiatives were created with."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import APPLICATION, as_owner, protect

revision = "0590_initiative_check_ins"
down_revision = "0580_initiatives"
branch_labels = None
depends_on = None

TABLE = "initiative_check_ins"
STATES = ("PLANNED", "IN_PROGRESS", "PAUSED", "DONE", "CANCELLED")
CHECKS = {
    "initiativestate": f"state IN ({', '.join(repr(each) for each in STATES)})",
    "progress": "progress BETWEEN 0 AND 1",
    "invalid_since": "invalid_since >= recorded_at",
    "replaces": "replaces_id <> id",
    "withdrawal": "NOT is_withdrawal OR (replaces_id IS NOT NULL AND invalid_since IS NOT NULL "
    "AND num_nonnulls(progress, state, note) = 0)",
}
REFERENCES = {
    "initiative_id": "initiatives",
    "author_id": "people",
    "recorder_id": "people",
    "service_account_id": "service_accounts",
}


def _state(name: str) -> "sa.Enum":
    return sa.Enum(*STATES, name=name, native_enum=False, length=40, create_constraint=False)


def _instant(name: str, *, nullable: bool = False) -> "sa.Column[datetime]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    """State and progress of the initiatives that there are count as those that they were created with."""
    as_owner()
    # The policy holds for the owner, too.
    op.execute("ALTER TABLE initiatives NO FORCE ROW LEVEL SECURITY")
    op.add_column("initiatives", sa.Column("initial_state", _state("initialstate"), nullable=True))
    op.add_column("initiatives", sa.Column("initial_progress", sa.Numeric(25, 24), nullable=True))
    op.execute("UPDATE initiatives SET initial_state = state, initial_progress = progress")
    op.alter_column("initiatives", "initial_state", nullable=False)
    op.execute("ALTER TABLE initiatives FORCE ROW LEVEL SECURITY")
    op.create_check_constraint(
        op.f("ck_initiatives_initialstate"), "initiatives", sa.column("initial_state").in_(STATES)
    )
    op.create_check_constraint(
        op.f("ck_initiatives_initial_progress"), "initiatives", "initial_progress BETWEEN 0 AND 1"
    )
    op.create_table(
        TABLE,
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("progress", sa.Numeric(25, 24), nullable=True),
        sa.Column("state", _state("initiativestate"), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("recorder_id", sa.Uuid(), nullable=True),
        sa.Column("service_account_id", sa.Uuid(), nullable=True),
        _instant("at"),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("is_withdrawal", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=True),
        _instant("recorded_at"),
        _instant("invalid_since", nullable=True),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(), nullable=False),
        *(sa.CheckConstraint(condition, name=op.f(f"ck_{TABLE}_{name}")) for name, condition in CHECKS.items()),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f(f"fk_{TABLE}_organization_id")),
        *(
            sa.ForeignKeyConstraint(
                ["organization_id", column],
                [f"{referred}.organization_id", f"{referred}.id"],
                name=op.f(f"fk_{TABLE}_organization_id_{column}"),
            )
            for column, referred in REFERENCES.items()
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("organization_id", "external_id", name=op.f(f"uq_{TABLE}_organization_id_external_id")),
    )
    order = ["organization_id", "initiative_id", "at", "recorded_at", "sequence"]
    op.create_index(f"ix_{TABLE}_initiative", TABLE, order)
    op.create_index(f"ix_{TABLE}_author", TABLE, ["organization_id", "author_id"])
    for name in ("replaces", "recorder", "service_account"):
        op.create_index(
            f"ix_{TABLE}_{name}",
            TABLE,
            ["organization_id", f"{name}_id"],
            unique=name == "replaces",
            postgresql_where=sa.text(f"{name}_id IS NOT NULL"),
        )
    protect(TABLE, append_only=True)
    op.execute(f"GRANT UPDATE (invalid_since) ON {TABLE} TO {APPLICATION}")
