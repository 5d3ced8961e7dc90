"""The days of a cycle begin and end in the organization's time zone."""

from datetime import UTC, datetime
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from service.app import create_app
from service.people.founding import add_organization
from service.people.key_commands import issue_key
from service.postgres.database import Database
from service.settings import Settings
from service.unit_of_work import write
from service.viewer import Viewer
from service.writing.transaction import Transaction
from tests.kit.client import Client, Clock
from tests.kit.refusals import changed, shown


async def founded_in(zone: str, database: Database, settings: Settings, clock: Clock) -> Client:
    """The owner of a new organization somewhere."""
    viewer = Viewer(uuid7(), None, "OWNER")

    async def command(tx: Transaction) -> tuple[Any, str]:
        person = await add_organization(tx, zone, zone, {"name": "Olive Owner"})
        return person.id, await issue_key(tx, person.id, "test")

    person_id, key = await write(database, viewer, clock.now, command)
    return Client(create_app(settings, database, clock), database, clock, viewer.organization_id, person_id, key)


@pytest.mark.parametrize(
    ("zone", "starts_on", "starts_at", "ends_on", "ends_at"),
    [
        ("America/New_York", "2026-01-01", "2026-01-01T05:00:00Z", "2026-06-30", "2026-07-01T04:00:00Z"),
        ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29", "2026-03-29T22:00:00Z"),
        ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25", "2026-10-25T23:00:00Z"),
        ("Pacific/Kiritimati", "2026-01-01", "2025-12-31T10:00:00Z", "2026-01-01", "2026-01-01T10:00:00Z"),
        ("Asia/Kathmandu", "2026-01-01", "2025-12-31T18:15:00Z", "2026-12-31", "2026-12-31T18:15:00Z"),
        # There is no midnight on that day.
        ("America/Santiago", "2026-09-06", "2026-09-06T04:00:00Z", "2026-09-06", "2026-09-07T03:00:00Z"),
    ],
)
async def test_days_as_instants(
    clean: None,
    database: Database,
    settings: Settings,
    clock: Clock,
    zone: str,
    starts_on: str,
    starts_at: str,
    ends_on: str,
    ends_at: str,
) -> None:
    async with await founded_in(zone, database, settings, clock) as client:
        days = {"startsOn": starts_on, "endsOn": ends_on}
        made = await changed(client, "cycleCreate", name="Cycle", kind="CUSTOM", **days)
        assert {name: made[name] for name in ("startsOn", "startsAt", "endsOn", "endsAt")} == {
            **days,
            "startsAt": starts_at,
            "endsAt": ends_at,
        }
        organization = await shown(client, "organization", None)
        assert organization is not None
        assert organization["timeZone"] == zone
        other = await changed(client, "cycleCreate", name="Cycle", kind="CUSTOM", startsOn="1990-01-01", endsOn=ends_on)
        moved = await changed(client, "cycleUpdate", id=other["id"], startsOn=starts_on)
        assert (moved["startsAt"], moved["endsAt"]) == (starts_at, ends_at)


async def test_check_ins_and_status_hold_to_it(
    clean: None, database: Database, settings: Settings, clock: Clock
) -> None:
    clock.now = datetime(2026, 7, 1, 3, 59, 59, tzinfo=UTC)
    async with await founded_in("America/New_York", database, settings, clock) as client:
        cycle = await client.cycle("2026-07-01", "2026-09-30")
        key_result = await client.key_result(await client.objective(cycle), kind="REACH", target="1")
        payload = await client.change("keyResultCheckIn", {"keyResultId": key_result, "value": "1"}, "checkIn { id }")
        codes = ["CYCLE_STATE_FORBIDS", "CHECK_IN_OUTSIDE_CYCLE"]
        assert [each["code"] for each in payload["userErrors"]] == codes
        assert (await shown(client, "keyResult", key_result) or {})["status"] == "NOT_STARTED"
        client.clock.advance(seconds=1)
        assert (await shown(client, "keyResult", key_result) or {})["status"] == "PENDING"
        await changed(client, "keyResultCheckIn", keyResultId=key_result, value="1", at="2026-07-01T00:00:00-04:00")
