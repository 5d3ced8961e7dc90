"""Acting on behalf of a person: role, access, visibility, scopes and both names, and that a write decides on both
roles of its transaction."""

import asyncio
from itertools import product
from typing import Any

import pytest

from schema.relay.node import global_id
from service.viewer import ROLES, lower_role
from tests.kit.client import Client, Statements
from tests.kit.refusals import changed, errors, everything, refused
from tests.kit.roles import acting, furnished
from tests.kit.service_accounts import ACTING, acting_account, acting_for, service_account

VIEWER = "{ viewer { role scopes person { name } serviceAccount { name } } }"


async def people(client: Client) -> dict[str, str]:
    """The id of a person of each role, by the role."""
    return {role: await client.make("personCreate", name=role.title(), role=role) for role in ROLES}


async def test_the_lower_role_of_the_two(client: Client) -> None:
    ids = await people(client)
    accounts = {role: await service_account(client, role, ACTING, role) for role in ("VIEWER", "MEMBER", "ADMIN")}
    for (own, account), (role, id) in product(accounts.items(), ids.items()):
        viewer = (await acting_for(account, id).data(VIEWER))["viewer"]
        names = {"person": {"name": role.title()}, "serviceAccount": {"name": own}}
        assert viewer == {"role": lower_role(own, role), "scopes": viewer["scopes"], **names}
        assert {"ACT_AS", "GOALS_READ", "GOALS_WRITE"} <= set(viewer["scopes"])


async def test_what_is_forbidden_stays_so_through_another(client: Client) -> None:
    ids, cycle = await people(client), await client.cycle()
    sent: list[tuple[str, dict[str, Any]]] = [
        ("objectiveCreate", {"cycleId": cycle, "title": "New"}),
        ("pillarCreate", {"name": "New"}),
    ]
    needs = ("MEMBER", "ADMIN")
    for own, role in product(("VIEWER", "MEMBER", "ADMIN"), ROLES):
        caller = await acting_account(client, ids[role], own)
        for (mutation, input), needed in zip(sent, needs, strict=True):
            if ROLES.index(lower_role(own, role)) < ROLES.index(needed):
                assert await errors(caller, mutation, **input) == ["FORBIDDEN"], (own, role, mutation)
            else:
                await changed(caller, mutation, **input)
    # Nobody acts as an OWNER.
    caller = await acting_account(client, ids["OWNER"], "ADMIN")
    await refused(caller, "personUpdate", "OWNER_REQUIRED", "role", id=ids["MEMBER"], role="OWNER")
    await refused(caller, "personArchive", "OWNER_REQUIRED", "id", id=ids["OWNER"])


async def test_goals_are_seen_and_edited_as_by_the_person(client: Client) -> None:
    """Also one that an administrator acts through with the role MEMBER sees what the person sees, not everything."""
    cycle = await client.cycle()
    company = await client.make("teamCreate", name="Company")
    team = await client.make("teamCreate", name="Platform", parentId=company)
    member, lead, admin = [await client.make("personCreate", name=name) for name in ("Member", "Lead", "Admin")]
    await client.make("personUpdate", id=admin, role="ADMIN")
    await client.make("teamJoin", teamId=team, personId=member)
    await client.make("teamJoin", teamId=company, personId=lead, role="LEAD")
    await client.make("organizationUpdate", memberEditing="OWN")
    goals = {
        "open": await client.objective(cycle, "open"),
        "team": await client.objective(cycle, "team", visibility="TEAM", teamId=team),
        "own": await client.objective(cycle, "own", visibility="PRIVATE", ownerId=member),
    }
    account = await service_account(client, "MEMBER", ACTING)
    expected = {
        member: (["open", "own", "team"], ["own"]),
        lead: (["open", "team"], ["team"]),
        admin: (["open"], []),
    }
    for id, (seen, edited) in expected.items():
        caller = acting_for(account, id)
        rows = (await caller.data("{ objectives { nodes { title viewerCan { edit { allowed } } } } }"))["objectives"]
        assert sorted(node["title"] for node in rows["nodes"]) == seen
        assert [node["title"] for node in rows["nodes"] if node["viewerCan"]["edit"]["allowed"]] == edited
        for title, goal in goals.items():
            code = None if title in edited else "NOT_EDITABLE" if title in seen else "NOT_FOUND"
            payload = await caller.change("objectiveUpdate", {"id": goal, "description": id}, "objective { title }")
            assert [error["code"] for error in payload["userErrors"]] == ([] if code is None else [code]), (id, title)


