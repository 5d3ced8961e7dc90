"""Many KPIs at a glance: how many stand how, by group, and which of them need attention."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, TypeVar

from service.kpis.current.summary import Standing
from service.kpis.enums import Freshness, KpiStatus
from service.kpis.targets.evaluation import as_float
from service.values.decimals import ExactNumber

K = TypeVar("K", bound=Hashable)
URGENCY = {KpiStatus.RED: 0, KpiStatus.AMBER: 1}
UNKNOWN = (KpiStatus.NO_DATA, KpiStatus.INCOMPLETE)
TARDY = {Freshness.MISSING: 0, Freshness.LATE: 1}


@dataclass(frozen=True, slots=True)
class Card:
    """A KPI's row and how it stands at one moment."""

    row: Any
    standing: Standing
    status: KpiStatus
    freshness: Freshness
    share: ExactNumber | None

    @property
    def attainment(self) -> float | None:
        """The share of its target that its value comes to, as an answer shows it."""
        return as_float(self.share)


@dataclass(frozen=True, slots=True)
class Group:
    """Cards that have something in common, `key`. `score` is the mean of their attainments, each held to 0..1, without
    those that have no data or not all of it."""

    key: Any
    cards: Sequence[Card]

    @property
    def counts(self) -> Counter[KpiStatus]:
        """How many stand how."""
        return Counter(card.status for card in self.cards)

    @property
    def overdue_count(self) -> int:
        """How many have a point overdue, or never had one."""
        return sum(card.freshness in TARDY for card in self.cards)

    @property
    def score(self) -> float | None:
        """0..1; None where nothing has an attainment."""
        found = self._shares
        return float(sum(found) / len(found)) if found else None

    @property
    def coverage(self) -> float | None:
        """The share of the cards that the score is made of, 0..1; None without cards."""
        return len(self._shares) / len(self.cards) if self.cards else None

    @property
    def _shares(self) -> list[Fraction]:
        return [
            min(max(Fraction(card.share), Fraction(0)), Fraction(1))
            for card in self.cards
            if card.share is not None and card.status not in UNKNOWN
        ]


def card(row: Any, standing: Standing, now: datetime) -> Card:
    """The card of a KPI."""
    judgement = standing.judgement_at(now)
    return Card(row, standing, judgement.status, standing.freshness(now), judgement.share)


def grouped(cards: Iterable[Card], key: Callable[[Card], K | None]) -> list[Group]:
    """The cards by what `key` says of them, those of which it says nothing last."""
    groups: dict[K | None, list[Card]] = {}
    for each in cards:
        groups.setdefault(key(each), []).append(each)
    return [Group(name, groups[name]) for name in sorted(groups, key=lambda name: (name is None, str(name)))]


def largest_changes(cards: Iterable[Card], most: int) -> list[Card]:
    """The cards whose value changed most in relation to the one before, the greatest change first."""
    moved = [card for card in cards if card.standing.change_ratio]
    return sorted(moved, key=lambda card: (-abs(card.standing.change_ratio or 0), card.row.name, card.row.id))[:most]


def needs_attention(cards: Iterable[Card], most: int) -> list[Card]:
    """The cards in RED, then in AMBER, then those that are late only; in each of these the late ones first, and of
    those the least attained."""

    def order(card: Card) -> tuple[Any, ...]:
        worst = card.attainment if card.attainment is not None else 1.0
        return URGENCY.get(card.status, 2), TARDY.get(card.freshness, 2), worst, card.row.name, card.row.id

    wanted = [card for card in cards if card.status in URGENCY or card.freshness in TARDY]
    return sorted(wanted, key=order)[:most]
