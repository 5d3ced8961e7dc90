"""Moves the items of the demo workspace from the day it was written for to any other day.

Goals move by whole days, so that each of them stands on every day as on `REFERENCE_DAY`. What belongs to a KPI
moves by whole periods of the KPI's calendar, so that its newest measurement is always that of the period before
the current one. A cumulative KPI starts again with each calendar year, so it moves by whole years.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from service.kpis.enums import Frequency
from service.kpis.series.calendar import MONTHS, distance, last_day, shifted, start_of
from service.values.record import record

# The day for which demo/workspace.jsonl is written: moved to it, the items stay as they are.
REFERENCE_DAY = date(2026, 11, 20)
GOAL_DATES = ("startsOn", "endsOn", "dueOn", "at", "doneAt")


@record
class PeriodShift:
    """How far the periods of a KPI move: by `count` periods of `unit`, which is a year for a cumulative KPI."""

    frequency: Frequency
    unit: Frequency
    count: int

    def start(self, day: date) -> date:
        """The first day of the moved period of `day`."""
        return shifted(start_of(day, self.frequency), self.unit, self.count)

    def end(self, day: date) -> date:
        """The last day of the moved period of `day`."""
        return last_day(self.start(day), self.frequency)


def move_items(items: Iterable[Mapping[str, Any]], day: date) -> list[dict[str, Any]]:
    """The items of the demo workspace as of `day`, in their order; dates are ISO 8601 text.

    Measurements of periods that have not ended before `day` are left out. Raises KeyError for a measurement or a
    target whose KPI is not among the items, and ValueError for a cumulative KPI with periods shorter than a month.
    """
    known = list(items)
    shifts = {item["externalId"]: _period_shift(item, day) for item in known if item["type"] == "Kpi"}
    moved: list[dict[str, Any]] = []
    for item in known:
        if item["type"] == "Measurement":
            shift = shifts[item["kpi"]]
            on = date.fromisoformat(item["on"])
            if shift.end(on) < day:
                moved.append({**item, "on": shift.start(on).isoformat()})
        elif item["type"] == "KpiTarget":
            moved.append(_move_target(item, shifts[item["kpi"]]))
        else:
            moved.append(_move_goal(item, day - REFERENCE_DAY))
    return moved


def _period_shift(kpi: Mapping[str, Any], day: date) -> PeriodShift:
    frequency = Frequency(kpi.get("frequency", Frequency.MONTHLY))
    unit = Frequency.YEARLY if kpi.get("cumulative") else frequency
    if unit is not frequency and frequency not in MONTHS:
        raise ValueError(f"The cumulative KPI {kpi['externalId']!r} is {frequency}; years move months, not days.")
    return PeriodShift(frequency, unit, distance(start_of(REFERENCE_DAY, unit), start_of(day, unit), unit))


def _move_target(item: Mapping[str, Any], shift: PeriodShift) -> dict[str, Any]:
    moved = {**item, "startsOn": shift.start(date.fromisoformat(item["startsOn"])).isoformat()}
    if "endsOn" in item:
        moved["endsOn"] = shift.end(date.fromisoformat(item["endsOn"])).isoformat()
    return moved


def _move_goal(item: Mapping[str, Any], by: timedelta) -> dict[str, Any]:
    """An item whose days and instants are moved; the time of day stays."""
    moved = {
        name: f"{date.fromisoformat(item[name][:10]) + by}{item[name][10:]}" for name in GOAL_DATES if name in item
    }
    return {**item, **moved}
