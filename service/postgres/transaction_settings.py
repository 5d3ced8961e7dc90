"""What binds a transaction to its organization, its role and its limits: statements of the message that opens it."""

from uuid import UUID

from service.settings import Settings

APPLICATION_ROLE = "okrgraph_app"


def tenant(organization_id: UUID) -> list[str]:
    """The statements that bind a transaction to one organization and to the role without privileges.

    Literals in `SET LOCAL`, since parameters of `set_config` do not reach the workers of Citus.
    """
    return [
        f"SET LOCAL ROLE {APPLICATION_ROLE}",
        f"SET LOCAL app.organization_id = '{UUID(str(organization_id))}'",
    ]


def limits(settings: Settings) -> list[str]:
    """The statements that bind a transaction to the time limits of the settings and to plans for any values.

    Not parameters of the connection: a pooler refuses those, or forgets them between two transactions.
    """
    lock_timeout = min(settings.lock_timeout, settings.statement_timeout)
    return [
        # Every read is served by an index, whatever its keys; a plan of its own each time costs more than it.
        "SET LOCAL plan_cache_mode = force_generic_plan",
        f"SET LOCAL statement_timeout = {int(settings.statement_timeout * 1000)}",
        f"SET LOCAL lock_timeout = {int(lock_timeout * 1000)}",
        f"SET LOCAL idle_in_transaction_session_timeout = {int(settings.operation_timeout * 2000)}",
    ]
