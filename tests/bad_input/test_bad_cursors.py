"""Cursors that are not ours, of another order, or changed by hand."""

import base64
from typing import Any
from uuid import uuid4

import orjson
import pytest
from graphql import get_named_type

from tests.bad_input.asking import BAD, Asker
from tests.kit.reads import QUERY, kind_of

# The feed of activity has one order.
LISTS = [name for name, each in QUERY.fields.items() if kind_of(each) == "connection" and "orderBy" in each.args]
NESTED = {
    "Objective": ["children", "incomingAlignments", "checkIns", "events", "descendants"],
    "KeyResult": ["incomingAlignments", "checkIns"],
    "Kpi": ["measurements", "revisions"],
}
# What a cursor of a list below an object holds, where it is not a position.
FORMS = {
    "checkIns": [b'["AT DESC",%s,"%s"]'],
    "events": [b'["RECORDED_AT DESC",%s,"%s"]'],
    "measurements": [b'["ON DESC",%s,"%s"]'],
    "revisions": [b'["RECORDED_AT DESC",%s,"%s"]'],
    "descendants": [b'[%s,"%s"]', b'[[%s],"%s"]'],
}


def orders(name: str) -> list[str]:
    kind: Any = get_named_type(QUERY.fields[name].args["orderBy"].type)
    return list(get_named_type(kind.fields["field"].type).values)


def encoded(value: Any) -> str:
    raw = value if isinstance(value, bytes) else orjson.dumps(value)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


NO_CURSORS = [
    *("", " ", "x", "=", "💥", "null", "a" * 100_000, encoded(b"\xff\xfe"), encoded(b"{"), encoded(b"[" * 100_000)),
    *(encoded(value) for value in (None, 1, True, "x", [], {}, [1], [1, 2], [1, 2, 3, 4], {"a": 1, "b": 2, "c": 3})),
    *(encoded(b"[1e400, 1e400, 1e400]"), encoded(b"[NaN, NaN, NaN]"), encoded([[], [], []]), encoded([{}, {}, {}])),
]
# What may stand in the place of a sort value; some of it is the right type for some orders.
VALUES = [
    *(b"null", b"true", b"0", b"-1", b"1e308", b"18446744073709551615", b"1" + b"0" * 300, b"[]", b"{}", b'""', b'"x"'),
    *(
        b'"\\u0000"',
        b'"NaN"',
        b'"Infinity"',
        b'"-Infinity"',
        b'"1e400"',
        b'"1_0"',
        b'"2026-07-02"',
        b'"2026-07-02T12:00:00"',
    ),
    *(b'"0001-01-01T00:00:00+14:00"', b'"9999-12-31T23:59:59-14:00"', b'"0001-01-01T00:00:00+00:00"', b'"0001-01-01"'),
    *(
        b'"9999-12-31"',
        b'"2026-07-02T12:00:00+23:59"',
        b'"2026-W01-1"',
        b'"' + b"x" * 10_000 + b'"',
        b"[" * 500 + b"]" * 500,
    ),
]
BAD_IDS = [b"null", b"5", b'"x"', b"[]", b"{}", b'"' + b"0" * 5000 + b'"', b'"\\u0000"']
MOMENT = b'"2026-07-02T12:00:00+00:00"'
GOOD = {"CREATED_AT": MOMENT, "UPDATED_AT": MOMENT, "POSITION": b"1.5", "STARTS_ON": b'"2026-01-01"'}
GOOD["RECORDED"] = b'"01a20535-1fcd-74ae-8ec2-97207139be88"'


@pytest.mark.parametrize("cursor", NO_CURSORS, ids=lambda cursor: ascii(cursor)[:30])
async def test_no_cursor(asker: Asker, cursor: str) -> None:
    for name in LISTS:
        for size, argument in (("first", "after"), ("last", "before")):
            document = f"query($cursor: String) {{ {name}({size}: 1, {argument}: $cursor) {{ nodes {{ id }} }} }}"
            assert (name, await asker.codes(document, cursor=cursor)) == (name, BAD)


