"""Acceptance cases of completeness, guardrails and baselines (docs/numbers.md, 5, 10, 16 and 17), through GraphQL."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.kpis import findings, goal, kpi, link, read, record, recorded, target, values

SHOWN = "value target attainment status expectedCount count isComplete isRunning"


async def over(client: Client, id: str, first: str, last: str, bucket: str, selection: str = SHOWN) -> dict[str, Any]:
    """The one period of a series."""
    series = f'series(from: "{first}", to: "{last}", bucket: {bucket}) {{ {selection} }}'
    [found] = (await read(client, id, series))["series"]
    return found


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=UTC)  # type: ignore[arg-type, misc]


async def tens(client: Client) -> str:
    """A daily KPI with a target of 10 a day, and 10 on each of September's first 15 days."""
    client.clock.now = at(2026, 9, 1)
    id = await kpi(client, frequency="DAILY", aggregation="SUM")
    await target(client, id, "10")
    client.clock.now = at(2026, 9, 16, 12)
    await recorded(client, [{"kpiId": id, "on": f"2026-09-{day:02}", "value": "10"} for day in range(1, 16)])
    return id


async def test_b10_half_of_the_days_of_a_month_are_half_of_its_target(client: Client) -> None:
    id = await tens(client)
    client.clock.now = at(2026, 10, 15)
    assert await over(client, id, "2026-09-01", "2026-09-30", "MONTHLY") == {
        **{"value": "150", "target": "300", "attainment": 0.5, "status": "RED"},
        **{"expectedCount": 30, "count": 15, "isComplete": False, "isRunning": False},
    }


async def test_b11_a_running_month_is_compared_with_its_target_to_date(client: Client) -> None:
    id = await tens(client)
    assert await over(client, id, "2026-09-01", "2026-09-30", "MONTHLY") == {
        **{"value": "150", "target": "150", "attainment": 1, "status": "GREEN"},
        **{"expectedCount": 15, "count": 15, "isComplete": True, "isRunning": True},
    }


async def test_b12_the_last_value_of_a_quarter_completes_it(client: Client) -> None:
    client.clock.now = at(2026, 5, 15)
    id = await kpi(client)
    await target(client, id, "11")
    await record(client, id, {"2026-01-01": "10", "2026-03-01": "12"})
    assert await over(client, id, "2026-01-01", "2026-03-31", "QUARTERLY") == {
        **{"value": "12", "target": "11", "attainment": 12 / 11, "status": "GREEN"},
        **{"expectedCount": 3, "count": 2, "isComplete": True, "isRunning": False},
    }


async def test_b13_a_mean_of_eleven_months_is_incomplete(client: Client) -> None:
    client.clock.now = at(2026, 3, 15)
    id = await kpi(client, aggregation="AVERAGE")
    await target(client, id, "10")
    await record(client, id, {f"2025-{month:02}-01": "11" for month in range(1, 13) if month != 7})
    assert await over(client, id, "2025-01-01", "2025-12-31", "YEARLY", f"{SHOWN} statusReason") == {
        **{"value": "11", "target": "10", "attainment": 1.1, "status": "INCOMPLETE"},
        **{"expectedCount": 12, "count": 11, "isComplete": False, "isRunning": False},
        "statusReason": "MEASUREMENTS_MISSING",
    }


async def test_b14_an_incomplete_total_of_which_less_is_better_is_red_only_beyond_the_whole(client: Client) -> None:
    client.clock.now = at(2026, 5, 15)
    id = await kpi(client, aggregation="SUM", direction="LOWER")
    await target(client, id, "10")
    await record(client, id, {"2026-01-01": "12", "2026-02-01": "12"})
    shown = "value target attainment status"
    assert await over(client, id, "2026-01-01", "2026-03-31", "QUARTERLY", shown) == {
        **{"value": "24", "target": "30", "attainment": None, "status": "INCOMPLETE"}
    }
    await record(client, id, {"2026-02-01": "20"})
    assert await over(client, id, "2026-01-01", "2026-03-31", "QUARTERLY", shown) == {
        **{"value": "32", "target": "30", "attainment": None, "status": "RED"}
    }


