"""One parent of an objective is primary at most: which one, and who follows when it goes."""

from typing import Any

from tests.kit.client import Client
from tests.kit.refusals import changed, everything, refused, shown, unchanged

EVENTS = 'events(filter: {subjectType: {eq: "Alignment"}}) { nodes { verb subjectId changes } }'


class Family:
    """A child, and three it may serve."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.edges: dict[str, str] = {}

    async def begin(self) -> "Family":
        cycle = await self.client.cycle()
        self.ids = {name: await self.client.objective(cycle, name) for name in ("child", "A", "B", "C")}
        return self

    async def align(self, parent: str, **more: Any) -> dict[str, Any]:
        """The edge to a parent as it is afterwards; a minute has passed before."""
        self.client.clock.advance(minutes=1)
        wanted = {"objectiveId": self.ids["child"], "parentId": self.ids[parent], **more}
        edge = await changed(self.client, "objectiveAlign", **wanted)
        self.edges[parent] = edge["id"]
        return edge

    async def primary(self) -> str | None:
        """The primary parent; everything that shows it agrees."""
        document = """query($id: ID!) { objective(id: $id) {
            parents { title } ancestors { title } outgoingAlignments { isPrimary parent { title } } } }"""
        found = (await self.client.data(document, id=self.ids["child"]))["objective"]
        primary = [each["parent"]["title"] for each in found["outgoingAlignments"] if each["isPrimary"]]
        assert len(primary) <= 1
        order = [each["parent"]["title"] for each in found["outgoingAlignments"]]
        # The primary one first, then by age.
        assert order == primary + sorted(set(order) - set(primary))
        assert [each["title"] for each in found["parents"]] == order
        assert [each["title"] for each in found["ancestors"]] == primary
        return primary[0] if primary else None


async def test_the_first_edge_is_primary_and_the_next_are_not(client: Client) -> None:
    family = await Family(client).begin()
    assert (await family.align("A"))["isPrimary"]
    assert not (await family.align("B"))["isPrimary"]
    assert not (await family.align("C", kind="SUPPORTS"))["isPrimary"]
    assert await family.primary() == "A"


async def test_a_first_edge_may_be_asked_not_to_be_primary(client: Client) -> None:
    family = await Family(client).begin()
    assert not (await family.align("A", isPrimary=False))["isPrimary"]
    assert await family.primary() is None
    assert (await family.align("B"))["isPrimary"]
    assert await family.primary() == "B"


async def test_a_new_primary_edge_makes_the_others_give_way(client: Client) -> None:
    family = await Family(client).begin()
    await family.align("A")
    await family.align("B")
    assert (await family.align("C", isPrimary=True))["isPrimary"]
    assert await family.primary() == "C"
    found = [await shown(client, "alignment", family.edges[name]) for name in "AB"]
    assert [(each["isPrimary"], each["version"]) for each in found if each] == [(False, 2), (False, 1)]
    events = (await client.data(f"{{ {EVENTS} }}"))["events"]["nodes"]
    assert [(each["verb"], each["subjectId"]) for each in events[:2]] == [
        ("ALIGNED", family.edges["C"]),
        ("UPDATED", family.edges["A"]),
    ]
    assert events[1]["changes"] == {"isPrimary": {"before": True, "after": False}}


async def test_an_edge_becomes_primary_by_a_change(client: Client) -> None:
    family = await Family(client).begin()
    await family.align("A")
    await family.align("B")
    edge = await changed(client, "alignmentUpdate", id=family.edges["B"], isPrimary=True)
    assert (edge["isPrimary"], edge["version"]) == (True, 2)
    assert await family.primary() == "B"
    await unchanged(client, "alignmentUpdate", id=family.edges["B"], isPrimary=True)
    await refused(
        client,
        "alignmentUpdate",
        "CONFLICT",
        "expectedVersion",
        id=family.edges["A"],
        isPrimary=True,
        expectedVersion=1,
    )
    assert await family.primary() == "B"
    await changed(client, "alignmentUpdate", id=family.edges["B"], isPrimary=False)
    assert await family.primary() is None


async def test_the_same_edge_is_found_again(client: Client) -> None:
    family = await Family(client).begin()
    await family.align("A")
    await family.align("B")
    for again in ({"parentId": family.ids["A"]}, {"parentId": family.ids["B"]}):
        await unchanged(client, "objectiveAlign", objectiveId=family.ids["child"], **again)
    edge = await family.align("B", weight=3.0, kind="SUPPORTS", isPrimary=True)
    marks = (edge["weight"], edge["kind"], edge["isPrimary"], edge["version"])
    assert marks == (3, "SUPPORTS", True, 2)
    assert await family.primary() == "B"
    [event, *_] = (await client.data(f"{{ {EVENTS} }}"))["events"]["nodes"]
    assert (event["verb"], event["subjectId"]) == ("UPDATED", edge["id"])
    assert event["changes"].keys() == {"weight", "kind", "isPrimary"}


async def test_an_edge_to_a_key_result_is_another_one(client: Client) -> None:
    family = await Family(client).begin()
    edge = await family.align("A")
    key_result = await client.key_result(family.ids["A"])
    wanted = {"objectiveId": family.ids["child"], "parentKeyResultId": key_result}
    other = await changed(client, "objectiveAlign", **wanted)
    assert other["id"] != edge["id"]
    assert (other["isPrimary"], other["parent"]) == (False, {"id": family.ids["A"]})
    await unchanged(client, "objectiveAlign", **wanted)


async def test_the_oldest_follows_when_the_primary_one_goes(client: Client) -> None:
    family = await Family(client).begin()
    for name in "ABC":
        await family.align(name, isPrimary=name == "C")
    before = len(await everything(client))
    gone = await changed(client, "objectiveUnalign", id=family.edges["C"], reason="Moved")
    assert (gone["isPrimary"], gone["archivedAt"], gone["version"]) == (False, "2026-07-02T12:03:00Z", 2)
    assert await family.primary() == "A"
    # Two events and two revisions, no row less.
    assert len(await everything(client)) == before + 4
    await unchanged(client, "objectiveUnalign", id=family.edges["C"])
    await refused(client, "alignmentUpdate", "ARCHIVED", "id", id=family.edges["C"], weight=2.0)
    await changed(client, "objectiveUnalign", id=family.edges["B"])
    assert await family.primary() == "A"
    await changed(client, "objectiveUnalign", id=family.edges["A"])
    assert await family.primary() is None
