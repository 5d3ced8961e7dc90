"""What people say of a goal beats its pace for as long as it is fresh; the worst contributor beats the others."""

from typing import Any

from tests.kit.client import Client
from tests.kit.refusals import changed, shown
from tests.objectives.test_objectives_status import MIDDLE, Goal


async def state(client: Client, kind: str, id: str) -> tuple[str, str]:
    found = await shown(client, kind, id)
    assert found is not None
    return found["status"], found["statusReason"]


async def staleness(client: Client, kind: str, id: str) -> tuple[str | None, str | None]:
    found = await shown(client, kind, id)
    assert found is not None
    return found["staleness"], found["nextCheckInDueAt"]


async def test_said_of_a_key_result(client: Client) -> None:
    goal = await Goal(client).begin(MIDDLE, cadence=7)
    await client.check_in(goal.key_result, "60", status="OFF_TRACK")
    assert (await goal.at(MIDDLE))[:2] == ("OFF_TRACK", "STATED_IN_CHECK_IN")
    assert (await goal.at("2026-07-12T11:59:59.999999"))[:2] == ("OFF_TRACK", "STATED_IN_CHECK_IN")
    assert (await goal.at("2026-07-12T12:00:00"))[:2] == ("OFF_TRACK", "STATED_STATUS_EXPIRED")
    await client.check_in(goal.key_result, "10", status="ON_TRACK")
    assert (await goal.at("2026-07-12T12:00:00"))[:2] == ("ON_TRACK", "STATED_IN_CHECK_IN")
    goal.set("2026-07-13T12:00:00")
    await client.check_in(goal.key_result, "10", note="A value and no status")
    assert (await goal.at("2026-07-13T12:00:00"))[:2] == ("ON_TRACK", "STATED_IN_CHECK_IN")
    assert (await goal.at("2026-07-22T12:00:00"))[:2] == ("OFF_TRACK", "STATED_STATUS_EXPIRED")
    await client.check_in(goal.key_result, "100")
    assert (await goal.at("2026-07-22T12:00:00"))[:2] == ("ACHIEVED", "TARGET_MET")


async def test_said_later_of_an_earlier_day_changes_nothing(client: Client) -> None:
    goal = await Goal(client).begin(MIDDLE, cadence=7)
    await client.check_in(goal.key_result, "90", status="AT_RISK", at="2026-07-01T00:00:00Z")
    await client.check_in(goal.key_result, "10", status="OFF_TRACK", at="2026-06-01T00:00:00Z")
    assert (await goal.at(MIDDLE))[:2] == ("AT_RISK", "STATED_IN_CHECK_IN")


async def test_said_of_an_objective_it_gives_way_to_what_is_worse(client: Client) -> None:
    goal = await Goal(client).begin(MIDDLE, cadence=7)
    await client.check_in(goal.key_result, "60")
    assert await state(client, "objective", goal.objective) == ("ON_TRACK", "WORST_CONTRIBUTOR")
    client.clock.advance(days=1)
    await client.make("objectiveCheckIn", objectiveId=goal.objective, status="AT_RISK")
    assert await state(client, "objective", goal.objective) == ("AT_RISK", "STATED_IN_CHECK_IN")
    assert await state(client, "keyResult", goal.key_result) == ("ON_TRACK", "PACE")
    client.clock.advance(days=10, microseconds=-1)
    assert await state(client, "objective", goal.objective) == ("AT_RISK", "STATED_IN_CHECK_IN")
    client.clock.advance(microseconds=1)
    assert await state(client, "objective", goal.objective) == ("AT_RISK", "STATED_STATUS_EXPIRED")
    await client.check_in(goal.key_result, "10")
    assert await state(client, "objective", goal.objective) == ("OFF_TRACK", "STATED_STATUS_EXPIRED")
    await client.make("objectiveCheckIn", objectiveId=goal.objective, status="ON_TRACK")
    document = "query($id: ID!) { objective(id: $id) { status statusDiverges staleness } }"
    found = (await client.data(document, id=goal.objective))["objective"]
    assert found == {"status": "ON_TRACK", "statusDiverges": True, "staleness": None}


async def test_the_worst_that_counts(client: Client) -> None:
    goal = await Goal(client).begin(MIDDLE, cadence=366)
    ids: dict[str, str] = {"60": goal.key_result}
    await client.check_in(goal.key_result, "60")
    others: list[tuple[str, dict[str, Any]]] = [
        *(("40", {}), ("10", {"weight": 0.0}), ("5", {"lifecycle": "CANCELLED"}), ("20", {}))
    ]
    for percent, more in others:
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
    assert await state(client, "objective", parent) == ("OFF_TRACK", "WORST_CONTRIBUTOR")
    await client.check_in(goal.key_result, "50")
    assert await state(client, "objective", parent) == ("ON_TRACK", "WORST_CONTRIBUTOR")
    await client.check_in(goal.key_result, status="OFF_TRACK")
    assert await state(client, "objective", parent) == ("OFF_TRACK", "WORST_CONTRIBUTOR")
    await client.make("alignmentUpdate", id=edge, kind="SUPPORTS")
    assert await state(client, "objective", parent) == ("PENDING", "NO_PROGRESS_YET")


async def test_one_stage_is_all_or_nothing_and_several_are_not(client: Client) -> None:
    goal = await Goal(client).begin(MIDDLE, cadence=7, kind="MILESTONE")
    assert await state(client, "keyResult", goal.key_result) == ("PENDING", "NO_PROGRESS_YET")
    stage = await client.make("milestoneCreate", keyResultId=goal.key_result, title="Stage")
    client.clock.advance(days=60)
    assert await state(client, "keyResult", goal.key_result) == ("PENDING", "NOT_DUE_YET")
    other = await client.make("milestoneCreate", keyResultId=goal.key_result, title="Another")
    assert await state(client, "keyResult", goal.key_result) == ("OFF_TRACK", "PACE")
    assert await staleness(client, "keyResult", goal.key_result) == ("OVERDUE", "2026-07-09T12:00:00Z")
    for each in (stage, other):
        await client.make("milestoneUpdate", id=each, doneAt="2026-07-03T00:00:00Z")
    assert await state(client, "keyResult", goal.key_result) == ("ACHIEVED", "TARGET_MET")
    assert await staleness(client, "keyResult", goal.key_result) == (None, None)
    assert await state(client, "objective", goal.objective) == ("ACHIEVED", "WORST_CONTRIBUTOR")


async def test_check_ins_are_expected_on_a_manual_objective(client: Client) -> None:
    goal = await Goal(client).begin(MIDDLE, cadence=7)
    assert await staleness(client, "objective", goal.objective) == (None, None)
    await changed(client, "objectiveUpdate", id=goal.objective, progressSource="MANUAL")
    assert await state(client, "objective", goal.objective) == ("PENDING", "NO_PROGRESS_YET")
    assert await staleness(client, "objective", goal.objective) == ("FRESH", "2026-07-09T12:00:00Z")
    client.clock.advance(days=1)
    await client.make("objectiveCheckIn", objectiveId=goal.objective, value="0.4")
    assert await state(client, "objective", goal.objective) == ("AT_RISK", "PACE")
    client.clock.advance(days=10)
    assert await staleness(client, "objective", goal.objective) == ("OVERDUE", "2026-07-10T12:00:00Z")
