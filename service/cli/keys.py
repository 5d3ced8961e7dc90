"""API keys: create, list, revoke."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import typer
from sqlalchemy import select

from service.cli.connection import meant, now, with_database
from service.cli.console import WRONG_USAGE, console, fail, print_table, report
from service.cli.organizations import Organization, done, valid_text
from service.people.founding import API_KEYS, issue_key, revoke_key
from service.people.keys import identified
from service.people.models import Person, Role
from service.postgres.database import Database
from service.reading.reader import Reader
from service.values import global_ids
from service.values.parsing import plain_json, uuid_in
from service.writing.transaction import Transaction

keys = typer.Typer(help="Create and revoke API keys.", no_args_is_help=True)
HEADER = ("ID", "PERSON", "NAME", "CREATED", "EXPIRES", "REVOKED", "LAST USED")


@keys.command("create")
def create_key(
    person: Annotated[
        str,
        typer.Option(
            help="External id, email or id of the person; the first owner by default.",
            callback=valid_text,
            show_default=False,
        ),
    ] = "",
    name: Annotated[str, typer.Option(help="Purpose of the key.", callback=valid_text)] = "command line",
    days: Annotated[
        int | None,
        typer.Option(min=1, max=3650, help="Days until the key expires; without it the key does not expire."),
    ] = None,
    organization: Organization = None,
) -> None:
    """Print a new API key of a person; it is never shown again."""
    typer.echo(with_database(lambda database: issued(database, person, name, days, organization)))


@keys.command("list")
def list_keys(organization: Organization = None) -> None:
    """Print the API keys of an organization, the oldest first, without their secrets."""

    async def run(database: Database) -> Sequence[Any]:
        reader = Reader(database, await meant(database, organization), database.primary)
        try:
            return await reader.rows(API_KEYS)
        finally:
            await reader.close()

    rows = with_database(run)
    if not rows:
        report("There is no API key yet.")
        return
    print_table(HEADER, [_cells(row) for row in rows])


@keys.command("revoke")
def revoke(
    id: Annotated[str, typer.Argument(metavar="ID", help="The id of the key, as `okrgraph key list` shows it.")],
    organization: Organization = None,
) -> None:
    """End an API key; within seconds nobody gets in with it any more."""
    key_id = _key_id(id)

    async def run(database: Database) -> None:
        await done(database, await meant(database, organization), lambda tx: revoke_key(tx, key_id))

    with_database(run)
    console.print("The key is revoked.")


async def issued(database: Database, person: str, name: str, days: int | None, organization: UUID | None) -> str:
    """A new API key of a person, or of the first owner if that is "". Exits with 1 when there is no such person."""
    organization_id = await meant(database, organization)
    expires_at = now() + timedelta(days=days) if days else None

    async def command(tx: Transaction) -> str:
        query = select(Person).where(Person.organization_id == organization_id)  # type: ignore[arg-type]
        people = sorted((await tx.session.scalars(query)).all(), key=lambda each: each.created_at)
        return await issue_key(tx, _chosen(people, person).id, name, expires_at)

    return await done(database, organization_id, command)


def _cells(row: Any) -> tuple[str, ...]:
    times = (row.created_at, row.expires_at, row.revoked_at, row.last_used_at)
    return str(row.id), row.person, row.name, *("" if time is None else plain_json(time) for time in times)


def _key_id(text: str) -> UUID:
    """The UUID that a key is revoked by. Exits with 2 for anything else, which is not repeated: it may be a secret."""
    if text.startswith("okr_"):
        known = identified(text)
        which = f"its id, {known[1]}" if known else "its id, which `okrgraph key list` shows"
        fail("A key does not belong on the command line, where others can read it:", f"use {which}.", code=WRONG_USAGE)
    id = uuid_in(text)
    if id is None:
        fail("This is not the id of a key:", "`okrgraph key list` shows the ids, which are UUIDs.", code=WRONG_USAGE)
    return id


def _chosen(people: Sequence[Person], wanted: str) -> Person:
    """The person that an external id, an email or an id names; the first owner for "". Exits with 1 without one."""
    active = [each for each in people if each.archived_at is None]
    if not wanted:
        owners = [each for each in active if each.role == Role.OWNER]
        return owners[0] if owners else fail("There is no owner:", "name a person with --person.")
    kind, id = global_ids.decode(wanted) or ("Person", uuid_in(wanted))
    named = [each for each in people if wanted in (each.external_id, each.email)]
    named = named or [each for each in people if kind == "Person" and each.id == id]
    if not named:
        what = "" if kind == "Person" else f" It is the id of something of type {kind!r}."
        fail(f"Nobody here is known as {wanted!r}.{what}")
    if named[0] not in active:
        fail(f"{named[0].name} is archived:", "restore the person first, with `personRestore`.")
    return named[0]
