"""Conditions and orders of the list of KPIs on what is computed: status, freshness, trend, attainment and change."""

from typing import Any

import pytest

from schema.kpis import cards
from tests.kit.client import Client, Statements
from tests.kit.kpis import kpi, record
from tests.kpis.test_kpis_scorecard import furnished

LIST = """query($filter: KpiFilter, $summary: KpiSummaryFilter, $order: KpiOrder, $archived: Boolean) {
    kpis(first: 100, filter: $filter, summary: $summary, orderBy: $order, includeArchived: $archived) {
        totalCount nodes { name status freshness trend attainment changeRatio } } }"""
CONDITIONS: list[tuple[dict[str, Any], Any]] = [
    ({"status": {"eq": "GREEN"}}, lambda kpi: kpi["status"] == "GREEN"),
    ({"status": {"in": ["AMBER", "NO_DATA"]}}, lambda kpi: kpi["status"] in ("AMBER", "NO_DATA")),
    ({"status": {"in": []}}, lambda kpi: False),
    ({"freshness": {"neq": "FRESH"}}, lambda kpi: kpi["freshness"] != "FRESH"),
    ({"trend": {"isNull": True}}, lambda kpi: kpi["trend"] is None),
    ({"trend": {"neq": "IMPROVING"}}, lambda kpi: kpi["trend"] != "IMPROVING"),
    ({"trend": {"eq": "IMPROVING"}}, lambda kpi: kpi["trend"] == "IMPROVING"),
    ({"attainment": {"lt": 0.95}}, lambda kpi: kpi["attainment"] is not None and kpi["attainment"] < 0.95),
    ({"attainment": {"eq": 0.95}}, lambda kpi: kpi["attainment"] == 0.95),
    ({"attainment": {"gte": 0.95, "lte": 1}}, lambda kpi: kpi["attainment"] in (0.95, 1)),
    ({"attainment": {"gt": 0.95}}, lambda kpi: (kpi["attainment"] or 0) > 0.95),
    (
        {"attainment": {"isNull": False}, "freshness": {"eq": "FRESH"}},
        lambda kpi: kpi["name"] in ("Costs", "Revenue", "Up"),
    ),
]


async def more_furnished(client: Client) -> None:
    await furnished(client)
    up = await kpi(client, "Up")
    await client.make("kpiTargetCreate", kpiId=up, value="120", startsOn="2020-01-01")
    await record(client, up, {"2026-04-01": "10", "2026-05-01": "20", "2026-06-01": "30"})
    await client.make("kpiArchive", id=await kpi(client, "Archived"))


async def test_conditions_are_on_what_the_list_shows(client: Client) -> None:
    await more_furnished(client)
    everything = (await client.data(LIST, archived=True))["kpis"]["nodes"]
    assert len(everything) == 7
    assert [summary for summary, meets in CONDITIONS if all(map(meets, everything))] == []
    assert [summary for summary, meets in CONDITIONS if not any(map(meets, everything))] == [{"status": {"in": []}}]
    for summary, meets in CONDITIONS:
        for filter in (
            None,
            {"name": {"neq": "Costs"}},
            {"or": [{"name": {"contains": "u"}}, {"teamId": {"isNull": False}}]},
        ):
            for archived in (True, False):
                plain = (await client.data(LIST, filter=filter, archived=archived))["kpis"]["nodes"]
                found = (await client.data(LIST, filter=filter, summary=summary, archived=archived))["kpis"]
                expected = [each for each in plain if meets(each)]
                assert (summary, found) == (summary, {"totalCount": len(expected), "nodes": expected})
    for order, value in (("ATTAINMENT", "attainment"), ("CHANGE", "changeRatio")):
        for direction in ("ASC", "DESC"):
            found = (await client.data(LIST, order={"field": order, "direction": direction}, archived=True))["kpis"]
            values = [each[value] for each in found["nodes"]]
            known = [each for each in values if each is not None]
            assert len(values) > len(known) > 2
            assert known == sorted(known, reverse=direction == "DESC")
            assert values == [*known, *[None] * (len(values) - len(known))]


