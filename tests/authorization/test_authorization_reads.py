"""Every field of every type, asked by everybody: hidden goals are nowhere, and all else is as the owner sees it."""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLObjectType

from tests.authorization.actors import ACTORS, is_visible_to, may_edit
from tests.authorization.asking import fields_of, objects, without
from tests.authorization.expected_reads import NODES, OF_ADMINISTRATORS, OF_ALL, OF_GOALS, PAYLOADS
from tests.authorization.expected_reads import TYPES as EXPECTED
from tests.authorization.world import Rows, World, rows_of
from tests.kit.client import Client
from tests.kit.reads import TYPES

OBJECTS = {
    name
    for name, kind in TYPES.items()
    if isinstance(kind, GraphQLObjectType) and not name.startswith("__") and name != "Mutation"
}


def test_every_field_has_a_line() -> None:
    assert EXPECTED.keys() == OBJECTS
    assert {name: sorted(EXPECTED[name].fields) for name in OBJECTS} == {
        name: sorted(TYPES[name].fields) for name in OBJECTS
    }


def test_every_type_with_an_id_is_hidden_with_goals_or_seen_by_all() -> None:
    nodes = {name for name in OBJECTS if any(each.name == "Node" for each in TYPES[name].interfaces)}
    assert set(NODES) == nodes
    assert len({*OF_GOALS, *OF_ADMINISTRATORS, *OF_ALL}) == len(NODES)
    assert PAYLOADS.keys() < OBJECTS


class Reading:
    """What the owner reads, and what others have to read of it."""

    def __init__(self, world: World, rows: Rows) -> None:
        self.world, self.rows = world, rows
        self.answers: dict[str, dict[str, Any]] = {}

    async def read(self, client: Client) -> dict[str, dict[str, Any]]:
        """All objects of all types with all of their fields but those that differ."""
        read = {}
        for kind in NODES:
            ids, line = [*self.rows.seen[kind], *self.rows.hidden[kind]], EXPECTED[kind]
            left_out = [*line.differs.split(), *line.administrators.split()]
            read[kind] = await objects(client, kind, ids, fields_of(kind, left_out))
        return read

    def expected(
        self, of_owner: dict[str, dict[str, Any]], sees_all: bool, is_administrator: bool
    ) -> dict[str, dict[str, Any]]:
        """What somebody reads who sees the hidden goals or does not."""
        if is_administrator:
            return of_owner
        found = {**of_owner, **{kind: dict.fromkeys(of_owner[kind]) for kind in OF_ADMINISTRATORS}}
        if sees_all:
            return found
        hidden = self.rows.hidden_ids
        return {
            kind: {
                id: None if id in hidden or row is None else _masked(kind, row, hidden) for id, row in answers.items()
            }
            for kind, answers in found.items()
        }


