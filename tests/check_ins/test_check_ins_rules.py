"""What can be said about a goal, by whom it is derived instead, and what a check-in that is taken looks like."""

from typing import Any

from tests.kit.client import Client
from tests.kit.refusals import changed, errors, everything, refused, shown

REACH = {"kind": "REACH", "target": "100"}


async def goals(client: Client) -> tuple[str, str]:
    """An objective and a key result of it."""
    objective = await client.objective(await client.cycle())
    return objective, await client.key_result(objective, **REACH)


async def test_everything_at_once(client: Client) -> None:
    objective, key_result = await goals(client)
    before = await everything(client)
    said = {"value": "12.5", "confidence": 0.75, "status": "AT_RISK", "note": "Slow\n\tbut 🙂", "externalId": "C-1"}
    at = "2026-07-01T09:30:00.123456+02:00"
    check_in = await changed(client, "keyResultCheckIn", keyResultId=key_result, at=at, **said)
    author = (await client.data("{ viewer { person { id } } }"))["viewer"]["person"]
    assert check_in == {
        "id": check_in["id"],
        **said,
        "at": "2026-07-01T07:30:00.123456Z",
        "recordedAt": "2026-07-02T12:00:00Z",
        "author": author,
        "recorder": None,
        "serviceAccount": None,
        "isWithdrawal": False,
        "invalidSince": None,
        "replaces": None,
        "replacedBy": None,
        "objective": {"id": objective},
        "keyResult": {"id": key_result},
    }
    added = [row["name"] for row in await everything(client) if row not in before]
    assert sorted(added) == ["check_ins", "events", "key_results", "objectives"]
    document = "{ events(first: 1) { nodes { verb subjectType subjectId objective { id } actor { id } changes } } }"
    del said["externalId"]
    assert (await client.data(document))["events"]["nodes"] == [
        {
            "verb": "CHECKED_IN",
            "subjectType": "CheckIn",
            "subjectId": check_in["id"],
            "objective": {"id": objective},
            "actor": author,
            "changes": {
                name: {"after": value} for name, value in {**said, "at": "2026-07-01T07:30:00.123456Z"}.items()
            },
        }
    ]


async def test_each_alone_is_enough_and_leaves_the_others_null(client: Client) -> None:
    objective, key_result = await goals(client)
    empty = {"externalId": None, "value": None, "confidence": None, "status": None, "note": None}
    alone: list[dict[str, Any]] = [
        {"value": "0"},
        {"value": "-3.25"},
        {"confidence": 0},
        {"confidence": 1},
        {"status": "ON_TRACK"},
        {"status": "OFF_TRACK"},
        {"note": "x"},
    ]
    for said in alone:
        made = await changed(client, "keyResultCheckIn", keyResultId=key_result, **said)
        assert {name: made[name] for name in empty} == {**empty, **said}
        assert made["at"] == made["recordedAt"] == "2026-07-02T12:00:00Z"
        if "value" not in said:
            made = await changed(client, "objectiveCheckIn", objectiveId=objective, **said)
            assert {name: made[name] for name in [*empty, "keyResult"]} == {**empty, **said, "keyResult": None}


async def test_nothing_said_is_no_check_in(client: Client) -> None:
    objective, key_result = await goals(client)
    about: list[tuple[str, dict[str, Any]]] = [
        ("keyResultCheckIn", {"keyResultId": key_result}),
        ("objectiveCheckIn", {"objectiveId": objective}),
    ]
    for mutation, goal in about:
        for nothing in ({}, {"note": ""}, {"note": " \n"}, {"value": None, "status": None}, {"externalId": "C-1"}):
            await refused(client, mutation, "CHECK_IN_EMPTY", **goal, **nothing)
        for confidence in (-0.01, 1.01, 80, -1e9):
            code = "CONFIDENCE_OUT_OF_RANGE"
            await refused(client, mutation, code, "confidence", **goal, confidence=confidence, note="x")
        for bad in ({"status": "GREEN"}, {"value": "many"}, {"confidence": "0.5"}, {"at": "2026-07-01"}):
            assert await errors(client, mutation, **goal, **bad) == ["BAD_USER_INPUT"]


async def test_a_derived_key_result_takes_no_value_and_everything_else(client: Client) -> None:
    objective, _ = await goals(client)
    stages = await client.key_result(objective, kind="MILESTONE")
    aligned = await client.key_result(objective, **REACH, valueSource="ALIGNED_OBJECTIVES")
    for id, source in ((stages, "MILESTONES"), (aligned, "ALIGNED_OBJECTIVES")):
        for value in ("1", "0"):
            more = {"value": value, "note": "By hand"}
            message = await refused(client, "keyResultCheckIn", "VALUE_COMPUTED", "value", keyResultId=id, **more)
            assert f"The value comes from {source}," in message
        said = {"confidence": 0.5, "status": "AT_RISK", "note": "Hm"}
        await changed(client, "keyResultCheckIn", keyResultId=id, **said)
        found = await shown(client, "keyResult", id)
        assert found is not None
        marks = ("status", "statusReason", "confidence", "current", "hasData")
        assert [found[name] for name in marks] == ["AT_RISK", "STATED_IN_CHECK_IN", 0.5, None, False]


async def test_a_binary_key_result_is_0_or_1(client: Client) -> None:
    objective, _ = await goals(client)
    binary = await client.key_result(objective, kind="BINARY")
    for value in ("0.5", "2", "-1", "100", "0.000000000001"):
        message = await refused(
            client, "keyResultCheckIn", "VALUE_OUT_OF_RANGE", "value", keyResultId=binary, value=value
        )
        assert message == f"The value of a binary key result is 0 or 1, not {value}."
    for value, progress in (("1", 1), ("0", 0), ("1.0", 1), ("-0", 0)):
        await changed(client, "keyResultCheckIn", keyResultId=binary, value=value)
        found = await shown(client, "keyResult", binary)
        assert found is not None
        assert (found["progress"], found["current"], found["target"]) == (progress, str(progress), None)


async def test_an_objective_takes_a_value_where_its_progress_is_said(client: Client) -> None:
    objective, _ = await goals(client)
    for source in ("KEY_RESULTS", "ALIGNED_OBJECTIVES", "BOTH", "MANUAL"):
        await client.make("objectiveUpdate", id=objective, progressSource=source)
        goal = {"objectiveId": objective}
        if source != "MANUAL":
            message = await refused(client, "objectiveCheckIn", "VALUE_COMPUTED", "value", **goal, value="0.5")
            assert f"The value comes from {source}," in message
    for value in ("-0.1", "1.000000000001", "30"):
        await refused(client, "objectiveCheckIn", "VALUE_OUT_OF_RANGE", "value", objectiveId=objective, value=value)
    for value in ("0", "1", "0.3"):
        await changed(client, "objectiveCheckIn", objectiveId=objective, value=value)
        found = await shown(client, "objective", objective)
        assert found is not None
        assert (found["progress"], found["progressReason"]) == (float(value), "COMPUTED")
