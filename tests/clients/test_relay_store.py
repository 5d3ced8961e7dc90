"""Relay's store with the code of docs/clients.md, against the service."""

import re
import shutil

from tests.clients.observing import Change, Observations, lay_out, observe
from tests.clients.project import Prepare, Project
from tests.kit.client import Client

TAG = re.compile(r"graphql`\s*\w+ (\w+)[^`]*`")
LISTS = [["Churn", "Promoter score", "Tickets"], ["Tickets", "Promoter score"], ["Costs", "Gain"]]


async def test_relay(prepare: Prepare, sdl: str, endpoint: str, client: Client) -> None:
    observed = await observe(built(prepare(sdl)), "relay.js", endpoint, client)
    assert observed.pop("warnings") == []
    assert observed == observation(LISTS)


async def test_relay_without_filters(prepare: Prepare, sdl: str, endpoint: str, client: Client) -> None:
    connection = '@connection(key: "KpiList_kpis"'
    change = ("src/KpiList.ts", connection, f"{connection}, filters: []")
    observed = await observe(built(prepare(sdl), change), "relay.js", endpoint, client)
    observed.pop("warnings")
    # The list that came last is taken for each of them.
    assert observed == observation([LISTS[2]] * 3)


def observation(lists: list[list[str]]) -> Observations:
    return {
        "boards": [3, 2],
        "lists": lists,
        "currentAfterRecording": "10",
        "statusAfterRecording": ["stale", "stale", "stale"],
        "redAfterRecording": 1,
    }


def built(project: Project, *changes: Change) -> Project:
    """Makes JavaScript of the page's documents and code, as a bundler does with Relay's plugin for Babel."""
    lay_out(project, *changes)
    source, compiled = project.folder / "src", project.folder / "compiled"
    shutil.copy(project.folder / "caches" / "WorkspaceImport.ts", source)
    ran = project.run("relay-compiler", "relay.config.json", "--noWatchman")
    assert ran.returncode == 0, ran.stderr
    for file in source.glob("*.ts"):
        file.write_text(TAG.sub(r'require("./__generated__/\1.graphql").default', file.read_text()))
    options = ["--noCheck", "--rootDir", "src", "--outDir", "compiled", "--target", "es2022", "--module", "commonjs"]
    made = project.run("typescript", *options, *map(str, source.rglob("*.ts")), tool="tsc")
    assert made.returncode == 0, made.stdout
    (compiled / "package.json").write_text('{"type": "commonjs"}')
    return project
