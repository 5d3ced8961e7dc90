"""Corrections and withdrawals in files: imported, exported, and restored; and what doctor finds of them."""

from typing import Any

import pytest

from service.values import global_ids
from tests.kit.client import Client
from tests.kit.small_workspace import check_in, cycle, key_result, objective
from tests.kit.workspace_files import executed, exported, findings, imported, refused
from tests.workspace.restored import assert_same

GOALS = [
    cycle("2026", "2026-01-01", "2026-12-31", state="ACTIVE"),
    objective("o1"),
    key_result("k1", kind="REACH", target="10"),
    key_result("k2", kind="REACH", target="10"),
]
SAID = [
    check_in("c1", value="1"),
    check_in("c2", value="2", replaces="c1", at="2026-02-01T09:00:00Z"),
    check_in("c3", value="3", replaces="c2"),
    check_in("c4", value="4", at="2026-04-01T09:00:00Z"),
    check_in("c5", replaces="c4", isWithdrawal=True, at="2026-04-01T09:00:00Z"),
]
HISTORY = """{ keyResult(externalId: "k1") { current checkIns { nodes { externalId } } checkInHistory { nodes {
    externalId isWithdrawal replaces { externalId } replacedBy { externalId } } } } }"""


async def history(client: Client) -> dict[str, Any]:
    """What is current, what is valid, and by what each check-in was replaced."""
    found = (await client.data(HISTORY))["keyResult"]
    return {
        "current": found["current"],
        "valid": [each["externalId"] for each in found["checkIns"]["nodes"]],
        "replaced": {
            each["externalId"]: (each["replacedBy"] or {}).get("externalId")
            for each in found["checkInHistory"]["nodes"]
        },
    }


EXPECTED = {
    "current": "3",
    "valid": ["c3"],
    "replaced": {"c1": "c2", "c2": "c3", "c3": None, "c4": "c5", "c5": None},
}


async def test_a_file_brings_what_replaces_what(client: Client, stranger: Client, database_url: str) -> None:
    done = await imported(client, [*GOALS, *SAID])
    assert (done.kept, done.outcomes) == (True, {"CREATED": 9})
    assert await history(client) == EXPECTED
    again = await imported(client, [*GOALS, *SAID])
    assert again.outcomes == {"UNCHANGED": 9}
    assert await findings(client) == []
    events = (await client.data("{ events(first: 5) { nodes { verb } } }"))["events"]["nodes"]
    assert [each["verb"] for each in events] == ["WITHDRAWN", "CHECKED_IN", "CORRECTED", "CORRECTED", "CHECKED_IN"]
    items = await exported(client)
    assert [each["externalId"] for each in items if each["type"] == "CheckIn"] == ["c1", "c2", "c3", "c4", "c5"]
    others = [{name: value for name, value in each.items() if name != "email"} for each in items]
    for outcome in ("CREATED", "UNCHANGED"):
        done = await imported(stranger, others)
        assert {each.outcome for each in done.results if each.type == "CheckIn"} == {outcome}
        assert await history(stranger) == EXPECTED
    assert await findings(stranger) == []
    assert await history(await assert_same(client, database_url)) == EXPECTED


async def test_what_people_replaced_is_in_the_file(client: Client, stranger: Client) -> None:
    assert (await imported(client, [*GOALS, *SAID[:1]])).kept
    said = (await client.data('{ checkIn(externalId: "c1") { id } }'))["checkIn"]["id"]
    client.clock.advance(minutes=1)
    # It is true of a time before what it replaces, and comes after it all the same.
    newer = await client.make("checkInCorrect", replacesId=said, externalId="c2", at="2026-02-01T09:00:00Z", value="2")
    await client.make("checkInWithdraw", replacesId=newer, externalId="c3")
    items = [{name: value for name, value in each.items() if name != "email"} for each in await exported(client)]
    assert (await imported(stranger, items)).kept
    expected = {"current": "0", "valid": [], "replaced": {"c1": "c2", "c2": "c3", "c3": None}}
    assert await history(client) == expected
    assert await history(stranger) == expected
    assert await findings(stranger) == []


