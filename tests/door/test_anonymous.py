"""What anybody can send to a service without a key takes it from nobody."""

import asyncio
import http.client
import socket
import time
from collections.abc import Iterator
from contextlib import suppress

import orjson
import pytest

from tests.kit.services import Service, free_port

MISSING = "Send your API key in the header `Authorization: Bearer okr_…`."
REFUSED = {"errors": [{"message": MISSING, "extensions": {"code": "UNAUTHENTICATED"}}]}
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def service(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    service = Service(
        tmp_path_factory.mktemp("anonymous"),
        "anonymous",
        free_port(),
        database_url,
        OKRGRAPH_HEADER_TIMEOUT="1",
        OKRGRAPH_CONNECTION_LIMIT="100",
    )
    try:
        service.listens(60)
        yield service
    finally:
        service.kill()


def post(service: Service, body: bytes) -> tuple[int, object]:
    connection = http.client.HTTPConnection(service.url.removeprefix("http://"), timeout=10)
    connection.request("POST", "/graphql", body, JSON)
    response = connection.getresponse()
    answer = response.status, orjson.loads(response.read())
    connection.close()
    return answer


def live(service: Service) -> float:
    """Seconds until a cheap request was answered."""
    began = time.monotonic()
    connection = http.client.HTTPConnection(service.url.removeprefix("http://"), timeout=10)
    connection.request("GET", "/live")
    assert connection.getresponse().status == 200
    connection.close()
    return time.monotonic() - began


def test_introspection_needs_no_key_and_a_large_body_does(service: Service) -> None:
    query = orjson.dumps({"query": "{ __schema { queryType { name } } }"})
    answer = {"data": {"__schema": {"queryType": {"name": "Query"}}}}
    assert post(service, query + b" " * (16_384 - len(query))) == (200, answer)
    assert post(service, query + b" " * (16_385 - len(query))) == (401, REFUSED)
    nested = b'{"query": "{ __typename }", "variables": {"a": [' + b"{}," * 1_600_000 + b"1]}}"
    assert post(service, nested) == (401, REFUSED)


def test_silent_connections_keep_nobody_out_and_end(service: Service) -> None:
    port = int(service.url.rpartition(":")[2])
    silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(300)]
    for each in silent[::2]:
        each.sendall(b"GET / HTTP/1.1\r\nHost: a.exa")
    assert live(service) < 1
    for each in silent:
        each.settimeout(10)
        # Some are told that they were too slow; all end.
        with suppress(ConnectionError):
            while each.recv(1000):
                pass
        each.close()


async def test_a_header_without_an_end_holds_up_nobody(service: Service) -> None:
    def pour() -> None:
        with socket.create_connection(("127.0.0.1", int(service.url.rpartition(":")[2]))) as sending:
            sending.settimeout(10)
            sending.sendall(b"GET / HTTP/1.1\r\nX: ")
            try:
                for _ in range(1000):
                    sending.sendall(b"a" * 100_000)
            except OSError:
                return

    pouring = asyncio.create_task(asyncio.to_thread(pour))
    waits = []
    while not pouring.done():
        waits.append(await asyncio.to_thread(live, service))
        await asyncio.sleep(0.02)
    await pouring
    assert max(waits) < 1
