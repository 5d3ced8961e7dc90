"""Goals that are hidden while they are shared, or while a token is used: no token shows what its creator cannot see."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.authorization.world import uuid_of
from tests.kit.client import Client
from tests.kit.roles import acting
from tests.share_tokens.conftest import Company
from tests.share_tokens.shares import created, using

ROUNDS = 12
SHOWN = "{ objectives { nodes { title } } kpis { nodes { name } } }"
NOTHING: dict[str, Any] = {"objectives": {"nodes": []}, "kpis": {"nodes": []}}


async def goals_of(client: Client) -> tuple[str, str]:
    """A new objective and a new KPI that everybody sees, by their ids."""
    objective = await client.objective(await client.cycle(), "shared")
    return objective, await client.make("kpiCreate", name="shared")


@pytest.mark.parametrize("member_editing", ["ALL", "OWN"])
async def test_goals_that_are_hidden_while_a_member_shares_them(
    client: Client, forgetful: Client, superuser: asyncpg.Connection, member_editing: str
) -> None:
    """The change comes first and the member is refused, or the token does and shows nothing after the change."""
    member = await acting(client, "MEMBER")
    who = (await member.data("{ viewer { person { id } } }"))["viewer"]["person"]["id"]
    team = await client.make("teamCreate", name="Team")
    await client.make("teamJoin", teamId=team, personId=who, role="LEAD")
    await client.make("organizationUpdate", memberEditing=member_editing)
    outcomes = set()
    for number in range(ROUNDS):
        objective, kpi = await goals_of(client)
        await client.make("objectiveUpdate", id=objective, teamId=team)
        shares: list[dict[str, Any]] = [{"objectiveId": objective}, {"kpiFilter": {"id": {"eq": kpi}}}]
        hiding = [("objectiveUpdate", objective), ("kpiUpdate", kpi)]

        async def hide(mutation: str, id: str, delay: float) -> None:
            await asyncio.sleep(delay)
            await client.make(mutation, id=id, visibility="PRIVATE")

        delay = number * 0.0005
        payloads, _ = await asyncio.gather(
            asyncio.gather(*(created(member, **share) for share in shares)),
            asyncio.gather(*(hide(mutation, id, delay) for mutation, id in hiding)),
        )
        for share, payload in zip(shares, payloads, strict=True):
            codes = [(each["code"], each["field"]) for each in payload["userErrors"]]
            if payload["token"] is None:
                # A filter matches what it matches, so only the objective is refused.
                assert codes == [("NOT_FOUND", ["input", "objectiveId"])]
                assert "objectiveId" in share
                assert payload["shareToken"] is None
            else:
                assert codes == []
                assert await using(forgetful, payload["token"]).data(SHOWN) == NOTHING
            outcomes.add(payload["token"] is None)
        refused = sum(payload["token"] is None for payload in payloads)
        count = await superuser.fetchval("SELECT count(*) FROM share_tokens")
        assert count == 2 - refused
        await superuser.execute("DELETE FROM share_tokens")
    assert False in outcomes


async def test_a_goal_that_is_hidden_before_a_token_is_used(company: Company, forgetful: Client) -> None:
    """However many requests with the token are under way: one that is sent after the change does not take part in
    reading what was to be seen before."""
    client, child = company.client, company.ids["child"]
    token = (await created(client, objectiveId=company.ids["root"]))["token"]
    partner = using(forgetful, token)
    titles = "{ objectives { nodes { title } } }"

    async def shown() -> set[str]:
        return {each["title"] for each in (await partner.data(titles))["objectives"]["nodes"]}

    stopped = asyncio.Event()

    async def keep_using() -> None:
        while not stopped.is_set():
            assert {"root"} <= await shown() <= set(company.inside)

    users = [asyncio.create_task(keep_using()) for _ in range(4)]
    try:
        for _ in range(ROUNDS * 2):
            await client.make("objectiveUpdate", id=child, visibility="PRIVATE")
            assert await asyncio.gather(*(shown() for _ in range(3))) == [{"root", "of number"}] * 3
            await client.make("objectiveUpdate", id=child, visibility="ORGANIZATION")
            assert await shown() == set(company.inside)
    finally:
        stopped.set()
        await asyncio.gather(*users)


async def test_a_request_does_not_take_part_in_what_was_read_before_it(
    company: Company, forgetful: Client, superuser: asyncpg.Connection
) -> None:
    """A large share is read for longer than a goal takes to be hidden."""
    client, ids = company.client, company.ids
    await grow(superuser, uuid_of(ids["child"]), uuid_of(ids["child edge"]), 2_000)
    partner = using(forgetful, (await created(client, objectiveId=ids["root"]))["token"])
    document = "query($id: ID!) { node(id: $id) { id } }"
    for _ in range(3):
        assert await partner.data(document, id=ids["grandchild"]) == {"node": {"id": ids["grandchild"]}}
        # While this one reads.
        early = asyncio.create_task(partner.data(document, id=ids["grandchild"]))
        await asyncio.sleep(0.02)
        await client.make("objectiveUpdate", id=ids["grandchild"], visibility="PRIVATE")
        late = await asyncio.gather(*(partner.data(document, id=ids["grandchild"]) for _ in range(3)))
        assert late == [{"node": None}] * 3
        assert (await early)["node"] in (None, {"id": ids["grandchild"]})
        await client.make("objectiveUpdate", id=ids["grandchild"], visibility="ORGANIZATION")


async def grow(superuser: asyncpg.Connection, objective: UUID, edge: UUID, count: int) -> None:
    """More objectives like one, each aligned as that is."""
    for table, id, other in (("objectives", objective, ""), ("alignments", edge, ", objective_id")):
        names = await superuser.fetch(
            "SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped "
            "AND attgenerated = '' AND attname NOT IN ('id', 'external_id', 'objective_id')",
            table,
        )
        columns = ", ".join(f"t.{each['attname']}" for each in names)
        made = ", md5(n::text || 'objective')::uuid" if other else ""
        kind = "edge" if other else "objective"
        await superuser.execute(
            f"INSERT INTO {table} (id{other}, {columns.replace('t.', '')}) "
            f"SELECT md5(n::text || '{kind}')::uuid{made}, {columns} "
            f"FROM {table} t, generate_series(1, {count}) n WHERE t.id = '{id}'"
        )
    # Otherwise plans are those of the few rows that there were when somebody last looked.
    await superuser.execute("ANALYZE objectives, alignments")
