"""The commands `service-account create`, `list`, `archive` and `restore`."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import typer
from sqlalchemy import select

from service.cli.connection import resolve_organization, with_database
from service.cli.console import console, fail, print_table, report
from service.cli.organizations import Organization, check_text, run_command
from service.entities.archiving import set_archived
from service.people.service_accounts.commands import create as create_service_accounts
from service.people.service_accounts.entity import SERVICE_ACCOUNT
from service.people.service_accounts.models import ServiceAccount, ServiceAccountRole
from service.postgres.database import Database
from service.postgres.tables import table_of
from service.reading.reader import Reader, of_tenant
from service.values import global_ids
from service.values.parsing import parse_uuid, to_json_value
from service.writing.rows import new_row
from service.writing.transaction import Transaction

service_accounts = typer.Typer(help="Create and archive service accounts.", no_args_is_help=True)
_table = table_of(ServiceAccount)
SERVICE_ACCOUNTS = select(_table).where(of_tenant(ServiceAccount)).order_by(_table.c.created_at, _table.c.id)
HEADER = ("ID", "NAME", "ROLE", "EXTERNAL ID", "CREATED", "ARCHIVED")
Reference = Annotated[
    str,
    typer.Argument(
        metavar="SERVICE_ACCOUNT", help="External id, name or id of the service account.", callback=check_text
    ),
]


@service_accounts.command("create")
def create(
    name: Annotated[str, typer.Argument(help="Which system it is.", callback=check_text)],
    role: Annotated[
        ServiceAccountRole, typer.Option(help="What it may do, and the most that it may do on behalf of people.")
    ] = ServiceAccountRole.VIEWER,
    external_id: Annotated[
        str | None, typer.Option(help="Id by which your own system knows it.", callback=check_text)
    ] = None,
    organization: Organization = None,
) -> None:
    """Add a service account and print its id; `okrgraph key create --service-account` makes its API keys."""

    async def command(tx: Transaction) -> UUID:
        row = new_row(tx, ServiceAccount, {"name": name, "role": role, "external_id": external_id})
        await create_service_accounts(tx, [row])
        return row.id

    async def run(database: Database) -> UUID:
        return await run_command(database, await resolve_organization(database, organization), command)

    typer.echo(with_database(run))


@service_accounts.command("list")
def list_service_accounts(organization: Organization = None) -> None:
    """Print the service accounts of an organization, the oldest first."""

    async def run(database: Database) -> Sequence[Any]:
        reader = Reader(database, await resolve_organization(database, organization), database.primary)
        try:
            return await reader.rows(SERVICE_ACCOUNTS)
        finally:
            await reader.close()

    rows = with_database(run)
    if not rows:
        report("There is no service account yet.")
        return
    print_table(HEADER, [_cells(row) for row in rows])


@service_accounts.command("archive")
def archive(service_account: Reference, organization: Organization = None) -> None:
    """End a service account: within seconds nobody gets in with its API keys any more."""
    _set_archived(service_account, organization, archived=True)
    console.print("The service account is archived.")


@service_accounts.command("restore")
def restore(service_account: Reference, organization: Organization = None) -> None:
    """Restore an archived service account; its API keys are accepted again unless they were revoked."""
    _set_archived(service_account, organization, archived=False)
    console.print("The service account is restored.")


async def find_service_account(tx: Transaction, reference: str) -> Any:
    """The service account with an external id, a name or an id. Exits with 1 if there is none, or if several have the
    name."""
    rows = await tx.rows(SERVICE_ACCOUNTS)
    type_name, id = global_ids.decode(reference) or (ServiceAccount.__name__, parse_uuid(reference))
    matches = [row for row in rows if row["external_id"] == reference]
    matches = matches or [row for row in rows if type_name == ServiceAccount.__name__ and row["id"] == id]
    matches = matches or [row for row in rows if row["name"] == reference]
    if not matches:
        hint = "" if type_name == ServiceAccount.__name__ else f" It is the id of something of type {type_name!r}."
        fail(f"No service account here is known as {reference!r}.{hint}")
    if len(matches) > 1:
        fail(f"Several service accounts have the name {reference!r}:", "use the external id or the id of one.")
    return matches[0]


def _set_archived(reference: str, organization: UUID | None, *, archived: bool) -> None:
    async def command(tx: Transaction) -> None:
        row = await find_service_account(tx, reference)
        await set_archived(tx, SERVICE_ACCOUNT, row["id"], archived)

    async def run(database: Database) -> None:
        organization_id = await resolve_organization(database, organization)
        await run_command(database, organization_id, command, exclusive=True)

    with_database(run)


def _cells(row: Any) -> tuple[str, ...]:
    times = ("" if time is None else to_json_value(time) for time in (row.created_at, row.archived_at))
    return str(row.id), row.name, row.role, row.external_id or "", *times
