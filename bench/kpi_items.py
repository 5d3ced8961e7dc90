"""Items of a workspace that the benchmark adds to the generated ones: KPIs, and a chain of objectives twelve deep."""

from collections.abc import Iterator
from datetime import date, timedelta

BOARD_KPIS = 40
RECORDED_KPIS = 10
FIRST_DAY, LAST_DAY = date(2017, 1, 1), date(2026, 10, 31)
BOARD_YEARS = range(2024, 2027)
DEPTH = 12
# The largest allowed value, so that a data set that is some months old is still fresh.
GRACE_DAYS = 366


def extra_items() -> Iterator[dict[str, str | int]]:
    """The items, each with what it refers to before it."""
    yield from _board()
    yield from _daily()
    for number in range(RECORDED_KPIS):
        yield {"type": "Kpi", "externalId": f"recorded-{number}", "name": f"Recorded {number}", "frequency": "DAILY"}
    yield from _chain()


def _board() -> Iterator[dict[str, str | int]]:
    """Monthly KPIs with three years of values, and a target each."""
    for number in range(BOARD_KPIS):
        name = f"board-{number:02}"
        facts: dict[str, str | int] = {
            "unit": "EUR",
            "aggregation": "SUM",
            "category": "board",
            "graceDays": GRACE_DAYS,
        }
        yield {"type": "Kpi", "externalId": name, "name": f"Board KPI {number:02}", "frequency": "MONTHLY", **facts}
        yield {
            "type": "KpiTarget",
            "externalId": f"{name}-target",
            "kpi": name,
            "startsOn": "2024-01-01",
            "value": str(120 + number % 7),
        }
        for year in BOARD_YEARS:
            for month in range(1, 13 if year < LAST_DAY.year else LAST_DAY.month + 1):
                value = 90 + (number * 7 + year * 12 + month * 5) % 60
                yield {"type": "Measurement", "kpi": name, "on": f"{year}-{month:02}-01", "value": str(value)}


def _daily() -> Iterator[dict[str, str | int]]:
    """One KPI with a value for each day of nearly ten years."""
    facts: dict[str, str | int] = {"aggregation": "SUM", "category": "daily", "graceDays": GRACE_DAYS}
    yield {"type": "Kpi", "externalId": "daily", "name": "Daily", "frequency": "DAILY", **facts}
    for number in range((LAST_DAY - FIRST_DAY).days + 1):
        day = FIRST_DAY + timedelta(days=number)
        yield {"type": "Measurement", "kpi": "daily", "on": day.isoformat(), "value": str(100 + number * 37 % 90)}


def _chain() -> Iterator[dict[str, str | int]]:
    """Objectives that each serve the one before, with a key result at the lowest."""
    for depth in range(DEPTH + 1):
        name = f"chain-{depth}"
        facts = {"level": "TEAM", "progressSource": "BOTH", "cycle": "2026"}
        yield {"type": "Objective", "externalId": name, "title": f"Chain {depth}", **facts}
        if depth:
            yield {"type": "Alignment", "objective": name, "parent": f"chain-{depth - 1}"}
    for depth in (0, DEPTH):
        yield {
            "type": "KeyResult",
            "externalId": f"chain-{depth}-kr",
            "objective": f"chain-{depth}",
            "title": f"Measure at depth {depth}",
            "kind": "INCREASE",
            "baseline": "0",
            "target": "1000000",
        }
