"""Audit events: failed sign-ins, refusals, exports, and changes of keys, roles and people."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.tenancy import as_owner, protect

revision = "0380_audit_events"
down_revision = "0390_visibility"
branch_labels = None
depends_on = None

KINDS = (
    *("SIGN_IN_FAILED", "REQUEST_REFUSED", "KEY_CREATED", "KEY_ROTATED", "KEY_REVOKED", "ROLE_CHANGED"),
    *("PERSON_ARCHIVED", "PERSON_RESTORED", "PERSON_ERASED", "EXPORTED", "ORGANIZATION_RESTORED", "AUDIT_PRUNED"),
)
# The columns that lists are filtered by, by the ends of the names of their indexes.
FILTERS = {
    "kind": "kind",
    "actor": "actor_id",
    "api_key": "api_key_id",
    "subject": "subject_id",
    "subject_type": "subject_type",
    "code": "code",
    "client_address": "client_address",
    "recorded": "recorded_at",
}


def upgrade() -> None:
    """Nothing is derived from earlier events: their audit would begin before it could be complete."""
    as_owner()
    kinds = sa.Enum(*KINDS, name="auditeventkind", native_enum=False, create_constraint=True, length=40)
    text = sa.Text(collation="C")
    op.create_table(
        "audit_events",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", kinds, nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("service_account_id", sa.Uuid(), nullable=True),
        sa.Column("api_key_id", sa.Uuid(), nullable=True),
        sa.Column("subject_type", text, nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("code", text, nullable=True),
        sa.Column("occurrences", sa.Integer(), nullable=False),
        sa.Column("request_id", text, nullable=True),
        sa.Column("client_address", text, nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_audit_events_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_audit_events")),
    )
    for name, column in FILTERS.items():
        op.create_index(f"ix_audit_events_{name}", "audit_events", ["organization_id", column, "id"])
    protect("audit_events", append_only=True)
