"""The statements that bind a transaction or a session to an organization, a role and time limits."""

from uuid import UUID

from service.settings import Settings

APPLICATION_ROLE = "okrgraph_app"
# It owns all tables. Row-level security applies to it, too.
OWNER_ROLE = "okrgraph_owner"
# Bulk work may take long. Tables that it has filled have no statistics yet, and a plan that reads them whole takes a
# minute.
BULK_SETTINGS = (
    "SET LOCAL statement_timeout = 0",
    "SET LOCAL lock_timeout = 0",
    "SET LOCAL idle_in_transaction_session_timeout = 0",
    *(f"SET LOCAL enable_{way} = off" for way in ("seqscan", "hashjoin", "mergejoin")),
)


def tenant_statements(organization_id: UUID, scope: str = "LOCAL", *, has_role: bool = False) -> list[str]:
    """The statements that bind a transaction to one organization and to the role without privileges.

    With the scope `SESSION` they bind the session. With `has_role` the session has that role already. Literals, since
    parameters of `set_config` do not reach the workers of Citus.
    """
    role = [] if has_role else [f"SET {scope} ROLE {APPLICATION_ROLE}"]
    return [*role, f"SET {scope} app.organization_id = '{UUID(str(organization_id))}'"]


def limit_statements(settings: Settings, scope: str = "LOCAL") -> list[str]:
    """The statements that set time limits and how statements are planned, for a transaction or a session.

    They are not connection parameters, which a pooler refuses or loses between two transactions.
    """
    lock_timeout = min(settings.lock_timeout, settings.statement_timeout)
    return [
        # By default generic: every read uses an index whatever its keys, and a custom plan for each execution would
        # cost more.
        f"SET {scope} plan_cache_mode = {settings.plan_cache_mode}",
        # A worker takes milliseconds to start, and generic plans expect more rows than most statements read.
        f"SET {scope} max_parallel_workers_per_gather = 0",
        f"SET {scope} statement_timeout = {int(settings.statement_timeout * 1000)}",
        f"SET {scope} lock_timeout = {int(lock_timeout * 1000)}",
        f"SET {scope} idle_in_transaction_session_timeout = {int(settings.operation_timeout * 2000)}",
    ]
