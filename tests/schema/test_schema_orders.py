"""Whatever has an order that people give: put first, put after a sibling, and where there is no room left."""

from typing import Any
from uuid import UUID

import pytest

from schema.relay.node import parsed
from tests.kit.client import Client
from tests.kit.refusals import changed, everything, refused, shown

LISTS = {
    "objective": ("Cycle", "objectives { nodes { id position } }"),
    "keyResult": ("Objective", "keyResults { id position }"),
    "milestone": ("KeyResult", "milestones { id position }"),
    "alignment": ("Objective", "incomingAlignments { nodes { id position } }"),
}
every = pytest.mark.parametrize("kind", LISTS)


class Siblings:
    """Four siblings of one kind, one of another parent, and their order as the lists have it."""

    def __init__(self, client: Client, kind: str) -> None:
        self.client, self.kind = client, kind
        self.ids: list[str] = []

    async def begin(self, seconds: float) -> "Siblings":
        """Makes them, so many seconds apart."""
        cycle, other = await self.client.cycle(), await self.client.cycle()
        below = {"objective": cycle, "alignment": await self.client.objective(other, "Parent")}
        if self.kind in ("keyResult", "milestone"):
            below["keyResult"] = await self.client.objective(other)
            stages = await self.client.objective(other, "Stages")
            below["milestone"] = await self.client.key_result(stages, kind="MILESTONE")
        self.parent = below[self.kind]
        for _ in range(4):
            self.client.clock.advance(seconds=seconds)
            self.ids.append(await self.add(self.parent))
        return self

    async def add(self, parent: str) -> str:
        """One more below a parent."""
        if self.kind == "objective":
            return await self.client.objective(parent)
        if self.kind == "keyResult":
            return await self.client.key_result(parent)
        if self.kind == "milestone":
            return await self.client.make("milestoneCreate", keyResultId=parent, title="Stage")
        child = await self.client.objective(await self.client.cycle())
        return await self.client.make("objectiveAlign", objectiveId=child, parentId=parent)

    async def listed(self) -> list[dict[str, Any]]:
        """Ids and positions in the order of the list."""
        kind, selection = LISTS[self.kind]
        document = f"query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {selection} }} }} }}"
        [found] = (await self.client.data(document, id=self.parent))["node"].values()
        return found["nodes"] if isinstance(found, dict) else found

    async def move(self, place: int, after: int | None) -> None:
        """Moves what stands at a place after what stands at another, or first; the list agrees."""
        id = self.ids[place]
        after_id = None if after is None else self.ids[after]
        self.ids.remove(id)
        self.ids.insert(0 if after_id is None else self.ids.index(after_id) + 1, id)
        moved = await changed(self.client, f"{self.kind}Reorder", id=id, afterId=after_id)
        listed = await self.listed()
        assert [each["id"] for each in listed] == self.ids
        positions = [each["position"] for each in listed]
        assert positions == sorted(set(positions))
        assert {"id": id, "position": moved["position"]} in listed


@every
async def test_a_move_moves_one_and_leaves_the_others(client: Client, kind: str) -> None:
    siblings = await Siblings(client, kind).begin(seconds=60)
    assert [each["id"] for each in await siblings.listed()] == siblings.ids
    for place, after in ((2, None), (0, 3), (3, 0), (1, 2), (0, 1), (3, None)):
        id = siblings.ids[place]
        before, rows = await shown(client, kind, id), await everything(client)
        assert before is not None
        client.clock.advance(hours=1)
        await siblings.move(place, after)
        added = [row["name"] for row in await everything(client) if row not in rows]
        table = {"keyResult": "key_result"}.get(kind, kind)
        # Those that show the order have changed, too: `changedAt` tells it.
        owners = {"milestone": ["key_results", "objectives"], "alignment": ["objectives", "objectives"]}.get(kind, [])
        assert sorted(added) == sorted(["events", f"{table}_revisions", f"{table}s", *owners])
        found = await shown(client, kind, id)
        assert found is not None
        assert found["version"] == before["version"] + 1
        fields = "verb subjectId changes"
        [event] = (await client.data(f"{{ events(first: 1) {{ nodes {{ {fields} }} }} }}"))["events"]["nodes"]
        changes = {"position": {"before": before["position"], "after": found["position"]}}
        assert event == {"verb": "REORDERED", "subjectId": id, "changes": changes}


@every
async def test_where_there_is_no_room_all_are_numbered_anew(client: Client, kind: str) -> None:
    siblings = await Siblings(client, kind).begin(seconds=0)
    assert len({each["position"] for each in await siblings.listed()}) == 1
    await siblings.move(3, 0)
    assert [each["position"] for each in await siblings.listed()] == [1, 2, 3, 4]
    await siblings.move(1, None)
    siblings.ids.append(await siblings.add(siblings.parent))
    assert [each["id"] for each in await siblings.listed()] == siblings.ids


async def test_room_is_used_up_by_halving_it(client: Client) -> None:
    siblings = await Siblings(client, "keyResult").begin(seconds=1)
    for _ in range(30):
        await siblings.move(2, 0)
    # They began as seconds since 1970 and have been numbered from 1 on the way.
    assert max(each["position"] for each in await siblings.listed()) == 4


@every
async def test_only_a_sibling_can_be_followed(client: Client, kind: str) -> None:
    siblings = await Siblings(client, kind).begin(seconds=1)
    elsewhere = await Siblings(client, kind).begin(seconds=1)
    found = parsed(siblings.ids[0])
    assert found is not None
    reorder = f"{kind}Reorder"
    for after in (siblings.ids[0], str(found[1]), elsewhere.ids[0], siblings.parent, str(UUID(int=1)), "nonsense", ""):
        await refused(client, reorder, "NOT_FOUND", "afterId", id=siblings.ids[0], afterId=after)
    for id in (siblings.parent, str(UUID(int=1)), "nonsense"):
        await refused(client, reorder, "NOT_FOUND", "id", id=id, afterId=siblings.ids[0])
    away = {"alignment": "objectiveUnalign"}.get(kind, f"{kind}Archive")
    await client.make(away, id=siblings.ids[3])
    await refused(client, reorder, "NOT_FOUND", "afterId", id=siblings.ids[0], afterId=siblings.ids[3])
    await refused(client, reorder, "ARCHIVED", "id", id=siblings.ids[3], afterId=siblings.ids[0])
