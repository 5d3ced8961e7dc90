"""Variables that hold more than can be read without holding up everybody else."""

from typing import Any

import pytest

from tests.kit.client import Client

LISTED = "query($filter: ObjectiveFilter) { objectives(filter: $filter) { nodes { id } } }"
TWENTY = " ".join(
    f"a{number}: objectives(first: {number + 1}, filter: $filter) {{ totalCount }}" for number in range(20)
)
HUNDRED: list[dict[str, Any]] = [{"title": {"eq": str(number)}} for number in range(100)]


async def asked(client: Client, query: str, **variables: Any) -> tuple[int, dict[str, Any]]:
    response = await client.http.post("/graphql", json={"query": query, "variables": variables})
    return response.status_code, response.json()


@pytest.mark.parametrize(
    ("query", "filter", "values"),
    [
        (LISTED, {"and": [{}] * 5_000}, 30_007),
        (LISTED, {"or": [{"or": [{}] * 100}] * 100}, 60_707),
        (LISTED, {"title": {"in": ["x"] * 15_000}}, 15_013),
        (f"query($filter: ObjectiveFilter) {{ {TWENTY} }}", {"or": HUNDRED}, 26_140),
    ],
    ids=["empty filters", "nested ones", "members", "used twenty times"],
)
async def test_too_many_values_are_refused_before_they_are_read(
    client: Client, query: str, filter: dict[str, Any], values: int
) -> None:
    status, answer = await asked(client, query, filter=filter)
    [error] = answer["errors"]
    assert (status, error["extensions"]["code"]) == (400, "BAD_USER_INPUT")
    assert error["message"] == (
        f"The variables hold {values} values, counted wherever they are used, an object for 6; the limit is 15000."
        " Send several operations."
    )


async def test_many_values_that_are_used_once_are_read(client: Client) -> None:
    status, answer = await asked(client, LISTED, filter={"and": HUNDRED, "or": HUNDRED})
    assert (status, answer) == (200, {"data": {"objectives": {"nodes": []}}})
    point = {"kpiId": "x", "externalId": "x", "on": "2026-01-01", "at": None, "value": "1", "label": None}
    points = [{**point, "source": "x", "reason": "x"} for _ in range(1_000)]
    mutation = """mutation($input: KpiMeasurementsRecordInput!) {
        kpiMeasurementsRecord(input: $input) { failed } }"""
    status, answer = await asked(client, mutation, input={"measurements": points})
    assert status == 200
    assert answer["data"]["kpiMeasurementsRecord"] == {"failed": 1_000}


async def test_empty_filters_inside_of_a_filter_count_as_comparisons(client: Client) -> None:
    wanted: dict[str, Any] = {"and": [{}] * 100, "or": [{}] * 100}
    assert (await asked(client, LISTED, filter=wanted))[0] == 200
    _, answer = await asked(client, LISTED, filter={**wanted, "title": {"eq": "x"}})
    assert answer["errors"][0]["message"] == "A filter may have 200 comparisons."


async def test_a_comparison_with_null_names_what_finds_empty_values(client: Client) -> None:
    _, answer = await asked(client, LISTED, filter={"createdAt": {"eq": None}})
    assert answer["errors"][0]["message"] == (
        "`createdAt.eq` is null, which nothing is equal to. To find what is empty, use `createdAt: {isNull: true}`; "
        "to leave the comparison out, leave out `eq`."
    )
