"""Ids that are none find nothing and change nothing, like ids of nothing."""

import base64
from typing import Any
from uuid import UUID

import pytest
from graphql import get_named_type

from schema.relay.node import global_id
from tests.bad_input.asking import BAD, Asker
from tests.kit.inputs import MOVES, New, Own, ids_of
from tests.kit.reads import LOOKUPS, QUERY, kind_of


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


SOME = UUID("01a20535-1fcd-74ae-8ec2-97207139be88")
NO_IDS = [
    *(
        "",
        " ",
        "x",
        "=",
        "====",
        "null",
        "undefined",
        "-1",
        "0",
        "💥",
        "Objective:1",
        f"Objective:{SOME}",
        "a" * 5,
        "a" * 100_000,
    ),
    *(
        b64(b""),
        b64(b":"),
        b64(b"Objective"),
        b64(b"Objective:"),
        b64(b"Objective:x"),
        b64(b"\xff\xfe\xfd"),
        b64(b"\0" * 30),
    ),
    *(b64(f":{SOME}".encode()), b64(f"Nothing:{SOME}".encode()), b64(f"objective:{SOME}".encode())),
    *(b64(f"Objective:{SOME}:x".encode()), b64(f"Objective:{SOME}x".encode()), b64(b"Objective:" + b"9" * 5000)),
    *(
        b64(f"ApiKey:{SOME}".encode()),
        b64(f"__class__:{SOME}".encode()),
        b64(b"Objective:" + b"\0" + str(SOME).encode()),
    ),
    *(str(SOME)[:-1], str(SOME) + "0", "g" * 32, "0" * 31, global_id("Objective", SOME)[:-3], "{" + str(SOME)),
    *(str(SOME), global_id("Objective", SOME), global_id("Person", SOME), str(UUID(int=0)), str(UUID(int=2**128 - 1))),
    *(global_id("Viewer", SOME), global_id("ObjectiveRevision", SOME), global_id("Query", SOME)),
]
SOME_OF_THEM = ("", "💥", b64(b"\xff\xfe\xfd"), b64(b"\0" * 30), str(SOME)[:-1], str(SOME), global_id("Viewer", SOME))
WRONG_TYPES: list[Any] = [1.5, True, [], ["a", "b"], {}, {"id": "x"}]


@pytest.mark.parametrize("id", NO_IDS, ids=lambda id: ascii(id)[:40])
async def test_no_id_finds_nothing(asker: Asker, id: str) -> None:
    answer = await asker.client.answer("query($id: ID!) { node(id: $id) { id } }", id=id)
    assert answer == {"data": {"node": None}}
    answer = await asker.client.answer("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=[id, id])
    assert answer == {"data": {"nodes": [None, None]}}
    for name in LOOKUPS:
        answer = await asker.client.answer(f"query($id: ID) {{ {name}(id: $id) {{ id }} }}", id=id)
        assert answer == {"data": {name: None}}


async def test_no_id_matches_anything(asker: Asker) -> None:
    seen = {}
    for name, each in QUERY.fields.items():
        if kind_of(each) in ("connection", "board"):
            kind = each.args["filter"].type
            fields = get_named_type(each.type).fields
            count = next(name for name in ("totalCount", "total", "count") if name in fields)
            document = f"query($filter: {kind}) {{ {name}(filter: $filter) {{ {count} }} }}"
            for field, comparators in kind.fields.items():
                if getattr(comparators.type, "name", "") == "IDFilter":
                    for wanted in ({"in": NO_IDS}, {"in": []}, *({"eq": id} for id in SOME_OF_THEM)):
                        answer = await asker.client.answer(document, filter={field: wanted})
                        # Statistics are a list, of one group if they are not grouped.
                        nothing = [{"data": {name: {count: 0}}}, {"data": {name: [{count: 0}]}}]
                        seen[name, field, str(wanted)] = answer in nothing
    assert [case for case, is_empty in seen.items() if not is_empty] == []


async def test_no_id_changes_anything(asker: Asker) -> None:
    wrong = {}
    async with asker.unchanged():
        for mutation, move in MOVES:
            for field, _ in ids_of(move, Own):
                for id in NO_IDS if mutation == "objectiveUpdate" else SOME_OF_THEM[1:5]:
                    seen = await asker.moved(mutation, move, **{field: id})
                    if seen != [("NOT_FOUND", f"input.{field}")]:
                        wrong[f"{mutation}.{field}", ascii(id)[:60]] = seen
    assert wrong == {}


async def test_an_own_id_is_a_uuid(asker: Asker) -> None:
    wrong = {}
    async with asker.unchanged():
        for mutation, move in MOVES:
            for field, _ in ids_of(move, New):
                for id in ("", "x", "💥", b64(b"Nothing:x"), "a" * 10_000, str(SOME)[:-1], global_id("Viewer", SOME)):
                    seen = await asker.moved(mutation, move, **{field: id})
                    if seen != [("ID_INVALID", f"input.{field}")] and seen != BAD:
                        wrong[f"{mutation}.{field}", ascii(id)[:60]] = seen
    assert wrong == {}


async def test_an_own_id_is_taken_once(asker: Asker) -> None:
    async with asker.unchanged():
        for mutation, move in MOVES:
            for field, value in ids_of(move, New):
                seen = await asker.moved(mutation, move, **{field: asker.estate.ids[value.name]})
                assert (mutation, seen) == (mutation, [("TAKEN", f"input.{field}")])


@pytest.mark.parametrize("value", WRONG_TYPES, ids=repr)
async def test_what_is_no_id_at_all(asker: Asker, value: Any) -> None:
    assert await asker.codes("query($id: ID!) { node(id: $id) { id } }", id=value) == BAD
    assert await asker.codes("query($id: [ID!]!) { nodes(ids: $id) { id } }", id=[value]) == BAD
    assert await asker.codes("query($id: ID) { objectives(filter: {id: {eq: $id}}) { totalCount } }", id=value) == BAD
    async with asker.unchanged():
        fields = {"teamJoin": "teamId", "kpiMeasurementsRecord": "measurements.0.kpiId", "keyResultLinkKpi": "kpiId"}
        for mutation in ("objectiveUpdate", "objectiveReorder", "objectiveCreate", "kpiUpdate", *fields):
            field = fields.get(mutation, "id")
            assert await asker.moved(mutation, **{field: value}) == BAD


async def test_null_where_an_id_is_needed(asker: Asker) -> None:
    assert await asker.codes("query($id: ID) { node(id: $id) { id } }", id=None) == ["GRAPHQL_VALIDATION_FAILED"]
    assert await asker.codes("{ nodes(ids: [null]) { id } }") == ["GRAPHQL_VALIDATION_FAILED"]
    assert await asker.codes("{ objective { id } }") == BAD
    assert await asker.codes('{ objective(id: "x", externalId: "x") { id } }') == BAD
    assert await asker.codes("{ objective(id: null, externalId: null) { id } }") == BAD


@pytest.mark.parametrize("count", [0, 1, 100, 101, 5000])
async def test_at_most_100_ids(asker: Asker, count: int) -> None:
    answer = await asker.client.answer("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=[str(SOME)] * count)
    if count <= 100:
        assert answer == {"data": {"nodes": [None] * count}}
    else:
        assert [error["extensions"]["code"] for error in answer["errors"]] == BAD
        assert answer["data"] == {"nodes": None}
