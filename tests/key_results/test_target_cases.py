"""The target that a change makes of a baseline, case by case (docs/numbers.md, 3)."""

from decimal import Decimal as D

import pytest

from service.key_results.progress import Definition, baseline_of, target_of


@pytest.mark.parametrize(
    ("kind", "baseline", "change_by", "target"),
    [
        ("INCREASE_BY", "0", "3500000000", "3500000000"),
        ("INCREASE_BY", "-5", "2", "-3"),
        ("DECREASE_BY", "-5", "2", "-7"),
        ("INCREASE_BY_PERCENT", "200000", "15", "230000"),
        ("DECREASE_BY_PERCENT", "10", "20", "8"),
        ("DECREASE_BY_PERCENT", "40", "25", "30"),
        ("DECREASE_BY_PERCENT", "10", "150", "-5"),
        # Of a negative baseline the share of its size: up is up, down is down.
        ("INCREASE_BY_PERCENT", "-100", "20", "-80"),
        ("DECREASE_BY_PERCENT", "-100", "20", "-120"),
        (
            "INCREASE_BY",
            "123456789012345678901234.123456789012",
            "0.000000000001",
            "123456789012345678901234.123456789013",
        ),
        ("INCREASE_BY", None, "5", None),
        ("DECREASE_BY_PERCENT", None, "5", None),
        ("INCREASE_BY", "5", None, None),
    ],
)
def test_a_change_makes_a_target_once_there_is_a_baseline(
    kind: str, baseline: str | None, change_by: str | None, target: str | None
) -> None:
    numbers = [None if n is None else D(n) for n in (baseline, change_by, target)]
    assert target_of(Definition(kind, baseline=numbers[0], change_by=numbers[1], target=D(77))) == numbers[2]


@pytest.mark.parametrize("kind", ["REACH", "BINARY"])
def test_reach_and_binary_begin_at_0_whatever_else_is_said(kind: str) -> None:
    definition = Definition(kind, baseline=D(50), target=D(100))
    assert baseline_of(definition) == 0
    assert target_of(definition) == (1 if kind == "BINARY" else 100)
