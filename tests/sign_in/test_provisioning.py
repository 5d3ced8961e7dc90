"""A sign-in creates its person, and keeps role and memberships as the claims have them, with events and only once."""

import asyncio
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.door.test_api_keys import messages
from tests.kit.client import Client
from tests.sign_in.conftest import Door, MakeDoor

EVENTS = "{ events(first: 100) { nodes { verb subjectType reason actor { id } changes } } }"
PEOPLE = "{ people(first: 100) { nodes { externalId name email role } } }"
TEAMS = "{ teams(first: 100) { nodes { externalId memberships { role person { externalId } } } } }"
NEW = {"name": "Eve", "email": "eve@example.com", "email_verified": True}
EVE = {"externalId": "eve", "name": "Eve", "email": "eve@example.com", "role": "MEMBER"}


async def events_after(client: Client, count: int) -> list[dict[str, Any]]:
    return (await client.data(EVENTS))["events"]["nodes"][::-1][count:]


async def count_events(client: Client) -> int:
    return len(await events_after(client, 0))


async def people(client: Client) -> dict[str, dict[str, Any]]:
    nodes = (await client.data(PEOPLE))["people"]["nodes"]
    return {each["externalId"]: each for each in nodes if each["externalId"]}


async def teams(client: Client) -> dict[str, dict[str, str]]:
    """The roles of members by team."""
    nodes = (await client.data(TEAMS))["teams"]["nodes"]
    return {
        team["externalId"]: {each["person"]["externalId"]: each["role"] for each in team["memberships"]}
        for team in nodes
    }


async def test_a_first_sign_in_creates_the_person_with_one_event(door: MakeDoor, client: Client) -> None:
    signed_in = await door(create_people="true")
    before = await count_events(client)
    assert await signed_in.person(sub="eve", **NEW) == EVE
    assert await signed_in.person(sub="eve", name="Other", jti="2") == EVE
    [event] = await events_after(client, before)
    assert (event["verb"], event["subjectType"]) == ("CREATED", "Person")
    assert event["reason"] == f"Sign-in with {signed_in.issuer.url}"
    assert event["actor"] is None
    assert event["changes"] == {name: {"after": value} for name, value in EVE.items()}


@pytest.mark.parametrize("role", ["VIEWER", "ADMIN"])
async def test_created_people_have_the_default_role(door: MakeDoor, role: str) -> None:
    signed_in = await door(create_people="true", default_role=role)
    assert (await signed_in.person(sub="eve", **NEW))["role"] == role


async def test_people_are_created_by_email_and_with_a_prefix(door: MakeDoor, client: Client) -> None:
    by_email = await door(create_people="true", person_claim="email")
    person = {"externalId": None, "name": "Eve", "email": "eve@example.com", "role": "MEMBER"}
    assert await by_email.person(sub="x", **NEW) == person
    assert await by_email.person(sub="y", **NEW) == person
    assert await by_email.person(sub="z", name="Eve", email="eve@example.com") == 401
    prefixed = await door(create_people="true", person_prefix="id:")
    assert (await prefixed.person(sub="mia", name="Mia"))["externalId"] == "id:mia"


async def test_without_the_setting_nobody_is_created(door: MakeDoor, client: Client) -> None:
    signed_in = await door(role_claim="r", teams_claim="g")
    before = await count_events(client)
    assert await signed_in.person(sub="eve", **NEW, r="ADMIN", g=[]) == 401
    assert await count_events(client) == before


async def test_first_sign_ins_at_once_make_one_person(door: MakeDoor, client: Client) -> None:
    await client.make("teamCreate", externalId="sales", name="Sales")
    processes = [await door(create_people="true", teams_claim="g", role_claim="r") for _ in range(3)]
    before = await count_events(client)
    answers = await asyncio.gather(
        *(
            each.person(sub="eve", jti=str(number), **NEW, g=["sales"], r="ADMIN")
            for number in range(8)
            for each in processes
        )
    )
    assert answers == [{**EVE, "role": "ADMIN"}] * 24
    kinds = [(each["verb"], each["subjectType"]) for each in await events_after(client, before)]
    assert kinds == [("CREATED", "Person"), ("CREATED", "Membership")]
    assert await teams(client) == {"sales": {"eve": "MEMBER"}}


