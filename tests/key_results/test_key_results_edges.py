"""Edges of single key results, through GraphQL: what another kind left behind, what is to come, what is too large."""

import pytest

from tests.kit.client import Client
from tests.kit.refusals import changed, refused, shown

LARGE = "9" + 23 * "0"


async def objective(client: Client) -> str:
    return await client.objective(await client.cycle())


@pytest.mark.parametrize(("value", "progress"), [("6", 1), ("1", 1), ("0.999999999999", 0), ("0", 0), ("-6", 0)])
async def test_a_binary_key_result_over_an_old_value_is_done_or_not(
    client: Client, value: str, progress: float
) -> None:
    id = await client.key_result(await objective(client), kind="INCREASE", baseline="2", target="10")
    await client.check_in(id, value)
    found = await changed(client, "keyResultUpdate", id=id, kind="BINARY")
    assert (found["progress"], found["progressRaw"], found["current"]) == (progress, progress, value)
    assert not found["regressed"]


async def test_a_draft_in_words_shows_what_was_checked_in(client: Client) -> None:
    id = await client.key_result(await objective(client), "Waste less")
    await client.check_in(id, "12.5")
    found = await shown(client, "keyResult", id) or {}
    assert (found["kind"], found["current"], found["hasData"]) == (None, "12.5", True)
    assert (found["progress"], found["progressReason"]) == (None, "NOT_MEASURABLE")


async def test_a_milestone_is_not_done_in_the_future(client: Client) -> None:
    id = await client.key_result(await objective(client), kind="MILESTONE")
    stage = await client.make("milestoneCreate", keyResultId=id, title="Stage")
    code, future = "MILESTONE_DONE_IN_FUTURE", "2030-01-01T00:00:00Z"
    message = await refused(client, "milestoneUpdate", code, "doneAt", id=stage, doneAt=future)
    assert message == (
        "A milestone is done when it has been reached: `doneAt` (2030-01-01T00:00:00Z) may not be in the future. "
        "Leave it empty until then."
    )
    await refused(client, "milestoneUpdate", code, "doneAt", id=stage, doneAt="2026-07-02T12:00:00.000001Z")
    await refused(client, "milestoneCreate", code, "doneAt", keyResultId=id, title="Later", doneAt=future)
    assert (await shown(client, "keyResult", id) or {})["progress"] == 0
    await client.make("milestoneUpdate", id=stage, doneAt="2026-07-02T12:00:00Z")
    assert (await shown(client, "keyResult", id) or {})["progress"] == 1


async def test_a_computed_target_has_no_more_digits_than_a_decimal(client: Client) -> None:
    id = await objective(client)
    wanted = {"objectiveId": id, "title": "More", "baseline": LARGE, "changeBy": LARGE}
    code = "TARGET_OUT_OF_RANGE"
    message = await refused(client, "keyResultCreate", code, "changeBy", **wanted, kind="INCREASE_BY")
    assert message == (
        "Baseline and `changeBy` make the target 1800000000000000000000000, which has more than 24 digits before the "
        "point. Choose a smaller change."
    )
    await refused(client, "keyResultCreate", code, "changeBy", **wanted, kind="DECREASE_BY_PERCENT")
    made = await changed(client, "keyResultCreate", **wanted, kind="DECREASE_BY")
    assert made["target"] == "0"
    await refused(client, "keyResultUpdate", code, "changeBy", id=made["id"], baseline=f"-{LARGE}", reason="More")


@pytest.mark.parametrize(
    ("value", "status"),
    [("99999999999999999999", "ON_TRACK"), ("100000000000000000000", "ACHIEVED")],
)
async def test_the_last_digit_decides(client: Client, value: str, status: str) -> None:
    id = await client.key_result(await objective(client), kind="REACH", target="100000000000000000000")
    await client.check_in(id, value)
    found = await shown(client, "keyResult", id) or {}
    # The nearest float of both is 1.
    assert (found["progress"], found["status"]) == (1, status)
    count = "{ keyResults(filter: {progress: {gte: 1}}) { totalCount } }"
    assert (await client.data(count))["keyResults"]["totalCount"] == (status == "ACHIEVED")


@pytest.mark.parametrize(
    ("value", "status"),
    [("89.999999999999", "AT_RISK"), ("90", "ON_TRACK"), ("69.999999999999", "OFF_TRACK"), ("70", "AT_RISK")],
)
async def test_thresholds_are_exact_at_the_end(client: Client, value: str, status: str) -> None:
    id = await client.key_result(await objective(client), kind="REACH", target="100")
    await client.check_in(id, value)
    client.clock.advance(days=200)
    assert (await shown(client, "keyResult", id) or {})["status"] == status
