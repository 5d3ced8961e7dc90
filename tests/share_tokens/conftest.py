"""Goals of a company, a part of which is shared; and a second process that serves them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import asyncpg
import pytest

from service.app import create_app
from service.postgres.database import Database
from service.settings import Settings, connect_arguments
from tests.kit.client import Client, Clock


@dataclass
class Company:
    """Goals by name, all by the same owner. `inside` are the titles of objectives that a share of the root shows."""

    client: Client
    ids: dict[str, str] = field(default_factory=dict)
    inside: tuple[str, ...] = ("child", "grandchild", "of number", "root")
    kpis_inside: tuple[str, ...] = ("followed", "guard")

    async def settle_in(self) -> "Company":
        """A root that is private, with goals below it, hidden ones among them, and goals elsewhere."""
        client, ids = self.client, self.ids
        ids["ann"] = await client.make("personCreate", name="Ann Author", email="ann@example.com", externalId="ann-1")
        ids["team"] = await client.make("teamCreate", name="Secret team")
        ids["pillar"] = await client.make("pillarCreate", name="Secret pillar")
        ids["cycle"] = await client.cycle()
        holders = {"ownerId": ids["ann"], "teamId": ids["team"], "pillarId": ids["pillar"]}
        for title in ("root", "hidden", "above"):
            ids[title] = await client.objective(ids["cycle"], title, visibility="PRIVATE", **holders)
        for title in ("child", "grandchild", "of number", "below hidden", "elsewhere"):
            due = {"on": "2026-12-31", "granularity": "YEAR"}
            ids[title] = await client.objective(ids["cycle"], title, start=due, due=due, **holders)
        for name, facts in {
            "followed": {},
            "guard": {},
            "hidden KPI": {"visibility": "PRIVATE"},
            "other KPI": {},
            "elsewhere KPI": {},
        }.items():
            ids[name] = await client.make("kpiCreate", name=name, externalId=name, ownerId=ids["ann"], **facts)
        points = [{"kpiId": ids[name], "on": "2026-06-01", "value": "3"} for name in ("followed", "hidden KPI")]
        recorded = await client.change("kpiMeasurementsRecord", {"measurements": points, "reason": "Why"}, "changed")
        assert recorded == {"changed": 2, "userErrors": []}
        for name, objective in {"number": "root", "of child": "child", "of elsewhere": "elsewhere"}.items():
            ids[name] = await client.key_result(ids[objective], name, kind="REACH", target="10", ownerId=ids["ann"])
        follows = {"kind": "REACH", "target": "10", "valueSource": "KPI"}
        ids["follower"] = await client.key_result(ids["root"], "follower", sourceKpiId=ids["followed"], **follows)
        ids["hidden follower"] = await client.key_result(
            ids["root"], "hidden follower", sourceKpiId=ids["hidden KPI"], **follows
        )
        ids["link"] = await client.make("keyResultLinkKpi", keyResultId=ids["of child"], kpiId=ids["guard"])
        await client.make("keyResultLinkKpi", keyResultId=ids["of elsewhere"], kpiId=ids["elsewhere KPI"])
        year = {"startsOn": "2026-01-01", "endsOn": "2026-12-31", "value": "10"}
        for name in ("followed", "hidden KPI"):
            ids[f"target of {name}"] = await client.make("kpiTargetCreate", kpiId=ids[name], **year)
        for name, objective in {"stages": "grandchild", "hidden stages": "hidden"}.items():
            ids[name] = await client.key_result(ids[objective], name, kind="MILESTONE")
            ids[f"stage of {name}"] = await client.make("milestoneCreate", keyResultId=ids[name], title=f"{name} stage")
        ids["note"] = await client.check_in(ids["number"], "4", note="Fine")
        ids["note elsewhere"] = await client.check_in(ids["of elsewhere"], "4", note="Secret note")
        for child, parent in {
            "child": "root",
            "grandchild": "child",
            "hidden": "root",
            "below hidden": "hidden",
            "root": "above",
            "elsewhere": "above",
        }.items():
            ids[f"{child} edge"] = await client.make("objectiveAlign", objectiveId=ids[child], parentId=ids[parent])
        ids["of number edge"] = await client.make(
            "objectiveAlign", objectiveId=ids["of number"], parentKeyResultId=ids["number"], kind="SUPPORTS"
        )
        return self


@pytest.fixture
async def company(client: Client) -> Company:
    return await Company(client).settle_in()


@pytest.fixture
async def superuser(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(**connect_arguments(database_url))
    yield connection
    await connection.close()


@pytest.fixture
async def elsewhere(client: Client, database_url: str, clock: Clock) -> AsyncIterator[Client]:
    """The owner at a second process, with connections of its own and the settings of an operator who sets none."""
    settings = Settings()
    database = Database(settings, database_url)
    app = create_app(settings, database, clock)
    async with Client(app, database, clock, client.organization_id, client.person_id, client.key) as other:
        yield other
    await database.dispose()


@pytest.fixture
def forgetful(client: Client) -> Client:
    """The owner at an application that remembers no credentials, and waits for a busy machine."""
    app = create_app(Settings(key_cache_seconds=0, operation_timeout=60), client.database, client.clock)
    return Client(app, client.database, client.clock, client.organization_id, client.person_id, client.key)
