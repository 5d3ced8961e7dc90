"""The commands `key create`, `key list`, `key rotate` and `key revoke`."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import typer
from sqlalchemy import select

from service.cli.connection import now, resolve_organization, with_database
from service.cli.console import WRONG_USAGE, console, fail, print_table, report
from service.cli.organizations import Organization, check_text, run_command
from service.cli.service_accounts import find_service_account
from service.people.key_commands import (
    DEFAULT_OVERLAP_HOURS,
    MAX_OVERLAP_HOURS,
    create_key,
    revoke_key,
    rotate_key,
)
from service.people.keys import parse_ids
from service.people.models import Person, Role
from service.people.queries import API_KEYS_WITH_NAMES
from service.people.scopes import ApiKeyScope
from service.postgres.database import Database
from service.postgres.tables import columns_of
from service.reading.reader import Reader, of_tenant
from service.values import global_ids
from service.values.parsing import parse_uuid, to_json_value
from service.writing.transaction import Transaction

keys = typer.Typer(help="Create and revoke API keys.", no_args_is_help=True)
_person = columns_of(Person)
PEOPLE = (
    select(*(_person.id, _person.external_id, _person.name, _person.email, _person.role, _person.archived_at))
    .where(of_tenant(Person))
    .order_by(_person.created_at)
)
HEADER = ("ID", "PERSON", "SERVICE ACCOUNT", "NAME", "SCOPES", "CREATED", "EXPIRES", "REVOKED", "LAST USED")
KeyId = Annotated[str, typer.Argument(metavar="ID", help="The id of the key, as `okrgraph key list` shows it.")]


@keys.command("create")
def create(
    person: Annotated[
        str,
        typer.Option(
            help="External id, email or id of the person; the first owner by default.",
            callback=check_text,
            show_default=False,
        ),
    ] = "",
    name: Annotated[str, typer.Option(help="Purpose of the key.", callback=check_text)] = "command line",
    days: Annotated[
        int | None,
        typer.Option(min=1, max=3650, help="Days until the key expires; without it the key does not expire."),
    ] = None,
    scope: Annotated[
        list[ApiKeyScope] | None,
        typer.Option(help="Area that the key may read or write; repeat it for several. Without it, all areas."),
    ] = None,
    service_account: Annotated[
        str,
        typer.Option(
            help="External id, name or id of a service account, instead of a person.",
            callback=check_text,
            show_default=False,
        ),
    ] = "",
    organization: Organization = None,
) -> None:
    """Print a new API key of a person or a service account; it is never shown again."""
    if person and service_account:
        fail("A key belongs to one of both:", "use --person or --service-account.", code=WRONG_USAGE)

    async def run(database: Database) -> str:
        return await issue_api_key(database, person, name, days, organization, scope, service_account=service_account)

    typer.echo(with_database(run))


@keys.command("list")
def list_keys(organization: Organization = None) -> None:
    """Print the API keys of an organization, the oldest first, without their secrets."""

    async def run(database: Database) -> Sequence[Any]:
        reader = Reader(database, await resolve_organization(database, organization), database.primary)
        try:
            return await reader.rows(API_KEYS_WITH_NAMES)
        finally:
            await reader.close()

    rows = with_database(run)
    if not rows:
        report("There is no API key yet.")
        return
    print_table(HEADER, [_table_row(row) for row in rows])


@keys.command("rotate")
def rotate(
    id: KeyId,
    overlap: Annotated[
        int, typer.Option(min=0, max=MAX_OVERLAP_HOURS, help="Hours for which the old key stays valid.")
    ] = DEFAULT_OVERLAP_HOURS,
    organization: Organization = None,
) -> None:
    """Print a new API key that replaces another one, with its holder, name and scopes."""
    key_id = _parse_key_id(id)

    async def run(database: Database) -> str:
        organization_id = await resolve_organization(database, organization)
        issued = await run_command(database, organization_id, lambda tx: rotate_key(tx, key_id, overlap_hours=overlap))
        return issued.key

    typer.echo(with_database(run))


@keys.command("revoke")
def revoke(
    id: KeyId,
    organization: Organization = None,
) -> None:
    """End an API key; within seconds nobody gets in with it any more."""
    key_id = _parse_key_id(id)

    async def run(database: Database) -> None:
        await run_command(
            database, await resolve_organization(database, organization), lambda tx: revoke_key(tx, key_id)
        )

    with_database(run)
    console.print("The key is revoked.")


async def issue_api_key(
    database: Database,
    person: str,
    name: str,
    days: int | None,
    organization: UUID | None,
    scopes: Sequence[str] | None = None,
    *,
    service_account: str = "",
) -> str:
    """Creates an API key of a service account if one is named, or of a person, or of the first owner for "". Exits
    with 1 if there is no such holder."""
    organization_id = await resolve_organization(database, organization)
    expires_at = now() + timedelta(days=days) if days else None

    async def command(tx: Transaction) -> str:
        ids: dict[str, UUID | None] = {"person_id": None}
        if service_account:
            ids["service_account_id"] = (await find_service_account(tx, service_account)).id
        else:
            ids["person_id"] = _find_person(await tx.rows(PEOPLE), person).id
        return (await create_key(tx, name=name, expires_at=expires_at, scopes=scopes or None, **ids)).key

    return await run_command(database, organization_id, command)


def _table_row(row: Any) -> tuple[str, ...]:
    times = (row.created_at, row.expires_at, row.revoked_at, row.last_used_at)
    scopes = "" if row.scopes is None else " ".join(row.scopes)
    holder = (row.person or "", row.service_account or "")
    return str(row.id), *holder, row.name, scopes, *("" if time is None else to_json_value(time) for time in times)


def _parse_key_id(text: str) -> UUID:
    """The id of a key as UUID. Exits with 2 for any other text, and does not print it, as it may be a secret."""
    if text.startswith("okr_"):
        key_parts = parse_ids(text)
        advice = f"its id, {key_parts[1]}" if key_parts else "its id, which `okrgraph key list` shows"
        fail("A key does not belong on the command line, where others can read it:", f"use {advice}.", code=WRONG_USAGE)
    id = parse_uuid(text)
    if id is None:
        fail("This is not the id of a key:", "`okrgraph key list` shows the ids, which are UUIDs.", code=WRONG_USAGE)
    return id


def _find_person(people: Sequence[Any], reference: str) -> Any:
    """The person with an external id, email or id, or the first owner for "". Exits with 1 if there is none."""
    active = [person_row for person_row in people if person_row.archived_at is None]
    if not reference:
        owners = [person_row for person_row in active if person_row.role == Role.OWNER]
        return owners[0] if owners else fail("There is no owner:", "name a person with --person.")
    matches = matching_people(people, reference)
    if not matches:
        kind, _ = global_ids.decode(reference) or ("Person", None)
        hint = "" if kind == "Person" else f" It is the id of something of type {kind!r}."
        fail(f"Nobody here is known as {reference!r}.{hint}")
    if matches[0] not in active:
        fail(f"{matches[0].name} is archived:", "restore the person first, with `personRestore`.")
    return matches[0]


def matching_people(people: Sequence[Any], reference: str) -> list[Any]:
    """The people with an external id or email, or else the person with an id."""
    kind, id = global_ids.decode(reference) or ("Person", parse_uuid(reference))
    matches = [person_row for person_row in people if reference in (person_row.external_id, person_row.email)]
    return matches or [person_row for person_row in people if kind == "Person" and person_row.id == id]
