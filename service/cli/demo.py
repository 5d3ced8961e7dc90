"""Creates the demo organization with dates around today, and recreates it on request."""

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
from service.cli.keys import issue_api_key
from service.cli.organizations import create_with_owner, delete_named
from service.cli.workspace import run_import
from service.people import keys
from service.postgres.database import SNAPSHOT, Database
from service.postgres.pool import driver
from service.settings import ROOT
from service.workspace.demo_dates import move_items

DEMO_FILE = ROOT / "demo" / "workspace.jsonl"
ORGANIZATION_NAME = "Lumenfield"
# As in the file, so that the import does not change her.
OWNER = {"external_id": "ada", "name": "Ada Demo", "email": "ada@example.com"}
# An arbitrary constant, different from MIGRATION_LOCK.
DEMO_LOCK = 6_713_002
FIND_HOLDER = """
    SELECT k.organization_id, o.name AS organization, p.name AS person, k.revoked_at
    FROM api_keys k
    JOIN organizations o ON o.id = k.organization_id
    JOIN people p ON p.organization_id = k.organization_id AND p.id = k.person_id
    WHERE k.organization_id = $1 AND k.id = $2 AND k.secret_hash = $3"""


async def prepare_demo(url: str, *, recreate: bool = False) -> str:
    """An API key of the demo organization in the database at `url`, which is created if there is no organization.

    With `recreate`, the organization of the stored key is deleted first. Exits with 1 if that is not the demo, if
    there are organizations but no stored key, or if the import is refused.
    """
    # One connection holds the lock, the other one runs the statements.
    database = open_database(settings().model_copy(update={"pool_size": 2}), url)
    try:
        async with _demo_lock(database):
            key = _read_key()
            holder = await _find_holder(database, key)
            if holder is None and not await _has_organizations(database):
                return await _create_demo(database)
            if recreate:
                await delete_named(database, _demo_organization_id(holder), ORGANIZATION_NAME)
                return await _create_demo(database)
            if holder is None or holder.revoked_at is not None:
                organization_id = UUID(str(holder.organization_id)) if holder else None
                return _store_key(await issue_api_key(database, "", "make serve", None, organization_id))
            return key
    finally:
        await database.dispose()


@asynccontextmanager
async def _demo_lock(database: Database) -> AsyncIterator[None]:
    """Locks out other processes that prepare the demo, until the end of a transaction."""
    async with database.primary.connect() as connection:
        lock_connection = await driver(connection)
        async with lock_connection.transaction():
            # The wait may take as long as an import.
            for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
                await lock_connection.execute(f"SET LOCAL {name} = 0")
            await lock_connection.execute(f"SELECT pg_advisory_xact_lock({DEMO_LOCK})")
            yield


async def _find_holder(database: Database, key: str) -> Any:
    """The holder of a key as a row of `FIND_HOLDER`; None if the database does not know the key."""
    parsed = keys.parse(key)
    if parsed is None:
        return None
    # In a transaction of its organization: only a superuser sees rows otherwise.
    async with database.open_connection(database.primary, SNAPSHOT, parsed.organization_id) as opened:
        return await opened.driver.fetchrow(FIND_HOLDER, parsed.organization_id, parsed.id, parsed.secret_hash)


async def _has_organizations(database: Database) -> bool:
    async with database.primary.connect() as connection:
        return bool(await (await driver(connection)).fetchval("SELECT EXISTS (SELECT 1 FROM organizations)"))


async def _create_demo(database: Database) -> str:
    lines = demo_lines(now().date())
    organization_id, key = await create_with_owner(database, ORGANIZATION_NAME, "UTC", OWNER)
    try:
        if (await run_import(database, lines, organization_id)).failed:
            raise typer.Exit(FAILED)
    except BaseException:
        # An empty organization would be used as the demo at the next start.
        await delete_named(database, organization_id, ORGANIZATION_NAME)
        raise
    return _store_key(key)


def demo_lines(day: date) -> list[bytes]:
    """The demo workspace with dates moved to `day`, as JSON Lines."""
    items = [orjson.loads(line) for line in DEMO_FILE.read_bytes().splitlines()]
    return [orjson.dumps(item) for item in move_items(items, day)]


def _demo_organization_id(holder: Any) -> UUID:
    """The id of the demo organization if the key holder is its first person. Exits with 1 otherwise."""
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
    _print_sentence(f"Nothing was deleted. {problem}")
    raise typer.Exit(FAILED)


def _read_key() -> str:
    """The content of the key file; empty if there is none."""
    try:
        return _key_file().read_text("ascii", errors="replace").strip()
    except OSError:
        return ""


def _store_key(key: str) -> str:
    """Writes the key to its file atomically, readable by this user only. Returns the key."""
    file = _key_file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=f"{file.name}.", dir=file.parent)
        with os.fdopen(descriptor, "w") as file_object:
            file_object.write(key)
        os.replace(temporary, file)
    except OSError as error:
        _print_sentence(f"{file} cannot be written ({error.strerror}): the next start prints another key.")
    return key


def _print_sentence(sentence: str) -> None:
    # The terminal wraps it, so that a path can be copied.
    console.print(sentence, markup=False, soft_wrap=True)


def _key_file() -> Path:
    return settings().data_folder / "api-key"
