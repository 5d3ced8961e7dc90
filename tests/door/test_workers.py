"""`serve --workers`: processes that share a port, die and are replaced, stop in order, and leave nobody behind.

The tests share the services, which take seconds to start; the last ones end them.
"""

import asyncio
import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest
from structlog.testing import capture_logs

from service.cli.listening import ReservedPort
from service.cli.workers import Workers
from tests.door import toy_workers
from tests.door.conftest import Held, Waiting
from tests.kit.client import Client
from tests.kit.commands import run_command
from tests.kit.services import Service, free_port

WORKERS = ("--workers", "2")
QUERY = "{ objectives { nodes { title } } }"
FAILING = f"{toy_workers.__name__}:let_workers_fail"
PROCESS = re.compile(r'okrgraph_process\{pid="(\d+)"\} 1\.0')


class Services(NamedTuple):
    first: Service
    second: Service
    failing: Service


@pytest.fixture(scope="module")
def services(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """Two with two workers each, of which one is told by a variable; one whose workers cannot start."""
    folder = tmp_path_factory.mktemp("workers")
    patient = {"OKRGRAPH_STATEMENT_TIMEOUT": "30", "OKRGRAPH_OPERATION_TIMEOUT": "30", "OKRGRAPH_LOCK_TIMEOUT": "30"}
    started = Services(
        Service(folder, "first", free_port(), database_url, *WORKERS, **patient),
        Service(folder, "second", free_port(), database_url, OKRGRAPH_WORKERS="2", **patient),
        Service(folder, "failing", free_port(), database_url, *WORKERS, prepare=FAILING),
    )
    try:
        for each in (started.first, started.second):
            until(lambda each=each: len(started_pids(each)) == 2)
        yield started
    finally:
        for each in started:
            each.kill()


def until(holds: Any, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def started_pids(service: Service) -> list[int]:
    """The workers that have ever served, in this order."""
    done = [line["event"] for line in service.log() if line["event"].startswith("Started server process")]
    return [int(re.sub(r"\D", "", event)) for event in done]


def runs(pid: int) -> bool:
    """Whether a process lives; one that waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def to(service: Service, client: Client) -> httpx2.AsyncClient:
    """A client of a service with one connection, as the owner that `client` is."""
    headers = {"Authorization": f"Bearer {client.key}"}
    limits = httpx2.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=60)
    return httpx2.AsyncClient(base_url=service.url, headers=headers, timeout=30, trust_env=False, limits=limits)


async def pid_behind(http: httpx2.AsyncClient) -> int:
    """The worker that has the connection of a client."""
    [pid] = PROCESS.findall((await http.get("/metrics")).text)
    return int(pid)


async def to_each(service: Service, client: Client, pids: list[int]) -> list[httpx2.AsyncClient]:
    """A client of each worker: connections are opened until each worker has one."""
    clients: dict[int, httpx2.AsyncClient] = {}
    for _ in range(200):
        http = to(service, client)
        pid = await pid_behind(http)
        if pid in pids and pid not in clients:
            clients[pid] = http
        else:
            await http.aclose()
        if len(clients) == len(pids):
            return [clients[pid] for pid in pids]
    raise AssertionError(f"{sorted(clients)} of {pids} have answered")


async def fetch_data(http: httpx2.AsyncClient, query: str) -> Any:
    response = await http.post("/graphql", json={"query": query})
    assert "errors" not in response.json(), response.text
    return response.json()["data"]


async def test_a_worker_that_dies_is_replaced_and_the_other_goes_on(
    services: Services, client: Client, held: Held, waiting: Waiting
) -> None:
    killed, other = started_pids(services.first)
    lost, kept = await to_each(services.first, client, [killed, other])
    async with held("objectives"):
        open_request = asyncio.create_task(fetch_data(lost, QUERY))
        await waiting(1)
        os.kill(killed, signal.SIGKILL)
        with pytest.raises(httpx2.HTTPError):
            await open_request
    for _ in range(20):
        # New connections go to the workers that are left.
        async with to(services.first, client) as http:
            assert await fetch_data(http, "{ viewer { role } }") == {"viewer": {"role": "OWNER"}}
    assert await pid_behind(kept) == other
    until(lambda: len(started_pids(services.first)) == 3)
    replacement = started_pids(services.first)[-1]
    for http in await to_each(services.first, client, [replacement, other]):
        assert await fetch_data(http, "{ viewer { role } }") == {"viewer": {"role": "OWNER"}}
        await http.aclose()
    [line] = [line for line in services.first.log() if line["event"] == "worker ended"]
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "worker ended",
        "level": "error",
        "logger": "service.cli.workers",
        "pid": killed,
        "exit_code": -9,
        "was_serving": True,
    }
    for http in (lost, kept):
        await http.aclose()


async def test_invalid_keys_are_counted_for_the_client_that_the_proxy_names(services: Services, client: Client) -> None:
    """A proxy on this machine is trusted. The addresses to the left of the last one may be forged."""
    async with to(services.first, client) as http:
        statuses = []
        for number in range(51):
            headers = {"Authorization": "Bearer okr_wrong", "X-Forwarded-For": f"10.0.0.{number}, 203.0.113.7"}
            statuses.append((await http.post("/graphql", json={"query": QUERY}, headers=headers)).status_code)
        assert statuses == [401] * 50 + [429]
        headers = {"Authorization": "Bearer okr_wrong", "X-Forwarded-For": "203.0.113.8"}
        assert (await http.post("/graphql", json={"query": QUERY}, headers=headers)).status_code == 401


async def test_workers_that_cannot_start_end_the_service_with_their_code(services: Services) -> None:
    await asyncio.to_thread(services.failing.process.wait, 30)
    assert services.failing.process.returncode == toy_workers.FAILED_START
    assert services.failing.errors() == "The service ends: no worker can start, see above."
    ended = [line for line in services.failing.log() if line["event"] == "worker ended"]
    assert {(line["exit_code"], line["was_serving"]) for line in ended} == {(toy_workers.FAILED_START, False)}
    assert 2 <= len(ended) <= 3


async def test_open_requests_of_all_workers_are_answered_after_sigterm(
    services: Services, client: Client, held: Held, waiting: Waiting
) -> None:
    await client.objective(await client.cycle(), "As it was")
    pids = started_pids(services.first)[1:]
    clients = await to_each(services.first, client, pids)
    async with held("objectives"):
        answers = [asyncio.create_task(fetch_data(http, QUERY)) for http in clients]
        await waiting(2)
        services.first.stop(signal.SIGTERM)
        await asyncio.sleep(1)
        async with to(services.first, client) as late:
            with pytest.raises(httpx2.ConnectError):
                await late.get("/live")
        assert all(runs(pid) for pid in pids)
    for answer in answers:
        assert await answer == {"objectives": {"nodes": [{"title": "As it was"}]}}
    assert await asyncio.to_thread(services.first.process.wait, 12) == 0
    assert [pid for pid in pids if runs(pid)] == []
    assert services.first.errors() == ""
    for http in clients:
        await http.aclose()


async def test_workers_stop_in_order_when_the_parent_is_killed(
    services: Services, client: Client, held: Held, waiting: Waiting
) -> None:
    await client.objective(await client.cycle(), "As it was")
    pids = started_pids(services.second)
    clients = await to_each(services.second, client, pids)
    async with held("objectives"):
        answers = [asyncio.create_task(fetch_data(http, QUERY)) for http in clients]
        await waiting(2)
        services.second.kill()
        await asyncio.sleep(1)
    for answer in answers:
        assert await answer == {"objectives": {"nodes": [{"title": "As it was"}]}}
    await asyncio.to_thread(until, lambda: not any(runs(pid) for pid in pids), 12)
    assert services.second.errors() == ""
    for http in clients:
        await http.aclose()


def test_nothing_but_json_was_logged_and_no_bug(services: Services) -> None:
    for service in (services.first, services.second):
        lines = service.log()
        assert {"event", "level", "logger", "timestamp"} <= set.intersection(*map(set, lines))
        assert [line for line in lines if line["event"] == "internal error" or "exception" in line] == []


def test_a_worker_that_cannot_start_is_tried_again_with_delays_while_another_serves(tmp_path: Path) -> None:
    """When the one that serves dies, too, none can start: the service ends."""
    serve = partial(toy_workers.serve_if_first, tmp_path)
    workers = Workers(2, serve, ReservedPort("127.0.0.1", free_port()), lambda: None, 5)
    exit_codes: list[int] = []
    failed = tmp_path / "failed"
    with capture_logs() as lines:
        thread = threading.Thread(target=lambda: exit_codes.append(workers.run()))
        thread.start()
        until(lambda: failed.exists() and len(failed.read_text().splitlines()) == 3)
        assert exit_codes == []
        [serving] = [each.process for each in workers._workers if each.is_serving]
        assert serving is not None
        serving.kill()
        thread.join(20)
        workers.stop()
    assert exit_codes == [toy_workers.FAILED_START]
    assert [(line["exit_code"], line["was_serving"]) for line in lines].count((-9, True)) == 1
    times = [float(line) for line in failed.read_text().splitlines()]
    assert times[1] - times[0] >= 1
    assert times[2] - times[1] >= 2
    # Ctrl-C must not interrupt a worker that starts: the parent ends it.
    blocked = (tmp_path / "blocked").read_text().splitlines()
    assert blocked == [str([signal.SIGINT, signal.SIGTERM])] * (len(times) + 1)


@pytest.mark.parametrize("count", ["0", "257"])
def test_a_number_of_workers_out_of_range_is_refused(count: str) -> None:
    code, answers, stderr = run_command("serve", "--workers", count)
    assert (code, answers) == (2, "")
    assert "Invalid value for '--workers'" in stderr
    variable = run_command("serve", OKRGRAPH_WORKERS=count)
    assert variable == (2, "", f"OKRGRAPH_WORKERS is '{count}'. Allowed is a whole number from 1 to 256.\n")