@pytest.mark.parametrize("order", ["ATTAINMENT", "CHANGE", "NAME"])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_pages_have_each_kpi_once(client: Client, order: str, direction: str) -> None:
    """All pages are as of the first one, also if a KPI becomes late meanwhile. Some have the same value, or none."""
    await more_furnished(client)
    same = await kpi(client, "Same")
    await client.make("kpiTargetCreate", kpiId=same, value="100", startsOn="2020-01-01")
    await record(client, same, {"2026-05-01": "50", "2026-06-01": "100"})
    summary = "summary: {status: {neq: RED}}"
    by = f"orderBy: {{field: {order}, direction: {direction}}}"
    whole = (await client.data(f"{{ kpis({by}, {summary}) {{ nodes {{ id }} }} }}"))["kpis"]["nodes"]
    assert len(whole) > 5
    for size, other, cursor in (("first", "after", "endCursor"), ("last", "before", "startCursor")):
        at, is_more, found = "", True, list[Any]()
        while is_more:
            page = (
                await client.data(
                    f"""{{ kpis({by}, {summary}, {size}: 2{at}) {{ totalCount nodes {{ id }}
                        pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"""
                )
            )["kpis"]
            assert page["totalCount"] == len(whole)
            found = [*found, *page["nodes"]] if size == "first" else [*page["nodes"], *found]
            at, is_more = f', {other}: "{page["pageInfo"][cursor]}"', page["pageInfo"][MORE[size]]
            client.clock.advance(days=40)
        assert found == whole
        client.clock.advance(days=-40 * ((len(whole) + 1) // 2))
    page = f'{{ kpis(orderBy: {{field: ATTAINMENT}}, {size}: 2, {other}: "%s") {{ totalCount }} }}'
    for bad in (
        "nonsense",
        "WyJBVFRBSU5NRU5UIEFTQyIsIjFlOTk5OTk5OTk5IiwiMDFhMjJhMGEtOGE3YS03NDljLWFmY2ItYzUyNDAwZjdiZjgzIl0",
    ):
        answer = await client.answer(page % bad)
        assert [each["extensions"]["code"] for each in answer["errors"]] == ["BAD_USER_INPUT"]


MORE = {"first": "hasNextPage", "last": "hasPreviousPage"}


async def test_what_cannot_be_compared_is_an_error(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    await more_furnished(client)
    for summary in ({"status": {"eq": None}}, {"status": {"in": ["RED"] * 101}}):
        answer = await client.answer(LIST, summary=summary)
        assert [each["extensions"]["code"] for each in answer["errors"]] == ["BAD_USER_INPUT"]
    monkeypatch.setattr(cards, "MAX_SCORECARD_KPIS", 5)
    for variables in ({"summary": {"status": {"eq": "RED"}}}, {"order": {"field": "CHANGE"}}):
        answer = await client.answer(LIST, **variables)
        assert [each["message"] for each in answer["errors"]] == [
            "There are more than 5 KPIs; narrow them by `filter`."
        ]
        part = await client.data(LIST, filter={"category": {"eq": "Money"}}, **variables)
        assert part["kpis"]["totalCount"] in (0, 2)
    assert (await client.data(LIST, summary={"status": None}))["kpis"]["totalCount"] == 6


async def test_one_statement_reads_the_list(client: Client, statements: Statements) -> None:
    await more_furnished(client)
    for summary in ({"status": {"eq": "NO_DATA"}}, {"status": {"neq": "RED"}}):
        sent = await statements.of(client.data(LIST, summary=summary, order={"field": "ATTAINMENT"}))
        assert len([each for each in sent if "kpi_measurements" in each]) == 1
        assert len(sent) <= 3
