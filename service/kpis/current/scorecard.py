"""Scorecards: counts and scores of many KPIs, by group, and the KPIs that need attention."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeVar

from service.kpis.current.summary import KpiSummary
from service.kpis.enums import Freshness, KpiStatus
from service.kpis.targets.evaluation import as_float
from service.values.decimals import ExactNumber, total
from service.values.record import record

K = TypeVar("K", bound=Hashable)
URGENCY = {KpiStatus.RED: 0, KpiStatus.AMBER: 1}
UNKNOWN = (KpiStatus.NO_DATA, KpiStatus.INCOMPLETE)
LATENESS = {Freshness.MISSING: 0, Freshness.LATE: 1}


@record
class Card:
    """A KPI on a scorecard: its row, and its summary at one instant."""

    row: Any
    summary: KpiSummary
    status: KpiStatus
    freshness: Freshness
    exact_attainment: ExactNumber | None

    @property
    def attainment(self) -> float | None:
        """The exact attainment as a float, as an answer shows it."""
        return as_float(self.exact_attainment)


@dataclass(frozen=True)
class Group:
    """Cards with the same `key`. `score` is the mean of their attainments, each limited to 0..1, without cards in
    NO_DATA or INCOMPLETE."""

    key: Any
    cards: Sequence[Card]

    @cached_property
    def counts(self) -> Counter[KpiStatus]:
        """The number of cards by status."""
        return Counter(card.status for card in self.cards)

    @property
    def overdue_count(self) -> int:
        """The number of KPIs with an overdue measurement or with none."""
        return sum(card.freshness in LATENESS for card in self.cards)

    @property
    def score(self) -> float | None:
        """0..1; None if no card has an attainment."""
        attainments = self._attainments
        return float(Fraction(total(attainments)) / len(attainments)) if attainments else None

    @property
    def coverage(self) -> float | None:
        """The share of the cards that the score uses, 0..1; None without cards."""
        return len(self._attainments) / len(self.cards) if self.cards else None

    @cached_property
    def _attainments(self) -> list[ExactNumber]:
        return [
            min(max(card.exact_attainment, Decimal(0)), Decimal(1))
            for card in self.cards
            if card.exact_attainment is not None and card.status not in UNKNOWN
        ]


def build_card(row: Any, summary: KpiSummary, now: datetime) -> Card:
    """The card of a KPI."""
    judgement = summary.judgement_at(now)
    return Card(row, summary, judgement.status, summary.freshness(now), judgement.exact_attainment)


def group_cards(cards: Iterable[Card], key: Callable[[Card], K | None]) -> list[Group]:
    """The cards grouped by `key`, in the order of the keys, None last."""
    groups: dict[K | None, list[Card]] = {}
    for each in cards:
        groups.setdefault(key(each), []).append(each)
    return [Group(name, groups[name]) for name in sorted(groups, key=lambda name: (name is None, str(name)))]


def largest_changes(cards: Iterable[Card], limit: int) -> list[Card]:
    """At most `limit` cards with the greatest absolute change ratio, the greatest first."""
    changed = [card for card in cards if card.summary.change_ratio]
    return sorted(changed, key=lambda card: (-abs(card.summary.change_ratio or 0), card.row.name, card.row.id))[:limit]


def needs_attention(cards: Iterable[Card], limit: int) -> list[Card]:
    """At most `limit` cards: RED, then AMBER, then those that are only late or missing. Each of these is sorted by
    freshness, MISSING first, then by attainment, the lowest first."""

    def order(card: Card) -> tuple[Any, ...]:
        worst = card.attainment if card.attainment is not None else 1.0
        return URGENCY.get(card.status, 2), LATENESS.get(card.freshness, 2), worst, card.row.name, card.row.id

    urgent = [card for card in cards if card.status in URGENCY or card.freshness in LATENESS]
    return sorted(urgent, key=order)[:limit]
