"""What the report on a cycle counts: goals in force by status, staleness, score, confidence, kind and alignment.

Goals are counted in cells: rows that say how many goals agree in all that is counted.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Protocol, TypeVar

from service.alignment.states import AlignmentState
from service.cycles.scores import PortfolioFlag, ScoreBand, portfolio_flag
from service.rollup.status_counts import StatusCount, StatusReport, report, share
from service.rollup.status_timeline import Staleness, Status
from service.values.decimals import round_progress
from service.values.record import record

# A confidence of 0..1 in thirds, from which levels begin; statements count by the same numbers.
THIRDS, MEDIUM_FROM, HIGH_FROM = 3, 1, 2
K = TypeVar("K", bound=StrEnum)


class ReportDimension(StrEnum):
    """What the goals of a report are grouped by."""

    TEAM = "TEAM"
    LEVEL = "LEVEL"
    PILLAR = "PILLAR"
    KIND = "KIND"
    OWNER = "OWNER"


class ReportFacet(StrEnum):
    """What is counted in a report, by the column of a cell."""

    ALL = "all"
    STATUS = "status"
    OVERDUE = "overdue_status"
    STALENESS = "staleness"
    SCORE_BAND = "score_band"
    CONFIDENCE = "confidence_level"
    KIND = "kind"
    POSTMORTEM = "postmortem_kind"
    ALIGNMENT = "alignment_state"


class ConfidenceLevel(StrEnum):
    """The third of 0..1 that a confidence is in; NONE: nobody has said one."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    NONE = "NONE"


class Cell(Protocol):
    """How many goals agree in what is counted, and the exact sums of their scores and confidence."""

    @property
    def key(self) -> str | None: ...
    @property
    def status(self) -> str | None: ...
    @property
    def overdue_status(self) -> str | None: ...
    @property
    def staleness(self) -> str | None: ...
    @property
    def score_band(self) -> str | None: ...
    @property
    def confidence_level(self) -> str: ...
    @property
    def kind(self) -> str | None: ...
    @property
    def postmortem_kind(self) -> str | None: ...
    @property
    def alignment_state(self) -> str | None: ...
    @property
    def count(self) -> int: ...
    @property
    def score_sum(self) -> Decimal | None: ...
    @property
    def confidence_sum(self) -> Decimal | None: ...


@record
class KindCount:
    """The objectives of a kind. `mean_score` is that of the scored ones, 0..1, None without any; `postmortem_count` are
    COMMITTED ones with a score below what is expected."""

    kind: str
    count: int
    scored_count: int
    mean_score: Decimal | None
    portfolio_flag: PortfolioFlag | None
    postmortem_count: int


@record
class GoalCounts:
    """Counts of goals. Each of the mappings and lists adds up to `count`; what no goal has is left out.

    `statuses` leave out goals without a status, which no goal in force is. None among the bands are unscored goals, and
    among the staleness goals of which no check-in is expected. `confidence` is the mean of what was said, 0..1.
    """

    count: int
    statuses: StatusReport
    staleness: Mapping[Staleness | None, int]
    score_bands: Mapping[ScoreBand | None, int]
    confidence_levels: Mapping[ConfidenceLevel, int]
    confidence: Decimal | None
    kinds: Sequence[KindCount]
    alignment: Mapping[AlignmentState, int]

    @property
    def alignment_rate(self) -> float | None:
        """The share of the objectives outside the top that serve another one, 0..1; None if there are none."""
        aligned = self.alignment.get(AlignmentState.ALIGNED, 0)
        return share(aligned, aligned + self.alignment.get(AlignmentState.UNALIGNED, 0))


def confidence_level(confidence: float | None) -> ConfidenceLevel:
    """The third that a confidence of 0..1 is in; a boundary belongs to the higher one."""
    if confidence is None:
        return ConfidenceLevel.NONE
    thirds = confidence * THIRDS
    if thirds < MEDIUM_FROM:
        return ConfidenceLevel.LOW
    return ConfidenceLevel.MEDIUM if thirds < HIGH_FROM else ConfidenceLevel.HIGH


def count_goals(cells: Sequence[Cell]) -> GoalCounts:
    """The counts of the goals in some cells."""
    statuses, overdue = _by(cells, lambda cell: cell.status), _by(cells, lambda cell: cell.overdue_status)
    bands, levels = _by(cells, lambda cell: cell.score_band), _by(cells, lambda cell: cell.confidence_level)
    staleness, alignment = _by(cells, lambda cell: cell.staleness), _by(cells, lambda cell: cell.alignment_state)
    total = sum(cell.count for cell in cells)
    stated = total - levels[ConfidenceLevel.NONE]
    return GoalCounts(
        total,
        report(StatusCount(each, statuses[each], overdue[each]) for each in Status if statuses[each]),
        _in_order(staleness, Staleness),
        _in_order(bands, ScoreBand),
        {level: levels[level] for level in ConfidenceLevel if levels[level]},
        _mean((cell.confidence_sum for cell in cells), stated),
        [_kind_count(kind, [cell for cell in cells if cell.kind == kind]) for kind in _names(cells)],
        {state: alignment[state] for state in AlignmentState if alignment[state]},
    )


def cells_by_key(cells: Iterable[Cell]) -> dict[str | None, list[Cell]]:
    """The cells of each group."""
    groups: dict[str | None, list[Cell]] = {}
    for cell in cells:
        groups.setdefault(cell.key, []).append(cell)
    return groups


def ordered_keys(keys: Iterable[str | None], order: Sequence[str] = ()) -> list[str | None]:
    """Each key of a group once: in this order, else in that of the text, None last."""
    ranks = {key: rank for rank, key in enumerate(order)}
    return sorted(set(keys), key=lambda key: (key is None, ranks.get(key or "", 0), key or ""))


def _kind_count(kind: str, cells: Sequence[Cell]) -> KindCount:
    scored = sum(cell.count for cell in cells if cell.score_band is not None)
    mean = _mean((cell.score_sum for cell in cells), scored)
    flag = portfolio_flag(mean) if kind == "ASPIRATIONAL" else None
    postmortems = sum(cell.count for cell in cells if cell.postmortem_kind is not None)
    return KindCount(kind, sum(cell.count for cell in cells), scored, mean, flag, postmortems)


def _names(cells: Iterable[Cell]) -> list[str]:
    return sorted({cell.kind for cell in cells if cell.kind is not None})


def _by(cells: Iterable[Cell], name: Callable[[Cell], str | None]) -> Counter[Any]:
    counts: Counter[Any] = Counter()
    for cell in cells:
        counts[name(cell)] += cell.count
    return counts


def _in_order(counts: Counter[Any], values: type[K]) -> dict[K | None, int]:
    return {value: counts[value] for value in (*values, None) if counts[value]}


def _mean(sums: Iterable[Decimal | None], count: int) -> Decimal | None:
    if not count:
        return None
    return round_progress(sum((Fraction(each) for each in sums if each is not None), Fraction(0)) / count)
