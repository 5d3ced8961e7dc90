"""An objective moves: one edge ends, one begins, in one change; what counted below the old parent no longer does."""

from typing import Any
from uuid import uuid4

import pytest

from tests.kit.client import Client, Statements
from tests.kit.refusals import everything

DOCUMENT = """mutation($input: ObjectiveMoveInput!) { objectiveMove(input: $input) {
    objective { title parents { title } ancestors { title } }
    alignment { kind weight isPrimary parent { title } parentKeyResult { title } }
    previousParent { title progress children { nodes { title } } }
    userErrors { code field message parameters } } }"""
PROGRESS = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Objective { progress } } }"


class Tree:
    """`child`, half done, below `old`; `new` is empty. All in one cycle."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def grow(self) -> "Tree":
        client = self.client
        self.cycle = await client.cycle()
        self.child, self.old, self.new = [
            await client.objective(self.cycle, title, progressSource="BOTH")
            for title in ("Child", "Old parent", "New parent")
        ]
        key_result = await client.key_result(self.child, kind="REACH", target="100")
        await client.check_in(key_result, "50")
        self.edge = await client.make("objectiveAlign", objectiveId=self.child, parentId=self.old, weight=3.0)
        return self

    async def move(self, id: str | None = None, **where: Any) -> dict[str, Any]:
        return (await self.client.data(DOCUMENT, input={"id": id or self.child, **where}))["objectiveMove"]

    async def progress(self, *ids: str) -> list[float | None]:
        return [node["progress"] for node in (await self.client.data(PROGRESS, ids=ids))["nodes"]]

    async def children(self, id: str) -> list[str]:
        document = "query($id: ID!) { objective(id: $id) { children { nodes { title } } } }"
        found = (await self.client.data(document, id=id))["objective"]
        return [node["title"] for node in found["children"]["nodes"]]


async def test_the_old_parent_no_longer_counts_it_and_the_new_one_does(client: Client) -> None:
    tree = await Tree(client).grow()
    assert await tree.progress(tree.old, tree.new) == [0.5, None]
    assert await tree.move(parentId=tree.new) == {
        "objective": {
            "title": "Child",
            "parents": [{"title": "New parent"}],
            "ancestors": [{"title": "New parent"}],
        },
        "alignment": {
            "kind": "CONTRIBUTES",
            "weight": 3,
            "isPrimary": True,
            "parent": {"title": "New parent"},
            "parentKeyResult": None,
        },
        "previousParent": {"title": "Old parent", "progress": None, "children": {"nodes": []}},
        "userErrors": [],
    }
    assert await tree.progress(tree.old, tree.new) == [None, 0.5]


async def test_aligning_with_a_new_parent_leaves_the_old_edge_counting_as_its_description_says(client: Client) -> None:
    tree = await Tree(client).grow()
    await client.make("objectiveAlign", objectiveId=tree.child, parentId=tree.new, isPrimary=True)
    assert await tree.progress(tree.old, tree.new) == [0.5, 0.5]
    document = '{ __type(name: "Mutation") { fields { name description } } }'
    fields = (await client.data(document))["__type"]["fields"]
    [description] = [field["description"] for field in fields if field["name"] == "objectiveAlign"]
    assert "Other edges of the objective stay and go on counting" in description
    assert "`objectiveMove` replaces" in description


async def test_kind_is_taken_over_and_other_edges_stay(client: Client) -> None:
    tree = await Tree(client).grow()
    await client.make("alignmentUpdate", id=tree.edge, kind="SUPPORTS")
    further = await client.objective(tree.cycle, "Further parent", progressSource="BOTH")
    await client.make("objectiveAlign", objectiveId=tree.child, parentId=further)
    moved = await tree.move(parentId=tree.new)
    assert (moved["alignment"]["kind"], moved["alignment"]["weight"]) == ("SUPPORTS", 3)
    assert moved["objective"]["parents"] == [{"title": "New parent"}, {"title": "Further parent"}]
    # What only supported counted nowhere, before and after.
    assert await tree.progress(tree.old, tree.new, further) == [None, None, 0.5]


async def test_to_a_parent_that_it_is_aligned_with_already(client: Client) -> None:
    tree = await Tree(client).grow()
    await client.make("objectiveAlign", objectiveId=tree.child, parentId=tree.new, weight=7.0)
    moved = await tree.move(parentId=tree.new)
    assert moved["alignment"] == {
        **{"kind": "CONTRIBUTES", "weight": 7, "isPrimary": True},
        **{"parent": {"title": "New parent"}, "parentKeyResult": None},
    }
    assert moved["objective"]["parents"] == [{"title": "New parent"}]


async def test_to_the_top_and_back(client: Client) -> None:
    tree = await Tree(client).grow()
    top = await tree.move(parentId=None)
    assert (top["objective"]["ancestors"], top["alignment"], top["userErrors"]) == ([], None, [])
    assert top["previousParent"]["title"] == "Old parent"
    back = await tree.move(parentId=tree.old)
    assert (back["alignment"]["weight"], back["previousParent"]) == (3, None)
    assert await tree.progress(tree.old) == [0.5]


async def test_below_a_key_result(client: Client) -> None:
    tree = await Tree(client).grow()
    key_result = await client.key_result(
        tree.new, "Share of it", valueSource="ALIGNED_OBJECTIVES", kind="REACH", target="1"
    )
    moved = await tree.move(parentKeyResultId=key_result)
    assert (moved["userErrors"], moved["alignment"]["parentKeyResult"]) == ([], {"title": "Share of it"})
    assert await tree.progress(tree.old, tree.new) == [None, 0.5]


@pytest.mark.parametrize(
    ("after", "order"),
    [
        ({}, ["First", "Second", "Child"]),
        ({"afterId": None}, ["Child", "First", "Second"]),
        ({"afterId": "First"}, ["First", "Child", "Second"]),
    ],
    ids=["left out", "null", "a sibling"],
)
async def test_its_place_among_the_children(client: Client, after: dict[str, Any], order: list[str]) -> None:
    tree = await Tree(client).grow()
    ids = {}
    for title in ("First", "Second"):
        ids[title] = await client.objective(tree.cycle, title)
        await client.make("objectiveAlign", objectiveId=ids[title], parentId=tree.new)
    where = {name: ids.get(value, value) for name, value in after.items()}
    assert (await tree.move(parentId=tree.new, **where))["userErrors"] == []
    assert await tree.children(tree.new) == order


async def test_within_its_parent_only_its_place_changes(client: Client) -> None:
    tree = await Tree(client).grow()
    await client.make("objectiveAlign", objectiveId=tree.new, parentId=tree.old)
    moved = await tree.move(parentId=tree.old, afterId=tree.new)
    assert (moved["userErrors"], moved["previousParent"]["title"]) == ([], "Old parent")
    assert await tree.children(tree.old) == ["New parent", "Child"]
    before = await everything(client)
    assert (await tree.move(parentId=tree.old))["alignment"]["parent"] == {"title": "Old parent"}
    assert await everything(client) == before


async def test_its_events_tell_why(client: Client) -> None:
    tree = await Tree(client).grow()
    await tree.move(parentId=tree.new, reason="Reorganized")
    document = """query($id: ID!) { events(filter: {objectiveId: {eq: $id}}, first: 2) { nodes { verb reason } } }"""
    nodes = (await client.data(document, id=tree.child))["events"]["nodes"]
    assert sorted(nodes, key=lambda node: node["verb"]) == [
        {"verb": "ALIGNED", "reason": "Reorganized"},
        {"verb": "UNALIGNED", "reason": "Reorganized"},
    ]


async def test_refusals_change_nothing(client: Client) -> None:
    tree = await Tree(client).grow()
    grandchild = await client.objective(tree.cycle, "Grandchild")
    await client.make("objectiveAlign", objectiveId=grandchild, parentId=tree.child)
    archived = await client.objective(tree.cycle, "Archived")
    await client.make("objectiveArchive", id=archived)
    key_result = await client.key_result(tree.new, kind="REACH", target="1")
    refusals: list[tuple[dict[str, Any], str, str]] = [
        ({}, "DESTINATION_MISSING", "parentId"),
        ({"parentId": tree.new, "parentKeyResultId": key_result}, "DESTINATION_MISSING", "parentId"),
        ({"parentId": None, "parentKeyResultId": key_result}, "DESTINATION_MISSING", "parentId"),
        ({"parentId": grandchild}, "ALIGNMENT_LOOP", "parentId"),
        ({"parentId": tree.child}, "ALIGNMENT_LOOP", "parentId"),
        ({"parentId": archived}, "ARCHIVED", "parentId"),
        ({"parentId": str(uuid4())}, "NOT_FOUND", "parentId"),
        ({"parentKeyResultId": str(uuid4())}, "NOT_FOUND", "parentKeyResultId"),
        ({"parentId": tree.new, "afterId": grandchild}, "NOT_FOUND", "afterId"),
        ({"id": archived, "parentId": tree.new}, "ARCHIVED", "id"),
        ({"id": archived, "parentId": None}, "ARCHIVED", "id"),
        ({"id": str(uuid4()), "parentId": None}, "NOT_FOUND", "id"),
    ]
    before = await everything(client)
    for where, code, field in refusals:
        payload = await tree.move(**where)
        assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [(code, ["input", field])], where
        assert (payload["alignment"], payload["previousParent"]) == (None, None)
    assert await everything(client) == before


# Begin, locks, the old edge, the new one together with what is settled, what is derived, commit; the payload
MOVE_MESSAGES = 7


async def test_statements_of_a_move(client: Client, statements: Statements) -> None:
    tree = await Tree(client).grow()
    document = "mutation($input: ObjectiveMoveInput!) { objectiveMove(input: $input) { objective { id } } }"
    counts = []
    # To a new parent and back, where the old edge is taken up again.
    for parent in (tree.new, tree.old, tree.new):
        sent = await statements.of(client.data(document, input={"id": tree.child, "parentId": parent}))
        counts.append(sum(not each.startswith("SET SESSION") for each in sent))
        for number in range(5):
            other = await client.objective(tree.cycle, f"Sibling {number}")
            await client.make("objectiveAlign", objectiveId=other, parentId=tree.new)
    # The first one shows that one statement reads the payload.
    assert counts[0] in (MOVE_MESSAGES, MOVE_MESSAGES + 2)
    assert counts[1:] == [MOVE_MESSAGES, MOVE_MESSAGES]


async def test_a_move_changes_what_three_objectives_show(client: Client) -> None:
    tree = await Tree(client).grow()
    document = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Objective { changedAt } } }"

    async def changed_at() -> list[str]:
        ids = [tree.child, tree.old, tree.new]
        return [node["changedAt"] for node in (await client.data(document, ids=ids))["nodes"]]

    for parent in (tree.new, tree.old):
        client.clock.advance(hours=1)
        await tree.move(parentId=parent)
        assert await changed_at() == [client.clock.now.strftime("%Y-%m-%dT%H:%M:%SZ")] * 3
    client.clock.advance(hours=1)
    before = await changed_at()
    await tree.move(parentId=None)
    after = await changed_at()
    assert [new > old for old, new in zip(before, after, strict=True)] == [True, True, False]


async def test_an_alignment_changes_what_both_ends_show_and_nothing_else(client: Client) -> None:
    tree = await Tree(client).grow()
    document = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Objective { changedAt version } } }"
    before = (await client.data(document, ids=[tree.child, tree.old, tree.new]))["nodes"]
    client.clock.advance(hours=1)
    await client.make("objectiveAlign", objectiveId=tree.child, parentId=tree.new)
    now = client.clock.now.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (await client.data(document, ids=[tree.child, tree.old, tree.new]))["nodes"] == [
        before[0] | {"changedAt": now},
        before[1],
        before[2] | {"changedAt": now},
    ]
