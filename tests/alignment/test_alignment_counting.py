"""What counts toward a parent: by kind, weight, lifecycle and archive, and through key results too."""

from typing import Any

from tests.kit.client import Client
from tests.kit.refusals import changed, refused

NUMBERS = "progress progressRaw progressReason"


class Tree:
    """A parent out of aligned objectives, and children that have reached 20, 40 and 90 percent."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def begin(self, source: str = "ALIGNED_OBJECTIVES") -> "Tree":
        cycle = await self.client.cycle()
        self.parent = await self.client.objective(cycle, "Parent", progressSource=source)
        self.children, self.numbers = [], []
        for percent in ("20", "40", "90"):
            self.children.append(await self.client.objective(cycle, percent))
            self.numbers.append(await self.client.key_result(self.children[-1], kind="REACH", target="100"))
            await self.client.check_in(self.numbers[-1], percent)
        return self

    async def align(self, place: int, **more: Any) -> str:
        to = {} if "parentKeyResultId" in more else {"parentId": self.parent}
        return await self.client.make("objectiveAlign", objectiveId=self.children[place], **to, **more)

    async def progress(self, id: str | None = None, kind: str = "objective") -> tuple[float | None, str]:
        """Progress and reason of the parent, or of something else."""
        document = f"query($id: ID!) {{ {kind}(id: $id) {{ {NUMBERS} }} }}"
        found = (await self.client.data(document, id=id or self.parent))[kind]
        assert found["progress"] == found["progressRaw"]
        return found["progress"] if found["progress"] is None else round(found["progress"], 9), found["progressReason"]


async def test_the_mean_follows_each_edge(client: Client) -> None:
    tree = await Tree(client).begin()
    assert await tree.progress() == (None, "NO_CONTRIBUTORS")
    first = await tree.align(0)
    assert await tree.progress() == (0.2, "COMPUTED")
    await tree.align(1, weight=3.0)
    assert await tree.progress() == (0.35, "COMPUTED")
    await changed(client, "alignmentUpdate", id=first, weight=0.0)
    assert await tree.progress() == (0.4, "COMPUTED")
    await changed(client, "objectiveUnalign", id=first)
    assert await tree.progress() == (0.4, "COMPUTED")
    await tree.align(0, weight=1.0)
    assert await tree.progress() == (0.35, "COMPUTED")
    await client.check_in(tree.numbers[0], "60")
    assert await tree.progress() == (0.45, "COMPUTED")


async def test_all_weights_zero(client: Client) -> None:
    tree = await Tree(client).begin()
    edges = [await tree.align(place, weight=0.0) for place in (0, 1)]
    assert await tree.progress() == (None, "ALL_WEIGHTS_ZERO")
    await changed(client, "alignmentUpdate", id=edges[1], weight=0.001)
    assert await tree.progress() == (0.4, "COMPUTED")


async def test_what_only_supports_never_counts(client: Client) -> None:
    tree = await Tree(client).begin()
    edge = await tree.align(0, kind="SUPPORTS", weight=5.0)
    assert await tree.progress() == (None, "NO_CONTRIBUTORS")
    await tree.align(1)
    assert await tree.progress() == (0.4, "COMPUTED")
    await changed(client, "alignmentUpdate", id=edge, kind="CONTRIBUTES", weight=1.0)
    assert await tree.progress() == (0.3, "COMPUTED")
    await changed(client, "alignmentUpdate", id=edge, kind="SUPPORTS")
    assert await tree.progress() == (0.4, "COMPUTED")


async def test_what_is_archived_stops_counting_and_counts_again(client: Client) -> None:
    tree = await Tree(client).begin()
    for place in range(3):
        await tree.align(place)
    assert await tree.progress() == (0.5, "COMPUTED")
    shown = "query($id: ID!) { objective(id: $id) { children { totalCount } incomingAlignments { totalCount } } }"
    await client.make("objectiveArchive", id=tree.children[2])
    assert await tree.progress() == (0.3, "COMPUTED")
    listed = (await client.data(shown, id=tree.parent))["objective"]
    assert listed == {"children": {"totalCount": 2}, "incomingAlignments": {"totalCount": 2}}
    await client.make("objectiveRestore", id=tree.children[2])
    assert await tree.progress() == (0.5, "COMPUTED")
    await client.make("keyResultArchive", id=tree.numbers[2])
    assert await tree.progress(tree.children[2]) == (None, "NO_CONTRIBUTORS")
    assert await tree.progress() == (0.3, "COMPUTED")
    await client.make("keyResultRestore", id=tree.numbers[2])
    assert await tree.progress() == (0.5, "COMPUTED")
    for lifecycle, progress in (("DRAFT", 0.3), ("ACTIVE", 0.5), ("CANCELLED", 0.3)):
        await client.make("objectiveUpdate", id=tree.children[2], lifecycle=lifecycle)
        assert await tree.progress() == (progress, "COMPUTED")


async def test_it_goes_all_the_way_up(client: Client) -> None:
    tree = await Tree(client).begin("BOTH")
    cycle = await client.cycle()
    above = [tree.parent]
    for _ in range(8):
        above.append(await client.objective(cycle, progressSource="BOTH"))
        await client.make("objectiveAlign", objectiveId=above[-2], parentId=above[-1])
    edge = await tree.align(0)
    assert {await tree.progress(id) for id in above} == {(0.2, "COMPUTED")}
    await client.check_in(tree.numbers[0], "80")
    assert {await tree.progress(id) for id in above} == {(0.8, "COMPUTED")}
    await client.make("objectiveUnalign", id=edge)
    assert {await tree.progress(id) for id in above} == {(None, "NO_CONTRIBUTORS")}


async def test_a_key_result_out_of_aligned_objectives(client: Client) -> None:
    tree = await Tree(client).begin("KEY_RESULTS")
    kind = {"kind": "AT_LEAST", "target": "1", "valueSource": "ALIGNED_OBJECTIVES"}
    served = await client.key_result(tree.parent, "Served", **kind)
    assert await tree.progress(served, "keyResult") == (None, "NO_CONTRIBUTORS")
    first = await tree.align(0, parentKeyResultId=served)
    await tree.align(1, parentKeyResultId=served, weight=3.0)
    await tree.align(2, parentKeyResultId=served, kind="SUPPORTS")
    await tree.align(2)
    # What serves the objective itself does not count by way of its key result, nor the other way round.
    assert await tree.progress(served, "keyResult") == (0.35, "COMPUTED")
    assert await tree.progress() == (0.35, "COMPUTED")
    await changed(client, "objectiveUpdate", id=tree.parent, progressSource="ALIGNED_OBJECTIVES")
    assert await tree.progress() == (0.9, "COMPUTED")
    await changed(client, "objectiveUpdate", id=tree.parent, progressSource="BOTH")
    assert await tree.progress() == (0.625, "COMPUTED")
    await refused(client, "keyResultCheckIn", "VALUE_COMPUTED", "value", keyResultId=served, value="1")
    await client.make("objectiveUnalign", id=first)
    assert await tree.progress(served, "keyResult") == (0.4, "COMPUTED")
    await client.make("objectiveArchive", id=tree.children[1])
    assert await tree.progress(served, "keyResult") == (None, "NO_CONTRIBUTORS")
    assert await tree.progress() == (0.9, "COMPUTED")
    await client.make("objectiveRestore", id=tree.children[1])
    assert await tree.progress() == (0.65, "COMPUTED")
    shown = "incomingAlignments { totalCount nodes { objective { title } kind } }"
    document = f"query($id: ID!) {{ keyResult(id: $id) {{ {shown} }} }}"
    edges = (await client.data(document, id=served))["keyResult"]["incomingAlignments"]
    nodes = [{"objective": {"title": "40"}, "kind": "CONTRIBUTES"}, {"objective": {"title": "90"}, "kind": "SUPPORTS"}]
    assert edges == {"totalCount": 2, "nodes": nodes}
