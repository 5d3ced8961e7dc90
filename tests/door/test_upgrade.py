"""A database of an earlier revision: its rows stay, and what is derived from them is computed anew."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.door.conftest import DatabaseAt
from tests.kit.commands import Ended, run_async

EARLIER = "0007_changed_at"
MADE, ENDS = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
ORGANIZATION, CYCLE, OBJECTIVE = (UUID(int=number) for number in (1, 2, 3))
GREATEST_ID = (1 << 128) - 1
OF_ALL = {"organization_id": ORGANIZATION}
CHANGEABLE = {**OF_ALL, "version": 1, "created_at": MADE, "updated_at": MADE}
STALE = {"progress_reason": "COMPUTED", "changed_at": MADE, "status_since": [MADE], "status_steps": ["OUTDATED"]}
STALE |= {"status_reasons": ["CHECK_IN_OVERDUE"]}
REVISED = {"cycles": "cycle_revisions", "objectives": "objective_revisions", "key_results": "key_result_revisions"}


@pytest.fixture
async def earlier_url(database_at: DatabaseAt) -> str:
    """A database at an earlier revision."""
    return await database_at(EARLIER)


async def insert(connection: asyncpg.Connection, table: str, /, **row: Any) -> None:
    """Adds a row, and its revision where its history is kept."""
    placeholders = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    await connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({placeholders})", *row.values())
    if table in REVISED:
        columns = "SELECT column_name FROM information_schema.columns WHERE table_name = $1"
        of_row, of_revision = [
            {each["column_name"] for each in await connection.fetch(columns, name)} for name in (table, REVISED[table])
        ]
        facts = ", ".join(sorted(of_row & of_revision - {"id"}))
        await connection.execute(
            f"INSERT INTO {REVISED[table]} (id, subject_id, event_id, valid_from, recorded_at, {facts}) "
            f"SELECT gen_random_uuid(), id, gen_random_uuid(), created_at, created_at, {facts} FROM {table} "
            "WHERE id = $1",
            row["id"],
        )


async def furnish(connection: asyncpg.Connection) -> None:
    """An objective whose key results are at 0.59 and 0.3; each had two check-ins in one request."""
    await insert(
        *(connection, "organizations"),
        **{"id": ORGANIZATION, "name": "Earlier", "time_zone": "UTC", "on_track_pace": 0.9, "at_risk_pace": 0.7},
        **{"check_in_cadence_days": 7, "version": 1, "created_at": MADE, "updated_at": MADE},
    )
    await insert(
        *(connection, "cycles"),
        **{**CHANGEABLE, "id": CYCLE, "name": "2026", "kind": "YEAR", "state": "ACTIVE", "starts_at": MADE},
        **{"ends_at": ENDS, "starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)},
    )
    await insert(
        *(connection, "objectives"),
        **{**CHANGEABLE, **STALE, "id": OBJECTIVE, "cycle_id": CYCLE, "title": "Grow", "level": "TEAM"},
        **{"kind": "ASPIRATIONAL", "lifecycle": "ACTIVE", "visibility": "ORGANIZATION", "position": 1.0},
        **{"progress_source": "KEY_RESULTS", "status_source": "WORST_CONTRIBUTOR"},
        **{"progress": 0.44499999999999995, "progress_raw": 0.44499999999999995},
    )
    for number, value in enumerate(("59", "30"), start=10):
        await insert(
            *(connection, "key_results"),
            **{**CHANGEABLE, **STALE, "id": UUID(int=number), "objective_id": OBJECTIVE, "title": f"To {value}"},
            **{"kind": "REACH", "mode": "LATEST", "value_source": "MANUAL", "lifecycle": "ACTIVE", "weight": 1.0},
            **{"target": Decimal(100), "position": float(number), "has_data": True, "regressed": False},
            **{"progress": 1 / 3, "progress_raw": 1 / 3, "current": Decimal(1)},
        )
        # By their ids the first would be the latest.
        for id, stderr in ((GREATEST_ID - number, "1"), (number, value)):
            await insert(
                *(connection, "check_ins"),
                **{**OF_ALL, "id": UUID(int=id), "objective_id": OBJECTIVE, "value": Decimal(stderr)},
                **{"key_result_id": UUID(int=number), "at": MADE, "recorded_at": MADE},
            )


async def test_derived_values_are_computed_anew(earlier_url: str) -> None:
    connection = await asyncpg.connect(earlier_url.replace("+asyncpg", ""))
    await furnish(connection)
    at = {"OKRGRAPH_DATABASE_URL": earlier_url}
    stderr = "Progress and status of 1 organizations were computed anew.\n"
    done = "The database is at the newest revision.\n"
    code, answers, noted = await run_async("migrate", **at)
    assert (code, answers, noted) == (0, "", stderr + done)
    rows = await connection.fetch("SELECT progress, current, staleness_steps FROM key_results ORDER BY id")
    assert [(row["progress"], row["current"]) for row in rows] == [(Decimal("0.59"), 59), (Decimal("0.3"), 30)]
    assert {tuple(dict.fromkeys(row["staleness_steps"])) for row in rows} == {(None, "FRESH", "DUE", "OVERDUE")}
    [row] = await connection.fetch("SELECT progress, coverage, status_steps FROM objectives")
    assert (row["progress"], row["coverage"]) == (Decimal("0.445"), 1)
    assert set(row["status_steps"]) == {"NOT_STARTED", "PENDING", "ON_TRACK", "AT_RISK", "OFF_TRACK"}
    await connection.close()
    assert await run_async("doctor", **at) == Ended(0, "", "No difference.\n")
    assert await run_async("migrate", **at) == Ended(0, "", done)
