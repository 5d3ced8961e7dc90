"""What every migration needs: to act as the owner, and to close a table to other organizations."""

from alembic import op

OWNER = "okrgraph_owner"
APPLICATION = "okrgraph_app"


def as_owner() -> None:
    """The rest of this migration belongs to the owning role, whoever logged in."""
    op.execute(f"SET LOCAL ROLE {OWNER}")


def protect(table: str, *, column: str = "organization_id", append_only: bool = False) -> None:
    """Forced row-level security by tenant, and what the application may do. Rows are never deleted."""
    rights = "SELECT, INSERT" if append_only else "SELECT, INSERT, UPDATE"
    tenant = f"{column} = nullif(current_setting('app.organization_id', true), '')::uuid"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON {table} USING ({tenant}) WITH CHECK ({tenant})")
    op.execute(f"GRANT {rights} ON {table} TO {APPLICATION}")
