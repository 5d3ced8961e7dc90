"""The tree below an objective, flat: order, depth, parent, and pages that leave nothing out and repeat nothing."""

from random import Random
from typing import Any

from tests.kit.client import Client

EDGE = "edges { cursor depth node { id } parent { id } } nodes { id } totalCount"
PAGE = f"{EDGE} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}"
Row = tuple[str, int, str]


class Forest:
    """A root and what hangs below it, in order; the model that the answers are held against."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.children: dict[str, list[str]] = {}
        self.edges: dict[str, str] = {}

    async def begin(self) -> "Forest":
        self.cycle = await self.client.cycle()
        self.root = await self.add(None)
        return self

    async def add(self, parent: str | None, **more: Any) -> str:
        """One more objective, as the last child of its parent."""
        self.client.clock.advance(seconds=1)
        id = await self.client.objective(self.cycle, f"{len(self.children)}")
        self.children[id] = []
        if parent:
            self.edges[id] = await self.client.make("objectiveAlign", objectiveId=id, parentId=parent, **more)
            self.children[parent].append(id)
        return id

    async def grow(self, count: int) -> None:
        """So many more, anywhere."""
        random = Random(5)
        for _ in range(count):
            await self.add(random.choice(list(self.children)))

    def below(self, id: str, depth: int = 1) -> list[Row]:
        """Everything below, parents first, siblings in order."""
        return [row for child in self.children[id] for row in [(child, depth, id), *self.below(child, depth + 1)]]

    async def page(self, id: str, **arguments: Any) -> tuple[list[Row], dict[str, Any]]:
        """One page below an objective: its rows, and the rest of it."""
        document = f"""query($id: ID!, $first: Int, $after: String, $last: Int, $before: String, $maxDepth: Int) {{
            objective(id: $id) {{ descendants(first: $first, after: $after, last: $last, before: $before,
                maxDepth: $maxDepth) {{ {PAGE} }} }} }}"""
        page = (await self.client.data(document, id=id, **arguments))["objective"]["descendants"]
        rows = [(edge["node"]["id"], edge["depth"], edge["parent"]["id"]) for edge in page["edges"]]
        assert [node["id"] for node in page["nodes"]] == [row[0] for row in rows]
        return rows, page

    async def walked(self, id: str, size: int, *, backwards: bool = False, **more: Any) -> list[Row]:
        """All pages below an objective, put together."""
        found: list[Row] = []
        cursor = None
        while True:
            ends = {"last": size, "before": cursor} if backwards else {"first": size, "after": cursor}
            rows, page = await self.page(id, **ends, **more)
            found = rows + found if backwards else found + rows
            info = page["pageInfo"]
            left = page["totalCount"] > len(found)
            assert (info["hasNextPage"], info["hasPreviousPage"]) == (
                (cursor is not None, left) if backwards else (left, cursor is not None)
            )
            if not left:
                return found
            assert len(rows) == size
            cursor = info["startCursor" if backwards else "endCursor"]


async def test_the_whole_tree_and_all_of_its_pages(client: Client) -> None:
    forest = await Forest(client).begin()
    await forest.grow(30)
    expected = forest.below(forest.root)
    assert max(depth for _, depth, _ in expected) > 3
    rows, page = await forest.page(forest.root, first=100)
    assert (rows, page["totalCount"]) == (expected, 30)
    for size in (1, 7, 30):
        for backwards in (False, True):
            assert await forest.walked(forest.root, size, backwards=backwards) == expected
    for depth in (1, 2, 3, 100):
        near = [row for row in expected if row[1] <= depth]
        rows, page = await forest.page(forest.root, maxDepth=depth)
        assert (rows, page["totalCount"]) == (near, len(near))
        assert await forest.walked(forest.root, 4, maxDepth=depth) == near
    for id in forest.children:
        rows, page = await forest.page(id, first=100)
        assert (rows, page["totalCount"]) == (forest.below(id), len(forest.below(id)))


async def test_ancestors_and_children_agree_with_it(client: Client) -> None:
    forest = await Forest(client).begin()
    await forest.grow(15)
    parents = {child: parent for child, _, parent in forest.below(forest.root)}
    document = "query($id: ID!) { objective(id: $id) { ancestors { id } children { totalCount nodes { id } } } }"
    for id, children in forest.children.items():
        chain: list[dict[str, str]] = []
        above = parents.get(id)
        while above:
            chain.insert(0, {"id": above})
            above = parents.get(above)
        nodes = [{"id": child} for child in children]
        expected = {"ancestors": chain, "children": {"totalCount": len(children), "nodes": nodes}}
        assert (await client.data(document, id=id))["objective"] == expected


async def test_the_order_that_people_give(client: Client) -> None:
    forest = await Forest(client).begin()
    await forest.grow(12)
    parent = max(forest.children, key=lambda id: len(forest.children[id]))
    siblings = forest.children[parent]
    assert len(siblings) > 2
    await client.make("alignmentReorder", id=forest.edges[siblings[-1]])
    siblings.insert(0, siblings.pop())
    assert await forest.walked(forest.root, 5) == forest.below(forest.root)
    await client.make("alignmentReorder", id=forest.edges[siblings[0]], afterId=forest.edges[siblings[1]])
    siblings.insert(1, siblings.pop(0))
    assert await forest.walked(forest.root, 5, backwards=True) == forest.below(forest.root)


async def test_only_primary_parents_and_nothing_archived(client: Client) -> None:
    forest = await Forest(client).begin()
    left, right = await forest.add(forest.root), await forest.add(forest.root, kind="SUPPORTS")
    leaf = await forest.add(left)
    edge = await client.make("objectiveAlign", objectiveId=leaf, parentId=right)
    expected = [(left, 1, forest.root), (leaf, 2, left), (right, 1, forest.root)]
    assert await forest.walked(forest.root, 2) == expected
    await client.make("alignmentUpdate", id=edge, isPrimary=True)
    assert await forest.walked(forest.root, 2) == [(left, 1, forest.root), (right, 1, forest.root), (leaf, 2, right)]
    await client.make("objectiveArchive", id=right)
    assert await forest.walked(forest.root, 2) == [(left, 1, forest.root)]
    await client.make("objectiveRestore", id=right)
    await client.make("objectiveUnalign", id=edge)
    assert await forest.walked(forest.root, 2) == expected
    await client.make("objectiveUnalign", id=forest.edges[left])
    assert await forest.walked(forest.root, 2) == [(right, 1, forest.root)]
