"""Creates the two roles of a database so that they may log in, as the nodes of Citus do when they call each other."""

import asyncpg

from service.postgres.distribution import IS_DISTRIBUTED
from service.postgres.transaction_settings import APPLICATION_ROLE, OWNER_ROLE
from service.settings import connect_arguments

# Another process, or another database of the cluster, may have created the role.
CREATE_OR_ALTER = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}' AND rolcanlogin) THEN NULL;
    ELSIF EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN ALTER ROLE {role} LOGIN;
    ELSE CREATE ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$"""
# Citus forwards them to its workers, in a connection of each role: rights that one has not committed are not seen by
# the other, so the migrations, which are one transaction, come later.
GRANT = f"""
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO {OWNER_ROLE};
GRANT USAGE ON SCHEMA public TO {APPLICATION_ROLE}"""
# Citus notes the language of a function with the function. Only the owner of the language may have it noted, and the
# functions of the migrations belong to a role that is not.
NOTE_LANGUAGE = """
BEGIN;
CREATE FUNCTION public.note_language() RETURNS void LANGUAGE plpgsql AS 'BEGIN END';
DROP FUNCTION public.note_language();
COMMIT"""


async def create_login_roles(url: str) -> None:
    """Creates the roles with LOGIN, or gives it to them, and grants them the schema, before the migrations.

    The login needs CREATEROLE, and the right to grant on the schema.
    """
    connection = await asyncpg.connect(**connect_arguments(url), statement_cache_size=0)
    try:
        for role in (OWNER_ROLE, APPLICATION_ROLE):
            await connection.execute(CREATE_OR_ALTER.format(role=role))
        await connection.execute(GRANT)
        if await connection.fetchval(IS_DISTRIBUTED):
            await connection.execute(NOTE_LANGUAGE)
    finally:
        await connection.close()