@pytest.mark.parametrize("name", LISTS)
async def test_a_cursor_with_another_value_in_it(asker: Asker, name: str) -> None:
    wrong = {}
    for order in orders(name):
        kind = QUERY.fields[name].args["orderBy"].type
        document = f"query($c: String, $o: {kind}) {{ {name}(after: $c, orderBy: $o) {{ nodes {{ id }} }} }}"
        by = {"field": order, "direction": "ASC"}
        some = b'"%s"' % str(uuid4()).encode()
        pairs = [*((value, some) for value in VALUES), *((GOOD.get(order, b'"x"'), id) for id in BAD_IDS)]
        for value, id in pairs:
            cursor = encoded(b'["%s ASC",%s,%s]' % (order.encode(), value, id))
            answer = await asker.client.answer(document, c=cursor, o=by)
            codes = [error["extensions"]["code"] for error in answer.get("errors", [])]
            if codes not in (BAD, []) or (codes == [] and id in BAD_IDS):
                wrong[order, value[:40], id[:20]] = codes
    assert wrong == {}


@pytest.mark.parametrize("name", LISTS)
async def test_a_cursor_of_another_order_or_cut_short(asker: Asker, name: str) -> None:
    kind = QUERY.fields[name].args["orderBy"].type
    document = f"query($c: String, $o: {kind}) {{ {name}(first: 1, after: $c, orderBy: $o) {{ edges {{ cursor }} }} }}"
    ways = [{"field": order, "direction": direction} for order in orders(name) for direction in ("ASC", "DESC")]
    # It needs a filter of one cycle (tests/paging/test_computed_orders.py).
    ways = [way for way in ways if way["field"] != "PACE"]
    cursors = {}
    for way in ways:
        answer = await asker.client.data(document, o=way)
        cursors[way["field"], way["direction"]] = answer[name]["edges"][0]["cursor"]
    for number, way in enumerate(ways):
        # Its own, and a few of the others.
        for other, cursor in [*cursors.items()][number % 4 :: 4]:
            same = other == (way["field"], way["direction"])
            assert await asker.codes(document, c=cursor, o=way) == ([] if same else BAD)
    cursor = cursors[ways[0]["field"], "ASC"]
    for length in range(0, len(cursor), 9):
        assert await asker.codes(document, c=cursor[:length], o=ways[0] | {"direction": "ASC"}) == BAD


@pytest.mark.parametrize(("kind", "fields"), NESTED.items(), ids=NESTED.keys())
async def test_a_bad_cursor_below_an_object(asker: Asker, kind: str, fields: list[str]) -> None:
    id = asker.estate.ids[{"Objective": "root", "KeyResult": "number", "Kpi": "kpi"}[kind]]
    wrong = {}
    for field in fields:
        page = f"{field}(after: $c) {{ nodes {{ __typename }} }}"
        document = f"query($id: ID!, $c: String) {{ node(id: $id) {{ ... on {kind} {{ {page} }} }} }}"
        forms = FORMS.get(field, [b'["POSITION ASC",%s,"%s"]'])
        some = str(uuid4()).encode()
        made = [encoded(form % (value, some)) for form in forms for value in VALUES]
        for cursor in [*NO_CURSORS, *made]:
            answer = await asker.client.answer(document, id=id, c=cursor)
            codes = [error["extensions"]["code"] for error in answer.get("errors", [])]
            if codes not in (BAD, []) or (codes == [] and cursor in NO_CURSORS):
                wrong[field, ascii(cursor)[:60]] = codes
    assert wrong == {}


async def test_a_cursor_of_a_tree_has_a_number_and_an_edge_for_each_level(asker: Asker) -> None:
    document = "query($id: ID!, $c: String) { objective(id: $id) { descendants(after: $c) { edges { depth } } } }"
    edge = str(uuid4())
    for places, edges in (["NaN"], [edge]), (["Infinity"], [edge]), ([1, 2], [edge]), ([1], []):
        cursor = encoded([places, edges])
        assert await asker.codes(document, id=asker.estate.ids["root"], c=cursor) == BAD
    assert await asker.codes(document, id=asker.estate.ids["root"], c=encoded([[1], [edge]])) == []
