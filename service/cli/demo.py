"""The demo organization: made for today, recognised by its API key, and made anew on request."""

import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import typer

from service.cli.configuration import settings
from service.cli.connection import now, open_database
from service.cli.console import FAILED, console
from service.cli.deletion import delete_organization
from service.cli.keys import issued
from service.cli.organizations import founded
from service.cli.workspace import imported
from service.people import keys
from service.postgres.database import SNAPSHOT, Database
from service.postgres.pool import driver
from service.settings import ROOT
from service.workspace.demo_dates import move_items

DEMO_FILE = ROOT / "demo" / "workspace.jsonl"
ORGANIZATION_NAME = "Lumenfield"
# As in the file, so that the import leaves her as she is.
OWNER = {"external_id": "ada", "name": "Ada Demo", "email": "ada@example.com"}
# Any constant: it only has to be the same for everybody who makes the demo, and another one than MIGRATION_LOCK.
DEMO_LOCK = 6_713_002
FIND_HOLDER = """
    SELECT k.organization_id, o.name AS organization, p.name AS person, k.revoked_at
    FROM api_keys k
    JOIN organizations o ON o.id = k.organization_id
    JOIN people p ON p.organization_id = k.organization_id AND p.id = k.person_id
    WHERE k.organization_id = $1 AND k.id = $2 AND k.secret_hash = $3"""


async def prepare_demo(url: str, *, recreate: bool = False) -> str:
    """An API key of the demo organization in the database at `url`; it is made where there is no organization.

    With `recreate`, the organization of the kept key is deleted first. Exits with 1 when that is not the demo, when
    there is no such key but there are organizations, or when the import is refused.
    """
    # One connection holds the lock while another one works.
    database = open_database(settings().model_copy(update={"pool_size": 2}), url)
    try:
        async with _one_at_a_time(database):
            key = _read_key()
            holder = await _find_holder(database, key)
            if holder is None and not await _has_organizations(database):
                return await _create(database, url)
            if recreate:
                await delete_organization(url, _demo_of(holder))
                return await _create(database, url)
            if holder is None or holder.revoked_at is not None:
                organization_id = UUID(str(holder.organization_id)) if holder else None
                return _keep(await issued(database, "", "make serve", None, organization_id))
            return key
    finally:
        await database.dispose()


@asynccontextmanager
async def _one_at_a_time(database: Database) -> AsyncIterator[None]:
    """Makes other processes that prepare the demo wait; the lock ends with its transaction, however that ends."""
    async with database.primary.connect() as connection:
        locking = await driver(connection)
        async with locking.transaction():
            # Whoever waits for it waits for a whole import.
            for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
                await locking.execute(f"SET LOCAL {name} = 0")
            await locking.execute(f"SELECT pg_advisory_xact_lock({DEMO_LOCK})")
            yield


async def _find_holder(database: Database, key: str) -> Any:
    """Whose key it is, as a row of `FIND_HOLDER`; None when this database does not know the key."""
    parsed = keys.parse(key)
    if parsed is None:
        return None
    # In the key's own organization: other logins than a superuser see nothing without naming one.
    async with database.opened(database.primary, SNAPSHOT, parsed.organization_id) as opened:
        return await opened.driver.fetchrow(FIND_HOLDER, parsed.organization_id, parsed.id, parsed.secret_hash)


async def _has_organizations(database: Database) -> bool:
    async with database.primary.connect() as connection:
        return bool(await (await driver(connection)).fetchval("SELECT EXISTS (SELECT FROM organizations)"))


async def _create(database: Database, url: str) -> str:
    lines = demo_lines(now().date())
    organization_id, key = await founded(database, ORGANIZATION_NAME, "UTC", OWNER)
    try:
        if (await imported(database, lines, organization_id)).failed:
            raise typer.Exit(FAILED)
    except BaseException:
        # Without its workspace it would be taken for the demo at the next start.
        await delete_organization(url, organization_id)
        raise
    return _keep(key)


def demo_lines(day: date) -> list[bytes]:
    """The demo workspace as of `day`, as JSON Lines."""
    items = [orjson.loads(line) for line in DEMO_FILE.read_bytes().splitlines()]
    return [orjson.dumps(item) for item in move_items(items, day)]


def _demo_of(holder: Any) -> UUID:
    """The id of the demo organization, if the holder of the kept key is its first person. Exits with 1 otherwise."""
    if holder is None:
        problem = (
            f"The database has organizations, but {_key_file()} holds no API key of one of them, so it is unknown "
            "which of them is the demo. Where it is the only one, start once with --demo alone: that writes a new key."
        )
    elif (holder.organization, holder.person) != (ORGANIZATION_NAME, OWNER["name"]):
        problem = (
            f"The API key in {_key_file()} is that of {holder.person} of the organization {holder.organization}, not "
            f"of {OWNER['name']} of the demo, {ORGANIZATION_NAME}. Start without --recreate, or use another database."
        )
    else:
        return UUID(str(holder.organization_id))
    _say(f"Nothing was deleted. {problem}")
    raise typer.Exit(FAILED)


def _read_key() -> str:
    """The kept key, or whatever else is in its file; empty where there is none."""
    try:
        return _key_file().read_text("ascii", errors="replace").strip()
    except OSError:
        return ""


def _keep(key: str) -> str:
    """The key, written to its file, which nobody else can read at any moment and which is never half written."""
    file = _key_file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=f"{file.name}.", dir=file.parent)
        with os.fdopen(descriptor, "w") as written:
            written.write(key)
        os.replace(temporary, file)
    except OSError as error:
        _say(f"{file} cannot be written ({error.strerror}): the next start prints another key.")
    return key


def _say(sentence: str) -> None:
    # Left to the terminal to wrap, so that a path can be copied; names are no markup.
    console.print(sentence, markup=False, soft_wrap=True)


def _key_file() -> Path:
    return settings().data_folder / "api-key"
