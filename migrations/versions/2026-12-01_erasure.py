"""People can be erased, and organizations deleted.

Two functions run with the rights of the owner of the tables, because the role of the application may neither change
events nor delete rows. Each does one thing as a whole. Row-level security applies to the owner, too, so that they see
the rows of the one organization that the transaction is bound to.
"""

import sqlalchemy as sa
from alembic import op

from migrations.tenancy import APPLICATION, as_owner

revision = "0370_erasure"
down_revision = "0340_lists"
branch_labels = None
depends_on = None

VERBS = (
    *("CREATED", "UPDATED", "REORDERED", "ARCHIVED", "RESTORED", "CHECKED_IN", "ALIGNED", "UNALIGNED", "REVOKED"),
    *("RECORDED", "DELETED", "LINKED", "UNLINKED", "ERASED"),
)

# In events of the person all values are personal but the role. In events of the person's API keys the name is. An email
# and an external id of the person may also be in events of other people, who had them by mistake. Those that somebody
# has now are that person's. Citus cannot send a CASE with a value after it to a machine.
ERASE_PERSON_EVENTS = """
CREATE FUNCTION erase_person_events(organization uuid, person uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    identifiers text[];
    event_count bigint;
BEGIN
    PERFORM FROM public.people p
    WHERE p.organization_id = organization AND p.id = person AND p.erased_at IS NOT NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'There is no erased person with this id.' USING ERRCODE = 'no_data_found';
    END IF;
    identifiers := ARRAY(
        SELECT DISTINCT known.value #>> '{}'
        FROM public.events e,
            jsonb_path_query(jsonb_build_array(e.changes -> 'email', e.changes -> 'external_id'), '$[*].*')
                AS known (value)
        WHERE e.organization_id = organization AND e.subject_id = person AND e.subject_type = 'Person'
            AND jsonb_typeof(known.value) = 'string'
            AND NOT EXISTS (
                SELECT FROM public.people p
                WHERE p.organization_id = organization AND known.value #>> '{}' IN (p.email, p.external_id)
            )
    );
    UPDATE public.events e
    SET input_digest = NULL,
        reason = CASE WHEN e.subject_id = person THEN NULL ELSE e.reason END,
        changes = coalesce((
            SELECT jsonb_object_agg(fact.name, CASE WHEN jsonb_typeof(fact.sides) = 'object' THEN coalesce((
                SELECT jsonb_object_agg(side.name, CASE
                    WHEN side.value = 'null' THEN side.value
                    WHEN e.subject_id = person AND fact.name <> 'role'
                        OR e.subject_type IN ('ApiKey', 'ShareToken') AND fact.name = 'name'
                        OR e.subject_type = 'Person' AND side.value #>> '{}' = ANY (identifiers)
                    THEN to_jsonb('Erased person'::text)
                    ELSE side.value
                END)
                FROM jsonb_each(fact.sides) AS side (name, value)
            ), '{}') ELSE fact.sides END)
            FROM jsonb_each(e.changes) AS fact (name, sides)
        ), '{}')
    WHERE e.organization_id = organization AND (
        e.subject_id = person
        OR e.subject_type = 'ApiKey' AND (
            e.changes @> jsonb_build_object('person_id', jsonb_build_object('after', person))
            OR e.subject_id IN (
                SELECT k.id FROM public.api_keys k WHERE k.organization_id = organization AND k.person_id = person
            )
        )
        OR e.subject_type = 'ShareToken' AND e.actor_id = person
        OR e.subject_type = 'Person' AND EXISTS (
            SELECT FROM jsonb_path_query(e.changes, '$.*.*') AS known (value)
            WHERE known.value #>> '{}' = ANY (identifiers)
        )
    );
    GET DIAGNOSTICS event_count = ROW_COUNT;
    -- Later migrations create these tables.
    UPDATE public.share_tokens t SET name = 'Erased person'
    WHERE t.organization_id = organization AND t.creator_id = person;
    UPDATE public.audit_events a
    SET client_address = NULL
    WHERE a.organization_id = organization AND a.client_address IS NOT NULL AND (
        a.actor_id = person
        OR a.actor_id IS NULL AND a.subject_id = person
        OR coalesce(a.api_key_id, a.subject_id) IN (
            SELECT k.id FROM public.api_keys k WHERE k.organization_id = organization AND k.person_id = person
        )
    );
    RETURN event_count;
END $$"""

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
    op.add_column("people", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_people_erased"),
        "people",
        "erased_at IS NULL OR (archived_at IS NOT NULL AND email IS NULL AND external_id IS NULL)",
    )
    op.drop_constraint(op.f("ck_events_verb"), "events", type_="check")
    op.create_check_constraint(op.f("ck_events_verb"), "events", sa.column("verb").in_(VERBS))
    # Each row that is deleted is looked for by all that may refer to it.
    op.create_index("ix_check_ins_objective_any", "check_ins", ["organization_id", "objective_id"])
    op.create_index("ix_check_ins_author", "check_ins", ["organization_id", "author_id"])
    op.create_index(
        "ix_api_keys_replaces",
        "api_keys",
        ["organization_id", "replaces_id"],
        postgresql_where=sa.text("replaces_id IS NOT NULL"),
    )
    for function, definition in (
        ("erase_person_events(uuid, uuid)", ERASE_PERSON_EVENTS),
        ("delete_organization(uuid, text)", DELETE_ORGANIZATION),
    ):
        op.execute(definition)
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {APPLICATION}")