async def test_the_scopes_of_the_key_limit_it(client: Client) -> None:
    ids = await furnished(client)
    account = await service_account(client, "ADMIN", ["ACT_AS", "GOALS_READ"])
    caller = acting_for(account, ids["person"])
    assert len((await caller.data("{ objectives { nodes { title } } }"))["objectives"]["nodes"]) == 3
    assert await errors(caller, "objectiveUpdate", id=ids["root"], title="Changed") == ["FORBIDDEN"]
    answer = await caller.answer("{ kpis { nodes { name } } }")
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]


async def test_both_names_are_kept(client: Client) -> None:
    ids = await furnished(client)
    account = await service_account(client, "MEMBER", ACTING)
    caller = acting_for(account, ids["person"])
    made = await changed(caller, "keyResultCheckIn", keyResultId=ids["number"], value="1")
    id = global_id("ServiceAccount", account.person_id)
    assert (made["author"], made["serviceAccount"]) == ({"id": ids["person"]}, {"id": id})
    await changed(caller, "objectiveUpdate", id=ids["root"], title="Changed")
    point = {"kpiId": ids["kpi"], "on": "2026-05-01", "value": "1"}
    recorded = await caller.change("kpiMeasurementsRecord", {"measurements": [point]}, "changed")
    assert recorded == {"changed": 1, "userErrors": []}
    events = (
        '{ events(filter: {serviceAccountId: {eq: "%s"}}) { nodes { verb actor { name } serviceAccount { name } } } }'
    )
    both = {"actor": {"name": "Pat"}, "serviceAccount": {"name": "Backend"}}
    expected = [{"verb": verb, **both} for verb in ("RECORDED", "UPDATED", "CHECKED_IN")]
    assert (await client.data(events % id))["events"]["nodes"] == expected
    assert (await client.data(events % str(account.person_id)))["events"]["nodes"] == expected
    assert (await client.data(events % ids["person"]))["events"]["nodes"] == []
    counts = await client.data(
        "{ all: events { totalCount } none: events(filter: {serviceAccountId: {isNull: true}}) { totalCount } "
        "some: events(filter: {serviceAccountId: {isNull: false}}) { totalCount } "
        f'few: events(filter: {{serviceAccountId: {{in: ["{id}"]}}, verb: {{eq: UPDATED}}}}) {{ totalCount }} '
        f'others: events(filter: {{serviceAccountId: {{neq: "{id}"}}}}) {{ totalCount }} }}'
    )
    numbers = {name: each["totalCount"] for name, each in counts.items()}
    assert (numbers["some"], numbers["few"]) == (3, 1)
    assert numbers["none"] + numbers["some"] == numbers["all"]
    assert numbers["others"] == numbers["none"]
    # The author of a measurement is the person; its event has both names.
    points = f'{{ kpi(id: "{ids["kpi"]}") {{ measurements {{ nodes {{ author {{ name }} }} }} }} }}'
    assert (await client.data(points))["kpi"]["measurements"]["nodes"] == [{"author": {"name": "Pat"}}]


async def test_one_whose_person_is_archived_meanwhile_cannot_write(client: Client) -> None:
    id = await client.make("personCreate", name="Pat", role="ADMIN")
    caller = await acting_account(client, id, "ADMIN")
    await changed(caller, "pillarCreate", name="Growth")
    await client.make("personArchive", id=id)
    assert await errors(caller, "pillarCreate", name="New") == ["ACT_AS_PERSON_UNKNOWN"]
    assert await errors(caller, "personRestore", id=id) == ["ACT_AS_PERSON_UNKNOWN"]
    await client.make("personRestore", id=id)
    account = global_id("ServiceAccount", caller.person_id)
    await client.make("serviceAccountArchive", id=account)
    assert await errors(caller, "pillarCreate", name="New") == ["UNAUTHENTICATED"]
    await client.make("serviceAccountRestore", id=account)
    await changed(caller, "pillarCreate", name="New")


