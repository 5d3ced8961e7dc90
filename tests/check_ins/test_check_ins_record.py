"""Many check-ins in one request: all of them or none, in their order, by a fixed number of messages."""

from typing import Any
from uuid import uuid4

from tests.kit.client import Client, Statements
from tests.kit.refusals import everything, shown
from tests.kit.workspace_files import findings

REACH = {"kind": "REACH", "target": "100"}
AT = "2026-06-01T00:00:00Z"
SELECTION = "checkIns { id value note author { name } recorder { name } keyResult { current } objective { progress } }"


async def recorded(client: Client, *items: dict[str, Any], selection: str = "checkIns { id }") -> list[dict[str, Any]]:
    """The check-ins of a request that is carried out."""
    payload = await client.change("checkInsRecord", {"checkIns": list(items)}, selection)
    assert payload["userErrors"] == []
    return payload["checkIns"]


async def refused(client: Client, *items: dict[str, Any]) -> list[tuple[str, list[str] | None]]:
    """The codes of a request that changes nothing, with their paths below `input`."""
    before = await everything(client)
    payload = await client.change("checkInsRecord", {"checkIns": list(items)}, "checkIns { id }")
    assert payload["checkIns"] == []
    assert await everything(client) == before
    return [(each["code"], each["field"][1:]) for each in payload["userErrors"]]


async def test_all_of_them_are_made_and_settled_together(client: Client) -> None:
    cycle = await client.cycle()
    first, second = await client.objective(cycle, "First"), await client.objective(cycle, "Second")
    one, two = [await client.key_result(each, **REACH) for each in (first, second)]
    await client.make("objectiveUpdate", id=second, progressSource="MANUAL")
    made = await recorded(
        client,
        {"keyResultId": one, "value": "50", "confidence": 0.5},
        {"objectiveId": second, "value": "0.25", "note": "By hand"},
        {"keyResultId": two, "value": "20", "status": "AT_RISK"},
        selection=SELECTION,
    )
    olive = {"author": {"name": "Olive Owner"}, "recorder": None}
    assert [{name: value for name, value in each.items() if name != "id"} for each in made] == [
        {"value": "50", "note": None, **olive, "keyResult": {"current": "50"}, "objective": {"progress": 0.5}},
        {"value": "0.25", "note": "By hand", **olive, "keyResult": None, "objective": {"progress": 0.25}},
        {"value": "20", "note": None, **olive, "keyResult": {"current": "20"}, "objective": {"progress": 0.25}},
    ]
    events = await client.data("{ events(first: 3) { nodes { verb subjectId objective { id } } } }")
    assert events["events"]["nodes"] == [
        {"verb": "CHECKED_IN", "subjectId": each["id"], "objective": {"id": objective}}
        for each, objective in zip(reversed(made), (second, second, first), strict=True)
    ]
    assert await findings(client) == []


async def test_the_last_of_several_on_one_goal_at_one_time_is_the_latest(client: Client) -> None:
    """Case B9."""
    key_result = await client.key_result(await client.objective(await client.cycle()), **REACH)
    ids = [f"{first}0000000-0000-7000-8000-000000000000" for first in "f80"]
    values = [{"keyResultId": key_result, "at": AT, "id": id, "value": str(n)} for n, id in enumerate(ids)]
    await recorded(client, *values)
    found = await shown(client, "keyResult", key_result) or {}
    assert found["current"] == "2"
    late = {"keyResultId": key_result, "at": "2026-05-01T00:00:00Z", "value": "9"}
    await recorded(client, {"keyResultId": key_result, "at": AT, "value": "7"}, late)
    document = "query($id: ID!) { keyResult(id: $id) { current checkIns { nodes { value } } } }"
    found = (await client.data(document, id=key_result))["keyResult"]
    assert (found["current"], [each["value"] for each in found["checkIns"]["nodes"]]) == (
        "7",
        ["7", "2", "1", "0", "9"],
    )


async def test_one_refusal_refuses_all_and_everything_is_told(client: Client) -> None:
    cycle = await client.cycle()
    objective = await client.objective(cycle)
    number, binary = await client.key_result(objective, **REACH), await client.key_result(objective, kind="BINARY")
    archived = await client.key_result(objective, **REACH)
    await client.make("keyResultArchive", id=archived)
    planned = await client.objective(await client.cycle("2027-01-01", "2027-12-31"))
    await client.check_in(number, "1", id=(own := str(uuid4())), externalId="Taken")
    nobody = str(uuid4())
    fine = {"keyResultId": number, "value": "5"}
    assert await refused(
        client,
        fine,
        {"keyResultId": binary, "value": "7", "confidence": 2, "at": "2025-01-01T00:00:00Z"},
        {"keyResultId": number, "note": " "},
        {"keyResultId": nobody, "note": "x" * 20_001},
        {"objectiveId": nobody, "note": "x"},
        {"objectiveId": "nonsense", "note": "x"},
        {"note": "About nothing"},
        {"keyResultId": number, "objectiveId": objective, "note": "About both"},
        {"objectiveId": planned, "note": "Too early"},
        {"objectiveId": objective, "value": "0.5"},
        {"keyResultId": archived, "value": "1"},
        {**fine, "authorId": nobody},
        {**fine, "id": own, "externalId": "Taken"},
        {**fine, "externalId": "New", "id": (twice := str(uuid4()))},
        {**fine, "externalId": "New", "id": twice},
        {**fine, "id": "nonsense"},
    ) == [
        ("CONFIDENCE_OUT_OF_RANGE", ["checkIns", "1", "confidence"]),
        ("VALUE_OUT_OF_RANGE", ["checkIns", "1", "value"]),
        ("CHECK_IN_OUTSIDE_CYCLE", ["checkIns", "1", "at"]),
        ("CHECK_IN_EMPTY", ["checkIns", "2"]),
        ("TOO_LONG", ["checkIns", "3", "note"]),
        ("NOT_FOUND", ["checkIns", "3", "keyResultId"]),
        ("NOT_FOUND", ["checkIns", "4", "objectiveId"]),
        ("NOT_FOUND", ["checkIns", "5", "objectiveId"]),
        ("SUBJECT_AMBIGUOUS", ["checkIns", "6", "keyResultId"]),
        ("SUBJECT_AMBIGUOUS", ["checkIns", "7", "keyResultId"]),
        ("CYCLE_STATE_FORBIDS", ["checkIns", "8", "objectiveId"]),
        ("CHECK_IN_OUTSIDE_CYCLE", ["checkIns", "8", "at"]),
        ("VALUE_COMPUTED", ["checkIns", "9", "value"]),
        ("ARCHIVED", ["checkIns", "10", "keyResultId"]),
        ("NOT_FOUND", ["checkIns", "11", "authorId"]),
        ("TAKEN", ["checkIns", "14", "externalId"]),
        ("TAKEN", ["checkIns", "14", "id"]),
        ("ID_INVALID", ["checkIns", "15", "id"]),
        ("TAKEN", ["checkIns", "12", "id"]),
        ("TAKEN", ["checkIns", "12", "externalId"]),
    ]


