"""Progress of the linear kinds and of BINARY, case by case (docs/numbers.md, 3)."""

from decimal import Decimal as D
from fractions import Fraction
from typing import Any

import pytest

from service.key_results.progress import Definition, Evidence, Progress, ProgressReason, progress


def exact(number: float) -> Fraction:
    """The simple fraction that a number is written for."""
    return Fraction(number).limit_denominator(1000)


def measured(kind: str, baseline: str | None, aim: str | None, latest: str | None) -> Progress:
    """Progress of a kind; `aim` is the target, or what a BY kind changes by."""
    number = None if aim is None else D(aim)
    given: dict[str, Any] = {"change_by": number} if "_BY" in kind else {"target": number}
    definition = Definition(kind, baseline=None if baseline is None else D(baseline), **given)
    return progress(definition, Evidence(None if latest is None else D(latest)))


@pytest.mark.parametrize(
    ("kind", "baseline", "aim", "latest", "raw", "value"),
    [
        ("INCREASE", "60", "75", "66", 0.4, 0.4),
        ("INCREASE", "60", "75", "75", 1, 1),
        ("INCREASE", "60", "75", "80", 4 / 3, 1),
        ("INCREASE", "60", "75", "55", -1 / 3, 0),
        ("INCREASE", "7.5", "9", "8.25", 0.5, 0.5),
        ("INCREASE", "-10", "10", "0", 0.5, 0.5),
        ("INCREASE", "-20", "-10", "-12", 0.8, 0.8),
        ("INCREASE", "0.1", "0.4", "0.2", 1 / 3, 1 / 3),
        ("DECREASE", "12", "4", "8", 0.5, 0.5),
        ("DECREASE", "12", "4", "14", -0.25, 0),
        ("DECREASE", "12", "4", "2", 1.25, 1),
        ("DECREASE", "12", "4", "4", 1, 1),
        ("DECREASE", "5", "-5", "0", 0.5, 0.5),
        ("INCREASE_BY", "5000000", "2000000", "6000000", 0.5, 0.5),
        ("INCREASE_BY", "-3", "4", "0", 0.75, 0.75),
        ("INCREASE_BY", "0", "4", "1", 0.25, 0.25),
        ("DECREASE_BY", "10", "4", "9", 0.25, 0.25),
        ("DECREASE_BY", "0", "4", "-1", 0.25, 0.25),
        ("DECREASE_BY", "10", "4", "12", -0.5, 0),
        ("INCREASE_BY_PERCENT", "200000", "15", "215000", 0.5, 0.5),
        ("INCREASE_BY_PERCENT", "-100", "20", "-90", 0.5, 0.5),
        ("DECREASE_BY_PERCENT", "10", "20", "9", 0.5, 0.5),
        ("DECREASE_BY_PERCENT", "10", "20", "11", -0.5, 0),
        ("DECREASE_BY_PERCENT", "40", "25", "35", 0.5, 0.5),
        ("DECREASE_BY_PERCENT", "-100", "20", "-110", 0.5, 0.5),
        ("REACH", None, "100", "45", 0.45, 0.45),
        ("REACH", None, "3", "3", 1, 1),
        ("REACH", None, "100", "-5", -0.05, 0),
        ("BINARY", None, None, "0", 0, 0),
        ("BINARY", None, None, "1", 1, 1),
        # Values that were left by another kind.
        ("BINARY", None, None, "6", 1, 1),
        ("BINARY", None, None, "0.5", 0, 0),
        ("BINARY", None, None, "-6", 0, 0),
    ],
)
def test_one_formula_for_both_directions(
    kind: str, baseline: str | None, aim: str | None, latest: str, raw: float, value: float
) -> None:
    found = measured(kind, baseline, aim, latest)
    reason = ProgressReason.REGRESSED if raw < 0 else ProgressReason.COMPUTED
    assert found == Progress(exact(value), exact(raw), reason, D(latest), True)
    assert found.regressed == (raw < 0)


@pytest.mark.parametrize(
    ("kind", "baseline", "aim", "latest", "reason"),
    [
        *((kind, None, "5", None, "BASELINE_MISSING") for kind in ("INCREASE", "DECREASE", "INCREASE_BY")),
        *((kind, None, "5", None, "BASELINE_MISSING") for kind in ("DECREASE_BY_PERCENT", "INCREASE_BY_PERCENT")),
        ("DECREASE_BY", None, "5", "7", "BASELINE_MISSING"),
        ("INCREASE", "5", None, "7", "NOT_MEASURABLE"),
        ("REACH", None, None, None, "NOT_MEASURABLE"),
        ("DECREASE_BY", "5", None, "4", "NOT_MEASURABLE"),
        ("INCREASE_BY_PERCENT", "0", "15", "4", "BASELINE_ZERO"),
        ("DECREASE_BY_PERCENT", "0", "15", None, "BASELINE_ZERO"),
    ],
)
def test_what_cannot_be_computed_is_null_with_its_reason(
    kind: str, baseline: str | None, aim: str | None, latest: str | None, reason: str
) -> None:
    found = measured(kind, baseline, aim, latest)
    assert found == Progress(
        None, None, ProgressReason(reason), None if latest is None else D(latest), latest is not None
    )
    assert not found.regressed


@pytest.mark.parametrize(
    ("kind", "baseline", "aim", "at_first"),
    [
        ("INCREASE", "60", "75", "60"),
        ("DECREASE", "12", "4", "12"),
        ("INCREASE_BY", "-5", "2", "-5"),
        ("DECREASE_BY_PERCENT", "10", "20", "10"),
        ("REACH", None, "100", "0"),
        ("BINARY", None, None, "0"),
    ],
)
def test_without_a_check_in_the_current_value_is_the_baseline(
    kind: str, baseline: str | None, aim: str | None, at_first: str
) -> None:
    assert measured(kind, baseline, aim, None) == Progress(
        Fraction(0), Fraction(0), ProgressReason.NO_CHECK_IN, D(at_first), False
    )


@pytest.mark.parametrize(
    ("kind", "latest", "value"),
    [
        *(("INCREASE", latest, value) for latest, value in (("5", 1), ("5.01", 1), ("4.99", 0), ("-5", 0))),
        *(("DECREASE", latest, value) for latest, value in (("5", 1), ("4.99", 1), ("5.01", 0), ("50", 0))),
    ],
)
def test_an_imported_target_that_is_the_baseline_is_met_or_not(kind: str, latest: str, value: float) -> None:
    assert measured(kind, "5", "5", latest) == Progress(
        Fraction(value), Fraction(value), ProgressReason.TARGET_EQUALS_BASELINE, D(latest), True
    )


def test_no_way_made_is_0_and_not_minus_0() -> None:
    for kind, baseline, target in (("DECREASE", "12", "4"), ("INCREASE", "-12", "4"), ("DECREASE", "0", "-4")):
        found = measured(kind, baseline, target, baseline)
        assert found.value is not None
        assert found.raw is not None
        assert [str(float(found.value)), str(float(found.raw))] == ["0.0", "0.0"]
