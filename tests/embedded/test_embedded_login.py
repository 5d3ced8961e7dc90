"""Requests are served by a login that may do what the role of the application may, and nothing else."""

import json
import signal
import urllib.request

import pytest

from service.embedded import running
from tests.kit.commands import run_command
from tests.kit.services import Service, free_port

LOGINS = """
    SELECT DISTINCT usename FROM pg_stat_activity WHERE application_name = 'okrgraph' AND datname = 'okrgraph'"""
RIGHTS = """
    SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication FROM pg_roles
    WHERE rolname = 'okrgraph_app'"""
ROLES = """
    SELECT r.rolname FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid
    JOIN pg_roles u ON u.oid = m.member WHERE u.rolname = 'okrgraph_app'"""


@pytest.fixture
def start(tmp_path, ready_folder):
    """Start a service on the embedded cluster below the folder."""
    started = []

    def run(name):
        service = Service(tmp_path, name, free_port(), "", "--demo", OKRGRAPH_DATA_FOLDER=str(ready_folder))
        started.append(service)
        service.listens(120)
        return service

    yield run
    for each in started:
        each.kill()


def ask(service, query):
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {service.key()}"}
    body = json.dumps({"query": query}).encode()
    request = urllib.request.Request(f"{service.url}/graphql", body, headers)
    return json.load(urllib.request.urlopen(request, timeout=30))


def test_a_service_that_logs_in_without_privileges_serves_everything(start, ready_folder, sql):
    folder = {"OKRGRAPH_DATABASE_URL": "", "OKRGRAPH_DATA_FOLDER": str(ready_folder)}
    for name in ("first", "again"):
        service = start(name)
        assert urllib.request.urlopen(f"{service.url}/ready", timeout=10).status == 200
        pillar = f'{{name: "{name}"}}'
        created = ask(service, f"mutation {{ pillarCreate(input: {pillar}) {{ pillar {{ name }} }} }}")
        assert created == {"data": {"pillarCreate": {"pillar": {"name": name}}}}
        items = f'[{{pillar: {{externalId: "{name}", name: "Imported"}}}}]'
        imported = ask(service, f"mutation {{ workspaceImport(input: {{items: {items}}}) {{ created failed }} }}")
        assert imported == {"data": {"workspaceImport": {"created": 1, "failed": 0}}}
        assert ask(service, "{ viewer { role } }") == {"data": {"viewer": {"role": "OWNER"}}}
        with running(ready_folder) as cluster:
            assert sql(cluster, LOGINS, "okrgraph") == "okrgraph_app"
            assert sql(cluster, RIGHTS) == "f|f|f|f|f"
            assert sql(cluster, ROLES) == ""
            assert run_command("doctor", **folder) == (0, "", "No difference.\n")
            assert run_command("organization", "list", **folder).code == 0
        service.stop(signal.SIGTERM)
        assert service.process.wait(30) == 0
