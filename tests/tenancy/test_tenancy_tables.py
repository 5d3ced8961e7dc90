"""Every table of tenants is closed by force, and the application's role can neither open it nor delete."""

from typing import Any

import asyncpg

from service.postgres.distribution import FUNCTIONS
from service.postgres.tables import Revision, metadata
from tests.kit.estate import tenant_tables

TENANT = "({column} = (NULLIF(current_setting('app.organization_id'::text, true), ''::text))::uuid)"
REVISIONS = {model.__tablename__ for model in Revision.__subclasses__()}
APPEND_ONLY = {"audit_events", "events", "check_ins", "initiative_check_ins", "status_policies", *REVISIONS}
APPEND_ONLY |= {"kpi_measurement_revisions"}
# A second foreign key of each point would cost time; the one to its KPI names the organization already.
BY_WAY_OF_KPIS = {"kpi_measurements", "kpi_measurement_revisions"}
# What belongs to no organization.
GLOBAL = {"alembic_version"}


async def rows(superuser: asyncpg.Connection, query: str, *arguments: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in await superuser.fetch(query, *arguments)]


async def test_every_table_is_of_an_organization(superuser: asyncpg.Connection) -> None:
    query = """
        SELECT relname FROM pg_class
        WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND relnamespace = 'public'::regnamespace"""
    found = await rows(superuser, query)
    tables = await tenant_tables(superuser)
    assert {each["relname"] for each in found} == tables.keys() | GLOBAL
    assert tables.keys() == {table.name for table in metadata().sorted_tables}


async def test_row_level_security_is_forced_by_one_policy_for_everything(superuser: asyncpg.Connection) -> None:
    tables = await tenant_tables(superuser)
    query = """
        SELECT c.relname AS name, c.relrowsecurity, c.relforcerowsecurity, pg_get_userbyid(c.relowner) AS owner,
               p.polcmd::text AS command, p.polpermissive AS permissive, p.polroles = '{0}' AS for_everybody,
               pg_get_expr(p.polqual, c.oid) AS visible, pg_get_expr(p.polwithcheck, c.oid) AS writable
        FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid WHERE c.relname = ANY($1::text[])
        ORDER BY c.relname"""
    expected = [
        {
            "name": name,
            "relrowsecurity": True,
            "relforcerowsecurity": True,
            "owner": "okrgraph_owner",
            "command": "*",
            "permissive": True,
            "for_everybody": True,
            "visible": TENANT.format(column=column),
            "writable": TENANT.format(column=column),
        }
        for name, column in sorted(tables.items())
    ]
    assert await rows(superuser, query, list(tables)) == expected


async def test_neither_role_can_go_around_it(superuser: asyncpg.Connection) -> None:
    query = """
        SELECT rolname, rolsuper, rolbypassrls, rolcanlogin, rolcreaterole, rolcreatedb, rolreplication,
               ARRAY(SELECT roleid::regrole::text FROM pg_auth_members WHERE member = r.oid) AS member_of,
               (SELECT count(*) FROM pg_class WHERE relowner = r.oid AND relkind <> 'S') AS owns
        FROM pg_roles r WHERE rolname IN ('okrgraph_app', 'okrgraph_owner') ORDER BY rolname"""
    app, owner = await rows(superuser, query)
    powers = ("rolsuper", "rolbypassrls", "rolcanlogin", "rolcreaterole", "rolcreatedb", "rolreplication")
    assert {power: (app[power], owner[power]) for power in powers} == dict.fromkeys(powers, (False, False))
    assert (app["member_of"], owner["member_of"], app["owns"]) == ([], [], 0)


