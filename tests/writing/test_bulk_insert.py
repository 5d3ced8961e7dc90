"""Very many new rows: the same rows in the database, and the same refusals, as by one statement for few."""

import re
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from service.pillars.models import Pillar
from service.postgres.tables import tables_in_order
from service.settings import connect_arguments
from service.workspace.demo_dates import REFERENCE_DAY
from service.writing import bulk_insert, unsent_writes
from service.writing.rows import new_row
from service.writing.transaction import Transaction, transaction
from tests.kit.client import Client
from tests.kit.workspace_files import DEMO, imported

ANY_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def stored(url: str, organization_id: UUID) -> dict[str, list[str]]:
    """All rows of an organization by table, without their ids and what the database counts up, in any order."""
    connection = await asyncpg.connect(**connect_arguments(url))
    rows: dict[str, list[str]] = {}
    try:
        for table in tables_in_order():
            if "organization_id" not in table.columns or table.name == "api_keys":
                continue
            texts: list[Any] = await connection.fetch(
                f"SELECT CAST(to_jsonb(t) - 'sequence' AS text) AS row FROM {table.name} t WHERE organization_id = $1",
                organization_id,
            )
            rows[table.name] = sorted(ANY_ID.sub("#", each["row"]) for each in texts)
    finally:
        await connection.close()
    return rows


async def test_rows_are_the_same_as_by_one_statement(
    client: Client, stranger: Client, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.clock.now = datetime.combine(REFERENCE_DAY, time(12), UTC)
    monkeypatch.setattr(unsent_writes, "MAX_ROWS_A_STATEMENT", 1_000_000)
    assert (await imported(client, DEMO)).kept
    monkeypatch.setattr(unsent_writes, "MAX_ROWS_A_STATEMENT", 0)
    monkeypatch.setattr(bulk_insert, "MAX_ROWS_A_MESSAGE", 7)
    assert (await imported(stranger, DEMO)).kept
    by_one, by_many = [await stored(database_url, each.organization_id) for each in (client, stranger)]
    for each in (by_one, by_many):
        # Who founded the two organizations, and their events, differ.
        del each["people"]
        each["events"] = [row for row in each["events"] if f'"recorded_at": "{REFERENCE_DAY}' in row]
    assert len(by_one["events"]) > 200
    assert by_many == by_one


def pillars(tx: Transaction, count: int, external_id: str | None = None) -> list[Pillar]:
    return [
        new_row(tx, Pillar, {"name": f"Pillar {number}", "external_id": external_id or f"p{number}"})
        for number in range(count)
    ]


async def test_rows_are_sent_while_more_are_made(client: Client) -> None:
    async with transaction(client.database, client.viewer, client.clock.now) as tx:
        tx.insert(pillars(tx, 300))
        tx.send_ahead()
        assert tx.unsent_ids(Pillar) == set()
        tx.insert(pillars(tx, 1, "more"))
        tx.send_ahead()
        assert len(tx.unsent_ids(Pillar)) == 1
    assert (await client.data("{ pillars { totalCount } }"))["pillars"]["totalCount"] == 301


async def send_ahead(client: Client, rows: int, external_id: str | None = None, divisor: int = 1) -> float:
    """Begins to send new rows, and then divides, in one transaction."""
    async with transaction(client.database, client.viewer, client.clock.now) as tx:
        tx.insert(pillars(tx, rows, external_id))
        tx.send_ahead()
        return 1 / divisor


async def test_what_the_database_refuses_is_told_later(client: Client) -> None:
    with pytest.raises(asyncpg.UniqueViolationError):
        await send_ahead(client, 300, "same")
    # The connection can be used again.
    assert (await client.data("{ pillars { totalCount } }"))["pillars"]["totalCount"] == 0


async def test_rows_that_are_being_sent_are_given_up_with_the_transaction(client: Client) -> None:
    with pytest.raises(ZeroDivisionError):
        await send_ahead(client, 3000, divisor=0)
    assert (await client.data("{ pillars { totalCount } }"))["pillars"]["totalCount"] == 0
