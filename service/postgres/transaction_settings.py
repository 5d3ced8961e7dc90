"""The statements that bind a transaction to an organization, a role and time limits."""

from uuid import UUID

from service.settings import Settings

APPLICATION_ROLE = "okrgraph_app"


def tenant_statements(organization_id: UUID) -> list[str]:
    """The statements that bind a transaction to one organization and to the role without privileges.

    Literals in `SET LOCAL`, since parameters of `set_config` do not reach the workers of Citus.
    """
    return [
        f"SET LOCAL ROLE {APPLICATION_ROLE}",
        f"SET LOCAL app.organization_id = '{UUID(str(organization_id))}'",
    ]


def limit_statements(settings: Settings) -> list[str]:
    """The statements that set the time limits of the settings and generic plans for a transaction.

    They are not connection parameters, which a pooler refuses or loses between two transactions.
    """
    lock_timeout = min(settings.lock_timeout, settings.statement_timeout)
    return [
        # Every read uses an index whatever its keys, and a custom plan for each execution would cost more.
        "SET LOCAL plan_cache_mode = force_generic_plan",
        f"SET LOCAL statement_timeout = {int(settings.statement_timeout * 1000)}",
        f"SET LOCAL lock_timeout = {int(lock_timeout * 1000)}",
        f"SET LOCAL idle_in_transaction_session_timeout = {int(settings.operation_timeout * 2000)}",
    ]
