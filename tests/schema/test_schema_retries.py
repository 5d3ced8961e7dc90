"""A create with a client's own id can be sent again: the same input finds its object, another one is refused."""

import asyncio
from typing import Any
from uuid import uuid4

from schema.relay.node import parsed
from schema.root import schema
from tests.kit.client import Client
from tests.kit.refusals import SHOWN, everything, shown, thing
from tests.kit.roles import check_in_on_initiative, furnished
from tests.schema.test_schema_creates import MAKING, wanted

# What `MAKING` leaves out, as it has no texts of its own: each with its input and another one.
MORE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "initiativeCreate": ({"title": "I"}, {"title": "Other"}),
    "objectiveDuplicate": ({"objectiveId": "root"}, {"objectiveId": "root", "title": "Other"}),
    "linkCreate": (
        {"objectiveId": "root", "title": "L", "url": "https://example.com"},
        {"objectiveId": "root", "title": "Other", "url": "https://example.com"},
    ),
    "kpiCreate": ({"name": "K"}, {"name": "Other"}),
    "kpiTargetCreate": (
        {"kpiId": "kpi", "startsOn": "2025-01-01", "endsOn": "2025-12-31", "value": "5"},
        {"kpiId": "kpi", "startsOn": "2024-01-01", "endsOn": "2024-12-31", "value": "5"},
    ),
    "checkInCorrect": ({"replacesId": "said", "note": "y"}, {"replacesId": "said", "note": "z"}),
    "initiativeCheckInCorrect": ({"replacesId": "work 1", "note": "y"}, {"replacesId": "work 1", "note": "z"}),
    "initiativeCheckInWithdraw": ({"replacesId": "work 2"}, {"replacesId": "work 2", "externalId": "x"}),
    "checkInWithdraw": ({"replacesId": "said 2"}, {"replacesId": "said 2", "externalId": "x"}),
    "keyResultLinkKpi": ({"keyResultId": "number", "kpiId": "kpi"}, {"keyResultId": "stages", "kpiId": "kpi"}),
}


