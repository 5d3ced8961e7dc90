"""An organization with something of every type, and everything that the database holds."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from tests.client import Client

Dump = dict[str, list[str]]


@dataclass
class Estate:
    """What an organization has: global ids by name. Every text of it contains `mark`."""

    client: Client
    mark: str
    uuids: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    async def add(self, what: str, mutation: str, /, **input: Any) -> str:
        """Makes something under a UUID that another estate may use as well, and under its own external id."""
        uuid = self.uuids.setdefault(what, str(uuid4()))
        self.ids[what] = await self.client.make(mutation, id=uuid, externalId=f"{self.mark}-{what}", **input)
        return self.ids[what]

    async def furnish(self) -> "Estate":
        """At least one row of every type, and an archived one."""
        client, mark, add = self.client, self.mark, self.add
        person = await add("person", "personCreate", name=mark, email=f"{mark}@example.com")
        team = await add("team", "teamCreate", name=mark)
        await add("subteam", "teamCreate", name=mark, parentId=team)
        await client.make("teamJoin", teamId=team, personId=person)
        pillar = await add("pillar", "pillarCreate", name=mark, description=mark)
        year = {"kind": "YEAR", "startsOn": "2026-01-01", "endsOn": "2026-12-31", "state": "ACTIVE"}
        cycle = await add("cycle", "cycleCreate", name=mark, **year)
        await add("part", "cycleCreate", name=mark, parentId=cycle, **year)
        places = {"cycleId": cycle, "ownerId": person, "teamId": team, "pillarId": pillar}
        for name in ("root", "child", "leaf", "archived"):
            await add(name, "objectiveCreate", title=mark, description=mark, **places)
        await client.make("objectiveArchive", id=self.ids["archived"], reason=mark)
        root = self.ids["root"]
        measure = {"kind": "INCREASE", "baseline": "0", "target": "10", "unit": mark, "ownerId": person}
        number = await add("number", "keyResultCreate", objectiveId=root, title=mark, description=mark, **measure)
        stages = await add("stages", "keyResultCreate", objectiveId=root, title=mark, kind="MILESTONE")
        await add("stage", "milestoneCreate", keyResultId=stages, title=mark)
        await add("edge", "objectiveAlign", objectiveId=self.ids["child"], parentId=root)
        await add("edge to number", "objectiveAlign", objectiveId=self.ids["leaf"], parentKeyResultId=number)
        await add("value", "keyResultCheckIn", keyResultId=number, value="4", note=mark, confidence=0.5)
        await self.measure()
        await add("note", "objectiveCheckIn", objectiveId=root, note=mark)
        return self

    async def measure(self) -> None:
        """KPIs of every source with a target, points that were corrected and deleted, and goals that heed them."""
        at, mark, add = self.ids.__getitem__, self.mark, self.add
        places = {"name": mark, "definition": mark, "category": mark, "ownerId": at("person"), "teamId": at("team")}
        parent = await add("parent kpi", "kpiCreate", source="CHILDREN_SUM", **places)
        kpi = await add("kpi", "kpiCreate", parentId=parent, unit=mark, **places)
        await add("formula", "kpiCreate", formula=f"[{mark}-kpi] * 2", **places)
        await add("target", "kpiTargetCreate", kpiId=kpi, startsOn="2026-01-01", endsOn="2026-12-31", value="5")
        points = [{"kpiId": kpi, "on": f"2026-0{month}-01", "value": "4"} for month in (4, 5, 6)]
        for value in ("3", "4"):
            given = [point | {"value": value, "source": mark, "reason": mark} for point in points]
            await self.client.change("kpiMeasurementsRecord", {"points": given}, "changed")
        gone = {"points": [{"kpiId": kpi, "on": "2026-04-01"}], "reason": mark}
        await self.client.change("kpiMeasurementsDelete", gone, "changed")
        facts = {"kind": "REACH", "target": "10", "sourceKpiId": kpi}
        await add("follower", "keyResultCreate", objectiveId=at("root"), title=mark, **facts)
        await add("guardrail", "keyResultLinkKpi", keyResultId=at("number"), kpiId=kpi, role="GUARDRAIL")

    async def extend(self) -> "Estate":
        """More of everything below what is there: another row in each of its lists."""
        at = self.ids.__getitem__
        mark, add = self.mark, self.add
        person = await add("person 2", "personCreate", name=mark, email=f"{mark}-2@example.com")
        await self.client.make("teamJoin", teamId=at("team"), personId=person)
        await self.client.make("teamJoin", teamId=at("subteam"), personId=at("person"))
        await add("subteam 2", "teamCreate", name=mark, parentId=at("team"))
        await add("pillar 2", "pillarCreate", name=mark)
        year = {"kind": "YEAR", "startsOn": "2026-01-01", "endsOn": "2026-12-31"}
        await add("part 2", "cycleCreate", name=mark, parentId=at("cycle"), **year)
        places = {"cycleId": at("cycle"), "ownerId": at("person"), "teamId": at("team"), "pillarId": at("pillar")}
        for name in ("above", "child 2", "leaf 2", "leaf 3"):
            await add(name, "objectiveCreate", title=mark, **places)
        await add("number 2", "keyResultCreate", objectiveId=at("root"), title=mark, kind="BINARY")
        await add("stage 2", "milestoneCreate", keyResultId=at("stages"), title=mark)
        await add("edge up", "objectiveAlign", objectiveId=at("root"), parentId=at("above"))
        await add("edge 2", "objectiveAlign", objectiveId=at("child 2"), parentId=at("root"))
        await add("edge 3", "objectiveAlign", objectiveId=at("leaf 2"), parentKeyResultId=at("number"))
        await add("edge 4", "objectiveAlign", objectiveId=at("leaf 3"), parentId=at("child"))
        await add("value 2", "keyResultCheckIn", keyResultId=at("number"), value="5", note=mark)
        await add("note 2", "objectiveCheckIn", objectiveId=at("root"), note=mark)
        await add("kpi 2", "kpiCreate", parentId=at("parent kpi"), name=mark)
        await add("target 2", "kpiTargetCreate", kpiId=at("kpi"), startsOn="2027-01-01", value="6")
        point = {"kpiId": at("kpi"), "on": "2026-03-01", "value": "3"}
        await self.client.change("kpiMeasurementsRecord", {"points": [point]}, "changed")
        await add("measure", "keyResultLinkKpi", keyResultId=at("number"), kpiId=at("formula"), role="MEASURE")
        return self


async def tenant_tables(superuser: asyncpg.Connection) -> dict[str, str]:
    """All tables that hold rows of tenants, and the column that says whose they are."""
    rows = await superuser.fetch("""
        SELECT c.relname AS name FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id' AND NOT a.attisdropped
        WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace ORDER BY c.relname""")
    return {"organizations": "id", **{row["name"]: "organization_id" for row in rows}}


async def dump(superuser: asyncpg.Connection, organization_id: UUID | None = None) -> Dump:
    """All rows of all tables in full, or those of one organization."""
    found: Dump = {}
    for table, column in (await tenant_tables(superuser)).items():
        where = "" if organization_id is None else f"WHERE {column} = '{organization_id}'"
        rows = await superuser.fetch(f"SELECT t::text AS row FROM {table} t {where} ORDER BY 1")
        found[table] = [row["row"] for row in rows]
    return found
