"""Whatever goes wrong, a process writes no value of a request: variables, arguments, headers, tokens, keys and rows."""

import asyncio
import json
import re
import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
from sqlalchemy.engine import make_url

from service.people import keys
from service.postgres.database import Database
from service.settings import Settings, connect_arguments
from tests.door.conftest import DatabaseAt
from tests.kit.client import Clock, founded
from tests.kit.services import Service, free_port
from tests.sign_in.signing import claims, token

# Every value that is sent has it, with the name of the place it is sent in.
MARK = re.compile(r"leak[_-][a-z0-9_-]+", re.IGNORECASE)
ISSUER = "https://127.0.0.1:1"
# Each makes the database refuse what it took before, with the values of the row in its error.
SABOTAGE = {
    "check": "ALTER TABLE pillars ADD CONSTRAINT ck_pillars_sabotage CHECK (name NOT LIKE '%leak-check%')",
    "unique": "CREATE UNIQUE INDEX sabotage ON pillars (organization_id, description)",
    "function": """
        CREATE FUNCTION sabotage() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.name LIKE '%leak-raise%' THEN RAISE EXCEPTION 'refused: %', NEW.name USING DETAIL = NEW.name; END IF;
            IF NEW.name LIKE '%leak-cast%' THEN PERFORM CAST(NEW.name AS int); END IF;
            RETURN NEW;
        END $$""",
    "trigger": "CREATE TRIGGER sabotage BEFORE INSERT ON pillars FOR EACH ROW EXECUTE FUNCTION sabotage()",
    "column": "ALTER TABLE teams RENAME COLUMN name TO other_name",
    "rights": "REVOKE INSERT ON cycles FROM okrgraph_app",
}
CREATE_PILLAR = "mutation Make($input: PillarCreateInput!) { pillarCreate(input: $input) { pillar { id } } }"
CREATE_PERSON = (
    "mutation($input: PersonCreateInput!) { personCreate(input: $input) { person { id } userErrors { code } } }"
)
CREATE_CYCLE = "mutation($input: CycleCreateInput!) { cycleCreate(input: $input) { cycle { id } } }"
UPDATE_PERSON = "mutation($input: PersonUpdateInput!) { personUpdate(input: $input) { person { id } } }"


class Victim:
    """A service over a database of its own, and the people who ask it."""

    def __init__(self, service: Service, key: str, limited: str, url: str, organization_id: UUID) -> None:
        self.service, self.key, self.limited, self.url = service, key, limited, url
        self.organization_id = organization_id
        self.codes: list[str] = []

    async def send(self, document: str, credentials: str | None = None, **more: Any) -> Any:
        """Sends a document with variables, and notes the codes of its errors."""
        headers = {
            "Authorization": f"Bearer {credentials or self.key}",
            "Cookie": "leak-cookie",
            "X-Other": "leak-header",
        }
        body = json.dumps({"query": document, **more})
        return await self.post(body, headers)

    async def post(self, body: str | bytes, headers: dict[str, str]) -> Any:
        async with httpx2.AsyncClient(base_url=self.service.url, timeout=30) as http:
            response = await http.post(
                "/graphql", content=body, headers={"Content-Type": "application/json", **headers}
            )
        errors = response.json().get("errors", [])
        self.codes += [error["extensions"]["code"] for error in errors]
        return response.json()


async def prepared(url: str) -> tuple[str, str, UUID]:
    """The key of an owner, one with few scopes, and their organization, in a database that is sabotaged afterwards."""
    database = Database(Settings(), url)
    async with await founded(None, database, Clock(), "Sabotaged") as owner:  # type: ignore[arg-type]
        key, id = owner.key, owner.organization_id
    await database.dispose()
    connection = await asyncpg.connect(**connect_arguments(url))
    for statement in SABOTAGE.values():
        await connection.execute(statement)
    await connection.close()
    return key, key, id