async def test_what_only_the_database_refuses_is_told_with_its_place(client: Client) -> None:
    key_result = await client.key_result(await client.objective(await client.cycle()), **REACH)
    await client.check_in(key_result, "1", externalId="Taken")
    fine = {"keyResultId": key_result, "value": "5"}
    assert await refused(client, fine, {**fine, "externalId": "Taken"}) == [("TAKEN", ["checkIns", "1", "externalId"])]


async def test_every_one_of_a_hundred_is_told(client: Client) -> None:
    key_result = await client.key_result(await client.objective(await client.cycle()), **REACH)
    fine = {"keyResultId": key_result, "value": "5"}
    items = [{**fine, "id": str(uuid4()), "externalId": f"C-{n}"} for n in range(100)]
    await recorded(client, *items)
    assert await refused(client, *[{**each, "value": "6", "confidence": 2} for each in items]) == [
        *(("CONFIDENCE_OUT_OF_RANGE", ["checkIns", str(n), "confidence"]) for n in range(100)),
        *(("TAKEN", ["checkIns", str(n), name]) for n in range(100) for name in ("id", "externalId")),
    ]


async def test_one_to_a_hundred(client: Client) -> None:
    key_result = await client.key_result(await client.objective(await client.cycle()), **REACH)
    fine = {"keyResultId": key_result, "value": "5"}
    document = "mutation($input: CheckInsRecordInput!) { checkInsRecord(input: $input) { checkIns { id } } }"
    for count in (0, 101):
        answer = await client.answer(document, input={"checkIns": [fine] * count})
        assert answer["data"] == {"checkInsRecord": None}
        assert [each["extensions"]["code"] for each in answer["errors"]] == ["BAD_USER_INPUT"]
        assert answer["errors"][0]["message"] == f"`checkIns` has {count} members; 1 to 100 are allowed."
    assert len(await recorded(client, *[fine] * 100)) == 100
    assert await findings(client) == []


async def test_sent_again_it_is_answered_with_what_it_made(client: Client) -> None:
    key_result = await client.key_result(await client.objective(await client.cycle()), **REACH)
    items = [{"keyResultId": key_result, "id": str(uuid4()), "value": str(n)} for n in range(3)]
    made = await recorded(client, *items, selection=SELECTION)
    before = await everything(client)
    client.clock.advance(minutes=1)
    assert await recorded(client, *items, selection=SELECTION) == made
    # One of them alone is the single mutation that it could have been.
    again = await client.change("keyResultCheckIn", items[1], "checkIn { id }")
    assert again == {"checkIn": {"id": made[1]["id"]}, "userErrors": []}
    assert await everything(client) == before
    other = [items[0], {**items[1], "value": "9"}, {"keyResultId": key_result, "value": "1"}]
    assert await refused(client, *other) == [("TAKEN", ["checkIns", "0", "id"]), ("TAKEN", ["checkIns", "1", "id"])]
    # It was made, whatever the state of the cycle is by now.
    client.clock.advance(days=400)
    assert await recorded(client, *items, selection=SELECTION) == made


async def test_the_number_of_messages_is_fixed(client: Client, statements: Statements) -> None:
    cycle = await client.cycle()
    root = await client.objective(cycle, progressSource="BOTH")
    key_results, objectives = [], []
    for _ in range(10):
        objectives.append(await client.objective(cycle, progressSource="BOTH"))
        await client.make("objectiveAlign", objectiveId=objectives[-1], parentId=root)
        key_results += [await client.key_result(objectives[-1], **REACH) for _ in range(3)]
    person = await client.make("personCreate", name="Ada")
    of_key_results = [{"keyResultId": each, "value": "5"} for each in key_results]
    of_objectives = [{"objectiveId": each, "note": "x"} for each in objectives]
    many = [*of_key_results, *of_objectives, *of_key_results, *of_key_results]
    assert len(many) == 100
    counts: dict[int, int] = {}
    for items in (many[:1], many[:1], many[:7], many):
        sent = await statements.of(recorded(client, *items))
        counts[len(items)] = sum(not each.startswith("SET SESSION") for each in sent)
    # begin, locks, the rows together with what is settled from them, what is derived, commit; begin, payload, commit
    assert counts == {1: 6, 7: 6, 100: 6}
    sent = await statements.of(recorded(client, *[{**each, "authorId": person} for each in many]))
    assert sum(not each.startswith("SET SESSION") for each in sent) == 7
