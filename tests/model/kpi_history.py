"""An organization whose KPIs are changed over the API, with every accepted command told to the model as well."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.kit.client import Client
from tests.model.drawn_values import midnight, numbers
from tests.model.exact import fraction
from tests.model.facts import Cycle, KeyResult, Objective
from tests.model.goals import World
from tests.model.kpi_facts import DAY, Kpi, Target, period_of

BEGINNING = datetime(2026, 3, 10, 9, tzinfo=UTC)
FIRST_DAY, LAST_DAY = date(2026, 1, 1), date(2026, 6, 30)
COLUMNS = {"graceDays": "grace_days", "timeZone": "time_zone"}
NUMBERS = ("value", "lower", "upper", "green", "amber", "weight")
KPIS_AT_FIRST: tuple[dict[str, Any], ...] = (
    {"frequency": "MONTHLY", "aggregation": "SUM", "graceDays": 5},
    {"frequency": "MONTHLY", "aggregation": "AVERAGE", "graceDays": 2},
    {"frequency": "DAILY", "aggregation": "SUM", "graceDays": 1},
)


class KpiHistory:
    """Does steps; a step that is refused changes neither the service nor the model."""

    def __init__(self, client: Client) -> None:
        self.client, self.world = client, World()
        self.kpis: dict[str, Kpi] = {}
        self.names: dict[str, str] = {}
        self.sources: dict[str, str] = {}
        self.guards: dict[str, tuple[str, str]] = {}
        self.accepted = self.refused = 0

    @property
    def now(self) -> datetime:
        return self.client.clock.now

    async def begin(self) -> None:
        """Three KPIs with values, and one objective."""
        self.client.clock.now = BEGINNING
        cycle = await self.client.cycle(FIRST_DAY.isoformat(), LAST_DAY.isoformat(), kind="CUSTOM")
        self.world.cycles[cycle] = Cycle(midnight(FIRST_DAY), midnight(LAST_DAY + DAY))
        self.objective = await self.client.objective(cycle)
        self.world.objectives[self.objective] = Objective(cycle=cycle, active_since=self.now)
        for place, facts in enumerate(KPIS_AT_FIRST):
            await self.kpi(facts)
            await self.fill(place, 7, [Decimal(10), Decimal(12), Decimal(7)])

    async def do(self, step: tuple[Any, ...]) -> None:
        """One step by its name."""
        name, *arguments = step
        await getattr(self, name)(*arguments)

    async def send(self, mutation: str, input: dict[str, Any], selection: str) -> Any:
        """What a mutation changes; null when it is refused."""
        given = {key: str(value) if isinstance(value, Decimal | date) else value for key, value in input.items()}
        payload = await self.client.change(mutation, given, selection)
        accepted = payload.pop("userErrors") == []
        self.accepted, self.refused = self.accepted + accepted, self.refused + (not accepted)
        return next(iter(payload.values())) if accepted else None

    def pick(self, things: Iterable[str], place: int) -> str:
        """One of these ids; empty when there are none."""
        found = list(things)
        return found[place % len(found)] if found else ""

    async def wait(self, hours: int) -> None:
        self.client.clock.now += timedelta(hours=hours)

    async def kpi(self, facts: dict[str, Any]) -> None:
        """A KPI that is measured, or that its children make."""
        name = f"k{len(self.kpis)}"
        if made := await self.send("kpiCreate", {"name": name, "externalId": name, **facts}, "kpi { id timeZone }"):
            created = Kpi(self.now.date())
            created.created = self.apply(created, facts | made).today(self.now)
            self.kpis[made["id"]], self.names[made["id"]] = created, name

    async def formula(self, facts: dict[str, Any], tree: Any) -> None:
        """A KPI computed from others; numbers in the tree that follow "kpi" are places."""
        tree = self.placed(tree)
        before = len(self.kpis)
        await self.kpi(facts | {"formula": self.text(tree)})
        if len(self.kpis) > before:
            made = list(self.kpis.values())[-1]
            made.source, made.formula = "FORMULA", tree

    async def edit_kpi(self, place: int, changes: dict[str, Any]) -> None:
        id = self.pick(self.kpis, place)
        if await self.send("kpiUpdate", {"id": id, **changes}, "kpi { id }"):
            self.apply(self.kpis[id], changes)

    async def parent(self, place: int, parent: int) -> None:
        id = self.pick(self.kpis, place)
        parents = [key for key, each in self.kpis.items() if each.source.startswith("CHILDREN")]
        if parents and await self.send("kpiUpdate", {"id": id, "parentId": self.pick(parents, parent)}, "kpi { id }"):
            self.kpis[id].parent = self.pick(parents, parent)

    async def archive_kpi(self, place: int, archived: bool) -> None:
        id = self.pick(self.kpis, place)
        if await self.send("kpiArchive" if archived else "kpiRestore", {"id": id}, "kpi { id }"):
            # What is archived already stays archived since then.
            since = self.kpis[id].archived or self.kpis[id].today(self.now)
            self.kpis[id].archived = since if archived else None

    async def fill(self, place: int, count: int, values: list[Decimal]) -> None:
        """Values for the last so many periods, the running one included."""
        id = self.pick(self.kpis, place)
        period = period_of(self.kpis[id].frequency, self.kpis[id].today(self.now))
        points = []
        for number in range(count):
            points.append((period.first, values[number % len(values)]))
            period = period_of(self.kpis[id].frequency, period.first - DAY)
        await self._record(id, points)

    async def points(self, place: int, points: list[tuple[int, Decimal | None]]) -> None:
        """Values for days so many days ago; null deletes."""
        id = self.pick(self.kpis, place)
        today = self.kpis[id].today(self.now)
        days = [(today - days_ago * DAY, value) for days_ago, value in points]
        await self._record(id, [(day, value) for day, value in days if value is not None])
        await self._record(id, [(day, None) for day, value in days if value is None])

    async def _record(self, id: str, points: Sequence[tuple[date, Decimal | None]]) -> None:
        if not points:
            return
        deletes = points[0][1] is None
        given: list[dict[str, Any]] = [{"kpiId": id, "on": day.isoformat()} for day, _ in points]
        if not deletes:
            for each, (_, value) in zip(given, points, strict=True):
                each["value"] = str(value)
        mutation = "kpiMeasurementsDelete" if deletes else "kpiMeasurementsRecord"
        policy = {"errorPolicy": "REJECT_FAILED"}
        # Points are good or bad each on its own, so errors of some refuse nothing else.
        payload = await self.client.change(mutation, {"measurements": given, **policy}, "results { outcome }")
        for result, (day, value) in zip(payload["results"], points, strict=True):
            if result["outcome"] in ("CREATED", "REVISED", "UNCHANGED", "DELETED"):
                first, here = period_of(self.kpis[id].frequency, day).first, self.kpis[id].points
                if value is not None or first in here:
                    here[first] = fraction(value)

    async def target(self, place: int, first: date, days: int | None, value: Decimal, kind: str) -> None:
        id = self.pick(self.kpis, place)
        direction = self.kpis[id].direction
        last = None if days is None else first + days * DAY
        facts: dict[str, Any] = {"kpiId": id, "startsOn": first, "endsOn": last, "thresholdKind": kind}
        facts |= {"lower": value, "upper": value + 10} if direction == "RANGE" else {"value": value}
        if kind == "ABSOLUTE":
            better, worse = (2, 6) if direction == "RANGE" else (value, value + (-4 if direction == "HIGHER" else 4))
            facts |= {"green": Decimal(better), "amber": Decimal(worse)}
        if made := await self.send("kpiTargetCreate", facts, "kpiTarget { id }"):
            row = Target(first, last, kind=kind)
            self.kpis[id].targets[made["id"]] = self.apply(row, {key: facts[key] for key in NUMBERS if key in facts})

    async def edit_target(self, place: int, value: Decimal) -> None:
        rows = {key: (kpi, row) for kpi in self.kpis.values() for key, row in kpi.targets.items()}
        if not rows:
            return
        id = self.pick(rows, place)
        kpi, row = rows[id]
        changes = {"lower": value, "upper": value + 10} if kpi.direction == "RANGE" else {"value": value}
        if await self.send("kpiTargetUpdate", {"id": id, **changes}, "kpiTarget { id }"):
            self.apply(row, changes)

    async def archive_target(self, place: int, archived: bool) -> None:
        rows = {key: row for kpi in self.kpis.values() for key, row in kpi.targets.items()}
        mutation = "kpiTargetArchive" if archived else "kpiTargetRestore"
        if rows and await self.send(mutation, {"id": self.pick(rows, place)}, "kpiTarget { id }"):
            rows[self.pick(rows, place)].archived = archived

    async def follow(self, place: int, kind: str, a: Decimal, b: Decimal, with_baseline: bool) -> None:
        """A key result whose value comes from a KPI."""
        facts = numbers(kind, a, b)
        if not with_baseline:
            facts.pop("baseline", None)
        kpi = self.pick(self.kpis, place)
        input = {"objectiveId": self.objective, "title": kind, "kind": kind, "valueSource": "KPI", "sourceKpiId": kpi}
        if made := await self.send("keyResultCreate", input | facts, "keyResult { id lifecycle }"):
            row = KeyResult(objective=self.objective, kind=kind, value_source="KPI", active_since=self.now)
            row.lifecycle, row.change_by = made["lifecycle"], fraction(facts.get("changeBy"))
            self.world.key_results[made["id"]] = self.apply(row, facts)
            row.baseline, row.target = fraction(facts.get("baseline")), fraction(facts.get("target"))
            self.sources[made["id"]] = kpi

    async def guard(self, place: int, kpi: int) -> None:
        if not self.world.key_results:
            return
        pair = self.pick(self.world.key_results, place), self.pick(self.kpis, kpi)
        input = {"keyResultId": pair[0], "kpiId": pair[1], "role": "GUARDRAIL"}
        if made := await self.send("keyResultLinkKpi", input, "kpiLink { id }"):
            self.guards[made["id"]] = pair

    async def unguard(self, place: int) -> None:
        id = self.pick(self.guards, place)
        if id and await self.send("keyResultUnlinkKpi", {"id": id}, "kpiLink { id }"):
            del self.guards[id]

    def apply(self, row: Any, changes: dict[str, Any]) -> Any:
        """Writes accepted values into a row of the model."""
        for name, value in changes.items():
            column = COLUMNS.get(name, name)
            if hasattr(row, column) and column not in ("formula", "parent"):
                setattr(row, column, fraction(value) if column in NUMBERS else value)
        return row

    def placed(self, tree: Any) -> Any:
        """The tree with ids instead of places."""
        if not isinstance(tree, tuple):
            return tree
        return ("kpi", self.pick(self.kpis, tree[1])) if tree[0] == "kpi" else tuple(map(self.placed, tree))

    def text(self, tree: Any) -> str:
        """A tree as a formula of the API."""
        if not isinstance(tree, tuple):
            return str(tree)
        name, *parts = tree
        if name == "kpi":
            return f"[{self.names[parts[0]]}]"
        written = [self.text(each) for each in parts]
        if name in "+-*/":
            return f"({written[0]} {name} {written[1]})"
        if name == "if":
            return f"if({written[0]} > {written[1]}, {written[2]}, {written[3]})"
        return f"{name}({', '.join(written)})"