def differences(expected: dict[str, dict[str, Any]], read: dict[str, dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    """The fields that are not as expected, each with what was expected and what was read."""
    for kind, answers in expected.items():
        for id, row in answers.items():
            answer = read[kind][id]
            if row is None or answer is None:
                if row != answer:
                    yield kind, (row, answer)
            else:
                yield from ((f"{kind}.{each}", (row[each], answer[each])) for each in row if row[each] != answer[each])


def _masked(kind: str, row: dict[str, Any], hidden: set[str]) -> dict[str, Any]:
    hides = EXPECTED[kind].hides.split()
    return {name: without({name: each}, hidden)[name] if name in hides else each for name, each in row.items()}


@pytest.mark.parametrize("visibility", ["ORGANIZATION", "TEAM", "PRIVATE"])
async def test_everybody_reads_what_is_visible(world: World, visibility: str) -> None:
    reading = Reading(world, await rows_of(world))
    assert {kind for kind in OF_GOALS if not reading.rows.hidden[kind]} == set()
    wrong: dict[str, Any] = {}
    for name, actor in ACTORS.items():
        if name == next(iter(ACTORS)) or actor.relation == "owner":
            await world.arrange(visibility, owner=name if actor.relation == "owner" else "owner")
            of_owner = await reading.read(world.client)
            assert all(row for answers in of_owner.values() for row in answers.values())
        read = await reading.read(await world.acting(name))
        is_administrator = actor.role in ("ADMIN", "OWNER")
        expected = reading.expected(of_owner, is_visible_to(actor, visibility), is_administrator)
        wrong |= {f"{name}: {where}": each for where, each in differences(expected, read)}
    assert wrong == {}
    assert await reading.read(world.stranger) == {kind: dict.fromkeys(answers) for kind, answers in of_owner.items()}


async def test_each_field_that_hides_goals_has_something_to_hide(world: World) -> None:
    """The test above can fail."""
    reading = Reading(world, await rows_of(world))
    of_owner = await reading.read(world.client)
    hidden, without_hidden = reading.rows.hidden_ids, reading.expected(of_owner, False, False)
    hiding = {
        (kind, field)
        for kind, answers in of_owner.items()
        for id, row in answers.items()
        if id not in hidden
        for field in EXPECTED[kind].hides.split()
        if row[field] != without_hidden[kind][id][field]
    }
    assert hiding == {(kind, field) for kind in NODES for field in EXPECTED[kind].hides.split()}


async def test_whoever_sends_no_valid_key_reads_nothing(world: World) -> None:
    anonymous, rows = await world.anonymous(), await rows_of(world)
    for kind in NODES:
        document = f"query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {fields_of(kind)} }} }} }}"
        answer = await anonymous.answer(document, id=rows.seen[kind][0])
        assert [each["extensions"]["code"] for each in answer["errors"]] == ["UNAUTHENTICATED"]
        assert "data" not in answer


async def test_what_only_administrators_read(world: World) -> None:
    for name, actor in ACTORS.items():
        client, is_administrator = await world.acting(name), actor.role in ("ADMIN", "OWNER")
        for field in EXPECTED["Organization"].administrators.split():
            answer = await client.answer(f"{{ organization {{ {field} {{ nodes {{ id }} }} }} }}")
            if is_administrator:
                assert len(answer["data"]["organization"][field]["nodes"]) > 1
            else:
                assert answer["data"] == {"organization": {field: None}}
                assert [each["extensions"]["code"] for each in answer["errors"]] == ["FORBIDDEN"]
        answer = await client.answer("{ auditEvents { totalCount nodes { id } } }")
        if is_administrator:
            assert answer["data"]["auditEvents"]["totalCount"] > 2
        else:
            assert answer["data"] == {"auditEvents": None}
            assert [each["extensions"]["code"] for each in answer["errors"]] == ["FORBIDDEN"]


@pytest.mark.parametrize("visibility", ["ORGANIZATION", "PRIVATE"])
async def test_share_tokens_are_read_by_who_may_share(world: World, visibility: str) -> None:
    """Those of an objective; of one's own there are none here. Under OWN, as who may edit differs most."""
    document = """query($seen: ID!, $hidden: ID!) { viewer { share { id } shareTokens { id } }
        seen: objective(id: $seen) { shareTokens { id } } hidden: objective(id: $hidden) { shareTokens { id } } }"""
    own, theirs = world.seen.ids, world.hidden.ids
    for name, actor in ACTORS.items():
        owner = name if actor.relation == "owner" else "owner"
        await world.arrange(visibility, owner=owner, member_editing="OWN")
        found = await (await world.acting(name)).data(document, seen=own["root"], hidden=theirs["root"])
        is_administrator = actor.role in ("ADMIN", "OWNER")
        may_share = may_edit(actor, visibility, "OWN")
        hidden = {"shareTokens": [{"id": theirs["share"]}] if may_share else None}
        assert found == {
            "viewer": {"share": None, "shareTokens": []},
            "seen": {"shareTokens": [{"id": own["share"]}] if is_administrator else None},
            "hidden": hidden if is_visible_to(actor, visibility) else None,
        }, name
    of_owner = await world.client.data("{ viewer { shareTokens { id } } }")
    assert {each["id"] for each in of_owner["viewer"]["shareTokens"]} == {own["share"], theirs["share"]}
