"""Which definitions are refused on write, and which are only a draft yet (docs/numbers.md, 3 and 4)."""

from decimal import Decimal as D

import pytest

from service.key_results.definition import check, is_measurable
from service.key_results.progress import Definition
from service.values.weights import check_weight


def definition(kind: str | None, mode: str = "LATEST", **numbers: str | int) -> Definition:
    return Definition(kind, mode, **{name: D(number) for name, number in numbers.items()})


BOTH_WAYS = [
    (definition("INCREASE", baseline=5, target=5), "TARGET_EQUALS_BASELINE", "target"),
    (definition("DECREASE", baseline=5, target="5.0"), "TARGET_EQUALS_BASELINE", "target"),
    (definition("REACH", target=0), "TARGET_EQUALS_BASELINE", "target"),
]
REFUSED = [
    (definition("INCREASE", baseline=5, target=4), "DIRECTION_MISMATCH", "target"),
    (definition("DECREASE", baseline=5, target=6), "DIRECTION_MISMATCH", "target"),
    (definition("REACH", target=-1), "DIRECTION_MISMATCH", "target"),
    (definition("INCREASE_BY_PERCENT", baseline=0, change_by=5), "BASELINE_ZERO", "baseline"),
    (definition("DECREASE_BY_PERCENT", baseline="0.00", change_by=5), "BASELINE_ZERO", "baseline"),
    (definition("INCREASE_BY_PERCENT", baseline=0), "BASELINE_ZERO", "baseline"),
    (definition("INCREASE_BY", baseline=5, change_by=0), "CHANGE_NOT_POSITIVE", "changeBy"),
    (definition("DECREASE_BY", baseline=5, change_by=-1), "CHANGE_NOT_POSITIVE", "changeBy"),
    (definition("DECREASE_BY_PERCENT", change_by=-20), "CHANGE_NOT_POSITIVE", "changeBy"),
    (definition("INCREASE_BY_PERCENT", change_by=0), "CHANGE_NOT_POSITIVE", "changeBy"),
    (definition("INCREASE_BY", baseline="9e23", change_by="1e23"), "TARGET_OUT_OF_RANGE", "changeBy"),
    (definition("DECREASE_BY", baseline="-9e23", change_by="1e23"), "TARGET_OUT_OF_RANGE", "changeBy"),
    (definition("INCREASE_BY_PERCENT", baseline="9e23", change_by="20"), "TARGET_OUT_OF_RANGE", "changeBy"),
    (definition("WITHIN_RANGE", lower=6, upper="5.9"), "RANGE_INVERTED", "lower"),
    (definition("AT_LEAST", "DISTANCE", target=0), "LIMIT_NOT_POSITIVE", "target"),
    (definition("AT_MOST", "DISTANCE", target=-1), "LIMIT_NOT_POSITIVE", "target"),
    (definition("WITHIN_RANGE", "DISTANCE", lower=1), "MODE_NOT_ALLOWED", "mode"),
    *(
        (definition(kind, mode), "MODE_NOT_ALLOWED", "mode")
        for mode in ("ADHERENCE", "DISTANCE")
        for kind in ("INCREASE", "DECREASE_BY", "REACH", "BINARY", "MILESTONE", "BASELINE", None)
    ),
]


@pytest.mark.parametrize(("wrong", "code", "field"), BOTH_WAYS + REFUSED)
def test_what_contradicts_is_refused_on_write(wrong: Definition, code: str, field: str) -> None:
    [refusal] = check(wrong)
    assert (refusal.code, refusal.field) == (code, (field,))
    assert "{" not in refusal.message


@pytest.mark.parametrize("wrong", [wrong for wrong, _, _ in REFUSED])
def test_an_import_is_refused_it_too(wrong: Definition) -> None:
    assert list(check(wrong, imported=True))


@pytest.mark.parametrize("odd", [wrong for wrong, _, _ in BOTH_WAYS])
def test_only_an_import_lets_target_and_baseline_be_the_same(odd: Definition) -> None:
    assert list(check(odd, imported=True)) == []


@pytest.mark.parametrize(
    "right",
    [
        definition(None),
        definition("INCREASE", baseline=5),
        definition("INCREASE", target=5),
        definition("INCREASE", baseline=-5, target="-4.999999999999"),
        definition("DECREASE", baseline=5, target=-5),
        definition("DECREASE_BY", baseline=0, change_by="0.000000000001"),
        definition("DECREASE_BY_PERCENT", baseline=-10, change_by=200),
        definition("INCREASE_BY_PERCENT", change_by=15),
        definition("REACH", target=3),
        definition("AT_LEAST", target=-4),
        definition("AT_MOST", target=0),
        definition("AT_MOST", "ADHERENCE", target=-1),
        definition("AT_LEAST", "DISTANCE", target="0.01"),
        definition("WITHIN_RANGE", lower=5, upper=5),
        definition("WITHIN_RANGE", "ADHERENCE", upper=5),
    ],
)
def test_what_makes_sense_is_taken(right: Definition) -> None:
    assert list(check(right)) == []


@pytest.mark.parametrize(
    ("given", "measurable"),
    [
        (definition(None, target=5), False),
        (definition("MILESTONE"), True),
        (definition("BINARY"), True),
        (definition("BASELINE"), True),
        (definition("INCREASE", baseline=5), False),
        (definition("INCREASE", target=5), True),
        (definition("DECREASE_BY", target=5), False),
        (definition("DECREASE_BY", change_by=5), True),
        (definition("INCREASE_BY_PERCENT", change_by=5), True),
        (definition("REACH"), False),
        (definition("AT_MOST"), False),
        (definition("AT_MOST", target=0), True),
        (definition("WITHIN_RANGE", target=5), False),
        (definition("WITHIN_RANGE", lower=0), True),
        (definition("WITHIN_RANGE", upper=0), True),
    ],
)
def test_what_its_kind_needs_is_there_but_for_the_baseline(given: Definition, measurable: bool) -> None:
    assert is_measurable(given) == measurable


@pytest.mark.parametrize("weight", [-1.0, -5e-324, 1_000_000.1, float("inf"), float("nan")])
def test_a_weight_out_of_range_is_refused(weight: float) -> None:
    found = [(refusal.code, refusal.field) for refusal in check(definition(None), weight=weight)]
    assert found == [("WEIGHT_OUT_OF_RANGE", ("weight",))]


@pytest.mark.parametrize("weight", [0, 0.5, 1, 1_000_000])
def test_a_weight_is_from_0_to_a_million(weight: float) -> None:
    assert list(check_weight(weight)) == []
