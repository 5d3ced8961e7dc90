"""Attainment, varianceToTarget and status of single values: a table of cases."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from service.kpis.targets.evaluation import Target, attainment, status, target_on, variance_to_target


def numbers(**given: str | None) -> dict[str, Any]:
    return {name: None if text is None else Decimal(text) for name, text in given.items()}


def target(kind: str = "RATIO", **given: str | None) -> Target:
    return Target(date(2026, 1, 1), None, kind=kind, **numbers(**given))


@pytest.mark.parametrize(
    ("direction", "value", "aim", "attained", "missing", "found"),
    [
        ("HIGHER", "100", "100", 1.0, "0", "GREEN"),
        ("HIGHER", "130", "100", 1.3, "30", "GREEN"),
        ("HIGHER", "99.999999999999", "100", 0.99999999999999, "-0.000000000001", "AMBER"),
        ("HIGHER", "90", "100", 0.9, "-10", "AMBER"),
        ("HIGHER", "0.9", "1", 0.9, "-0.1", "AMBER"),
        ("HIGHER", "0.63", "0.7", 0.9, "-0.07", "AMBER"),
        ("HIGHER", "2.7", "3", 0.9, "-0.3", "AMBER"),
        ("HIGHER", "89.999999999999", "100", 0.89999999999999, "-10.000000000001", "RED"),
        ("HIGHER", "0", "100", 0.0, "-100", "RED"),
        ("HIGHER", "-50", "100", -0.5, "-150", "RED"),
        ("LOWER", "100", "100", 1.0, "0", "GREEN"),
        ("LOWER", "0", "100", 2.0, "-100", "GREEN"),
        ("LOWER", "-10", "100", 2.1, "-110", "GREEN"),
        ("LOWER", "110", "100", 0.9, "10", "AMBER"),
        ("LOWER", "3.3", "3", 0.9, "0.3", "AMBER"),
        ("LOWER", "110.000000000001", "100", 0.89999999999999, "10.000000000001", "RED"),
        ("LOWER", "200", "100", 0.0, "100", "RED"),
        ("LOWER", "300", "100", -1.0, "200", "RED"),
        ("HIGHER", "0", "0", 1.0, "0", "GREEN"),
        ("HIGHER", "5", "0", 1.0, "5", "GREEN"),
        ("HIGHER", "-0.000000000001", "0", 0.0, "-0.000000000001", "RED"),
        ("LOWER", "0", "0", 1.0, "0", "GREEN"),
        ("LOWER", "-5", "0", 1.0, "-5", "GREEN"),
        ("LOWER", "0.000000000001", "0", 0.0, "0.000000000001", "RED"),
    ],
)
def test_a_value_beside_its_target(
    direction: str, value: str, aim: str, attained: float, missing: str, found: str
) -> None:
    measured, aimed = Decimal(value), target(value=aim)
    assert attainment(direction, measured, aimed) == attained
    assert str(attainment(direction, measured, aimed)) != "-0.0"
    assert variance_to_target(direction, measured, aimed) == Decimal(missing)
    assert status(direction, measured, aimed) == (found, "RATIO_THRESHOLDS")


@pytest.mark.parametrize(
    ("value", "lower", "upper", "attained", "missing", "found"),
    [
        ("92", "85", "95", 1.0, "0", "GREEN"),
        ("85", "85", "95", 1.0, "0", "GREEN"),
        ("95", "85", "95", 1.0, "0", "GREEN"),
        ("96", "85", "95", 0.9, "1", "AMBER"),
        ("84", "85", "95", 0.9, "-1", "AMBER"),
        ("97", "85", "95", 0.8, "2", "RED"),
        ("105", "85", "95", 0.0, "10", "RED"),
        ("1000", "85", "95", 0.0, "905", "RED"),
        ("-3", "-5", "-1", 1.0, "0", "GREEN"),
        ("-0.6", "-5", "-1", 0.9, "0.4", "AMBER"),
        # A band without width: met exactly or not at all.
        ("90", "90", "90", 1.0, "0", "GREEN"),
        ("90.1", "90", "90", 0.0, "0.1", "RED"),
        # A hair beyond the boundary, more digits than a float has.
        ("11000000000.000000000001", "0", "10000000000", 0.9, "1000000000.000000000001", "RED"),
    ],
)
def test_a_value_beside_its_band(value: str, lower: str, upper: str, attained: float, missing: str, found: str) -> None:
    measured, band = Decimal(value), target(lower=lower, upper=upper)
    assert attainment("RANGE", measured, band) == attained
    assert variance_to_target("RANGE", measured, band) == Decimal(missing)
    assert status("RANGE", measured, band) == (found, "RATIO_THRESHOLDS")


@pytest.mark.parametrize(
    ("direction", "limits", "values"),
    [
        ("HIGHER", ("-5", "-10"), {"-5": "GREEN", "0": "GREEN", "-5.1": "AMBER", "-10": "AMBER", "-10.1": "RED"}),
        ("LOWER", ("-5", "0"), {"-5": "GREEN", "-6": "GREEN", "-4.9": "AMBER", "0": "AMBER", "0.1": "RED"}),
        ("LOWER", ("5", "5"), {"5": "GREEN", "5.000000000001": "RED"}),
    ],
)
def test_absolute_thresholds_are_values(direction: str, limits: tuple[str, str], values: dict[str, str]) -> None:
    aimed = target("ABSOLUTE", value="-5", green=limits[0], amber=limits[1])
    found = {value: status(direction, Decimal(value), aimed) for value in values}
    assert found == {value: (colour, "ABSOLUTE_THRESHOLDS") for value, colour in values.items()}
    assert {attainment(direction, Decimal(value), aimed) for value in values} == {None}


def test_absolute_thresholds_of_a_band_are_distances_on_both_sides() -> None:
    band = target("ABSOLUTE", lower="85", upper="95", green="1", amber="3")
    values = {"85": "GREEN", "84": "GREEN", "96": "GREEN", "96.1": "AMBER", "82": "AMBER", "98": "AMBER"} | {
        **{"98.1": "RED", "81.9": "RED"}
    }
    assert {value: status("RANGE", Decimal(value), band)[0] for value in values} == values


def test_ratio_thresholds_of_a_target_take_the_place_of_the_usual_ones() -> None:
    aimed = target(value="100", green="1.2", amber="0.5")
    values = {"120": "GREEN", "119.9": "AMBER", "50": "AMBER", "49.9": "RED"}
    assert {value: status("HIGHER", Decimal(value), aimed)[0] for value in values} == values


@pytest.mark.parametrize("direction", ["HIGHER", "LOWER", "RANGE"])
def test_without_value_or_target_nothing_is_said(direction: str) -> None:
    aimed = target(value="1", lower="0", upper="1")
    assert status(direction, None, aimed) == ("NO_DATA", "NO_VALUE")
    assert status(direction, None, None) == ("NO_DATA", "NO_VALUE")
    assert status(direction, Decimal(0), None) == ("NO_TARGET", "TARGET_MISSING")
    for value, known in ((None, aimed), (Decimal(0), None), (None, None)):
        assert attainment(direction, value, known) is None
        assert variance_to_target(direction, value, known) is None


def test_a_target_covers_its_first_and_its_last_day() -> None:
    early = Target(date(2026, 1, 1), date(2026, 1, 31), Decimal(1))
    late = Target(date(2026, 3, 1), None, Decimal(2))
    days = {"2025-12-31": None, "2026-01-01": early, "2026-01-31": early, "2026-02-01": None, "2026-03-01": late} | {
        "9999-12-31": late
    }
    assert {day: target_on([early, late], date.fromisoformat(day)) for day in days} == days


def test_a_distance_of_many_digits_is_compared_as_it_is() -> None:
    """The default context would round 36 digits to 28, and so a value beyond a threshold onto it."""
    far = "1000000000000000000000.000000000001"
    bounds: dict[str, Any] = {"lower": Decimal(-1), "upper": Decimal(0), "kind": "ABSOLUTE"}
    limits = Target(date(2026, 1, 1), **bounds, green=Decimal("1e21"), amber=Decimal("2e21"))
    assert status("RANGE", Decimal(far), limits)[0] == "AMBER"
