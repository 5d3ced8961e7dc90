"""Whatever happens to a point, all that is computed from it is right in the same answer, and doctor agrees."""

import asyncio
from typing import Any

from tests.kit.client import Client
from tests.kit.kpis import deleted, findings, goal, kpi, read, record, recorded, values

WINDOW = 'series(from: "2026-01-01", to: "2026-04-30") { value nullReason }'


async def test_late_revised_and_deleted_points_reach_formulas_goals_and_their_ancestors(client: Client) -> None:
    sales = await kpi(client, "Sales", externalId="sales")
    cost = await kpi(client, "Cost", externalId="cost")
    await kpi(client, "Profit", externalId="profit", formula="sales - cost")
    margin = await kpi(client, "Margin", formula="100 * profit / sales")
    cycle = await client.cycle()
    top, middle, low = [await client.objective(cycle, t, progressSource="BOTH") for t in ("Top", "Middle", "Low")]
    await client.make("objectiveAlign", objectiveId=low, parentId=middle)
    await client.make("objectiveAlign", objectiveId=middle, parentId=top)
    followed = {"kind": "INCREASE", "baseline": "0", "target": "100", "valueSource": "KPI", "sourceKpiId": margin}
    key_result = await client.key_result(low, **followed)
    document = """
        mutation($points: [KpiMeasurementInput!]!) { kpiMeasurementsRecord(input: {measurements: $points}) {
            userErrors { code }
            kpis { name keyResults { id } }
        } }"""
    assert (await client.data(document, points=[{"kpiId": sales, "on": "2026-03-01", "value": "200"}])) == {
        "kpiMeasurementsRecord": {"userErrors": [], "kpis": [{"name": "Sales", "keyResults": []}]}
    }

    async def shown() -> list[Any]:
        found = await client.data("{ objectives(orderBy: {field: TITLE}) { nodes { title progress } } }")
        shares = {node["title"]: node["progress"] for node in found["objectives"]["nodes"]}
        now = await goal(client, key_result, "current progress")
        assert {shares["Top"], shares["Middle"], shares["Low"]} == {now["progress"]}
        assert await findings(client) == []
        return [(await read(client, margin, "current"))["current"], now["current"], now["progress"]]

    assert await shown() == [None, "0", 0]
    await record(client, cost, {"2026-03-01": "150"})
    assert await shown() == ["25", "25", 0.25]
    await record(client, cost, {"2026-02-01": "1"})
    await record(client, sales, {"2026-02-01": "4"})
    assert await shown() == ["25", "25", 0.25]
    await record(client, cost, {"2026-03-01": "100"})
    assert await shown() == ["50", "50", 0.5]
    await deleted(client, [{"kpiId": cost, "on": "2026-03-01"}])
    assert await shown() == ["75", "75", 0.75]
    await deleted(client, [{"kpiId": sales, "on": "2026-03-01"}, {"kpiId": sales, "on": "2026-02-01"}])
    assert await shown() == [None, "0", 0]
    await record(client, sales, {"2026-02-01": "2"})
    assert await shown() == ["50", "50", 0.5]
    await record(client, sales, {"2026-02-01": "0"})
    assert (await shown())[0] is None


async def test_one_call_of_inputs_and_late_points_settles_all_at_once(client: Client) -> None:
    a, b = await kpi(client, "A", externalId="a"), await kpi(client, "B", externalId="b")
    ids = [
        await kpi(client, "Growth", formula="a - lag(a, 1)"),
        await kpi(client, "Window", formula="sum(a, 2)"),
        await kpi(client, "Both", externalId="both", formula="a + b"),
        await kpi(client, "Over", formula="lag(both, 1) * 2"),
    ]
    points = [(a, "2026-03-01", "7"), (b, "2026-01-01", "1"), (a, "2026-01-01", "2"), (a, "2026-02-01", "4")]
    await recorded(client, [{"kpiId": id, "on": day, "value": value} for id, day, value in points])
    none = "INPUT_MISSING"
    found = [await values(client, id, last="2026-03-31") for id in ids]
    assert found == [[none, "2", "3"], [none, "6", "11"], ["3", none, none], [none, "6", none]]
    await recorded(client, [{"kpiId": b, "on": day, "value": "1"} for day in ("2026-03-01", "2026-02-01")])
    await deleted(client, [{"kpiId": a, "on": "2026-02-01"}])
    found = [await values(client, id, last="2026-03-31") for id in ids]
    assert found == [[none, None, none], [none, None, none], ["3", none, "8"], [none, "6", none]]
    assert await findings(client) == []


