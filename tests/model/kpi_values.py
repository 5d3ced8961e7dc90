"""Values of KPIs (docs/numbers.md, 17): measured, made of children, or computed by a formula."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from operator import add, mul, sub, truediv

from tests.model.exact import SHOWN_DECIMALS, rounded
from tests.model.kpi_facts import DAY, MONTHS, Kpi, Period, period_of

LOOKS_BACK = ("lag", "sum")
OPERATORS = {"+": add, "-": sub, "*": mul, "/": truediv}


@dataclass(frozen=True)
class Cell:
    """One period of a KPI: its value or why there is none, and of how many parts it is made."""

    value: Fraction | None
    reason: str | None = None
    partial: Fraction | None = None
    parts: int | None = None
    expected_parts: int | None = None


class MissingError(Exception):
    """A part of a formula has no value."""


class Values:
    """The values of all KPIs of an organization at one moment."""

    def __init__(self, kpis: dict[str, Kpi], now: datetime, fiscal_year_start_month: int = 1) -> None:
        self.kpis, self.now, self.fiscal_year_start_month = kpis, now, fiscal_year_start_month
        self._cells: dict[tuple[str, date], Cell] = {}
        self._since: dict[str, date | None] = {}
        self._histories: dict[str, list[Period]] = {}

    def period(self, id: str, day: date) -> Period:
        """The period of a KPI that a day belongs to."""
        return period_of(self.kpis[id].frequency, day, self.fiscal_year_start_month)

    def cell(self, id: str, period: Period) -> Cell:
        """A KPI in one of its own periods."""
        key = id, period.first
        if key not in self._cells:
            self._cells[key] = self._made(id, period)
        return self._cells[key]

    def periods(self, id: str, first: date, last: date) -> list[Period]:
        """A KPI's own periods that begin from one day to another, the oldest first."""
        kpi = self.kpis[id]
        if kpi.frequency == "IRREGULAR":
            days = sorted(day for day in kpi.points if first <= day <= last)
            return [Period(day, day) for day in days]
        found, here = [], self.period(id, first)
        while here.first <= last:
            found += [here] if here.first >= first else []
            here = self.period(id, here.last + DAY)
        return found

    def history(self, id: str) -> list[Period]:
        """All periods of a KPI from the first point of anything to today."""
        start = self._beginning
        if start and id not in self._histories:
            first = self.period(id, start).first
            self._histories[id] = self.periods(id, first, self.kpis[id].today(self.now))
        return self._histories.get(id, [])

    def valued(self, id: str, first: date = date.min, last: date = date.max) -> list[tuple[Period, Fraction]]:
        """The periods that have a value, the oldest first."""
        found = []
        for each in self.history(id):
            value = self.cell(id, each).value
            if value is not None and first <= each.first <= last:
                found.append((each, value))
        return found

    def expected(self, id: str, period: Period) -> bool:
        """Whether a measurement is expected until now: its grace has ended, or it has a value."""
        kpi = self.kpis[id]
        if self.cell(id, period).value is not None:
            return True
        over = self.now >= kpi.over(period.last) + kpi.grace_days * DAY
        return over and self.in_service(id, period)

    def in_service(self, id: str, period: Period) -> bool:
        """Whether a KPI existed in a period and was not archived yet; of an irregular one nothing is expected."""
        kpi, since = self.kpis[id], self.since(id)
        if kpi.frequency == "IRREGULAR" or since is None or period.last < since:
            return False
        return kpi.archived is None or period.last < kpi.archived

    def since(self, id: str) -> date | None:
        """From when on something is expected of a KPI."""
        if id not in self._since:
            kpi = self.kpis[id]
            first = [day for day, value in kpi.points.items() if value is not None]
            self._since[id] = min([kpi.created, *first])
            if kpi.source == "FORMULA":
                self._since[id] = self._inputs_since(kpi.formula, kpi.frequency)
            elif kpi.source != "MEASURED":
                starts = [period.first for period, _ in self.valued(id)[:1]]
                self._since[id] = min([kpi.created, *starts])
        return self._since[id]

    def _inputs_since(self, tree: object, frequency: str) -> date | None:
        """The first day of the first period in which all inputs of a formula exist, lags included."""
        if not isinstance(tree, tuple):
            return date.min
        name, *arguments = tree
        if name == "kpi":
            since = self.since(arguments[0])
            return since and period_of(frequency, since, self.fiscal_year_start_month).first
        starts = [self._inputs_since(each, frequency) for each in arguments]
        known = [each for each in starts if each is not None]
        if len(known) < len(starts):
            return None
        found = max(known)
        back = arguments[-1] - (name == "sum") if name in ("lag", "sum") else 0
        for _ in range(back):
            found = period_of(frequency, period_of(frequency, found, self.fiscal_year_start_month).last + DAY).first
        return found

    def complete(self, kpi: Kpi, expected: list[Period], id: str) -> bool:
        """Whether those measurements are there that the value needs."""
        needed = expected[-1:] if aggregation(kpi) == "LAST" else expected
        return kpi.frequency == "IRREGULAR" or all(self.cell(id, each).value is not None for each in needed)

    def fiscal_year(self, day: date) -> Period:
        return period_of("YEARLY", day, self.fiscal_year_start_month)

    def place(self, id: str, period: Period) -> int:
        """The number of a period in a KPI's calendar; of an irregular one that of the day."""
        frequency, first = self.kpis[id].frequency, period.first
        if frequency in MONTHS:
            months = first.year * 12 + first.month - self.fiscal_year_start_month
            return months // MONTHS[frequency]
        return first.toordinal() // 7 if frequency == "WEEKLY" else first.toordinal()

    def children(self, id: str) -> list[str]:
        return [key for key, each in self.kpis.items() if each.parent == id]

    def part(self, id: str, bucket: Period, frequency: str, shown: str | None) -> Fraction | None:
        """What a KPI brings to another one in its period; nothing before all of it is measured.

        A computed value is stored, so it must not depend on what time it is: also days to come are waited for. What
        is computed for a series alone, that of the formula `shown`, is of those periods that are expected of it.
        """
        kpi = self.kpis[id]
        if kpi.frequency == frequency:
            return self.cell(id, bucket).value
        if shown and self.widens(id):
            return self._formula(kpi, bucket, frequency, shown).value
        own = self.periods(id, bucket.first, bucket.last)
        if shown:
            own = [each for each in own if self.expected(shown, self.period(shown, each.first))]
        there = [value for each in own if (value := self.cell(id, each).value) is not None]
        needed = [each for each in own if self.in_service(id, each) or self.cell(id, each).value is not None]
        return aggregate(aggregation(kpi), there) if self.complete(kpi, needed, id) else None

    def widens(self, id: str) -> bool:
        """Whether a KPI is a formula that is computed over longer periods: none of those below it looks back."""
        kpi = self.kpis[id]
        return kpi.source == "FORMULA" and not self._looks_back(kpi.formula)

    def _looks_back(self, tree: object) -> bool:
        if not isinstance(tree, tuple):
            return False
        if tree[0] == "kpi":
            return self._looks_back(self.kpis[tree[1]].formula)
        return tree[0] in LOOKS_BACK or any(map(self._looks_back, tree[1:]))

    @cached_property
    def _beginning(self) -> date | None:
        days = [day for kpi in self.kpis.values() for day in kpi.points]
        return min(days, default=None)

    def _made(self, id: str, period: Period) -> Cell:
        kpi = self.kpis[id]
        if kpi.source == "MEASURED":
            value = kpi.points.get(period.first)
            return Cell(value, "DELETED" if period.first in kpi.points and value is None else None)
        made = self.computed(id, period, kpi.frequency, shown=None)
        # It is a measurement like those that are recorded, and has as many decimals.
        return made if made.value is None else replace(made, value=rounded(made.value, SHOWN_DECIMALS))

    def computed(self, id: str, bucket: Period, frequency: str, shown: str | None) -> Cell:
        """A formula or a parent over a period of some length."""
        kpi = self.kpis[id]
        if kpi.source == "FORMULA":
            return self._formula(kpi, bucket, frequency, shown)
        return self._parent(id, bucket, frequency)

    def _parent(self, id: str, bucket: Period, frequency: str) -> Cell:
        parts, expected, missing = [], 0, False
        for child in self.children(id):
            value = self.part(child, bucket, frequency, shown=None)
            if value is not None:
                parts.append((self.kpis[child].weight, value))
            elif self.in_service(child, bucket):
                missing = True
            else:
                continue
            expected += 1
        if not parts:
            return Cell(None, "INPUT_MISSING" if missing else None, None, 0, expected)
        if self.kpis[id].source == "CHILDREN_SUM":
            value = sum((value for _, value in parts), Fraction(0))
        else:
            weight = sum(weight for weight, _ in parts)
            value = sum((weight * value for weight, value in parts), Fraction(0)) / weight
        if missing:
            return Cell(None, "INPUT_MISSING", value, len(parts), expected)
        return Cell(value, None, None, len(parts), expected)

    def _formula(self, kpi: Kpi, bucket: Period, frequency: str, shown: str | None) -> Cell:
        try:
            return Cell(self._evaluated(kpi.formula, bucket, frequency, shown))
        except MissingError:
            return Cell(None, "INPUT_MISSING")
        except ZeroDivisionError:
            return Cell(None, "DIVIDE_BY_ZERO")

    def _evaluated(self, tree: object, bucket: Period, frequency: str, shown: str | None) -> Fraction:
        """The value of a tree: ("name", arguments), ("kpi", id) or a number."""
        if not isinstance(tree, tuple):
            return Fraction(str(tree))
        name, *arguments = tree
        if name == "kpi":
            value = self.part(arguments[0], bucket, frequency, shown)
            if value is None:
                raise MissingError
            return value

        def at(tree: object, steps: int = 0) -> Fraction:
            return self._evaluated(tree, self._back(bucket, steps, frequency), frequency, shown)

        if name in ("lag", "sum"):
            tree, back = arguments
            return sum((at(tree, steps) for steps in ([back] if name == "lag" else range(back))), Fraction(0))
        if name == "if":
            left, right, yes, no = arguments
            return at(yes if at(left) > at(right) else no)
        return calculated(name, [at(each) for each in arguments])

    def _back(self, bucket: Period, steps: int, frequency: str) -> Period:
        for _ in range(steps):
            bucket = period_of(frequency, bucket.first - DAY, self.fiscal_year_start_month)
        return bucket


def calculated(name: str, values: list[Fraction]) -> Fraction:
    """An operator over values."""
    if name in ("min", "max"):
        return min(values) if name == "min" else max(values)
    left, right = values
    return OPERATORS[name](left, right)


def aggregation(kpi: Kpi) -> str:
    """How a KPI's values become one; of a cumulative one the latest wins."""
    return "LAST" if kpi.cumulative else kpi.aggregation


def aggregate(how: str, values: list[Fraction]) -> Fraction | None:
    """One value of several, in the order of time; null of none."""
    if not values:
        return None
    if how in ("LAST", "MIN", "MAX"):
        return values[-1] if how == "LAST" else min(values) if how == "MIN" else max(values)
    if how == "COUNT":
        return Fraction(len(values))
    return sum(values, Fraction(0)) / (len(values) if how == "AVERAGE" else 1)
