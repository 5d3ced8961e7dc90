"""Makes a drawn organization over the API, and notes what belongs to which goals."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from service.people.key_commands import issue_key
from service.unit_of_work import write
from tests.authorization.drawn import Access, DrawnKpi, DrawnObjective, Organization, teams_with_below
from tests.authorization.world import uuid_of
from tests.kit.client import Client


@dataclass
class Built:
    """Global ids of what was made, by index. `belongs` has the goals of whatever belongs to some, by its id."""

    drawn: Organization
    client: Client
    superuser: asyncpg.Connection
    teams: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    objectives: list[str] = field(default_factory=list)
    kpis: list[str] = field(default_factory=list)
    key_results: dict[str, list[str]] = field(default_factory=dict)
    # Those that aligned objectives measure.
    aligned: set[str] = field(default_factory=set)
    # Child, parent, weight, kind, whether it is primary, and whether it serves the first key result; in the order of
    # making.
    edges: dict[str, tuple[str, str, float, str, bool, bool]] = field(default_factory=dict)
    belongs: dict[str, set[str]] = field(default_factory=dict)

    @property
    def all_key_results(self) -> list[str]:
        return [id for own in self.key_results.values() for id in own]

    def each_objective(self) -> Iterator[tuple[str, DrawnObjective]]:
        return zip(self.objectives, self.drawn.objectives, strict=True)

    def each_kpi(self) -> Iterator[tuple[str, DrawnKpi]]:
        return zip(self.kpis, self.drawn.kpis, strict=True)

    def parent_of_kpi(self, id: str) -> str | None:
        number = self.kpis.index(id)
        parent = self.drawn.kpis[number].parent
        return self.kpis[parent % number] if number and parent is not None else None

    def is_within(self, access: Access, team: int) -> bool:
        """Whether something belongs to a team, or to one below it."""
        own = None if access.team is None else access.team % len(self.teams)
        return own in teams_with_below(self.drawn, [team])

    async def make(self) -> "Built":
        await self._hire()
        cycle = await self.client.cycle()
        for number, drawn in enumerate(self.drawn.objectives):
            id = await self._make(
                *("objectiveCreate", drawn.access), cycleId=cycle, title=drawn.title, progressSource=drawn.source
            )
            self.objectives.append(id)
            self.key_results[id] = [await self._key_result(id, *each) for each in drawn.key_results]
            for edge in drawn.edges if number else ():
                await self._align(id, self.objectives[edge.parent % number], edge)
        for number, kpi in enumerate(self.drawn.kpis):
            parent = self.kpis[kpi.parent % number] if number and kpi.parent is not None else None
            id = await self._make("kpiCreate", kpi.access, name=kpi.name, parentId=parent)
            self.kpis.append(id)
            if kpi.value is not None:
                point = {"kpiId": id, "on": "2026-05-01", "value": str(kpi.value)}
                await self.client.change("kpiMeasurementsRecord", {"measurements": [point]}, "changed")
            if kpi.measures is not None:
                await self._link(self.objectives[kpi.measures % len(self.objectives)], id)
        for id, drawn in zip(self.objectives, self.drawn.objectives, strict=True):
            if drawn.is_archived:
                await self.client.make("objectiveArchive", id=id)
        self.client.clock.advance(days=5)
        return self

    async def acting(self, person: int) -> Client:
        """A client that acts as one of the people."""
        client, id = self.client, uuid_of(self.people[person])
        key = await write(client.database, client.viewer, client.clock.now, lambda tx: issue_key(tx, id, str(uuid4())))
        return Client(client.app, client.database, client.clock, client.organization_id, id, key)

    async def _hire(self) -> None:
        for number, parent in enumerate(self.drawn.teams):
            above = self.teams[parent % number] if number and parent is not None else None
            self.teams.append(await self.client.make("teamCreate", name=f"Team {number}", parentId=above))
        for number, (role, teams) in enumerate(self.drawn.people):
            self.people.append(await self.client.make("personCreate", name=f"Person {number}", role=role))
            for team in teams:
                joined = {"teamId": self.teams[team % len(self.teams)], "personId": self.people[-1]}
                await self.client.make("teamJoin", **joined)

    async def _make(self, mutation: str, access: Access, **input: Any) -> str:
        """A goal with its access. Time goes on, so that goals have an order."""
        self.client.clock.advance(seconds=1)
        owner = None if access.owner is None else self.people[access.owner % len(self.people)]
        team = None if access.team is None else self.teams[access.team % len(self.teams)]
        given = {**input, "visibility": access.visibility, "ownerId": owner, "teamId": team}
        id = await self.client.make(mutation, **{name: value for name, value in given.items() if value is not None})
        self.belongs[id] = {id}
        column = "objective_id" if mutation == "objectiveCreate" else "kpi_id"
        members = {("person_id", uuid_of(self.people[each % len(self.people)])) for each in access.people}
        members |= {("team_id", uuid_of(self.teams[each % len(self.teams)])) for each in access.teams}
        followers = {("person_id", uuid_of(self.people[each % len(self.people)])) for each in access.followers}
        roles = {**dict.fromkeys(followers, "FOLLOWER"), **dict.fromkeys(members, "READER")}
        for (member, member_id), role in roles.items():
            await self.superuser.execute(
                f"INSERT INTO participants (organization_id, id, {column}, {member}, role, created_at) "
                "VALUES ($1, $2, $3, $4, $5, now())",
                *(self.client.organization_id, uuid4(), uuid_of(id), member_id, role),
            )
        return id

    async def _key_result(self, objective: str, weight: float, value: int | None, is_aligned: bool) -> str:
        source = {"valueSource": "ALIGNED_OBJECTIVES"} if is_aligned else {}
        id = await self.client.key_result(objective, kind="REACH", target="100", weight=weight, **source)
        self.belongs[id] = {objective}
        if is_aligned:
            self.aligned.add(id)
        elif value is not None:
            self.belongs[await self.client.check_in(id, str(value))] = {objective}
        return id

    async def _align(self, child: str, parent: str, edge: Any) -> None:
        self.client.clock.advance(seconds=1)
        if any(each[:2] == (child, parent) for each in self.edges.values()):
            return
        by_key_result = edge.by_key_result and bool(self.key_results[parent])
        to = {"parentKeyResultId": self.key_results[parent][0]} if by_key_result else {"parentId": parent}
        input = {"objectiveId": child, **to, "weight": edge.weight, "kind": edge.kind}
        id = await self.client.make("objectiveAlign", **input)
        is_primary = not any(each[0] == child for each in self.edges.values())
        self.edges[id] = (child, parent, edge.weight, edge.kind, is_primary, by_key_result)
        self.belongs[id] = {child, parent}

    async def _link(self, objective: str, kpi: str) -> None:
        for key_result in self.key_results[objective][:1]:
            id = await self.client.make("keyResultLinkKpi", keyResultId=key_result, kpiId=kpi)
            self.belongs[id] = {objective, kpi}


def ids_of_goals(built: Built) -> dict[str, Access]:
    """The access to each goal by its id."""
    objectives = zip(built.objectives, (each.access for each in built.drawn.objectives), strict=True)
    return dict([*objectives, *zip(built.kpis, (each.access for each in built.drawn.kpis), strict=True)])


async def progress_of(built: Built) -> dict[str, str | None]:
    """The exact progress of objectives and key results, as text."""
    found: dict[str, str | None] = {}
    for table, ids in (("objectives", built.objectives), ("key_results", built.all_key_results)):
        by_uuid: dict[UUID, str] = {uuid_of(id): id for id in ids}
        rows = await built.superuser.fetch(
            f"SELECT id, progress::text AS progress FROM {table} WHERE organization_id = $1",
            built.client.organization_id,
        )
        found |= {by_uuid[UUID(str(row["id"]))]: row["progress"] for row in rows}
    return found