async def test_a_later_file_replaces_what_is_there(client: Client) -> None:
    for number in range(len(SAID) + 1):
        assert (await imported(client, [*GOALS, *SAID[:number]])).kept
    assert await history(client) == EXPECTED
    assert await findings(client) == []


async def test_what_cannot_be_replaced_is_refused(client: Client, database_url: str) -> None:
    assert (await imported(client, [*GOALS, *SAID])).kept
    later = "2026-05-01T09:00:00Z"
    wrong = [
        (check_in("n", value="9", replaces="nothing"), "NOT_FOUND", "replaces"),
        (check_in("n", value="9", replaces="c1"), "CHECK_IN_CORRECTED", "replaces"),
        (check_in("n", replaces="c2", isWithdrawal=True), "CHECK_IN_CORRECTED", "replaces"),
        (check_in("n", value="9", replaces="c4"), "CHECK_IN_WITHDRAWN", "replaces"),
        (check_in("n", value="9", replaces="c5"), "CHECK_IN_WITHDRAWN", "replaces"),
        (check_in("n", value="9", keyResult="k2", replaces="c3"), "REPLACED_ELSEWHERE", "replaces"),
        (check_in("n", isWithdrawal=True), "WITHDRAWAL_INVALID", "isWithdrawal"),
        (check_in("n", isWithdrawal=True, replaces="c3", note="x"), "WITHDRAWAL_INVALID", "isWithdrawal"),
        (check_in("c3", value="3", replaces=None), "CHECK_IN_IMMUTABLE", "externalId"),
        (check_in("c1", value="1", replaces="c2"), "CHECK_IN_IMMUTABLE", "externalId"),
        (check_in("c5", isWithdrawal=False, at="2026-04-01T09:00:00Z"), "CHECK_IN_IMMUTABLE", "externalId"),
    ]
    for item, code, field in wrong:
        await refused(client, database_url, [item], [(1, code, field)])
    twice = [check_in(name, value="9", at=later, replaces="c3") for name in ("n", "m")]
    await refused(client, database_url, twice, [(2, "CHECK_IN_CORRECTED", "replaces")])
    backwards = [check_in("n", value="9", replaces="m"), check_in("m", value="9")]
    await refused(client, database_url, backwards, [(1, "NOT_FOUND", "replaces")])
    # What replaces something that is refused is not refused for that.
    await refused(
        client,
        database_url,
        [check_in("n", value="9", confidence=0.5, at="2020-01-01T00:00:00Z"), check_in("m", value="9", replaces="n")],
        [(1, "CHECK_IN_OUTSIDE_CYCLE", "at")],
    )


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("UPDATE check_ins SET invalid_since = NULL WHERE external_id = 'c1'", "c1"),
        ("UPDATE check_ins SET invalid_since = recorded_at WHERE external_id = 'c3'", "c3"),
        ("UPDATE check_ins SET invalid_since = recorded_at + interval '1 s' WHERE external_id = 'c5'", "c5"),
        ("UPDATE check_ins SET replaces_id = gen_random_uuid() WHERE external_id = 'c5'", "c4 c5"),
    ],
)
async def test_doctor_finds_what_is_valid_and_should_not_be(
    client: Client, database_url: str, sql: str, found: str
) -> None:
    assert (await imported(client, [*GOALS, *SAID])).kept
    document = '{ keyResult(externalId: "k1") { checkInHistory { nodes { id externalId } } } }'
    names = {
        each["id"]: each["externalId"] for each in (await client.data(document))["keyResult"]["checkInHistory"]["nodes"]
    }
    await executed(database_url, sql)
    wrong = {global_ids.encode(each.subject, each.id) for each in await findings(client) if each.subject == "CheckIn"}
    assert " ".join(sorted(names[each] for each in wrong)) == found
