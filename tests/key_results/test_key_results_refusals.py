"""Definitions that contradict themselves, on creation and on a change; and what each may lack as a draft."""

from typing import Any

from tests.kit.client import Client
from tests.kit.refusals import changed, errors, refused

LINE = {"baseline": "10", "target": "20"}
CONTRADICTIONS: list[tuple[dict[str, Any], str, str]] = [
    ({"kind": "INCREASE", "baseline": "10", "target": "10"}, "TARGET_EQUALS_BASELINE", "target"),
    ({"kind": "DECREASE", "baseline": "10", "target": "10.0"}, "TARGET_EQUALS_BASELINE", "target"),
    ({"kind": "REACH", "target": "0"}, "TARGET_EQUALS_BASELINE", "target"),
    ({"kind": "INCREASE", "baseline": "10", "target": "9"}, "DIRECTION_MISMATCH", "target"),
    ({"kind": "DECREASE", "baseline": "-10", "target": "-9"}, "DIRECTION_MISMATCH", "target"),
    ({"kind": "REACH", "target": "-1"}, "DIRECTION_MISMATCH", "target"),
    ({"kind": "INCREASE_BY", "changeBy": "0"}, "CHANGE_NOT_POSITIVE", "changeBy"),
    ({"kind": "DECREASE_BY", "changeBy": "-1"}, "CHANGE_NOT_POSITIVE", "changeBy"),
    ({"kind": "INCREASE_BY_PERCENT", "changeBy": "-0.001"}, "CHANGE_NOT_POSITIVE", "changeBy"),
    ({"kind": "INCREASE_BY_PERCENT", "changeBy": "5", "baseline": "0"}, "BASELINE_ZERO", "baseline"),
    ({"kind": "DECREASE_BY_PERCENT", "changeBy": "5", "baseline": "-0.0"}, "BASELINE_ZERO", "baseline"),
    ({"kind": "INCREASE_BY", "changeBy": "5", "target": "5"}, "TARGET_COMPUTED", "target"),
    ({"kind": "DECREASE_BY_PERCENT", "changeBy": "5", **LINE}, "TARGET_COMPUTED", "target"),
    ({"kind": "WITHIN_RANGE", "lower": "2", "upper": "1.999"}, "RANGE_INVERTED", "lower"),
    ({"kind": "REACH", "target": "5", "lower": "2", "upper": "1"}, "RANGE_INVERTED", "lower"),
    ({"kind": "AT_LEAST", "mode": "DISTANCE", "target": "0"}, "LIMIT_NOT_POSITIVE", "target"),
    ({"kind": "AT_MOST", "mode": "DISTANCE", "target": "-1"}, "LIMIT_NOT_POSITIVE", "target"),
    ({"kind": "WITHIN_RANGE", "mode": "DISTANCE", "lower": "1"}, "MODE_NOT_ALLOWED", "mode"),
    ({"kind": "INCREASE", "mode": "ADHERENCE", **LINE}, "MODE_NOT_ALLOWED", "mode"),
    ({"kind": "BINARY", "mode": "DISTANCE"}, "MODE_NOT_ALLOWED", "mode"),
    ({"kind": "REACH", "target": "5", "valueSource": "MILESTONES"}, "VALUE_SOURCE_NOT_ALLOWED", "valueSource"),
    ({"kind": "MILESTONE", "valueSource": "MANUAL"}, "VALUE_SOURCE_NOT_ALLOWED", "valueSource"),
    ({"kind": "MILESTONE", "valueSource": "ALIGNED_OBJECTIVES"}, "VALUE_SOURCE_NOT_ALLOWED", "valueSource"),
    ({"kind": "REACH", "target": "5", "weight": -1.0}, "WEIGHT_OUT_OF_RANGE", "weight"),
    ({"kind": "REACH", "target": "5", "weight": 1_000_001.0}, "WEIGHT_OUT_OF_RANGE", "weight"),
]
LACKING: list[dict[str, Any]] = [
    {"kind": "INCREASE"},
    {"kind": "DECREASE", "baseline": "5"},
    {"kind": "REACH", "baseline": "5"},
    {"kind": "INCREASE_BY"},
    {"kind": "DECREASE_BY_PERCENT", "baseline": "5"},
    {"kind": "AT_LEAST"},
    {"kind": "AT_MOST", "lower": "1"},
    {"kind": "WITHIN_RANGE", "target": "5"},
]


async def test_a_contradiction_is_refused_when_it_is_made_and_when_it_is_changed_into(client: Client) -> None:
    objective = await client.objective(await client.cycle())
    id = await client.key_result(objective, kind="BINARY")
    draft = await client.key_result(objective, lifecycle="DRAFT")
    for definition, code, field in CONTRADICTIONS:
        for lifecycle in ({}, {"lifecycle": "DRAFT"}):
            wanted = {"objectiveId": objective, "title": "New", **definition, **lifecycle}
            made = await refused(client, "keyResultCreate", code, field, **wanted)
        assert await refused(client, "keyResultUpdate", code, field, id=id, **definition) == made
        assert await refused(client, "keyResultUpdate", code, field, id=draft, **definition) == made


