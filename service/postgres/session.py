"""A session of Postgres: what was set for all of its transactions, so that they need not set it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from service.postgres.array_types import declare_array_types
from service.postgres.transaction_settings import APPLICATION_ROLE, tenant_statements

FACTS = """SELECT pg_backend_pid() AS process, session_user = $1 AS is_application,
    to_regclass('pg_catalog.pg_dist_node') IS NOT NULL AS is_distributed"""


@dataclass(slots=True)
class Session:
    """The session of one connection.

    `keeps_settings` means that settings of the session hold until it ends. Then time limits are set for all of it.
    `is_application` means that it has logged in with the role of the application. `is_distributed` means that Citus
    distributes the tables. `organization_id` is the tenant that it is bound to outside of transactions, with that role;
    None if it is not, or if that is not known.
    """

    keeps_settings: bool
    is_application: bool
    is_distributed: bool = False
    organization_id: UUID | None = None
    _was_bound: bool = False

    @property
    def has_role(self) -> bool:
        """Whether statements run with the role of the application outside of transactions."""
        return self.is_application or self.organization_id is not None

    def begin_binding(self, organization_id: UUID) -> list[str]:
        """The message that binds it to a tenant; none if it is bound to that one.

        Until `note_binding` the tenant is not known: the message may be cancelled before or after it takes effect.
        """
        if self.organization_id == organization_id:
            return []
        statements = tenant_statements(organization_id, "SESSION", has_role=self.has_role)
        self.organization_id, self._was_bound = None, True
        return ["; ".join(statements)]

    def note_binding(self, organization_id: UUID) -> None:
        """Notes that the message that binds it to a tenant has taken effect."""
        self.organization_id = organization_id

    async def unbind(self, connection: "asyncpg.Connection[Any]") -> None:
        """Gives it back the role that it has logged in with. Raises errors of the driver."""
        if self._was_bound:
            self.organization_id = None
            await connection.execute("RESET ROLE; RESET app.organization_id")
            self._was_bound = False


async def prepare_session(connection: "asyncpg.Connection[Any]", limits: Sequence[str]) -> Session:
    """Sets limits for the whole session of a new connection if it keeps its settings. Raises errors of the driver.

    A pooler would hand settings on to other clients, or forget them. It reveals itself by the process of the server,
    which it cannot name at the login. Citus does not forward settings of a session to its workers.
    """
    declare_array_types(connection)
    facts = await connection.fetchrow(FACTS, APPLICATION_ROLE)
    assert facts is not None
    keeps_settings = not facts["is_distributed"] and facts["process"] == connection.get_server_pid()
    if keeps_settings:
        await connection.execute("; ".join(limits))
    return Session(keeps_settings, facts["is_application"], facts["is_distributed"])
