"""The command line: `okrgraph`."""

import gc
from typing import Annotated

import typer

from service.cli import (
    audit,
    database,
    distribution,
    keys,
    organizations,
    people,
    restore,
    serve,
    service_accounts,
    shares,
    workspace,
)
from service.cli.version import print_version

# New objects after which the garbage collector looks at them.
YOUNG_OBJECTS = 20_000

app = typer.Typer(
    help="okrgraph: a headless GraphQL service for OKRs and KPIs over Postgres.\n\n"
    "Exit codes: 0 done; 1 refused or something was found; 2 wrong usage; 3 no database or no port.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command()(serve.serve)
app.command()(database.migrate)
app.command()(distribution.distribute)
app.command("import")(workspace.import_)
app.command()(workspace.export)
app.command()(restore.restore)
app.command()(workspace.generate)
app.command()(database.doctor)
app.command("advance")(database.advance_steps)
app.command("audit-export")(audit.export_audit_events)
app.command("audit-prune")(audit.prune)
app.add_typer(organizations.organizations, name="organization")
app.add_typer(people.people, name="person")
app.add_typer(keys.keys, name="key")
app.add_typer(shares.shares, name="share")
app.add_typer(service_accounts.service_accounts, name="service-account")


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=print_version, is_eager=True)
    ] = False,
) -> None:
    """What can be said before a command."""


@app.command()
def schema() -> None:
    """Print the GraphQL schema in its own language."""
    from schema.root import sdl

    typer.echo(sdl())


def main() -> None:
    """The entry point of the package."""
    # What is imported stays. To look at it again and again takes a quarter of the time of an import of a workspace.
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)
    app()


if __name__ == "__main__":
    main()
