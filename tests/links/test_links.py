"""Links from goals to work in other systems: made, changed, archived, found by system and external id."""

import asyncio
from typing import Any

import pytest

from schema.relay.node import parsed
from tests.kit.client import Client
from tests.kit.refusals import changed, errors, refused, unchanged
from tests.kit.roles import furnished

URL = "https://tracker.example.com/browse/PROJ-12"
WORK = {"url": URL, "title": "Import of orders", "system": "jira", "externalId": "PROJ-12"}
GOALS = {"objectiveId": "child", "keyResultId": "number", "kpiId": "kpi"}
FIND = """query($id: String, $system: String!) { link(externalId: $id, system: $system) { url system externalId
    objective { title } keyResult { title } kpi { name } } }"""
LINKS = """query($filter: LinkFilter) { links(filter: $filter) { totalCount nodes { system externalId } } }"""
UNSAFE = [
    *("javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,<script>", "ftp://example.com/x", "//example.com"),
    *(
        "https://example.com/\u202egnp.exe",
        "https://example.com/a b",
        "https://example.com/\n",
        "https://pat@example.com",
    ),
    *("https://example.com\\@evil.example", "", "PROJ-12"),
]


async def test_a_link_of_each_goal(client: Client) -> None:
    ids = await furnished(client)
    for number, (field, goal) in enumerate(GOALS.items()):
        work = {**WORK, "externalId": f"PROJ-{number}"}
        made = await changed(client, "linkCreate", **{field: ids[goal]}, **work)
        assert {name: made[name] for name in work} == work
        ends = {"objective": None, "keyResult": None, "kpi": None, field.removesuffix("Id"): {"id": ids[goal]}}
        assert {name: made[name] for name in ends} == ends
        what = field.removesuffix("Id")
        shown = f"query($id: ID!) {{ {what}(id: $id) {{ links {{ id url }} }} }}"
        own = {"links": [{"id": made["id"], "url": URL}]}
        assert await client.data(shown, id=ids[goal]) == {what: own}
        title = "name" if what == "kpi" else "title"
        found = (await client.data(FIND, id=f"PROJ-{number}", system="jira"))["link"]
        names = {"kpi": "Sales", "keyResult": "number", "objective": "child"}
        assert found[what] == {title: names[what]}
        await client.make("linkArchive", id=made["id"])
        assert await client.data(shown, id=ids[goal]) == {what: {"links": []}}
        await client.make("linkRestore", id=made["id"])
        assert await client.data(shown, id=ids[goal]) == {what: own}


async def test_a_link_without_a_system_is_on_the_web_and_known_by_its_own_id(client: Client) -> None:
    ids = await furnished(client)
    made = await changed(client, "linkCreate", objectiveId=ids["root"], title="Epic", url=URL)
    uuid = str((parsed(made["id"]) or ("", None))[1])
    assert (made["system"], made["externalId"]) == ("web", uuid)
    again = await changed(client, "linkCreate", objectiveId=ids["child"], title="Epic", url=URL)
    assert again["id"] != made["id"]
    found = await client.data("query($id: String!) { link(externalId: $id) { id } }", id=uuid)
    assert found == {"link": {"id": made["id"]}}


async def test_a_link_is_changed(client: Client) -> None:
    ids = await furnished(client)
    id = (await changed(client, "linkCreate", kpiId=ids["kpi"], **WORK))["id"]
    await unchanged(client, "linkUpdate", id=id, **WORK)
    client.clock.advance(hours=1)
    new = {"url": "http://example.com/2", "title": "New", "system": "github", "externalId": "#12"}
    after = await changed(client, "linkUpdate", id=id, **new)
    assert {name: after[name] for name in new} == new
    document = "query($id: ID!) { events(filter: {subjectId: {eq: $id}}) { nodes { verb changes } } }"
    [update, create] = (await client.data(document, id=id))["events"]["nodes"]
    assert update == {
        "verb": "UPDATED",
        "changes": {name: {"before": WORK[name], "after": value} for name, value in new.items()},
    }
    assert create["verb"] == "CREATED"
    # The goal shows it.
    moved = await client.data("query($id: ID!) { kpi(id: $id) { changedAt version } }", id=ids["kpi"])
    assert moved == {"kpi": {"changedAt": "2026-07-02T13:00:00Z", "version": 1}}


async def test_goals_note_that_their_links_change(client: Client) -> None:
    ids = await furnished(client)
    for what, goal in (("objective", "root"), ("keyResult", "number")):
        client.clock.advance(hours=1)
        await client.make("linkCreate", **{f"{what}Id": ids[goal]}, title="Epic", url=URL)
        document = f"query($id: ID!) {{ {what}(id: $id) {{ changedAt version }} }}"
        at = client.clock.now.strftime("%Y-%m-%dT%H:%M:%SZ")
        assert await client.data(document, id=ids[goal]) == {what: {"changedAt": at, "version": 1}}


async def test_an_external_id_is_unique_in_its_system(client: Client) -> None:
    ids = await furnished(client)
    first = await changed(client, "linkCreate", objectiveId=ids["root"], **WORK)
    other = await changed(client, "linkCreate", objectiveId=ids["root"], **{**WORK, "system": "github"})
    await refused(client, "linkCreate", "TAKEN", "externalId", keyResultId=ids["number"], **WORK)
    await refused(client, "linkUpdate", "TAKEN", "externalId", id=other["id"], system="jira")
    await client.make("linkArchive", id=first["id"])
    await refused(client, "linkCreate", "TAKEN", "externalId", kpiId=ids["kpi"], **WORK)
    payloads = await asyncio.gather(
        *(
            client.change("linkCreate", {"objectiveId": ids["root"], **WORK, "externalId": "PROJ-13"}, "link { id }")
            for _ in range(6)
        )
    )
    codes = sorted([each["code"] for each in payload["userErrors"]] for payload in payloads)
    assert codes == [[], *[["TAKEN"]] * 5]


