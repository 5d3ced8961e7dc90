"""One object and what belongs to it come in one message, and as they would come alone."""

import pytest

from service.settings import Settings
from tests.kit.client import Client, Statements

pytestmark = pytest.mark.skipif(Settings().executor != "breadth-first", reason="graphql-core cannot look ahead")
OWNER, RESULTS = "owner { id name }", "keyResults { title current target }"
CHILDREN = "children(first: 1) { nodes { title } pageInfo { hasNextPage endCursor } totalCount }"


@pytest.fixture
async def parent(client: Client) -> str:
    """An objective with two key results and two children."""
    cycle = await client.cycle()
    parent = await client.objective(cycle, externalId="parent", ownerId=str(client.person_id))
    for title, target in (("First", "12.50"), ("Second", "100")):
        await client.key_result(parent, title, kind="REACH", target=target)
    for title in ("One", "Two"):
        child = await client.objective(cycle, title)
        await client.make("objectiveAlign", objectiveId=child, parentId=parent)
    return parent


async def fetch(client: Client, fields: str, **variables: object) -> dict[str, object]:
    declared = "".join(
        f", ${name}: {'String' if isinstance(value, str) else 'Int'}" for name, value in variables.items()
    )
    document = f"query($e: String!{declared}) {{ objective(externalId: $e) {{ {fields} }} }}"
    answer = (await client.data(document, e="parent", **variables))["objective"]
    assert isinstance(answer, dict)
    return answer


async def test_together_and_alone_are_the_same(client: Client, parent: str) -> None:
    together = await fetch(client, f"id title {OWNER} {RESULTS} {CHILDREN}")
    alone: dict[str, object] = {}
    for fields in (f"id title {OWNER}", RESULTS, CHILDREN):
        alone |= await fetch(client, fields)
    assert together == alone
    assert together["id"] == parent
    assert together["keyResults"] == [
        {"title": "First", "current": "0", "target": "12.5"},
        {"title": "Second", "current": "0", "target": "100"},
    ]


async def test_one_message_for_all(client: Client, parent: str, statements: Statements) -> None:
    fields = (
        f"title {OWNER} {RESULTS} {CHILDREN.replace(' totalCount', '')} two: children(first: 2) {{ nodes {{ id }} }}"
    )
    document = f'{{ objective(externalId: "parent") {{ {fields} }} }}'
    begin, first, commit = await statements.of(client.data(document))
    assert (begin.split()[0], commit) == ("BEGIN", "COMMIT")
    # One statement is a snapshot by itself: only the session has to be bound to the tenant, once.
    await client.data(document)
    assert await statements.of(client.data(document)) == [first]
    # What is below a relation is read with it, too.
    document = f'{{ objective(externalId: "parent") {{ {fields} keyResults {{ owner {{ name }} }} }} }}'
    assert len(await statements.of(client.data(document))) == 3


async def test_the_same_at_each_level_is_read_once(client: Client, parent: str, statements: Statements) -> None:
    """Each level has twice as many fields as the one above it, and one read."""
    spread = "a: parents { ...F%d } b: parents { ...F%d }"
    levels = [f"fragment F{n} on Objective {{ {spread % (n + 1, n + 1)} }}" for n in range(4)]
    document = f'{{ objective(externalId: "parent") {{ ...F0 }} }} {" ".join(levels)} fragment F4 on Objective {{ id }}'
    answer: list[object] = []

    async def ask() -> None:
        answer.append(await client.data(document))

    _, first, _ = await statements.of(ask())
    assert answer == [{"objective": {"a": [], "b": []}}]
    assert [first.count(f"AS part_{number}") for number in range(6)] == [1, 1, 1, 1, 1, 0]


async def test_the_same_under_many_names(client: Client, parent: str, statements: Statements) -> None:
    fields = " ".join(f"a{n}: children(first: {n % 3 + 1}) {{ nodes {{ title }} }}" for n in range(20))
    document = f'{{ objective(externalId: "parent") {{ {fields} }} }}'
    answer = (await client.data(document))["objective"]
    titles = [{"title": "One"}, {"title": "Two"}]
    assert answer == {f"a{n}": {"nodes": titles[: n % 3 + 1]} for n in range(20)}
    # Six with the object itself; what was answered for one name is not asked again for another.
    await client.data(document)
    assert len(await statements.of(client.data(document))) == 1


async def test_an_object_without_what_is_asked_for(client: Client) -> None:
    await client.objective(await client.cycle(), externalId="parent")
    assert await fetch(client, f"{OWNER} {RESULTS} {CHILDREN}") == {
        "owner": None,
        "keyResults": [],
        "children": {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}, "totalCount": 0},
    }
    nobody = await client.data(f'{{ objective(externalId: "nobody") {{ {OWNER} {RESULTS} {CHILDREN} }} }}')
    assert nobody == {"objective": None}


async def test_pages_by_variables_keep_their_own_cursors(client: Client, parent: str) -> None:
    page = await fetch(client, CHILDREN)
    cursor = page["children"]["pageInfo"]["endCursor"]  # type: ignore[index]
    fields = "a: children(first: $n, after: $c) { nodes { title } } b: children(last: 1) { nodes { title } }"
    last = {"nodes": [{"title": "Two"}]}
    assert await fetch(client, fields, n=1, c=cursor) == {"a": last, "b": last}


async def test_a_wrong_argument_fails_its_own_field(client: Client, parent: str) -> None:
    document = '{ objective(externalId: "parent") { title owner { name } children(first: 101) { nodes { title } } } }'
    answer = (await client.http.post("/graphql", json={"query": document})).json()
    assert [error["path"] for error in answer["errors"]] == [["objective", "children"]]


async def test_sizes_by_variables_are_still_one_message(client: Client, parent: str, statements: Statements) -> None:
    fields = "a: children(first: $n) { nodes { title } } b: children(first: $m) { nodes { title } }"
    await fetch(client, fields, n=1, m=1)
    await fetch(client, fields, n=1, m=1)
    for n, m in ((1, 2), (2, 1), (3, 4)):
        assert len(await statements.of(fetch(client, fields, n=n, m=m))) == 1