async def test_inputs_are_first_gathered_by_their_own_aggregation(client: Client) -> None:
    given = ["SUM", "AVERAGE", "MIN", "MAX", "LAST", "COUNT"]
    names = [name.lower() for name in given]
    inputs = {n: await kpi(client, n, externalId=f"k{n}", frequency="WEEKLY", aggregation=n.upper()) for n in names}
    made = {n: await kpi(client, f"Of {n}", formula=f"k{n} * 10") for n in names}
    same = await kpi(client, "Same", formula="kcount * 10", frequency="WEEKLY")
    weeks = {"2026-06-01": "4", "2026-06-08": "1", "2026-06-15": "3", "2026-06-22": "3", "2026-06-29": "4"} | {
        "2026-05-25": "100"
    }
    for id in inputs.values():
        await record(client, id, weeks)
    found = {name: (await values(client, id, "2026-06-01", "2026-06-30"))[0] for name, id in made.items()}
    assert found == {"sum": "150", "average": "30", "min": "10", "max": "40", "last": "40", "count": "50"}
    assert (await values(client, same, "2026-06-01", "2026-06-14")) == ["40", "10"]
    growing = await kpi(client, "Growing", externalId="g", frequency="WEEKLY", aggregation="SUM", cumulative=True)
    last = await kpi(client, "Latest", formula="g")
    await record(client, growing, weeks)
    assert await values(client, last, "2026-06-01", "2026-06-30") == ["4"]
    assert await findings(client) == []


async def test_a_parent_sums_its_children_from_where_each_begins(client: Client) -> None:
    top = await kpi(client, "Top", source="CHILDREN_SUM")
    north, south = await kpi(client, "North", parentId=top), await kpi(client, "South", parentId=top)
    await record(client, north, {"2026-01-01": "1", "2026-02-01": "2", "2026-03-01": "3", "2026-04-01": "4"})
    await record(client, south, {"2026-02-01": "10", "2026-04-01": "40"})
    missing = {"value": None, "nullReason": "INPUT_MISSING"}
    shown = [{"value": value, "nullReason": None} for value in ("1", "12", "44")]
    assert (await read(client, top, WINDOW))["series"] == [*shown[:2], missing, shown[2]]
    await deleted(client, [{"kpiId": south, "on": "2026-02-01"}])
    assert await values(client, top, last="2026-04-30") == ["1", "2", "3", "44"]
    await record(client, south, {"2026-01-01": "5"})
    assert await values(client, top, last="2026-04-30") == ["6", "INPUT_MISSING", "INPUT_MISSING", "44"]
    await client.make("kpiArchive", id=south)
    # What an archived child was before stays in the sums of that time; from May on it is not expected.
    assert await values(client, top, last="2026-04-30") == ["6", "INPUT_MISSING", "INPUT_MISSING", "44"]
    await record(client, north, {"2026-07-01": "7"})
    assert await values(client, top, "2026-07-01", "2026-07-31") == ["7"]
    await client.make("kpiRestore", id=south)
    assert await values(client, top, "2026-07-01", "2026-07-31") == ["INPUT_MISSING"]
    await client.make("kpiUpdate", id=north, parentId=None)
    assert await values(client, top, last="2026-04-30") == ["5", None, None, "40"]
    assert await findings(client) == []


async def test_a_sum_of_children_that_no_decimal_keeps_is_out_of_range(client: Client) -> None:
    top = await kpi(client, "Top", source="CHILDREN_SUM")
    for name in ("North", "South"):
        await record(client, await kpi(client, name, parentId=top), {"2026-06-01": "9" * 24})
    assert await read(client, top, "current currentReason") == {"current": None, "currentReason": "OUT_OF_RANGE"}


async def test_a_parent_averages_its_children_by_weight(client: Client) -> None:
    top = await kpi(client, "Top", source="CHILDREN_MEAN")
    north = await kpi(client, "North", parentId=top, weight=3)
    south = await kpi(client, "South", parentId=top, weight=1)
    unheard = await kpi(client, "Unheard", parentId=top, weight=0)
    for id, value in ((north, "10"), (south, "20"), (unheard, "1000")):
        await record(client, id, {"2026-06-01": value})
    current = [(await read(client, top, "current"))["current"]]
    for id, weight in ((south, 2), (south, 0), (north, 0)):
        await client.make("kpiUpdate", id=id, weight=weight)
        current.append((await read(client, top, "current"))["current"])
    assert current == ["12.5", "14", "10", None]
    assert await findings(client) == []


