"""A database from before the schema's names: columns, events and courses have today's names afterwards."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from service.postgres.migrate import migrate
from tests.door.conftest import DatabaseAt
from tests.door.test_upgrade import CHANGEABLE, CYCLE, ENDS, MADE, OBJECTIVE, OF_ALL, ORGANIZATION, insert

EARLIER = "0100_kpi_parts"
KPI = UUID(int=20)
# What events said, by their subjects, and what they say now.
CHANGES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "Organization",
        {"fiscal_month": {"before": 1, "after": 4}, "name": {"before": "A", "after": "B"}},
        {"fiscal_year_start_month": {"before": 1, "after": 4}, "name": {"before": "A", "after": "B"}},
    ),
    ("Kpi", {"nature": {"after": "QUALITATIVE"}}, {"value_type": {"after": "QUALITATIVE"}}),
    (
        "Kpi",
        {"points": {"after": 2}, "first": {"after": "2026-01-01"}},
        {"measurements": {"after": 2}, "first": {"after": "2026-01-01"}},
    ),
    ("Objective", {"title": {"after": "nature"}}, {"title": {"after": "nature"}}),
    ("Objective", {}, {}),
]


async def furnish(connection: asyncpg.Connection) -> None:
    """An organization whose fiscal year begins in April, an objective, a KPI with labels, and their events."""
    await insert(
        *(connection, "organizations"),
        **{"id": ORGANIZATION, "name": "Earlier", "time_zone": "UTC", "on_track_pace": 0.9, "at_risk_pace": 0.7},
        **{"check_in_cadence_days": 7, "version": 1, "created_at": MADE, "updated_at": MADE, "fiscal_month": 4},
    )
    await insert(
        *(connection, "cycles"),
        **{**CHANGEABLE, "id": CYCLE, "name": "2026", "kind": "YEAR", "state": "ACTIVE", "starts_at": MADE},
        **{"ends_at": ENDS, "starts_on": MADE.date(), "ends_on": ENDS.date()},
    )
    await insert(
        *(connection, "objectives"),
        **{**CHANGEABLE, "id": OBJECTIVE, "cycle_id": CYCLE, "title": "Grow", "level": "TEAM"},
        **{"kind": "ASPIRATIONAL", "lifecycle": "ACTIVE", "visibility": "ORGANIZATION", "position": 1.0},
        **{"progress_source": "MANUAL", "status_source": "PACE", "progress_reason": "NO_DATA", "changed_at": MADE},
        **{"status_since": [MADE, ENDS], "status_steps": ["ON_TRACK", "AT_RISK"]},
        **{"status_reasons": ["SAID_IN_CHECK_IN", "PACE"], "staleness_steps": [None, None]},
    )
    await insert(
        *(connection, "kpis"),
        **{**CHANGEABLE, "id": KPI, "name": "Mood", "nature": "QUALITATIVE", "scale": ["bad", "good"]},
        **{"direction": "HIGHER", "frequency": "MONTHLY", "aggregation": "LAST", "source": "MEASURED"},
        **{"cumulative": False, "weight": 1.0, "changed_at": MADE},
    )
    for number, (subject_type, before, _) in enumerate(CHANGES, start=100):
        await insert(
            *(connection, "events"),
            **{**OF_ALL, "id": UUID(int=number), "recorded_at": MADE, "verb": "UPDATED", "subject_type": subject_type},
            **{"subject_id": KPI, "changes": orjson.dumps(before).decode()},
        )


async def test_stored_names_are_those_of_the_schema(database_at: DatabaseAt) -> None:
    url = await database_at(EARLIER)
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await furnish(connection)
    # Without the values that `okrgraph migrate` computes anew afterwards, which would have these names anyway.
    await asyncio.to_thread(migrate, url)
    events = await connection.fetch("SELECT subject_type, changes FROM events ORDER BY id")
    changes_by_type = [(row["subject_type"], orjson.loads(row["changes"])) for row in events]
    assert changes_by_type == [(subject_type, after) for subject_type, _, after in CHANGES]
    assert await connection.fetchval("SELECT fiscal_year_start_month FROM organizations") == 4
    assert await connection.fetchval("SELECT value_type FROM kpis") == "QUALITATIVE"
    assert await connection.fetchval("SELECT status_reasons FROM objectives") == ["STATED_IN_CHECK_IN", "PACE"]
    await asyncio.wait_for(connection.close(), 5)
