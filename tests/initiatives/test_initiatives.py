"""Initiatives: work that is meant to move key results, and never counts in their progress."""

from typing import Any

from tests.kit.client import Client
from tests.kit.refusals import changed, everything, refused, unchanged
from tests.kit.roles import acting, furnished

FACTS = {
    **{"title": "Import of orders", "description": "From the shop", "state": "IN_PROGRESS", "progress": 0.25},
    **{"startsOn": "2026-01-15", "dueOn": "2026-03-31", "visibility": "TEAM"},
}
EMPTY: dict[str, Any] = {
    **{"description": None, "state": "PLANNED", "progress": None, "startsOn": None, "dueOn": None},
    **{"visibility": "ORGANIZATION", "owner": None, "team": None, "keyResults": [], "links": []},
}
ENDS = """query($i: ID!, $k: ID!) { initiative(id: $i) { title keyResults { title } }
    keyResult(id: $k) { initiatives { title } } }"""


async def linked(client: Client, initiative: str, key_result: str, verb: str = "Link") -> list[str]:
    """The key results of an initiative after a change of one."""
    ends = {"initiativeId": initiative, "keyResultId": key_result}
    shown: Any = await client.make(f"initiative{verb}", "keyResults { title }", **ends)
    return [each["title"] for each in shown["keyResults"]]


async def codes(client: Client, mutation: str, **input: Any) -> list[str]:
    """The codes of a mutation, which changes nothing if there are some."""
    before = await everything(client)
    payload = await client.change(mutation, input, "__typename")
    told = [each["code"] for each in payload["userErrors"]]
    assert (await everything(client) == before) == bool(told)
    return told


async def person_of(client: Client) -> str:
    id: str = (await client.data("{ viewer { person { id } } }"))["viewer"]["person"]["id"]
    return id


async def test_an_initiative_is_made_changed_and_archived(client: Client) -> None:
    ids = await furnished(client)
    made = await changed(client, "initiativeCreate", title="Audit")
    assert {name: made[name] for name in EMPTY} == EMPTY
    holders = {"ownerId": ids["person"], "teamId": ids["team"]}
    after = await changed(client, "initiativeUpdate", id=made["id"], **FACTS, **holders)
    assert {name: after[name] for name in FACTS} == FACTS
    assert (after["owner"], after["team"], after["version"]) == ({"id": ids["person"]}, {"id": ids["team"]}, 2)
    await unchanged(client, "initiativeUpdate", id=made["id"], **FACTS)
    document = "query($id: ID!) { person(id: $id) { initiatives { nodes { id } } } initiatives { totalCount } }"
    own = {"person": {"initiatives": {"nodes": [{"id": made["id"]}]}}, "initiatives": {"totalCount": 2}}
    assert await client.data(document, id=ids["person"]) == own
    assert (await changed(client, "initiativeArchive", id=made["id"]))["archivedAt"] is not None
    gone = {"person": {"initiatives": {"nodes": []}}, "initiatives": {"totalCount": 1}}
    assert await client.data(document, id=ids["person"]) == gone
    assert (await changed(client, "initiativeRestore", id=made["id"]))["archivedAt"] is None
    nothing = dict.fromkeys(("description", "startsOn", "dueOn", "ownerId", "teamId"))
    emptied = await changed(client, "initiativeUpdate", id=made["id"], state="DONE", **nothing)
    assert {name: emptied[name] for name in EMPTY} == {
        **{**EMPTY, "state": "DONE", "visibility": "TEAM", "progress": 0.25},
    }


