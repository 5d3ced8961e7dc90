"""The command `person erase`."""

from typing import Annotated
from uuid import UUID

import typer

from service.cli.connection import resolve_organization, with_database
from service.cli.console import console, fail
from service.cli.keys import PEOPLE, matching_people
from service.cli.organizations import Organization, check_text, run_command
from service.people.erasure import erase_person
from service.postgres.database import Database
from service.writing.transaction import Transaction

people = typer.Typer(help="Erase people.", no_args_is_help=True)


@people.command("erase")
def erase(
    person: Annotated[
        str,
        typer.Argument(
            help="Id of the person, or the external id or email. Shells remember what is typed: take the id.",
            callback=check_text,
        ),
    ],
    organization: Organization = None,
) -> None:
    """Replace the personal data of a person by a placeholder, in earlier events too. Nothing brings it back.

    Memberships end, API keys are revoked, and the person is archived. What the person owns, did and wrote stays.
    """

    async def run(database: Database) -> UUID:
        return await run_command(
            database, await resolve_organization(database, organization), lambda tx: _erase(tx, person), exclusive=True
        )

    console.print(f"The person {with_database(run)} is erased.", highlight=False, soft_wrap=True)


async def _erase(tx: Transaction, reference: str) -> UUID:
    """Erases the person with an external id, email or id. Exits with 1 if there is none."""
    matches = matching_people(await tx.rows(PEOPLE), reference)
    if not matches:
        fail("There is no such person in the organization:", "nothing was changed.")
    id = UUID(str(matches[0].id))
    await erase_person(tx, id)
    return id
