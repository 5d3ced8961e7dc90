"""Which units go together in a formula, and where they do not: a table of cases."""

import pytest

from service.kpis.formulas.parser import parse
from service.kpis.formulas.units import Unit, UnitsDiffer, describe_unit, matches_unit, unit_of

UNITS = {"sales": "EUR", "cost": "EUR", "orders": "order", "hours": "h", "rate": None}


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("1 + 2", "a plain number"),
        ("sales", "EUR"),
        ("rate", "a plain number"),
        ("sales + cost", "EUR"),
        ("sales + 1", "EUR"),
        ("rate - sales", "EUR"),
        ("-sales * 2", "EUR"),
        ("sales / orders", "EUR / order"),
        ("1 / orders", "1 / order"),
        ("sales * orders", "EUR · order"),
        ("sales / orders / hours", "EUR / order · h"),
        ("sales / cost", "a ratio without a unit"),
        ("sales * sales", "EUR^2"),
        ("sales * sales / cost", "EUR"),
        ("sales / orders * orders", "EUR"),
        ("sales / orders + cost / orders", "EUR / order"),
        ("sales * orders + orders * cost", "EUR · order"),
        ("sales / lag(sales, 1) - 1", "a ratio without a unit"),
        ("sum(lag(sales, 1), 12)", "EUR"),
        ("min(0, sales, cost)", "EUR"),
        ("if(orders > 0, sales / orders, 0)", "EUR / order"),
        ("if(sales > cost, orders, 1)", "order"),
        ("sales / rate", "EUR"),
    ],
)
def test_a_formula_has_a_unit(text: str, unit: str) -> None:
    assert describe_unit(unit_of(parse(text), UNITS)) == unit


@pytest.mark.parametrize(
    ("text", "left", "right", "column"),
    [
        ("sales + orders", "EUR", "order", 1),
        ("1 + sales - orders", "EUR", "order", 1),
        ("2 * (sales - orders)", "EUR", "order", 6),
        ("min(sales, 1, hours)", "EUR", "h", 1),
        ("1 + max(sales, hours)", "EUR", "h", 5),
        ("if(sales > hours, 1, 2)", "EUR", "h", 4),
        ("if(1 > 0, sales, hours)", "EUR", "h", 1),
        ("sales / orders + sales", "EUR / order", "EUR", 1),
        ("sales / cost + sales", "a ratio without a unit", "EUR", 1),
        ("lag(sales + hours, 1)", "EUR", "h", 5),
        ("sum(-(sales + hours), 2)", "EUR", "h", 7),
    ],
)
def test_what_does_not_go_together_is_told_with_its_place(text: str, left: str, right: str, column: int) -> None:
    with pytest.raises(UnitsDiffer) as refused:
        unit_of(parse(text), UNITS)
    told = refused.value
    assert (describe_unit(told.left), describe_unit(told.right)) == (left, right)
    assert (told.position.line, told.position.column) == (1, column)


@pytest.mark.parametrize(
    ("unit", "declared", "fit"),
    [
        (None, None, True),
        (None, "EUR", True),
        ({"EUR": 1}, None, True),
        ({"EUR": 1}, "EUR", True),
        ({"EUR": 1}, "USD", False),
        ({"EUR": 1, "order": -1}, "EUR per order", True),
        ({"EUR": 2}, "EUR", True),
        ({}, "%", True),
    ],
)
def test_a_kpi_may_declare_a_unit_that_its_formula_does_not_contradict(
    unit: Unit, declared: str | None, fit: bool
) -> None:
    assert matches_unit(unit, declared) is fit
