"""The goals that somebody takes part in are looked up with the access; where they are many, in each statement."""

from typing import Any

import pytest

from schema.relay.node import parsed
from service.people.access_queries import MAX_LISTED_GOALS
from service.people.key_commands import issue_key
from service.unit_of_work import write
from tests.kit.client import Client, Statements
from tests.participants.participating import GOALS, prepared, removed
from tests.workspace.test_import_graphql import sent


async def imported(client: Client, name: str, first: int, count: int, **member: str) -> None:
    """Imports hidden goals, of each of which somebody is a participant."""
    items: list[dict[str, Any]] = []
    for number in range(first, first + count):
        key = f"{name}-{number}"
        own = {"title": key, "cycle": "2026"} if name == "objective" else {"name": key}
        kind = "Objective" if name == "objective" else "Kpi"
        items += [
            {"type": kind, "externalId": key, "visibility": "PRIVATE", **own},
            {"type": "Participant", name: key, **member},
        ]
    payload = await sent(client, items)
    assert (payload["failed"], payload["created"]) == (0, 2 * count), payload


async def acting_for(client: Client, person: str) -> Client:
    """The member with an id."""
    found = parsed(person)
    assert found is not None
    key = await write(client.database, client.viewer, client.clock.now, lambda tx: issue_key(tx, found[1], "test"))
    return Client(client.app, client.database, client.clock, client.organization_id, found[1], key)


@pytest.mark.parametrize("name", GOALS)
@pytest.mark.parametrize("by", ["person", "team"])
async def test_as_many_goals_as_there_are(client: Client, statements: Statements, name: str, by: str) -> None:
    """A change is seen at once by who is remembered, on both sides of the limit."""
    await client.cycle(externalId="2026")
    person = await client.make("personCreate", name="Mia", role="MEMBER", externalId="mia")
    team = await client.make("teamCreate", name="Readers", externalId="readers")
    await client.make("teamJoin", teamId=team, personId=person)
    member = {"person": {"person": "mia"}, "team": {"team": "readers"}}[by]
    ends = {"person": {"personId": person}, "team": {"teamId": team}}[by]

    async def read() -> tuple[int, bool]:
        """The number of goals, and whether the participants were looked up for it."""
        messages = await statements.of(reading())
        return total[0], any("participants" in each for each in messages)

    async def reading() -> None:
        data = await mia.data("{ objectives { totalCount } kpis { totalCount } }")
        total[:] = [sum(each["totalCount"] for each in data.values())]

    total = [0]
    async with await acting_for(client, person) as mia:
        assert await read() == (0, False)
        await imported(client, name, 0, MAX_LISTED_GOALS, **member)
        assert await read() == (MAX_LISTED_GOALS, False)
        await imported(client, name, MAX_LISTED_GOALS, 1, **member)
        assert await read() == (MAX_LISTED_GOALS + 1, True)
        found = await client.data(f'{{ {name}(externalId: "{name}-7") {{ id }} }}')
        assert (await removed(client, **{f"{name}Id": found[name]["id"]}, **ends))["userErrors"] == []
        assert await read() == (MAX_LISTED_GOALS, False)


async def test_an_administrator_looks_nothing_up(client: Client, statements: Statements) -> None:
    await prepared(client)
    document = "{ keyResults { totalCount } participants: events { totalCount } kpis { nodes { name } } }"
    messages = await statements.of(client.data(document))
    assert "viewer" not in str(messages)
    assert any("FROM key_results" in each for each in messages)
    assert [each for each in messages if "participants" in each or "PRIVATE" in each or "/*" in each] == []