async def test_b15_a_parent_and_a_formula_without_a_part_have_no_value(client: Client) -> None:
    client.clock.now = at(2026, 6, 1)
    parent = await kpi(client, "Parent", source="CHILDREN_SUM")
    one = await kpi(client, "One", externalId="one", parentId=parent)
    other = await kpi(client, "Other", externalId="other", parentId=parent)
    total = await kpi(client, "Total", formula="one + other")
    for id in (parent, total):
        await target(client, id, "50")
    client.clock.now = at(2026, 7, 20)
    await record(client, one, {"2026-06-01": "60"})
    shown = "value nullReason partialValue coverage inputCount expectedInputCount status"
    missing = {"value": None, "nullReason": "INPUT_MISSING", "coverage": 0.5, "inputCount": 1, "expectedInputCount": 2}
    for id, partial in ((parent, "60"), (total, None)):
        found = await over(client, id, "2026-06-01", "2026-06-30", "MONTHLY", shown)
        assert found == {**missing, "partialValue": partial, "status": "NO_DATA"}
        assert await read(client, id, "current currentReason status") == {
            **{"current": None, "currentReason": "INPUT_MISSING", "status": "NO_DATA"}
        }
    nodes = "measurements { nodes { value partialValue inputCount expectedInputCount } }"
    [measurement] = (await read(client, parent, nodes))["measurements"]["nodes"]
    assert measurement == {"value": None, "partialValue": "60", "inputCount": 1, "expectedInputCount": 2}
    await record(client, other, {"2026-06-01": "5"})
    for id in (parent, total):
        found = await over(client, id, "2026-06-01", "2026-06-30", "MONTHLY", shown)
        assert found == {
            **{"value": "65", "nullReason": None, "partialValue": None, "status": "GREEN"},
            **{"coverage": 1, "inputCount": 2, "expectedInputCount": 2},
        }
    assert await findings(client) == []


async def test_b15_current_is_that_of_the_newest_complete_period(client: Client) -> None:
    parent = await kpi(client, "Parent", source="CHILDREN_SUM")
    children = [await kpi(client, name, parentId=parent) for name in ("One", "Other")]
    await recorded(client, [{"kpiId": id, "on": "2026-05-01", "value": "1"} for id in children])
    await record(client, children[0], {"2026-06-01": "7"})
    assert await read(client, parent, "current currentPeriodStart") == {
        "current": "2",
        "currentPeriodStart": "2026-05-01",
    }


async def test_b16_ratios_and_absolute_thresholds_are_judged_on_their_own(client: Client) -> None:
    id = await kpi(client, aggregation="SUM")
    client.clock.now = at(2026, 3, 1)
    await target(client, id, "100", startsOn="2026-01-01", endsOn="2026-01-31", green="1", amber="0.9")
    limits = {"thresholdKind": "ABSOLUTE", "green": "100", "amber": "80"}
    await target(client, id, "100", startsOn="2026-02-01", **limits)
    await record(client, id, {"2026-01-01": "30", "2026-02-01": "80"})
    assert await over(client, id, "2026-01-01", "2026-03-31", "QUARTERLY", "value target status statusReason") == {
        **{"value": "110", "target": "200", "status": "RED", "statusReason": "WORST_OF_THRESHOLDS"}
    }


