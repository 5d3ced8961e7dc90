"""Share tokens: read-only, expiring, of an objective with what serves it, or of the KPIs that a filter matches."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.tenancy import as_owner, protect

revision = "0430_share_tokens"
down_revision = "0410_participants"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """There are none yet."""
    as_owner()
    references = {"creator_id": "people", "objective_id": "objectives"}
    times = {"created_at": False, "expires_at": False, "revoked_at": True, "last_used_at": True}
    op.create_table(
        "share_tokens",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("creator_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=nullable) for name, nullable in times.items()),
        sa.Column("shows_names", sa.Boolean(), nullable=False),
        sa.Column("objective_id", sa.Uuid(), nullable=True),
        sa.Column("kpi_filter", JSONB(none_as_null=True), nullable=True),
        sa.CheckConstraint("num_nonnulls(objective_id, kpi_filter) = 1", name=op.f("ck_share_tokens_content")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_share_tokens_organization_id")
        ),
        *(
            sa.ForeignKeyConstraint(
                ["organization_id", column],
                [f"{table}.organization_id", f"{table}.id"],
                name=op.f(f"fk_share_tokens_organization_id_{column}"),
            )
            for column, table in references.items()
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_share_tokens")),
    )
    op.create_index("ix_share_tokens_created", "share_tokens", ["organization_id", "created_at", "id"])
    for column in references:
        name = f"ix_share_tokens_{column.removesuffix('_id')}"
        op.create_index(name, "share_tokens", ["organization_id", column, "created_at", "id"])
    protect("share_tokens")