async def test_many_people_at_once(door: MakeDoor, client: Client) -> None:
    signed_in = await door(create_people="true")
    names = [f"p{number}" for number in range(12)]
    answers = await asyncio.gather(*(signed_in.person(sub=name, name=name) for name in names * 2))
    assert [each["externalId"] for each in answers] == names * 2
    assert set(await people(client)) == set(names)


async def test_an_email_address_of_somebody_else_links_nobody(door: MakeDoor, client: Client) -> None:
    await client.make("personCreate", name="Eve", email="eve@example.com")
    signed_in = await door(create_people="true")
    before = await count_events(client)
    with capture_logs() as lines:
        assert await signed_in.person(sub="eve", **NEW) == 401
    assert [line["reason"] for line in lines if line["event"] == "sign-in refused"] == [
        "The person cannot be created: TAKEN in email."
    ]
    assert await count_events(client) == before
    # An address that the issuer does not vouch for is left out.
    assert (await signed_in.person(sub="mia", name="Mia", email="eve@example.com"))["email"] is None
    assert (await signed_in.person(sub="pia", name="Pia", email="no address", email_verified=True))["email"] is None


async def test_a_person_who_cannot_be_created_is_refused_without_the_address_in_the_log(door: MakeDoor) -> None:
    signed_in = await door(create_people="true", person_claim="email")
    with capture_logs() as lines:
        assert await signed_in.person(email="no address", email_verified=True) == 401
    assert "no address" not in str(lines)
    assert [line["reason"] for line in lines if line["event"] == "sign-in refused"] == [
        "The person cannot be created: EMAIL_INVALID in email."
    ]


async def test_the_role_claim_decides_with_an_event_for_each_change(door: MakeDoor, client: Client) -> None:
    await client.make("personCreate", externalId="eve", name="Eve")
    signed_in = await door(role_claim="realm_access.roles", roles='{"okr-admins": "ADMIN"}', default_role="VIEWER")

    async def role(*groups: str) -> str:
        return (await signed_in.person(sub="eve", realm_access={"roles": groups}))["role"]

    before = await count_events(client)
    assert [await role("okr-admins"), await role("okr-admins", "x"), await role("OWNER")] == [
        "ADMIN",
        "ADMIN",
        "VIEWER",
    ]
    assert (await signed_in.person(sub="eve"))["role"] == "VIEWER"
    assert (await people(client))["eve"]["role"] == "VIEWER"
    events = await events_after(client, before)
    assert [(each["verb"], each["changes"]) for each in events] == [
        ("UPDATED", {"role": {"before": "MEMBER", "after": "ADMIN"}}),
        ("UPDATED", {"role": {"before": "ADMIN", "after": "VIEWER"}}),
    ]
    assert {each["reason"] for each in events} == {f"Sign-in with {signed_in.issuer.url}"}


async def test_what_the_role_claim_takes_is_gone_at_once(door: MakeDoor, client: Client) -> None:
    await client.make("personCreate", externalId="eve", name="Eve", role="ADMIN")
    signed_in = await door(role_claim="r")
    document = 'mutation { teamCreate(input: {name: "T"}) { team { name } } }'
    assert (await signed_in.ask(signed_in.token(sub="eve", r="ADMIN"), document)).json()["data"]["teamCreate"]
    answer = (await signed_in.ask(signed_in.token(sub="eve", r="VIEWER"), document)).json()
    assert [each["extensions"]["code"] for each in answer["errors"]] == ["FORBIDDEN"]


