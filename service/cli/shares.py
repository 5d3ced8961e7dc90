"""The commands `share list` and `share revoke`."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import typer

from service.cli.connection import resolve_organization, with_database
from service.cli.console import WRONG_USAGE, console, fail, print_table, report
from service.cli.organizations import Organization, run_command
from service.people import keys
from service.postgres.database import Database
from service.reading.reader import Reader
from service.share_tokens.commands import revoke_share_token
from service.share_tokens.queries import SHARE_TOKENS_WITH_NAMES
from service.values import global_ids
from service.values.parsing import parse_uuid, to_json_value

shares = typer.Typer(help="List and revoke share tokens.", no_args_is_help=True)
HEADER = ("ID", "CREATOR", "NAME", "SHOWS", "CREATED", "EXPIRES", "REVOKED", "LAST USED")


@shares.command("list")
def list_shares(organization: Organization = None) -> None:
    """Print the share tokens of an organization, the oldest first, without their secrets."""

    async def run(database: Database) -> Sequence[Any]:
        reader = Reader(database, await resolve_organization(database, organization), database.primary)
        try:
            return await reader.rows(SHARE_TOKENS_WITH_NAMES)
        finally:
            await reader.close()

    rows = with_database(run)
    if not rows:
        report("There is no share token yet.")
        return
    print_table(HEADER, [_table_row(row) for row in rows])


@shares.command("revoke")
def revoke(
    id: Annotated[str, typer.Argument(metavar="ID", help="The id of the token, as `okrgraph share list` shows it.")],
    organization: Organization = None,
) -> None:
    """End a share token; within seconds nobody reads with it any more."""
    token_id = _parse_token_id(id)

    async def run(database: Database) -> None:
        organization_id = await resolve_organization(database, organization)
        await run_command(database, organization_id, lambda tx: revoke_share_token(tx, token_id))

    with_database(run)
    console.print("The share token is revoked.")


def _table_row(row: Any) -> tuple[str, ...]:
    shows = "KPIs by a filter" if row.objective_id is None else f"objective {row.objective_id}"
    times = (row.created_at, row.expires_at, row.revoked_at, row.last_used_at)
    return str(row.id), row.creator, row.name, shows, *("" if time is None else to_json_value(time) for time in times)


def _parse_token_id(text: str) -> UUID:
    """The id of a share token as UUID. Exits with 2 for any other text, and does not print it: it may be a secret."""
    if text.startswith(f"{keys.SHARE}_"):
        parts = keys.parse_ids(text, keys.SHARE)
        advice = f"its id, {parts[1]}" if parts else "its id, which `okrgraph share list` shows"
        fail(
            "A token does not belong on the command line:", f"others can read it there. Use {advice}.", code=WRONG_USAGE
        )
    kind, id = global_ids.decode(text) or ("ShareToken", parse_uuid(text))
    if kind != "ShareToken" or id is None:
        fail("This is not the id of a share token:", "`okrgraph share list` shows the ids.", code=WRONG_USAGE)
    return id
