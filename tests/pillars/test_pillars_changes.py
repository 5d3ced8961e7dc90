"""Pillars as they are made, and the objectives under them."""

from tests.kit.client import Client
from tests.kit.refusals import changed

CREATED = "2026-07-02T12:00:00Z"


async def test_as_made(client: Client) -> None:
    made = await changed(client, "pillarCreate", name="Growth")
    assert made == {
        **{"id": made["id"], "externalId": None, "name": "Growth", "description": None},
        **{"version": 1, "createdAt": CREATED, "updatedAt": CREATED, "archivedAt": None},
    }
    given = {"name": " Trust \n", "description": "Be\nreliable", "externalId": "T-1"}
    made = await changed(client, "pillarCreate", **given)
    assert {name: made[name] for name in given} == given


async def test_two_may_have_the_same_name(client: Client) -> None:
    first, second = [await client.make("pillarCreate", name="Growth") for _ in range(2)]
    assert first != second
    data = await client.data("{ pillars { totalCount nodes { id } } }")
    assert data["pillars"] == {"totalCount": 2, "nodes": [{"id": first}, {"id": second}]}


async def test_its_objectives_and_those_of_a_team_in_order(client: Client) -> None:
    pillar, team = await client.make("pillarCreate", name="Growth"), await client.make("teamCreate", name="Platform")
    cycle = await client.cycle()
    ids = []
    for name in ("First", "Second", "Third"):
        client.clock.advance(seconds=1)
        ids.append(await client.objective(cycle, name, pillarId=pillar, teamId=team))
    await client.objective(cycle, "Of none")
    await client.make("objectiveReorder", id=ids[2])
    await client.make("objectiveArchive", id=ids[1])
    objectives = "objectives(first: 1) { totalCount nodes { id } pageInfo { endCursor hasNextPage } }"
    document = (
        f"query($id: ID!) {{ node(id: $id) {{ ... on Pillar {{ {objectives} }} ... on Team {{ {objectives} }} }} }}"
    )
    for id in (pillar, team):
        page = (await client.data(document, id=id))["node"]["objectives"]
        assert (page["totalCount"], page["nodes"], page["pageInfo"]["hasNextPage"]) == (2, [{"id": ids[2]}], True)
        after = document.replace("first: 1", f'first: 5, after: "{page["pageInfo"]["endCursor"]}"')
        page = (await client.data(after, id=id))["node"]["objectives"]
        assert (page["nodes"], page["pageInfo"]["hasNextPage"]) == ([{"id": ids[0]}], False)
    await client.make("objectiveUpdate", id=ids[0], pillarId=None)
    assert (await client.data(document, id=pillar))["node"]["objectives"]["totalCount"] == 1
    assert (await client.data(document, id=team))["node"]["objectives"]["totalCount"] == 2
