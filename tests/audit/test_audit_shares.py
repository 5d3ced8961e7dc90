"""Share tokens that are refused, and refusals to act on behalf of people: audit events though there is no viewer."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from structlog.testing import capture_logs
from uuid_utils.compat import uuid7

from schema.relay.node import global_id, parsed
from service.audit.recorder import AuditRecorder
from service.people import keys
from service.share_tokens.share_sign_in import NOT_VALID
from tests.audit.trail import FIELDS, Timer, of, recorded, using
from tests.kit.client import Client
from tests.kit.roles import acting
from tests.kit.service_accounts import ACTING, acting_for, service_account
from tests.share_tokens.shares import created, shared

READ = "query Look { viewer { role } }"
REFUSED, FAILED = "REQUEST_REFUSED", "SIGN_IN_FAILED"
NOT_VALID_ANSWER = {"errors": [{"message": NOT_VALID, "extensions": {"code": "UNAUTHENTICATED"}}]}


def id_of(token: str) -> UUID:
    presented = keys.parse(token, keys.SHARE)
    assert presented is not None
    return presented.id


def with_another_secret(token: str) -> str:
    return keys.generate(*(keys.parse_ids(token, keys.SHARE) or ()), prefix=keys.SHARE)[0]


async def wrong(client: Client) -> str:
    return with_another_secret((await created(client, kpiFilter={}))["token"])


async def revoked(client: Client) -> str:
    made = await created(client, kpiFilter={})
    await client.change("shareTokenRevoke", {"id": made["shareToken"]["id"]}, "shareToken { id }")
    return str(made["token"])


async def revoked_and_wrong(client: Client) -> str:
    return with_another_secret(await revoked(client))


async def expired(client: Client) -> str:
    made = await created(client, kpiFilter={}, expiresAt="2026-07-02T12:01:00Z")
    client.clock.advance(minutes=1)
    return str(made["token"])


async def of_an_archived_person(client: Client) -> str:
    member = await acting(client, "MEMBER")
    token = (await created(member, kpiFilter={}))["token"]
    await client.make("personArchive", id=global_id("Person", member.person_id))
    return str(token)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (wrong, "KEY_WRONG"),
        (revoked, "KEY_REVOKED"),
        (revoked_and_wrong, "KEY_WRONG"),
        (expired, "KEY_EXPIRED"),
        (of_an_archived_person, "PERSON_ARCHIVED"),
    ],
)
async def test_a_share_token_that_is_not_valid(
    owner: Client, recorder: AuditRecorder, timer: Timer, make: Callable[[Client], Any], code: str
) -> None:
    token = await make(owner)
    with capture_logs() as entries:
        for _ in range(3):
            assert await using(owner, token).answer(READ) == NOT_VALID_ANSWER
        failure = of(FAILED, ("ShareToken", id_of(token)), code=code, clientAddress="127.0.0.1")
        # A wrong secret is told from an unknown token, and logged, when it is recorded.
        assert await recorded(owner, recorder, FAILED) == [failure]
    timer.seconds = 60
    assert await recorded(owner, recorder, FAILED) == [failure, {**failure, "occurrences": 2}]
    secret = token.rpartition("_")[2]
    assert code in str(entries)
    assert secret[:8] not in str(entries)


async def test_a_share_token_that_nobody_has_is_only_logged(owner: Client, recorder: AuditRecorder) -> None:
    nobodys, _ = keys.generate(owner.organization_id, uuid7(), prefix=keys.SHARE)
    nowhere, _ = keys.generate(uuid7(), uuid7(), prefix=keys.SHARE)
    with capture_logs() as entries:
        for token in (nobodys, nowhere):
            assert await using(owner, token).answer(READ) == NOT_VALID_ANSWER
        assert await recorded(owner, recorder, FAILED) == []
        for token in ("okrs_", f"{nobodys[:-1]}!"):
            assert await using(owner, token).answer(READ) == NOT_VALID_ANSWER
    unknown = {"code": "KEY_UNKNOWN", "organization": None, "subject": None, "client_address": "127.0.0.1"}
    logged = [entry for entry in entries if entry["event"] == "sign-in failed"]
    assert logged == [{"event": "sign-in failed", "log_level": "info", **unknown}] * 2


async def test_what_a_share_token_may_not_do_names_the_token(owner: Client, recorder: AuditRecorder) -> None:
    partner = await shared(owner, kpiFilter={})
    for document in (
        "query Look { people { totalCount } }",
        "mutation Do { personErase(input: {id: 1}) { __typename } }",
    ):
        answer = await partner.answer(document)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
    refusal = of(REFUSED, ("ShareToken", id_of(partner.key)), code="FORBIDDEN", clientAddress="127.0.0.1")
    assert await recorded(owner, recorder, REFUSED) == [
        {**refusal, "details": {"operation": name}} for name in ("Look", "Do")
    ]


async def refusals(owner: Client, recorder: AuditRecorder) -> list[dict[str, Any]]:
    """All refusals, with whose they are."""
    await recorder.flush()
    arguments = f"filter: {{kind: {{eq: {REFUSED}}}}}, orderBy: {{field: RECORDED_AT, direction: ASC}}"
    document = f"""{{ auditEvents({arguments}) {{
        nodes {{ {FIELDS} serviceAccount {{ name }} apiKey {{ name }} requestId }} }} }}"""
    nodes = (await owner.data(document))["auditEvents"]["nodes"]
    assert all(each.pop("requestId") for each in nodes)
    return list(nodes)


def by_account(code: str, subject: tuple[str, UUID] | None = None) -> dict[str, Any]:
    """The refusal of the service account of the tests."""
    whose = {"serviceAccount": {"name": "Backend"}, "apiKey": {"name": "test"}}
    return {**of(REFUSED, subject, code=code, clientAddress="127.0.0.1", details={"operation": "Look"}), **whose}


async def test_people_whom_nobody_can_act_for(
    owner: Client, stranger: Client, recorder: AuditRecorder, timer: Timer
) -> None:
    """An archived person is the subject. What the header said of unknown ones is nowhere."""
    account = await service_account(owner, "MEMBER", ACTING)
    archived = await owner.make("personCreate", name="Archived", externalId="gone-marker")
    await owner.make("personArchive", id=archived)
    nobody = (str(uuid4()), "externalId:marker", global_id("Person", stranger.person_id))
    with capture_logs() as entries:
        named = (*nobody, archived, "externalId:gone-marker")
        bodies = [await acting_for(account, person).answer(READ) for person in named]
    assert [each["errors"][0]["extensions"] for each in bodies] == [{"code": "ACT_AS_PERSON_UNKNOWN"}] * 5
    assert bodies == [bodies[0]] * 5
    assert "marker" not in str(entries)
    unknown = by_account("ACT_AS_PERSON_UNKNOWN")
    known = by_account("ACT_AS_PERSON_UNKNOWN", parsed(archived))
    assert await refusals(owner, recorder) == [unknown, known]
    timer.seconds = 60
    assert await refusals(owner, recorder) == [unknown, known, {**unknown, "occurrences": 2}, known]
    assert "marker" not in str(await refusals(owner, recorder))


async def test_credentials_that_may_not_act_for_people(owner: Client, recorder: AuditRecorder) -> None:
    """Also where the body is too large to be read before, so that its operation has no name yet."""
    account = await service_account(owner, "ADMIN", ["GOALS_WRITE"])
    partner = await shared(owner, kpiFilter={})
    ada = await owner.make("personCreate", name="Ada")
    for client, document in ((account, READ), (owner, READ), (partner, READ), (account, READ + "#" * 20_000)):
        answer = await acting_for(client, ada).answer(document)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["ACT_AS_FORBIDDEN"]
    code = "ACT_AS_FORBIDDEN"
    named: dict[str, Any] = {"clientAddress": "127.0.0.1", "code": code, "details": {"operation": "Look"}}
    nobodys = {"serviceAccount": None, "apiKey": None}
    found = await refusals(owner, recorder)
    assert found[1].pop("apiKey")
    assert found == [
        by_account(code),
        {**of(REFUSED, actor={"name": "Olive Owner"}, **named), "serviceAccount": None},
        {**of(REFUSED, ("ShareToken", id_of(partner.key)), **named), **nobodys},
        {**by_account(code), "details": {}},
    ]


async def test_a_malformed_header_is_bad_input(owner: Client, recorder: AuditRecorder) -> None:
    account = await service_account(owner, "MEMBER", ACTING)
    answer = await acting_for(account, "nonsense").answer(READ)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["ACT_AS_INVALID"]
    assert await recorded(owner, recorder, REFUSED, FAILED) == []