@pytest.mark.parametrize("lost", ["divided", "deleted"])
async def test_b17_a_guardrail_keeps_its_last_judgement(client: Client, lost: str) -> None:
    key_result = await client.key_result(
        await client.objective(await client.cycle(), statusSource="PACE"), kind="REACH", target="1"
    )
    await client.check_in(key_result, "1")
    cost = await kpi(client, "Cost", externalId="cost", aggregation="SUM")
    orders = await kpi(client, "Orders", externalId="orders", aggregation="SUM")
    guard = await kpi(client, "Cost per order", formula="cost / orders", direction="LOWER")
    aim = await target(client, guard, "2")
    shown = "status statusReason guardrailBreached objective { status statusReason }"

    async def is_guarded(status: str, reason: str, breached: bool) -> None:
        found = await goal(client, key_result, shown)
        assert (found["status"], found["statusReason"], found["guardrailBreached"]) == (status, reason, breached)
        of_objective = reason if breached else "TARGET_MET"
        assert found["objective"] == {"status": status, "statusReason": of_objective}
        assert await findings(client) == []

    link_id = await link(client, key_result, guard)
    await is_guarded("ACHIEVED", "GUARDRAIL_UNKNOWN", False)
    await record(client, cost, {"2026-05-01": "10"})
    await record(client, orders, {"2026-05-01": "1"})
    await is_guarded("AT_RISK", "GUARDRAIL_BREACHED", True)
    await record(client, cost, {"2026-06-01": "1"})
    if lost == "divided":
        await record(client, orders, {"2026-06-01": "0"})
        assert await read(client, guard, "currentReason status") == {
            **{"currentReason": "DIVIDE_BY_ZERO", "status": "NO_DATA"}
        }
    await is_guarded("AT_RISK", "GUARDRAIL_BREACHED", True)
    # Time alone releases nothing either, though the KPI is NO_DATA by now.
    client.clock.advance(days=120)
    assert (await read(client, guard, "status statusReason"))["status"] == "NO_DATA"
    assert await goal(client, key_result, "guardrailBreached") == {"guardrailBreached": True}
    client.clock.advance(days=-120)
    await client.make("kpiTargetArchive", id=aim)
    await is_guarded("ACHIEVED", "TARGET_MET", False)
    await client.make("kpiTargetRestore", id=aim)
    await is_guarded("AT_RISK", "GUARDRAIL_BREACHED", True)
    document = "mutation($id: ID!) { keyResultUnlinkKpi(input: {id: $id}) { userErrors { code } } }"
    assert (await client.data(document, id=link_id))["keyResultUnlinkKpi"] == {"userErrors": []}
    await is_guarded("ACHIEVED", "TARGET_MET", False)


async def test_an_objective_by_its_own_pace_is_not_achieved_above_a_guardrail_in_red(client: Client) -> None:
    cycle = await client.cycle()
    top = await client.objective(cycle, "Top", statusSource="PACE", progressSource="ALIGNED_OBJECTIVES")
    middle = await client.objective(cycle, "Middle", progressSource="ALIGNED_OBJECTIVES")
    low = await client.objective(cycle, "Low", statusSource="PACE")
    await client.make("objectiveAlign", objectiveId=low, parentId=middle)
    await client.make("objectiveAlign", objectiveId=middle, parentId=top)
    key_result = await client.key_result(low, kind="REACH", target="1")
    await client.check_in(key_result, "1")
    guard = await kpi(client, "Complaints", direction="LOWER")
    await target(client, guard, "10")
    await link(client, key_result, guard)
    above = await client.objective(cycle, "Above", statusSource="PACE")
    served = await client.key_result(above, kind="REACH", target="1", valueSource="ALIGNED_OBJECTIVES")
    await client.make("objectiveAlign", objectiveId=low, parentKeyResultId=served)
    states = "{ objectives(orderBy: {field: TITLE}) { nodes { title status statusReason progress } } }"
    for value, state in (("20", ("AT_RISK", "GUARDRAIL_BREACHED")), ("5", ("ACHIEVED", "TARGET_MET"))):
        await record(client, guard, {"2026-06-01": value})
        found = (await client.data(states))["objectives"]["nodes"]
        worst = (state[0], "WORST_CONTRIBUTOR")
        assert [(each["status"], each["statusReason"]) for each in found] == [state, state, worst, state]
        assert await findings(client) == []


async def test_b18_a_baseline_beyond_the_target_is_met_or_not(client: Client) -> None:
    client.clock.now = at(2026, 6, 15)
    id = await kpi(client)
    await record(client, id, {"2025-12-01": "100", "2026-03-01": "60"})
    followed = {"valueSource": "KPI", "sourceKpiId": id, "kind": "INCREASE", "target": "80"}
    key_result = await client.key_result(await client.objective(await client.cycle()), **followed)
    shown = "baseline current progress progressRaw progressReason"
    assert await goal(client, key_result, shown) == {
        **{"baseline": "100", "current": "60", "progress": 0, "progressRaw": 0},
        "progressReason": "BASELINE_BEYOND_TARGET",
    }
    for value, progress in (("79.9", 0), ("80", 1), ("95", 1)):
        await record(client, id, {"2026-05-01": value})
        assert (await goal(client, key_result, "progress progressReason")) == {
            **{"progress": progress, "progressReason": "BASELINE_BEYOND_TARGET"}
        }
    assert await findings(client) == []


