"""What an operator meets first and does not expect ends with a sentence and the documented exit code."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from service.postgres.alembic_revisions import newest_revision
from tests.kit.client import Client
from tests.kit.commands import Ended, run_async, run_command
from tests.kit.forks import Fork

NOWHERE = "postgresql://okrgraph@127.0.0.1:1/okrgraph"
COMMANDS = ["organization create X", "organization list", "key create", "key list", "doctor", "export", "import -"]
COMMANDS += ["key revoke 01a20535-1fcd-74ae-8ec2-97207139be88"]
NOT_MIGRATED = "The database is not migrated: run `okrgraph migrate`.\n"


@pytest.fixture
async def empty_url(superuser: asyncpg.Connection, database_url: str) -> AsyncIterator[str]:
    """A database in which nothing is."""
    name = f"empty_{uuid4().hex[:8]}"
    await superuser.execute(f"CREATE DATABASE {name}")
    yield make_url(database_url).set(database=name).render_as_string(hide_password=False)
    await superuser.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def restricted_url(superuser: asyncpg.Connection, database_url: str) -> AsyncIterator[str]:
    """A login that may connect and nothing else."""
    name = f"nobody_{uuid4().hex[:8]}"
    await superuser.execute(f"CREATE ROLE {name} LOGIN")
    yield make_url(database_url).set(username=name).render_as_string(hide_password=False)
    await superuser.execute(f"DROP ROLE {name}")


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_database_that_is_not_migrated(empty_url: str, command: str) -> None:
    ended = await run_async(*command.split(), OKRGRAPH_DATABASE_URL=empty_url)
    assert ended == Ended(3, "", NOT_MIGRATED)


async def test_migrating_it_is_what_was_missing(empty_url: str) -> None:
    at = {"OKRGRAPH_DATABASE_URL": empty_url}
    done = Ended(0, "", "The database is at the newest revision.\n")
    assert await run_async("migrate", **at) == done
    assert await run_async("organization", "list", **at) == Ended(
        *(0, "", "There is no organization yet (or your login sees none).\n"),
    )
    nothing = "There is no organization yet (or your login sees none): `okrgraph organization create` adds one.\n"
    for command in ("export", "key list", "key create", "doctor"):
        assert await run_async(*command.split(), **at) == Ended(1, "", nothing)
    assert await run_async("migrate", **at) == done


async def test_an_empty_data_folder(tmp_path: Path) -> None:
    ended = await run_async("organization", "create", "X", OKRGRAPH_DATA_FOLDER=str(tmp_path / "data"))
    assert ended == Ended(3, "", NOT_MIGRATED)


async def test_a_database_at_another_revision(empty_url: str) -> None:
    at = {"OKRGRAPH_DATABASE_URL": empty_url}
    assert (await run_async("migrate", **at)).code == 0
    connection = await asyncpg.connect(empty_url.replace("+asyncpg", ""))
    await connection.execute("UPDATE alembic_version SET version_num = 'later'")
    await connection.close()
    stderr = (
        f"The database is at revision later, and this okrgraph needs {newest_revision()}: "
        "run `okrgraph migrate`, or use the newer okrgraph that has migrated it.\n"
    )
    assert await run_async("doctor", **at) == Ended(3, "", stderr)
    code, answers, stderr = await run_async("migrate", **at)
    assert (code, answers) == (3, "")
    assert stderr.startswith("The database cannot be migrated: ")
    assert stderr.endswith("use the newer okrgraph that has migrated it.\n")


@pytest.mark.parametrize("command", [*COMMANDS, "migrate"])
async def test_a_database_that_cannot_be_reached(
    database_url: str, restricted_url: str, command: str, subtests: pytest.Subtests
) -> None:
    missing = make_url(database_url).set(database="not_there").render_as_string(hide_password=False)
    unknown = make_url(database_url).set(username="not_there").render_as_string(hide_password=False)
    urls = {
        NOWHERE: "Connect call failed",
        "postgresql://nowhere.invalid/x": "[Errno",
        "postgresql://okrgraph@/okrgraph?host=/not/there": "No such file",
        missing: 'database "not_there" does not exist',
        unknown: 'role "not_there" does not exist',
    }
    if command != "migrate":
        urls[restricted_url] = "permission denied for table alembic_version"
    for url, reason in urls.items():
        with subtests.test(url):
            code, answers, stderr = await run_async(*command.split(), OKRGRAPH_DATABASE_URL=url)
            assert (code, answers) == (3, "")
            assert stderr.startswith("The database cannot be reached: ")
            assert reason in stderr
            assert len(stderr.splitlines()) == 1


async def test_a_login_that_may_not_migrate(restricted_url: str, empty_url: str) -> None:
    login = make_url(restricted_url).set(database=make_url(empty_url).database).render_as_string(hide_password=False)
    code, answers, stderr = await run_async("migrate", OKRGRAPH_DATABASE_URL=login)
    advice, problem = stderr.splitlines()
    assert (code, answers) == (3, "")
    assert advice.startswith("The login needs CREATEROLE, ")
    assert problem.startswith("The migration failed: permission denied")


@pytest.mark.parametrize("command", ["export", "doctor"])
async def test_a_replica_that_cannot_be_reached(client: Client, database_url: str, command: str) -> None:
    both = {"OKRGRAPH_DATABASE_URL": database_url, "OKRGRAPH_READ_DATABASE_URL": NOWHERE}
    code, answers, stderr = await run_async(command, **both)
    assert (code, answers) == (3, "")
    assert stderr.startswith("The database of OKRGRAPH_READ_DATABASE_URL cannot be reached: ")
    # What does not read from it does not need it: a key can be revoked at any time.
    assert (await run_async("key", "list", **both)).code == 0


async def test_a_database_that_is_busy(client: Client, superuser: asyncpg.Connection, database_url: str) -> None:
    hasty = {"OKRGRAPH_DATABASE_URL": database_url, "OKRGRAPH_STATEMENT_TIMEOUT": "0.2"}
    async with superuser.transaction():
        await superuser.execute("LOCK TABLE people IN ACCESS EXCLUSIVE MODE")
        stderr = "The database is busy: A statement ran past its time limit, or waited too long for others.\n"
        assert await run_async("key", "create", **hasty) == Ended(3, "", stderr)


@pytest.mark.parametrize("command", [each for each in COMMANDS if not each.startswith("organization")])
async def test_an_organization_that_is_not_there(client: Client, database_url: str, command: str) -> None:
    id = uuid4()
    ended = await run_async(*command.split(), "--organization", str(id), OKRGRAPH_DATABASE_URL=database_url)
    stderr = f"There is no organization {id}: `okrgraph organization list` shows those there are.\n"
    assert ended == Ended(1, "", stderr)


async def test_several_organizations(client: Client, stranger: Client, database_url: str) -> None:
    code, answers, stderr = await run_async("export", OKRGRAPH_DATABASE_URL=database_url)
    first, *rest = stderr.splitlines()
    assert (code, answers, first) == (1, "", "Say which organization you mean, with --organization:")
    assert sorted(line.split()[0] for line in rest) == sorted(str(each.organization_id) for each in (client, stranger))


@pytest.mark.parametrize(
    ("folder", "reason"),
    [("file", "File exists"), ("file/below", "Not a directory")],
)
def test_a_data_folder_that_cannot_be_made(tmp_path: Path, folder: str, reason: str) -> None:
    (tmp_path / "file").touch()
    code, answers, stderr = run_command("migrate", OKRGRAPH_DATA_FOLDER=str(tmp_path / folder))
    assert (code, answers) == (3, "")
    assert stderr.startswith("The database cannot be reached: Cannot keep the data of the embedded Postgres in ")
    assert reason in stderr
    assert "Name another folder in OKRGRAPH_DATA_FOLDER, or set OKRGRAPH_DATABASE_URL." in stderr


FILES = {
    "missing/x": "No such file or directory",
    "[/missing]/x": "No such file or directory",
    "": "Is a directory",
    "file/x": "Not a directory",
    "x" * 300: "File name too long",
}


@pytest.mark.parametrize("file", FILES)
async def test_a_file_that_cannot_be_used(client: Client, database_url: str, tmp_path: Path, file: str) -> None:
    (tmp_path / "file").touch()
    path = str(tmp_path / file)
    written = Ended(1, "", f"{path} cannot be written: {FILES[file]}\n")
    assert await run_async("generate", path, "--objectives", "1") == written
    assert await run_async("export", path, OKRGRAPH_DATABASE_URL=database_url) == written
    read = Ended(1, "", f"{path} cannot be read: {FILES[file]}\n")
    assert await run_async("import", path, OKRGRAPH_DATABASE_URL=database_url) == read


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
async def test_a_disk_that_is_full(client: Client, database_url: str) -> None:
    full = Ended(1, "", "/dev/full cannot be written: No space left on device\n")
    assert await run_async("generate", "/dev/full", "--objectives", "1") == full
    assert await run_async("generate", "/dev/full", "--objectives", "200") == full
    assert await run_async("export", "/dev/full", OKRGRAPH_DATABASE_URL=database_url) == full


async def test_an_export_that_cannot_begin_leaves_the_file(tmp_path: Path) -> None:
    file = tmp_path / "workspace.jsonl"
    file.write_text("as it was")
    assert (await run_async("export", str(file), OKRGRAPH_DATABASE_URL=NOWHERE)).code == 3
    assert file.read_text() == "as it was"


@pytest.mark.parametrize(
    ("host", "stderr"),
    [
        ("nowhere.invalid", "HOST 'nowhere.invalid' is no address: name one of this machine, or a name for one."),
        ("a..b", "HOST 'a..b' is no address: name one of this machine, or a name for one."),
        ("192.0.2.1", "Port 8000 of 192.0.2.1 cannot be used: Cannot assign requested address. Choose another HOST."),
    ],
)
def test_a_host_that_cannot_be_listened_on(host: str, stderr: str) -> None:
    assert run_command("serve", HOST=host, OKRGRAPH_DATABASE_URL=NOWHERE) == Ended(3, "", stderr + "\n")


@pytest.mark.parametrize("arguments", [("generate", "--objectives", "300"), ("schema",)])
def test_a_reader_that_has_seen_enough(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    pipe, errors = tmp_path / "pipe", tmp_path / "errors"
    os.mkfifo(pipe)
    process = Fork(arguments, dict(os.environ), pipe, errors)
    pipe.open("rb").close()
    assert (process.wait(60), errors.read_text()) == (1, "")
