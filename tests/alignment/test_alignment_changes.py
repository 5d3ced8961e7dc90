"""An edge as it is made, taken away, made again and found by the partner's id; and what its events tell."""

from typing import Any

from tests.kit.client import Client
from tests.kit.refusals import changed, refused

EVENT = "verb reason objective { id } changes"


async def pair(client: Client) -> tuple[str, str]:
    cycle = await client.cycle()
    return await client.objective(cycle, "Child"), await client.objective(cycle, "Parent")


async def told(client: Client, id: str) -> list[dict[str, Any]]:
    """The events of an edge, the latest first."""
    document = f"query($id: ID!) {{ events(filter: {{subjectId: {{eq: $id}}}}) {{ nodes {{ {EVENT} }} }} }}"
    return (await client.data(document, id=id))["events"]["nodes"]


async def test_as_it_is_made(client: Client) -> None:
    child, parent = await pair(client)
    edge = await changed(client, "objectiveAlign", objectiveId=child, parentId=parent)
    assert edge == {
        "id": edge["id"],
        "externalId": None,
        "version": 1,
        "createdAt": "2026-07-02T12:00:00Z",
        "updatedAt": "2026-07-02T12:00:00Z",
        "archivedAt": None,
        "kind": "CONTRIBUTES",
        "weight": 1,
        "isPrimary": True,
        "position": edge["position"],
        "objective": {"id": child},
        "parent": {"id": parent},
        "parentKeyResult": None,
    }
    facts = {"kind": "CONTRIBUTES", "weight": 1, "isPrimary": True, "position": edge["position"]}
    changes = {name: {"after": value} for name, value in {**facts, "objectiveId": child, "parentId": parent}.items()}
    assert await told(client, edge["id"]) == [
        {"verb": "ALIGNED", "reason": None, "objective": {"id": child}, "changes": changes}
    ]


async def test_taken_away_and_made_again_it_is_the_same_edge(client: Client) -> None:
    child, parent = await pair(client)
    edge = await changed(client, "objectiveAlign", objectiveId=child, parentId=parent, weight=2.0)
    client.clock.advance(days=1)
    gone = await changed(client, "objectiveUnalign", id=edge["id"], reason="Moved")
    marks: dict[str, str | None] = {"archivedAt": "2026-07-03T12:00:00Z", "updatedAt": "2026-07-03T12:00:00Z"}
    assert gone == {**edge, **marks, "version": 2, "isPrimary": False}
    client.clock.advance(days=1)
    back = await changed(client, "objectiveAlign", objectiveId=child, parentId=parent, weight=3.0)
    marks = {"archivedAt": None, "updatedAt": "2026-07-04T12:00:00Z"}
    assert back == {**edge, **marks, "version": back["version"], "weight": 3, "isPrimary": True}
    assert back["version"] > gone["version"]
    again, away, _ = await told(client, edge["id"])
    assert (away["verb"], away["reason"], again["verb"]) == ("UNALIGNED", "Moved", "ALIGNED")
    assert again["changes"] == {"weight": {"before": 2, "after": 3}, "isPrimary": {"before": False, "after": True}}
    assert away["changes"] == {"isPrimary": {"before": True, "after": False}}


async def test_when_it_comes_back_it_does_not_push_the_primary_one_away(client: Client) -> None:
    child, parent = await pair(client)
    other = await client.objective(await client.cycle(), "Other")
    edge = await client.make("objectiveAlign", objectiveId=child, parentId=parent)
    await client.make("objectiveUnalign", id=edge)
    assert await client.make("objectiveAlign", "isPrimary", objectiveId=child, parentId=other) == {"isPrimary": True}
    back = await changed(client, "objectiveAlign", objectiveId=child, parentId=parent)
    assert (back["id"], back["isPrimary"]) == (edge, False)


async def test_an_edge_takes_the_partners_id_when_it_is_made_again(client: Client) -> None:
    child, parent = await pair(client)
    other = await client.objective(await client.cycle(), "Other")
    edge = await changed(client, "objectiveAlign", objectiveId=child, parentId=parent)
    named = await changed(client, "objectiveAlign", objectiveId=child, parentId=parent, externalId="E-1")
    assert named == {**edge, "externalId": "E-1", "version": 2}
    wanted = {"objectiveId": child, "parentId": other}
    await refused(client, "objectiveAlign", "TAKEN", "externalId", **wanted, externalId="E-1")
    await client.make("objectiveAlign", **wanted)
    await refused(client, "objectiveAlign", "TAKEN", "externalId", **wanted, externalId="E-1")


async def test_a_parent_served_twice_is_named_once_and_first_if_primary(client: Client) -> None:
    child, parent = await pair(client)
    other = await client.objective(await client.cycle(), "Other")
    key_result = await client.key_result(parent)
    ends: list[dict[str, Any]] = [
        {"parentId": other},
        {"parentId": parent},
        {"parentKeyResultId": key_result, "isPrimary": True},
    ]
    for end in ends:
        client.clock.advance(minutes=1)
        await client.make("objectiveAlign", objectiveId=child, **end)
    up = "query($id: ID!) { objective(id: $id) { parents { title } ancestors { title } } }"
    found = (await client.data(up, id=child))["objective"]
    assert found == {"parents": [{"title": "Parent"}, {"title": "Other"}], "ancestors": [{"title": "Parent"}]}


async def test_a_child_that_serves_twice_stands_where_its_primary_edge_does(client: Client) -> None:
    child, parent = await pair(client)
    other = await client.objective(await client.cycle(), "Other")
    key_result = await client.key_result(parent)
    edges = []
    for id, end in (
        (child, {"parentId": parent}),
        (other, {"parentId": parent}),
        (child, {"parentKeyResultId": key_result}),
    ):
        client.clock.advance(minutes=1)
        edges.append(await client.make("objectiveAlign", objectiveId=id, **end))
    down = "query($id: ID!) { objective(id: $id) { children { nodes { title } } descendants { nodes { title } } } }"
    for edge, order in ((edges[0], ["Child", "Other"]), (edges[2], ["Other", "Child"])):
        await client.make("alignmentUpdate", id=edge, isPrimary=True)
        nodes = {"nodes": [{"title": title} for title in order]}
        assert (await client.data(down, id=parent))["objective"] == {"children": nodes, "descendants": nodes}


async def test_a_breadcrumb_and_a_tree_agree_on_what_is_archived(client: Client) -> None:
    child, parent = await pair(client)
    root = await client.objective(await client.cycle(), "Root")
    await client.make("objectiveAlign", objectiveId=child, parentId=parent)
    await client.make("objectiveAlign", objectiveId=parent, parentId=root)
    up = "query($id: ID!) { objective(id: $id) { parents { title } ancestors { title } } }"
    down = "query($id: ID!) { objective(id: $id) { children { nodes { title } } descendants { nodes { title } } } }"
    both = {"parents": [{"title": "Parent"}], "ancestors": [{"title": "Root"}, {"title": "Parent"}]}
    assert (await client.data(up, id=child))["objective"] == both
    await client.make("objectiveArchive", id=parent)
    none: dict[str, Any] = {"children": {"nodes": []}, "descendants": {"nodes": []}}
    assert (await client.data(down, id=root))["objective"] == none
    found = (await client.data(up, id=child))["objective"]
    assert found["parents"] == []
    assert {"title": "Parent"} not in found["ancestors"]
