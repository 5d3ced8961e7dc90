"""Two services on one database, as processes: what they log, whom they leave waiting, how they end.

The tests share the processes, which take seconds to start; the last one ends them.
"""

import asyncio
import signal
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx2
import pytest

from service.settings import ROOT
from tests.door.conftest import Held, Waiting
from tests.kit.client import Client
from tests.kit.services import Service, free_port

QUERY = "query Slow { objectives { nodes { title } } }"
MUTATION = "mutation($name: String!) { pillarCreate(input: {name: $name}) { pillar { name } userErrors { code } } }"


class Services(NamedTuple):
    first: Service
    second: Service
    crowded: Service
    lost: Service


@pytest.fixture(scope="module")
def services(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """Two that serve; one whose port is taken by this process; one whose database is not there."""
    folder = tmp_path_factory.mktemp("services")
    ports = free_port(), free_port()
    patient = {"OKRGRAPH_STATEMENT_TIMEOUT": "30", "OKRGRAPH_OPERATION_TIMEOUT": "30", "OKRGRAPH_LOCK_TIMEOUT": "30"}
    first = Service(folder, "first", ports[0], database_url, **patient)
    second = Service(folder, "second", ports[1], database_url, **patient)
    started = [first, second]
    try:
        first.listens()
        away = f"postgresql://okrgraph@127.0.0.1:{free_port()}/okrgraph"
        started += [Service(folder, "crowded", ports[0], database_url), Service(folder, "lost", free_port(), away)]
        second.listens()
        yield Services(*started)
    finally:
        for each in started:
            each.kill()


def to(service: Service, client: Client, **more: Any) -> httpx2.AsyncClient:
    """A client of a process, as the owner that `client` is."""
    headers = {"Authorization": f"Bearer {client.key}"}
    return httpx2.AsyncClient(base_url=service.url, headers=headers, timeout=30, trust_env=False, **more)


async def fetch_data(http: httpx2.AsyncClient, query: str, **variables: Any) -> Any:
    response = await http.post("/graphql", json={"query": query, "variables": variables})
    assert "errors" not in response.json(), response.text
    return response.json()["data"]


async def tried(http: httpx2.AsyncClient, query: str, **variables: Any) -> httpx2.Response | None:
    """The response; None when the connection was closed instead."""
    try:
        return await http.post("/graphql", json={"query": query, "variables": variables})
    except httpx2.HTTPError:
        return None


async def logged(service: Service, name: str, value: object) -> None:
    """Returns once a line holds the value: a request is logged after its answer has left."""
    deadline = time.monotonic() + 10
    while value not in [line.get(name) for line in service.log()]:
        assert time.monotonic() < deadline, f"no line with {name} {value}"
        await asyncio.sleep(0.05)


def stopped(response: httpx2.Response | None) -> None:
    """A request that the end of its service interrupted: closed, or told to come again."""
    if response is not None:
        assert (response.status_code, response.headers.get("retry-after")) == (503, "1"), response.text
        assert response.json()["errors"][0]["extensions"] == {"code": "SERVICE_UNAVAILABLE"}


async def test_it_is_ready_and_serves_the_schema(services: Services, client: Client) -> None:
    async with to(services.first, client) as http:
        assert (await http.get("/live")).json() == {"status": "ok"}
        assert (await http.get("/ready")).json() == {"status": "ok"}
        assert (await http.get("/schema.graphql")).text == (ROOT / "schema" / "schema.graphql").read_text()


async def test_the_id_of_a_request_is_in_its_answer_and_in_the_log(services: Services, client: Client) -> None:
    async with to(services.first, client) as http:
        body = {"query": "query Who { viewer { role } }"}
        response = await http.post("/graphql", json=body, headers={"X-Request-Id": "from-the-client.1"})
        assert response.headers["x-request-id"] == "from-the-client.1"
        request_id = (await http.get("/live")).headers["x-request-id"]
    await logged(services.first, "request_id", request_id)
    lines = {line["request_id"]: line for line in services.first.log() if "request_id" in line}
    assert lines[request_id]["path"] == "/live"
    line = lines["from-the-client.1"]
    assert 0 < line.pop("duration_ms") < 10_000
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "request",
        "level": "info",
        "logger": "access",
        "method": "POST",
        "operation": "Who",
        "path": "/graphql",
        "request_id": "from-the-client.1",
        "status": 200,
    }


