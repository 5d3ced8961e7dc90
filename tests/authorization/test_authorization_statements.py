"""What members read and change takes as many messages as what an owner does, or one more where it says so."""

from typing import Any

import pytest

from tests.authorization.world import World
from tests.consistency.test_statements import SMALL, TREE
from tests.kit.client import Client, Statements
from tests.kit.forest import planted
from tests.kit.roles import acting

PARTICIPANTS = "participants p"
READS: list[tuple[str, dict[str, Any]]] = [
    (SMALL, {"id": "objective-0"}),
    (TREE, {"first": 5}),
    ("{ objectives(first: 5) { totalCount pageInfo { hasNextPage } nodes { id status pace } } }", {}),
    ("{ objectives(first: 5) { nodes { descendants(maxDepth: 3) { edges { depth parent { id } } } } } }", {}),
    ("{ objectives(first: 5) { nodes { ancestors { id } parents { id } overdueBelow } } }", {}),
    ("{ keyResults(first: 5) { nodes { pace latestCheckIn { author { id } } checkIns { totalCount } } } }", {}),
    ("{ objectiveStatusReport { total } kpiScorecard { total } }", {}),
    ("{ goalStats(groupBy: TEAM) { team { id } medianProgress objectives { nodes { owner { id } } } } }", {}),
    ("{ keyResultStats(groupBy: OWNER) { owner { id } keyResults { totalCount nodes { id } } } }", {}),
    ("{ kpis(first: 5) { totalCount nodes { name children { id } objectives { id } } } }", {}),
    ("{ people(first: 5) { nodes { objectives { totalCount } } } }", {}),
    ("{ objectives(first: 5) { nodes { participants { person { name } team { name } } } } }", {}),
    ("{ kpis(first: 5) { nodes { participants { person { name } team { name } } } } }", {}),
    ("{ events(first: 50) { nodes { actor { id } objective { id } subject { id } } } }", {}),
    # Under ALL, on goals that everybody sees.
    ("{ objectives(first: 5) { nodes { viewerCan { edit { allowed } } } } }", {}),
]


async def messages(client: Client, statements: Statements, document: str, variables: dict[str, Any]) -> int:
    """How many messages a document takes once it is known how it is read."""
    for _ in range(2):
        await client.data(document, **variables)
    return len(await statements.of(client.data(document, **variables)))


async def test_a_member_reads_by_as_many_messages_as_an_owner(client: Client, statements: Statements) -> None:
    await planted(client, 30, 5)
    member = await acting(client, "MEMBER")
    for document, variables in READS:
        expected = await messages(client, statements, document, variables)
        assert await messages(member, statements, document, variables) == expected, document


async def test_what_takes_a_member_one_more_message_to_read(client: Client, statements: Statements) -> None:
    await planted(client, 30, 5)
    objective = await client.objective(await client.cycle())
    for _ in range(3):
        await client.key_result(objective, kind="REACH", target="10", valueSource="ALIGNED_OBJECTIVES")
    member = await acting(client, "MEMBER")
    # What else counts toward an objective, what else an event refers to.
    for document in (
        "{ objectives(first: 5) { nodes { hiddenContributors { count } } } }",
        "{ keyResults(first: 5) { nodes { hiddenContributors { count } } } }",
        "{ events(first: 50) { nodes { changes } } }",
    ):
        of_owner = await messages(client, statements, document, {})
        # With a second one there is a snapshot: begin and commit.
        assert await messages(member, statements, document, {}) - of_owner in (1, 3), document


async def changes(client: Client, statements: Statements, changed: list[tuple[str, dict[str, Any]]]) -> list[list[str]]:
    """The messages of each change. The first ones of a kind only show how its payload is read."""
    return [
        [each for each in await statements.of(client.make(mutation, **input)) if not each.startswith("SET SESSION")]
        for mutation, input in changed
    ]


