"""The acceptance cases of key results (docs/numbers.md, 3 and 4), through GraphQL."""

from typing import Any

import pytest

from tests.kit.client import Client

VALUES = "id target current progress progressRaw progressReason hasData regressed lifecycle"


async def progress_after(client: Client, definition: dict[str, Any], *values: str) -> list[dict[str, Any]]:
    """A key result as it is at first and after each value."""
    key_result = await client.key_result(await client.objective(await client.cycle()), **definition)
    seen = [await read(client, key_result)]
    for value in values:
        await client.check_in(key_result, value)
        seen.append(await read(client, key_result))
    return seen


async def read(client: Client, key_result: str) -> dict[str, Any]:
    data = await client.data(f"query($id: ID!) {{ keyResult(id: $id) {{ {VALUES} }} }}", id=key_result)
    return {name: value for name, value in data["keyResult"].items() if name != "id"}


def shown(target: str | None, current: str | None, progress: Any, raw: Any, reason: str, **more: Any) -> dict[str, Any]:
    return {
        "target": target,
        "current": current,
        "progress": progress,
        "progressRaw": raw,
        "progressReason": reason,
        "hasData": True,
        "regressed": False,
        "lifecycle": "ACTIVE",
        **more,
    }


async def test_a1_increase_net_promoter_score_from_60_to_75(client: Client) -> None:
    definition = {"kind": "INCREASE", "baseline": "60", "target": "75"}
    assert await progress_after(client, definition, "66", "75", "80", "55") == [
        shown("75", "60", 0, 0, "NO_CHECK_IN", hasData=False),
        shown("75", "66", 0.4, 0.4, "COMPUTED"),
        shown("75", "75", 1, 1, "COMPUTED"),
        shown("75", "80", 1, pytest.approx(1.3333, abs=5e-5), "COMPUTED"),
        shown("75", "55", 0, pytest.approx(-0.3333, abs=5e-5), "REGRESSED", regressed=True),
    ]


async def test_a2_reduce_resolution_time_by_20_percent(client: Client) -> None:
    key_result = await client.key_result(
        await client.objective(await client.cycle()), kind="DECREASE_BY_PERCENT", changeBy="20"
    )
    assert await read(client, key_result) == shown(None, None, None, None, "BASELINE_MISSING", hasData=False)
    await client.make("keyResultUpdate", id=key_result, baseline="10")
    assert await read(client, key_result) == shown("8", "10", 0, 0, "NO_CHECK_IN", hasData=False)
    await client.check_in(key_result, "9")
    assert await read(client, key_result) == shown("8", "9", 0.5, 0.5, "COMPUTED")
    await client.check_in(key_result, "11")
    assert await read(client, key_result) == shown("8", "11", 0, -0.5, "REGRESSED", regressed=True)


async def test_a3_achieve_a_rating_of_4_5_or_more(client: Client) -> None:
    assert await progress_after(client, {"kind": "AT_LEAST", "target": "4.5"}, "4.5", "4.49") == [
        shown("4.5", None, None, None, "NO_DATA", hasData=False),
        shown("4.5", "4.5", 1, 1, "COMPUTED"),
        shown("4.5", "4.49", 0, 0, "COMPUTED"),
    ]


async def test_a4_reduce_response_time_from_12_to_4_hours(client: Client) -> None:
    definition = {"kind": "DECREASE", "baseline": "12", "target": "4", "unit": "hours"}
    seen = await progress_after(client, definition, "8", "14", "2", "12")
    assert seen[1:] == [
        shown("4", "8", 0.5, 0.5, "COMPUTED"),
        shown("4", "14", 0, -0.25, "REGRESSED", regressed=True),
        shown("4", "2", 1, 1.25, "COMPUTED"),
        shown("4", "12", 0, 0, "COMPUTED"),
    ]
    # 0 == -0.0 in Python; what a client sees is the text.
    assert str(seen[4]["progress"]) in ("0", "0.0")
    assert str(seen[4]["progressRaw"]) in ("0", "0.0")


async def test_a5_increase_satisfaction_from_7_5_to_9(client: Client) -> None:
    seen = await progress_after(client, {"kind": "INCREASE", "baseline": "7.5", "target": "9"}, "8.25")
    assert seen[1] == shown("9", "8.25", 0.5, 0.5, "COMPUTED")


async def test_a6_resolve_95_percent_within_the_first_contact(client: Client) -> None:
    seen = await progress_after(client, {"kind": "INCREASE", "baseline": "80", "target": "95", "unit": "%"}, "92")
    assert seen[1] == shown("95", "92", 0.8, 0.8, "COMPUTED")


async def test_a10_a_goal_without_a_number_is_a_draft_without_progress(client: Client) -> None:
    assert await progress_after(client, {"title": "decreasing financial waste"}) == [
        shown(None, None, None, None, "NOT_MEASURABLE", hasData=False, lifecycle="DRAFT")
    ]


async def test_a11_three_and_a_half_billion_survives_exactly(client: Client) -> None:
    definition = {"kind": "INCREASE_BY", "changeBy": "3500000000", "baseline": "0", "unit": "USD"}
    [seen] = await progress_after(client, definition)
    assert seen == shown("3500000000", "0", 0, 0, "NO_CHECK_IN", hasData=False)


async def test_a12_grow_by_two_million_customers(client: Client) -> None:
    definition = {"kind": "INCREASE_BY", "changeBy": "2000000", "baseline": "5000000"}
    seen = await progress_after(client, definition, "6000000")
    assert seen[1] == shown("7000000", "6000000", 0.5, 0.5, "COMPUTED")


async def test_a13_offer_free_career_training(client: Client) -> None:
    seen = await progress_after(client, {"kind": "BINARY"}, "0", "1")
    assert [(each["progress"], each["hasData"]) for each in seen] == [(0, False), (0, True), (1, True)]


async def test_a15_and_a16_reach(client: Client) -> None:
    seen = await progress_after(client, {"kind": "REACH", "target": "100"}, "45")
    assert seen[1] == shown("100", "45", 0.45, 0.45, "COMPUTED")
    seen = await progress_after(client, {"kind": "REACH", "target": "3"}, "1")
    assert seen[1] == shown("3", "1", pytest.approx(1 / 3), pytest.approx(1 / 3), "COMPUTED")


async def test_a17_a_message_to_every_donor(client: Client) -> None:
    latest = await progress_after(client, {"kind": "AT_LEAST", "target": "100"}, "99.9")
    assert latest[1] == shown("100", "99.9", 0, 0, "COMPUTED")
    distance = await progress_after(client, {"kind": "AT_LEAST", "target": "100", "mode": "DISTANCE"}, "99.9")
    assert distance[1] == shown("100", "99.9", 0.999, 0.999, "COMPUTED")
