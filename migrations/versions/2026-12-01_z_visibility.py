"""Visibility is enforced: KPIs have one too, goals have participants, and organizations say what members may edit."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import as_owner, protect

revision = "0390_visibility"
down_revision = "0370_erasure"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """KPIs that there are stay visible to all, and members may edit all goals, as before."""
    as_owner()
    for table in ("kpis", "kpi_revisions"):
        op.add_column(
            table,
            sa.Column(
                "visibility",
                sa.Enum("ORGANIZATION", "TEAM", "PRIVATE", name="visibility", native_enum=False, length=40),
                server_default="ORGANIZATION",
                nullable=False,
            ),
        )
        op.create_check_constraint(
            op.f(f"ck_{table}_visibility"), table, "visibility IN ('ORGANIZATION', 'TEAM', 'PRIVATE')"
        )
    op.execute(
        "CREATE INDEX ix_kpis_visibility ON kpis (organization_id, visibility, (archived_at IS NULL), name, id) "
        "WHERE visibility <> 'ORGANIZATION'"
    )
    op.add_column(
        "organizations",
        sa.Column(
            "member_editing",
            sa.Enum("ALL", "OWN", name="memberediting", native_enum=False, length=40),
            server_default="ALL",
            nullable=False,
        ),
    )
    op.create_check_constraint(
        op.f("ck_organizations_memberediting"), "organizations", "member_editing IN ('ALL', 'OWN')"
    )
    _create_participants()


def _create_participants() -> None:
    references = {"objective_id": "objectives", "kpi_id": "kpis", "person_id": "people", "team_id": "teams"}
    op.create_table(
        "participants",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(column, sa.Uuid(), nullable=True) for column in references),
        sa.Column(
            "role",
            sa.Enum("CO_OWNER", "READER", name="participantrole", native_enum=False, length=40, create_constraint=True),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("num_nonnulls(objective_id, kpi_id) = 1", name=op.f("ck_participants_goal")),
        sa.CheckConstraint("num_nonnulls(person_id, team_id) = 1", name=op.f("ck_participants_member")),
        sa.CheckConstraint("role <> 'CO_OWNER' OR person_id IS NOT NULL", name=op.f("ck_participants_co_owner")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_participants_organization_id")
        ),
        *(
            sa.ForeignKeyConstraint(
                ["organization_id", column],
                [f"{table}.organization_id", f"{table}.id"],
                name=op.f(f"fk_participants_organization_id_{column}"),
            )
            for column, table in references.items()
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_participants")),
        sa.UniqueConstraint(
            *("organization_id", *references, "role"),
            name="uq_participants_member",
            postgresql_nulls_not_distinct=True,
        ),
    )
    for column in references:
        op.create_index(f"ix_participants_{column.removesuffix('_id')}", "participants", ["organization_id", column])
    protect("participants")
