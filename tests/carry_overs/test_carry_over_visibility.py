"""Who may carry over what, and who sees the lineage."""

from typing import Any

from tests.carry_overs.asking import carried, cycles, item, successor
from tests.kit.client import Client
from tests.kit.refusals import everything
from tests.kit.roles import acting

LINEAGE = """query($ids: [ID!]!) { nodes(ids: $ids) { ... on Objective {
    title carriedFrom { id } carriedTo { id } carryOvers { decision successor { id } }
    keyResults { carriedFrom { id } carriedTo { id } carryOvers { decision successorKeyResult { id } } } } } }"""


async def test_members_carry_over_what_they_may_edit(client: Client) -> None:
    third, fourth = await cycles(client)
    async with await acting(client, "MEMBER") as member:
        await client.make("organizationUpdate", "name", memberEditing="OWN")
        own = await member.objective(third, ownerId=str(member.person_id))
        other, hidden = await client.objective(third), await client.objective(third, visibility="PRIVATE")
        await client.key_result(hidden, kind="REACH", target="10")
        before = await everything(client)
        payload = await carried(member, third, fourth, item(own), item(other), item(hidden))
        assert [(each["code"], each["field"]) for each in payload["userErrors"]] == [
            ("NOT_EDITABLE", ["input", "items", "1", "objectiveId"]),
            ("NOT_FOUND", ["input", "items", "2", "objectiveId"]),
        ]
        assert [each["objective"] for each in payload["results"]] == [{"id": own}, {"id": other}, None]
        assert await everything(client) == before
        payload = await carried(member, third, fourth, item(own))
        assert (payload["created"], payload["userErrors"]) == (1, [])
    async with await acting(client, "VIEWER") as viewer:
        input = {"id": third, "toCycleId": fourth, "items": [{"objectiveId": own, "decision": "KEEP"}]}
        document = "mutation($input: CycleCarryOverInput!) { cycleCarryOver(input: $input) { applied } }"
        answer = await viewer.answer(document, input=input)
        assert [each["extensions"]["code"] for each in answer["errors"]] == ["FORBIDDEN"]


async def lineage(client: Client, *ids: str) -> list[Any]:
    return (await client.data(LINEAGE, ids=list(ids)))["nodes"]


async def test_a_hidden_end_is_hidden_from_the_other(client: Client) -> None:
    third, fourth = await cycles(client)
    old = await client.objective(third)
    await client.key_result(old, kind="REACH", target="10")
    new = await successor(client, third, fourth, old)
    async with await acting(client, "MEMBER") as member:
        await client.make("objectiveUpdate", id=new, visibility="PRIVATE")
        events = "query($id: ID!) { objective(id: $id) { events { nodes { verb changes } } } }"
        [found, hidden] = await lineage(member, old, new)
        assert hidden is None
        assert found == {
            "title": "Improve customer satisfaction",
            "carriedFrom": None,
            "carriedTo": [],
            "carryOvers": [{"decision": "KEEP", "successor": None}],
            "keyResults": [
                {
                    "carriedFrom": None,
                    "carriedTo": [],
                    "carryOvers": [{"decision": "KEEP", "successorKeyResult": None}],
                }
            ],
        }
        nodes = (await member.data(events, id=old))["objective"]["events"]["nodes"]
        changes = [each["changes"] for each in nodes if each["verb"] == "CARRIED_OVER"]
        assert [each["successorId"] for each in changes] == [{"after": None}]
        await client.make("objectiveUpdate", id=new, visibility="ORGANIZATION")
        await client.make("objectiveUpdate", id=old, visibility="PRIVATE")
        [hidden, found] = await lineage(member, old, new)
        assert hidden is None
        assert (found["carriedFrom"], found["keyResults"][0]["carriedFrom"]) == (None, None)
        row = (await client.data("query($id: ID!) { objective(id: $id) { carryOvers { id } } }", id=old))["objective"]
        [carry_over] = row["carryOvers"]
        node = "query($id: ID!) { node(id: $id) { id } }"
        assert (await member.data(node, id=carry_over["id"]))["node"] is None
        assert (await client.data(node, id=carry_over["id"]))["node"] == carry_over


async def test_visibility_and_its_participants_are_carried_over(client: Client) -> None:
    third, fourth = await cycles(client)
    old = await client.objective(third, visibility="PRIVATE")
    async with await acting(client, "MEMBER") as member:
        assert await lineage(member, old) == [None]
        await client.make("participantAdd", objectiveId=old, personId=str(member.person_id), role="READER")
        new = await successor(client, third, fourth, old)
        [found] = await lineage(member, new)
        assert found["carriedFrom"] == {"id": old}
    async with await acting(client, "MEMBER") as other:
        assert await lineage(other, new) == [None]
