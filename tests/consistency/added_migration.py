"""The migration of the column and of the type that a test adds."""

MIGRATION = '''"""Adds what the test of additions adds."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import as_owner, protect

revision = "9999_additions"
down_revision = "{newest}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    as_owner()
    for table in ("cycles", "cycle_revisions"):
        op.add_column(table, sa.Column("theme", sa.Text(collation="C")))
    op.execute("""
        CREATE TABLE risks (
            organization_id uuid NOT NULL CONSTRAINT fk_risks_organization_id REFERENCES organizations,
            id uuid NOT NULL,
            external_id text COLLATE "C",
            version int NOT NULL,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            archived_at timestamptz,
            title text COLLATE "C" NOT NULL,
            objective_id uuid NOT NULL,
            PRIMARY KEY (organization_id, id),
            CONSTRAINT uq_risks_organization_id_external_id UNIQUE (organization_id, external_id),
            CONSTRAINT fk_risks_organization_id_objective_id
                FOREIGN KEY (organization_id, objective_id) REFERENCES objectives (organization_id, id)
        )""")
    op.execute("""
        CREATE TABLE risk_revisions (
            organization_id uuid NOT NULL CONSTRAINT fk_risk_revisions_organization_id REFERENCES organizations,
            id uuid NOT NULL,
            subject_id uuid NOT NULL,
            event_id uuid NOT NULL,
            valid_from timestamptz NOT NULL,
            recorded_at timestamptz NOT NULL,
            archived_at timestamptz,
            title text COLLATE "C" NOT NULL,
            objective_id uuid NOT NULL,
            PRIMARY KEY (organization_id, id)
        )""")
    protect("risks")
    protect("risk_revisions", append_only=True)
'''
