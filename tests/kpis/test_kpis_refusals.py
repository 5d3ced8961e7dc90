"""What is wrong with KPIs, their formulas, targets and parents is told by code and field, and changes nothing."""

import asyncio
from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.kpis import findings, kpi, read, record, refusal, target

LONG = [str(n) for n in range(51)]


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"timeZone": "Mars/Olympus"}, "TIME_ZONE_UNKNOWN", "timeZone"),
        ({"timeZone": ""}, "TIME_ZONE_UNKNOWN", "timeZone"),
        ({"timeZone": "../../etc/passwd"}, "TIME_ZONE_UNKNOWN", "timeZone"),
        ({"scale": ["a", "b"]}, "SCALE_INVALID", "scale"),
        ({"valueType": "QUALITATIVE"}, "SCALE_INVALID", "scale"),
        ({"valueType": "QUALITATIVE", "scale": ["a"]}, "SCALE_INVALID", "scale"),
        ({"valueType": "QUALITATIVE", "scale": ["a", "a"]}, "SCALE_INVALID", "scale"),
        ({"valueType": "QUALITATIVE", "scale": ["a", " "]}, "SCALE_INVALID", "scale"),
        ({"valueType": "QUALITATIVE", "scale": ["a", "b" * 201]}, "SCALE_INVALID", "scale"),
        ({"valueType": "QUALITATIVE", "scale": LONG}, "SCALE_INVALID", "scale"),
        ({"source": "FORMULA"}, "FORMULA_SOURCE_MISMATCH", "formula"),
        ({"source": "FORMULA", "formula": "  "}, "FORMULA_SOURCE_MISMATCH", "formula"),
        ({"source": "MEASURED", "formula": "1"}, "FORMULA_SOURCE_MISMATCH", "formula"),
        ({"source": "CHILDREN_SUM", "formula": "1"}, "FORMULA_SOURCE_MISMATCH", "formula"),
        ({"formula": "1", "frequency": "IRREGULAR"}, "FREQUENCY_NOT_ALLOWED", "frequency"),
        ({"source": "CHILDREN_MEAN", "frequency": "IRREGULAR"}, "FREQUENCY_NOT_ALLOWED", "frequency"),
        ({"graceDays": -1}, "GRACE_OUT_OF_RANGE", "graceDays"),
        ({"graceDays": 367}, "GRACE_OUT_OF_RANGE", "graceDays"),
        ({"weight": -0.1}, "WEIGHT_OUT_OF_RANGE", "weight"),
        ({"weight": 1_000_001}, "WEIGHT_OUT_OF_RANGE", "weight"),
        ({"name": " "}, "BLANK", "name"),
        ({"name": "x" * 201}, "TOO_LONG", "name"),
    ],
)
async def test_a_definition_that_makes_no_sense_is_refused(
    client: Client, facts: dict[str, Any], code: str, field: str
) -> None:
    assert await client.refused("kpiCreate", **{"name": "KPI", **facts}) == (code, ["input", field])
    assert await client.data("{ kpis { totalCount } }") == {"kpis": {"totalCount": 0}}


@pytest.mark.parametrize(
    ("formula", "code", "told"),
    [
        ("sales +\n 2 * nothing", "FORMULA_KPI_UNKNOWN", "'nothing' at line 2, column 6"),
        ("[old]", "FORMULA_KPI_UNKNOWN", "'old' at line 1, column 1"),
        ("self", "FORMULA_KPI_UNKNOWN", "'self' at line 1, column 1"),
        ("1 + (sales - orders)", "FORMULA_UNIT_MISMATCH", "at line 1, column 6: EUR and order"),
        ("1 +", "FORMULA_INVALID", "at line 1, column 3"),
        ("__import__('os')", "FORMULA_INVALID", "at line 1, column 11"),
        ("(" * 60 + "1" + ")" * 60, "FORMULA_TOO_LARGE", "40 deep"),
        ("1" * 30, "FORMULA_TOO_LARGE", "24 digits"),
        ("sum(" * 9 + "sales" + ", 9)" * 9, "FORMULA_TOO_LARGE", "steps"),
        ("yearly", "INPUT_TOO_COARSE", "Yearly"),
    ],
)
async def test_a_formula_that_cannot_be_computed_is_refused_with_its_place(
    client: Client, formula: str, code: str, told: str
) -> None:
    await kpi(client, "Sales", externalId="sales", unit="EUR")
    await kpi(client, "Orders", externalId="orders", unit="order")
    await kpi(client, "Yearly", externalId="yearly", frequency="YEARLY")
    await client.make("kpiArchive", id=await kpi(client, "Old", externalId="old"))
    found = await refusal(client, "kpiCreate", name="Made", externalId="self", formula=formula)
    assert found[:2] == (code, ["input", "frequency" if code == "INPUT_TOO_COARSE" else "formula"])
    assert told in found[2]
    assert await client.data("{ kpis { totalCount } }") == {"kpis": {"totalCount": 3}}


