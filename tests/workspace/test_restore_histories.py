"""Whatever was done in whatever order, a restored organization answers as the one that was exported."""

from datetime import date
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from service.cycles import commands as cycles
from service.cycles.entity import CYCLE
from service.entities.archiving import set_archived
from service.key_results import commands as key_results
from service.key_results.models import KeyResultKind, ValueSource
from service.kpis.targets.entity import KPI_TARGET
from service.objectives import commands as objectives
from service.people import commands as people
from service.people.entity import PERSON, TEAM
from service.people.models import MembershipRole, Person, Team
from service.pillars import commands as pillars
from service.pillars.entity import PILLAR
from service.pillars.models import Pillar
from service.writing.change import Change
from service.writing.rows import new_row
from service.writing.transaction import Transaction
from tests.kit.client import Client
from tests.kit.examples import examples
from tests.kit.goal_history import PLACES
from tests.kit.goal_history import STEPS as GOAL_STEPS
from tests.kit.kpi_history import STEPS as KPI_STEPS
from tests.kit.kpi_history import KpiHistory
from tests.kit.workspace_files import imported, selected
from tests.workspace.restored import assert_same, client_of, file_of

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)
WORKSPACE_STEPS = st.one_of(
    st.tuples(st.just("person"), NAMES, st.none() | st.just("x@example.com")),
    st.tuples(st.just("team"), NAMES, PLACES),
    st.tuples(st.just("join"), PLACES, PLACES, st.sampled_from(list(MembershipRole))),
    st.tuples(st.just("leave"), PLACES, PLACES),
    st.tuples(st.just("pillar"), NAMES),
    st.tuples(st.just("belong"), PLACES, PLACES),
    st.tuples(st.just("archive_something"), PLACES, PLACES, st.booleans()),
    st.tuples(st.just("archive_target"), PLACES, st.booleans()),
    st.tuples(st.just("rename"), PLACES, NAMES),
    st.tuples(st.just("fiscal"), st.integers(1, 12)),
    st.tuples(st.just("kind"), PLACES, st.sampled_from(list(KeyResultKind))),
    st.tuples(st.just("starts"), st.dates(date(2026, 1, 1), date(2026, 3, 1))),
)
STEPS = st.lists(st.one_of(GOAL_STEPS, KPI_STEPS, KPI_STEPS, WORKSPACE_STEPS), min_size=8, max_size=40)


class WorkspaceHistory(KpiHistory):
    """The same organization with people, teams and pillars that come, change and go."""

    async def begin(self) -> None:
        await super().begin()
        self.people: list[UUID] = []
        self.teams: list[UUID] = []
        self.pillars: list[UUID] = []

    async def person(self, name: str, email: str | None) -> None:
        await self._added(
            self.people, lambda tx: new_row(tx, Person, {"name": name, "email": email}), people.create_people
        )

    async def team(self, name: str, parent: int) -> None:
        facts = {"name": name, "parent_id": self.pick(self.teams, parent)}
        await self._added(self.teams, lambda tx: new_row(tx, Team, facts), people.create_teams)

    async def pillar(self, name: str) -> None:
        await self._added(self.pillars, lambda tx: new_row(tx, Pillar, {"name": name}), pillars.create)

    async def _added(self, things: list[UUID], make: Any, create: Any) -> None:
        async def command(tx: Transaction) -> UUID:
            row = make(tx)
            await create(tx, [row])
            return row.id

        if made := await self.write(command):
            things.append(made)

    async def join(self, team: int, person: int, role: MembershipRole) -> None:
        if self.teams and self.people:
            ends = self.pick(self.teams, team), self.pick(self.people, person)
            await self.write(lambda tx: people.join(tx, *ends, role))

    async def leave(self, team: int, person: int) -> None:
        if self.teams and self.people:
            await self.write(lambda tx: people.leave(tx, self.pick(self.teams, team), self.pick(self.people, person)))

    async def belong(self, place: int, other: int) -> None:
        values = {
            "owner_id": self.pick(self.people, other),
            "team_id": self.pick(self.teams, other),
            "pillar_id": self.pick(self.pillars, other),
        }
        change = Change(self.pick(self.objectives, place), values, effective_at=self.now, reason="Because")
        await self.write(lambda tx: objectives.change(tx, change))

    async def archive_something(self, kind: int, place: int, archived: bool) -> None:
        things = (self.people, self.teams, self.pillars, [self.cycle])[kind % 4]
        if id := self.pick(things, place):

            async def command(tx: Transaction) -> None:
                await set_archived(tx, (PERSON, TEAM, PILLAR, CYCLE)[kind % 4], id, archived)

            await self.write(command)

    async def archive_target(self, place: int, archived: bool) -> None:
        if id := self.pick(self.targets, place):
            await self.write(lambda tx: set_archived(tx, KPI_TARGET, id, archived))

    async def rename(self, place: int, name: str) -> None:
        await self.change(self.kpi(place), {"name": name, "external_id": name})

    async def kind(self, place: int, kind: KeyResultKind) -> None:
        if id := self.pick(self.key_results, place):
            source = ValueSource.MILESTONES if kind == KeyResultKind.MILESTONE else ValueSource.MANUAL
            values = {"kind": kind, "value_source": source, "source_kpi_id": None}
            await self.write(lambda tx: key_results.change(tx, Change(id, values)))

    async def starts(self, day: date) -> None:
        await self.write(lambda tx: cycles.change(tx, Change(self.cycle, {"starts_on": day})))

    async def fiscal(self, month: int) -> None:
        await self.write(lambda tx: people.change_organization(tx, {"fiscal_year_start_month": month}, None))


@settings(max_examples=examples(4, 8), deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(STEPS)
async def test_what_was_exported_is_restored_after_any_history(
    client: Client, database_url: str, steps: list[Any]
) -> None:
    history = WorkspaceHistory(client.database)
    await history.begin()
    for step in steps:
        await history.do(("cycle_ends", *step[1:]) if step[0] == "cycle" else step)
    client.clock.now = history.now
    id = history.viewer.organization_id
    [owner] = await selected(
        database_url, f"SELECT id FROM people WHERE organization_id = '{id}' AND role = 'OWNER' ORDER BY id LIMIT 1"
    )
    here = await client_of(client, database_url, id, owner["id"])
    file = await file_of(here.database, id)
    await assert_same(here, database_url)
    done = await imported(here, file)
    assert (done.refused, set(done.outcomes) - {"UNCHANGED"}) == ([], set())
    assert await file_of(here.database, id) == file
