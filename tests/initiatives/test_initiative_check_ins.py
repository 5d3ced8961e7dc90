"""Check-ins on initiatives: what they say, who makes them, and what corrections and withdrawals come to."""

from typing import Any
from uuid import uuid4

from tests.initiatives.test_initiatives import person_of
from tests.kit.client import Client, Statements
from tests.kit.refusals import everything
from tests.kit.roles import acting, furnished
from tests.kit.workspace_files import findings

MADE = """id externalId progress state note at recordedAt isWithdrawal invalidSince author { id } recorder { id }
    replaces { id } replacedBy { id } initiative { id }"""
SHOWN = f"""query($id: ID!, $from: DateTime, $to: DateTime) {{ initiative(id: $id) {{ state progress version updatedAt
    latestCheckIn {{ id }} checkIns(from: $from, to: $to) {{ totalCount nodes {{ id }} }}
    checkInHistory {{ totalCount nodes {{ {MADE} }} }} }} }}"""


def day(number: int) -> str:
    return f"2026-06-{number:02}T00:00:00Z"


async def found(client: Client, id: str, **dates: str) -> dict[str, Any]:
    return (await client.data(SHOWN, id=id, **dates))["initiative"]


async def values(client: Client, id: str) -> tuple[str, float | None]:
    """State and progress of an initiative."""
    shown = await found(client, id)
    return shown["state"], shown["progress"]


async def recorded(client: Client, *items: dict[str, Any]) -> list[dict[str, Any]]:
    payload = await client.change("initiativeCheckInsRecord", {"checkIns": list(items)}, f"checkIns {{ {MADE} }}")
    assert payload["userErrors"] == []
    return payload["checkIns"]


async def replaced(client: Client, verb: str, id: str, **more: Any) -> dict[str, Any]:
    payload = await client.change(
        f"initiativeCheckIn{verb}", {"replacesId": id, **more}, f"initiativeCheckIn {{ {MADE} }}"
    )
    assert payload["userErrors"] == []
    return payload["initiativeCheckIn"]


async def refused(client: Client, mutation: str, input: Any) -> list[tuple[str, ...]]:
    """The codes and paths of what is refused, which changes nothing."""
    before = await everything(client)
    payload = await client.change(f"initiativeCheckIn{mutation}", input, "__typename")
    assert await everything(client) == before
    return [(each["code"], *(each["field"] or [])[1:]) for each in payload["userErrors"]]


async def test_the_newest_that_says_it_counts(client: Client) -> None:
    id = await client.make("initiativeCreate", title="Import", state="PAUSED", progress=0.1)
    work = {"initiativeId": id}
    assert (await found(client, id))["latestCheckIn"] is None
    [first] = await recorded(client, {**work, "progress": 0.3, "note": "Begun", "at": day(10), "externalId": "C-1"})
    assert first == {
        **{"id": first["id"], "externalId": "C-1", "progress": 0.3, "state": None, "note": "Begun", "at": day(10)},
        **{"recordedAt": "2026-07-02T12:00:00Z", "isWithdrawal": False, "invalidSince": None, "recorder": None},
        **{"author": {"id": await person_of(client)}, "replaces": None, "replacedBy": None, "initiative": {"id": id}},
    }
    assert await values(client, id) == ("PAUSED", 0.3)
    await recorded(client, {**work, "state": "IN_PROGRESS", "at": day(20)}, {**work, "note": "Slow"})
    assert await values(client, id) == ("IN_PROGRESS", 0.3)
    # What was true earlier does not change what was said of later.
    await recorded(client, {**work, "progress": 0.9, "state": "DONE", "at": day(5)})
    assert await values(client, id) == ("IN_PROGRESS", 0.3)
    await recorded(client, {**work, "progress": 0.5, "at": day(15)}, {**work, "progress": 0.6, "at": day(15)})
    shown = await found(client, id)
    assert (shown["state"], shown["progress"], shown["version"], shown["checkIns"]["totalCount"]) == (
        *("IN_PROGRESS", 0.6, 5, 6),
    )
    ids = [each["id"] for each in shown["checkInHistory"]["nodes"]]
    assert [each["id"] for each in shown["checkIns"]["nodes"]] == ids
    assert shown["latestCheckIn"] == {"id": ids[0]}
    between = await found(client, id, **{"from": day(10), "to": day(15)})
    assert between["checkIns"] == {"totalCount": 1, "nodes": [{"id": first["id"]}]}
    assert await findings(client) == []


