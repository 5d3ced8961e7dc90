"""The commands `organization create` and `organization list`."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

import typer
from uuid_utils.compat import uuid7

from service.cli.connection import now, operator, visible_organizations, with_database
from service.cli.console import FAILED, console, print_table, report
from service.errors import Refusal
from service.people.founding import add_organization
from service.people.key_commands import issue_key
from service.postgres.database import Database
from service.unit_of_work import write
from service.values import parsing
from service.values.parsing import to_json_value
from service.writing.transaction import Transaction

R = TypeVar("R")
organizations = typer.Typer(help="Create organizations.", no_args_is_help=True)
Organization = Annotated[UUID | None, typer.Option(help="Id of the organization; not needed when there is only one.")]


def check_text(text: str | None) -> str | None:
    """The text itself, as a parameter callback. Raises BadParameter for bytes that are not UTF-8."""
    try:
        return text if text is None else parsing.parse_text(text)
    except ValueError:
        raise typer.BadParameter("This is not UTF-8.") from None


@organizations.command("create")
def create_organization(
    name: Annotated[str, typer.Argument(help="What it is called.", callback=check_text)],
    time_zone: Annotated[str, typer.Option(help="IANA name of its time zone.", callback=check_text)] = "UTC",
    owner: Annotated[
        str, typer.Option(help="The name of its first person, who owns it.", callback=check_text)
    ] = "Owner",
) -> None:
    """Add an organization and print the API key of its owner, which is never shown again."""
    id, key = with_database(lambda database: create_with_owner(database, name, time_zone, {"name": owner}))
    console.print(f"Organization {id}. The API key of {owner}:", markup=False, soft_wrap=True)
    typer.echo(key)


@organizations.command("list")
def list_organizations() -> None:
    """Print the organizations, the oldest first: id, name, time zone, created."""
    rows = with_database(visible_organizations)
    if not rows:
        report("There is no organization yet (or your login sees none).")
        return
    cells = [(str(row["id"]), row["name"], row["time_zone"], to_json_value(row["created_at"])) for row in rows]
    print_table(("ID", "NAME", "TIME ZONE", "CREATED"), cells)


async def create_with_owner(database: Database, name: str, time_zone: str, owner: dict[str, str]) -> tuple[UUID, str]:
    """Creates an organization with its owner. Returns its id and the API key of the owner. Exits with 1 if refused."""

    async def command(tx: Transaction) -> str:
        person = await add_organization(tx, name, time_zone, owner)
        return await issue_key(tx, person.id, "first key")

    organization_id = uuid7()
    return organization_id, await run_command(database, organization_id, command)


async def run_command(
    database: Database,
    organization_id: UUID,
    command: Callable[[Transaction], Awaitable[R]],
    *,
    exclusive: bool = False,
) -> R:
    """The result of a command run by the operator. Exits with 1 if it is refused."""
    try:
        return await write(database, operator(organization_id), now(), command, exclusive=exclusive)
    except Refusal as refusal:
        for each in refusal.all:
            field = f" ({'.'.join(each.field)})" if each.field else ""
            report(f"{each.code}{field}:", each.message)
        raise typer.Exit(FAILED) from None
