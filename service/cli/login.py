"""The login for serving from the embedded Postgres, which has the role of the application only."""

import asyncpg
from sqlalchemy.engine import make_url

from service.postgres.transaction_settings import APPLICATION_ROLE

SERVICE_LOGIN = "okrgraph_service"
# An arbitrary constant, different from DEMO_LOCK.
LOGIN_LOCK = 6_713_003
MAKE_LOGIN = f"""
    SELECT pg_advisory_xact_lock({LOGIN_LOCK});
    DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{SERVICE_LOGIN}') THEN
            CREATE ROLE {SERVICE_LOGIN} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION;
            GRANT {APPLICATION_ROLE} TO {SERVICE_LOGIN};
        END IF;
    END $$"""


async def serving_url(url: str) -> str:
    """The URL with the restricted login for the migrated embedded database at `url`, whose login is a superuser.

    Creates the login if it is missing. Several processes may do so at once. Raises errors of the driver.
    """
    superuser = make_url(url)
    connection = await asyncpg.connect(superuser.set(drivername="postgresql").render_as_string(hide_password=False))
    try:
        async with connection.transaction():
            await connection.execute(MAKE_LOGIN)
    finally:
        await connection.close()
    return superuser.set(username=SERVICE_LOGIN, password=None).render_as_string(hide_password=False)
