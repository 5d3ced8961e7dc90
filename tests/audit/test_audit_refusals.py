"""Requests and fields that are refused for want of rights are audit events, and bad input is none."""

from typing import Any

from service.audit.recorder import AuditRecorder
from tests.audit.trail import Timer, of, recorded, using
from tests.kit.client import Client
from tests.kit.roles import acting

REFUSED = "REQUEST_REFUSED"
CREATE_KEY = "mutation($input: ApiKeyCreateInput!) { apiKeyCreate(input: $input) { key userErrors { code } } }"
MEMBER: dict[str, Any] = {"actor": {"name": "Member"}, "clientAddress": "127.0.0.1"}
ADMIN: dict[str, Any] = {"actor": {"name": "Admin"}, "clientAddress": "127.0.0.1"}
OWNER: dict[str, Any] = {"actor": {"name": "Olive Owner"}, "clientAddress": "127.0.0.1"}


async def test_a_field_that_a_role_may_not_read(owner: Client, recorder: AuditRecorder) -> None:
    member = await acting(owner, "MEMBER")
    document = "query Look { organization { apiKeys { nodes { name } } } trail: auditEvents { nodes { id } } }"
    assert (await member.answer(document))["data"] == {"organization": {"apiKeys": None}, "trail": None}
    refusals = await recorded(owner, recorder, REFUSED)
    assert sorted(refusals, key=lambda each: each["details"]["path"]) == [
        of(REFUSED, code="FORBIDDEN", details={"operation": "Look", "path": path}, **MEMBER)
        for path in ("organization.apiKeys", "trail")
    ]


async def test_a_change_that_a_role_may_not_make(owner: Client, recorder: AuditRecorder) -> None:
    member = await acting(owner, "MEMBER")
    document = "mutation($input: PersonCreateInput!) { personCreate(input: $input) { person { id } } }"
    answer = await member.answer(document, input={"name": "Secret marker", "email": "marker@example.com"})
    assert answer["data"] == {"personCreate": None}
    refusals = await recorded(owner, recorder, REFUSED)
    assert refusals == [of(REFUSED, code="FORBIDDEN", details={"path": "personCreate"}, **MEMBER)]
    assert "marker" not in str(refusals)


async def test_an_operation_that_a_key_lacks_scopes_for(owner: Client, recorder: AuditRecorder) -> None:
    made = await owner.data(CREATE_KEY, input={"name": "key", "scopes": ["KPIS_READ"]})
    limited = using(owner, made["apiKeyCreate"]["key"])
    answer = await limited.answer("query People { people { nodes { name } } }")
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
    assert await recorded(owner, recorder, REFUSED) == [
        of(REFUSED, code="FORBIDDEN", details={"operation": "People"}, **OWNER)
    ]
    document = "{ auditEvents(filter: {kind: {eq: REQUEST_REFUSED}}) { nodes { apiKey { name scopes } } } }"
    nodes = (await owner.data(document))["auditEvents"]["nodes"]
    assert nodes == [{"apiKey": {"name": "key", "scopes": ["KPIS_READ"]}}]


async def test_a_user_error_about_rights(owner: Client, recorder: AuditRecorder) -> None:
    admin = await acting(owner, "ADMIN")
    assert await admin.refused("personCreate", name="Mallory", role="OWNER") == ("OWNER_REQUIRED", ["input", "role"])
    made = await owner.data(CREATE_KEY, input={"name": "key", "scopes": ["API_KEYS_WRITE"]})
    limited = using(owner, made["apiKeyCreate"]["key"])
    payload = (await limited.data(CREATE_KEY, input={"name": "more", "scopes": ["GOALS_WRITE"]}))["apiKeyCreate"]
    assert payload == {"key": None, "userErrors": [{"code": "SCOPES_NOT_HELD"}]}
    assert await recorded(owner, recorder, REFUSED) == [
        of(REFUSED, code="OWNER_REQUIRED", **ADMIN),
        of(REFUSED, code="SCOPES_NOT_HELD", **OWNER),
    ]


async def test_an_imported_item_about_rights(owner: Client, recorder: AuditRecorder) -> None:
    admin = await acting(owner, "ADMIN")
    document = "mutation Load($input: WorkspaceImportInput!) { workspaceImport(input: $input) { applied failed } }"
    person = {"externalId": "m", "name": "Mallory", "role": "OWNER"}
    items = [{"person": person}, {"team": {"externalId": "t", "name": " "}}]
    payload = (await admin.data(document, input={"items": items}))["workspaceImport"]
    assert payload == {"applied": False, "failed": 2}
    assert await recorded(owner, recorder, REFUSED) == [
        of(REFUSED, code="OWNER_REQUIRED", details={"operation": "Load"}, **ADMIN)
    ]


async def test_bad_input_is_no_audit_event(owner: Client, recorder: AuditRecorder) -> None:
    assert await owner.refused("pillarCreate", name=" ") == ("BLANK", ["input", "name"])
    for document in ("{ nothing }", "{", "{ node(id: 1.5) { id } }", "{ people(first: 101) { totalCount } }"):
        assert (await owner.answer(document))["errors"]
    assert await recorded(owner, recorder, REFUSED) == []


async def test_repeats_are_counted(owner: Client, recorder: AuditRecorder, timer: Timer) -> None:
    member = await acting(owner, "MEMBER")
    for _ in range(5):
        await member.answer("{ auditEvents { totalCount } }")
    timer.seconds = 60
    refusal = of(REFUSED, code="FORBIDDEN", details={"path": "auditEvents"}, **MEMBER)
    assert await recorded(owner, recorder, REFUSED) == [refusal, {**refusal, "occurrences": 4}]


async def test_long_names_of_a_client_are_cut(owner: Client, recorder: AuditRecorder) -> None:
    member = await acting(owner, "MEMBER")
    await member.answer(f"query {'Q' * 500} {{ {'p' * 500}: auditEvents {{ totalCount }} }}")
    [refusal] = await recorded(owner, recorder, REFUSED)
    assert refusal["details"] == {"operation": "Q" * 199 + "…", "path": "p" * 199 + "…"}
