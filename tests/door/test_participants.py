"""Who takes part in a goal is remembered with the access of a person, for a second at most."""

import asyncio

from tests.door.conftest import Door
from tests.kit.client import Client
from tests.kit.roles import acting
from tests.participants.participating import GOALS, added, person_of, prepared, removed


async def counts(client: Client) -> tuple[int, int]:
    data = await client.data("{ objectives { totalCount } kpis { totalCount } }")
    return data["objectives"]["totalCount"], data["kpis"]["totalCount"]


async def test_a_change_reaches_every_process_within_a_second(door: Door, client: Client) -> None:
    processes = [await door(key_cache_seconds=1), await door(key_cache_seconds=1)]
    goals = await prepared(client)
    async with await acting(client, "MEMBER") as mia:
        remembering = [
            Client(each.app, each.database, each.clock, client.organization_id, mia.person_id, mia.key)
            for each in processes
        ]
        assert [await counts(each) for each in remembering] == [(0, 0)] * 2
        for name in GOALS:
            await added(client, **goals.named(name), personId=person_of(mia))
        assert await counts(mia) == (1, 1)
        await asyncio.sleep(1.01)
        assert [await counts(each) for each in remembering] == [(1, 1)] * 2
        for name in GOALS:
            await removed(client, **goals.named(name), personId=person_of(mia))
        assert await counts(mia) == (0, 0)
        await asyncio.sleep(1.01)
        assert [await counts(each) for each in remembering] == [(0, 0)] * 2
