"""Pages that are too small, too large or contradict themselves, at the root and below."""

from typing import Any

import pytest

from tests.bad_input.asking import BAD, Asker
from tests.kit.reads import REPORTED, STATISTICS, connections, in_report

BAD_PAGES: list[dict[str, Any]] = [
    *({"first": first} for first in (-1, 101, 2**31 - 1, -(2**31))),
    *({"last": last} for last in (-1, 101, 2**31 - 1, -(2**31))),
    *({"first": 1, "last": 1}, {"first": 0, "last": 0}, {"before": "x"}, {"first": 1, "before": "x"}),
    *({"last": 1, "after": "x"}, {"after": "x", "before": "x"}, {"last": 1, "after": "x", "before": "x"}),
]
ARGUMENTS = "$first: Int, $last: Int, $after: String, $before: String"
GIVEN = "first: $first, last: $last, after: $after, before: $before"
PARENTS = {
    "Objective": "root",
    "KeyResult": "number",
    "Cycle": "cycle",
    "Person": "person",
    "Team": "team",
    "Pillar": "pillar",
    "Kpi": "kpi",
    "Initiative": "work",
}


def document(connection: str) -> str:
    kind, name = connection.split(".")
    page = f"{name}({GIVEN}) {{ totalCount nodes {{ __typename }} }}"
    if kind == "Query":
        return f"query({ARGUMENTS}) {{ {page} }}"
    if kind == "Organization":
        return f"query({ARGUMENTS}) {{ organization {{ {page} }} }}"
    if kind in STATISTICS:
        return f"query({ARGUMENTS}) {{ {STATISTICS[kind]} {{ {page} }} }}"
    if kind in REPORTED:
        return f"query($id: ID!, {ARGUMENTS}) {{ {in_report(kind, page)} }}"
    return f"query($id: ID, {ARGUMENTS}) {{ nodes(ids: [$id]) {{ ... on {kind} {{ {page} }} }} }}".replace(
        "ID,", "ID!,"
    )


def test_every_connection_is_asked() -> None:
    assert {name.split(".")[0] for name in connections()} == {"Query", "Organization", *PARENTS, *REPORTED, *STATISTICS}


@pytest.mark.parametrize("connection", sorted(connections()))
async def test_a_page_that_cannot_be_meant(asker: Asker, connection: str) -> None:
    parent = connection.split(".")[0]
    id = asker.estate.ids.get("cycle" if parent in REPORTED else PARENTS.get(parent, ""))
    wrong = {}
    for page in BAD_PAGES:
        codes = await asker.codes(document(connection), **({"id": id} if id else {}), **page)
        # Each count of a report has its own.
        if set(codes) != set(BAD):
            wrong[str(page)] = codes
    for page in (
        {},
        {"first": 0},
        {"last": 0},
        {"first": 1},
        {"first": 100},
        {"last": 100},
        {"first": None, "last": None, "after": None},
    ):
        assert await asker.codes(document(connection), **({"id": id} if id else {}), **page) == []
    assert wrong == {}


@pytest.mark.parametrize("depth", [0, -1, 101, 2**31 - 1])
async def test_a_depth_that_cannot_be_meant(asker: Asker, depth: int) -> None:
    tree = "query($id: ID!, $depth: Int) { objective(id: $id) { descendants(maxDepth: $depth) { totalCount } } }"
    assert await asker.codes(tree, id=asker.estate.ids["root"], depth=depth) == BAD


@pytest.mark.parametrize(
    "order",
    [
        {"field": "NOPE"},
        {"field": "title"},
        {"field": None},
        {"direction": "UP"},
        {"direction": None},
        "TITLE",
        1,
        [1, 2],
    ],
    ids=str,
)
async def test_an_order_that_is_none(asker: Asker, order: Any) -> None:
    document = "query($order: ObjectiveOrder) { objectives(orderBy: $order) { totalCount } }"
    assert await asker.codes(document, order=order) == BAD