async def test_the_longest_chains_that_are_allowed_can_be_saved_and_computed(client: Client) -> None:
    sales = await kpi(client, "Sales", externalId="s")
    minus = await kpi(client, "Minus", formula="-" * 200 + "s")
    deep = await kpi(client, "Deep", formula="-(" * 40 + "s" + "+1-1" * 30 + ")" * 40)
    await record(client, sales, {"2026-06-01": "2"})
    assert [(await read(client, each, "current"))["current"] for each in (minus, deep)] == ["2", "2"]


async def test_the_unit_of_a_formula_has_to_be_its_own(client: Client) -> None:
    await kpi(client, "Sales", externalId="sales", unit="EUR")
    code, field, message = await refusal(client, "kpiCreate", name="Double", unit="USD", formula="2 * sales")
    assert (code, field) == ("FORMULA_UNIT_MISMATCH", ["input", "unit"])
    assert "EUR" in message
    assert "USD" in message


async def test_rings_of_one_two_and_three_are_refused(client: Client) -> None:
    a = await kpi(client, "A", externalId="a")
    b = await kpi(client, "B", externalId="b", formula="a")
    c = await kpi(client, "C", externalId="c", formula="b + 1")
    for id, formula in ((b, "b"), (b, "c"), (b, "a + lag(c, 1)"), (b, "if(1 > 2, c, 0)")):
        found = await refusal(client, "kpiUpdate", id=id, formula=formula)
        assert found[:2] == ("KPI_FORMULA_LOOP", ["input", "formula"])
    for formula in ("a", "b", "c"):
        found = await refusal(client, "kpiUpdate", id=a, source="FORMULA", formula=formula)
        assert found[:2] == ("KPI_FORMULA_LOOP", ["input", "formula"])
    assert found[2].count("→") == 3
    assert "C names b at line 1, column 1" in found[2]
    kept = [await read(client, id, "formula source version") for id in (a, b, c)]
    assert kept == [
        {"formula": None, "source": "MEASURED", "version": 1},
        {"formula": "a", "source": "FORMULA", "version": 1},
        {"formula": "b + 1", "source": "FORMULA", "version": 1},
    ]


async def test_rings_by_way_of_parents_are_refused(client: Client) -> None:
    top = await kpi(client, "Top", externalId="top", source="CHILDREN_SUM")
    middle = await kpi(client, "Middle", parentId=top)
    made = await kpi(client, "Made", formula="top * 2")
    assert (await client.refused("kpiUpdate", id=made, parentId=top))[0] == "KPI_FORMULA_LOOP"
    assert (await client.refused("kpiUpdate", id=top, parentId=middle))[0] in ("KPI_PARENT_LOOP", "KPI_FORMULA_LOOP")
    assert (await client.refused("kpiUpdate", id=top, parentId=top))[0] in ("KPI_PARENT_LOOP", "KPI_FORMULA_LOOP")
    plain = await kpi(client, "Plain")
    part = await kpi(client, "Part", parentId=plain)
    assert await client.refused("kpiUpdate", id=plain, parentId=part) == ("KPI_PARENT_LOOP", ["input", "parentId"])
    assert await client.refused("kpiUpdate", id=plain, parentId=plain) == ("KPI_PARENT_LOOP", ["input", "parentId"])
    assert await findings(client) == []


async def test_of_two_formulas_that_would_name_each_other_one_is_refused(client: Client) -> None:
    a = await kpi(client, "A", externalId="a", formula="1")
    b = await kpi(client, "B", externalId="b", formula="1")
    payloads = await asyncio.gather(
        client.change("kpiUpdate", {"id": a, "formula": "b"}, ""),
        client.change("kpiUpdate", {"id": b, "formula": "a"}, ""),
    )
    assert sorted([error["code"] for error in payload["userErrors"]] for payload in payloads) == [
        [],
        ["KPI_FORMULA_LOOP"],
    ]


