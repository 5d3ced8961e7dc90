"""Values that are drawn for steps, as the API takes them, and what dates come to."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from tests.model.facts import DAY, Cadence

MONTHS = {"MONTH": 1, "QUARTER": 3, "HALF_YEAR": 6, "YEAR": 12}
WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
KINDS_BY_MODE = {"ADHERENCE": ("AT_LEAST", "AT_MOST", "WITHIN_RANGE"), "DISTANCE": ("AT_LEAST", "AT_MOST")}


def numbers(kind: str, a: Decimal, b: Decimal) -> dict[str, Any]:
    """The numbers that a kind needs, made of any two."""
    low, high = sorted((a, b))
    if kind == "INCREASE":
        return {"baseline": low, "target": high}
    if kind == "DECREASE":
        return {"baseline": high, "target": low}
    if "_BY" in kind:
        return {"changeBy": abs(b) + 1} | ({"baseline": a} if a > 0 else {})
    if kind == "REACH":
        return {"target": abs(b) + 1}
    if kind in ("AT_LEAST", "AT_MOST"):
        return {"target": b}
    return {"lower": low, "upper": high} if kind == "WITHIN_RANGE" else {}


def cadence_of(given: dict[str, Any] | None) -> Cadence | None:
    """The cadence of an input."""
    if given is None:
        return None
    return Cadence(given["days"], None if given["weekday"] is None else WEEKDAYS.index(given["weekday"]))


def stretch(given: dict[str, str]) -> tuple[date, date]:
    """The first and the last day of what a date names; the fiscal year begins in January."""
    day, months = date.fromisoformat(given["on"]), MONTHS.get(given["granularity"])
    if months is None:
        return day, day
    first = day.replace(month=(day.month - 1) // months * months + 1, day=1)
    after = first
    for _ in range(months):
        after = (after + 31 * DAY).replace(day=1)
    return first, after - DAY


def midnight(day: date) -> datetime:
    """The first instant of a day; the organization's time zone is UTC."""
    return datetime.combine(day, time(), UTC)
