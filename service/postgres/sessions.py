"""Prepares a new connection: settings that hold until it is closed, so that transactions need not set them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import asyncpg

from service.postgres.transaction_settings import APPLICATION_ROLE

FACTS = "SELECT pg_backend_pid() AS process, session_user = $1 AS is_application"


class Session(NamedTuple):
    """What holds for all transactions of a connection.

    `has_role` means that it logged in as the application role. `has_limits` means that the limits are set.
    """

    has_role: bool = False
    has_limits: bool = False


async def prepare_session(connection: "asyncpg.Connection[Any]", limits: Sequence[str]) -> Session:
    """Sets `limits` for the whole session if the connection leads to Postgres itself.

    A pooler would hand them on to other clients, or forget them. It reveals itself by the process of the server, which
    it cannot name at the login. Raises the errors of the driver.
    """
    facts = await connection.fetchrow(FACTS, APPLICATION_ROLE)
    assert facts is not None
    is_direct = facts["process"] == connection.get_server_pid()
    if is_direct:
        await connection.execute("; ".join(limits))
    return Session(facts["is_application"], is_direct)
