"""The two roles: one owns the tables, the other one serves requests and can do neither more nor less."""

from alembic import op

from migrations.tenancy import APPLICATION, OWNER

revision = "0001_roles"
down_revision = None


def upgrade() -> None:
    for role in (OWNER, APPLICATION):
        # Roles belong to the cluster: another database of it, or another process, may have made them.
        op.execute(f"""
            DO $$ BEGIN
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
                    CREATE ROLE {role} NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
                END IF;
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
            END $$""")
        op.execute(f"""
            DO $$ BEGIN
                IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = session_user) THEN
                    EXECUTE format('GRANT {role} TO %I', session_user);
                END IF;
            END $$""")
    op.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    op.execute(f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}")
    op.execute(f"GRANT USAGE ON SCHEMA public TO {APPLICATION}")
    op.execute(f"ALTER TABLE alembic_version OWNER TO {OWNER}")
    op.execute(f"GRANT SELECT ON alembic_version TO {APPLICATION}")
