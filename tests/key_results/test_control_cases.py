"""Progress of AT_LEAST, AT_MOST and WITHIN_RANGE, case by case (docs/numbers.md, 4)."""

from decimal import Decimal as D
from fractions import Fraction

import pytest

from service.key_results.progress import Definition, Evidence, Progress, ProgressReason, met, progress


def bounded(lower: str | None, upper: str | None, mode: str = "LATEST") -> Definition:
    return Definition(
        "WITHIN_RANGE", mode, lower=None if lower is None else D(lower), upper=None if upper is None else D(upper)
    )


@pytest.mark.parametrize(
    ("kind", "latest", "value"),
    [
        ("AT_LEAST", "4.5", 1),
        ("AT_LEAST", "4.50", 1),
        ("AT_LEAST", "4.49", 0),
        ("AT_LEAST", "4.499999999999", 0),
        ("AT_LEAST", "9", 1),
        ("AT_LEAST", "-9", 0),
        ("AT_MOST", "4.5", 1),
        ("AT_MOST", "4.500000000001", 0),
        ("AT_MOST", "4.49", 1),
        ("AT_MOST", "0", 1),
        ("AT_MOST", "-9", 1),
        ("AT_MOST", "9", 0),
    ],
)
def test_exactly_on_the_limit_is_met(kind: str, latest: str, value: float) -> None:
    found = progress(Definition(kind, target=D("4.5")), Evidence(D(latest)))
    assert found == Progress(Fraction(value), Fraction(value), ProgressReason.COMPUTED, D(latest), True)
    assert not found.regressed


@pytest.mark.parametrize(
    ("lower", "upper", "latest", "value"),
    [
        *(("85", "95", latest, 1) for latest in ("85", "92", "95")),
        *(("85", "95", latest, 0) for latest in ("84.999999999999", "95.000000000001", "97", "-90")),
        ("90", "90", "90", 1),
        ("90", "90", "90.1", 0),
        ("85", None, "85", 1),
        ("85", None, "1000", 1),
        ("85", None, "84.9", 0),
        (None, "95", "95", 1),
        (None, "95", "-1000", 1),
        (None, "95", "95.1", 0),
        ("-5", "0", "0", 1),
    ],
)
def test_both_bounds_are_inside_and_one_is_enough(
    lower: str | None, upper: str | None, latest: str, value: float
) -> None:
    assert progress(bounded(lower, upper), Evidence(D(latest))) == Progress(
        Fraction(value), Fraction(value), ProgressReason.COMPUTED, D(latest), True
    )
    assert met(bounded(lower, upper), D(latest)) == bool(value)


@pytest.mark.parametrize(
    ("kind", "latest", "raw", "value"),
    [
        ("AT_LEAST", "99.9", 0.999, 0.999),
        ("AT_LEAST", "100", 1, 1),
        ("AT_LEAST", "150", 1.5, 1),
        ("AT_LEAST", "0", 0, 0),
        ("AT_LEAST", "-50", -0.5, 0),
        ("AT_MOST", "100", 1, 1),
        ("AT_MOST", "150", 0.5, 0.5),
        ("AT_MOST", "200", 0, 0),
        ("AT_MOST", "300", -1, 0),
        ("AT_MOST", "50", 1.5, 1),
        ("AT_MOST", "0", 2, 1),
    ],
)
def test_distance_is_the_share_of_the_limit(kind: str, latest: str, raw: float, value: float) -> None:
    found = progress(Definition(kind, "DISTANCE", target=D(100)), Evidence(D(latest)))
    assert (found.value, found.raw) == (Fraction(str(value)), Fraction(str(raw)))
    assert found.regressed == (raw < 0)
    assert (found.current, found.has_data) == (D(latest), True)


@pytest.mark.parametrize(
    ("definition", "latest", "value"),
    [
        (Definition("AT_LEAST", "DISTANCE", target=D(0)), "0", 1),
        (Definition("AT_LEAST", "DISTANCE", target=D(-4)), "-5", 0),
        (Definition("AT_MOST", "DISTANCE", target=D(0)), "1", 0),
        (Definition("WITHIN_RANGE", "DISTANCE", lower=D(1), upper=D(2)), "2", 1),
    ],
)
def test_without_a_limit_above_0_there_is_no_distance_only_met_or_not(
    definition: Definition, latest: str, value: float
) -> None:
    assert progress(definition, Evidence(D(latest))).value == value


LIMITED = Definition("AT_LEAST", "ADHERENCE", target=D(10))


@pytest.mark.parametrize(
    ("definition", "values", "expected", "value"),
    [
        (LIMITED, "10 10 9 11", 4, 0.75),
        (LIMITED, "10", 4, 0.25),
        (LIMITED, "9", 4, 0),
        (LIMITED, "10 11 12 13", 4, 1),
        # More than was expected does not make more than 1.
        (LIMITED, "10 11 12", 2, 1),
        (LIMITED, "10 9", 0, 0.5),
        (Definition("AT_MOST", "ADHERENCE", target=D(10)), "10 10 9 11", 4, 0.75),
        (bounded("8", "10", "ADHERENCE"), "8 10 9 11", 4, 0.75),
        (bounded(None, "10", "ADHERENCE"), "8 10 9 11", 5, 0.6),
    ],
)
def test_adherence_is_the_share_of_the_expected_check_ins_that_met(
    definition: Definition, values: str, expected: int, value: float
) -> None:
    each = [D(v) for v in values.split()]
    found = progress(definition, Evidence(each[-1], each, expected))
    share = Fraction(str(value))
    assert found == Progress(share, share, ProgressReason.COMPUTED, each[-1], True)


@pytest.mark.parametrize("mode", ["LATEST", "ADHERENCE", "DISTANCE"])
@pytest.mark.parametrize("kind", ["AT_LEAST", "AT_MOST", "WITHIN_RANGE"])
def test_no_value_yet_is_null_and_not_0(kind: str, mode: str) -> None:
    definition = Definition(kind, mode, target=D(5), lower=D(5))
    assert progress(definition, Evidence(expected=4)) == Progress(None, None, ProgressReason.NO_DATA, None, False)


@pytest.mark.parametrize("kind", ["AT_LEAST", "AT_MOST", "WITHIN_RANGE"])
def test_without_a_limit_nothing_can_be_measured(kind: str) -> None:
    assert progress(Definition(kind), Evidence(D(5))) == Progress(None, None, ProgressReason.NOT_MEASURABLE, D(5), True)
