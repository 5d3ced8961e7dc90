"""Teams are a tree; people lead them, belong to them, leave them and come back."""

from typing import Any
from uuid import UUID

from tests.kit.client import Client
from tests.kit.refusals import changed, everything, refused, unchanged

CREATED = "2026-07-02T12:00:00Z"
UNKNOWN = (str(UUID(int=1)), "nonsense", "")


async def members(client: Client, team: str) -> list[tuple[str, str]]:
    """Names and roles in a team, as listed; the people agree."""
    document = """query($id: ID!) { node(id: $id) { ... on Team {
        memberships { role team { id } person { name memberships { role team { id } } } } } } }"""
    found = (await client.data(document, id=team))["node"]["memberships"]
    for each in found:
        assert each["team"] == {"id": team}
        assert {"role": each["role"], "team": {"id": team}} in each["person"]["memberships"]
    return [(each["person"]["name"], each["role"]) for each in found]


async def last_event(client: Client) -> dict[str, Any]:
    fields = "verb subjectType subject { ... on Membership { role person { name } } } changes"
    [event] = (await client.data(f"{{ events(first: 1) {{ nodes {{ {fields} }} }} }}"))["events"]["nodes"]
    return event


async def test_a_team_as_made(client: Client) -> None:
    company = await changed(client, "teamCreate", name="Company", externalId="T-1")
    made = await changed(client, "teamCreate", name="Platform", parentId=company["id"])
    assert made == {
        **{"id": made["id"], "externalId": None, "name": "Platform", "parent": {"id": company["id"]}},
        **{"version": 1, "createdAt": CREATED, "updatedAt": CREATED, "archivedAt": None},
        **{"subteams": [], "memberships": [], "checkInCadence": None},
        **dict.fromkeys(("avatarUrl", "color", "locale", "timeZone")),
    }
    await changed(client, "teamCreate", name="Audit", parentId=company["id"])
    document = "query($id: ID!) { node(id: $id) { ... on Team { externalId parent { id } subteams { name } } } }"
    subteams = [{"name": "Audit"}, {"name": "Platform"}]
    found = (await client.data(document, id=company["id"]))["node"]
    assert found == {"externalId": "T-1", "parent": None, "subteams": subteams}


async def test_no_team_is_inside_itself(client: Client) -> None:
    one, two, three = [await client.make("teamCreate", name=name) for name in ("One", "Two", "Three")]
    await changed(client, "teamUpdate", id=two, parentId=one)
    await changed(client, "teamUpdate", id=three, parentId=two)
    for parent in (one, two, three):
        message = await refused(client, "teamUpdate", "TEAM_LOOP", "parentId", id=one, parentId=parent, name="New")
    assert message == "A team cannot be inside itself, directly or by way of its own subteams."
    await refused(client, "teamUpdate", "TEAM_LOOP", "parentId", id=two, parentId=three)
    await changed(client, "teamUpdate", id=three, parentId=one)
    await changed(client, "teamUpdate", id=two, parentId=three)
    await refused(client, "teamUpdate", "TEAM_LOOP", "parentId", id=three, parentId=two)


async def test_no_team_is_made_inside_itself(client: Client) -> None:
    own = str(UUID(int=7))
    await refused(client, "teamCreate", "TEAM_LOOP", "parentId", id=own, parentId=own, name="Ouroboros")


async def test_leads_come_first_then_members_by_name(client: Client) -> None:
    team = await client.make("teamCreate", name="Platform")
    for name, role in (("Zoe", "LEAD"), ("Ann", "MEMBER"), ("Bob", "LEAD"), ("Cid", None)):
        person = await client.make("personCreate", name=name)
        more = {"role": role} if role else {}
        joined = await changed(client, "teamJoin", teamId=team, personId=person, **more)
        assert joined["memberships"][-1 if not role else 0]["role"] == (role or "MEMBER") or name == "Ann"
        assert joined["version"] == 1
    listed = [("Bob", "LEAD"), ("Zoe", "LEAD"), ("Ann", "MEMBER"), ("Cid", "MEMBER")]
    assert await members(client, team) == listed
    await unchanged(client, "teamJoin", teamId=team, personId=person)
    await changed(client, "teamJoin", teamId=team, personId=person, role="LEAD")
    assert await members(client, team) == [("Bob", "LEAD"), ("Cid", "LEAD"), ("Zoe", "LEAD"), ("Ann", "MEMBER")]
    other = await client.make("teamCreate", name="Audit")
    await changed(client, "teamJoin", teamId=other, personId=person)
    document = "query($id: ID!) { node(id: $id) { ... on Person { memberships { team { name } role } } } }"
    found = (await client.data(document, id=person))["node"]["memberships"]
    assert found == [
        {"team": {"name": "Audit"}, "role": "MEMBER"},
        {"team": {"name": "Platform"}, "role": "LEAD"},
    ]


async def test_leaving_and_coming_back(client: Client) -> None:
    team, person = await client.make("teamCreate", name="Platform"), await client.make("personCreate", name="Pat")
    await unchanged(client, "teamLeave", teamId=team, personId=person)
    await changed(client, "teamJoin", teamId=team, personId=person, role="LEAD")
    rows = len(await everything(client))
    await changed(client, "teamLeave", teamId=team, personId=person)
    assert await members(client, team) == []
    left = await last_event(client)
    assert (left["verb"], left["subjectType"]) == ("ARCHIVED", "Membership")
    await unchanged(client, "teamLeave", teamId=team, personId=person)
    await changed(client, "teamJoin", teamId=team, personId=person)
    assert await members(client, team) == [("Pat", "MEMBER")]
    # It is the same membership again: only events are added.
    assert len(await everything(client)) == rows + 2


async def test_events_tell_joining_from_changing_and_from_coming_back(client: Client) -> None:
    team, person = await client.make("teamCreate", name="Platform"), await client.make("personCreate", name="Pat")
    ends = {"teamId": team, "personId": person}
    facts = {"teamId": {"after": team}, "personId": {"after": person}, "role": {"after": "MEMBER"}}
    subject = {"role": "MEMBER", "person": {"name": "Pat"}}
    await changed(client, "teamJoin", **ends)
    event = {"verb": "CREATED", "subjectType": "Membership", "subject": subject, "changes": facts}
    assert await last_event(client) == event
    await changed(client, "teamJoin", **ends, role="LEAD")
    event = await last_event(client)
    assert (event["verb"], event["changes"]) == ("UPDATED", {"role": {"before": "MEMBER", "after": "LEAD"}})
    await changed(client, "teamLeave", **ends)
    await changed(client, "teamJoin", **ends, role="LEAD")
    assert (await last_event(client))["verb"] == "RESTORED"


async def test_nobody_joins_an_archived_team(client: Client) -> None:
    team, person = await client.make("teamCreate", name="Platform"), await client.make("personCreate", name="Pat")
    await client.make("teamArchive", id=team)
    await refused(client, "teamJoin", "ARCHIVED", "teamId", of=team, teamId=team, personId=person)


async def test_who_is_not_there_neither_joins_nor_leaves(client: Client) -> None:
    team, person = await client.make("teamCreate", name="Platform"), await client.make("personCreate", name="Pat")
    for mutation in ("teamJoin", "teamLeave"):
        for id in (*UNKNOWN, team):
            await refused(client, mutation, "NOT_FOUND", "personId", of=team, teamId=team, personId=id)
        for id in (*UNKNOWN, person):
            await refused(client, mutation, "NOT_FOUND", "teamId", teamId=id, personId=person)
