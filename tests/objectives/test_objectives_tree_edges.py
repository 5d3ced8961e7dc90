"""Trees made in one moment, pages of children, and arguments that cannot be meant."""

from typing import Any

from tests.kit.client import Client
from tests.objectives.test_objectives_tree import Forest

ALIGN = 'objectiveAlign(input: {{objectiveId: "{}", parentId: "{}"}}) {{ userErrors {{ code }} }}'


async def test_made_in_one_request_a_child_still_stands_right_below_its_parent(client: Client) -> None:
    cycle = await client.cycle()
    root, a, b, a1, a2, b1 = [await client.objective(cycle, name) for name in ("root", "a", "b", "a1", "a2", "b1")]
    pairs = [(a, root), (b, root), (a1, a), (a2, a), (b1, b)]
    await client.data(f"mutation {{ {' '.join(f'x{n}: {ALIGN.format(*pair)}' for n, pair in enumerate(pairs))} }}")
    forest = Forest(client)
    forest.children = {root: [a, b], a: [a1, a2], b: [b1], a1: [], a2: [], b1: []}
    expected = forest.below(root)
    assert expected == [(a, 1, root), (a1, 2, a), (a2, 2, a), (b, 1, root), (b1, 2, b)]
    assert (await forest.page(root))[0] == expected
    for backwards in (False, True):
        assert await forest.walked(root, 2, backwards=backwards) == expected


async def test_children_stand_in_the_order_of_their_edges(client: Client) -> None:
    cycle = await client.cycle()
    root = await client.objective(cycle, "root")
    children = [await client.objective(cycle, f"{n}") for n in range(4)]
    # In one moment, in another order than they were made themselves.
    for child in reversed(children):
        await client.make("objectiveAlign", objectiveId=child, parentId=root)
    document = """query($id: ID!) { objective(id: $id) {
        children { nodes { id } } descendants { nodes { id } }
        incomingAlignments { nodes { id objective { id } } } } }"""

    async def orders() -> list[list[str]]:
        found = (await client.data(document, id=root))["objective"]
        edges = [edge["objective"]["id"] for edge in found["incomingAlignments"]["nodes"]]
        return [[each["id"] for each in found[name]["nodes"]] for name in ("children", "descendants")] + [edges]

    assert await orders() == [children[::-1]] * 3
    edges = (await client.data(document, id=root))["objective"]["incomingAlignments"]["nodes"]
    await client.make("alignmentReorder", id=edges[3]["id"])
    assert await orders() == [[children[0], *children[:0:-1]]] * 3


async def test_pages_of_children(client: Client) -> None:
    forest = await Forest(client).begin()
    for _ in range(7):
        await forest.add(forest.root)
    document = """query($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { objective(id: $id) {
        children(first: $first, after: $after, last: $last, before: $before) {
            totalCount nodes { id } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } } }"""
    for backwards in (False, True):
        found: list[str] = []
        cursor = None
        while True:
            ends = {"last": 3, "before": cursor} if backwards else {"first": 3, "after": cursor}
            page = (await client.data(document, id=forest.root, **ends))["objective"]["children"]
            ids = [node["id"] for node in page["nodes"]]
            found = ids + found if backwards else found + ids
            assert page["totalCount"] == 7
            cursor = page["pageInfo"]["startCursor" if backwards else "endCursor"]
            if not page["pageInfo"]["hasPreviousPage" if backwards else "hasNextPage"]:
                break
        assert found == forest.children[forest.root]


async def test_one_that_serves_twice_is_one_child(client: Client) -> None:
    forest = await Forest(client).begin()
    child = await forest.add(forest.root)
    key_results = [await client.key_result(forest.root) for _ in range(2)]
    for key_result in key_results:
        await client.make("objectiveAlign", objectiveId=child, parentKeyResultId=key_result)
    document = """query($id: ID!) { objective(id: $id) { children { totalCount nodes { id } }
        descendants { totalCount nodes { id } } incomingAlignments { totalCount } } }"""
    one = {"totalCount": 1, "nodes": [{"id": child}]}
    expected: dict[str, Any] = {"children": one, "descendants": one, "incomingAlignments": {"totalCount": 3}}
    assert (await client.data(document, id=forest.root))["objective"] == expected
    await client.make("objectiveUnalign", id=forest.edges[child])
    expected["incomingAlignments"]["totalCount"] = 2
    assert (await client.data(document, id=forest.root))["objective"] == expected


async def test_arguments_that_cannot_be_meant(client: Client) -> None:
    forest = await Forest(client).begin()
    await forest.grow(2)
    _, page = await forest.page(forest.root, first=1)
    cursor = page["pageInfo"]["endCursor"]
    data = await client.data("{ objectives(first: 1) { pageInfo { endCursor } } }")
    other = data["objectives"]["pageInfo"]["endCursor"]
    bad: list[dict[str, Any]] = [
        *({"maxDepth": depth} for depth in (0, -1, 101)),
        *({"first": size} for size in (-1, 101)),
        *(
            {"after": wrong}
            for wrong in ("", "nonsense", other, cursor[:-4], "bnVsbA", "W10", "W1tdLG51bGxd", "W1tdLFtdXQ")
        ),
        {"first": 1, "last": 1},
        {"first": 1, "before": cursor},
        {"last": 1, "after": cursor},
    ]
    for arguments in bad:
        given = ", ".join(f"{name}: {value!r}".replace("'", '"') for name, value in arguments.items())
        document = (
            f"query($id: ID!) {{ objective(id: $id) {{ descendants({given}) {{ totalCount nodes {{ id }} }} }} }}"
        )
        answer = await client.answer(document, id=forest.root)
        codes = [error["extensions"]["code"] for error in answer["errors"]]
        assert (arguments, codes) == (arguments, ["BAD_USER_INPUT"])
