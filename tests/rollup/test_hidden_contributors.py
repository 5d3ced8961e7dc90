"""Contributors that a viewer does not see are one remainder, with which the visible ones come to the progress."""

from decimal import Decimal

import pytest

from service.rollup.weighted_mean import Remainder, remainder_of
from tests.kit.client import Client
from tests.kit.roles import acting

READ = """query($id: ID!) { objective(id: $id) {
    progress hiddenContributors { count weight contribution } keyResults { weight progress }
    children { totalCount } incomingAlignments { nodes { weight objective { title progress } } } } }"""


async def _tree(client: Client) -> tuple[str, str]:
    """An objective with a key result and two aligned objectives, and the id of the one that is hidden."""
    cycle = await client.cycle()
    parent = await client.objective(cycle, "parent", progressSource="BOTH")
    key_result = await client.key_result(parent, kind="REACH", target="10", weight=2)
    await client.check_in(key_result, "5")
    ids = {}
    for title, visibility, value, weight in (("shown", "ORGANIZATION", "1", 1), ("secret", "PRIVATE", "0.25", 3)):
        ids[title] = await client.objective(cycle, title, visibility=visibility, progressSource="MANUAL")
        await client.make("objectiveCheckIn", objectiveId=ids[title], value=value)
        await client.make("objectiveAlign", objectiveId=ids[title], parentId=parent, weight=weight)
    return parent, ids["secret"]


async def test_a_member_sees_the_remainder_and_an_owner_all(client: Client) -> None:
    parent, secret = await _tree(client)
    member = await acting(client, "MEMBER")
    shared = {"progress": 2.75 / 6, "keyResults": [{"weight": 2, "progress": 0.5}]}
    shown = {"weight": 1, "objective": {"title": "shown", "progress": 1}}
    hidden = {"weight": 3, "objective": {"title": "secret", "progress": 0.25}}
    assert (await member.data(READ, id=parent))["objective"] == {
        **shared,
        "hiddenContributors": {"count": 1, "weight": 3, "contribution": 0.75 / 6},
        "children": {"totalCount": 1},
        "incomingAlignments": {"nodes": [shown]},
    }
    assert (await client.data(READ, id=parent))["objective"] == {
        **shared,
        "hiddenContributors": None,
        "children": {"totalCount": 2},
        "incomingAlignments": {"nodes": [shown, hidden]},
    }
    assert await member.data("query($id: ID!) { node(id: $id) { id } }", id=secret) == {"node": None}


async def test_a_key_result_that_aligned_objectives_measure_has_a_remainder(client: Client) -> None:
    """Each of several, in one answer: one with hidden contributors, one without, and one with another source."""
    cycle = await client.cycle()
    parent = await client.objective(cycle, "parent")
    aligned = {"kind": "REACH", "target": "10", "valueSource": "ALIGNED_OBJECTIVES"}
    measured = [await client.key_result(parent, f"measured {n}", **aligned) for n in range(2)]
    manual = await client.key_result(parent, "manual", kind="REACH", target="10")
    edges = [
        ("shown", "ORGANIZATION", "1", 1, 0),
        ("secret", "PRIVATE", "0.25", 3, 0),
        ("open", "ORGANIZATION", "0.5", 1, 1),
    ]
    for title, visibility, value, weight, number in edges:
        id = await client.objective(cycle, title, visibility=visibility, progressSource="MANUAL")
        await client.make("objectiveCheckIn", objectiveId=id, value=value)
        await client.make("objectiveAlign", objectiveId=id, parentKeyResultId=measured[number], weight=weight)
    supporting = await client.objective(cycle, "supports", visibility="PRIVATE", progressSource="MANUAL")
    await client.make("objectiveCheckIn", objectiveId=supporting, value="0.5")
    await client.make("objectiveAlign", objectiveId=supporting, parentKeyResultId=measured[1], kind="SUPPORTS")
    document = """query($id: ID!) { objective(id: $id) {
        hiddenContributors { count } keyResults { id progress hiddenContributors { count weight contribution } } } }"""
    shown = [
        {"id": measured[0], "progress": 1.75 / 4, "hiddenContributors": None},
        {"id": measured[1], "progress": 0.5, "hiddenContributors": None},
        {"id": manual, "progress": 0.0, "hiddenContributors": None},
    ]
    assert await client.data(document, id=parent) == {"objective": {"hiddenContributors": None, "keyResults": shown}}
    shown[0] = {**shown[0], "hiddenContributors": {"count": 1, "weight": 3, "contribution": 0.75 / 4}}
    member = await acting(client, "MEMBER")
    assert await member.data(document, id=parent) == {"objective": {"hiddenContributors": None, "keyResults": shown}}


@pytest.mark.parametrize(
    ("contributors", "remainder"),
    [
        ([], None),
        ([(1.0, Decimal("0.5"), False)], None),
        ([(0.0, Decimal("0.5"), True)], Remainder(1, 0.0, None)),
        ([(1.0, Decimal("0.5"), True), (3.0, Decimal(1), False)], Remainder(1, 1.0, 0.125)),
        ([(0.1, Decimal("0.59"), True), (0.1, Decimal("0.3"), True)], Remainder(2, 0.2, 0.445)),
    ],
)
def test_the_remainder_is_exact(contributors: list[tuple[float, Decimal, bool]], remainder: Remainder | None) -> None:
    assert remainder_of(contributors) == remainder