async def test_of_a_cumulative_kpi_a_key_result_counts_the_growth_across_fiscal_years(client: Client) -> None:
    client.clock.now = at(2026, 4, 10)
    id = await kpi(client, frequency="QUARTERLY", cumulative=True, aggregation="SUM")
    quarters = {"2025-01-01": "200", "2025-04-01": "400", "2025-07-01": "700", "2025-10-01": "968"}
    await record(client, id, quarters)
    half_and_half = await client.cycle("2025-07-01", "2026-06-30", kind="CUSTOM", name="Half and half")
    objective = await client.objective(half_and_half)
    followed = {"valueSource": "KPI", "sourceKpiId": id}
    increase = await client.key_result(objective, kind="INCREASE", target="1000", **followed)
    at_least = await client.key_result(objective, kind="AT_LEAST", target="788", **followed)
    shown = "baseline current progress"
    # 968 at the end of the year, 400 of which before the cycle.
    assert await goal(client, increase, shown) == {"baseline": "0", "current": "568", "progress": 0.568}
    assert (await goal(client, at_least, shown))["progress"] == 0
    await record(client, id, {"2026-01-01": "220"})
    assert await goal(client, increase, shown) == {"baseline": "0", "current": "788", "progress": 0.788}
    assert await goal(client, at_least, "current progress") == {"current": "788", "progress": 1}
    # The KPI itself has grown by 220 since, and not by 220 - 968.
    assert await read(client, id, "current previous change changeRatio") == {
        **{"current": "220", "previous": "968", "change": "220", "changeRatio": None}
    }
    assert await findings(client) == []


async def test_a_formula_is_expected_once_its_lags_reach_what_is_there(client: Client) -> None:
    parent = await kpi(client, "Parent", source="CHILDREN_SUM")
    await kpi(client, "Other", externalId="c", parentId=parent)
    plain = await kpi(client, "Plain", parentId=parent)
    await kpi(client, "Before", formula="lag(c, 3)", parentId=parent)
    c = (await client.data('{ kpi(externalId: "c") { id } }'))["kpi"]["id"]
    months = [f"2026-{month:02}-01" for month in range(1, 7)]
    await record(client, c, dict.fromkeys(months, "1"))
    await record(client, plain, dict.fromkeys(months, "10"))
    assert await values(client, parent) == ["11", "11", "11", "12", "12", "12"]
    assert await findings(client) == []


async def test_a_kpi_that_is_missing_is_stale_and_shows_its_last_value(client: Client) -> None:
    id = await kpi(client)
    await target(client, id, "10")
    await record(client, id, {"2026-05-01": "12"})
    shown = "current status statusReason isStale freshness"
    for day, state in (
        ((2026, 7, 2), ("GREEN", "RATIO_THRESHOLDS", False, "DUE")),
        ((2026, 7, 6), ("GREEN", "RATIO_THRESHOLDS", True, "LATE")),
        ((2026, 8, 6), ("NO_DATA", "STALE", True, "MISSING")),
    ):
        client.clock.now = at(*day)
        assert tuple((await read(client, id, shown)).values()) == ("12", *state)


async def test_a_part_is_expected_since_a_day_in_its_own_time_zone(client: Client) -> None:
    client.clock.now = at(2026, 7, 2, 12)
    parent = await kpi(client, "Parent", source="CHILDREN_SUM", frequency="DAILY")
    part = await kpi(client, "Part", parentId=parent, frequency="DAILY", timeZone="UTC")
    await record(client, await kpi(client, "Other", parentId=parent, frequency="DAILY"), {"2026-07-02": "1"})
    for zone, expected in (("UTC", "INPUT_MISSING"), ("Pacific/Kiritimati", "1"), ("UTC", "INPUT_MISSING")):
        assert (await client.change("kpiUpdate", {"id": part, "timeZone": zone}, ""))["userErrors"] == []
        assert (zone, await values(client, parent, "2026-07-02", "2026-07-02")) == (zone, [expected])
        assert await findings(client) == []
