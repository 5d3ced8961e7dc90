"""Organizations can be deleted.

A function runs with the rights of the owner of the tables, because the role of the application may not delete rows.
Row-level security applies to the owner, too, so that it sees the rows of the one organization that the transaction is
bound to.
"""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import APPLICATION, as_owner

revision = "0370_erasure"
down_revision = "0340_lists"
branch_labels = None
depends_on = None

# All tables that have rows of organizations, so that none can be forgotten. One whose rows are found otherwise would
# still refer to the organization, and nothing would be deleted.
DELETE_ORGANIZATION = """
CREATE FUNCTION delete_organization(organization uuid, confirmed_name text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    remaining oid[];
    next_table oid;
    deleted bigint;
    total bigint := 1;
BEGIN
    PERFORM FROM public.organizations o WHERE o.id = organization AND o.name = confirmed_name;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    remaining := ARRAY(
        SELECT c.oid FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id' AND NOT a.attisdropped
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    );
    WHILE cardinality(remaining) > 0 LOOP
        -- None of the others refers to it.
        SELECT each INTO next_table FROM unnest(remaining) AS each
        WHERE NOT EXISTS (
            SELECT FROM pg_constraint k
            WHERE k.contype = 'f' AND k.confrelid = each AND k.conrelid <> each AND k.conrelid = ANY (remaining)
        )
        ORDER BY each LIMIT 1;
        IF next_table IS NULL THEN
            RAISE EXCEPTION 'These tables refer to each other in a circle: %', remaining::regclass[];
        END IF;
        EXECUTE format('DELETE FROM %s WHERE organization_id = $1', next_table::regclass) USING organization;
        GET DIAGNOSTICS deleted = ROW_COUNT;
        total := total + deleted;
        remaining := array_remove(remaining, next_table);
    END LOOP;
    DELETE FROM public.organizations o WHERE o.id = organization;
    RETURN total;
END $$"""


def upgrade() -> None:
    as_owner()
    # Each row that is deleted is looked for by all that may refer to it.
    op.create_index("ix_check_ins_objective_any", "check_ins", ["organization_id", "objective_id"])
    op.create_index("ix_check_ins_author", "check_ins", ["organization_id", "author_id"])
    op.create_index(
        "ix_api_keys_replaces",
        "api_keys",
        ["organization_id", "replaces_id"],
        postgresql_where=sa.text("replaces_id IS NOT NULL"),
    )
    op.execute(DELETE_ORGANIZATION)
    op.execute("REVOKE ALL ON FUNCTION delete_organization(uuid, text) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION delete_organization(uuid, text) TO {APPLICATION}")