async def test_corrections_and_withdrawals_keep_both(client: Client) -> None:
    id = await client.make("initiativeCreate", title="Import")
    [said] = await recorded(client, {"initiativeId": id, "progress": 0.5, "state": "DONE", "at": day(1)})
    client.clock.advance(hours=1)
    now = "2026-07-02T13:00:00Z"
    correction = await replaced(client, "Correct", said["id"], progress=0.05, state=None, reason="A digit too many")
    assert correction == {
        **{**said, "id": correction["id"], "progress": 0.05, "state": None, "recordedAt": now},
        "replaces": {"id": said["id"]},
    }
    assert await values(client, id) == ("PLANNED", 0.05)
    was = {**said, "invalidSince": now, "replacedBy": {"id": correction["id"]}}
    assert (await found(client, id))["checkInHistory"]["nodes"] == [correction, was]
    assert await refused(client, "Correct", {"replacesId": said["id"], "progress": 1}) == [
        ("CHECK_IN_CORRECTED", "replacesId")
    ]
    assert await refused(client, "Correct", {"replacesId": correction["id"], "progress": 0.05}) == [
        ("CORRECTION_EMPTY",)
    ]
    assert await refused(client, "Correct", {"replacesId": correction["id"], "progress": None}) == [
        ("INITIATIVE_CHECK_IN_EMPTY",)
    ]
    withdrawal = await replaced(client, "Withdraw", correction["id"], reason="Never said")
    assert {name: withdrawal[name] for name in ("progress", "isWithdrawal", "invalidSince", "replaces")} == {
        **{"progress": None, "isWithdrawal": True, "invalidSince": now, "replaces": {"id": correction["id"]}},
    }
    shown = await found(client, id)
    assert (shown["state"], shown["progress"], shown["checkIns"]["totalCount"], shown["latestCheckIn"]) == (
        *("PLANNED", None, 0, None),
    )
    assert shown["checkInHistory"]["totalCount"] == 3
    assert await refused(client, "Withdraw", {"replacesId": withdrawal["id"]}) == [("CHECK_IN_WITHDRAWN", "replacesId")]
    read = "{ events(first: 3) { nodes { verb subjectId reason objective { id } changes } } }"
    assert (await client.data(read))["events"]["nodes"] == [
        {
            **{"verb": "WITHDRAWN", "subjectId": withdrawal["id"], "reason": "Never said", "objective": None},
            "changes": {"replacesId": {"after": correction["id"]}},
        },
        {
            **{"verb": "CORRECTED", "subjectId": correction["id"], "reason": "A digit too many", "objective": None},
            "changes": {
                "replacesId": {"after": said["id"]},
                "progress": {"before": "0.5", "after": "0.05"},
                "state": {"before": "DONE", "after": None},
            },
        },
        {
            **{"verb": "CHECKED_IN", "subjectId": said["id"], "reason": None, "objective": None},
            "changes": {"progress": {"after": "0.5"}, "state": {"after": "DONE"}, "at": {"after": day(1)}},
        },
    ]
    assert await findings(client) == []


