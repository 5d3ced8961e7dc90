"""Workspace files in tests: importing them, exporting them, and what is in the database afterwards."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

import asyncpg
import orjson

from service.postgres.tables import tables_in_order
from service.reading.reader import Reader
from service.rollup.doctor import Finding, examine
from service.settings import ROOT, connect_arguments
from service.workspace.demo_dates import REFERENCE_DAY
from service.workspace.exporting import export_lines
from service.workspace.importing import import_items
from service.workspace.jsonl import items_of
from service.workspace.report import Report, Result
from tests.kit.client import Client

DEMO = (ROOT / "demo" / "workspace.jsonl").read_bytes().splitlines()
DEMO_ITEMS: list[dict[str, Any]] = [orjson.loads(line) for line in DEMO]
Items = Iterable[dict[str, Any] | bytes]
# Connections that count rows, by the URL of their database.
COUNTING: dict[str, "asyncpg.Connection[Any]"] = {}


@dataclass
class Imported:
    """What an import came to: whether anything was kept, and each result in the order told."""

    kept: bool
    results: list[Result]

    @property
    def outcomes(self) -> dict[str, int]:
        """How many items came to what."""
        names = [result.outcome.value for result in self.results]
        return {name: names.count(name) for name in sorted(set(names))}

    @property
    def refused(self) -> list[tuple[int, str, str]]:
        """Line, code and field of each refusal, by line."""
        return sorted(
            (result.line, each.code, ".".join(each.field))
            for result in self.results
            if result.refusal
            for each in result.refusal.all
        )

    def outcome(self, external_id: str) -> str:
        """What became of one item."""
        [found] = [result.outcome.value for result in self.results if result.external_id == external_id]
        return found


def lines(items: Items) -> list[bytes]:
    """Items as lines; bytes are lines already, for what no item can say."""
    return [item if isinstance(item, bytes) else orjson.dumps(item) for item in items]


async def imported(client: Client, items: Items, *, dry_run: bool = False, reason: str | None = None) -> Imported:
    """Imports a file of these items."""
    results: list[Result] = []
    report = Report(results.append)
    read = items_of(lines(items), report)
    kept = await import_items(
        client.database, client.viewer, client.clock.now, read, report, dry_run=dry_run, reason=reason
    )
    return Imported(kept, results)


async def demo_workspace(client: Client) -> None:
    """Imports the demo workspace, on the day it was written for."""
    client.clock.now = datetime.combine(REFERENCE_DAY, time(12), UTC)
    done = await imported(client, DEMO)
    assert (done.kept, done.outcomes) == (True, {"CREATED": len(DEMO)}), done.refused


async def refused(client: Client, database_url: str, items: Items, expected: list[tuple[int, str, str]]) -> Imported:
    """Imports items of which those expected are refused; nothing has changed by it."""
    before = await row_counts(database_url), await exported(client)
    done = await imported(client, items)
    assert (done.kept, done.refused) == (False, expected), done.refused
    assert (await row_counts(database_url), await exported(client)) == before
    return done


async def exported(client: Client) -> list[dict[str, Any]]:
    """The items of the client's workspace, in the order of the file."""
    reader = Reader(client.database, client.organization_id)
    try:
        return [orjson.loads(line) async for line in export_lines(reader)]
    finally:
        await reader.close()


async def findings(client: Client) -> list[Finding]:
    """What the doctor finds."""
    reader = Reader(client.database, client.organization_id)
    try:
        return [finding async for finding in examine(reader)]
    finally:
        await reader.close()


async def deleted(client: Client) -> None:
    """Deletes the client's organization, as its owner does."""
    name = (await client.data("{ organization { name } }"))["organization"]["name"]
    assert (await client.change("organizationDelete", {"name": name}, ""))["userErrors"] == []


async def row_counts(database_url: str) -> dict[str, int]:
    """How many rows each table has, whoever owns them."""
    tables = [table.name for table in tables_in_order()]
    # A new connection would take 25 ms to look at all tables for the first time.
    if database_url not in COUNTING or COUNTING[database_url].is_closed():
        COUNTING[database_url] = await asyncpg.connect(**connect_arguments(database_url))
    counts = ", ".join(f"(SELECT count(*) FROM {name}) AS {name}" for name in tables)
    return dict(await COUNTING[database_url].fetchrow(f"SELECT {counts}") or {})


def end_counting() -> None:
    """Ends the connections of `row_counts`, whose server may have gone."""
    while COUNTING:
        COUNTING.popitem()[1].terminate()


async def selected(database_url: str, statement: str) -> list[dict[str, Any]]:
    """What a statement finds, past all that keeps organizations apart."""
    return (await selected_each(database_url, [statement]))[0]


async def selected_each(database_url: str, statements: Iterable[str]) -> list[list[dict[str, Any]]]:
    """What each of some statements finds, as `selected`."""
    connection = await asyncpg.connect(**connect_arguments(database_url))
    await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")
    try:
        return [[dict(row) for row in await connection.fetch(statement)] for statement in statements]
    finally:
        await connection.close()


async def executed(database_url: str, *statements: str) -> None:
    """Runs statements as a superuser, in one transaction."""
    connection = await asyncpg.connect(**connect_arguments(database_url))
    try:
        async with connection.transaction():
            for statement in statements:
                await connection.execute(statement)
    finally:
        await connection.close()


def sorted_items(items: Iterable[dict[str, Any]]) -> list[bytes]:
    """Items in an order of their own, to compare two exports."""
    return sorted(orjson.dumps(item, option=orjson.OPT_SORT_KEYS) for item in items)
