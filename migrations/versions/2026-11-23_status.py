"""The status of goals is kept as lists that Postgres can look a moment up in, instead of as JSON that readers parse."""

from alembic import op

from migrations.tenancy import as_owner

revision = "0005_status"
down_revision = "0004_levels"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Steps of (from when on, status, reason) become three lists of one length; each table is written once."""
    as_owner()
    op.execute("""
        CREATE FUNCTION part_of_course(course jsonb, number int) RETURNS text[] LANGUAGE sql AS
        $$ SELECT coalesce(array_agg(step ->> number ORDER BY place), '{}')
           FROM jsonb_array_elements(course) WITH ORDINALITY AS steps (step, place) $$""")
    for table in ("objectives", "key_results"):
        op.execute(f"""
            ALTER TABLE {table}
                ADD COLUMN status_steps text[] NOT NULL DEFAULT '{{}}',
                ADD COLUMN status_reasons text[] NOT NULL DEFAULT '{{}}',
                ALTER COLUMN status_course DROP DEFAULT""")
        op.execute(f"""
            ALTER TABLE {table}
                ALTER COLUMN status_steps TYPE text[] USING part_of_course(status_course, 1),
                ALTER COLUMN status_reasons TYPE text[] USING part_of_course(status_course, 2),
                ALTER COLUMN status_course TYPE timestamptz[] USING part_of_course(status_course, 0)::timestamptz[]""")
        op.execute(f"ALTER TABLE {table} ALTER COLUMN status_course SET DEFAULT '{{}}'")
        op.execute(f"ALTER TABLE {table} RENAME COLUMN status_course TO status_since")
    op.execute("DROP FUNCTION part_of_course")