async def test_the_last_owner_stays_owner_whatever_the_claim_says(door: MakeDoor, client: Client) -> None:
    await client.make("personUpdate", id=(await viewer_id(client)), externalId="olive")
    await client.make("teamCreate", externalId="sales", name="Sales")
    signed_in = await door(role_claim="r", teams_claim="g")
    before = await count_events(client)
    with capture_logs() as lines, messages(signed_in.database.primary) as sent:
        for number in range(5):
            person = await signed_in.person(sub="olive", r="MEMBER", g=["sales"], jti=str(number))
            assert person["role"] == "OWNER"
    refused = [line for line in lines if line["event"] == "claims not applied"]
    assert [(line["person"], line["codes"]) for line in refused] == [(str(client.person_id), ["LAST_OWNER"])]
    assert "olive" not in str(refused)
    # Tried once and not again at each request; the teams hold all the same.
    assert sum("pg_advisory_xact_lock(" in each for each in sent) == 2
    assert [each["subjectType"] for each in await events_after(client, before)] == ["Membership"]
    # With another owner it is as any change.
    await client.make("personCreate", name="Second", role="OWNER")
    assert (await (await door(role_claim="r")).person(sub="olive", r="MEMBER"))["role"] == "MEMBER"


async def viewer_id(client: Client) -> str:
    return (await client.data("{ viewer { person { id } } }"))["viewer"]["person"]["id"]


async def test_the_teams_claim_joins_and_ends_memberships(door: MakeDoor, client: Client) -> None:
    person = await client.make("personCreate", externalId="eve", name="Eve")
    ids = {name: await client.make("teamCreate", externalId=name, name=name) for name in ("it", "ops", "sales")}
    private = await client.make("teamCreate", name="No id")
    old = await client.make("teamCreate", externalId="old", name="Old")
    for team in (ids["it"], private, old):
        await client.make("teamJoin", teamId=team, personId=person, role="LEAD")
    await client.make("teamArchive", id=old)
    signed_in = await door(teams_claim="groups")
    before = await count_events(client)

    async def after(*groups: str) -> dict[str, dict[str, str]]:
        assert (await signed_in.person(sub="eve", groups=groups))["externalId"] == "eve"
        return {name: members for name, members in (await teams(client)).items() if name and members}

    # A lead stays one, unknown and archived teams are nothing, and teams that no claim can name are left alone.
    assert await after("it", "sales", "unknown", "old") == {"it": {"eve": "LEAD"}, "sales": {"eve": "MEMBER"}}
    assert await after("sales", "unknown") == {"sales": {"eve": "MEMBER"}}
    assert await signed_in.person(sub="eve") != 401
    assert await after("sales") == {"sales": {"eve": "MEMBER"}}
    assert await after() == {}
    assert await after("it") == {"it": {"eve": "LEAD"}}
    assert (await teams(client))[None] == {"eve": "LEAD"}  # type: ignore[index]
    verbs = [(each["verb"], each["subjectType"]) for each in await events_after(client, before)]
    assert verbs == [(verb, "Membership") for verb in ("CREATED", "ARCHIVED", "ARCHIVED", "RESTORED")]


async def test_a_sign_in_that_changes_nothing_writes_nothing(door: MakeDoor, client: Client) -> None:
    await client.make("teamCreate", externalId="sales", name="Sales")
    signed_in: Door = await door(create_people="true", role_claim="r", teams_claim="g")
    claims: dict[str, Any] = {"sub": "eve", "r": "ADMIN", "g": ["sales", "old", "unknown"]}
    assert await signed_in.person(**claims) != 401
    # Memberships that no claim governs.
    person = (await client.data('{ person(externalId: "eve") { id } }'))["person"]["id"]
    private = await client.make("teamCreate", name="No id")
    old = await client.make("teamCreate", externalId="old", name="Old")
    for team in (private, old):
        await client.make("teamJoin", teamId=team, personId=person)
    await client.make("teamArchive", id=old)
    with messages(signed_in.database.primary) as sent, messages(signed_in.database.reserved) as looked:
        assert await signed_in.person(**claims, jti="2") != 401
    assert [each for each in sent if "advisory" in each or "INSERT" in each] == []
    assert sum("people" in each for each in looked) == 1