async def test_a_change_is_held_against_what_is_there(client: Client) -> None:
    objective = await client.objective(await client.cycle())
    rising = await client.key_result(objective, kind="INCREASE", **LINE)
    by = await client.key_result(objective, kind="INCREASE_BY_PERCENT", changeBy="5", baseline="10")
    span = await client.key_result(objective, kind="WITHIN_RANGE", lower="1", upper="2")
    near = await client.key_result(objective, kind="AT_LEAST", mode="DISTANCE", target="5")
    against: list[tuple[str, dict[str, Any], str, str]] = [
        (rising, {"target": "10"}, "TARGET_EQUALS_BASELINE", "target"),
        (rising, {"baseline": "21"}, "DIRECTION_MISMATCH", "target"),
        (rising, {"kind": "DECREASE"}, "DIRECTION_MISMATCH", "target"),
        (rising, {"mode": "DISTANCE"}, "MODE_NOT_ALLOWED", "mode"),
        (rising, {"kind": "MILESTONE"}, "VALUE_SOURCE_NOT_ALLOWED", "valueSource"),
        (rising, {"kind": "INCREASE_BY"}, "KEY_RESULT_INCOMPLETE", "lifecycle"),
        (rising, {"kind": "WITHIN_RANGE"}, "KEY_RESULT_INCOMPLETE", "lifecycle"),
        (rising, {"target": None}, "KEY_RESULT_INCOMPLETE", "lifecycle"),
        (by, {"baseline": "0"}, "BASELINE_ZERO", "baseline"),
        (by, {"target": "5"}, "TARGET_COMPUTED", "target"),
        (by, {"changeBy": None}, "KEY_RESULT_INCOMPLETE", "lifecycle"),
        (by, {"kind": "DECREASE"}, "DIRECTION_MISMATCH", "target"),
        (span, {"lower": "2.5"}, "RANGE_INVERTED", "lower"),
        (span, {"upper": "0"}, "RANGE_INVERTED", "lower"),
        (span, {"lower": None, "upper": None}, "KEY_RESULT_INCOMPLETE", "lifecycle"),
        (near, {"target": "0"}, "LIMIT_NOT_POSITIVE", "target"),
        (near, {"kind": "WITHIN_RANGE", "lower": "1"}, "MODE_NOT_ALLOWED", "mode"),
        (near, {"weight": -0.5}, "WEIGHT_OUT_OF_RANGE", "weight"),
    ]
    for id, values, code, field in against:
        await refused(client, "keyResultUpdate", code, field, id=id, **values, reason="Another aim")
    other = {"kind": "DECREASE", "target": "5", "reason": "Another aim"}
    assert (await changed(client, "keyResultUpdate", id=rising, **other))["target"] == "5"
    assert (await changed(client, "keyResultUpdate", id=span, lower="2", reason="Another aim"))["lower"] == "2"


async def test_what_a_kind_lacks_it_may_lack_as_a_draft(client: Client) -> None:
    objective = await client.objective(await client.cycle())
    for definition in LACKING:
        wanted = {"objectiveId": objective, "title": "New", **definition}
        made = await changed(client, "keyResultCreate", **wanted)
        assert (definition, made["lifecycle"], made["progress"]) == (definition, "DRAFT", None)
        await refused(
            client, "keyResultUpdate", "KEY_RESULT_INCOMPLETE", "lifecycle", id=made["id"], lifecycle="ACTIVE"
        )
        cancelled = await changed(client, "keyResultUpdate", id=made["id"], lifecycle="CANCELLED")
        assert cancelled["lifecycle"] == "CANCELLED"


async def test_without_a_kind_it_is_a_draft_and_the_refusal_says_so_in_words(client: Client) -> None:
    objective = await client.objective(await client.cycle())
    id, draft = await client.key_result(objective, kind="BINARY"), await client.key_result(objective)
    await refused(client, "keyResultUpdate", "KEY_RESULT_INCOMPLETE", "lifecycle", id=id, kind=None)
    await refused(client, "keyResultUpdate", "KEY_RESULT_INCOMPLETE", "lifecycle", id=draft, lifecycle="ACTIVE")
    wanted = {"keyResultId": draft, "title": "x"}
    await refused(client, "milestoneCreate", "KIND_NOT_ALLOWED", "keyResultId", **wanted)


async def test_a_refusal_writes_numbers_in_full(client: Client) -> None:
    wanted = {"objectiveId": await client.objective(await client.cycle()), "title": "New", "kind": "INCREASE"}
    small, large = "0.000000000001", "100000000000000000000000"
    for target in (small, large):
        message = await refused(
            client, "keyResultCreate", "TARGET_EQUALS_BASELINE", "target", **wanted, baseline=target, target=target
        )
        assert f"both {target}," in message
    message = await refused(
        client, "keyResultCreate", "DIRECTION_MISMATCH", "target", **wanted, baseline="1e20", target=small
    )
    assert f"the target is {small} and the baseline 1{'0' * 20}." in message


async def test_numbers_are_exact_and_bounded(client: Client) -> None:
    wanted = {"objectiveId": await client.objective(await client.cycle()), "title": "New"}
    for given, kept in [
        ("999999999999999999999999.999999999999", "999999999999999999999999.999999999999"),
        ("-0.000000000001", "-0.000000000001"),
        ("1e3", "1000"),
        ("1.500", "1.5"),
        ("0.0000000000001", "0"),
        ("-0", "0"),
        (2, "2"),
        (2.5, "2.5"),
    ]:
        made = await changed(client, "keyResultCreate", **wanted, baseline=given, lower=given)
        assert (made["baseline"], made["lower"]) == (kept, kept)
        assert (await changed(client, "keyResultUpdate", id=made["id"], upper=given))["upper"] == kept
    unreadable: list[Any] = ["1e24", "NaN", "Infinity", "", " ", "1,5", "0x10", "½", True, 1e300, [], "1" * 25]
    for bad in unreadable:
        assert await errors(client, "keyResultCreate", **wanted, baseline=bad) == ["BAD_USER_INPUT"]
