"""A generated organization for tests that need many rows."""

import orjson

from service.workspace.generating import generate
from service.workspace.importing import import_items
from service.workspace.jsonl import items_of
from service.workspace.report import Report
from tests.kit.client import Client


async def planted(client: Client, objectives: int, roots: int = 20, now: object = None) -> None:
    """Imports so many generated objectives, in trees below so many roots."""
    report = Report()
    lines = [orjson.dumps(item) for item in generate(objectives, 7, roots)]
    moment = now or client.clock.now
    assert await import_items(client.database, client.viewer, moment, items_of(lines, report), report)  # type: ignore[arg-type]