async def test_an_update_states_its_progress_and_state_in_a_check_in(client: Client) -> None:
    id = await client.make("initiativeCreate", title="Import", progress=0.1)
    input = {"id": id, "title": "Import 2", "progress": 0.2, "state": "IN_PROGRESS", "reason": "Half a week"}
    selection = "initiative { title progress state version latestCheckIn { progress state note } }"
    payload = await client.change("initiativeUpdate", {**input, "expectedVersion": 1}, selection)
    stated = {"progress": 0.2, "state": "IN_PROGRESS", "note": "Half a week"}
    after = {"title": "Import 2", "progress": 0.2, "state": "IN_PROGRESS", "version": 2, "latestCheckIn": stated}
    assert payload == {"initiative": after, "userErrors": []}
    before = await everything(client)
    assert (await client.change("initiativeUpdate", input, selection)) == payload
    assert await everything(client) == before
    await client.make("initiativeUpdate", id=id, state="DONE")
    shown = await found(client, id)
    assert (shown["version"], shown["checkInHistory"]["nodes"][0]["progress"]) == (3, None)
    assert await values(client, id) == ("DONE", 0.2)
    events = await client.data("{ events(first: 3) { nodes { verb subjectType reason changes } } }")
    assert [tuple(each.values())[:3] for each in events["events"]["nodes"]] == [
        ("CHECKED_IN", "InitiativeCheckIn", None),
        ("CHECKED_IN", "InitiativeCheckIn", None),
        ("UPDATED", "Initiative", "Half a week"),
    ]
    for wrong, codes in (
        ({"progress": 1.1}, ["INITIATIVE_PROGRESS_OUT_OF_RANGE"]),
        ({"progress": 0.3, "expectedVersion": 1}, ["CONFLICT"]),
    ):
        before = await everything(client)
        payload = await client.change("initiativeUpdate", {"id": id, **wrong}, "__typename")
        assert [each["code"] for each in payload["userErrors"]] == codes
        assert await everything(client) == before
    assert await findings(client) == []


async def test_one_refusal_refuses_all_and_everything_is_told(client: Client) -> None:
    id, archived = [await client.make("initiativeCreate", title=each) for each in ("Import", "Old")]
    await client.make("initiativeArchive", id=archived)
    fine, own, nobody = {"initiativeId": id, "note": "x"}, str(uuid4()), str(uuid4())
    items = [
        fine,
        {"initiativeId": id, "progress": 1.5, "at": "2026-07-03T00:00:00Z"},
        {"initiativeId": id, "note": " "},
        {"initiativeId": nobody, "note": "x" * 20_001},
        {"initiativeId": archived, "progress": 0.5},
        {**fine, "authorId": nobody, "id": "nonsense"},
        {**fine, "id": own},
        {**fine, "id": own},
    ]
    assert await refused(client, "sRecord", {"checkIns": items}) == [
        ("INITIATIVE_PROGRESS_OUT_OF_RANGE", "checkIns", "1", "progress"),
        ("INITIATIVE_CHECK_IN_IN_FUTURE", "checkIns", "1", "at"),
        ("INITIATIVE_CHECK_IN_EMPTY", "checkIns", "2"),
        ("TOO_LONG", "checkIns", "3", "note"),
        ("NOT_FOUND", "checkIns", "3", "initiativeId"),
        ("ARCHIVED", "checkIns", "4", "initiativeId"),
        ("ID_INVALID", "checkIns", "5", "id"),
        ("NOT_FOUND", "checkIns", "5", "authorId"),
        ("TAKEN", "checkIns", "7", "id"),
    ]
    for count in (0, 101):
        document = "mutation($i: InitiativeCheckInsRecordInput!) { initiativeCheckInsRecord(input: $i) { __typename } }"
        answer = await client.answer(document, i={"checkIns": [fine] * count})
        assert [each["extensions"]["code"] for each in answer["errors"]] == ["BAD_USER_INPUT"]
    [taken] = await recorded(client, {**fine, "externalId": "C-1"})
    assert await refused(client, "sRecord", {"checkIns": [fine, {**fine, "externalId": "C-1"}]}) == [
        ("TAKEN", "checkIns", "1", "externalId")
    ]
    await client.make("initiativeArchive", id=id)
    for verb in ("Correct", "Withdraw"):
        assert await refused(client, verb, {"replacesId": taken["id"]}) == [
            ("ARCHIVED", "replacesId"),
            *([("CORRECTION_EMPTY",)] if verb == "Correct" else []),
        ]
        assert await refused(client, verb, {"replacesId": nobody}) == [("NOT_FOUND", "replacesId")]


