"""Key results that follow a KPI by the mean of its values: a table of cases."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from service.key_results.kpi_evidence import KpiEvidence, with_kpi_evidence
from service.key_results.progress import Definition, progress


def followed(definition: Definition, *values: str) -> Any:
    """The progress of a key result that follows a KPI with these monthly values in its cycle, and 4 before it."""
    during = [(date(2026, month, 1), Decimal(value)) for month, value in enumerate(values, 1)]
    before = (date(2025, 12, 1), Decimal(4))
    return progress(*with_kpi_evidence(definition, KpiEvidence("AVERAGE", False, before, during, len(values))))


@pytest.mark.parametrize(
    ("definition", "raw"),
    [
        (Definition("REACH", target=Decimal(4)), Fraction(29, 12)),
        (Definition("INCREASE", target=Decimal(9)), Fraction(17, 15)),
        (Definition("INCREASE_BY_PERCENT", change_by=Decimal(100)), Fraction(17, 12)),
        (Definition("AT_LEAST", mode="DISTANCE", target=Decimal(10)), Fraction(29, 30)),
        (Definition("AT_MOST", mode="DISTANCE", target=Decimal(8)), 2 - Fraction(29, 24)),
        # Rounded to 9.666666666667 the mean would be on the other side of these limits.
        (Definition("AT_LEAST", target=Decimal("9.666666666667")), Fraction(0)),
        (Definition("AT_MOST", target=Decimal("9.666666666666")), Fraction(0)),
        (Definition("WITHIN_RANGE", lower=Decimal("9.666666666667"), upper=Decimal(20)), Fraction(0)),
        (Definition("INCREASE", baseline=Decimal(10), target=Decimal("9.666666666667")), Fraction(0)),
        (Definition("BASELINE"), Fraction(1)),
    ],
)
def test_progress_is_that_of_the_mean_before_it_is_rounded(definition: Definition, raw: Fraction) -> None:
    found = followed(definition, "10", "12", "7")
    assert (found.raw, found.current) == (raw, Decimal("9.666666666667"))


def test_a_mean_that_is_exactly_the_target_reaches_it() -> None:
    found = followed(Definition("REACH", target=Decimal("0.5")), "0.1", "0.2", "1.2")
    assert (found.raw, found.current) == (1, Decimal("0.5"))
