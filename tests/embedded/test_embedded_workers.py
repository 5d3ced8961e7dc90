"""Worker processes over an embedded Postgres: all of them tell that it is down, and it stops after them."""

import json
import os
import re
import signal
import urllib.request
from http.client import HTTPConnection

import pytest

from tests.embedded.impatience import IMPATIENT
from tests.embedded.test_embedded_restart import kill_postmaster, nothing_runs, prevent_start
from tests.kit.services import Service, free_port


@pytest.fixture
def service(tmp_path, demo_folder):
    """A service with two workers on the embedded cluster below the folder."""
    folder = {"OKRGRAPH_DATA_FOLDER": str(demo_folder)}
    started = Service(tmp_path, "service", free_port(), "", "--workers", "2", prepare=IMPATIENT, **folder)
    yield started
    started.kill()


def worker_pids(service):
    lines = [line["event"] for line in service.log() if line["event"].startswith("Started server process")]
    return {int(re.sub(r"\D", "", line)) for line in lines}


def live_answers(service):
    """The answers of all workers to /live, by their process ids. Connections are opened until each has answered."""
    answers: dict[int, tuple[int, object]] = {}
    for _ in range(200):
        if answers.keys() == worker_pids(service):
            return answers
        connection = HTTPConnection("127.0.0.1", int(service.url.rpartition(":")[2]), timeout=30)
        # Both requests use the same connection, and so the same worker.
        connection.request("GET", "/metrics")
        [pid] = re.findall(r'okrgraph_process{pid="(\d+)"}', connection.getresponse().read().decode())
        connection.request("GET", "/live")
        response = connection.getresponse()
        answers[int(pid)] = response.status, json.load(response)
        connection.close()
    raise AssertionError(answers)


def test_all_workers_tell_that_the_server_is_down_and_it_stops_after_them(service, demo_folder, until, runs):
    until(lambda: len(worker_pids(service)) == 2)
    pids = worker_pids(service)
    assert live_answers(service) == dict.fromkeys(pids, (200, {"status": "ok"}))

    bring_back = prevent_start(demo_folder)
    kill_postmaster(demo_folder)
    until(lambda: {status for status, _ in live_answers(service).values()} == {503})
    for status, body in live_answers(service).values():
        assert (status, body["status"]) == (503, "unavailable")
        assert body["reason"].startswith("The embedded Postgres has been down for ")
    bring_back()
    until(lambda: live_answers(service) == dict.fromkeys(pids, (200, {"status": "ok"})))
    with urllib.request.urlopen(f"{service.url}/ready", timeout=30) as response:
        assert json.load(response) == {"status": "ok"}

    # As Ctrl-C in a terminal: all processes get it.
    os.killpg(service.process.pid, signal.SIGINT)
    assert service.process.wait(30) == 0
    assert not any(runs(pid) for pid in pids)
    assert nothing_runs(demo_folder)
    assert service.errors() == ""
    log = service.log()
    stopped = [line["event"] for line in log if line["event"].startswith("Finished server process")]
    assert len(stopped) == 2
    assert [line for line in log if line["event"] in ("worker ended", "worker killed") or "exception" in line] == []