async def test_a_second_service_sees_what_the_first_one_wrote(services: Services, client: Client) -> None:
    async with to(services.first, client) as one, to(services.second, client) as other:
        for writing, reading, name in ((one, other, "Growth"), (other, one, "Trust")):
            result = await fetch_data(writing, MUTATION, name=name)
            assert result == {"pillarCreate": {"pillar": {"name": name}, "userErrors": []}}
            data = await fetch_data(reading, "{ pillars { nodes { name } } }")
            assert name in [node["name"] for node in data["pillars"]["nodes"]]


@pytest.mark.parametrize(("query", "table"), [(QUERY, "objectives"), (MUTATION, "pillars")])
async def test_a_client_that_leaves_frees_its_connection(
    services: Services, client: Client, held: Held, waiting: Waiting, query: str, table: str
) -> None:
    async with to(services.first, client) as http:
        await fetch_data(http, "{ viewer { role } }")
        async with held(table):
            request = asyncio.create_task(fetch_data(http, query, name="Never"))
            await waiting(1)
            request.cancel()
            await asyncio.wait([request])
            await waiting(0)
        assert await fetch_data(http, "{ pillars { totalCount } }") == {"pillars": {"totalCount": 0}}
    await logged(services.first, "status", 499)


async def test_a_port_that_is_taken(services: Services) -> None:
    await asyncio.to_thread(services.crowded.process.wait, 20)
    assert services.crowded.process.returncode == 3
    port = services.first.url.rpartition(":")[2]
    stderr = services.crowded.errors()
    assert stderr == f"Port {port} of 127.0.0.1 cannot be used: Address already in use. Choose another with PORT."
    assert services.crowded.log() == []


async def test_a_database_that_is_not_there(services: Services) -> None:
    await asyncio.to_thread(services.lost.process.wait, 20)
    assert services.lost.process.returncode == 3
    assert services.lost.errors().startswith("The database cannot be reached: ")
    assert "Traceback" not in services.lost.errors()


async def test_they_end_in_order_while_requests_are_open(
    services: Services, client: Client, held: Held, waiting: Waiting
) -> None:
    """SIGTERM to the first, whose request can still be answered; SIGINT to the second, whose request cannot."""
    await client.objective(await client.cycle(), "As it was")
    async with to(services.first, client) as one, to(services.second, client) as other:
        await fetch_data(one, "{ viewer { role } }")
        await fetch_data(other, "{ viewer { role } }")
        async with held("pillars"):
            async with held("objectives"):
                answered = asyncio.create_task(fetch_data(one, QUERY))
                closed = asyncio.create_task(tried(other, MUTATION, name="Never"))
                await waiting(2)
                began = time.monotonic()
                services.first.stop(signal.SIGTERM)
                services.second.stop(signal.SIGINT)
                await asyncio.sleep(1)
            assert await answered == {"objectives": {"nodes": [{"title": "As it was"}]}}
            for each in (services.first, services.second):
                await asyncio.to_thread(each.process.wait, 12)
                assert time.monotonic() - began < 10
                assert each.process.returncode == 0
            await waiting(0)
            stopped(await closed)
    assert await client.data("{ pillars { totalCount } }") == {"pillars": {"totalCount": 0}}


def test_nothing_but_json_was_logged_and_no_bug(services: Services) -> None:
    for service in (services.first, services.second):
        assert service.errors() == ""
        lines = service.log()
        assert {"event", "level", "logger", "timestamp"} <= set.intersection(*map(set, lines))
        assert [line for line in lines if line["event"] == "internal error" or "exception" in line] == []
