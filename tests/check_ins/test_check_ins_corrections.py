"""Corrections and withdrawals: both records are kept, and only what is valid counts."""

from typing import Any
from uuid import uuid4

from tests.kit.client import Client
from tests.kit.refusals import changed, everything, refused, shown
from tests.kit.workspace_files import findings

AT = "2026-06-01T00:00:00Z"
HISTORY = """query($id: ID!) { keyResult(id: $id) { current hasData confidence status statusReason staleness
    nextCheckInDueAt latestCheckIn { id } checkIns { totalCount nodes { id } } checkInHistory { totalCount nodes {
    id value note isWithdrawal invalidSince replaces { id } replacedBy { id } } } } }"""


async def reach(client: Client, **more: Any) -> str:
    return await client.key_result(await client.objective(await client.cycle()), kind="REACH", target="100", **more)


async def found(client: Client, key_result: str) -> dict[str, Any]:
    return (await client.data(HISTORY, id=key_result))["keyResult"]


def valid(answer: dict[str, Any]) -> list[str]:
    """The valid check-ins of an answer, as counted and as listed."""
    assert answer["checkIns"]["totalCount"] == len(answer["checkIns"]["nodes"])
    assert answer["checkInHistory"]["totalCount"] == len(answer["checkInHistory"]["nodes"])
    ids = [each["id"] for each in answer["checkIns"]["nodes"]]
    assert ids == [each["id"] for each in answer["checkInHistory"]["nodes"] if each["invalidSince"] is None]
    assert answer["latestCheckIn"] == (answer["checkIns"]["nodes"] or [None])[0]
    return ids


async def test_a_correction_takes_the_place_of_what_it_corrects(client: Client) -> None:
    key_result = await reach(client)
    said = await changed(
        client, "keyResultCheckIn", keyResultId=key_result, value="50", confidence=0.5, note="Typo", at=AT
    )
    client.clock.advance(days=1)
    before = await everything(client)
    correction = await changed(
        client, "checkInCorrect", replacesId=said["id"], value="5", externalId="C-2", reason="A zero too many"
    )
    assert correction == {
        **said,
        "id": correction["id"],
        "externalId": "C-2",
        "value": "5",
        "recordedAt": "2026-07-03T12:00:00Z",
        "replaces": {"id": said["id"]},
    }
    was = await shown(client, "checkIn", said["id"])
    assert was == {**said, "invalidSince": "2026-07-03T12:00:00Z", "replacedBy": {"id": correction["id"]}}
    answer = await found(client, key_result)
    assert (valid(answer), answer["current"], answer["confidence"]) == ([correction["id"]], "5", 0.5)
    assert [each["id"] for each in answer["checkInHistory"]["nodes"]] == [correction["id"], said["id"]]
    added = sorted(row["name"] for row in await everything(client) if row not in before)
    assert added == ["check_ins", "check_ins", "events", "key_results", "objectives"]
    events = await client.data("{ events(first: 1) { nodes { verb subjectId reason changes } } }")
    assert events["events"]["nodes"] == [
        {
            "verb": "CORRECTED",
            "subjectId": correction["id"],
            "reason": "A zero too many",
            "changes": {"replacesId": {"after": said["id"]}, "value": {"before": "50", "after": "5"}},
        }
    ]
    assert await findings(client) == []


async def test_each_fact_can_be_corrected_and_removed(client: Client) -> None:
    objective = await client.objective(await client.cycle())
    await client.make("objectiveUpdate", id=objective, progressSource="MANUAL")
    facts: dict[str, Any] = {"value": "0.5", "confidence": 0.5, "status": "AT_RISK", "note": "Slow", "at": AT}
    others = {"value": "0.25", "confidence": 1, "status": "ON_TRACK", "note": "Fast", "at": "2026-05-01T00:00:00Z"}
    newest = await changed(client, "objectiveCheckIn", objectiveId=objective, **facts)
    for name, value in [*others.items(), *((name, None) for name in ("value", "confidence", "status"))]:
        facts[name] = value
        newest = await changed(client, "checkInCorrect", replacesId=newest["id"], **{name: value})
        assert {each: newest[each] for each in facts} == facts
    await refused(client, "checkInCorrect", "CHECK_IN_EMPTY", replacesId=newest["id"], note=None)
    for same in ({}, {"note": "Fast"}, {"value": None, "at": "2026-05-01T02:00:00+02:00"}):
        await refused(client, "checkInCorrect", "CORRECTION_EMPTY", replacesId=newest["id"], **same)
    data = await client.data("query($id: ID!) { objective(id: $id) { checkIns { totalCount } } }", id=objective)
    assert data == {"objective": {"checkIns": {"totalCount": 1}}}


async def test_a_corrected_date_moves_a_statement(client: Client) -> None:
    key_result = await reach(client)
    first = await client.check_in(key_result, "10", at="2026-05-01T00:00:00Z")
    await client.check_in(key_result, "20", at=AT)
    assert (await found(client, key_result))["current"] == "20"
    await client.make("checkInCorrect", replacesId=first, at="2026-06-15T00:00:00Z")
    answer = await found(client, key_result)
    assert (answer["current"], len(valid(answer))) == ("10", 2)
    assert await findings(client) == []


async def test_of_two_at_one_time_the_corrected_one_is_the_latest(client: Client) -> None:
    """It was recorded later."""
    key_result = await reach(client)
    first, _ = await client.check_in(key_result, "10", at=AT), await client.check_in(key_result, "20", at=AT)
    await client.make("checkInCorrect", replacesId=first, value="11")
    assert (await found(client, key_result))["current"] == "11"


