"""Alignments of a file: rings, edges said twice, which parent is primary, and what is left out."""

from typing import Any

import pytest

from schema.relay.node import parsed
from tests.kit.client import Client
from tests.kit.small_workspace import alignment, participant, person
from tests.kit.workspace_files import exported, findings, imported, refused

pytestmark = pytest.mark.usefixtures("waiting")


def by_key_result(objective: str, key_result: str, **facts: Any) -> dict[str, Any]:
    return {"type": "Alignment", "objective": objective, "parentKeyResult": key_result, **facts}


def membership(person: str, **facts: Any) -> dict[str, Any]:
    return {"type": "Membership", "team": "t1", "person": person, **facts}


# o2 serves o1 already; k1 is of o1, k3 of o3.
RINGS: dict[str, tuple[list[dict[str, Any]], list[int]]] = {
    "two edges": ([alignment("o3", "o4"), alignment("o5", "o6"), alignment("o4", "o3")], [1, 3]),
    "three edges": (
        *([alignment("o3", "o4"), alignment("o4", "o5"), alignment("o6", "o4"), alignment("o5", "o3")], [1, 2, 4]),
    ),
    "two rings": (
        [alignment("o3", "o4"), alignment("o4", "o3"), alignment("o5", "o6"), alignment("o6", "o5")],
        [1, 2, 3, 4],
    ),
    "closed with an edge that is there": ([alignment("o3", "o4"), alignment("o1", "o2")], [2]),
    "by way of key results": ([by_key_result("o3", "k1"), by_key_result("o1", "k3")], [1, 2]),
    "with edges above and below": (
        [alignment("o6", "o3"), alignment("o3", "o4"), alignment("o4", "o3"), alignment("o4", "o5")],
        [2, 3],
    ),
    "although it never counts": ([alignment("o1", "o2", kind="SUPPORTS", weight=0)], [1]),
}


async def test_a_ring_is_refused_by_its_lines(small: Client, database_url: str, subtests: pytest.Subtests) -> None:
    for case, (items, at_fault) in RINGS.items():
        with subtests.test(case):
            await refused(small, database_url, items, [(line, "ALIGNMENT_LOOP", "") for line in at_fault])


async def test_a_ring_is_told_beside_other_errors(small: Client, database_url: str) -> None:
    items = [alignment("o3", "o4"), alignment("o4", "o3"), person("p9", name=" ")]
    expected = [(1, "ALIGNMENT_LOOP", ""), (2, "ALIGNMENT_LOOP", ""), (3, "BLANK", "name")]
    await refused(small, database_url, items, expected)


async def test_the_second_parent_may_be_the_primary_one(small: Client) -> None:
    items = [alignment("o3", "o1"), alignment("o3", "o4", isPrimary=True), alignment("o3", "o5")]
    done = await imported(small, items)
    assert (done.kept, done.outcomes) == (True, {"CREATED": 3})
    read = '{ objective(externalId: "o3") { outgoingAlignments { isPrimary parent { externalId } } } }'
    found = (await small.data(read))["objective"]["outgoingAlignments"]
    assert [(each["isPrimary"], each["parent"]["externalId"]) for each in found] == [
        *((True, "o4"), (False, "o1"), (False, "o5"))
    ]
    assert await findings(small) == []
    small.clock.advance(hours=1)
    assert (await imported(small, items)).outcomes == {"UNCHANGED": 3}


async def test_an_edge_that_is_changed_and_then_gives_way_is_told_as_changed(small: Client) -> None:
    done = await imported(small, [alignment("o2", "o1", weight=4), alignment("o2", "o4", isPrimary=True)])
    assert [result.outcome.value for result in done.results] == ["UPDATED", "CREATED"]
    assert await findings(small) == []


async def test_the_primary_parent_moves_to_an_edge_that_is_there(small: Client) -> None:
    assert (await imported(small, [alignment("o2", "o4")])).outcomes == {"CREATED": 1}
    small.clock.advance(hours=1)
    moved = await imported(small, [alignment("o2", "o4", isPrimary=True)])
    assert (moved.kept, moved.outcomes) == (True, {"UPDATED": 1})
    assert await findings(small) == []
    primary = [item["parent"] for item in await exported(small) if item.get("isPrimary")]
    assert primary == ["o4"]


