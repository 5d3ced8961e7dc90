"""Goals as the tables of docs/numbers.md describe them: in the first quarter of 2026."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from service.cycles.calendar import instants
from service.key_results.progress import Definition, Evidence
from service.rollup.status_timeline import StatedStatus, Status, StatusChange, StatusReason, status_at
from service.rollup.tree import Derivation, Edge, GoalValues, KeyResultNode
from tests.docs.numbers_page import TIMES
from tests.kit.goal_trees import edge, evaluated, key_result, objective

START, END = instants(date(2026, 1, 1), date(2026, 3, 31), "UTC")
PART = re.compile(rf"(null|draft|[0-9.]+)(?: ([A-Z_]+))?(?:{TIMES}([0-9.]+))?")


def at(day: str) -> datetime:
    """The beginning of a day."""
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def known(kind: str, share: str | None, **more: Any) -> KeyResultNode:
    """A key result of a kind that has come so far; `share` as a fraction, None without progress."""
    evidence = Evidence(None if share is None else Decimal(share))
    if kind == "AT_LEAST":
        definition = Definition(kind, "DISTANCE", target=Decimal(1))
    elif kind in ("REACH", "BINARY"):
        definition = Definition(kind, target=Decimal(1))
    else:
        definition = Definition(kind, baseline=None if share is None else Decimal(0), target=Decimal(1))
    return key_result(11, 0, definition=definition, evidence=evidence, **more)


def standing(node: KeyResultNode, day: str) -> tuple[Derivation, StatusChange]:
    """What a key result comes to, and how it stands at the beginning of a day."""
    above = objective(cycle_starts_at=START, cycle_ends_at=END)
    found = evaluated(above, key_results=[node]).key_results[node.id]
    return found, status_at(found.values.timeline, at(day))


def stated(day: str, status: str) -> StatedStatus | None:
    return StatedStatus(at(day), status) if status else None


def parts(cell: list[str]) -> list[tuple[str, str, float]]:
    """What stands for each contributor: its progress, its status, its weight."""
    found = [PART.fullmatch(each) for each in cell]
    assert all(found), cell
    return [(part[1], part[2] or "ON_TRACK", float(part[3] or 1)) for part in found if part]


def reached(number: int, share: str, weight: float) -> KeyResultNode:
    """A key result with progress, with none, or a draft."""
    if share in ("null", "draft"):
        return key_result(number, None, weight, lifecycle="DRAFT" if share == "draft" else "ACTIVE")
    return key_result(number, 0, weight, evidence=Evidence(Decimal(share) * 100))


def serving(number: int, share: str, status: str, weight: float) -> Edge:
    """An alignment of an objective with this progress and this status."""
    made = edge(number, None if share == "null" else float(Fraction(share)), weight)
    timeline = (StatusChange(at("2026-01-01"), Status(status), StatusReason.PACE),)
    values = made.child
    return edge(number, None, weight, child=GoalValues(values.progress, values.raw, values.reason, None, timeline))
