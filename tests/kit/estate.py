"""An organization with something of every type, and everything that the database holds."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from tests.kit.client import Client

Dump = dict[str, list[str]]


@dataclass
class Estate:
    """What an organization has: global ids by name. Every text of it contains `mark`."""

    client: Client
    mark: str
    uuids: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    def over(self, client: Client) -> "Estate":
        """The same estate, by another client of its organization."""
        return Estate(client, self.mark, dict(self.uuids), dict(self.ids))

    async def add(self, what: str, mutation: str, /, **input: Any) -> str:
        """Makes something under a UUID that another estate may use as well, and under its own external id."""
        uuid = self.uuids.setdefault(what, str(uuid4()))
        self.ids[what] = await self.client.make(mutation, id=uuid, externalId=f"{self.mark}-{what}", **input)
        return self.ids[what]

    async def furnish(self) -> "Estate":
        """At least one row of every type, and an archived one."""
        client, mark, add = self.client, self.mark, self.add
        person = await add("person", "personCreate", name=mark, email=f"{mark}@example.com")
        key = await client.change("apiKeyCreate", {"name": mark, "personId": person}, "apiKey { id }")
        self.ids["key"] = key["apiKey"]["id"]
        await add("account", "serviceAccountCreate", name=mark)
        team = await add("team", "teamCreate", name=mark)
        await add("subteam", "teamCreate", name=mark, parentId=team)
        await client.make("teamJoin", teamId=team, personId=person)
        pillar = await add("pillar", "pillarCreate", name=mark, description=mark)
        year = {"kind": "YEAR", "startsOn": "2026-01-01", "endsOn": "2026-12-31"}
        cycle = await add("cycle", "cycleCreate", name=mark, **year)
        await add("part", "cycleCreate", name=mark, parentId=cycle, **year)
        places = {"cycleId": cycle, "ownerId": person, "teamId": team, "pillarId": pillar}
        for name in ("root", "child", "leaf", "archived"):
            await add(name, "objectiveCreate", title=mark, description=mark, **places)
        await client.make("objectiveArchive", id=self.ids["archived"], reason=mark)
        root = self.ids["root"]
        decision = {"objectiveId": root, "decision": "ABANDON"}
        carry_over = {"id": cycle, "toCycleId": self.ids["part"], "items": [decision], "reason": mark}
        payload = await client.change("cycleCarryOver", carry_over, "applied")
        assert payload == {"applied": True, "userErrors": []}
        share = {"name": mark, "expiresAt": "2026-12-31T00:00:00Z", "objectiveId": root}
        self.ids["share"] = (await client.change("shareTokenCreate", share, "shareToken { id }"))["shareToken"]["id"]
        await client.make("participantAdd", objectiveId=root, personId=person, role="CO_OWNER")
        measure = {"kind": "INCREASE", "baseline": "0", "target": "10", "unit": mark, "ownerId": person}
        number = await add("number", "keyResultCreate", objectiveId=root, title=mark, description=mark, **measure)
        stages = await add("stages", "keyResultCreate", objectiveId=root, title=mark, kind="MILESTONE")
        await add("stage", "milestoneCreate", keyResultId=stages, title=mark)
        await add("edge", "objectiveAlign", objectiveId=self.ids["child"], parentId=root)
        await add("edge to number", "objectiveAlign", objectiveId=self.ids["leaf"], parentKeyResultId=number)
        await add("value", "keyResultCheckIn", keyResultId=number, value="4", note=mark, confidence=0.5)
        await add("note", "objectiveCheckIn", objectiveId=root, note=mark)
        await add("link", "linkCreate", objectiveId=root, **self.elsewhere)
        return await self.watch()

    @property
    def elsewhere(self) -> dict[str, str]:
        """Work in another system, as a link has it."""
        return {"url": f"https://example.com/{self.mark}", "title": self.mark}

    async def watch(self) -> "Estate":
        """KPIs of every source, with what hangs on them, and goals that they measure, guard and move."""
        at, mark, add = self.ids.__getitem__, self.mark, self.add
        facts = {"name": mark, "definition": mark, "category": mark, "unit": mark}
        whole = await add("whole", "kpiCreate", source="CHILDREN_SUM", **facts)
        places = {"parentId": whole, "ownerId": at("person"), "teamId": at("team")}
        kpi = await add("kpi", "kpiCreate", **facts, **places)
        await self.client.make("participantAdd", kpiId=kpi, teamId=at("team"), role="READER")
        await add("formula", "kpiCreate", formula=f"2 * [{mark}-kpi]", **facts)
        await add("goal", "kpiTargetCreate", kpiId=kpi, startsOn="2025-01-01", endsOn="2026-12-31", value="10")
        await self.record("kpi", {"2025-12-01": "1", "2026-01-01": "2", "2026-02-01": "3", "2026-03-01": "4"})
        await self.record("kpi", {"2026-02-01": "5"})
        points = [{"kpiId": kpi, "on": "2026-01-01"}]
        await self.measured("kpiMeasurementsDelete", measurements=points, reason=mark)
        follows = {"kind": "INCREASE", "baseline": "0", "target": "10", "valueSource": "KPI", "sourceKpiId": kpi}
        await add("follower", "keyResultCreate", objectiveId=at("root"), title=mark, **follows)
        await add("guardrail", "keyResultLinkKpi", keyResultId=at("number"), kpiId=kpi, role="GUARDRAIL")
        await add("measure", "keyResultLinkKpi", keyResultId=at("stages"), kpiId=kpi)
        await add("link of KPI", "linkCreate", kpiId=kpi, **self.elsewhere)
        await add("link of number", "linkCreate", keyResultId=at("number"), **self.elsewhere)
        holders = {"ownerId": at("person"), "teamId": at("team")}
        work = await add("work", "initiativeCreate", title=mark, description=mark, **holders)
        await self.client.make("initiativeLink", initiativeId=work, keyResultId=at("number"))
        await self.client.make("participantAdd", initiativeId=work, teamId=at("team"), role="READER")
        await self.said_of("work", {"progress": 0.5, "note": mark})
        await add("link of work", "linkCreate", initiativeId=work, **self.elsewhere)
        return self

    async def record(self, what: str, values: dict[str, str]) -> None:
        """Records values of a KPI by day."""
        points = [{"kpiId": self.ids[what], "on": day, "value": value} for day, value in values.items()]
        await self.measured("kpiMeasurementsRecord", measurements=points, source=self.mark, reason=self.mark)

    async def said_of(self, what: str, *values: dict[str, Any]) -> None:
        """Check-ins on an initiative, each known by its number."""
        for number, each in enumerate(values, sum(name.startswith(f"said of {what}") for name in self.ids)):
            name = f"said of {what} {number}"
            own = {"id": self.uuids.setdefault(name, str(uuid4())), "externalId": f"{self.mark}-{name}"}
            input = {"checkIns": [{"initiativeId": self.ids[what], **own, **each}]}
            payload = await self.client.change("initiativeCheckInsRecord", input, "checkIns { id }")
            self.ids[name] = payload["checkIns"][0]["id"]

    async def measured(self, mutation: str, **input: Any) -> None:
        payload = await self.client.change(mutation, input, "changed")
        assert payload == {"changed": len(input["measurements"]), "userErrors": []}

    async def extend(self) -> "Estate":
        """More of everything below what is there: another row in each of its lists."""
        at = self.ids.__getitem__
        mark, add = self.mark, self.add
        person = await add("person 2", "personCreate", name=mark, email=f"{mark}-2@example.com")
        await self.client.make("teamJoin", teamId=at("team"), personId=person)
        await self.client.make("teamJoin", teamId=at("subteam"), personId=at("person"))
        await add("account 2", "serviceAccountCreate", name=mark)
        await add("subteam 2", "teamCreate", name=mark, parentId=at("team"))
        await self.client.make("participantAdd", objectiveId=at("root"), teamId=at("team"), role="READER")
        await self.client.make("participantAdd", kpiId=at("kpi"), personId=person, role="READER")
        await add("pillar 2", "pillarCreate", name=mark)
        year = {"kind": "YEAR", "startsOn": "2026-01-01", "endsOn": "2026-12-31"}
        await add("part 2", "cycleCreate", name=mark, parentId=at("cycle"), **year)
        ending = await add("ending", "cycleCreate", name=mark, **year)
        ended = await add("ended", "objectiveCreate", title=mark, cycleId=ending)
        await add("ended number", "keyResultCreate", objectiveId=ended, title=mark, kind="REACH", target="1")
        await self.client.make("cycleBeginClosing", id=ending)
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
        await add("corrected", "keyResultCheckIn", keyResultId=at("number"), note=f"{mark} corrected")
        await add("value 3", "checkInCorrect", replacesId=at("corrected"), note=mark)
        await add("withdrawn", "objectiveCheckIn", objectiveId=at("root"), note=f"{mark} withdrawn")
        await add("note 3", "checkInWithdraw", replacesId=at("withdrawn"))
        facts = {"name": mark, "category": mark, "unit": mark}
        kpi = await add("kpi 2", "kpiCreate", parentId=at("whole"), **facts)
        await add("formula 2", "kpiCreate", formula=f"[{mark}-whole] + [{mark}-formula]", **facts)
        await add("goal 2", "kpiTargetCreate", kpiId=at("kpi"), startsOn="2027-01-01", value="20")
        await self.record("kpi", {"2026-03-01": "6", "2026-05-01": "7", "2026-06-01": "8"})
        follows = {"kind": "REACH", "target": "10", "valueSource": "KPI", "sourceKpiId": at("kpi")}
        await add("follower 2", "keyResultCreate", objectiveId=at("child"), title=mark, **follows)
        await add("guardrail 2", "keyResultLinkKpi", keyResultId=at("number 2"), kpiId=at("kpi"), role="GUARDRAIL")
        await add("measure 2", "keyResultLinkKpi", keyResultId=at("number"), kpiId=kpi)
        work = await add("work 2", "initiativeCreate", title=mark, ownerId=at("person"))
        for initiative, key_result in ((at("work"), "number 2"), (work, "number")):
            await self.client.make("initiativeLink", initiativeId=initiative, keyResultId=at(key_result))
        await self.said_of("work", {"note": mark}, {"note": f"{mark} corrected"}, {"note": f"{mark} withdrawn"})
        await add("said again", "initiativeCheckInCorrect", replacesId=at("said of work 2"), note=mark)
        await add("taken back", "initiativeCheckInWithdraw", replacesId=at("said of work 3"))
        for what, goal in (
            *(("objectiveId", "root"), ("kpiId", "kpi"), ("keyResultId", "number"), ("initiativeId", "work")),
        ):
            await add(f"link 2 of {goal}", "linkCreate", **{what: at(goal)}, **self.elsewhere)
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