async def test_sent_again_it_is_answered_with_what_it_made(client: Client, statements: Statements) -> None:
    ids = [await client.make("initiativeCreate", title=f"I {number}") for number in range(10)]
    items = [{"initiativeId": id, "id": str(uuid4()), "progress": 0.1} for id in ids for _ in range(10)]
    made = await recorded(client, *items)
    before = await everything(client)
    assert await recorded(client, *items) == made
    assert await everything(client) == before
    other = [{**items[0], "progress": 0.2}]
    assert await refused(client, "sRecord", {"checkIns": other}) == [("TAKEN", "checkIns", "0", "id")]
    counts = {}
    for count in (1, 7, 100):
        fresh = [{"initiativeId": each["initiativeId"], "note": "x"} for each in items[:count]]
        sent = await statements.of(
            client.change("initiativeCheckInsRecord", {"checkIns": fresh}, "checkIns { id note }")
        )
        counts[count] = sent.index("COMMIT") + 1
    # begin, locks, the rows together with what decides of the initiatives, commit; that alone after very many rows
    assert counts == {1: 4, 7: 4, 100: 5}
    assert await findings(client) == []


async def test_who_checks_in_and_for_whom(client: Client) -> None:
    """Whoever may edit an initiative checks in on it, and only who sees it sees its check-ins."""
    ids = await furnished(client)
    id = ids["initiative"]
    [of_owner] = await recorded(client, {"initiativeId": id, "progress": 0.5, "authorId": ids["person"]})
    assert (of_owner["author"], of_owner["recorder"]) == ({"id": ids["person"]}, {"id": await person_of(client)})
    async with await acting(client, "MEMBER") as somebody:
        item = {"initiativeId": id, "note": "x"}
        [own] = await recorded(somebody, item)
        assert await refused(somebody, "sRecord", {"checkIns": [{**item, "authorId": ids["person"]}]}) == [
            ("AUTHOR_FORBIDDEN", "checkIns", "0", "authorId")
        ]
        for verb in ("Correct", "Withdraw"):
            input = {"replacesId": of_owner["id"], **({"note": "y"} if verb == "Correct" else {})}
            assert await refused(somebody, verb, input) == [("CHECK_IN_OF_OTHERS", "replacesId")]
        assert (await replaced(somebody, "Correct", own["id"], note="y"))["note"] == "y"
        by_others = await replaced(client, "Correct", of_owner["id"], progress=0.6)
        assert (by_others["author"], by_others["recorder"]) == (of_owner["author"], of_owner["recorder"])
        await client.change("organizationUpdate", {"memberEditing": "OWN"}, "organization { id }")
        assert await refused(somebody, "sRecord", {"checkIns": [item]}) == [
            ("NOT_EDITABLE", "checkIns", "0", "initiativeId")
        ]
        await client.make("initiativeUpdate", id=id, visibility="PRIVATE")
        assert await refused(somebody, "sRecord", {"checkIns": [item]}) == [
            ("NOT_FOUND", "checkIns", "0", "initiativeId")
        ]
        assert await refused(somebody, "Withdraw", {"replacesId": by_others["id"]}) == [("NOT_FOUND", "replacesId")]
        read = """query($id: ID!) { node(id: $id) { id } initiativeCheckIn(id: $id) { id }
            events(filter: {subjectType: {eq: "InitiativeCheckIn"}}) { totalCount } }"""
        hidden = {"node": None, "initiativeCheckIn": None, "events": {"totalCount": 0}}
        assert await somebody.data(read, id=by_others["id"]) == hidden
    seen = await client.data(read, id=by_others["id"])
    assert seen == {
        **{"node": {"id": by_others["id"]}, "initiativeCheckIn": {"id": by_others["id"]}},
        "events": {"totalCount": 4},
    }