async def test_a_changed_formula_and_a_changed_input_are_computed_anew(client: Client) -> None:
    a = await kpi(client, "A", externalId="a", frequency="WEEKLY", aggregation="SUM")
    made = await kpi(client, "Made", formula="a + 1")
    await record(client, a, {"2026-05-04": "0", "2026-05-11": "1", "2026-05-18": "0", "2026-05-25": "2"})
    found = [await values(client, made, "2026-05-01", "2026-05-31")]
    for facts in ({"id": made, "formula": "a * 10"}, {"id": a, "aggregation": "MAX"}, {"id": a, "cumulative": True}):
        await client.make("kpiUpdate", **facts)
        found.append(await values(client, made, "2026-05-01", "2026-05-31"))
    assert found == [["4"], ["30"], ["20"], ["20"]]
    assert await findings(client) == []


async def test_two_at_once_record_the_same_point_and_one_value_counts(client: Client) -> None:
    id = await kpi(client)
    payloads = await asyncio.gather(*(record(client, id, {"2026-06-01": str(n)}) for n in range(8)))
    outcomes = sorted(payload["results"][0]["outcome"] for payload in payloads)
    assert outcomes == ["CREATED", *["REVISED"] * 7]
    selection = "measurements { totalCount nodes { revisionNumber revisions { revisionNumber value } } } current"
    found = await read(client, id, selection)
    [point] = found["measurements"]["nodes"]
    assert (found["measurements"]["totalCount"], point["revisionNumber"]) == (1, 8)
    assert [each["revisionNumber"] for each in point["revisions"]] == [8, 7, 6, 5, 4, 3, 2, 1]
    assert sorted(each["value"] for each in point["revisions"]) == [str(n) for n in range(8)]
    assert point["revisions"][0]["value"] == found["current"]


async def test_two_at_once_record_the_inputs_of_one_formula_and_it_is_right(client: Client) -> None:
    names = [f"k{n}" for n in range(6)]
    ids = [await kpi(client, name, externalId=name) for name in names]
    total = await kpi(client, "Total", externalId="total", formula=" + ".join(names))
    double = await kpi(client, "Double", formula="2 * total")
    for turn in range(1, 4):
        work = [record(client, id, {"2026-06-01": str(10**place * turn)}) for place, id in enumerate(ids)]
        assert [payload["userErrors"] for payload in await asyncio.gather(*work)] == [[]] * 6
        assert (await read(client, total, "current"))["current"] == str(111111 * turn)
        assert (await read(client, double, "current"))["current"] == str(222222 * turn)
    assert await findings(client) == []


async def test_recorders_of_the_same_kpis_in_other_orders_meet_no_deadlock(client: Client) -> None:
    ids = [await kpi(client, f"K{n}", externalId=f"k{n}") for n in range(4)]
    await kpi(client, "Total", formula="k0 + k1 + k2 + k3")
    orders = [ids, ids[::-1], ids[2:] + ids[:2], ids[1:3]] * 3
    points = [[{"kpiId": id, "on": "2026-06-01", "value": str(n)} for id in order] for n, order in enumerate(orders)]
    payloads = await asyncio.gather(*(recorded(client, each) for each in points))
    assert [(payload["failed"], payload["userErrors"]) for payload in payloads] == [(0, [])] * 12
    assert await findings(client) == []


async def test_a_formula_that_is_expected_earlier_blanks_its_parent_though_none_of_its_points_changes(
    client: Client,
) -> None:
    """A lag keeps the formula from a value, and of its two inputs one is there before and after."""
    parent = await kpi(client, "Parent", source="CHILDREN_SUM")
    growing, other = await kpi(client, "Growing", externalId="x"), await kpi(client, "Other", externalId="y")
    plain = await kpi(client, "Plain", parentId=parent)
    formula = await kpi(client, "Formula", formula="[x] + lag([x], 1) + [y]", parentId=parent)
    await record(client, plain, {f"2026-{month:02}-01": "1" for month in range(1, 5)})
    await record(client, other, dict.fromkeys(("2025-12-01", "2026-01-01", "2026-02-01"), "1"))
    own = ["INPUT_MISSING", "INPUT_MISSING", None, None]
    assert await values(client, formula, last="2026-04-30") == own
    assert await values(client, parent, last="2026-04-30") == ["1"] * 4
    await record(client, growing, {"2026-01-01": "5"})
    assert await values(client, formula, last="2026-04-30") == own
    assert await values(client, parent, last="2026-04-30") == ["1", *["INPUT_MISSING"] * 3]
    assert await findings(client) == []
    await deleted(client, [{"kpiId": growing, "on": "2026-01-01"}])
    assert await values(client, parent, last="2026-04-30") == ["1"] * 4
    assert await findings(client) == []
