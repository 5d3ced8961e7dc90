"""Changes of keys, roles and people are audit events of the same transaction, whoever makes them."""

from uuid import UUID

import asyncpg
import pytest

from service.people.key_commands import create_key, revoke_key, rotate_key
from service.postgres.database import WRITE
from service.unit_of_work import write
from service.values import global_ids
from service.viewer import Viewer
from tests.audit.trail import BY_OWNER, of, trail, using
from tests.kit.client import Client
from tests.kit.refusals import errors
from tests.kit.roles import acting
from tests.kit.workspace_files import imported

CREATE = "mutation($input: ApiKeyCreateInput!) { apiKeyCreate(input: $input) { apiKey { id } key } }"
ROTATE = "mutation($input: ApiKeyRotateInput!) { apiKeyRotate(input: $input) { apiKey { id } key } }"
REVOKE = "mutation($input: ApiKeyRevokeInput!) { apiKeyRevoke(input: $input) { apiKey { id } } }"
KEYS = ("KEY_CREATED", "KEY_ROTATED", "KEY_REVOKED")


def uuid_of(id: str) -> UUID:
    decoded = global_ids.decode(id)
    assert decoded is not None
    return decoded[1]


async def test_keys(owner: Client) -> None:
    [first] = await trail(owner, *KEYS)
    input = {"name": "Olive's phone", "scopes": ["API_KEYS_WRITE"], "expiresAt": "2026-08-01T00:00:00Z"}
    made = (await owner.data(CREATE, input=input))["apiKeyCreate"]
    old = made["apiKey"]["id"]
    rotated = (await using(owner, made["key"]).data(ROTATE, input={"id": old}))["apiKeyRotate"]["apiKey"]["id"]
    await owner.data(REVOKE, input={"id": rotated})
    await owner.data(REVOKE, input={"id": rotated})
    person = global_ids.encode("Person", owner.person_id)
    facts = {"personId": person, "scopes": ["API_KEYS_WRITE"]}
    replacement = {**facts, "expiresAt": "2026-08-01T00:00:00Z", "replacesId": old}
    old_key, new_key = ("ApiKey", uuid_of(old)), ("ApiKey", uuid_of(rotated))
    # The first key was made by the operator.
    assert first == of("KEY_CREATED", ("ApiKey", uuid_of(first["subjectId"])), details={"personId": person})
    assert await trail(owner, *KEYS) == [
        first,
        of("KEY_CREATED", old_key, details={**facts, "expiresAt": "2026-08-01T00:00:00Z"}, **BY_OWNER),
        of("KEY_CREATED", new_key, details=replacement, **BY_OWNER),
        of("KEY_ROTATED", old_key, details={"replacedById": rotated}, **BY_OWNER),
        of("KEY_REVOKED", new_key, **BY_OWNER),
    ]
    used = await trail(owner, "KEY_ROTATED", fields="apiKey { id } subject { id } requestId")
    assert used == [{"apiKey": {"id": old}, "subject": None, "requestId": used[0]["requestId"]}]
    assert used[0]["requestId"]


async def test_roles_and_people(owner: Client) -> None:
    pat = await owner.make("personCreate", name="Pat", email="pat@example.com", role="ADMIN")
    await owner.make("personUpdate", id=pat, name="Patricia")
    await owner.make("personUpdate", id=pat, role="VIEWER")
    await owner.make("personArchive", id=pat, reason="left")
    await owner.make("personRestore", id=pat)
    subject = ("Person", uuid_of(pat))
    kinds = ("ROLE_CHANGED", "PERSON_ARCHIVED", "PERSON_RESTORED")
    founding, *later = await trail(owner, *kinds)
    assert founding == of("ROLE_CHANGED", ("Person", owner.person_id), details={"after": "OWNER"})
    assert later == [
        of("ROLE_CHANGED", subject, details={"after": "ADMIN"}, **BY_OWNER),
        of("ROLE_CHANGED", subject, details={"before": "ADMIN", "after": "VIEWER"}, **BY_OWNER),
        of("PERSON_ARCHIVED", subject, **BY_OWNER),
        of("PERSON_RESTORED", subject, **BY_OWNER),
    ]
    assert "Pat" not in str(later)
    [subjects] = await trail(owner, "PERSON_ARCHIVED", fields="subject { id ... on Person { name } }")
    assert subjects == {"subject": {"id": pat, "name": "Patricia"}}


