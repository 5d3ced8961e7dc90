"""Stages: done, undone, weighed, archived and put in order; the progress of all above follows."""

from typing import Any

from tests.kit.client import Client
from tests.kit.refusals import changed, refused, shown, unchanged

DONE = "2026-07-01T00:00:00Z"


class Stages:
    """A key result of kind MILESTONE with some stages, by their titles."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def begin(self, **weights: float) -> "Stages":
        self.objective = await self.client.objective(await self.client.cycle())
        self.id = await self.client.key_result(self.objective, kind="MILESTONE")
        self.ids: dict[str, str] = {}
        for title, weight in weights.items():
            made = await changed(self.client, "milestoneCreate", keyResultId=self.id, title=title, weight=weight)
            self.ids[title] = made["id"]
        return self

    async def done(self, title: str, at: str | None = DONE) -> dict[str, Any]:
        return await changed(self.client, "milestoneUpdate", id=self.ids[title], doneAt=at)

    async def progress(self) -> tuple[float | None, str, bool]:
        """Progress, its reason and whether there is data; the objective has the same."""
        found = await shown(self.client, "keyResult", self.id)
        above = await shown(self.client, "objective", self.objective)
        assert found is not None
        assert above is not None
        assert above["progress"] == found["progress"]
        return found["progress"], found["progressReason"], found["hasData"]


async def test_as_it_is_made(client: Client) -> None:
    stages = await Stages(client).begin()
    assert await stages.progress() == (None, "NO_MILESTONES", False)
    made = await changed(client, "milestoneCreate", keyResultId=stages.id, title="First")
    created = "2026-07-02T12:00:00Z"
    assert made == {
        **{"id": made["id"], "externalId": None, "title": "First", "weight": 1, "doneAt": None},
        **{"version": 1, "createdAt": created, "updatedAt": created, "archivedAt": None},
        **{"position": made["position"], "keyResult": {"id": stages.id}},
    }
    assert await stages.progress() == (0, "COMPUTED", False)
    wanted = {"keyResultId": stages.id, "title": "Second", "doneAt": DONE, "weight": 3.0, "externalId": "M-2"}
    second = await changed(client, "milestoneCreate", **wanted)
    assert {name: second[name] for name in wanted.keys() & second.keys()} == {
        name: value for name, value in wanted.items() if name != "keyResultId"
    }
    assert await stages.progress() == (0.75, "COMPUTED", True)
    assert (await shown(client, "keyResult", stages.id) or {})["milestones"] == [
        {"id": made["id"]},
        {"id": second["id"]},
    ]


async def test_done_and_undone(client: Client) -> None:
    stages = await Stages(client).begin(a=1, b=1, c=2)
    assert await stages.progress() == (0, "COMPUTED", False)
    first = await stages.done("a")
    assert (first["doneAt"], first["version"]) == (DONE, 2)
    assert await stages.progress() == (0.25, "COMPUTED", True)
    await unchanged(client, "milestoneUpdate", id=stages.ids["a"], doneAt="2026-07-01T02:00:00+02:00")
    await stages.done("c")
    assert await stages.progress() == (0.75, "COMPUTED", True)
    await stages.done("b")
    assert await stages.progress() == (1, "COMPUTED", True)
    await stages.done("c", None)
    assert await stages.progress() == (0.5, "COMPUTED", True)
    for title in "ab":
        await stages.done(title, None)
    assert await stages.progress() == (0, "COMPUTED", False)


async def test_weights(client: Client) -> None:
    stages = await Stages(client).begin(a=1, b=1, c=0)
    await stages.done("c")
    assert await stages.progress() == (0, "COMPUTED", True)
    for title in "ab":
        await changed(client, "milestoneUpdate", id=stages.ids[title], weight=0)
    # All weights zero: by count.
    assert await stages.progress() == (1 / 3, "COMPUTED", True)
    await changed(client, "milestoneUpdate", id=stages.ids["c"], weight=0.5)
    assert await stages.progress() == (1, "COMPUTED", True)
    for weight in (-1, 1_000_001, 1e300):
        code = "WEIGHT_OUT_OF_RANGE"
        await refused(client, "milestoneUpdate", code, "weight", id=stages.ids["c"], weight=weight)
        await refused(client, "milestoneCreate", code, "weight", keyResultId=stages.id, title="d", weight=weight)


async def test_archived_it_does_not_count(client: Client) -> None:
    stages = await Stages(client).begin(a=1, b=1)
    await stages.done("a")
    await changed(client, "milestoneArchive", id=stages.ids["b"])
    assert await stages.progress() == (1, "COMPUTED", True)
    assert (await shown(client, "keyResult", stages.id) or {})["milestones"] == [{"id": stages.ids["a"]}]
    await refused(client, "milestoneUpdate", "ARCHIVED", "id", id=stages.ids["b"], doneAt=DONE)
    await changed(client, "milestoneArchive", id=stages.ids["a"])
    assert await stages.progress() == (None, "NO_MILESTONES", False)
    await changed(client, "milestoneRestore", id=stages.ids["b"])
    assert await stages.progress() == (0, "COMPUTED", False)
    await changed(client, "milestoneRestore", id=stages.ids["a"])
    assert await stages.progress() == (0.5, "COMPUTED", True)


async def test_only_a_key_result_of_its_kind_has_stages(client: Client) -> None:
    stages = await Stages(client).begin(a=1)
    for more in ({"kind": "BINARY"}, {"kind": "REACH", "target": "3"}):
        other = await client.key_result(stages.objective, **more)
        await refused(client, "milestoneCreate", "KIND_NOT_ALLOWED", "keyResultId", keyResultId=other, title="x")
    await client.make("keyResultArchive", id=stages.id)
    await refused(client, "milestoneCreate", "ARCHIVED", "keyResultId", keyResultId=stages.id, title="x")
    for mutation, more in (("milestoneUpdate", {"title": "x"}), ("milestoneReorder", {})):
        await refused(client, mutation, "ARCHIVED", "id", id=stages.ids["a"], **more)


async def test_another_kind_deletes_no_stages(client: Client) -> None:
    stages = await Stages(client).begin(a=1, b=3)
    await stages.done("b")
    await changed(client, "keyResultUpdate", id=stages.id, kind="REACH", target="10", valueSource="MANUAL")
    assert await stages.progress() == (0, "NO_CHECK_IN", False)
    assert len((await shown(client, "keyResult", stages.id) or {})["milestones"]) == 2
    await client.check_in(stages.id, "4")
    back = await changed(client, "keyResultUpdate", id=stages.id, kind="MILESTONE", valueSource="MILESTONES")
    assert (back["progress"], back["current"], back["hasData"]) == (0.75, None, True)
