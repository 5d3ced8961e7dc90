"""Numbers that are none, too large, too exact or out of range are refused, and those that fit survive."""

from decimal import Decimal
from typing import Any

import pytest

from tests.bad_input.asking import BAD, LITERAL, Asker, outcome

CHECK_IN = "mutation($id: ID!) {{ keyResultCheckIn(input: {{keyResultId: $id, value: {0}}}) {{ checkIn {{ id }} }} }}"
ERRORS = "userErrors { code message field }"
FOLLOWING = """query($ids: [ID!]!) { nodes(ids: $ids) { ... on Kpi {
    current currentReason attainment varianceToTarget status trend changePerPeriod changeRatio
    series { value } parent { current }
    forecast(at: "2027-06-01") { value lowerBound upperBound requiredPerPeriod }
    measurements { nodes { startsOn value } } objectives { progress } keyResults { progress current } } } }"""

NO_DECIMALS: list[Any] = [
    *("", " ", "x", "four", "NaN", "nan", "sNaN", "-NaN", "Infinity", "-Infinity", "inf", "1e", "e5", "--1", "1.2.3"),
    *("0x10", "1,5", "1/2", "½", "∞", "1" * 25, "-" + "1" * 25, "1e24", "9" * 24 + "e1"),
    *("1e999999999", "-1e999999999", "1e9999999999999999999", "1" * 101, "1" * 5000),
    *("1_000", " 4.5 ", "4.5\n", "٣", "\uff11\uff12", "1\u200b"),
    *(True, False, [], {}, ["1", "2"], {"value": "1"}, 1e30, 1e300, 2.0**53 + 2),
]


@pytest.mark.parametrize("value", NO_DECIMALS, ids=lambda value: repr(value)[:30])
async def test_no_decimal(asker: Asker, value: Any) -> None:
    async with asker.unchanged():
        assert await asker.moved("keyResultCheckIn", value=value) == BAD
        unreadable = [("VALUE_INVALID", "input.measurements.0.value")]
        assert await asker.moved("kpiMeasurementsRecord", **{"measurements.0.value": value}) == unreadable
        for field in ("value", "lower", "upper", "green", "amber"):
            for mutation in ("kpiTargetCreate", "kpiTargetUpdate"):
                assert await asker.moved(mutation, **{field: value}) == BAD
        filtered = "query($value: Decimal) { keyResults(filter: {current: {eq: $value}}) { totalCount } }"
        assert await asker.codes(filtered, value=value) == BAD


@pytest.mark.parametrize(
    "literal",
    ['"NaN"', "1e30", "1e400", "true", "[1, 2]", "{a: 1}", "ENUM", "1" * 25, "1" * 5000, '"1_000"'],
)
async def test_no_decimal_as_a_literal(asker: Asker, literal: str) -> None:
    async with asker.unchanged():
        assert await asker.codes(CHECK_IN.format(literal), id=asker.estate.ids["number"]) in LITERAL


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("9" * 24 + "." + "9" * 12, "9" * 24 + "." + "9" * 12),
        ("-" + "9" * 24, "-" + "9" * 24),
        ("0.000000000001", "0.000000000001"),
        ("1e23", "1" + "0" * 23),
        ("-0", "0"),
        ("0e999999999", "0"),
        ("0e-999999999999999", "0"),
        ("4.500", "4.5"),
        (3500000000, "3500000000"),
        (0.1, "0.1"),
        (0.1 + 0.2, "0.3"),
        (1 / 3, "0.333333333333"),
        (2 / 3, "0.666666666667"),
        (1234567890123.4567, "1234567890123.4568"),
        ("0.0000000000005", "0"),
        ("0.0000000000015", "0.000000000002"),
        (5e-324, "0"),
        (-1.5, "-1.5"),
    ],
)
async def test_the_largest_and_the_smallest_decimal_survive(asker: Asker, value: Any, shown: str) -> None:
    number = asker.estate.ids["number"]
    assert await asker.moved("keyResultCheckIn", keyResultId=number, value=value) is None
    current = await asker.client.data("query($id: ID!) { keyResult(id: $id) { current progressRaw } }", id=number)
    assert current["keyResult"]["current"] == shown