async def test_many_key_results_have_many_initiatives(client: Client) -> None:
    ids = await furnished(client)
    other = await client.make("initiativeCreate", title="Audit")
    assert await linked(client, ids["initiative"], ids["number"]) == ["number"]
    assert await linked(client, ids["initiative"], ids["stages"]) == ["number", "stages"]
    assert await linked(client, other, ids["number"]) == ["number"]
    assert await client.data(ENDS, i=ids["initiative"], k=ids["number"]) == {
        "initiative": {"title": "Import", "keyResults": [{"title": "number"}, {"title": "stages"}]},
        "keyResult": {"initiatives": [{"title": "Audit"}, {"title": "Import"}]},
    }
    before = await everything(client)
    assert await linked(client, ids["initiative"], ids["number"]) == ["number", "stages"]
    assert await everything(client) == before
    for _ in range(2):
        assert await linked(client, ids["initiative"], ids["number"], "Unlink") == ["stages"]
    assert await linked(client, ids["initiative"], ids["number"]) == ["number", "stages"]
    read = "query($id: ID!) { events(filter: {subjectId: {eq: $id}}) { nodes { verb objective { id } changes } } }"
    nodes = (await client.data(read, id=ids["initiative"]))["events"]["nodes"]
    assert [each["verb"] for each in nodes] == ["LINKED", "UNLINKED", "LINKED", "LINKED", "CREATED"]
    root = {"id": ids["root"]}
    assert nodes[:2] == [
        {"verb": "LINKED", "objective": root, "changes": {"keyResultId": {"after": ids["number"]}}},
        {"verb": "UNLINKED", "objective": root, "changes": {"keyResultId": {"before": ids["number"]}}},
    ]


async def test_nothing_counts(client: Client) -> None:
    """Neither its progress nor that it is there changes a number of a goal."""
    ids = await furnished(client)
    await client.check_in(ids["number"], "40")
    goals = """query($k: ID!, $o: ID!) { keyResult(id: $k) { progress version changedAt }
        objective(id: $o) { progress coverage status } }"""
    before = await client.data(goals, k=ids["number"], o=ids["root"])
    client.clock.advance(minutes=1)
    await linked(client, ids["initiative"], ids["number"])
    await client.make("initiativeUpdate", id=ids["initiative"], progress=1.0, state="DONE")
    await client.make("initiativeUpdate", id=ids["initiative"], progress=0.0, state="CANCELLED")
    assert await client.data(goals, k=ids["number"], o=ids["root"]) == before


async def test_what_is_refused(client: Client) -> None:
    ids = await furnished(client)
    id = await client.make("initiativeCreate", title="Audit", startsOn="2026-02-01", dueOn="2026-02-28")
    wrong: list[tuple[dict[str, Any], str, str]] = [
        *(({"progress": progress}, "INITIATIVE_PROGRESS_OUT_OF_RANGE", "progress") for progress in (-0.1, 1.1)),
        ({"startsOn": "2026-03-02", "dueOn": "2026-03-01"}, "INITIATIVE_DATES_INVERTED", "dueOn"),
        ({"title": " "}, "BLANK", "title"),
        ({"ownerId": ids["team"]}, "NOT_FOUND", "ownerId"),
    ]
    for input, code, field in wrong:
        message = await refused(client, "initiativeCreate", code, field, **{"title": "New", **input})
        assert await refused(client, "initiativeUpdate", code, field, id=id, **input) == message
    await refused(client, "initiativeUpdate", "INITIATIVE_DATES_INVERTED", "dueOn", id=id, dueOn="2026-01-31")
    ends = {"initiativeId": id, "keyResultId": ids["number"]}
    elsewhere = {**ends, "keyResultId": ids["root"]}
    await refused(client, "initiativeLink", "NOT_FOUND", "keyResultId", of=id, **elsewhere)
    await client.make("keyResultArchive", id=ids["number"])
    await refused(client, "initiativeLink", "ARCHIVED", "keyResultId", of=id, **ends)
    await client.make("keyResultRestore", id=ids["number"])
    await client.make("initiativeArchive", id=id)
    await refused(client, "initiativeLink", "ARCHIVED", "initiativeId", of=id, **ends)


