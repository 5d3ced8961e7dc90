"""The login for serving from the embedded Postgres: the role of the application itself."""

import asyncpg
from sqlalchemy.engine import make_url

from service.postgres.transaction_settings import APPLICATION_ROLE

# An arbitrary constant, different from DEMO_LOCK.
LOGIN_LOCK = 6_713_003
ALLOW_LOGIN = f"""
    SELECT pg_advisory_xact_lock({LOGIN_LOCK});
    DO $$ BEGIN
        IF NOT (SELECT rolcanlogin FROM pg_roles WHERE rolname = '{APPLICATION_ROLE}') THEN
            ALTER ROLE {APPLICATION_ROLE} LOGIN;
        END IF;
    END $$"""


async def serving_url(url: str) -> str:
    """The URL with the restricted login for the migrated embedded database at `url`, whose login is a superuser.

    Allows the role of the application to log in. Several processes may do so at once. Raises errors of the driver.
    """
    superuser = make_url(url)
    connection = await asyncpg.connect(superuser.set(drivername="postgresql").render_as_string(hide_password=False))
    try:
        async with connection.transaction():
            await connection.execute(ALLOW_LOGIN)
    finally:
        await connection.close()
    return superuser.set(username=APPLICATION_ROLE, password=None).render_as_string(hide_password=False)
