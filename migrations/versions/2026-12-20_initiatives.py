"""Initiatives: work that is meant to move key results, with links of its own."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import as_owner, protect

revision = "0580_initiatives"
down_revision = "0570_links"
branch_labels = None
depends_on = None

STATES = ("PLANNED", "IN_PROGRESS", "PAUSED", "DONE", "CANCELLED")
VISIBILITIES = ("ORGANIZATION", "TEAM", "PRIVATE")
LIVE = "(archived_at IS NULL)"


def _instant(name: str, *, nullable: bool = False) -> "sa.Column[datetime]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _reference(table: str, column: str, referred: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organization_id", column],
        [f"{referred}.organization_id", f"{referred}.id"],
        name=op.f(f"fk_{table}_organization_id_{column}"),
    )


def _organization(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f(f"fk_{table}_organization_id"))


def _choice(name: str, values: tuple[str, ...]) -> "sa.Enum":
    return sa.Enum(*values, name=name, native_enum=False, length=40, create_constraint=False)


def upgrade() -> None:
    as_owner()
    op.create_table(
        "initiatives",
        sa.Column("title", sa.Text(collation="C"), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("state", _choice("initiativestate", STATES), nullable=False),
        sa.Column("progress", sa.Numeric(25, 24), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("visibility", _choice("visibility", VISIBILITIES), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _instant("created_at"),
        _instant("updated_at"),
        _instant("archived_at", nullable=True),
        *(
            sa.CheckConstraint(
                f"{column} IN ({', '.join(repr(each) for each in values)})", name=op.f(f"ck_initiatives_{name}")
            )
            for column, name, values in (
                ("state", "initiativestate", STATES),
                ("visibility", "visibility", VISIBILITIES),
            )
        ),
        sa.CheckConstraint("progress BETWEEN 0 AND 1", name=op.f("ck_initiatives_progress")),
        sa.CheckConstraint("starts_on <= due_on", name=op.f("ck_initiatives_dates")),
        _organization("initiatives"),
        _reference("initiatives", "owner_id", "people"),
        _reference("initiatives", "team_id", "teams"),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_initiatives")),
        sa.UniqueConstraint("organization_id", "external_id", name=op.f("uq_initiatives_organization_id_external_id")),
    )
    orders = {"created": "created_at", "updated": "updated_at", "title": "title", "due": "due_on"}
    for name, column in orders.items():
        op.execute(f"CREATE INDEX ix_initiatives_{name} ON initiatives (organization_id, {LIVE}, {column}, id)")
    for name, column in {"owner": "owner_id", "team": "team_id", "state": "state"}.items():
        op.execute(f"CREATE INDEX ix_initiatives_{name} ON initiatives (organization_id, {column}, {LIVE}, title, id)")
    protect("initiatives")
    op.create_table(
        "initiative_key_results",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("key_result_id", sa.Uuid(), nullable=False),
        _instant("created_at"),
        _instant("ended_at", nullable=True),
        _organization("initiative_key_results"),
        _reference("initiative_key_results", "initiative_id", "initiatives"),
        _reference("initiative_key_results", "key_result_id", "key_results"),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_initiative_key_results")),
        sa.UniqueConstraint("organization_id", "initiative_id", "key_result_id", name="uq_initiative_key_results_ends"),
    )
    op.create_index(
        "ix_initiative_key_results_key_result", "initiative_key_results", ["organization_id", "key_result_id"]
    )
    protect("initiative_key_results")
    op.add_column("links", sa.Column("initiative_id", sa.Uuid(), nullable=True))
    op.drop_constraint(op.f("ck_links_goal"), "links")
    op.create_check_constraint(
        op.f("ck_links_goal"), "links", "num_nonnulls(objective_id, key_result_id, kpi_id, initiative_id) = 1"
    )
    op.create_foreign_key(
        op.f("fk_links_organization_id_initiative_id"),
        *("links", "initiatives", ["organization_id", "initiative_id"], ["organization_id", "id"]),
    )
    op.execute(f"CREATE INDEX ix_links_initiative ON links (organization_id, initiative_id, {LIVE}, created_at, id)")
