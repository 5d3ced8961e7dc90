"""What is decided about goals when their cycle ends, and what came of it. No database, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from service.key_results.progress import CHANGES
from service.values.record import record

# The kinds that are measured from a baseline of their own.
FROM_BASELINE = frozenset({"INCREASE", "DECREASE", *CHANGES})


class CarryOverDecision(StrEnum):
    KEEP = "KEEP"
    MODIFY = "MODIFY"
    ABANDON = "ABANDON"


class BaselineSource(StrEnum):
    """From where the key results of a carried objective are measured: from the same baseline, or the last value."""

    SAME = "SAME"
    LAST_VALUE = "LAST_VALUE"


class CarryOverOutcome(StrEnum):
    CREATED = "CREATED"
    ABANDONED = "ABANDONED"
    UNCHANGED = "UNCHANGED"
    REFUSED = "REFUSED"


@record
class KeyResultDecision:
    """A decision about a key result. `values` are the columns that a MODIFY changes."""

    key_result_id: UUID
    decision: CarryOverDecision
    values: Mapping[str, Any] = field(default_factory=dict)


@record
class ObjectiveDecision:
    """A decision about an objective. `values` are the columns that a MODIFY changes, and `key_results` the decisions
    about its key results; those that it does not name are as KEEP."""

    objective_id: UUID
    decision: CarryOverDecision
    baseline: BaselineSource = BaselineSource.SAME
    values: Mapping[str, Any] = field(default_factory=dict)
    key_results: Sequence[KeyResultDecision] = ()


@record
class CarriedKeyResult:
    """What came of a key result. `successor_id` is the key result in the next cycle; None if it was abandoned.
    `title`, `baseline` and `target` are those of a successor that was created."""

    key_result_id: UUID
    decision: CarryOverDecision
    successor_id: UUID | None = None
    title: str | None = None
    baseline: Decimal | None = None
    target: Decimal | None = None


@dataclass(slots=True)
class CarriedObjective:
    """What came of the objective at `index` in a request. `objective_id` is None for one that the viewer does not see.
    `successor_id` is the objective in the next cycle, and `alignments` the number of its alignments with parents."""

    index: int
    decision: CarryOverDecision
    outcome: CarryOverOutcome
    objective_id: UUID | None = None
    successor_id: UUID | None = None
    title: str | None = None
    alignments: int = 0
    key_results: list[CarriedKeyResult] = field(default_factory=list)


class LastValue(Protocol):
    """What the baseline of the successor of a key result follows from. `current` is its value, in its unit."""

    @property
    def kind(self) -> str | None: ...
    @property
    def value_source(self) -> str: ...
    @property
    def baseline(self) -> Decimal | None: ...
    @property
    def current(self) -> Decimal | None: ...
    @property
    def has_data(self) -> bool: ...


def successor_baseline(key_result: LastValue, source: BaselineSource) -> Decimal | None:
    """The baseline of the successor of a key result: the same, or the last value if there is one.

    Only MANUAL values of kinds that have a baseline become one. With LAST_VALUE a key result that follows a KPI has
    none of its own: it is measured from the value of the KPI when the cycle begins.
    """
    if source is BaselineSource.SAME or key_result.kind not in FROM_BASELINE:
        return key_result.baseline
    if key_result.value_source == "KPI":
        return None
    if key_result.value_source != "MANUAL" or not key_result.has_data:
        return key_result.baseline
    return key_result.current
