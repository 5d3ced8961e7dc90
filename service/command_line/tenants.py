"""Organizations and their API keys."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, TypeVar
from uuid import UUID

import typer
from sqlalchemy import select
from uuid_utils.compat import uuid7

from service.command_line.place import FAILED, console, meant, now, operator, with_database
from service.database import Database
from service.errors import Refusal
from service.people.founding import found, issue_key, revoke_key
from service.people.keys import identified
from service.people.models import Person, Role
from service.transaction import Transaction
from service.write import write

R = TypeVar("R")
organizations = typer.Typer(help="Organizations.", no_args_is_help=True)
keys = typer.Typer(help="API keys.", no_args_is_help=True)
Organization = Annotated[UUID | None, typer.Option(help="Which organization; not needed when there is only one.")]


@organizations.command("create")
def create_organization(
    name: Annotated[str, typer.Argument(help="What it is called.")],
    time_zone: Annotated[str, typer.Option(help="IANA name of its time zone.")] = "UTC",
    owner: Annotated[str, typer.Option(help="The name of its first person, who owns it.")] = "Owner",
) -> None:
    """Add an organization and print the API key of its owner, which is never shown again."""
    id, key = with_database(lambda database: founded(database, name, time_zone, {"name": owner}))
    console.print(f"Organization {id}. The API key of {owner}:")
    typer.echo(key)


@keys.command("create")
def create_key(
    person: Annotated[str, typer.Option(help="External id or email of the person; the first owner by default.")] = "",
    name: Annotated[str, typer.Option(help="What the key is for.")] = "command line",
    days: Annotated[
        int | None, typer.Option(min=1, max=3650, help="How long it is valid; for ever by default.")
    ] = None,
    organization: Organization = None,
) -> None:
    """Print a new API key of a person; it is never shown again."""
    typer.echo(with_database(lambda database: issued(database, person, name, days, organization)))


@keys.command("revoke")
def revoke(key: Annotated[str, typer.Argument(help="The key, or as much of it as comes before its secret.")]) -> None:
    """End an API key; within seconds nobody gets in with it any more."""
    known = identified(key)
    if known is None:
        console.print("[red]This is not an API key of ours;[/] they look like okr_…")
        raise typer.Exit(FAILED)
    organization_id, id = known
    with_database(lambda database: _told(database, organization_id, lambda tx: revoke_key(tx, id)))
    console.print("The key is revoked.")


async def founded(database: Database, name: str, time_zone: str, owner: dict[str, str]) -> tuple[UUID, str]:
    """A new organization and the key of its owner. Exits with 1 when it is refused."""

    async def command(tx: Transaction) -> str:
        person = await found(tx, name, time_zone, owner)
        return await issue_key(tx, person.id, "first key")

    organization_id = uuid7()
    return organization_id, await _told(database, organization_id, command)


async def issued(database: Database, person: str, name: str, days: int | None, organization: UUID | None) -> str:
    """A new API key. Exits with 1 when there is no such person."""
    organization_id = await meant(database, organization)
    expires_at = now() + timedelta(days=days) if days else None

    async def command(tx: Transaction) -> str:
        query = select(Person).where(Person.organization_id == organization_id)  # type: ignore[arg-type]
        people = sorted((await tx.session.scalars(query)).all(), key=lambda each: each.created_at)
        for each in people:
            if person in (each.external_id, each.email) if person else each.role == Role.OWNER:
                return await issue_key(tx, each.id, name, expires_at)
        console.print(f"[red]Nobody here is known as {person!r}.[/]")
        raise typer.Exit(FAILED)

    return await _told(database, organization_id, command)


async def _told(database: Database, organization_id: UUID, command: Callable[[Transaction], Awaitable[R]]) -> R:
    try:
        return await write(database, operator(organization_id), now(), command)
    except Refusal as refusal:
        console.print(f"[red]{refusal.code}:[/] {refusal.message}")
        raise typer.Exit(FAILED) from None
