"""Teams, cycles and goals have cadences of their own, cadences have a weekday, and teams have a history."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import as_owner, protect

revision = "0550_cadences"
down_revision = "0491_check_in_corrections"
branch_labels = None
depends_on = None
# Goals store the cadence that counts for them.
RECOMPUTES = True

OWN = ("teams", "cycles", "objectives", "key_results")
REVISIONS = ("team_revisions", "cycle_revisions", "objective_revisions", "key_result_revisions")
GOALS = ("objectives", "key_results")
WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")


def upgrade() -> None:
    as_owner()
    _create_team_revisions()
    for table in (*OWN, *REVISIONS):
        op.add_column(table, sa.Column("check_in_cadence_days", sa.Integer(), nullable=True))
    for table in ("organizations", "status_policies", *OWN, *REVISIONS):
        _add_weekday(table, "check_in_weekday", "weekday")
    for table in OWN:
        op.create_check_constraint(op.f(f"ck_{table}_cadence"), table, "check_in_cadence_days BETWEEN 1 AND 366")
    for table in ("organizations", "status_policies", *OWN):
        op.create_check_constraint(
            op.f(f"ck_{table}_cadence_weekday"),
            table,
            "check_in_weekday IS NULL OR (check_in_cadence_days IS NOT NULL AND check_in_cadence_days >= 7)",
        )
    for table in GOALS:
        op.add_column(table, sa.Column("cadence_days", sa.Integer(), nullable=True))
        _add_weekday(table, "cadence_weekday", "cadence_weekday_name")
        op.create_index(
            f"ix_{table}_check_in_due",
            table,
            ["organization_id", "check_in_due_at", "id"],
            postgresql_where=sa.text("check_in_due_at IS NOT NULL"),
        )


def _create_team_revisions() -> None:
    """A team from before has none: it had no cadence."""
    table = "team_revisions"
    texts = {"name": False, "avatar_url": True, "color": True, "locale": True, "time_zone": True}
    op.create_table(
        table,
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("organization_id", "id", "subject_id", "event_id")),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("valid_from", "recorded_at")),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        *(sa.Column(name, sa.Text(collation="C"), nullable=nullable) for name, nullable in texts.items()),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_team_revisions_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "subject_id"],
            ["teams.organization_id", "teams.id"],
            name=op.f("fk_team_revisions_organization_id_subject_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_team_revisions")),
    )
    newest_first = [sa.text(f"{name} DESC") for name in ("valid_from", "recorded_at", "id")]
    op.create_index("ix_team_revisions_subject", table, ["organization_id", "subject_id", *newest_first])
    protect(table, append_only=True)


def _add_weekday(table: str, column: str, name: str) -> None:
    op.add_column(table, sa.Column(column, sa.Enum(*WEEKDAYS, name=name, native_enum=False, length=40), nullable=True))
    values = ", ".join(f"'{each}'" for each in WEEKDAYS)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, f"{column} IN ({values})")
