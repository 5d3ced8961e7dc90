"""Histories of KPIs: steps that hypothesis draws, and what carries them out."""

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from service.entities.archiving import set_archived
from service.key_results import commands as key_results
from service.key_results import kpi_link_commands
from service.key_results.kpi_link_models import KpiLinkRole
from service.key_results.models import KeyResultKind, ValueSource
from service.kpis import commands as kpis
from service.kpis.entity import KPI
from service.kpis.enums import Aggregation, Frequency, KpiSource
from service.kpis.measurements.commands import record
from service.kpis.measurements.points import MeasurementInput
from service.kpis.targets import commands
from service.writing.change import Change
from service.writing.transaction import Transaction
from tests.kit.goal_history import PLACES, WEIGHTS, History

DAYS = st.dates(date(2025, 8, 1), date(2026, 1, 31))

VALUES = st.decimals(-20, 120, places=1)

FORMULAS = (
    "[a] / [b]",
    "lag([ratio], 1) + sum([a], 3)",
    "if([a] > [b], max([a], [b]), -[a])",
    "[parent] * 2 - [daily]",
    "[mean] / ([daily] - [b])",
)

LEVELS = st.sampled_from([KeyResultKind.INCREASE_BY, KeyResultKind.REACH, KeyResultKind.AT_LEAST])

STEPS = st.one_of(
    st.tuples(st.just("points"), PLACES, st.lists(st.tuples(DAYS, VALUES), min_size=1, max_size=4)),
    st.tuples(st.just("points"), PLACES, st.lists(st.tuples(DAYS, VALUES), min_size=1, max_size=4)),
    st.tuples(st.just("deletion"), PLACES, DAYS),
    st.tuples(st.just("formula"), PLACES, st.sampled_from(FORMULAS)),
    st.tuples(st.just("gathering"), PLACES, st.sampled_from(list(Aggregation)), st.booleans()),
    st.tuples(st.just("weight"), PLACES, WEIGHTS),
    st.tuples(st.just("parent"), PLACES, PLACES),
    st.tuples(st.just("archive_kpi"), PLACES, st.booleans()),
    st.tuples(st.just("follow"), PLACES, PLACES, LEVELS),
    st.tuples(st.just("guard"), PLACES, PLACES),
    st.tuples(st.just("unguard"), PLACES),
    st.tuples(st.just("target"), PLACES, VALUES),
    st.tuples(st.just("align"), PLACES, PLACES, st.just("CONTRIBUTES"), WEIGHTS),
    st.tuples(st.just("cycle_ends"), st.integers(3, 12)),
)


class KpiHistory(History):
    """The same organization with measured and computed KPIs."""

    async def begin(self) -> None:
        await super().begin()
        self.links: list[Any] = []
        self.targets: list[Any] = []
        self.kpis: dict[str, Any] = {}
        monthly = {"frequency": Frequency.MONTHLY}
        for name, facts in {
            "a": {**monthly, "aggregation": Aggregation.SUM},
            "b": {**monthly, "aggregation": Aggregation.AVERAGE},
            "daily": {"frequency": Frequency.DAILY, "aggregation": Aggregation.AVERAGE},
            "parent": {**monthly, "source": KpiSource.CHILDREN_SUM},
            "mean": {"frequency": Frequency.QUARTERLY, "source": KpiSource.CHILDREN_MEAN},
            "ratio": {**monthly, "formula": FORMULAS[0]},
            "other": {**monthly, "formula": FORMULAS[1]},
        }.items():
            self.kpis[name] = await self.write(lambda tx, name=name, facts=facts: self._kpi(tx, name, facts))  # type: ignore[misc]
        assert all(self.kpis.values())
        for child, parent in (("a", "parent"), ("daily", "parent"), ("b", "mean")):
            await self.change(self.kpis[child], {"parent_id": self.kpis[parent]})
        # Something to correct from the first step on.
        for place in range(3):
            days = [date(2025, month, 5) for month in range(8, 13)] + [date(2026, 1, 5)]
            await self.points(place, [(day, Decimal(number + place)) for number, day in enumerate(days, start=1)])

    async def _kpi(self, tx: Transaction, name: str, facts: dict[str, Any]) -> Any:
        row = kpis.draft(tx, {"name": name, "external_id": name, **facts})
        await kpis.create(tx, [row])
        return row.id

    def kpi(self, place: int) -> Any:
        return self.pick(list(self.kpis.values()), place)

    def computed(self, place: int) -> Any:
        return self.pick([self.kpis["ratio"], self.kpis["other"]], place)

    async def change(self, id: Any, values: dict[str, Any]) -> None:
        await self.write(lambda tx: kpis.change(tx, Change(id, values)))

    async def points(self, place: int, points: list[tuple[date, Decimal]]) -> None:
        id = self.pick([self.kpis[name] for name in ("a", "b", "daily")], place)
        given = [MeasurementInput(id, None, day, None, value) for day, value in points]
        await self.write(lambda tx: record(tx, given, all_or_nothing=False))

    async def deletion(self, place: int, day: date) -> None:
        given = [MeasurementInput(self.kpi(place), None, day, None, None, is_deletion=True)]
        await self.write(lambda tx: record(tx, given, all_or_nothing=True))

    async def formula(self, place: int, text: str) -> None:
        await self.change(self.computed(place), {"formula": text})

    async def gathering(self, place: int, aggregation: Aggregation, cumulative: bool) -> None:
        await self.change(self.kpi(place), {"aggregation": aggregation, "cumulative": cumulative})

    async def weight(self, place: int, weight: float) -> None:
        await self.change(self.kpi(place), {"weight": weight})

    async def parent(self, place: int, parent: int) -> None:
        await self.change(self.kpi(place), {"parent_id": self.kpi(parent)})

    async def archive_kpi(self, place: int, archived: bool) -> None:
        await self.write(lambda tx: set_archived(tx, KPI, self.kpi(place), archived))

    async def follow(self, place: int, kpi: int, kind: KeyResultKind) -> None:
        async def command(tx: Transaction) -> Any:
            facts = {"objective_id": self.pick(self.objectives, place), "title": kind.value, "kind": kind}
            numbers = {"change_by": Decimal(10)} if "BY" in kind else {"target": Decimal(50)}
            source = {"value_source": ValueSource.KPI, "source_kpi_id": self.kpi(kpi)}
            row = key_results.draft(tx, {**facts, **numbers, **source})
            await key_results.create(tx, [row])
            return row.id

        if made := await self.write(command):
            self.key_results.append(made)

    async def guard(self, place: int, kpi: int) -> None:
        if id := self.pick(self.key_results, place):
            wish = kpi_link_commands.KpiLinkRequest(id, self.kpi(kpi), KpiLinkRole.GUARDRAIL)
            if made := await self.write(lambda tx: kpi_link_commands.link(tx, wish)):
                self.links.append(made[0].id)

    async def unguard(self, place: int) -> None:
        if id := self.pick(self.links, place):
            await self.write(lambda tx: kpi_link_commands.unlink(tx, id))

    async def target(self, place: int, value: Decimal) -> None:
        async def command(tx: Transaction) -> Any:
            facts = {"kpi_id": self.kpi(place), "starts_on": date(2025, 1, 1), "value": abs(value)}
            row = commands.draft(tx, facts)
            await commands.create(tx, [row])
            return row.id

        if made := await self.write(command):
            self.targets.append(made)
        elif id := self.pick(self.targets, place):
            await self.write(lambda tx: commands.change(tx, Change(id, {"value": abs(value)})))
