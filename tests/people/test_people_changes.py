"""People and the organization: as they are made, emails, roles, and the policy that is kept as data."""

from typing import Any

from tests.kit.client import Client
from tests.kit.refusals import changed, errors, refused, shown, unchanged

CREATED = "2026-07-02T12:00:00Z"


async def test_a_person_as_made(client: Client) -> None:
    made = await changed(client, "personCreate", name="Pat")
    assert made == {
        **{"id": made["id"], "externalId": None, "name": "Pat", "email": None, "role": "MEMBER", "memberships": []},
        **{"version": 1, "createdAt": CREATED, "updatedAt": CREATED, "archivedAt": None},
        **dict.fromkeys(("avatarUrl", "color", "locale", "timeZone")),
    }
    given = {"name": "Bo", "email": "bo@example.com", "role": "ADMIN", "externalId": "P-1"}
    made = await changed(client, "personCreate", **given)
    assert {name: made[name] for name in given} == given


async def test_an_email_belongs_to_one(client: Client) -> None:
    await changed(client, "personCreate", name="Pat", email="pat@example.com")
    await refused(client, "personCreate", "TAKEN", "email", name="Other", email="pat@example.com")
    other = await client.make("personCreate", name="Other", email="other@example.com")
    await refused(client, "personUpdate", "TAKEN", "email", id=other, email="pat@example.com", name="New")
    # Several may have none.
    for name in ("One", "Two"):
        await changed(client, "personCreate", name=name)
    pat = (await client.data('{ people(filter: {name: {eq: "Pat"}}) { nodes { id } } }'))["people"]["nodes"][0]["id"]
    await changed(client, "personArchive", id=pat)
    await refused(client, "personUpdate", "TAKEN", "email", id=other, email="pat@example.com")
    await changed(client, "personRestore", id=pat)
    await changed(client, "personUpdate", id=pat, email=None)
    await changed(client, "personUpdate", id=other, email="pat@example.com")


async def test_somebody_owns_the_organization(client: Client) -> None:
    olive = (await client.data("{ viewer { person { id } } }"))["viewer"]["person"]["id"]
    for role in ("ADMIN", "MEMBER", "VIEWER"):
        await refused(client, "personUpdate", "LAST_OWNER", "id", id=olive, role=role, name="New")
    await refused(client, "personArchive", "LAST_OWNER", "id", id=olive)
    await unchanged(client, "personUpdate", id=olive, role="OWNER")
    other = await client.make("personCreate", name="Pat", role="OWNER")
    await changed(client, "personArchive", id=other)
    await refused(client, "personUpdate", "LAST_OWNER", "id", id=olive, role="ADMIN")
    await changed(client, "personRestore", id=other)
    await changed(client, "personUpdate", id=other, role="ADMIN")
    await refused(client, "personUpdate", "LAST_OWNER", "id", id=olive, role="MEMBER")


async def test_what_a_person_owns(client: Client) -> None:
    pat = await client.make("personCreate", name="Pat")
    cycle = await client.cycle()
    first, second = [await client.objective(cycle, name, ownerId=pat) for name in ("First", "Second")]
    await client.objective(cycle, "Nobody's")
    document = "query($id: ID!) { node(id: $id) { ... on Person { objectives { totalCount nodes { id } } } } }"
    found = (await client.data(document, id=pat))["node"]["objectives"]
    assert found == {"totalCount": 2, "nodes": [{"id": first}, {"id": second}]}
    await client.make("objectiveArchive", id=first)
    found = (await client.data(document, id=pat))["node"]["objectives"]
    assert found == {"totalCount": 1, "nodes": [{"id": second}]}


async def test_the_viewer(client: Client) -> None:
    document = "{ viewer { role person { name email role } organization { id } } organization { id } }"
    data = await client.data(document)
    olive = {"name": "Olive Owner", "email": "olive@example.com", "role": "OWNER"}
    assert data["viewer"] == {"role": "OWNER", "person": olive, "organization": data["organization"]}


async def test_the_organization_as_founded_and_changed(client: Client) -> None:
    founded = await shown(client, "organization", None)
    assert founded is not None
    assert founded == {
        **{"id": founded["id"], "name": founded["name"], "timeZone": "UTC", "version": 1},
        **{"onTrackPace": 0.9, "atRiskPace": 0.7, "checkInCadenceDays": 7, "checkInWeekday": None},
        **{"createdAt": CREATED, "updatedAt": CREATED},
    }
    client.clock.advance(days=1)
    wanted: dict[str, Any] = {"name": "Acme", "onTrackPace": 1.1, "atRiskPace": 0, "checkInCadenceDays": 366}
    found = await changed(client, "organizationUpdate", expectedVersion=1, **wanted)
    assert found == {**founded, **wanted, "version": 2, "updatedAt": "2026-07-03T12:00:00Z"}
    await unchanged(client, "organizationUpdate", **wanted)
    await unchanged(client, "organizationUpdate")
    for name, value in {"name": "Other", "atRiskPace": 1.1, "checkInCadenceDays": 1}.items():
        found, before = await changed(client, "organizationUpdate", **{name: value}), found
        assert found == {**before, name: value, "version": before["version"] + 1}
    fields = "verb subjectType subjectId actor { name } objective { id } recordedAt changes"
    [event, *_] = (await client.data(f"{{ events {{ nodes {{ {fields} }} }} }}"))["events"]["nodes"]
    assert event == {
        **{"verb": "UPDATED", "subjectType": "Organization", "subjectId": founded["id"], "objective": None},
        **{"actor": {"name": "Olive Owner"}, "recordedAt": "2026-07-03T12:00:00Z"},
        "changes": {"checkInCadenceDays": {"before": 366, "after": 1}},
    }


async def test_a_policy_that_cannot_be(client: Client) -> None:
    inverted: list[dict[str, Any]] = [
        {"atRiskPace": 0.91},
        {"onTrackPace": 0.69},
        {"atRiskPace": -0.1},
        {"onTrackPace": -1.0, "atRiskPace": -2.0},
        {"onTrackPace": 0.5, "atRiskPace": 0.6},
    ]
    for policy in inverted:
        await refused(client, "organizationUpdate", "PACE_THRESHOLDS_INVERTED", "atRiskPace", **policy)
    for days in (0, -1, 367, 2_000_000_000):
        code = "CADENCE_OUT_OF_RANGE"
        await refused(client, "organizationUpdate", code, "checkInCadenceDays", checkInCadenceDays=days)
    await refused(client, "organizationUpdate", "BLANK", "name", name=" ")
    await refused(client, "organizationUpdate", "TOO_LONG", "name", name="x" * 201)
    for version in (0, 2):
        await refused(client, "organizationUpdate", "CONFLICT", "expectedVersion", expectedVersion=version, name="Late")
    for name in ("name", "onTrackPace", "atRiskPace", "checkInCadenceDays"):
        assert await errors(client, "organizationUpdate", **{name: None}) == ["BAD_USER_INPUT"]
    for value in (1.5, "7", 3_000_000_000):
        assert await errors(client, "organizationUpdate", checkInCadenceDays=value) == ["BAD_USER_INPUT"]
    await changed(client, "organizationUpdate", onTrackPace=0.7, checkInCadenceDays=1)
