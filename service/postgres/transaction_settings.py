"""The statements that bind a transaction to an organization, a role and time limits."""

from uuid import UUID

from service.settings import Settings

APPLICATION_ROLE = "okrgraph_app"


def tenant_statements(organization_id: UUID, *, has_role: bool = False) -> list[str]:
    """The statements that bind a transaction to one organization and to the role without privileges.

    With `has_role` the connection has that role already. Literals in `SET LOCAL`, since parameters of `set_config` do
    not reach the workers of Citus.
    """
    role = [] if has_role else [f"SET LOCAL ROLE {APPLICATION_ROLE}"]
    return [*role, f"SET LOCAL app.organization_id = '{UUID(str(organization_id))}'"]


def limit_settings(settings: Settings) -> list[str]:
    """Assignments of the time limits of the settings and of generic plans, for `SET` or `SET LOCAL`.

    They are not connection parameters, which a pooler refuses or loses between two transactions.
    """
    lock_timeout = min(settings.lock_timeout, settings.statement_timeout)
    return [
        # Every read uses an index whatever its keys, and a custom plan for each execution would cost more.
        "plan_cache_mode = force_generic_plan",
        f"statement_timeout = {int(settings.statement_timeout * 1000)}",
        f"lock_timeout = {int(lock_timeout * 1000)}",
        f"idle_in_transaction_session_timeout = {int(settings.operation_timeout * 2000)}",
    ]
