"""What a KPI says about a key result that follows it: where it began, and where it is now.

Source of the rules: domain.md, section 2, and docs/decisions/0009.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from service.key_results.progress import CHANGES, Definition, Evidence
from service.kpis.series import aggregate
from service.kpis.words import Aggregation

# These compare levels, so what is measured over the cycle is compared with the level that it began with.
LEVELS = CHANGES | {"INCREASE", "DECREASE"}
GROWING = (Aggregation.SUM, Aggregation.COUNT)


@dataclass(frozen=True, slots=True)
class Measurement:
    """The KPI's last value `before` the cycle, its values `during` it in order, and how many are `expected`."""

    aggregation: str
    cumulative: bool
    before: Decimal | None
    during: Sequence[Decimal]
    expected: int


def measured(definition: Definition, said: Measurement) -> tuple[Definition, Evidence]:
    """The definition with a baseline, and the evidence, as the KPI has them.

    Without a baseline of its own a key result begins at the KPI's last value before the cycle, else at its first
    one in it. Its current value is what the KPI's own aggregation makes of its values in the cycle; where levels
    are compared, sums and counts are those of single periods, of which the latest counts.
    """
    if definition.kind not in LEVELS:
        return definition, _evidence(said, said.during, said.aggregation)
    during, baseline = list(said.during), definition.baseline
    if baseline is None:
        baseline = said.before
        if baseline is None and during:
            baseline = during.pop(0)
    function = Aggregation.LAST if said.aggregation in GROWING else said.aggregation
    return replace(definition, baseline=baseline), _evidence(said, during, function)


def _evidence(said: Measurement, values: Sequence[Decimal], function: str) -> Evidence:
    latest = aggregate(values, Aggregation.LAST if said.cumulative else function)
    return Evidence(latest, tuple(values), said.expected)
