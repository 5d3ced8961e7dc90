"""Helpers of migrations: act as the owner, and protect a table by row-level security."""

from alembic import op

OWNER = "okrgraph_owner"
APPLICATION = "okrgraph_app"


def as_owner() -> None:
    """Switches to the owner role for the rest of the migration."""
    op.execute(f"SET LOCAL ROLE {OWNER}")


def protect(table: str, *, column: str = "organization_id", append_only: bool = False) -> None:
    """Forces row-level security by tenant, and grants the application its rights. Rows are never deleted."""
    rights = "SELECT, INSERT" if append_only else "SELECT, INSERT, UPDATE"
    tenant = f"{column} = nullif(current_setting('app.organization_id', true), '')::uuid"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON {table} USING ({tenant}) WITH CHECK ({tenant})")
    op.execute(f"GRANT {rights} ON {table} TO {APPLICATION}")
