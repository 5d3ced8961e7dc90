"""How many messages a request sends to Postgres is fixed by its document, not by its data."""

from typing import Any

import pytest

from service.settings import Settings
from tests.kit.client import Client, Statements
from tests.kit.forest import planted

TREE = """
    query($first: Int!) { objectives(first: $first, filter: {level: {eq: COMPANY}}) { nodes {
        title progress owner { name } keyResults { title progress owner { name } }
        children(first: 20) { nodes {
            title progress owner { name } keyResults { title }
            children(first: 20) { nodes { title owner { name } keyResults { title } } }
        } }
    } } }"""
SMALL = """
    query($id: String!) { objective(externalId: $id) {
        title owner { name } keyResults { title progress } children { nodes { title } }
    } }"""
LOOKS_AHEAD = Settings().executor == "breadth-first"
# begin, all levels, commit
TREE_MESSAGES = 3
# begin, objectives, (owner, key results, children) twice, (owner, key results) once, commit
TREE_MESSAGES_OF_CORE = 6
# Creating, updating, and neither.
UPSERT_MESSAGES = {"objectives": [7, 6, 5], "keyResults": [7, 7, 5], "kpis": [7, 6, 5]}


def nodes_of(data: object) -> int:
    if isinstance(data, dict):
        return ("title" in data) + sum(nodes_of(each) for each in data.values())
    return sum(nodes_of(each) for each in data) if isinstance(data, list) else 0


