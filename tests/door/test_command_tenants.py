"""Organizations and API keys at the command line: created, listed, refused, revoked."""

import asyncio
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from service.people import keys
from service.people.key_commands import issue_key
from service.unit_of_work import write
from tests.kit.client import Client
from tests.kit.commands import Ended, run_async

MISSING = "01a20535-1fcd-74ae-8ec2-97207139be88"


class Terminal:
    """Runs commands over the database of the tests."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def __call__(self, *arguments: str) -> Ended:
        return await run_async(*arguments, OKRGRAPH_DATABASE_URL=self.url)


@pytest.fixture
def okrgraph(clean: None, database_url: str) -> Terminal:
    return Terminal(database_url)


async def person_of(okrgraph: Terminal, client: Client, key: str) -> Any:
    """Who a key belongs to, as the application answers it."""
    headers = {"Authorization": f"Bearer {key.strip()}"}
    response = await client.http.post("/graphql", json={"query": "{ viewer { person { name } } }"}, headers=headers)
    return response.json()["data"]["viewer"]["person"]["name"]


async def keys_of(client: Client) -> list[Any]:
    """The rows of all keys of an organization."""
    async with client.database.open_connection(client.database.primary, "BEGIN", client.organization_id) as pooled:
        return await pooled.driver.fetch("SELECT * FROM api_keys ORDER BY created_at, id")


async def test_an_organization_and_its_first_key(okrgraph: Terminal) -> None:
    code, key, stderr = await okrgraph(
        "organization", "create", "Acme [/b]", "--owner", "Ann", "--time-zone", "Asia/Tokyo"
    )
    presented = keys.parse(key.strip())
    assert presented is not None
    id = presented.organization_id
    assert (code, stderr) == (0, f"Organization {id}. The API key of Ann:\n")
    code, answers, stderr = await okrgraph("organization", "list")
    header, row = answers.splitlines()
    assert (code, header, stderr) == (0, f"{'ID':36}  NAME       TIME ZONE   CREATED", "")
    assert row.startswith(f"{id}  Acme [/b]  Asia/Tokyo  20")
    _, answers, _ = await okrgraph("key", "list")
    assert [line.split()[:5] for line in answers.splitlines()[1:]] == [[str(presented.id), "Ann", "-", "first", "key"]]


@pytest.mark.parametrize(
    ("arguments", "stderr"),
    [
        ([""], "BLANK (name): `name` must not be empty."),
        ([" \t"], "BLANK (name): `name` must not be empty."),
        (["x" * 201], "TOO_LONG (name): `name` has 201 characters; 200 are allowed."),
        (["X", "--owner", ""], "BLANK (owner.name): `name` must not be empty."),
        (["X", "--owner", "x" * 201], "TOO_LONG (owner.name): `name` has 201 characters; 200 are allowed."),
        (
            *(["X", "--time-zone", "[/Mars]"],),
            "TIME_ZONE_UNKNOWN (timeZone): `[/Mars]` is not the IANA name of a time zone, such as Europe/Berlin.",
        ),
    ],
)
async def test_an_organization_that_is_refused(okrgraph: Terminal, arguments: list[str], stderr: str) -> None:
    assert await okrgraph("organization", "create", *arguments) == Ended(1, "", stderr + "\n")
    nothing = "There is no organization yet (or your login sees none).\n"
    assert await okrgraph("organization", "list") == Ended(0, "", nothing)


async def test_names_that_are_not_utf_8_are_wrong_usage(client: Client, okrgraph: Terminal) -> None:
    bad = "\udcff"
    for command in (
        ["organization", "create", bad],
        ["key", "create", "--name", bad],
        ["key", "create", "--person", bad],
    ):
        code, answers, stderr = await okrgraph(*command)
        assert (code, answers) == (2, "")
        assert "This is not UTF-8." in stderr
    assert len(await keys_of(client)) == 1


async def test_a_person_is_known_by_any_of_their_names(client: Client, okrgraph: Terminal) -> None:
    id = await client.make("personCreate", name="Petra", externalId="p-1", email="petra@example.com")
    uuid = await _uuid(client, "Petra")
    for name in ("p-1", "petra@example.com", id, str(uuid), str(uuid).upper()):
        code, key, stderr = await okrgraph("key", "create", "--person", name)
        assert (code, stderr) == (0, "")
        assert await person_of(okrgraph, client, key) == "Petra"
    code, key, _ = await okrgraph("key", "create")
    assert (code, await person_of(okrgraph, client, key)) == (0, "Olive Owner")


async def _uuid(client: Client, name: str) -> UUID:
    async with client.database.open_connection(client.database.primary, "BEGIN", client.organization_id) as pooled:
        return UUID(str(await pooled.driver.fetchval("SELECT id FROM people WHERE name = $1", name)))


async def test_a_person_who_is_not_there(client: Client, stranger: Client, okrgraph: Terminal) -> None:
    own_arguments = ("--organization", str(client.organization_id))
    objective = await client.objective(await client.cycle())
    theirs = (await stranger.data("{ viewer { person { id } } }"))["viewer"]["person"]["id"]
    before = await keys_of(client)
    for name in ("nobody", MISSING, theirs, str(stranger.person_id), "[/x]"):
        stderr = f"Nobody here is known as {name!r}.\n"
        assert await okrgraph("key", "create", "--person", name, *own_arguments) == Ended(1, "", stderr)
    stderr = f"Nobody here is known as {objective!r}. It is the id of something of type 'Objective'.\n"
    assert await okrgraph("key", "create", "--person", objective, *own_arguments) == Ended(1, "", stderr)
    assert await keys_of(client) == before


async def test_a_person_who_has_left_gets_no_key(client: Client, okrgraph: Terminal) -> None:
    id = await client.make("personCreate", name="Petra", externalId="p-1")
    await client.make("personArchive", id=id)
    stderr = "Petra is archived: restore the person first, with `personRestore`.\n"
    assert await okrgraph("key", "create", "--person", "p-1") == Ended(1, "", stderr)
    await client.make("personCreate", name="Other", role="OWNER")
    await client.make("personArchive", id=(await client.data("{ viewer { person { id } } }"))["viewer"]["person"]["id"])
    _, answers, _ = await okrgraph("key", "create")
    presented = keys.parse(answers.strip())
    assert presented is not None
    [row] = [row for row in await keys_of(client) if row["id"] == presented.id]
    assert row["person_id"] == await _uuid(client, "Other")


@pytest.mark.parametrize(
    ("name", "stderr"),
    [
        ("", "BLANK (name): `name` must not be empty."),
        ("x" * 201, "TOO_LONG (name): `name` has 201 characters; 200 are allowed."),
    ],
)
async def test_a_name_of_a_key_that_is_refused(client: Client, okrgraph: Terminal, name: str, stderr: str) -> None:
    before = await keys_of(client)
    assert await okrgraph("key", "create", "--name", name) == Ended(1, "", stderr + "\n")
    assert await keys_of(client) == before


async def test_keys_are_listed_without_secrets(client: Client, okrgraph: Terminal) -> None:
    assert (await client.http.post("/graphql", json={"query": "{ viewer { role } }"})).status_code == 200
    until = client.clock.now + timedelta(days=1)
    secret = await write(
        *(client.database, client.viewer, client.clock.now + timedelta(seconds=1)),
        lambda tx: issue_key(tx, client.person_id, "CI\x1b[31m\nrunner", until),
    )
    row = keys.parse(secret)
    first = keys.parse(client.key)
    assert row is not None
    assert first is not None
    code, answers, stderr = await okrgraph("key", "list")
    assert (code, stderr) == (0, "")
    header, *rows = answers.splitlines()
    names = ["ID", "PERSON", "SERVICE", "ACCOUNT", "NAME", "SCOPES", "CREATED", "EXPIRES", "REVOKED", "LAST", "USED"]
    assert header.split() == names
    requested_end, ends, none = "2026-07-02T12:00:00Z", "2026-07-03T12:00:00Z", f"{'-':15}"
    assert rows == [
        f"{first.id}  Olive Owner  {none}  test            -       {requested_end}  {'-':20}  -        {requested_end}",
        f"{row.id}  Olive Owner  {none}  CI\ufffd[31m\ufffdrunner  -       2026-07-02T12:00:01Z  {ends}  -        -",
    ]
    for key in (client.key, secret):
        assert key not in answers
        assert key.rpartition("_")[2] not in answers


async def test_a_key_with_scopes_is_created_and_rotated(client: Client, okrgraph: Terminal) -> None:
    scopes = ("--scope", "KPIS_WRITE", "--scope", "GOALS_READ")
    _, first, _ = await okrgraph("key", "create", "--name", "CI", *scopes)
    created = keys.parse(first.strip())
    assert created is not None
    code, second, _ = await okrgraph("key", "rotate", str(created.id), "--overlap", "0")
    rotated = keys.parse(second.strip())
    assert code == 0
    assert rotated is not None
    rows = {row["id"]: (row["name"], row["scopes"], row["replaces_id"]) for row in await keys_of(client)}
    assert rows[created.id] == ("CI", ["GOALS_READ", "KPIS_WRITE"], None)
    assert rows[rotated.id] == ("CI", ["GOALS_READ", "KPIS_WRITE"], created.id)
    code, _, stderr = await okrgraph("key", "rotate", str(created.id))
    assert (code, stderr.split(":")[0]) == (1, "KEY_ENDED (id)")
    code, _, stderr = await okrgraph("key", "create", "--scope", "EVERYTHING")
    assert code == 2


async def test_a_key_is_revoked_by_its_id_and_stays_so(client: Client, okrgraph: Terminal) -> None:
    await okrgraph("key", "create")
    _, answers, _ = await okrgraph("key", "list")
    id = answers.splitlines()[-1].split()[0]
    assert await okrgraph("key", "revoke", id) == Ended(0, "", "The key is revoked.\n")
    [row] = [row for row in await keys_of(client) if str(row["id"]) == id]
    assert row["revoked_at"] is not None
    await asyncio.sleep(0.01)
    assert await okrgraph("key", "revoke", id) == Ended(0, "", "The key is revoked.\n")
    assert row in await keys_of(client)
    unknown = Ended(1, "", "NOT_FOUND (id): There is no API key with this id.\n")
    assert await okrgraph("key", "revoke", str(uuid4())) == unknown


async def test_a_key_on_the_command_line_is_refused(client: Client, okrgraph: Terminal) -> None:
    before = await keys_of(client)
    known = keys.parse(client.key)
    assert known is not None
    stderr = "A key does not belong on the command line, where others can read it: use its id"
    for secret_part in (client.key, client.key.rpartition("_")[0]):
        assert await okrgraph("key", "revoke", secret_part) == Ended(2, "", f"{stderr}, {known.id}.\n")
    for broken in ("okr_abc", client.key[:-76]):
        assert await okrgraph("key", "revoke", broken) == Ended(2, "", f"{stderr}, which `okrgraph key list` shows.\n")
    other = "This is not the id of a key: `okrgraph key list` shows the ids, which are UUIDs.\n"
    for nonsense in ("nonsense", "", client.key.rpartition("_")[2]):
        assert await okrgraph("key", "revoke", nonsense) == Ended(2, "", other)
    assert await keys_of(client) == before


async def test_service_accounts_are_created_archived_and_restored(client: Client, okrgraph: Terminal) -> None:
    empty = await okrgraph("service-account", "list")
    assert empty == Ended(0, "", "There is no service account yet.\n")
    code, first, _ = await okrgraph("service-account", "create", "Portal", "--role", "MEMBER", "--external-id", "p1")
    _, second, _ = await okrgraph("service-account", "create", "Re\x1b[31mports")
    assert code == 0
    _, answers, _ = await okrgraph("service-account", "list")
    rows = [line.split()[:4] for line in answers.splitlines()[1:]]
    assert rows == [[first.strip(), "Portal", "MEMBER", "p1"], [second.strip(), "Re\ufffd[31mports", "VIEWER", "-"]]
    code, key, _ = await okrgraph("key", "create", "--service-account", "Portal", "--scope", "ACT_AS")
    created = keys.parse(key.strip())
    assert created is not None
    [row] = [row for row in await keys_of(client) if row["id"] == created.id]
    assert (row["person_id"], str(row["service_account_id"]), row["scopes"]) == (None, first.strip(), ["ACT_AS"])
    _, answers, _ = await okrgraph("key", "list")
    assert answers.splitlines()[-1].split()[:4] == [str(created.id), "-", "Portal", "command"]
    headers = {"Authorization": f"Bearer {key.strip()}"}
    asked = partial(client.http.post, "/graphql", json={"query": "{ viewer { role } }"}, headers=headers)
    # The application remembers no key yet.
    assert await okrgraph("service-account", "archive", first.strip()) == Ended(
        0, "", "The service account is archived.\n"
    )
    assert (await asked()).status_code == 401
    archived = await okrgraph("key", "create", "--service-account", "p1")
    assert archived == Ended(
        1, "", "ARCHIVED (serviceAccountId): This service account is archived. Restore it first.\n"
    )
    assert await okrgraph("service-account", "restore", "p1") == Ended(0, "", "The service account is restored.\n")
    assert (await asked()).json() == {"data": {"viewer": {"role": "MEMBER"}}}
    events = (await client.data("{ events(first: 2) { nodes { verb subjectType actor { id } } } }"))["events"]["nodes"]
    assert events == [
        {"verb": verb, "subjectType": "ServiceAccount", "actor": None} for verb in ("RESTORED", "ARCHIVED")
    ]


async def test_service_accounts_that_are_none(client: Client, okrgraph: Terminal) -> None:
    for _ in range(2):
        await okrgraph("service-account", "create", "Portal")
    person = await client.make("personCreate", name="Ann", externalId="ann")
    unknown = "No service account here is known as"
    for command in (("service-account", "archive"), ("key", "create", "--service-account")):
        several = "Several service accounts have the name 'Portal': use the external id or the id of one.\n"
        assert await okrgraph(*command, "Portal") == Ended(1, "", several)
        assert await okrgraph(*command, "ann") == Ended(1, "", f"{unknown} 'ann'.\n")
        hint = f"{unknown} {person!r}. It is the id of something of type 'Person'.\n"
        assert await okrgraph(*command, person) == Ended(1, "", hint)
    both = await okrgraph("key", "create", "--service-account", "Portal", "--person", "ann")
    assert both == Ended(2, "", "A key belongs to one of both: use --person or --service-account.\n")
    code, _, stderr = await okrgraph("service-account", "create", " ")
    assert (code, stderr) == (1, "BLANK (name): `name` must not be empty.\n")
    code, _, stderr = await okrgraph("key", "create", "--person", "ann", "--scope", "ACT_AS")
    assert (code, stderr.split(":")[0]) == (1, "SCOPE_NOT_ALLOWED (scopes)")
    assert (await okrgraph("service-account", "create", "x", "--role", "OWNER")).code == 2
    assert len((await client.data("{ serviceAccounts { nodes { id } } }"))["serviceAccounts"]["nodes"]) == 2