async def test_calendar_and_source_are_fixed_once_there_are_points(client: Client) -> None:
    id = await kpi(client, externalId="a")
    await client.make("kpiUpdate", id=id, frequency="WEEKLY")
    await record(client, id, {"2026-05-25": "1"})
    fixed = "KPI_DEFINITION_IMMUTABLE"
    assert await client.refused("kpiUpdate", id=id, frequency="MONTHLY") == (fixed, ["input", "frequency"])
    assert await client.refused("kpiUpdate", id=id, source="CHILDREN_SUM") == (fixed, ["input", "source"])
    assert await client.refused("kpiUpdate", id=id, source="FORMULA", formula="1") == (fixed, ["input", "source"])
    made = await kpi(client, "Made", formula="a", frequency="WEEKLY")
    assert (await client.refused("kpiUpdate", id=made, source="MEASURED", formula=None))[0] == fixed
    # What is computed can be computed anew.
    await client.make("kpiUpdate", id=made, frequency="MONTHLY")
    assert await read(client, made, "current currentPeriodStart") == {
        "current": "1",
        "currentPeriodStart": "2026-05-01",
    }
    assert await findings(client) == []


async def test_a_scale_keeps_its_length_once_there_are_points(client: Client) -> None:
    id = await kpi(client, valueType="QUALITATIVE", scale=["poor", "good"])
    await client.make("kpiUpdate", id=id, scale=["poor", "fair", "good"])
    await record(client, id, {"2026-06-01": "3"})
    fixed = "KPI_DEFINITION_IMMUTABLE"
    assert await client.refused("kpiUpdate", id=id, scale=["poor", "good"]) == (fixed, ["input", "scale"])
    assert await client.refused("kpiUpdate", id=id, valueType="QUANTITATIVE", scale=[]) == (
        fixed,
        ["input", "valueType"],
    )
    await client.make("kpiUpdate", id=id, scale=["bad", "fair", "excellent"])
    assert await read(client, id, "current currentLabel") == {"current": "3", "currentLabel": "excellent"}


async def test_a_band_that_is_not_there_shows_no_trend(client: Client) -> None:
    id = await kpi(client, direction="RANGE")
    await record(client, id, {"2026-04-01": "1", "2026-05-01": "2", "2026-06-01": "3"})
    assert (await read(client, id, "trend"))["trend"] is None
    await target(client, id, lower="3", upper="4")
    assert (await read(client, id, "trend"))["trend"] == "IMPROVING"


async def test_the_fiscal_year_is_fixed_once_there_are_points_of_quarters(client: Client) -> None:
    month, quarter = await kpi(client, "Month"), await kpi(client, "Quarter", frequency="QUARTERLY")
    await record(client, month, {"2026-06-01": "1"})
    await client.make("organizationUpdate", fiscalYearStartMonth=4)
    await record(client, quarter, {"2026-06-01": "1"})
    assert await client.refused("organizationUpdate", fiscalYearStartMonth=10) == (
        *("FISCAL_YEAR_IMMUTABLE", ["input", "fiscalYearStartMonth"]),
    )


