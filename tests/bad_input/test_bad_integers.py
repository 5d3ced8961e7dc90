"""Integers beyond 32 bits, and settings out of range."""

from typing import Any

import pytest

from tests.bad_input.asking import BAD, Asker, outcome
from tests.tenancy.moves import made

NO_INTS: list[Any] = [2**31, -(2**31) - 1, 2**63, 2**64, 1e10, 1e308, 1.5, -0.5, "1", "", True, [], [1, 2], {}]
ARGUMENTS = ("first", "last")
UPDATES = ["cycleUpdate", "objectiveUpdate", "keyResultUpdate", "milestoneUpdate", "alignmentUpdate"]
UPDATES += ["personUpdate", "teamUpdate", "pillarUpdate"]


@pytest.mark.parametrize("value", NO_INTS, ids=repr)
async def test_no_int(asker: Asker, value: Any) -> None:
    async with asker.unchanged():
        for argument in ARGUMENTS:
            document = f"query($value: Int) {{ objectives({argument}: $value) {{ totalCount }} }}"
            assert await asker.codes(document, value=value) == BAD
        assert await asker.moved("objectiveUpdate", expectedVersion=value) == BAD
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
        assert await organization(asker, **paces) == [("THRESHOLDS_INVERTED", "input.atRiskPace")]


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


async def organization(asker: Asker, **input: Any) -> Any:
    return outcome(await made(asker.client, "organizationUpdate", input), "organizationUpdate")