async def test_partners_find_their_own(client: Client, stranger: Client) -> None:
    ids = await furnished(client)
    for number in range(5):
        await client.make("linkCreate", objectiveId=ids["root"], **{**WORK, "externalId": f"PROJ-{number}"})
        other = {**WORK, "system": "github", "externalId": f"PROJ-{number}"}
        await client.make("linkCreate", kpiId=ids["kpi"], **other)
    found = await client.data(FIND, id="PROJ-3", system="github")
    work = {"url": URL, "system": "github", "externalId": "PROJ-3"}
    assert found == {"link": {**work, "objective": None, "keyResult": None, "kpi": {"name": "Sales"}}}
    for id, system in (("PROJ-9", "jira"), ("proj-3", "jira"), ("PROJ-3", "gitlab"), ("PROJ-3", ""), ("", "jira")):
        assert await client.data(FIND, id=id, system=system) == {"link": None}
    wanted = {"system": {"eq": "jira"}, "externalId": {"in": ["PROJ-1", "PROJ-4", "PROJ-9"]}}
    several = [{"system": "jira", "externalId": f"PROJ-{number}"} for number in (1, 4)]
    assert await client.data(LINKS, filter=wanted) == {"links": {"totalCount": 2, "nodes": several}}
    for filter, count in (
        ({"system": {"eq": "jira"}}, 5),
        ({"kpiId": {"eq": ids["kpi"]}}, 5),
        ({"objectiveId": {"eq": ids["root"]}, "system": {"eq": "github"}}, 0),
        ({"keyResultId": {"isNull": False}}, 0),
    ):
        assert (await client.data(LINKS, filter=filter))["links"]["totalCount"] == count
    assert await stranger.data(FIND, id="PROJ-3", system="jira") == {"link": None}
    assert await stranger.data(LINKS, filter=wanted) == {"links": {"totalCount": 0, "nodes": []}}


@pytest.mark.parametrize("url", UNSAFE)
async def test_hostile_addresses_are_refused(client: Client, url: str) -> None:
    ids = await furnished(client)
    id = await client.make("linkCreate", objectiveId=ids["root"], **WORK)
    message = await refused(client, "linkCreate", "URL_INVALID", "url", objectiveId=ids["root"], title="Epic", url=url)
    assert await refused(client, "linkUpdate", "URL_INVALID", "url", id=id, url=url) == message


async def test_what_else_is_refused(client: Client) -> None:
    ids = await furnished(client)
    root = {"objectiveId": ids["root"]}
    id = await client.make("linkCreate", **root, **WORK)
    wrong: list[tuple[dict[str, Any], str, str]] = [
        *(({"system": system}, "LINK_SYSTEM_INVALID", "system") for system in ("Jira", "a b", "", "é", ".x", "x" * 51)),
        ({"url": f"https://example.com/{'x' * 2000}"}, "TOO_LONG", "url"),
        ({"title": " "}, "BLANK", "title"),
        ({"title": "x" * 501}, "TOO_LONG", "title"),
        ({"externalId": ""}, "BLANK", "externalId"),
        ({"externalId": "x" * 201}, "TOO_LONG", "externalId"),
    ]
    for input, code, field in wrong:
        message = await refused(client, "linkCreate", code, field, **root, **{"title": "Epic", "url": URL, **input})
        assert await refused(client, "linkUpdate", code, field, id=id, **input) == message
    for goals in ({}, {**root, "kpiId": ids["kpi"]}, {**root, "keyResultId": ids["number"], "kpiId": ids["kpi"]}):
        await refused(client, "linkCreate", "LINK_GOAL_AMBIGUOUS", "objectiveId", title="Epic", url=URL, **goals)
    for field, mutation in (("objectiveId", "objective"), ("keyResultId", "keyResult"), ("kpiId", "kpi")):
        goal = {"objectiveId": "other", "keyResultId": "number", "kpiId": "kpi"}[field]
        linked = await client.make("linkCreate", **{field: ids[goal]}, title="Epic", url=URL)
        await client.make(f"{mutation}Archive", id=ids[goal])
        await refused(client, "linkCreate", "ARCHIVED", field, **{field: ids[goal]}, title="Epic", url=URL)
        await refused(client, "linkUpdate", "ARCHIVED", "id", id=linked, title="New")
        for nobody in ("nonsense", ids["team"]):
            await refused(client, "linkCreate", "NOT_FOUND", field, **{field: nobody}, title="Epic", url=URL)
    assert await errors(client, "linkUpdate", id=id, externalId=None) == ["BAD_USER_INPUT"]
    document = "query { link { id } }"
    assert (await client.answer(document))["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_all_that_is_wrong_is_told_at_once(client: Client) -> None:
    input = {"url": "javascript:x", "system": "A", "title": "x" * 501}
    payload = await client.change("linkCreate", input, "link { id }")
    codes = {each["code"] for each in payload["userErrors"]}
    assert (payload["link"], codes) == (None, {"TOO_LONG", "LINK_GOAL_AMBIGUOUS", "URL_INVALID", "LINK_SYSTEM_INVALID"})