@pytest.mark.parametrize(
    ("direction", "facts", "code", "field"),
    [
        ("HIGHER", {"value": "1", "endsOn": "2024-12-31"}, "TARGET_DATES_INVERTED", "endsOn"),
        ("HIGHER", {}, "TARGET_INCOMPLETE", "value"),
        ("HIGHER", {"value": "1", "lower": "0"}, "TARGET_INCOMPLETE", "value"),
        ("LOWER", {"value": "1", "upper": "2"}, "TARGET_INCOMPLETE", "value"),
        ("LOWER", {"lower": "1", "upper": "2"}, "TARGET_INCOMPLETE", "value"),
        ("RANGE", {"value": "1"}, "TARGET_INCOMPLETE", "lower"),
        ("RANGE", {"lower": "1"}, "TARGET_INCOMPLETE", "lower"),
        ("RANGE", {"lower": "2", "upper": "1"}, "TARGET_RANGE_INVERTED", "lower"),
        ("HIGHER", {"value": "-1"}, "THRESHOLDS_MISSING", "thresholdKind"),
        ("LOWER", {"value": "-1", "thresholdKind": "ABSOLUTE", "amber": "1"}, "THRESHOLDS_MISSING", "green"),
        ("LOWER", {"value": "-1", "thresholdKind": "ABSOLUTE", "green": "1"}, "THRESHOLDS_MISSING", "amber"),
        ("HIGHER", {"value": "1", "green": "0.8"}, "THRESHOLDS_INVERTED", "green"),
        ("HIGHER", {"value": "1", "amber": "1.1"}, "THRESHOLDS_INVERTED", "green"),
        (
            *("LOWER", {"value": "1", "thresholdKind": "ABSOLUTE", "green": "2", "amber": "1"}),
            *("THRESHOLDS_INVERTED", "green"),
        ),
    ],
)
async def test_a_target_that_makes_no_sense_is_refused(
    client: Client, direction: str, facts: dict[str, Any], code: str, field: str
) -> None:
    id = await kpi(client, direction=direction)
    given = {"kpiId": id, "startsOn": "2025-01-01", **facts}
    assert await client.refused("kpiTargetCreate", **given) == (code, ["input", field])
    assert await read(client, id, "targets { id }") == {"targets": []}


async def test_everything_that_is_wrong_with_a_target_is_told_at_once(client: Client) -> None:
    id = await kpi(client)
    await target(client, id, "1", startsOn="2026-01-01")
    given = {"kpiId": id, "value": "1", "startsOn": "2026-03-01", "endsOn": "2026-02-01", "thresholdKind": "ABSOLUTE"}
    errors = (await client.change("kpiTargetCreate", {**given, "externalId": " "}, "kpiTarget { id }"))["userErrors"]
    assert [(error["code"], error["field"]) for error in errors] == [
        ("BLANK", ["input", "externalId"]),
        ("TARGET_DATES_INVERTED", ["input", "endsOn"]),
        ("THRESHOLDS_MISSING", ["input", "green"]),
        ("THRESHOLDS_MISSING", ["input", "amber"]),
    ]
    assert await read(client, id, "targets { startsOn }") == {"targets": [{"startsOn": "2026-01-01"}]}


async def test_targets_never_overlap_not_even_by_one_day_or_at_the_same_time(client: Client) -> None:
    id = await kpi(client)
    spring = await target(client, id, "1", startsOn="2026-03-01", endsOn="2026-05-31")
    for first, last in (("2026-05-31", None), ("2026-01-01", "2026-03-01"), ("2026-04-01", "2026-04-01")):
        found = await client.refused("kpiTargetCreate", kpiId=id, value="2", startsOn=first, endsOn=last)
        assert found[0] == "TARGET_OVERLAP"
    later = [{"kpiId": id, "value": value, "startsOn": "2026-06-01"} for value in "23"]
    payloads = await asyncio.gather(*(client.change("kpiTargetCreate", each, "") for each in later))
    codes = sorted([error["code"] for error in payload["userErrors"]] for payload in payloads)
    assert codes == [[], ["TARGET_OVERLAP"]]
    assert (await client.refused("kpiTargetUpdate", id=spring, endsOn="2026-06-01"))[0] == "TARGET_OVERLAP"
    await client.make("kpiTargetArchive", id=spring)
    await target(client, id, "5", startsOn="2026-05-31", endsOn="2026-05-31")
    assert (await client.refused("kpiTargetRestore", id=spring))[0] == "TARGET_OVERLAP"
    read_back = await read(client, id, "targets { startsOn endsOn }")
    assert read_back["targets"] == [
        {"startsOn": "2026-05-31", "endsOn": "2026-05-31"},
        {"startsOn": "2026-06-01", "endsOn": None},
    ]


async def test_an_unknown_a_foreign_and_an_archived_kpi_get_no_target(client: Client, stranger: Client) -> None:
    old = await kpi(client, "Old")
    await client.make("kpiArchive", id=old)
    facts = {"value": "1", "startsOn": "2026-01-01"}
    codes = [await client.refused("kpiTargetCreate", kpiId=id, **facts) for id in (await kpi(stranger), old)]
    assert codes == [("NOT_FOUND", ["input", "kpiId"]), ("ARCHIVED", ["input", "kpiId"])]