async def test_a_withdrawn_check_in_counts_for_nothing(client: Client) -> None:
    key_result = await reach(client)
    await client.check_in(key_result, "10", confidence=0.25, at="2026-06-20T00:00:00Z")
    before = await found(client, key_result)
    facts = {"value": "90", "confidence": 1, "status": "AT_RISK"}
    wrong = await changed(client, "keyResultCheckIn", keyResultId=key_result, **facts)
    between = await found(client, key_result)
    assert (between["current"], between["confidence"], between["status"]) == ("90", 1, "AT_RISK")
    assert between["nextCheckInDueAt"] > before["nextCheckInDueAt"]
    withdrawal = await changed(client, "checkInWithdraw", replacesId=wrong["id"], reason="Another key result")
    assert withdrawal == {
        **wrong,
        **dict.fromkeys(("value", "confidence", "status", "note")),
        "id": withdrawal["id"],
        "isWithdrawal": True,
        "invalidSince": withdrawal["recordedAt"],
        "replaces": {"id": wrong["id"]},
    }
    answer = await found(client, key_result)
    names = ("current", "confidence", "status", "statusReason", "staleness", "nextCheckInDueAt", "checkIns")
    assert {name: answer[name] for name in names} == {name: before[name] for name in names}
    assert [each["isWithdrawal"] for each in answer["checkInHistory"]["nodes"]] == [True, False, False]
    [only] = valid(answer)
    await client.make("checkInWithdraw", replacesId=only)
    answer = await found(client, key_result)
    assert (valid(answer), answer["current"], answer["hasData"], answer["confidence"]) == ([], "0", False, None)
    events = await client.data("{ events(first: 2) { nodes { verb reason changes } } }")
    assert events["events"]["nodes"] == [
        {"verb": "WITHDRAWN", "reason": None, "changes": {"replacesId": {"after": only}}},
        {"verb": "WITHDRAWN", "reason": "Another key result", "changes": {"replacesId": {"after": wrong["id"]}}},
    ]
    assert await findings(client) == []


async def test_only_the_newest_is_corrected_and_nothing_that_was_withdrawn(client: Client) -> None:
    key_result = await reach(client)
    first = await client.check_in(key_result, "1")
    second = await client.make("checkInCorrect", replacesId=first, value="2")
    third = await client.make("checkInCorrect", replacesId=second, value="3")
    for mutation, change in (("checkInCorrect", {"value": "9"}), ("checkInWithdraw", {})):
        for replaced in (first, second):
            message = await refused(client, mutation, "CHECK_IN_CORRECTED", "replacesId", replacesId=replaced, **change)
            assert f"The one that is valid now is {third}:" in message
    assert (await found(client, key_result))["current"] == "3"
    withdrawal = await client.make("checkInWithdraw", replacesId=third)
    for mutation, change in (("checkInCorrect", {"value": "9"}), ("checkInWithdraw", {})):
        for replaced in (first, second, third, withdrawal):
            message = await refused(client, mutation, "CHECK_IN_WITHDRAWN", "replacesId", replacesId=replaced, **change)
            assert f"withdrawn, by {withdrawal}," in message
    payload = await client.change("checkInCorrect", {"replacesId": first, "value": "9"}, "checkIn { id }")
    assert payload["checkIn"] is None
    assert await findings(client) == []


async def test_sent_again_with_its_own_id_it_is_answered_with_what_it_made(client: Client) -> None:
    key_result = await reach(client)
    for mutation, change in (("checkInCorrect", {"value": "5"}), ("checkInWithdraw", {})):
        input = {"replacesId": await client.check_in(key_result, "50"), "id": str(uuid4()), **change}
        made = await changed(client, mutation, **input)
        before = await everything(client)
        client.clock.advance(minutes=1)
        assert await changed(client, mutation, **input) == made
        assert await everything(client) == before


async def test_what_is_left_as_it_is_need_not_be_admitted_again(client: Client) -> None:
    """The cycle moved on, and the value comes from milestones by now."""
    cycle = await client.cycle()
    objective = await client.objective(cycle, progressSource="MANUAL")
    said = await client.make("objectiveCheckIn", objectiveId=objective, value="0.5", note="x", at=AT)
    await client.make("objectiveUpdate", id=objective, progressSource="KEY_RESULTS")
    await client.make("cycleUpdate", id=cycle, startsOn="2026-06-15")
    said = await client.make("checkInCorrect", replacesId=said, note="y")
    await refused(client, "checkInCorrect", "VALUE_COMPUTED", "value", replacesId=said, value="0.6")
    await refused(client, "checkInCorrect", "CHECK_IN_OUTSIDE_CYCLE", "at", replacesId=said, at="2026-06-02T00:00:00Z")
    assert await findings(client) == []


async def test_in_a_closed_cycle_and_on_an_archived_goal_nothing_is_replaced(client: Client) -> None:
    cycle = await client.cycle()
    objective = await client.objective(cycle)
    said = await client.make("objectiveCheckIn", objectiveId=objective, note="x")
    forms: tuple[tuple[str, dict[str, Any]], ...] = (("checkInCorrect", {"note": "y"}), ("checkInWithdraw", {}))
    await client.make("objectiveArchive", id=objective)
    for mutation, change in forms:
        await refused(client, mutation, "ARCHIVED", "replacesId", replacesId=said, **change)
    await client.make("objectiveRestore", id=objective)
    await client.take_steps(cycle, "BeginClosing")
    said = await client.make("checkInCorrect", replacesId=said, note="While it is closed")
    await client.make("objectiveScore", id=objective, scoreWaiver="None")
    await client.take_steps(cycle, "Close")
    for mutation, change in forms:
        await refused(client, mutation, "CYCLE_STATE_FORBIDS", "replacesId", replacesId=said, **change)