@pytest.fixture(
    params=[("breadth-first", "DEBUG"), ("graphql-core", "ERROR")],
    ids=" ".join,
)
async def victim(request: pytest.FixtureRequest, database_at: DatabaseAt, tmp_path: Path) -> AsyncIterator[Victim]:
    executor, level = request.param
    url = await database_at("head")
    key, limited, id = await prepared(url)
    settings = {
        "OKRGRAPH_EXECUTOR": executor,
        "OKRGRAPH_LOG_LEVEL": level,
        "OKRGRAPH_LOCK_TIMEOUT": "0.2",
        "OKRGRAPH_OPERATION_TIMEOUT": "5",
        "OKRGRAPH_BODY_LIMIT": "100000",
        "OKRGRAPH_OIDC_ISSUER": ISSUER,
        "OKRGRAPH_OIDC_AUDIENCE": "okrgraph",
        "OKRGRAPH_OIDC_ORGANIZATION": str(id),
    }
    service = Service(tmp_path, "service", free_port(), url, **settings)
    try:
        service.listens()
        yield Victim(service, key, limited, url, id)
    finally:
        service.kill()
    await asyncio.sleep(0)


async def test_no_value_is_written(victim: Victim) -> None:
    await bad_documents(victim)
    await bad_bodies(victim)
    await bad_credentials(victim)
    await refusals(victim)
    await bugs(victim)
    await timeouts(victim)
    await bad_connections(victim)
    # Audit events of failed sign-ins are written and logged within a second or at the end.
    victim.service.stop(signal.SIGTERM)
    await asyncio.to_thread(victim.service.process.wait, 30)
    output = victim.service._out.read_text() + victim.service._errors.read_text()
    assert sorted(set(MARK.findall(output))) == []
    secrets = [victim.key.split("_")[2][:16], "Bearer", "eyJ"]
    assert [secret for secret in secrets if secret in output] == []
    entries = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    bugs_logged = [entry for entry in entries if entry["event"] == "internal error"]
    assert len(bugs_logged) == victim.codes.count("INTERNAL_SERVER_ERROR") >= 6
    described = " ".join(entry["exception"] for entry in bugs_logged)
    for fact in (
        "sqlstate 23514",
        "constraint_name ck_pillars_sabotage",
        "sqlstate P0001",
        "permission denied for table",
    ):
        assert fact in described
    assert {"BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED", "UNAUTHENTICATED", "FORBIDDEN", "OPERATION_TIMEOUT"} <= set(
        victim.codes
    )


async def bad_documents(victim: Victim) -> None:
    await victim.send('{ node(id: "leak-argument" nothing: "leak-unknown") { id } }')
    await victim.send('{ people(filter: {name: {eq: 1, contains: "leak-filter"}}) { nodes { id } } }')
    await victim.send('{ people(filter: {name: {eq: "leak-eof"')
    await victim.send(
        "query($id: ID!, $n: Int) { node(id: $id) { id } people(first: $n) { totalCount } }",
        variables={"id": {"leak-key": "leak-value"}, "n": "leak-number"},
    )
    await victim.send('{ people(after: "leak-cursor") { nodes { id } } node(id: "leak-node") { id } }')
    await victim.send("query A { viewer { id } } query B { viewer { id } }", operationName="leak-name")
    await victim.send(CREATE_PERSON, variables={"input": {"name": "leak-\ud800", "role": "leak-role"}})
    await victim.send(CREATE_PERSON, variables={"input": {"name": "leak-nul\u0000", "email": "leak-email"}})
    await victim.send(CREATE_PERSON, variables={"input": {"name": "leak-closed connection is closed\ud800"}})
    await victim.send('{ people(filter: {name: {eq: "leak-nul\\u0000"}}) { nodes { id } } }')
    await victim.send('{ people(filter: {name: {contains: "leak-surrogate closed \\ud800"}}) { nodes { id } } }')
    twice = {"input": {"name": "leak-twice", "email": "leak-twice@example.com", "externalId": "leak-twice"}}
    for _ in range(2):
        await victim.send(CREATE_PERSON, variables=twice)