async def test_who_sees_and_edits(client: Client) -> None:
    """The visibility of an initiative is its own; what it serves is seen by who sees that."""
    ids = await furnished(client)
    initiative, number = ids["initiative"], ids["number"]
    await linked(client, initiative, number)
    async with await acting(client, "MEMBER") as somebody:
        whole = {
            "initiative": {"title": "Import", "keyResults": [{"title": "number"}]},
            "keyResult": {"initiatives": [{"title": "Import"}]},
        }
        assert await somebody.data(ENDS, i=initiative, k=number) == whole
        await client.make("objectiveUpdate", id=ids["root"], visibility="PRIVATE")
        alone = {"initiative": {"title": "Import", "keyResults": []}, "keyResult": None}
        assert await somebody.data(ENDS, i=initiative, k=number) == alone
        for verb in ("Link", "Unlink"):
            assert await codes(somebody, f"initiative{verb}", initiativeId=initiative, keyResultId=number) == [
                "NOT_FOUND"
            ]
        await client.make("objectiveUpdate", id=ids["root"], visibility="ORGANIZATION")
        await client.make("initiativeUpdate", id=initiative, visibility="PRIVATE")
        hidden: dict[str, Any] = {"initiative": None, "keyResult": {"initiatives": []}}
        assert await somebody.data(ENDS, i=initiative, k=number) == hidden
        listed = '{ initiatives { totalCount } events(filter: {subjectType: {eq: "Initiative"}}) { totalCount } }'
        assert await somebody.data(listed) == {"initiatives": {"totalCount": 0}, "events": {"totalCount": 0}}
        assert await codes(somebody, "initiativeUpdate", id=initiative, title="New") == ["NOT_FOUND"]
        await client.make("initiativeUpdate", id=initiative, ownerId=await person_of(somebody))
        assert await somebody.data(ENDS, i=initiative, k=number) == whole
        await client.change("organizationUpdate", {"memberEditing": "OWN"}, "organization { id }")
        assert await codes(somebody, "initiativeUpdate", id=initiative, progress=0.5) == []
        await client.make("initiativeUpdate", id=initiative, ownerId=None, visibility="ORGANIZATION")
        assert await codes(somebody, "initiativeUpdate", id=initiative, title="New") == ["NOT_EDITABLE"]


async def test_an_id_that_an_objective_has_gives_no_right(client: Client) -> None:
    """Clients choose ids: to take part in an objective is no part in an initiative with the same id."""
    ids = await furnished(client)
    async with await acting(client, "MEMBER") as somebody:
        uuid = "0198c9f0-7a3b-7c11-9d2e-3f4a5b6c7d09"
        hidden = await client.make("initiativeCreate", id=uuid, title="Hidden", visibility="PRIVATE")
        twin = await client.make("objectiveCreate", id=uuid, title="Twin", cycleId=ids["cycle"], visibility="PRIVATE")
        person = await person_of(somebody)
        await client.make("participantAdd", objectiveId=twin, personId=person, role="CO_OWNER")
        assert await codes(somebody, "objectiveUpdate", id=twin, title="Mine") == []
        assert await codes(somebody, "initiativeUpdate", id=hidden, title="Mine") == ["NOT_FOUND"]
        node = await somebody.data("query($id: ID!) { node(id: $id) { id } }", id=hidden)
        assert node == {"node": None}


async def test_lists_are_filtered(client: Client) -> None:
    ids = await furnished(client)
    await client.make("initiativeCreate", title="Audit", state="DONE", ownerId=ids["person"], dueOn="2026-03-31")
    await client.make("initiativeCreate", title="Board", state="PAUSED", teamId=ids["team"], dueOn="2026-06-30")
    document = "query($f: InitiativeFilter) { initiatives(filter: $f) { totalCount nodes { title } } }"
    for filter, titles in (
        ({}, ["Audit", "Board", "Import"]),
        ({"state": {"in": ["DONE", "PAUSED"]}}, ["Audit", "Board"]),
        ({"state": {"eq": "PLANNED"}}, ["Import"]),
        ({"ownerId": {"eq": ids["person"]}}, ["Audit"]),
        ({"teamId": {"isNull": False}}, ["Board"]),
        ({"dueOn": {"lte": "2026-03-31"}}, ["Audit"]),
        ({"title": {"contains": "OA"}}, ["Board"]),
    ):
        found = (await client.data(document, f=filter))["initiatives"]
        assert found == {"totalCount": len(titles), "nodes": [{"title": title} for title in titles]}
