"""What tells a change sees each row: a refused change leaves nothing behind."""

from tests.kit.client import Client
from tests.kit.refusals import changed, errors, everything, refused, unchanged


async def test_what_tells_a_change_sees_each_row(client: Client) -> None:
    before = await everything(client)
    assert await everything(client) == before
    pillar = await changed(client, "pillarCreate", name="Growth")
    after = await everything(client)
    assert sorted({row["name"] for row in after if row not in before}) == ["events", "pillars"]
    await unchanged(client, "pillarUpdate", id=pillar["id"], name="Growth")
    await refused(client, "pillarUpdate", "BLANK", "name", id=pillar["id"], name="")
    assert await errors(client, "pillarUpdate", id=pillar["id"], name=1) == ["BAD_USER_INPUT"]
    assert await everything(client) == after
