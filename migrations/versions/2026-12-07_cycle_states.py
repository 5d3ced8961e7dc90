"""The state of a cycle binds: cycles have an activation, the state ARCHIVED is dropped, and goals have scores."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import as_owner

revision = "0450_cycle_states"
down_revision = "0420_service_accounts"
branch_labels = None
depends_on = None

STATES = ("PLANNING", "ACTIVE", "CLOSING", "CLOSED")
ACTIVATIONS = ("AT_START", "MANUAL")
VERBS = (
    *("CREATED", "UPDATED", "REORDERED", "ARCHIVED", "RESTORED", "CHECKED_IN", "ALIGNED", "UNALIGNED", "REVOKED"),
    *("RECORDED", "DELETED", "LINKED", "UNLINKED", "ERASED"),
    *("ACTIVATED", "CLOSING_BEGUN", "EXTENDED", "SCORED", "CLOSED", "REOPENED"),
)
AUDIT_EVENT_KINDS = (
    *("SIGN_IN_FAILED", "REQUEST_REFUSED", "KEY_CREATED", "KEY_ROTATED", "KEY_REVOKED", "ROLE_CHANGED"),
    *("PERSON_ARCHIVED", "PERSON_RESTORED", "PERSON_ERASED", "EXPORTED", "ORGANIZATION_RESTORED"),
    *("CYCLE_REOPENED", "AUDIT_PRUNED"),
)


def upgrade() -> None:
    """Cycles that have started or have check-ins become ACTIVE. What was ARCHIVED is CLOSED and hidden."""
    as_owner()
    for table in ("cycles", "cycle_revisions"):
        # The policy holds for the owner, too.
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.add_column(
            table,
            sa.Column(
                "activation",
                sa.Enum(*ACTIVATIONS, name="cycleactivation", native_enum=False, length=40),
                server_default="AT_START",
                nullable=False,
            ),
        )
        op.add_column(table, sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True))
        op.create_check_constraint(op.f(f"ck_{table}_cycleactivation"), table, sa.column("activation").in_(ACTIVATIONS))
    op.execute("ALTER TABLE check_ins NO FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE objectives NO FORCE ROW LEVEL SECURITY")
    _convert_states()
    op.execute("ALTER TABLE check_ins FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE objectives FORCE ROW LEVEL SECURITY")
    for table in ("cycles", "cycle_revisions"):
        op.drop_constraint(op.f(f"ck_{table}_cyclestate"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_cyclestate"), table, sa.column("state").in_(STATES))
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    _add_reviews()
    op.drop_constraint(op.f("ck_events_verb"), "events", type_="check")
    op.create_check_constraint(op.f("ck_events_verb"), "events", sa.column("verb").in_(VERBS))
    op.drop_constraint(op.f("ck_audit_events_auditeventkind"), "audit_events", type_="check")
    op.create_check_constraint(
        op.f("ck_audit_events_auditeventkind"), "audit_events", sa.column("kind").in_(AUDIT_EVENT_KINDS)
    )


def _add_reviews() -> None:
    """Scores and retrospectives: none so far."""
    for table in ("objectives", "objective_revisions", "key_results", "key_result_revisions"):
        op.add_column(table, sa.Column("final_score", sa.Numeric(25, 24), nullable=True))
        for column in ("score_reason", "score_waiver", "retrospective"):
            op.add_column(table, sa.Column(column, sa.Text(), nullable=True))
    op.add_column("objectives", sa.Column("score", sa.Numeric(25, 24), nullable=True))
    for table in ("cycles", "cycle_revisions"):
        op.add_column(table, sa.Column("retrospective", sa.Text(), nullable=True))


def _convert_states() -> None:
    """Sets the states of cycles, and of the newest revision of each, which is equal to its cycle."""
    op.execute("""
        UPDATE cycles y SET state = 'ACTIVE'
        WHERE y.state = 'PLANNING' AND (y.starts_at <= now() OR EXISTS (
            SELECT FROM check_ins c JOIN objectives o ON o.organization_id = c.organization_id AND o.id = c.objective_id
            WHERE o.organization_id = y.organization_id AND o.cycle_id = y.id
        ))""")
    op.execute("UPDATE cycles SET archived_at = coalesce(archived_at, updated_at) WHERE state = 'ARCHIVED'")
    op.execute("UPDATE cycles SET state = 'CLOSED' WHERE state = 'ARCHIVED'")
    op.execute("""
        UPDATE cycle_revisions r SET archived_at = coalesce(r.archived_at, y.archived_at)
        FROM cycles y
        WHERE r.state = 'ARCHIVED' AND y.organization_id = r.organization_id AND y.id = r.subject_id""")
    op.execute("UPDATE cycle_revisions SET state = 'CLOSED' WHERE state = 'ARCHIVED'")
    op.execute("""
        UPDATE cycle_revisions r SET state = y.state FROM cycles y
        WHERE y.organization_id = r.organization_id AND y.id = r.subject_id AND r.state <> y.state
          AND NOT EXISTS (
            SELECT FROM cycle_revisions later
            WHERE later.organization_id = r.organization_id AND later.subject_id = r.subject_id
              AND (later.valid_from, later.recorded_at, later.id) > (r.valid_from, r.recorded_at, r.id)
          )""")
