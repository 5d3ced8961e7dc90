"""Failed sign-ins with tokens, and roles by their claims, are audit events of the organization that they name."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from service.values import global_ids
from tests.audit.trail import of, recorded, trail
from tests.kit.client import Client, Clock
from tests.sign_in.conftest import MakeDoor
from tests.sign_in.signing import key

FAILED = "SIGN_IN_FAILED"
ADDRESS: dict[str, Any] = {"clientAddress": "127.0.0.1"}


def uuid_of(id: str) -> UUID:
    decoded = global_ids.decode(id)
    assert decoded is not None
    return decoded[1]


@pytest.fixture
async def ada(client: Client) -> UUID:
    return uuid_of(await client.make("personCreate", externalId="ada", name="Ada"))


async def test_an_expired_token(door: MakeDoor, client: Client, clock: Clock, ada: UUID) -> None:
    signed_in = await door()
    assert await signed_in.status(signed_in.token(exp=int(clock.now.timestamp()) - 60)) == 401
    assert await recorded(client, signed_in.recorder, FAILED) == [of(FAILED, code="TOKEN_EXPIRED", **ADDRESS)]


async def test_an_archived_person(door: MakeDoor, client: Client, ada: UUID) -> None:
    await client.make("personArchive", id=global_ids.encode("Person", ada))
    signed_in = await door()
    assert await signed_in.status(signed_in.token()) == 401
    failure = of(FAILED, ("Person", ada), code="PERSON_ARCHIVED", **ADDRESS)
    assert await recorded(client, signed_in.recorder, FAILED) == [failure]


async def test_a_person_whom_nobody_has_created(door: MakeDoor, client: Client) -> None:
    signed_in = await door()
    assert await signed_in.status(signed_in.token(sub="marker")) == 401
    failures = await recorded(client, signed_in.recorder, FAILED)
    assert failures == [of(FAILED, code="PERSON_UNKNOWN", **ADDRESS)]


async def test_a_person_who_cannot_be_created(door: MakeDoor, client: Client) -> None:
    signed_in = await door(create_people="true")
    # The email address of the owner.
    claims: dict[str, Any] = {"sub": "marker", "name": "Eve", "email": "olive@example.com", "email_verified": True}
    assert await signed_in.status(signed_in.token(**claims)) == 401
    assert await recorded(client, signed_in.recorder, FAILED) == [of(FAILED, code="PERSON_REFUSED", **ADDRESS)]


async def test_what_a_token_claims_without_a_signature_is_no_audit_event(
    door: MakeDoor, client: Client, clock: Clock, ada: UUID
) -> None:
    signed_in = await door()
    ended = int(clock.now.timestamp()) - 60
    forged = signed_in.token(by=key("another"), exp=ended)
    for token in (forged, signed_in.token(aud="another", exp=ended), "a.b.c"):
        assert await signed_in.status(token) == 401
    assert await recorded(client, signed_in.recorder, FAILED) == []


async def test_an_organization_that_is_not_there(door: MakeDoor, client: Client, clock: Clock) -> None:
    signed_in = await door(organization=None, organization_claim="org")
    ended = int(clock.now.timestamp()) - 60
    for organization in (str(uuid4()), "nonsense"):
        assert await signed_in.status(signed_in.token(org=organization, exp=ended)) == 401
    assert await recorded(client, signed_in.recorder, FAILED) == []
    assert signed_in.recorder.lost == 0


async def test_roles_by_claims(door: MakeDoor, client: Client, ada: UUID) -> None:
    signed_in = await door(role_claim="role", create_people="true")
    assert (await signed_in.person(role="ADMIN"))["role"] == "ADMIN"
    assert (await signed_in.person(role="ADMIN", jti="2"))["role"] == "ADMIN"
    assert (await signed_in.person(sub="eve", name="Eve", role="VIEWER"))["role"] == "VIEWER"
    *_, changed, created = await trail(client, "ROLE_CHANGED")
    assert changed == of("ROLE_CHANGED", ("Person", ada), details={"before": "MEMBER", "after": "ADMIN"})
    assert (created["kind"], created["actor"], created["details"]) == ("ROLE_CHANGED", None, {"after": "VIEWER"})
    requests = await trail(client, "ROLE_CHANGED", fields="requestId")
    assert all(each["requestId"] for each in requests[-2:])