@pytest.mark.parametrize("value", ["9" * 24 + "." + "9" * 12, "-" + "9" * 24, "0.000000000001", "1e23", "-0", "4.500"])
async def test_whatever_follows_a_point_survives_the_largest_and_the_smallest(asker: Asker, value: str) -> None:
    day = "2026-06-01"
    assert (
        await asker.moved("kpiMeasurementsRecord", **{"measurements.0.value": value, "measurements.0.on": day}) is None
    )
    ids = [asker.estate.ids[name] for name in ("kpi", "formula", "whole")]
    seen = (await asker.client.data(FOLLOWING, ids=ids))["nodes"]
    exact = Decimal(value)
    doubled = None if abs(exact) * 2 >= 10**24 else 2 * exact
    assert [Decimal(seen[0]["current"]), seen[0]["measurements"]["nodes"][0]["startsOn"]] == [exact, day]
    told = None if seen[1]["current"] is None else Decimal(seen[1]["current"])
    assert (told, seen[1]["currentReason"]) == (doubled, "OUT_OF_RANGE" if doubled is None else None)
    assert Decimal(seen[2]["current"]) == exact


@pytest.mark.parametrize("mutation", ["keyResultCreate", "keyResultUpdate", "milestoneCreate", "milestoneUpdate"])
@pytest.mark.parametrize("weight", [-1, -0.0001, 1000000.1, 1e7, 1e308, -1e308, 2**63, -5e-324])
async def test_a_weight_out_of_range(asker: Asker, mutation: str, weight: float) -> None:
    async with asker.unchanged():
        assert await asker.moved(mutation, weight=weight) == [("WEIGHT_OUT_OF_RANGE", "input.weight")]


@pytest.mark.parametrize("mutation", ["kpiCreate", "kpiUpdate"])
@pytest.mark.parametrize("weight", [-1, -0.0001, 1000000.1, 1e7, 1e308, -1e308, 2**63, -5e-324])
async def test_a_weight_of_a_kpi_out_of_range(asker: Asker, mutation: str, weight: float) -> None:
    async with asker.unchanged():
        assert await asker.moved(mutation, weight=weight) == [("WEIGHT_OUT_OF_RANGE", "input.weight")]


@pytest.mark.parametrize("weight", [-1, 1000000.1, 1e308])
async def test_a_weight_of_an_edge_out_of_range(asker: Asker, weight: float) -> None:
    async with asker.unchanged():
        for mutation in ("objectiveAlign", "alignmentUpdate"):
            assert await asker.moved(mutation, weight=weight) == [("WEIGHT_OUT_OF_RANGE", "input.weight")]


@pytest.mark.parametrize("weight", ["1", "NaN", "Infinity", True, [], {}])
async def test_a_weight_that_is_no_number(asker: Asker, weight: Any) -> None:
    async with asker.unchanged():
        for mutation in ("keyResultUpdate", "kpiCreate", "kpiUpdate"):
            assert await asker.moved(mutation, weight=weight) == BAD


@pytest.mark.parametrize("weight", [0, 1e-300, 5e-324, 1000000, 1000000.0, -0.0])
async def test_every_weight_in_range_is_taken_and_counted(asker: Asker, weight: float) -> None:
    for mutation in ("keyResultUpdate", "milestoneUpdate", "alignmentUpdate", "objectiveAlign", "kpiUpdate"):
        assert await asker.moved(mutation, weight=weight) is None
    progress = "query($id: ID!) { objective(id: $id) { progress progressRaw status keyResults { progress } } }"
    assert await asker.codes(progress, id=asker.estate.ids["root"]) == []


@pytest.mark.parametrize("literal", ["1e400", "-1e400", "1" + "0" * 400])
async def test_a_literal_that_overflows_is_not_infinity(asker: Asker, literal: str) -> None:
    async with asker.unchanged():
        weight = f"mutation($id: ID!) {{ keyResultUpdate(input: {{id: $id, weight: {literal}}}) {{ {ERRORS} }} }}"
        assert outcome((await asker.post(weight, {"id": asker.estate.ids["number"]})).json(), "keyResultUpdate")
        pace = (
            f"mutation {{ organizationUpdate(input: {{onTrackPace: {literal}}}) {{ organization {{ id }} {ERRORS} }} }}"
        )
        assert outcome((await asker.post(pace)).json(), "organizationUpdate")


@pytest.mark.parametrize("confidence", [-0.1, 1.1, 1e308, -1e308, 2**40])
async def test_a_confidence_out_of_range(asker: Asker, confidence: float) -> None:
    async with asker.unchanged():
        for mutation in ("keyResultCheckIn", "objectiveCheckIn"):
            expected = [("CONFIDENCE_OUT_OF_RANGE", "input.confidence")]
            assert await asker.moved(mutation, confidence=confidence) == expected
