"""Service accounts, their API keys, and what they do on behalf of people."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import as_owner, protect

revision = "0420_service_accounts"
down_revision = "0430_share_tokens"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keys that there are stay those of their people, and no event was by a service account."""
    as_owner()
    _create_service_accounts()
    op.alter_column("api_keys", "person_id", nullable=True)
    op.add_column("api_keys", sa.Column("service_account_id", sa.Uuid(), nullable=True))
    op.create_check_constraint(
        op.f("ck_api_keys_holder"), "api_keys", "num_nonnulls(person_id, service_account_id) = 1"
    )
    op.create_index(
        "ix_api_keys_service_account", "api_keys", ["organization_id", "service_account_id", "created_at", "id"]
    )
    op.add_column("check_ins", sa.Column("service_account_id", sa.Uuid(), nullable=True))
    for table in ("api_keys", "check_ins"):
        op.create_foreign_key(
            op.f(f"fk_{table}_organization_id_service_account_id"),
            table,
            "service_accounts",
            ["organization_id", "service_account_id"],
            ["organization_id", "id"],
        )
    op.create_index(
        "ix_check_ins_service_account",
        "check_ins",
        ["organization_id", "service_account_id"],
        postgresql_where=sa.text("service_account_id IS NOT NULL"),
    )
    op.add_column("events", sa.Column("service_account_id", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_events_service_account",
        "events",
        ["organization_id", "service_account_id", "id"],
        postgresql_where=sa.text("service_account_id IS NOT NULL"),
    )


def _create_service_accounts() -> None:
    op.create_table(
        "service_accounts",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                *("ADMIN", "MEMBER", "VIEWER"),
                name="serviceaccountrole",
                native_enum=False,
                length=40,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_service_accounts_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_service_accounts")),
        sa.UniqueConstraint(
            "organization_id", "external_id", name=op.f("uq_service_accounts_organization_id_external_id")
        ),
    )
    live = sa.text("(archived_at IS NULL)")
    indexes = {"name": "name", "created": "created_at", "updated": "updated_at"}
    for name, column in indexes.items():
        op.create_index(f"ix_service_accounts_{name}", "service_accounts", ["organization_id", live, column, "id"])
    op.create_index("ix_service_accounts_role", "service_accounts", ["organization_id", "role", live, "name", "id"])
    protect("service_accounts")
