"""Carrying objectives over: errors of all items at once, and dry runs."""

from tests.carry_overs.asking import carried, cycles, item
from tests.kit.client import Client
from tests.kit.refusals import everything


async def test_errors_of_all_items_are_told_and_nothing_is_kept(client: Client) -> None:
    third, fourth = await cycles(client)
    fine, other = await client.objective(third), await client.objective(third)
    elsewhere = await client.objective(fourth)
    archived = await client.objective(third)
    await client.make("objectiveArchive", id=archived)
    number = await client.key_result(other, title="Number", kind="INCREASE", baseline="0", target="10")
    reached = await client.key_result(fine, title="Reached", kind="INCREASE", baseline="0", target="10")
    beyond = await client.key_result(fine, title="Beyond", kind="INCREASE", baseline="0", target="10")
    await client.check_in(reached, "10")
    await client.check_in(beyond, "11")
    nobody = "0198c9f0-7a3b-7c11-9d2e-3f4a5b6c7d8e"
    parts = [
        {"keyResultId": number, "decision": "MODIFY", "target": "0", "title": ""},
        {"keyResultId": number, "decision": "ABANDON"},
        {"keyResultId": reached, "decision": "KEEP"},
        {"keyResultId": nobody, "decision": "KEEP", "title": "New"},
    ]
    last = await client.objective(third)
    before = await everything(client)
    payload = await carried(
        *(client, third, fourth),
        item(fine, baseline="LAST_VALUE"),
        item(elsewhere),
        item(archived),
        item(nobody),
        item(other, "MODIFY", title=" ", ownerId=nobody, teamId="none", keyResults=parts),
        item(other),
        item(last, title="No", keyResults=[]),
    )
    assert (payload["applied"], payload["created"], payload["refused"]) == (False, 0, 7)
    errors = [(each["code"], each["field"]) for each in payload["userErrors"]]
    assert sorted(errors, key=lambda each: (each[1], each[0])) == [
        ("DIRECTION_MISMATCH", ["input", "items", "0", "baseline"]),
        ("TARGET_EQUALS_BASELINE", ["input", "items", "0", "baseline"]),
        ("GOAL_ELSEWHERE", ["input", "items", "1", "objectiveId"]),
        ("ARCHIVED", ["input", "items", "2", "objectiveId"]),
        ("NOT_FOUND", ["input", "items", "3", "objectiveId"]),
        ("TARGET_EQUALS_BASELINE", ["input", "items", "4", "keyResults", "0", "target"]),
        ("BLANK", ["input", "items", "4", "keyResults", "0", "title"]),
        ("GOAL_REPEATED", ["input", "items", "4", "keyResults", "1", "keyResultId"]),
        ("NOT_FOUND", ["input", "items", "4", "keyResults", "2", "keyResultId"]),
        ("NOT_FOUND", ["input", "items", "4", "keyResults", "3", "keyResultId"]),
        ("CHANGES_WITHOUT_MODIFY", ["input", "items", "4", "keyResults", "3", "title"]),
        ("NOT_FOUND", ["input", "items", "4", "ownerId"]),
        ("NOT_FOUND", ["input", "items", "4", "teamId"]),
        ("BLANK", ["input", "items", "4", "title"]),
        ("GOAL_REPEATED", ["input", "items", "5", "objectiveId"]),
        ("CHANGES_WITHOUT_MODIFY", ["input", "items", "6", "title"]),
    ]
    assert [each["parameters"].get("keyResultId") for each in payload["userErrors"][:2]] != [None, None]
    assert await everything(client) == before


async def test_a_dry_run_shows_what_would_be_and_keeps_nothing(client: Client) -> None:
    third, fourth = await cycles(client)
    parent, child, other = [await client.objective(third) for _ in range(3)]
    await client.make("objectiveAlign", objectiveId=child, parentId=parent)
    number = await client.key_result(child, title="Number", kind="INCREASE", baseline="0", target="10")
    before = await everything(client)
    items = [item(parent), item(child, "MODIFY", title="Another"), item(other, "ABANDON")]
    payload = await carried(client, third, fourth, *items, dryRun=True)
    assert payload["userErrors"] == []
    assert (payload["applied"], payload["created"], payload["abandoned"]) == (False, 2, 1)
    assert payload["results"][1] == {
        "index": 1,
        "decision": "MODIFY",
        "outcome": "CREATED",
        "title": "Another",
        "alignments": 1,
        "objective": {"id": child},
        "successor": None,
        "keyResults": [
            {
                "decision": "KEEP",
                "title": "Number",
                "baseline": "0",
                "target": "10",
                "keyResult": {"id": number},
                "successor": None,
            }
        ],
    }
    assert await everything(client) == before
    payload = await carried(client, third, fourth, *items, item(child), dryRun=True)
    assert [each["code"] for each in payload["userErrors"]] == ["GOAL_REPEATED"]
    assert [each["outcome"] for each in payload["results"]] == ["CREATED", "CREATED", "ABANDONED", "REFUSED"]
    assert await everything(client) == before
