"""Integers beyond 32 bits, and settings out of range."""

from typing import Any

import pytest

from service.kpis.series.downsample import MIN_BUCKETS
from tests.bad_input.asking import BAD, Asker, outcome
from tests.kit.inputs import made

NO_INTS: list[Any] = [2**31, -(2**31) - 1, 2**63, 2**64, 1e10, 1e308, 1.5, -0.5, "1", "", True, [], [1, 2], {}]
ARGUMENTS = ("first", "last")
UPDATES = ["cycleUpdate", "objectiveUpdate", "keyResultUpdate", "milestoneUpdate", "alignmentUpdate"]
UPDATES += ["personUpdate", "teamUpdate", "pillarUpdate", "kpiUpdate", "kpiTargetUpdate"]
BOARDS = ("needsAttention", "largestChanges", "kpis")


@pytest.mark.parametrize("value", NO_INTS, ids=repr)
async def test_no_int(asker: Asker, value: Any) -> None:
    async with asker.unchanged():
        for argument in ARGUMENTS:
            document = f"query($value: Int) {{ objectives({argument}: $value) {{ totalCount }} }}"
            assert await asker.codes(document, value=value) == BAD
        for mutation in ("objectiveUpdate", "kpiUpdate", "kpiTargetUpdate"):
            assert await asker.moved(mutation, expectedVersion=value) == BAD
        for mutation in ("kpiCreate", "kpiUpdate"):
            assert await asker.moved(mutation, graceDays=value) == BAD
        for document in ("kpis { nodes { series(maxBuckets: $value) { value } } }", *map(board, BOARDS)):
            assert (
                await asker.codes(
                    f"query($value: {'Int' if 'max' in document else 'Int!'}) {{ {document} }}", value=value
                )
                == BAD
            )
        assert await organization(asker, checkInCadenceDays=value) == BAD


@pytest.mark.parametrize("literal", ["2147483648", "-2147483649", "1.5", '"1"', "1e3", "1" * 4301, "1" * 15000])
async def test_no_int_as_a_literal(asker: Asker, literal: str) -> None:
    for argument in ARGUMENTS:
        document = f"{{ objectives({argument}: {literal}) {{ totalCount }} }}"
        assert await asker.codes(document) in (BAD, ["GRAPHQL_VALIDATION_FAILED"])


@pytest.mark.parametrize("mutation", UPDATES)
@pytest.mark.parametrize("version", [-(2**31), -1, 0, 99, 2**31 - 1])
async def test_a_version_that_is_not_there(asker: Asker, mutation: str, version: int) -> None:
    async with asker.unchanged():
        expected = [("CONFLICT", "input.expectedVersion")]
        assert await asker.moved(mutation, expectedVersion=version) == expected


@pytest.mark.parametrize("days", [-(2**31), -1, 0, 367, 2**31 - 1])
async def test_a_cadence_out_of_range(asker: Asker, days: int) -> None:
    async with asker.unchanged():
        expected = [("CADENCE_OUT_OF_RANGE", "input.checkInCadenceDays")]
        assert await organization(asker, checkInCadenceDays=days) == expected


@pytest.mark.parametrize("days", [-(2**31), -1, 367, 2**31 - 1])
async def test_days_of_grace_out_of_range(asker: Asker, days: int) -> None:
    async with asker.unchanged():
        for mutation in ("kpiCreate", "kpiUpdate"):
            assert await asker.moved(mutation, graceDays=days) == [("GRACE_OUT_OF_RANGE", "input.graceDays")]


@pytest.mark.parametrize("days", [0, 366])
async def test_the_fewest_and_the_most_days_of_grace(asker: Asker, days: int) -> None:
    assert await asker.moved("kpiUpdate", graceDays=days) is None
    answer = await asker.client.data("query($id: ID!) { kpi(id: $id) { graceDays } }", id=asker.estate.ids["kpi 2"])
    assert answer == {"kpi": {"graceDays": days}}


@pytest.mark.parametrize("most", [-(2**31), -1, 0, MIN_BUCKETS - 1, 5_001, 2**31 - 1])
async def test_a_number_of_points_out_of_range(asker: Asker, most: int) -> None:
    document = "query($most: Int) { kpis { nodes { series(maxBuckets: $most) { value } } } }"
    kpis = len((await asker.client.data("{ kpis { nodes { id } } }"))["kpis"]["nodes"])
    assert await asker.codes(document, most=most) == BAD * kpis
    for fitting in (MIN_BUCKETS, 5_000, None):
        assert await asker.codes(document, most=fitting) == []


@pytest.mark.parametrize("first", [-(2**31), -1, 0, 101, 2**31 - 1])
async def test_a_part_of_a_board_out_of_range(asker: Asker, first: int) -> None:
    for field in BOARDS:
        document = f"query($value: Int!) {{ {board(field)} }}"
        assert await asker.codes(document, value=first) == BAD
        for fitting in (1, 100):
            assert await asker.codes(document, value=fitting) == []


@pytest.mark.parametrize("month", [-(2**31), -1, 0, 13, 2**31 - 1])
async def test_a_month_that_is_none(asker: Asker, month: int) -> None:
    async with asker.unchanged():
        seen = await organization(asker, fiscalYearStartMonth=month)
        assert seen == [("FISCAL_YEAR_START_MONTH_OUT_OF_RANGE", "input.fiscalYearStartMonth")]


@pytest.mark.parametrize(
    "paces",
    [
        {"atRiskPace": -0.1},
        {"atRiskPace": -5e-324},
        {"onTrackPace": -1},
        {"onTrackPace": 0.6},
        {"atRiskPace": 1e308},
        {"atRiskPace": 0.5, "onTrackPace": 0.4},
    ],
    ids=str,
)
async def test_paces_out_of_range(asker: Asker, paces: dict[str, float]) -> None:
    async with asker.unchanged():
        assert await organization(asker, **paces) == [("PACE_THRESHOLDS_INVERTED", "input.atRiskPace")]


@pytest.mark.parametrize(
    "paces",
    [
        {"atRiskPace": 0, "onTrackPace": 0},
        {"atRiskPace": 5e-324, "onTrackPace": 1e308},
        {"atRiskPace": -0.0, "onTrackPace": 5e-324},
        {"atRiskPace": 1e308, "onTrackPace": 1.7976931348623157e308},
        {"atRiskPace": 0.7, "onTrackPace": 0.9},
    ],
    ids=str,
)
async def test_the_most_extreme_paces_are_counted_with(asker: Asker, paces: dict[str, float]) -> None:
    assert await organization(asker, **paces) is None
    assert await asker.codes("{ objectives { nodes { status pace keyResults { status } } } }") == []


def board(field: str) -> str:
    """A part of the board, of a size."""
    return f"kpiScorecard {{ {field}(first: $value) {{ id }} }}"


async def organization(asker: Asker, **input: Any) -> Any:
    return outcome(await made(asker.client, "organizationUpdate", input), "organizationUpdate")