async def test_an_import_changes_roles(owner: Client) -> None:
    member = {"type": "Person", "externalId": "p1", "name": "Pat", "role": "MEMBER"}
    await imported(owner, [member])
    await imported(owner, [{**member, "role": "ADMIN"}])
    await imported(owner, [{**member, "role": "ADMIN"}])
    _, *later = await trail(owner, "ROLE_CHANGED")
    assert [each["details"] for each in later] == [{"after": "MEMBER"}, {"before": "MEMBER", "after": "ADMIN"}]


async def test_a_rehearsed_import_and_a_refused_change_leave_none(owner: Client) -> None:
    member = {"type": "Person", "externalId": "p1", "name": "Pat", "role": "ADMIN"}
    before = await trail(owner)
    await imported(owner, [member], dry_run=True)
    await imported(owner, [member, {"type": "Team", "externalId": "t1"}])
    assert await owner.refused("personCreate", name=" ", role="ADMIN") == ("BLANK", ["input", "name"])
    assert await trail(owner) == before


async def test_the_operator_at_the_command_line_is_nobody(owner: Client) -> None:
    operator = Viewer(owner.organization_id, None, "OWNER")
    now = owner.clock.now
    made = await write(owner.database, operator, now, lambda tx: create_key(tx, owner.person_id, "by hand"))
    new = await write(owner.database, operator, now, lambda tx: rotate_key(tx, made.id))
    await write(owner.database, operator, now, lambda tx: revoke_key(tx, new.id))
    person, old = global_ids.encode("Person", owner.person_id), global_ids.encode("ApiKey", made.id)
    _, *later = await trail(owner, *KEYS)
    assert later == [
        of("KEY_CREATED", ("ApiKey", made.id), details={"personId": person}),
        of("KEY_CREATED", ("ApiKey", new.id), details={"personId": person, "replacesId": old}),
        of("KEY_ROTATED", ("ApiKey", made.id), details={"replacedById": global_ids.encode("ApiKey", new.id)}),
        of("KEY_REVOKED", ("ApiKey", new.id)),
    ]


async def test_leads_service_accounts_and_share_tokens(owner: Client) -> None:
    """Whoever leads a team may edit its goals; a member of it only sees them."""
    team, pat = await owner.make("teamCreate", name="Team"), await owner.make("personCreate", name="Pat")
    for change in ({"role": "MEMBER"}, {"role": "LEAD"}, {"role": "MEMBER"}):
        await owner.make("teamJoin", teamId=team, personId=pat, **change)
    account = await owner.make("serviceAccountCreate", name="Importer", role="MEMBER")
    await owner.make("serviceAccountUpdate", id=account, name="Import", role="ADMIN")
    objective = await owner.objective(await owner.cycle())
    facts = {"name": "Partner", "expiresAt": "2026-12-31T00:00:00Z", "objectiveId": objective}
    token = (await owner.change("shareTokenCreate", facts, "shareToken { id }"))["shareToken"]["id"]
    await owner.change("shareTokenRevoke", {"id": token}, "")
    of_people, *changes = [
        (each["kind"], each["subjectType"], each["details"])
        for each in await trail(owner, "ROLE_CHANGED", "KEY_CREATED", "KEY_REVOKED")
    ][2:]
    assert of_people == ("ROLE_CHANGED", "Person", {"after": "MEMBER"})
    assert changes == [
        ("ROLE_CHANGED", "Membership", {"before": "MEMBER", "after": "LEAD"}),
        ("ROLE_CHANGED", "Membership", {"before": "LEAD", "after": "MEMBER"}),
        ("ROLE_CHANGED", "ServiceAccount", {"after": "MEMBER"}),
        ("ROLE_CHANGED", "ServiceAccount", {"before": "MEMBER", "after": "ADMIN"}),
        ("KEY_CREATED", "ShareToken", {}),
        ("KEY_REVOKED", "ShareToken", {}),
    ]