async def test_the_application_may_not_delete_nor_change_what_is_append_only(superuser: asyncpg.Connection) -> None:
    tables = await tenant_tables(superuser)
    query = """
        SELECT t.name, array_agg(p.name) AS granted
        FROM unnest($1::text[]) AS t (name),
             unnest(ARRAY['SELECT','INSERT','UPDATE','DELETE','TRUNCATE','REFERENCES','TRIGGER']) AS p (name)
        WHERE has_table_privilege('okrgraph_app', t.name, p.name)
            OR p.name IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
                AND has_any_column_privilege('okrgraph_app', t.name, p.name)
        GROUP BY t.name"""
    granted = {each["name"]: set(each["granted"]) for each in await rows(superuser, query, list(tables))}
    assert tables.keys() > APPEND_ONLY
    # What is replaced stops being valid, and stays as it is otherwise.
    columns = """
        SELECT attrelid::regclass::text AS table, attname FROM pg_attribute
        WHERE attrelid IN ('check_ins'::regclass, 'initiative_check_ins'::regclass)
          AND attnum > 0 AND NOT attisdropped
          AND has_column_privilege('okrgraph_app', attrelid, attnum, 'UPDATE') ORDER BY 1"""
    check_ins = ("check_ins", "initiative_check_ins")
    assert [tuple(each.values()) for each in await rows(superuser, columns)] == [
        (each, "invalid_since") for each in check_ins
    ]
    for table in check_ins:
        granted[table].remove("UPDATE")
    assert granted == {
        name: {"SELECT", "INSERT"} if name in APPEND_ONLY else {"SELECT", "INSERT", "UPDATE"} for name in tables
    }


async def test_every_key_leads_with_the_organization(superuser: asyncpg.Connection) -> None:
    query = """
        SELECT k.conrelid::regclass::text AS table, k.conname AS name, k.contype::text AS kind,
               k.confrelid::regclass::text AS target, a.attname AS first, f.attname AS first_there
        FROM pg_constraint k
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
        LEFT JOIN pg_attribute f ON f.attrelid = k.confrelid AND f.attnum = k.confkey[1]
        WHERE k.contype IN ('p', 'u', 'f') AND k.connamespace = 'public'::regnamespace"""
    constraints = [each for each in await rows(superuser, query) if each["table"] not in GLOBAL]
    own = {("organizations", "pk_organizations")}
    loose = [
        each
        for each in constraints
        if (each["table"], each["name"]) not in own
        and not (
            each["first"] == "organization_id"
            and each["first_there"] in (None, "id" if each["target"] == "organizations" else "organization_id")
        )
    ]
    assert loose == []
    tables = (await tenant_tables(superuser)).keys()
    assert {each["table"] for each in constraints if each["kind"] == "p"} == tables
    to_organizations = {each["table"] for each in constraints if each["target"] == "organizations"}
    assert to_organizations == tables - {"organizations"} - BY_WAY_OF_KPIS
    to_kpis = {each["table"] for each in constraints if each["target"] == "kpis"}
    assert to_kpis >= BY_WAY_OF_KPIS


async def test_every_index_leads_with_the_organization(superuser: asyncpg.Connection) -> None:
    query = """
        SELECT i.indexrelid::regclass::text AS name FROM pg_index i
        LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
        WHERE i.indrelid::regclass::text = ANY($1::text[]) AND a.attname IS DISTINCT FROM 'organization_id'"""
    assert await rows(superuser, query, list(await tenant_tables(superuser))) == [{"name": "pk_organizations"}]


async def test_two_functions_run_with_the_rights_of_the_owner_for_the_application_alone(
    superuser: asyncpg.Connection,
) -> None:
    query = """
        SELECT p.oid::regprocedure::text AS name, pg_get_userbyid(p.proowner) AS owner, p.proconfig AS settings,
               ARRAY(
                   SELECT r.rolname::text FROM pg_roles r
                   WHERE has_function_privilege(r.oid, p.oid, 'EXECUTE') AND NOT r.rolsuper
                       AND NOT pg_has_role(r.oid, 'okrgraph_owner', 'MEMBER')
               ) AS callers
        FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef ORDER BY 1"""
    common = {
        "owner": "okrgraph_owner",
        # What they name is looked for nowhere else.
        "settings": ["search_path=pg_catalog, pg_temp"],
        "callers": ["okrgraph_app"],
    }
    # Citus runs them on the machine of the organization: from elsewhere they would be a second role in a transaction.
    names = [each.replace(", ", ",") for each in FUNCTIONS]
    assert len(names) == 2
    assert await rows(superuser, query) == [{"name": name, **common} for name in names]
