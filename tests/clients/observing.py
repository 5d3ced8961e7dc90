"""Runs the scripts in `caches` with the code of docs/clients.md on a small workspace."""

import asyncio
import json
import shutil
from typing import Any

from tests.clients.page import code_blocks
from tests.clients.project import HERE, Project
from tests.kit.client import Client
from tests.kit.kpis import kpi, record, target

SCRIPTS = HERE / "caches"
MONTHS = ("2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01", "2026-05-01", "2026-06-01")
# Which text of which block to replace, and by what: the page without one of its parts.
Change = tuple[str, str, str]

Observations = dict[str, Any]


async def make_workspace(client: Client) -> dict[str, Any]:
    """Five KPIs of two categories, one of them with a target that it misses a little; a goal with two key results."""
    for category, name in (("Customers", "Churn"), ("Customers", "Tickets"), ("Finance", "Costs"), ("Finance", "Gain")):
        await kpi(client, name, category=category)
    nps = await kpi(client, "Promoter score", category="Customers", externalId="nps", unit="points")
    await record(client, nps, {month: str(10 + at) for at, month in enumerate(MONTHS)})
    await target(client, nps, "16")
    objective = await client.objective(await client.cycle())
    await client.key_result(objective, "Stays")
    return {
        "customers": {"filter": {"category": {"eq": "Customers"}}},
        "finance": {"filter": {"category": {"eq": "Finance"}}},
        "nps": nps,
        "objective": objective,
        "keyResult": await client.key_result(objective, "Goes"),
    }


def lay_out(project: Project, *changes: Change) -> None:
    """Writes the code blocks of the page, changed if asked, into a project, and the scripts into a folder there."""
    blocks = code_blocks()
    for block, old, new in changes:
        assert blocks[block].count(old) == 1, f"{block} has to contain once: {old}"
        blocks[block] = blocks[block].replace(old, new)
    for name, text in blocks.items():
        file = project.folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    shutil.copytree(SCRIPTS, project.folder / SCRIPTS.name)
    (project.folder / "package.json").write_text('{"type": "module"}')


async def observe(project: Project, script: str, endpoint: str, client: Client) -> Observations:
    """What a script reports, run in development mode, in which the clients warn."""
    facts = json.dumps(await make_workspace(client))
    process = await asyncio.create_subprocess_exec(
        "node",
        "--conditions=development",
        f"{SCRIPTS.name}/{script}",
        endpoint,
        client.key,
        facts,
        cwd=project.folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        out, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return json.loads(out)
