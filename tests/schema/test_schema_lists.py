"""Each list in each of its orders: paged through from both ends it is the sorted list, no more and no less."""

from uuid import UUID

import pytest

from schema.relay.node import parsed
from tests.kit.client import Client
from tests.kit.pages import walked

ORDERS = {
    "objectives": ("Objective", {"POSITION": "position", "TITLE": "title"}),
    "keyResults": ("KeyResult", {"POSITION": "position", "TITLE": "title"}),
    "cycles": ("Cycle", {"STARTS_ON": "startsOn"}),
    "pillars": ("Pillar", {"NAME": "name"}),
    "people": ("Person", {"NAME": "name"}),
    "teams": ("Team", {"NAME": "name"}),
    "kpis": ("Kpi", {"NAME": "name"}),
}
TIMES = {"CREATED_AT": "createdAt", "UPDATED_AT": "updatedAt"}
NAMES = ["b", "B", "a", "Ä", "ä", "a", "Zz", "zZ", "a b", "10", "9"]


async def filled(client: Client, name: str) -> None:
    """Eleven of a kind: some at the same time, some of the same name, some changed later, and an archived one."""
    cycle = await client.cycle() if name != "cycles" else ""
    objective = await client.objective(cycle) if name == "keyResults" else ""
    needed = {"objectives": {"cycleId": cycle}, "keyResults": {"objectiveId": objective}}.get(name, {})
    what = "title" if needed else "name"
    kind = ORDERS[name][0][0].lower() + ORDERS[name][0][1:]
    ids = []
    for number, text in enumerate(NAMES):
        client.clock.advance(hours=number % 2)
        days = {"kind": "CUSTOM", "startsOn": f"2026-0{1 + number % 4}-01", "endsOn": "2026-12-31"}
        facts = days if name == "cycles" else {}
        ids.append(await client.make(f"{kind}Create", **needed, **facts, **{what: text}))
    client.clock.advance(hours=1)
    for id in ids[6:2:-1]:
        await client.make(f"{kind}Update", id=id, externalId=id)
    await client.make(f"{kind}Archive", id=await client.make(f"{kind}Create", **needed, **facts, **{what: "a"}))


def place(id: str) -> UUID:
    """What decides among equals."""
    found = parsed(id)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("name", ORDERS)
async def test_every_order_both_ways(client: Client, name: str) -> None:
    await filled(client, name)
    for order, column in {**ORDERS[name][1], **TIMES}.items():
        data = await client.data(f"{{ {name}(first: 100) {{ nodes {{ id value: {column} }} }} }}")
        for direction in ("ASC", "DESC"):
            rows = sorted(
                data[name]["nodes"], key=lambda row: (row["value"], place(row["id"])), reverse=direction == "DESC"
            )
            more = f", orderBy: {{field: {order}, direction: {direction}}}"
            for size, backwards in ((4, False), (3, True)):
                assert await walked(client, name, size, backwards, more) == [row["id"] for row in rows]
    # Archived ones are listed when asked for, in their place among the others.
    live, all = await walked(client, name, 50), await walked(client, name, 5, more=", includeArchived: true")
    assert len(all) == len(live) + 1
    assert [id for id in all if id in live] == live
    default = next(iter(ORDERS[name][1]))
    assert await walked(client, name, 50, more=f", orderBy: {{field: {default}}}, includeArchived: false") == live


def bad_pages(cursor: str, other: str) -> list[str]:
    """Arguments that cannot be meant; `other` is a cursor of another order."""
    return [
        "first: -1",
        "first: 101",
        "last: -1",
        "last: 101",
        "first: 1, last: 1",
        f'first: 1, before: "{cursor}"',
        f'last: 1, after: "{cursor}"',
        f'before: "{cursor}"',
        f'first: 1, after: "{cursor}", before: "{cursor}"',
        f'after: "{other}"',
        f'after: "{cursor[:-6]}"',
        f'after: "{cursor}AAAA"',
        'after: ""',
        'after: "nonsense"',
        'after: "bnVsbA"',
        'after: "W10"',
    ]


@pytest.mark.parametrize("name", ["objectives", "cycles", "events"])
async def test_what_is_no_page_is_bad_user_input(client: Client, name: str) -> None:
    cycle = await client.cycle()
    for _ in range(2):
        await client.objective(await client.cycle() if name == "cycles" else cycle)
    end = "pageInfo { endCursor }"
    data = await client.data(f"{{ {name}(first: 1) {{ {end} }} }}")
    cursor = data[name]["pageInfo"]["endCursor"]
    direction = "ASC" if name == "events" else "DESC"
    data = await client.data(f"{{ {name}(first: 1, orderBy: {{direction: {direction}}}) {{ {end} }} }}")
    for arguments in bad_pages(cursor, data[name]["pageInfo"]["endCursor"]):
        answer = await client.answer(f"{{ {name}({arguments}) {{ nodes {{ id }} }} }}")
        assert (arguments, answer["data"]) == (arguments, {name: None})
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]
        assert "INTERNAL" not in answer["errors"][0]["message"]
