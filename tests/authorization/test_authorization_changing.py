"""What is stored when a change is made decides, not what was known when its request came in."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from service.settings import connect_arguments
from tests.authorization.world import World, uuid_of
from tests.kit.client import Client
from tests.kit.refusals import everything

Holding = Callable[[str], Any]


@pytest.fixture
async def holding(database_url: str, world: World) -> Holding:
    """Makes a change by SQL that is not committed before what happens within has waited for it."""

    @asynccontextmanager
    async def held(sql: str) -> AsyncIterator[None]:
        connection = await asyncpg.connect(**connect_arguments(database_url))
        try:
            await connection.execute(f"BEGIN; {sql}")
            yield
            for _ in range(500):
                if await connection.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                    break
                await asyncio.sleep(0.01)
            else:
                raise AssertionError("Nobody waits for the change.")
            await connection.execute("COMMIT")
        finally:
            await connection.close()

    return held


async def during(holding: Holding, sql: str, change: Awaitable[Any]) -> Any:
    """The answer to a change that began before another one was committed, and was made after it."""
    async with holding(sql):
        changing = asyncio.ensure_future(change)
        await asyncio.sleep(0.05)
    return await changing


async def codes(client: Client, mutation: str, **input: Any) -> list[tuple[str, list[str] | None]]:
    payload = await client.change(mutation, input, "")
    return [(each["code"], each["field"]) for each in payload["userErrors"]]


@pytest.mark.parametrize(
    ("mutation", "input", "field"),
    [
        ("objectiveUpdate", {"id": "root", "title": "New"}, "id"),
        ("objectiveUpdate", {"id": "root", "lifecycle": "DRAFT"}, "id"),
        ("objectiveCheckIn", {"objectiveId": "root", "note": "New"}, "objectiveId"),
        ("keyResultCheckIn", {"keyResultId": "number", "value": "6"}, "keyResultId"),
        ("keyResultCreate", {"objectiveId": "root", "title": "New"}, "objectiveId"),
        ("objectiveArchive", {"id": "root"}, "id"),
        ("objectiveMove", {"id": "leaf 3", "parentId": "root"}, "parentId"),
        ("participantAdd", {"objectiveId": "root", "personId": "person 2", "role": "CO_OWNER"}, "objectiveId"),
        ("participantRemove", {"objectiveId": "root", "personId": "person"}, "objectiveId"),
    ],
)
async def test_a_goal_that_is_hidden_while_a_member_changes_it(
    world: World, holding: Holding, mutation: str, input: dict[str, str], field: str
) -> None:
    await world.arrange("PRIVATE")
    client, ids = await world.acting("outsider"), world.seen.ids
    given = {name: ids.get(value, value) for name, value in input.items()}
    hides = f"UPDATE objectives SET visibility = 'PRIVATE' WHERE id = '{uuid_of(ids['root'])}'"
    before = await everything(world.client)
    found = await during(holding, hides, codes(client, mutation, **given))
    assert found == [("NOT_FOUND", ["input", field])]
    changed = set(await everything(world.client)) ^ set(before)
    assert {each["name"] for each in changed} == {"objectives"}
    assert len(changed) == 2


async def test_a_kpi_that_is_hidden_while_a_member_measures_it(world: World) -> None:
    """Both take the graph lock, one of them for itself: one comes after the other."""
    client, kpi = await world.acting("outsider"), world.seen.ids["kpi 2"]
    point = {"kpiId": kpi, "on": "2026-04-01", "value": "9"}
    hidden, payload = await asyncio.gather(
        world.client.change("kpiUpdate", {"id": kpi, "visibility": "PRIVATE"}, ""),
        client.change("kpiMeasurementsRecord", {"measurements": [point]}, "changed"),
    )
    assert hidden["userErrors"] == []
    assert [each["code"] for each in payload["userErrors"]] in ([], ["NOT_FOUND"])
    after = await codes(client, "kpiMeasurementsRecord", measurements=[{**point, "value": "10"}])
    assert after == [("NOT_FOUND", ["input", "measurements", "0", "kpiId"])]


async def test_a_member_that_does_not_lead_any_more_when_the_change_is_made(world: World, holding: Holding) -> None:
    await world.arrange("TEAM", member_editing="OWN")
    lead, root = await world.acting("lead"), world.hidden.ids["root"]
    assert await codes(lead, "objectiveUpdate", id=root, title="As lead") == []
    # What the request knows of its person is remembered.
    ends = f"UPDATE memberships SET role = 'MEMBER' WHERE person_id = '{world.people['lead']}'"
    locks = f"SELECT 1 FROM objectives WHERE id = '{uuid_of(root)}' FOR UPDATE"
    answer = await during(holding, f"{ends}; {locks}", codes(lead, "objectiveUpdate", id=root, title="Late"))
    assert answer == [("NOT_EDITABLE", ["input", "id"])]
    left = f"UPDATE memberships SET ended_at = now() WHERE person_id = '{world.people['lead']}'"
    answer = await during(holding, f"{left}; {locks}", codes(lead, "objectiveUpdate", id=root, title="Later"))
    assert answer == [("NOT_FOUND", ["input", "id"])]
    title = await world.client.data("query($id: ID!) { objective(id: $id) { title } }", id=root)
    assert title == {"objective": {"title": "As lead"}}


async def test_a_reference_to_what_a_member_does_not_see_any_more(world: World) -> None:
    """Also what is only referred to is seen by the teams of that moment."""
    await world.arrange("TEAM")
    member, own, theirs = await world.acting("member of the team"), world.seen.ids, world.hidden.ids
    follows = {"id": own["follower"], "sourceKpiId": theirs["kpi"]}
    assert await codes(member, "keyResultUpdate", **follows) == []
    await world.superuser.execute(
        "UPDATE memberships SET ended_at = now() WHERE person_id = $1", world.people["member of the team"]
    )
    assert await codes(member, "keyResultUpdate", **follows) == [("NOT_FOUND", ["input", "sourceKpiId"])]
    formula = {"name": "New", "formula": "[Hidden-kpi] * 2"}
    assert await codes(member, "kpiCreate", **formula) == [("FORMULA_KPI_UNKNOWN", ["input", "formula"])]
    assert await codes(member, "kpiUpdate", id=own["kpi"], parentId=theirs["whole"]) == [
        ("NOT_FOUND", ["input", "parentId"])
    ]
    assert await codes(member, "objectiveReorder", id=own["root"], afterId=theirs["root"]) == [
        ("NOT_FOUND", ["input", "afterId"])
    ]


async def test_member_editing_that_is_switched_between_two_changes(world: World) -> None:
    await world.arrange("ORGANIZATION", member_editing="ALL")
    outsider, root = await world.acting("outsider"), world.hidden.ids["root"]
    for member_editing, expected in (("OWN", [("NOT_EDITABLE", ["input", "id"])]), ("ALL", []), ("OWN", ...)):
        payload = await world.client.change("organizationUpdate", {"memberEditing": member_editing}, "")
        assert payload["userErrors"] == []
        told = await codes(outsider, "objectiveUpdate", id=root, title=f"{member_editing} {expected}")
        assert told == ([("NOT_EDITABLE", ["input", "id"])] if expected is ... else expected)


async def test_member_editing_that_is_switched_while_a_member_changes_a_goal(world: World, holding: Holding) -> None:
    """The switch has the graph lock for itself, so a change that waits for it finds the new setting."""
    await world.arrange("ORGANIZATION", member_editing="ALL")
    outsider, root = await world.acting("outsider"), world.hidden.ids["root"]
    assert await codes(outsider, "objectiveUpdate", id=root, title="Before") == []
    key = int.from_bytes(world.client.organization_id.bytes[8:], signed=True)
    switched = f"UPDATE organizations SET member_editing = 'OWN' WHERE id = '{world.client.organization_id}'"
    locked = f"SELECT pg_advisory_xact_lock({key}); {switched}"
    answer = await during(holding, locked, codes(outsider, "objectiveUpdate", id=root, title="After"))
    assert answer == [("NOT_EDITABLE", ["input", "id"])]


async def test_a_role_that_is_taken_away_while_its_person_changes_a_goal(world: World, holding: Holding) -> None:
    outsider, root = await world.acting("outsider"), world.seen.ids["root"]
    assert await codes(outsider, "objectiveUpdate", id=root, title="Before") == []
    key = int.from_bytes(world.client.organization_id.bytes[8:], signed=True)
    demoted = f"UPDATE people SET role = 'VIEWER' WHERE id = '{world.people['outsider']}'"
    document = 'mutation($id: ID!) { objectiveUpdate(input: {id: $id, title: "After"}) { userErrors { code } } }'
    locked = f"SELECT pg_advisory_xact_lock({key}); {demoted}"
    answer = await during(holding, locked, outsider.answer(document, id=root))
    assert [each["extensions"]["code"] for each in answer["errors"]] == ["FORBIDDEN"]