TWICE = {
    "the same edge": [alignment("o3", "o1"), alignment("o3", "o1")],
    "an edge with another weight": [alignment("o3", "o1", weight=1), alignment("o3", "o1", weight=2)],
    "an edge that is there": [alignment("o2", "o1"), alignment("o2", "o1", kind="SUPPORTS")],
    "the same membership": [membership("p2"), membership("p2")],
    "a membership in another role": [membership("p2", role="MEMBER"), membership("p2", role="LEAD")],
    "the same participant": [participant(objective="o1", team="t1"), participant(objective="o1", team="t1")],
    "a participant in another role": [
        participant(kpi="s2", person="p1"),
        participant(kpi="s2", person="p1", role="CO_OWNER"),
    ],
    "a membership that is there": [membership("p1"), membership("p1", role="MEMBER")],
}


async def test_what_is_said_twice_is_refused(small: Client, database_url: str, subtests: pytest.Subtests) -> None:
    for case, items in TWICE.items():
        with subtests.test(case):
            await refused(small, database_url, items, [(2, "ITEM_DUPLICATE", "")])


async def test_what_an_edge_leaves_out_stays(small: Client) -> None:
    [edge] = [item for item in await exported(small) if item["type"] == "Alignment"]
    assert edge == alignment("o2", "o1", kind="CONTRIBUTES", weight=3, isPrimary=True)
    assert (await imported(small, [alignment("o2", "o1")])).outcomes == {"UNCHANGED": 1}
    assert (await imported(small, [alignment("o2", "o1", kind="SUPPORTS")])).outcomes == {"UPDATED": 1}
    assert edge | {"kind": "SUPPORTS"} in await exported(small)


async def test_a_membership_that_says_no_role_keeps_it(small: Client) -> None:
    before = [item for item in await exported(small) if item["type"] == "Membership"]
    assert (await imported(small, [membership("p1")])).outcomes == {"UNCHANGED": 1}
    assert [item for item in await exported(small) if item["type"] == "Membership"] == before
    assert (await imported(small, [membership("p1", role="MEMBER")])).outcomes == {"UPDATED": 1}
    assert (await imported(small, [membership("p2")])).outcomes == {"CREATED": 1}


async def test_a_participant_that_says_no_role_keeps_it(small: Client) -> None:
    before = [item for item in await exported(small) if item["type"] == "Participant"]
    assert (await imported(small, [participant(objective="o2", person="p1")])).outcomes == {"UNCHANGED": 1}
    assert [item for item in await exported(small) if item["type"] == "Participant"] == before
    changed = participant(objective="o2", person="p1", role="READER")
    done = await imported(small, [changed, participant(kpi="s2", person="p2")])
    assert done.outcomes == {"CREATED": 1, "UPDATED": 1}
    after = [item for item in await exported(small) if item["type"] == "Participant"]
    own = [participant(objective="o2", person="p1", role="CO_OWNER")]
    new = [changed, participant(kpi="s2", person="p2", role="READER")]
    assert sorted(after, key=str) == sorted([*(item for item in before if item not in own), *new], key=str)


async def test_a_participant_that_was_removed_comes_back(small: Client) -> None:
    before = await exported(small)
    ids = await small.data('{ kpi(externalId: "s1") { id } team(externalId: "t2") { id } }')
    await small.make("participantRemove", kpiId=ids["kpi"]["id"], teamId=ids["team"]["id"])
    reader = participant(kpi="s1", team="t2", role="READER")
    assert [item for item in before if item not in await exported(small)] == [reader]
    done = await imported(small, [reader])
    assert done.outcomes == {"UPDATED": 1}
    assert await exported(small) == before
    read = '{ kpi(externalId: "s1") { participants { id team { externalId } } } }'
    [back] = (await small.data(read))["kpi"]["participants"]
    assert back["team"] == {"externalId": "t2"}
    assert [str(result.id) for result in done.results] == [str(uuid_of(back["id"]))]


def uuid_of(id: str) -> Any:
    decoded = parsed(id)
    assert decoded is not None
    return decoded[1]


async def test_an_edge_takes_on_the_external_id_of_the_file(small: Client, database_url: str) -> None:
    named = alignment("o2", "o1", externalId="a1")
    assert (await imported(small, [named])).outcomes == {"UPDATED": 1}
    small.clock.advance(hours=1)
    assert (await imported(small, [named])).outcomes == {"UNCHANGED": 1}
    await refused(small, database_url, [alignment("o3", "o1", externalId="a1")], [(1, "TAKEN", "externalId")])
