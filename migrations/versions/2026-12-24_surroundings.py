"""Objectives store what is around them: whether they serve others, others serve them, and they have key results."""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import as_owner

revision = "0620_surroundings"
down_revision = "0610_initiative_participants"
branch_labels = None
depends_on = None

TABLES = ("objectives", "alignments", "key_results")
# What most objectives have; a column is filled with it at once. Only the others are written.
USUAL = {"parent_presence": "OPEN", "active_parent_presence": "OPEN", "child_presence": "NONE"}
FILL = """
    WITH edges AS (
        SELECT a.organization_id, a.objective_id, a.parent_id FROM alignments a WHERE a.archived_at IS NULL
    ),
    above AS (
        SELECT e.organization_id, e.objective_id AS id, min(p.presence) AS parents,
               min(p.presence) FILTER (WHERE p.lifecycle = 'ACTIVE') AS active_parents
        FROM edges e JOIN (
            SELECT organization_id, id, lifecycle,
                   CASE WHEN visibility = 'ORGANIZATION' THEN 'OPEN' ELSE 'RESTRICTED' END AS presence
            FROM objectives WHERE archived_at IS NULL
        ) p ON p.organization_id = e.organization_id AND p.id = e.parent_id
        GROUP BY 1, 2
    ),
    below AS (
        SELECT e.organization_id, e.parent_id AS id,
               min(CASE WHEN c.visibility = 'ORGANIZATION' THEN 'OPEN' ELSE 'RESTRICTED' END) AS children
        FROM edges e JOIN objectives c ON c.organization_id = e.organization_id AND c.id = e.objective_id
        WHERE c.archived_at IS NULL GROUP BY 1, 2
    ),
    measured AS (
        SELECT DISTINCT organization_id, objective_id AS id FROM key_results WHERE archived_at IS NULL
    ),
    found AS (
        SELECT o.organization_id, o.id, coalesce(above.parents, 'NONE') AS parents,
               coalesce(above.active_parents, 'NONE') AS active_parents,
               coalesce(below.children, 'NONE') AS children, measured.id IS NOT NULL AS has_key_results
        FROM objectives o
        LEFT JOIN above ON above.organization_id = o.organization_id AND above.id = o.id
        LEFT JOIN below ON below.organization_id = o.organization_id AND below.id = o.id
        LEFT JOIN measured ON measured.organization_id = o.organization_id AND measured.id = o.id
    )
    UPDATE objectives o
    SET parent_presence = f.parents, active_parent_presence = f.active_parents, child_presence = f.children,
        has_key_results = f.has_key_results
    FROM found f
    WHERE o.organization_id = f.organization_id AND o.id = f.id
      AND (f.parents, f.active_parents, f.children, f.has_key_results) <> ('OPEN', 'OPEN', 'NONE', true)"""
INDEXES = {
    "parent_presence": ("organization_id, parent_presence", "WHERE parent_presence <> 'OPEN'"),
    "children": ("organization_id, child_presence", ""),
    "has_key_results": ("organization_id, has_key_results", "WHERE has_key_results <> 'true'"),
    "cycle_parents": ("organization_id, cycle_id, parent_presence", "WHERE parent_presence <> 'OPEN'"),
    "unaligned": (
        "organization_id, active_parent_presence",
        "WHERE active_parent_presence <> 'OPEN' AND level <> 'COMPANY'",
    ),
}


def upgrade() -> None:
    """Rows of all tenants are filled in, so their policies do not bind the owner meanwhile."""
    as_owner()
    for name, usual in USUAL.items():
        op.execute(f"ALTER TABLE objectives ADD COLUMN {name} TEXT COLLATE \"C\" DEFAULT '{usual}' NOT NULL")
    op.add_column("objectives", sa.Column("has_key_results", sa.Boolean(), server_default="true", nullable=False))
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(FILL)
    # Foreign keys of the rows are checked at the end, and a table with such events pending cannot be altered.
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    # New objectives begin with nothing around them.
    for name in USUAL:
        op.execute(f"ALTER TABLE objectives ALTER COLUMN {name} SET DEFAULT 'NONE'")
    op.execute("ALTER TABLE objectives ALTER COLUMN has_key_results SET DEFAULT false")
    for name, (columns, condition) in INDEXES.items():
        op.execute(
            f"CREATE INDEX ix_objectives_{name} ON objectives ({columns}, (archived_at IS NULL), position, id) "
            f"{condition}"
        )
