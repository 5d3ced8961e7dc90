"""An objective and its key results as one sentence, case by case."""

import pytest

from service.objectives.statement import statement


@pytest.mark.parametrize(
    ("objective", "key_results", "sentence"),
    [
        (
            "Become profitable",
            ["Decreasing financial waste", "increasing inflow by $3.5 billion", "Growing by 2 million customers"],
            "We will become profitable as measured by decreasing financial waste, increasing inflow by $3.5 billion, "
            "and growing by 2 million customers.",
        ),
        ("become profitable.", [], "We will become profitable."),
        ("  Delight customers  ", ["NPS to 75"], "We will delight customers as measured by NPS to 75."),
        ("Grow", ["More sales.", "Less waste."], "We will grow as measured by more sales and less waste."),
        ("Grow", ["a", "b", "c", "d"], "We will grow as measured by a, b, c, and d."),
        ("IPO", ["KPIs met", "iOS app"], "We will IPO as measured by KPIs met and iOS app."),
        ("A", ["É"], "We will a as measured by é."),
        (
            "Q2 launch",
            ["LinkedIn followers", "R&D costs"],
            "We will Q2 launch as measured by LinkedIn followers and R&D costs.",
        ),
        ("3 prototypes", ["100 interviews"], "We will 3 prototypes as measured by 100 interviews."),
    ],
)
def test_the_sentence(objective: str, key_results: list[str], sentence: str) -> None:
    assert statement(objective, key_results) == sentence