def inputs(mutation: str, ids: dict[str, str], own: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """An input under an id of one's own, and one that says something else under the same id."""
    if mutation in MORE:
        first, other = ({k: ids.get(v, v) for k, v in each.items()} for each in MORE[mutation])
        return {**first, "id": own}, {**other, "id": own}
    first = wanted(mutation, ids, id=own)
    text = next((name for name in ("title", "name", "note") if name in first), None)
    other = {**first, text: "Something else"} if text else {**first, "parentId": ids["root"]}
    return first, other


async def send(client: Client, mutation: str, input: dict[str, Any]) -> dict[str, Any]:
    name = thing(mutation)
    return await client.change(mutation, input, f"{name} {{ {SHOWN[name]} }}")


def test_every_mutation_that_takes_an_own_id_is_tried() -> None:
    mutations, types = schema._schema.mutation_type, schema._schema.type_map
    assert mutations is not None
    creates = {
        name
        for name in mutations.fields
        if "id" in getattr(types.get(f"{name[0].upper()}{name[1:]}Input"), "fields", {})
        and "UUID of your own" in (types[f"{name[0].upper()}{name[1:]}Input"].fields["id"].description or "")  # type: ignore[attr-defined]
    }
    assert creates == {*MAKING, *MORE}


async def test_the_same_again_is_answered_with_the_object_and_changes_nothing(client: Client) -> None:
    ids = await furnished(client)
    for name in ("said", "said 2"):
        ids[name] = await client.check_in(ids["number"], note="x")
    for name in ("work 1", "work 2"):
        ids[name] = await check_in_on_initiative(client, ids["initiative"])
    for mutation in (*MAKING, *MORE):
        own = uuid4()
        first, other = inputs(mutation, ids, str(own))
        made = await send(client, mutation, first)
        name = thing(mutation)
        assert (mutation, made["userErrors"]) == (mutation, [])
        assert parsed(made[name]["id"]) == (name[0].upper() + name[1:], own)
        before = await everything(client)
        client.clock.advance(minutes=1)
        for id in (str(own), str(own).upper(), made[name]["id"]):
            again = await send(client, mutation, {**first, "id": id})
            assert (mutation, again) == (
                mutation,
                {name: await shown(client, name, made[name]["id"]), "userErrors": []},
            )
        refused = await send(client, mutation, other)
        assert (mutation, refused[name]) == (mutation, await shown(client, name, made[name]["id"]))
        assert ("TAKEN", ["input", "id"]) in [(error["code"], error["field"]) for error in refused["userErrors"]]
        assert await everything(client) == before


async def test_what_was_changed_since_is_shown_as_it_is_and_left_alone(client: Client) -> None:
    ids = await furnished(client)
    own = str(uuid4())
    first = {"id": own, "cycleId": ids["cycle"], "title": "As created"}
    await send(client, "objectiveCreate", first)
    await client.make("objectiveUpdate", id=own, title="As changed")
    await client.make("objectiveArchive", id=own)
    again = await send(client, "objectiveCreate", first)
    assert (again["objective"]["title"], again["userErrors"]) == ("As changed", [])
    assert again["objective"]["archivedAt"] is not None
    edge = {"id": str(uuid4()), "objectiveId": ids["other"], "parentId": ids["root"], "weight": 2.0}
    await send(client, "objectiveAlign", edge)
    await client.make("alignmentUpdate", id=edge["id"], weight=5.0)
    assert (await send(client, "objectiveAlign", edge))["alignment"]["weight"] == 5.0
    await client.make("objectiveUnalign", id=edge["id"])
    assert (await send(client, "objectiveAlign", edge))["alignment"]["archivedAt"] is not None
    link = {"id": str(uuid4()), "keyResultId": ids["number"], "kpiId": ids["kpi"]}
    await send(client, "keyResultLinkKpi", link)
    await client.make("keyResultUnlinkKpi", id=link["id"])
    assert (await send(client, "keyResultLinkKpi", link))["kpiLink"]["archivedAt"] is not None


async def test_the_same_values_written_otherwise_are_the_same(client: Client) -> None:
    ids = await furnished(client)
    own = str(uuid4())
    plain = {"id": own, "keyResultId": ids["number"], "value": "1.50", "at": "2026-06-01T10:00:00+02:00"}
    made = await send(client, "keyResultCheckIn", plain)
    assert made["userErrors"] == []
    key_result = parsed(ids["number"])
    assert key_result is not None
    other = {"id": own, "keyResultId": str(key_result[1]), "value": 1.5, "at": "2026-06-01T08:00:00Z", "note": None}
    assert await send(client, "keyResultCheckIn", other) == made


async def test_what_could_not_be_done_now_was_done_then(client: Client) -> None:
    """The cycle is over, the objective archived: an answer that was lost is given nevertheless."""
    ids = await furnished(client)
    check_in = {"id": str(uuid4()), "keyResultId": ids["number"], "value": "1"}
    made = await send(client, "keyResultCheckIn", check_in)
    await client.make("objectiveArchive", id=ids["root"])
    client.clock.advance(days=400)
    assert await send(client, "keyResultCheckIn", check_in) == made
    refused = await send(client, "keyResultCheckIn", {**check_in, "id": str(uuid4())})
    assert refused["checkIn"] is None
    assert refused["userErrors"] != []


async def test_sent_at_once_it_is_made_once(client: Client) -> None:
    cycle = await client.cycle()
    input = {"id": str(uuid4()), "cycleId": cycle, "title": "Once"}
    answers = await asyncio.gather(*(send(client, "objectiveCreate", input) for _ in range(8)))
    assert answers == [answers[0]] * 8
    assert answers[0]["userErrors"] == []
    data = await client.data(
        "{ objectives { totalCount } events(filter: {verb: {eq: CREATED}}) { nodes { subjectId } } }"
    )
    assert data["objectives"] == {"totalCount": 1}
    created = [event["subjectId"] for event in data["events"]["nodes"]]
    assert created.count(answers[0]["objective"]["id"]) == 1


async def test_the_id_of_another_organization_is_free_and_shows_nothing(client: Client, stranger: Client) -> None:
    own = str(uuid4())
    theirs = await stranger.objective(await stranger.cycle(), "Theirs", id=own)
    mine = await send(client, "objectiveCreate", {"id": own, "cycleId": await client.cycle(), "title": "Mine"})
    assert (mine["objective"]["title"], mine["userErrors"]) == ("Mine", [])
    assert (await shown(stranger, "objective", theirs) or {})["title"] == "Theirs"


async def test_an_object_made_without_an_own_id_is_nobodys_retry(client: Client) -> None:
    cycle = await client.cycle()
    made = await client.objective(cycle, "Same")
    again = await send(client, "objectiveCreate", {"id": made, "cycleId": cycle, "title": "Same"})
    assert [(error["code"], error["field"]) for error in again["userErrors"]] == [("TAKEN", ["input", "id"])]
    assert again["objective"]["id"] == made