@pytest.mark.parametrize(("objectives", "roots"), [(10, 1), (1000, 20)])
async def test_a_tree_of_three_levels(client: Client, statements: Statements, objectives: int, roots: int) -> None:
    await planted(client, objectives, roots)
    await client.data("{ viewer { role } }")
    sent = await statements.of(client.data(TREE, first=roots))
    assert sent[0].startswith("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    assert sent[-1] == "COMMIT"
    assert len(sent) == (TREE_MESSAGES if LOOKS_AHEAD else TREE_MESSAGES_OF_CORE)
    assert nodes_of(await client.data(TREE, first=roots)) > objectives // 2


@pytest.mark.parametrize(
    ("document", "messages", "by_core"),
    [
        ("{ viewer { role } }", 2, 2),
        ("{ viewer { role person { name } organization { name } } }", 3, 3),
        ("{ objectives(first: 5) { totalCount pageInfo { hasNextPage } nodes { id status pace } } }", 3, 3),
        ("{ objectives(first: 5) { nodes { descendants(maxDepth: 3) { edges { depth parent { id } } } } } }", 3, 5),
        (
            "{ objectives(first: 5, filter: {level: {neq: COMPANY}}) { nodes { ancestors { id } parents { id } "
            "outgoingAlignments { parent { id } } } } }",
            3,
            5,
        ),
        ("{ objectives(first: 5) { nodes { statement cycle { children { id } } team { id } pillar { id } } } }", 3, 5),
        ("{ keyResults(first: 5) { nodes { pace latestCheckIn { author { id } } checkIns { totalCount } } } }", 3, 5),
        ("{ events(first: 50) { nodes { actor { id } objective { id } changes } } }", 3, 4),
        ("{ objectives(first: 5) { nodes { participants { role } viewerCan { edit { allowed } } } } }", 3, 4),
        ("{ teams { nodes { memberships { person { id } } subteams { id } objectives { nodes { id } } } } }", 3, 5),
        # One row more for each parent: so few are not worth their relations.
        ("{ objectives(first: 5) { nodes { children(first: 2) { nodes { owner { name } } } } } }", 4, 5),
        ("{ objectives(first: 5) { nodes { children(first: 30) { totalCount nodes { owner { name } } } } } }", 3, 5),
    ],
)
async def test_documents(client: Client, statements: Statements, document: str, messages: int, by_core: int) -> None:
    messages = messages if LOOKS_AHEAD else by_core
    await planted(client, 30, 5)
    await client.data("{ viewer { person { id } } }")
    assert len(await statements.of(client.data(document))) == messages
    # Then it is known which documents are read by one statement. It needs no transaction.
    await client.data(document)
    assert len(await statements.of(client.data(document))) == (messages if messages > 3 else messages - 2)


@pytest.mark.skipif(not LOOKS_AHEAD, reason="graphql-core cannot look ahead")
async def test_a_document_that_needs_another_statement_than_before(client: Client, statements: Statements) -> None:
    cycle = await client.cycle()
    objective, parent = await client.objective(cycle), await client.objective(cycle, title="Above")
    document = "query($id: ID!) { objective(id: $id) { parents { title overdueBelow } } }"
    for _ in range(2):
        assert await client.data(document, id=objective) == {"objective": {"parents": []}}
    alone = await statements.of(client.data(document, id=objective))
    await client.make("objectiveAlign", objectiveId=objective, parentId=parent)
    expected = {"objective": {"parents": [{"title": "Above", "overdueBelow": 0}]}}
    again = await statements.of(client.data(document, id=objective))
    known = await statements.of(client.data(document, id=objective))
    assert [each.split()[0] for each in known] == ["BEGIN", "WITH", "SELECT", "COMMIT"]
    # The connection may be bound to another tenant before.
    assert (len(alone), [each for each in again if not each.startswith("SET")]) == (1, [*alone, *known])
    assert await client.data(document, id=objective) == expected


async def test_one_small_object(client: Client, statements: Statements) -> None:
    await planted(client, 10, 1)
    await client.data("{ viewer { role } }")
    # Begin, the object with all that belongs to it, commit; graphql-core cannot say what it will ask for.
    messages = 3 if LOOKS_AHEAD else 4
    assert len(await statements.of(client.data(SMALL, id="objective-0"))) == messages


# begin, locks, the rows together with what is settled from them, what is derived, commit; the payload
CHANGE_MESSAGES = 6


@pytest.mark.parametrize(
    ("mutation", "messages"),
    [
        ("keyResultCheckIn", CHANGE_MESSAGES),
        ("objectiveCheckIn", CHANGE_MESSAGES),
        # The row that is replaced is written before the one that replaces it.
        ("checkInCorrect", CHANGE_MESSAGES + 1),
        ("checkInWithdraw", CHANGE_MESSAGES + 1),
        # Nothing is derived from its title.
        ("objectiveUpdate", CHANGE_MESSAGES - 1),
        ("objectiveArchive", CHANGE_MESSAGES),
        ("keyResultCreate", CHANGE_MESSAGES),
        ("keyResultUpdate", CHANGE_MESSAGES),
        ("objectiveAlign", CHANGE_MESSAGES),
        # Nobody else knows it yet, so there is nothing to lock; but the state of its cycle is read first.
        ("objectiveCreate", CHANGE_MESSAGES),
    ],
)
async def test_a_change_costs_the_same_twelve_levels_deep(
    client: Client, statements: Statements, mutation: str, messages: int
) -> None:
    cycle = await client.cycle()
    above, counts = None, []
    for depth in range(13):
        objective = await client.objective(cycle, progressSource="BOTH")
        if above:
            await client.make("objectiveAlign", objectiveId=objective, parentId=above)
        if depth in (0, 1, 12):
            key_result = await client.key_result(objective, kind="REACH", target="100")
            inputs: dict[str, dict[str, str]] = {
                "keyResultCheckIn": {"keyResultId": key_result, "value": "50"},
                "objectiveCheckIn": {"objectiveId": objective, "note": "Well under way"},
                "objectiveUpdate": {"id": objective, "title": f"Another title, {depth} deep"},
                "checkInCorrect": {"replacesId": await client.check_in(key_result, "40"), "value": "50"},
                "checkInWithdraw": {"replacesId": await client.check_in(key_result, "40")},
                "objectiveArchive": {"id": await client.objective(cycle)},
                "keyResultCreate": {"objectiveId": objective, "title": "A second one", "kind": "BINARY"},
                "keyResultUpdate": {"id": key_result, "target": "200", "reason": "More of it"},
                "objectiveAlign": {"objectiveId": await client.objective(cycle), "parentId": objective},
                "objectiveCreate": {"cycleId": cycle, "title": "A lone one"},
            }
            sent = await statements.of(client.make(mutation, **inputs[mutation]))
            counts.append(sum(not each.startswith("SET SESSION") for each in sent))
        above = objective
    # The first one shows that one statement reads the payload.
    assert counts[0] in (messages, messages + 2)
    assert counts[1:] == [messages, messages]


@pytest.mark.skipif(not LOOKS_AHEAD, reason="graphql-core cannot look ahead")
async def test_the_relations_of_a_changed_object_are_read_with_it(client: Client, statements: Statements) -> None:
    objective = await client.objective(await client.cycle(), ownerId=str(client.person_id))
    key_result = await client.key_result(objective, kind="REACH", target="100")
    document = """mutation($input: KeyResultCheckInInput!) { keyResultCheckIn(input: $input) {
        checkIn { value keyResult { current objective { progress cycle { name parent { name } } } } author { name } }
        userErrors { code } } }"""
    counts = []
    for value in ("10", "20", "30"):
        answers: list[Any] = []

        async def ask() -> None:
            answers.append(await client.data(document, input={"keyResultId": key_result, "value": value}))  # noqa: B023

        sent = [each for each in await statements.of(ask()) if not each.startswith("SET SESSION")]
        counts.append(len(sent))
        assert sum("object_0" in each for each in sent) == 1
        above = {"progress": float(value) / 100, "cycle": {"name": "2026", "parent": None}}
        said = {"value": value, "keyResult": {"current": value, "objective": above}, "author": {"name": "Olive Owner"}}
        assert answers == [{"keyResultCheckIn": {"checkIn": said, "userErrors": []}}]
    assert counts == [CHANGE_MESSAGES + 2, CHANGE_MESSAGES, CHANGE_MESSAGES]
    read = await client.data("query($id: ID!) { keyResult(id: $id) { current progress } }", id=key_result)
    assert read == {"keyResult": {"current": "30", "progress": 0.3}}


async def test_a_payload_that_needs_another_statement_than_before(client: Client, statements: Statements) -> None:
    cycle = await client.cycle()
    parent = await client.objective(cycle, title="Above")
    document = """mutation($id: ID!, $title: String!) { objectiveUpdate(input: {id: $id, title: $title}) {
        objective { title parents { title overdueBelow } } userErrors { code } } }"""
    alone, below = await client.objective(cycle), await client.objective(cycle)
    await client.make("objectiveAlign", objectiveId=below, parentId=parent)

    async def change(objective: str, title: str) -> tuple[int, Any]:
        data: Any = None

        async def work() -> None:
            nonlocal data
            data = (await client.data(document, id=objective, title=title))["objectiveUpdate"]

        sent = await statements.of(work())
        return sum(not each.startswith("SET SESSION") for each in sent), data

    def expected(title: str, *parents: dict[str, Any]) -> dict[str, Any]:
        return {"objective": {"title": title, "parents": list(parents)}, "userErrors": []}

    above = {"title": "Above", "overdueBelow": 0}
    first, again = await change(alone, "One"), await change(alone, "Two")
    assert (first[1], again[1]) == (expected("One"), expected("Two"))
    unexpected, later = await change(below, "Three"), await change(below, "Four")
    assert (unexpected[1], later[1]) == (expected("Three", above), expected("Four", above))
    assert later[0] >= unexpected[0] > again[0]


@pytest.mark.parametrize("count", [2, 40])
async def test_an_upsert_of_many(client: Client, statements: Statements, count: int) -> None:
    cycle = await client.cycle()
    facts: dict[str, dict[str, Any]] = {
        "objectives": {"title": "New", "cycleId": cycle},
        "keyResults": {"title": "New", "objectiveId": await client.objective(cycle)},
        "kpis": {"name": "New"},
    }
    for name, own in facts.items():
        kind = f"{name[0].upper()}{name[1:]}"
        document = f"mutation($input: {kind}UpsertInput!) {{ {name}Upsert(input: $input) {{ results {{ outcome }} }} }}"
        await client.data(document, input={name: [{"externalId": "first", **own}]})
        keys = [f"x{number}" for number in range(count)]
        messages = []
        for more in ({}, {"ownerId": str(client.person_id)}, {}):
            input = {name: [{"externalId": key, **own, **more} for key in keys]}
            sent = await statements.of(client.data(document, input=input))
            # A connection is told once whose organization it reads.
            messages.append(sum(not each.startswith("SET SESSION") for each in sent))
        # begin, find by external id, what they belong to, write, derive, commit, read. Updated: lock, write and, of key
        # results, derive. Unchanged: lock.
        assert (name, messages) == (name, UPSERT_MESSAGES[name])
        lookup = f"query($keys: [String!]!) {{ {name}ByExternalIds(externalIds: $keys) {{ id owner {{ name }} }} }}"
        # begin, the objects with their owners, commit
        assert len(await statements.of(client.data(lookup, keys=keys))) == (3 if LOOKS_AHEAD else 4)
