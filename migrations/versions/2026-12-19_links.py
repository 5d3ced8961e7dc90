"""Goals have links to work in other systems."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import as_owner, protect

revision = "0570_links"
down_revision = "0550_cadences"
branch_labels = None
depends_on = None

GOALS = {"objective": "objectives", "key_result": "key_results", "kpi": "kpis"}


def upgrade() -> None:
    as_owner()
    op.create_table(
        "links",
        sa.Column("objective_id", sa.Uuid(), nullable=True),
        sa.Column("key_result_id", sa.Uuid(), nullable=True),
        sa.Column("kpi_id", sa.Uuid(), nullable=True),
        sa.Column("url", sa.Text(collation="C"), nullable=False),
        sa.Column("title", sa.Text(collation="C"), nullable=False),
        sa.Column("system", sa.Text(collation="C"), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("num_nonnulls(objective_id, key_result_id, kpi_id) = 1", name=op.f("ck_links_goal")),
        sa.CheckConstraint("external_id IS NOT NULL", name=op.f("ck_links_external_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_links_organization_id")),
        *(
            sa.ForeignKeyConstraint(
                ["organization_id", f"{goal}_id"],
                [f"{table}.organization_id", f"{table}.id"],
                name=op.f(f"fk_links_organization_id_{goal}_id"),
            )
            for goal, table in GOALS.items()
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_links")),
        sa.UniqueConstraint("organization_id", "external_id", "system", name="uq_links_organization_id_external_id"),
    )
    for name, column in (("created", "created_at"), ("updated", "updated_at")):
        op.execute(f"CREATE INDEX ix_links_{name} ON links (organization_id, (archived_at IS NULL), {column}, id)")
    for name, column in (*((goal, f"{goal}_id") for goal in GOALS), ("system", "system")):
        op.execute(
            f"CREATE INDEX ix_links_{name} ON links (organization_id, {column}, (archived_at IS NULL), created_at, id)"
        )
    protect("links")