@pytest.mark.parametrize("demoted", ["person", "service account"])
async def test_the_lower_role_is_that_of_the_transaction(client: Client, demoted: str) -> None:
    person = await client.make("personCreate", name="Pat", role="ADMIN")
    caller = await acting_account(client, person, "ADMIN")
    await changed(caller, "pillarCreate", name="Growth")
    mutation, id = ("personUpdate", person)
    if demoted == "service account":
        mutation, id = ("serviceAccountUpdate", global_id("ServiceAccount", caller.person_id))
    for role, codes in (("MEMBER", ["FORBIDDEN"]), ("VIEWER", ["FORBIDDEN"])):
        await client.make(mutation, id=id, role=role)
        assert await errors(caller, "pillarCreate", name="New") == codes
    assert await errors(caller, "kpiCreate", name="New") == ["FORBIDDEN"]
    await client.make(mutation, id=id, role="ADMIN")
    await changed(caller, "pillarCreate", name="New")


async def test_the_person_is_promoted_no_higher_than_the_service_account(client: Client) -> None:
    person = await client.make("personCreate", name="Pat", role="VIEWER")
    caller = await acting_account(client, person, "MEMBER")
    assert await errors(caller, "kpiCreate", name="New") == ["FORBIDDEN"]
    await client.make("personUpdate", id=person, role="OWNER")
    await changed(caller, "kpiCreate", name="New")
    assert await errors(caller, "pillarCreate", name="New") == ["FORBIDDEN"]


async def test_writes_and_archiving_of_the_service_account_at_once(client: Client) -> None:
    person = await client.make("personCreate", name="Pat", role="ADMIN")
    caller = await acting_account(client, person, "ADMIN")
    document = 'mutation { pillarCreate(input: {name: "New"}) { pillar { id } userErrors { code } } }'
    writes = [caller.answer(document) for _ in range(10)]
    archive = client.make("serviceAccountArchive", id=global_id("ServiceAccount", caller.person_id))
    *answers, _ = await asyncio.gather(*writes, archive)
    done = [each["data"]["pillarCreate"]["pillar"]["id"] for each in answers if "errors" not in each]
    failed = [error["extensions"]["code"] for each in answers for error in each.get("errors", [])]
    assert failed == ["UNAUTHENTICATED"] * (10 - len(done))
    stored = [node["id"] for node in (await client.data("{ pillars { nodes { id } } }"))["pillars"]["nodes"]]
    assert sorted(stored) == sorted(done)


async def test_both_roles_cost_no_message(client: Client, statements: Statements) -> None:
    person = await client.make("personCreate", name="Pat", role="OWNER")
    caller = await acting_account(client, person, "ADMIN")
    id = await client.make("pillarCreate", name="Growth")
    document = 'mutation($id: ID!) { pillarUpdate(input: {id: $id, name: "Growth"}) { userErrors { code } } }'
    await caller.data(document, id=id)
    sent = await statements.of(caller.data(document, id=id))
    checks = [each for each in sent if "IN (p.role, s.role)" in each]
    assert [each.startswith("BEGIN") for each in checks] == [True]
    assert not any("member_editing" in each for each in sent)


async def test_keys_are_not_managed_on_behalf_of_others(client: Client) -> None:
    """A key of the person would outlast the service account, and have the role of the person."""
    ids = await people(client)
    payload = await client.change("apiKeyCreate", {"name": "x", "personId": ids["MEMBER"]}, "apiKey { id }")
    key = payload["apiKey"]["id"]
    for role in ("MEMBER", "OWNER"):
        caller = await acting_account(client, ids[role], "ADMIN")
        before = await everything(client)
        account = global_id("ServiceAccount", caller.person_id)
        for mutation, input in (
            ("apiKeyCreate", {"name": "x"}),
            ("apiKeyCreate", {"name": "x", "serviceAccountId": account}),
            ("apiKeyRotate", {"id": key}),
            ("apiKeyRevoke", {"id": key}),
        ):
            assert await errors(caller, mutation, **input) == ["FORBIDDEN"]
        assert await everything(client) == before


async def test_a_person_who_is_called_otherwise(client: Client) -> None:
    await client.make("personCreate", name="Łukasz", externalId="Łukasz / 1%")
    account = await service_account(client, "MEMBER", ACTING)
    caller = acting_for(account, "externalId:%C5%81ukasz%20%2F%201%25")
    assert (await caller.data(VIEWER))["viewer"]["person"] == {"name": "Łukasz"}
    member = await acting(client, "MEMBER")
    for spelling in (member.person_id, global_id("Person", member.person_id)):
        assert (await acting_for(account, spelling).data(VIEWER))["viewer"]["person"] == {"name": "Member"}
