"""The history of key results that follow KPIs, or that KPIs guard, is what the API answered at each time."""

from typing import Any

from tests.kit.client import Client
from tests.kit.kpis import deleted, kpi, link, record, target
from tests.rollup.test_history_properties import INSTANT, POINTS, answered, end_of_day

HISTORY = f"""query($id: ID!, $from: Date!, $to: Date!) {{
    keyResult(id: $id) {{ history(from: $from, to: $to, bucket: DAY) {POINTS} }} }}"""


class Days:
    """Days of an organization, at the end of each of which is noted what the API answers."""

    def __init__(self, client: Client) -> None:
        self.client, self.first = client, client.clock.now.date()
        self.answers: list[dict[str, Any]] = []

    async def end(self) -> None:
        """Ends a day, and begins the next one."""
        clock = self.client.clock
        clock.now = end_of_day(clock.now)
        self.answers.append(await answered(self.client))
        clock.now += INSTANT

    async def history(self, key_result: str) -> list[dict[str, Any]]:
        """The points of a key result on these days, which have to be what was answered."""
        last = (self.client.clock.now - INSTANT).date()
        days = {"from": self.first.isoformat(), "to": last.isoformat()}
        points = (await self.client.data(HISTORY, id=key_result, **days))["keyResult"]["history"]
        told = [{name: each[name] for name in self.answers[0][key_result]} for each in points]
        assert told == [each[key_result] for each in self.answers]
        return told


async def test_what_a_kpi_that_is_followed_said_then(client: Client) -> None:
    objective = await client.objective(await client.cycle())
    followed = await kpi(client, frequency="MONTHLY", aggregation="LAST")
    facts = {"kind": "INCREASE_BY", "changeBy": "50", "valueSource": "KPI", "sourceKpiId": followed}
    key_result = await client.key_result(objective, **facts)
    limit = {"kind": "AT_LEAST", "target": "30", "mode": "ADHERENCE", "valueSource": "KPI", "sourceKpiId": followed}
    held = await client.key_result(objective, **limit)
    days = Days(client)
    await days.end()
    for values in ({"2025-12-01": "10"}, {"2026-01-01": "20", "2026-02-01": "40"}, {"2026-02-01": "35"}):
        await record(client, followed, values)
        await days.end()
    await record(client, followed, {"2025-12-01": "20"}, reason="Counted again")
    await days.end()
    await deleted(client, [{"kpiId": followed, "on": "2026-02-01"}])
    await days.end()
    told = await days.history(key_result)
    assert [each["current"] for each in told] == [None, "10", "40", "35", "35", "20"]
    assert [each["target"] for each in told] == [None, "60", "60", "60", "70", "70"]
    assert len({each["progress"] for each in await days.history(held)}) == 3


async def test_whether_a_guard_was_breached_then(client: Client) -> None:
    objective = await client.objective(await client.cycle())
    key_result = await client.key_result(objective, kind="REACH", target="100")
    await client.check_in(key_result, "100")
    guard = await kpi(client, "Complaints", direction="LOWER")
    days = Days(client)
    await days.end()
    edge = await link(client, key_result, guard)
    await days.end()
    aim = await target(client, guard, "10")
    await record(client, guard, {"2026-05-01": "12"})
    await days.end()
    await record(client, guard, {"2026-06-01": "9"})
    await days.end()
    await client.make("kpiTargetUpdate", id=aim, value="5")
    await days.end()
    await client.make("keyResultUnlinkKpi", id=edge)
    await days.end()
    await client.make("keyResultLinkKpi", keyResultId=key_result, kpiId=guard, role="GUARDRAIL")
    await client.make("kpiArchive", id=guard)
    await days.end()
    told = await days.history(key_result)
    assert [each["status"] for each in told] == [
        *("ACHIEVED", "ACHIEVED", "AT_RISK", "ACHIEVED", "AT_RISK", "ACHIEVED", "ACHIEVED")
    ]
    assert told[1]["statusReason"] == "GUARDRAIL_UNKNOWN"
