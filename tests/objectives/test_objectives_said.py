"""What people say of a goal beats its pace for as long as it is fresh; the worst contributor beats the others."""

from typing import Any

from tests.client import Client
from tests.objectives.test_objectives_status import MIDDLE, Goal
from tests.schema.test_schema_refusals import changed, shown


async def state(client: Client, kind: str, id: str) -> tuple[str, str]:
    found = await shown(client, kind, id)
    assert found is not None
    return found["status"], found["statusReason"]


async def test_said_of_a_key_result(client: Client) -> None:
    goal = await Goal(client).begin(MIDDLE, cadence=7)
    await client.check_in(goal.key_result, "100", status="OFF_TRACK")
    assert (await goal.at(MIDDLE))[:2] == ("OFF_TRACK", "SAID_IN_CHECK_IN")
    assert (await goal.at("2026-07-12T12:00:00"))[:2] == ("OFF_TRACK", "SAID_IN_CHECK_IN")
    assert (await goal.at("2026-07-12T12:00:00.000001"))[:2] == ("OUTDATED", "CHECK_IN_OVERDUE")
    await client.check_in(goal.key_result, "10", status="ON_TRACK")
    assert (await goal.at("2026-07-12T12:00:00.000001"))[:2] == ("ON_TRACK", "SAID_IN_CHECK_IN")
    goal.set("2026-07-13T12:00:00")
    await client.check_in(goal.key_result, note="No status said")
    assert (await goal.at("2026-07-13T12:00:00"))[:2] == ("OFF_TRACK", "PACE")


async def test_said_later_of_an_earlier_day_changes_nothing(client: Client) -> None:
    goal = await Goal(client).begin(MIDDLE, cadence=7)
    await client.check_in(goal.key_result, "90", status="AT_RISK", at="2026-07-01T00:00:00Z")
    await client.check_in(goal.key_result, "10", status="OFF_TRACK", at="2026-06-01T00:00:00Z")
    assert (await goal.at(MIDDLE))[:2] == ("AT_RISK", "SAID_IN_CHECK_IN")


async def test_said_of_an_objective_it_gives_way_again(client: Client) -> None:
    goal = await Goal(client).begin(MIDDLE, cadence=7)
    await client.check_in(goal.key_result, "50")
    assert await state(client, "objective", goal.objective) == ("ON_TRACK", "WORST_CONTRIBUTOR")
    client.clock.advance(days=1)
    await client.make("objectiveCheckIn", objectiveId=goal.objective, status="AT_RISK")
    assert await state(client, "objective", goal.objective) == ("AT_RISK", "SAID_IN_CHECK_IN")
    assert await state(client, "keyResult", goal.key_result) == ("ON_TRACK", "PACE")
    client.clock.advance(days=9)
    await client.check_in(goal.key_result, "60")
    client.clock.advance(days=1)
    assert await state(client, "objective", goal.objective) == ("AT_RISK", "SAID_IN_CHECK_IN")
    client.clock.advance(microseconds=1)
    assert await state(client, "objective", goal.objective) == ("ON_TRACK", "WORST_CONTRIBUTOR")


async def test_the_worst_that_counts(client: Client) -> None:
    goal = await Goal(client).begin(MIDDLE, cadence=366)
    ids: dict[str, str] = {"60": goal.key_result}
    await client.check_in(goal.key_result, "60")
    for percent, more in [("40", {}), ("10", {"weight": 0.0}), ("5", {"lifecycle": "CANCELLED"}), ("20", {})]:
        wanted: dict[str, Any] = {"kind": "REACH", "target": "100", **more}
        ids[percent] = await client.key_result(goal.objective, percent, **wanted)
        await client.check_in(ids[percent], percent)
    assert await state(client, "objective", goal.objective) == ("OFF_TRACK", "WORST_CONTRIBUTOR")
    await client.make("keyResultArchive", id=ids["20"])
    assert await state(client, "objective", goal.objective) == ("AT_RISK", "WORST_CONTRIBUTOR")
    # (0.6 + 0.4) / 2 at half of the time; what has the weight 0 or is cancelled does not count.
    await changed(client, "objectiveUpdate", id=goal.objective, statusSource="PACE")
    assert await state(client, "objective", goal.objective) == ("ON_TRACK", "PACE")
    await changed(client, "objectiveUpdate", id=goal.objective, statusSource="WORST_CONTRIBUTOR")
    assert await state(client, "objective", goal.objective) == ("AT_RISK", "WORST_CONTRIBUTOR")
    await client.make("keyResultUpdate", id=ids["40"], weight=0)
    assert await state(client, "objective", goal.objective) == ("ON_TRACK", "WORST_CONTRIBUTOR")


async def test_it_goes_up_through_contributing_objectives(client: Client) -> None:
    goal = await Goal(client).begin(MIDDLE, cadence=7)
    cycle = await client.cycle()
    parent = await client.objective(cycle, "Parent", progressSource="ALIGNED_OBJECTIVES")
    edge = await client.make("objectiveAlign", objectiveId=goal.objective, parentId=parent)
    assert await state(client, "objective", parent) == ("OUTDATED", "WORST_CONTRIBUTOR")
    await client.check_in(goal.key_result, "50")
    assert await state(client, "objective", parent) == ("ON_TRACK", "WORST_CONTRIBUTOR")
    await client.check_in(goal.key_result, status="OFF_TRACK")
    assert await state(client, "objective", parent) == ("OFF_TRACK", "WORST_CONTRIBUTOR")
    await client.make("alignmentUpdate", id=edge, kind="SUPPORTS")
    assert await state(client, "objective", parent) == ("PENDING", "NO_PROGRESS_YET")


async def test_derived_goals_are_not_outdated_by_silence(client: Client) -> None:
    goal = await Goal(client).begin(MIDDLE, cadence=7, kind="MILESTONE")
    assert await state(client, "keyResult", goal.key_result) == ("PENDING", "NO_PROGRESS_YET")
    stage = await client.make("milestoneCreate", keyResultId=goal.key_result, title="Stage")
    client.clock.advance(days=60)
    assert await state(client, "keyResult", goal.key_result) == ("OFF_TRACK", "PACE")
    await client.make("milestoneUpdate", id=stage, doneAt="2026-07-03T00:00:00Z")
    assert await state(client, "keyResult", goal.key_result) == ("ACHIEVED", "TARGET_MET")
    assert await state(client, "objective", goal.objective) == ("ACHIEVED", "WORST_CONTRIBUTOR")


async def test_a_manual_objective_is_outdated_by_silence(client: Client) -> None:
    goal = await Goal(client).begin(MIDDLE, cadence=7)
    await changed(client, "objectiveUpdate", id=goal.objective, progressSource="MANUAL")
    assert await state(client, "objective", goal.objective) == ("OUTDATED", "CHECK_IN_OVERDUE")
    await client.make("objectiveCheckIn", objectiveId=goal.objective, value="0.4")
    assert await state(client, "objective", goal.objective) == ("AT_RISK", "PACE")
    client.clock.advance(days=10, microseconds=1)
    assert await state(client, "objective", goal.objective) == ("OUTDATED", "CHECK_IN_OVERDUE")
