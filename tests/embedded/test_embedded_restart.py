"""A service outlives its embedded Postgres: it restarts it, keeps what it acknowledged, and says when it cannot."""

import json
import os
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request

import pytest

from service.embedded import running
from service.embedded.home import find_home
from service.embedded.locks import try_lock
from tests.embedded.impatience import IMPATIENT
from tests.kit.services import Service, free_port

DOWN = "embedded postgres down"
FAILED = "embedded postgres restart failed"
RESTARTED = "embedded postgres restarted"
JOINED = "embedded postgres restarted by another process"
LOGINS = """
    SELECT DISTINCT usename FROM pg_stat_activity WHERE application_name = 'okrgraph' AND datname = 'okrgraph'"""


@pytest.fixture
def start(tmp_path, demo_folder):
    """Start a service on the embedded cluster below the folder."""
    started = []

    def run(name, **options):
        service = Service(tmp_path, name, free_port(), "", "--demo", OKRGRAPH_DATA_FOLDER=str(demo_folder), **options)
        started.append(service)
        service.listens(120)
        return service

    yield run
    for each in started:
        each.kill()


def get(service, path):
    """The status and the body of an answer to GET."""
    try:
        with urllib.request.urlopen(f"{service.url}{path}", timeout=30) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def ask(service, query):
    """The status and the body of an answer to a GraphQL document."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {service.key()}"}
    request = urllib.request.Request(f"{service.url}/graphql", json.dumps({"query": query}).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


class Writer(threading.Thread):
    """Creates pillars one after the other until it is told to stop; keeps the names of those acknowledged."""

    def __init__(self, service):
        super().__init__()
        self.service, self.acknowledged, self.statuses, self.ending = service, [], [], threading.Event()

    def run(self):
        number = 0
        while not self.ending.wait(0.02):
            number += 1
            pillar = f'{{name: "Pillar {number}"}}'
            status, body = ask(self.service, f"mutation {{ pillarCreate(input: {pillar}) {{ pillar {{ name }} }} }}")
            self.statuses.append(status)
            if "errors" not in body:
                self.acknowledged.append(body["data"]["pillarCreate"]["pillar"]["name"])

    def end(self):
        self.ending.set()
        self.join()


def events(service):
    """What the service logged about its server."""
    return [line for line in service.log() if line["event"].startswith("embedded postgres")]


def names(service):
    return [line["event"] for line in events(service)]


def server_of(folder):
    return int((folder / "postgres" / "data" / "postmaster.pid").read_text().split()[0])


def processes_of(server):
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(server)], capture_output=True, text=True)
    return [server, *(int(child) for child in listed.stdout.split())]


def kill_postmaster(folder):
    os.kill(server_of(folder), signal.SIGKILL)


def kill_all(folder):
    for process in processes_of(server_of(folder)):
        os.kill(process, signal.SIGKILL)


def stop_in_order(folder):
    with running(folder) as cluster:
        cluster.tools.run("pg_ctl", "stop", "--pgdata", str(cluster.data), "--mode", "fast")


def prevent_start(folder):
    """Take away what the server needs to start; returns what brings it back."""
    needed = folder / "postgres" / "data" / "PG_VERSION"
    needed.rename(needed.with_name("ASIDE"))
    return lambda: needed.with_name("ASIDE").rename(needed)


def is_starting(data):
    """Whether the server is there, and does not take connections yet."""
    try:
        return "starting" in (data / "postmaster.pid").read_text()
    except FileNotFoundError:
        return False


def nothing_runs(folder):
    """Whether no process of a server of the folder is left."""
    free = try_lock(find_home(folder).alive)
    if free:
        free.close()
    return free is not None


def has_no_bug(service):
    assert service.errors() == ""
    assert [line for line in service.log() if line["event"] == "internal error" or "exception" in line] == []


def test_a_service_outlives_its_server_however_that_ends(start, demo_folder, sql, until):
    service = start("service")
    writer = Writer(service)
    writer.start()
    ways = [kill_postmaster, kill_postmaster, kill_postmaster, kill_all, stop_in_order]
    for number, way in enumerate(ways, 1):
        before = len(writer.acknowledged)
        until(lambda before=before: len(writer.acknowledged) > before + 3)
        server = server_of(demo_folder)
        way(demo_folder)
        until(lambda: 503 in {ask(service, "{ viewer { role } }")[0]})
        assert get(service, "/live") == (200, {"status": "ok"})
        until(lambda: ask(service, "{ viewer { role } }") == (200, {"data": {"viewer": {"role": "OWNER"}}}))
        until(lambda number=number: names(service) == [DOWN, RESTARTED] * number)
        assert server_of(demo_folder) != server
        assert get(service, "/ready") == (200, {"status": "ok"})
    writer.end()
    assert set(writer.statuses) == {200, 503}
    _, body = ask(service, "{ pillars(first: 100) { nodes { name } totalCount } }")
    with running(demo_folder) as cluster:
        assert sql(cluster, LOGINS, "okrgraph") == "okrgraph_app"
        pillar_names = sql(cluster, "SELECT name FROM pillars", "okrgraph").splitlines()
    assert body["data"]["pillars"]["totalCount"] == len(pillar_names)
    assert set(writer.acknowledged) - set(pillar_names) == set()
    assert all(line["down_s"] < 10 for line in events(service) if line["event"] == RESTARTED)
    service.stop(signal.SIGTERM)
    assert service.process.wait(30) == 0
    assert nothing_runs(demo_folder)
    has_no_bug(service)


def test_a_server_that_cannot_start_is_tried_again_and_told_by_live(start, demo_folder, until):
    service = start("service", prepare=IMPATIENT)
    bring_back = prevent_start(demo_folder)
    kill_postmaster(demo_folder)
    until(lambda: names(service) == [DOWN])
    assert get(service, "/live") == (200, {"status": "ok"})
    until(lambda: get(service, "/live")[0] == 503)
    status, body = get(service, "/live")
    assert (status, body["status"]) == (503, "unavailable")
    assert body["reason"].startswith("The embedded Postgres has been down for ")
    assert str(demo_folder) not in body["reason"]
    until(lambda: names(service) == [DOWN, FAILED, FAILED, FAILED])
    bring_back()
    until(lambda: names(service) == [DOWN, FAILED, FAILED, FAILED, RESTARTED])
    assert get(service, "/live") == (200, {"status": "ok"})
    assert ask(service, "{ viewer { role } }") == (200, {"data": {"viewer": {"role": "OWNER"}}})

    down, *failed, restarted = events(service)
    assert (down["level"], down["retry_in_s"], down["logger"]) == ("warning", 1.0, "service.embedded.supervisor")
    assert [(line["level"], line["failures"], line["retry_in_s"]) for line in failed] == [
        ("error", 1, 2.0),
        ("error", 2, 4.0),
        ("error", 3, 8.0),
    ]
    assert all("PG_VERSION" in line["error"] for line in failed)
    assert (restarted["level"], restarted["failures"]) == ("info", 3)
    assert 15 <= restarted["down_s"] < 25

    # The success has reset the delay.
    kill_postmaster(demo_folder)
    until(lambda: names(service)[5:] == [DOWN, RESTARTED])
    assert events(service)[-1]["failures"] == 0
    has_no_bug(service)


def test_two_services_of_one_server_survive_its_death(start, demo_folder, until):
    first, second = start("first"), start("second")
    kill_postmaster(demo_folder)
    for service in (first, second):
        until(lambda service=service: len(names(service)) == 2)
        assert ask(service, "{ viewer { role } }") == (200, {"data": {"viewer": {"role": "OWNER"}}})
    assert sorted([names(first), names(second)]) == [[DOWN, RESTARTED], [DOWN, JOINED]]
    first.stop(signal.SIGTERM)
    assert first.process.wait(30) == 0
    kill_postmaster(demo_folder)
    until(lambda: names(second)[2:] == [DOWN, RESTARTED])
    assert ask(second, "{ viewer { role } }") == (200, {"data": {"viewer": {"role": "OWNER"}}})
    second.stop(signal.SIGTERM)
    assert second.process.wait(30) == 0
    assert nothing_runs(demo_folder)
    has_no_bug(first)
    has_no_bug(second)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_service_ends_promptly_while_its_server_is_down(start, demo_folder, until, number):
    service = start("service")
    assert ask(service, "{ viewer { role } }")[0] == 200
    prevent_start(demo_folder)
    kill_postmaster(demo_folder)
    until(lambda: names(service) == [DOWN, FAILED])
    began = time.monotonic()
    service.stop(number)
    assert service.process.wait(30) == 0
    assert time.monotonic() - began < 4
    assert nothing_runs(demo_folder)
    assert names(service) == [DOWN, FAILED]
    has_no_bug(service)


def test_a_service_that_ends_during_a_restart_leaves_no_server(start, demo_folder, until):
    """The server has been launched and is not there yet, since it waits for a command to restore from an archive."""
    service = start("service")
    data = demo_folder / "postgres" / "data"
    (data / "recovery.signal").touch()
    with (data / "postgresql.auto.conf").open("a") as settings:
        settings.write("restore_command = 'sleep 3600'\n")
    kill_postmaster(demo_folder)
    until(lambda: is_starting(data))
    assert ask(service, "{ viewer { role } }")[0] == 503
    began = time.monotonic()
    service.stop(signal.SIGTERM)
    assert service.process.wait(30) == 0
    assert time.monotonic() - began < 8
    assert nothing_runs(demo_folder)
    assert names(service) == [DOWN]
    has_no_bug(service)