async def bad_bodies(victim: Victim) -> None:
    own = {"Authorization": f"Bearer {victim.key}"}
    await victim.post('{"query": "leak-json', own)
    await victim.post(b'{"query": "leak-bytes \xff"}', own)
    await victim.post('{"query": {"leak-object": 1}}', own)
    await victim.post('{"query": "{ viewer { id } }", "variables": "leak-variables"}', own)
    await victim.post(json.dumps({"query": f"{{ viewer {{ id }} }} # {'leak-large ' * 20_000}"}), own)
    await victim.post("{}", {**own, "Content-Type": "leak-type"})
    async with httpx2.AsyncClient(base_url=victim.service.url) as http:
        query = {"query": "query($id: ID!) { node(id: $id) { id } }", "variables": '{"id": "leak-url", "leak-url-2"'}
        for params in (query, {**query, "variables": '{"id": "leak-url-3"}'}, {"access_token": "leak-parameter"}):
            response = await http.get("/graphql", params=params, headers={**own, "Accept": "leak-accept"})
            victim.codes += [error["extensions"]["code"] for error in response.json()["errors"]]


async def bad_credentials(victim: Victim) -> None:
    other, _ = keys.generate(*(UUID(str(each)) for each in keys.parse_ids(victim.key) or ()))
    signed = token(claims(iss=ISSUER, sub="leak-subject", name="leak-name"))
    stranger = token(claims(iss="https://leak-issuer.example", sub="leak-stranger"))
    for credentials in (other, "leak-credentials", "okr_leak-key", signed, stranger, f"{signed}leak-signature"):
        await victim.send("{ viewer { id } }", credentials)
    await victim.post('{"query": "{ viewer { id } }"}', {"Authorization": "Basic leak-basic"})


async def refusals(victim: Victim) -> None:
    scopes = 'mutation { apiKeyCreate(input: {name: "leak-key-name", scopes: [KPIS_READ]}) { key } }'
    limited = (await victim.send(scopes))["data"]["apiKeyCreate"]["key"]
    await victim.send('query Refused { people(filter: {name: {eq: "leak-refused"}}) { nodes { id } } }', limited)


async def bugs(victim: Victim) -> None:
    for name in ("leak-check", "leak-raise", "leak-cast 1"):
        await victim.send(CREATE_PILLAR, variables={"input": {"name": name, "description": f"leak-of-{name}"}})
    for _ in range(2):
        input = {"name": "leak-unique", "description": "leak-unique-description"}
        await victim.send(CREATE_PILLAR, variables={"input": input})
    await victim.send('{ teams(filter: {name: {eq: "leak-team"}}) { nodes { id name } } }')
    await victim.send('{ team(externalId: "leak-external") { id name } }')
    year = {"kind": "YEAR", "startsOn": "2026-01-01", "endsOn": "2026-12-31"}
    await victim.send(CREATE_CYCLE, variables={"input": {"name": "leak-cycle", **year}})


async def timeouts(victim: Victim) -> None:
    people = (await victim.send("{ people { nodes { id } } }"))["data"]["people"]["nodes"]
    connection = await asyncpg.connect(**connect_arguments(victim.url))
    try:
        async with connection.transaction():
            await connection.execute("SELECT 1 FROM people FOR UPDATE")
            input = {"id": people[0]["id"], "name": "leak-locked"}
            await victim.send(UPDATE_PERSON, variables={"input": input})
    finally:
        await connection.close()
    # The connections end while they are idle, and while a statement runs.
    connection = await asyncpg.connect(**connect_arguments(victim.url))
    name = make_url(victim.url).database
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()", name
    )
    await connection.close()
    await victim.send('{ people(filter: {name: {eq: "leak-terminated"}}) { nodes { id } } }')


async def bad_connections(victim: Victim) -> None:
    def raw(content: bytes) -> None:
        address = victim.service.url.removeprefix("http://").split(":")
        with socket.create_connection((address[0], int(address[1])), 5) as connection:
            connection.sendall(content)
            connection.settimeout(5)
            try:
                connection.recv(10_000)
            except OSError:
                return

    await asyncio.to_thread(raw, b"GET / HTTP/1.1\r\nHost: leak-host\r\nBroken leak-line\r\n\r\n")
    await asyncio.to_thread(raw, b"POST /graphql HTTP/1.1\r\nContent-Length: leak-length\r\n\r\nleak-body")
    await asyncio.to_thread(raw, b"leak-protocol\r\n\r\n")