async def test_only_administrators_see_them(owner: Client) -> None:
    [event, *_] = await trail(owner, fields="id __typename")
    listing = "{ auditEvents { totalCount nodes { id } } }"
    document = "query($id: ID!) { node(id: $id) { __typename id } nodes(ids: [$id]) { __typename } }"
    seen = {"node": {"__typename": "AuditEvent", "id": event["id"]}, "nodes": [{"__typename": "AuditEvent"}]}
    assert await owner.data(document, id=event["id"]) == seen
    for role in ("ADMIN", "MEMBER", "VIEWER"):
        other = await acting(owner, role)
        answer = await other.answer(listing)
        if role == "ADMIN":
            assert answer["data"]["auditEvents"]["totalCount"] > 2
            assert await other.data(document, id=event["id"]) == seen
            continue
        assert answer["data"] == {"auditEvents": None}
        [error] = answer["errors"]
        assert (error["path"], error["extensions"]["code"]) == (["auditEvents"], "FORBIDDEN")
        assert error["message"] == f"Your role is {role}; this needs ADMIN or OWNER."
        assert await other.data(document, id=event["id"]) == {"node": None, "nodes": [None]}


async def test_a_stranger_sees_its_own_only(owner: Client, stranger: Client) -> None:
    [event, *_] = await trail(owner, fields="id")
    assert await stranger.data("query($id: ID!) { node(id: $id) { id } }", id=event["id"]) == {"node": None}
    assert [each["kind"] for each in await trail(stranger)] == ["ROLE_CHANGED", "KEY_CREATED"]


async def test_a_key_needs_the_scope(owner: Client) -> None:
    read = "{ auditEvents { nodes { kind } } }"
    for scope, code in (("AUDIT_READ", None), ("EVENTS_READ", "FORBIDDEN")):
        made = (await owner.data(CREATE, input={"name": scope, "scopes": [scope]}))["apiKeyCreate"]
        answer = await using(owner, made["key"]).answer(read)
        codes = [error["extensions"]["code"] for error in answer.get("errors", ())]
        assert codes == ([code] if code else [])


async def test_filters(owner: Client) -> None:
    pat = await owner.make("personCreate", name="Pat", role="ADMIN")
    document = "query($filter: AuditEventFilter) { auditEvents(filter: $filter) { totalCount nodes { kind } } }"
    person = global_ids.encode("Person", owner.person_id)
    cases = [
        ({"kind": {"eq": "KEY_CREATED"}}, ["KEY_CREATED"]),
        ({"actorId": {"eq": person}}, ["ROLE_CHANGED"]),
        ({"actorId": {"isNull": True}}, ["KEY_CREATED", "ROLE_CHANGED"]),
        ({"subjectId": {"eq": pat}}, ["ROLE_CHANGED"]),
        ({"subjectType": {"in": ["ApiKey"]}}, ["KEY_CREATED"]),
        ({"code": {"isNull": False}}, []),
        ({"clientAddress": {"eq": "127.0.0.1"}}, ["ROLE_CHANGED"]),
        ({"apiKeyId": {"isNull": False}}, ["ROLE_CHANGED"]),
        ({"recordedAt": {"gt": "2026-07-02T12:00:00Z"}}, []),
        ({"recordedAt": {"lte": "2026-07-02T12:00:00Z"}}, ["ROLE_CHANGED", "KEY_CREATED", "ROLE_CHANGED"]),
    ]
    for filter, kinds in cases:
        found = (await owner.data(document, filter=filter))["auditEvents"]
        assert (filter, [each["kind"] for each in found["nodes"]]) == (filter, kinds)
        assert found["totalCount"] == len(kinds)


@pytest.mark.parametrize("statement", ["UPDATE audit_events SET occurrences = 2", "DELETE FROM audit_events"])
async def test_nobody_changes_or_deletes_them(owner: Client, statement: str) -> None:
    before = await trail(owner)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with owner.database.open_connection(owner.database.primary, WRITE, owner.organization_id) as pooled:
            await pooled.driver.execute(statement)
    assert await trail(owner) == before


async def test_a_member_who_makes_people_is_refused_and_leaves_no_change(owner: Client) -> None:
    member = await acting(owner, "MEMBER")
    before = await trail(owner, "ROLE_CHANGED")
    assert await errors(member, "personCreate", name="Mallory", role="OWNER") == ["FORBIDDEN"]
    assert await trail(owner, "ROLE_CHANGED") == before
