"""A key result that a KPI guards is not achieved while that KPI is in RED, whatever changed."""

from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.kpis import deleted, findings, goal, kpi, link, record, target

SHOWN = "guardrailBreached status progress"
FREE = {"guardrailBreached": False, "status": "ACHIEVED", "progress": 1}


class Guarded:
    """An achieved key result with a guard that is in RED."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def __aenter__(self) -> "Guarded":
        objective = await self.client.objective(await self.client.cycle())
        self.goal = await self.client.key_result(objective, kind="REACH", target="100")
        await self.client.check_in(self.goal, "100")
        self.guard = await kpi(self.client, "Complaints", direction="LOWER")
        self.aim = await target(self.client, self.guard, "10")
        assert await self.shown() == FREE
        self.link = await link(self.client, self.goal, self.guard)
        await record(self.client, self.guard, {"2026-06-01": "12"})
        await self.is_breached()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert await findings(self.client) == []

    async def shown(self) -> dict[str, Any]:
        return await goal(self.client, self.goal, SHOWN)

    async def is_breached(self) -> None:
        found = await self.shown()
        assert (found["guardrailBreached"], found["progress"]) == (True, 1)
        assert found["status"] != "ACHIEVED"

    async def is_free(self) -> None:
        assert await self.shown() == FREE


async def test_a_corrected_a_deleted_and_a_newer_point_set_it_free_and_bind_it_again(client: Client) -> None:
    async with Guarded(client) as it:
        for value, free in (("11", True), ("11.000000000001", False), ("9", True), ("12", False)):
            await record(client, it.guard, {"2026-06-01": value})
            await (it.is_free() if free else it.is_breached())
        await deleted(client, [{"kpiId": it.guard, "on": "2026-06-01"}])
        await it.is_free()
        await record(client, it.guard, {"2026-05-01": "99"})
        await it.is_breached()
        await record(client, it.guard, {"2026-06-01": "1"})
        await it.is_free()
        # A late point is not the newest one.
        await record(client, it.guard, {"2026-04-01": "99"})
        await it.is_free()


async def test_a_changed_an_archived_and_a_restored_target_set_it_free_and_bind_it_again(client: Client) -> None:
    async with Guarded(client) as it:
        for value, free in (("12", True), ("5", False)):
            await client.make("kpiTargetUpdate", id=it.aim, value=value)
            await (it.is_free() if free else it.is_breached())
        await client.make("kpiTargetArchive", id=it.aim)
        await it.is_free()
        await client.make("kpiTargetRestore", id=it.aim)
        await it.is_breached()
        await client.make("kpiTargetUpdate", id=it.aim, endsOn="2026-05-31")
        await it.is_free()


async def test_unlinking_and_archiving_the_guard_set_it_free_and_bind_it_again(client: Client) -> None:
    async with Guarded(client) as it:
        document = "mutation($id: ID!) { keyResultUnlinkKpi(input: {id: $id}) { userErrors { code } } }"
        for _ in range(2):
            assert (await client.data(document, id=it.link))["keyResultUnlinkKpi"] == {"userErrors": []}
            await it.is_free()
        assert await link(client, it.goal, it.guard) == it.link
        await it.is_breached()
        await client.make("kpiArchive", id=it.guard)
        await it.is_free()
        await client.make("kpiRestore", id=it.guard)
        await it.is_breached()


async def test_a_guard_that_is_good_the_other_way_round_sets_it_free(client: Client) -> None:
    async with Guarded(client) as it:
        await client.make("kpiUpdate", id=it.guard, direction="HIGHER")
        await it.is_free()
        await client.make("kpiUpdate", id=it.guard, direction="LOWER")
        await it.is_breached()


async def test_after_the_newest_point_is_deleted_the_one_before_guards_by_its_own_target(client: Client) -> None:
    async with Guarded(client) as it:
        await client.make("kpiTargetUpdate", id=it.aim, endsOn="2026-05-31")
        await record(client, it.guard, {"2026-05-01": "99"})
        await it.is_free()
        await deleted(client, [{"kpiId": it.guard, "on": "2026-06-01"}])
        await it.is_breached()


async def test_a_computed_guard_follows_its_inputs(client: Client) -> None:
    async with Guarded(client) as it:
        await client.make("kpiUpdate", id=it.guard, externalId="complaints")
        share = await kpi(client, "Share", formula="complaints / 2", direction="LOWER")
        await target(client, share, "3")
        await link(client, it.goal, share)
        for value, free in (("6", True), ("7", False), ("6", True), ("12", False)):
            await record(client, it.guard, {"2026-06-01": value})
            await (it.is_free() if free else it.is_breached())


@pytest.mark.parametrize("role", ["MEASURE", "GUARDRAIL"])
async def test_measures_do_not_guard_and_amber_does_not_block(client: Client, role: str) -> None:
    async with Guarded(client) as it:
        other = await kpi(client, "Other")
        await target(client, other, "100")
        await link(client, it.goal, other, role)
        await record(client, it.guard, {"2026-06-01": "11"})
        await record(client, other, {"2026-06-01": "89" if role == "MEASURE" else "90"})
        await it.is_free()