def changing(ids: dict[str, str], times: int, text: str) -> list[tuple[str, dict[str, Any]]]:
    """Changes of goals and of what belongs to them, several times."""
    return [
        change
        for n in range(times)
        for change in [
            ("objectiveUpdate", {"id": ids["root"], "title": f"{text} {n}"}),
            ("keyResultUpdate", {"id": ids["number"], "title": f"{text} {n}"}),
            ("keyResultCheckIn", {"keyResultId": ids["number"], "value": str(n)}),
            ("objectiveCheckIn", {"objectiveId": ids["root"], "note": f"{text} {n}"}),
            ("milestoneCreate", {"keyResultId": ids["stages"], "title": f"{text} {n}"}),
            ("kpiUpdate", {"id": ids["kpi"], "name": f"{text} {n}"}),
            ("kpiTargetUpdate", {"id": ids["goal"], "value": str(n + 20)}),
        ]
    ]


async def extra(world: World, statements: Statements, client: Client) -> list[tuple[str, list[str]]]:
    """For each change the messages that it takes a member, if they are more than those of the owner."""
    count = len(changing(world.hidden.ids, 1, ""))
    of_owner = (await changes(world.client, statements, changing(world.hidden.ids, 3, "Owner")))[-count:]
    of_member = (await changes(client, statements, changing(world.hidden.ids, 3, "Member")))[-count:]
    names = [name for name, _ in changing(world.hidden.ids, 1, "")]
    return [
        (name, [each for each in more if PARTICIPANTS in each])
        for name, less, more in zip(names, of_owner, of_member, strict=True)
        if len(more) != len(less)
        for _ in range(len(more) - len(less))
    ]


async def test_a_member_changes_goals_by_as_many_messages_as_an_owner(world: World, statements: Statements) -> None:
    """Under ALL, of goals that everybody sees."""
    await world.arrange("ORGANIZATION")
    assert await extra(world, statements, await world.acting("outsider")) == []


@pytest.mark.parametrize(
    ("visibility", "member_editing"), [("ORGANIZATION", "OWN"), ("TEAM", "ALL"), ("PRIVATE", "ALL"), ("TEAM", "OWN")]
)
async def test_one_more_message_finds_the_teams_and_the_part_of_a_member_in_a_goal(
    world: World, statements: Statements, visibility: str, member_editing: str
) -> None:
    await world.arrange(visibility, member_editing=member_editing)
    more = await extra(world, statements, await world.acting("owner"))
    assert sorted({name for name, _ in more}) == sorted({name for name, _ in changing(world.hidden.ids, 1, "")})
    assert [(name, len(own)) for name, own in more if len(own) != 1] == []
    assert len(more) == len(changing(world.hidden.ids, 1, ""))


async def test_edges_and_references_take_a_member_one_more_message_for_each_goal(
    world: World, statements: Statements
) -> None:
    """What is referred to, and an edge with its two ends, is looked up by what the member sees."""
    await world.arrange("ORGANIZATION")
    member, ids = await world.acting("outsider"), world.hidden.ids
    moves: list[tuple[str, list[dict[str, Any]], int]] = [
        ("objectiveReorder", [{"id": ids["root"], "afterId": ids[name]} for name in ("leaf", "child", "leaf 3")], 1),
        ("alignmentUpdate", [{"id": ids["edge"], "weight": n} for n in (2.0, 3.0, 4.0)], 2),
        ("keyResultUpdate", [{"id": ids["follower"], "sourceKpiId": ids[name]} for name in ("kpi", "kpi 2", "kpi")], 1),
        (
            "objectiveAlign",
            [{"objectiveId": ids["leaf 3"], "parentId": ids["child"], "weight": n} for n in (2, 3, 4)],
            0,
        ),
    ]
    for mutation, inputs, more in moves:
        of_owner, of_member = [
            len((await changes(each, statements, [(mutation, input) for input in inputs]))[-1])
            for each in (world.client, member)
        ]
        assert (mutation, of_member - of_owner) == (mutation, more)
