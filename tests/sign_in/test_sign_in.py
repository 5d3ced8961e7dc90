"""Who signs in with a token is the person that its claims name, for as long as the token and the issuer are good."""

import asyncio
import subprocess
import sys
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from structlog.testing import capture_logs

from service.settings import ROOT
from tests.kit.client import Client, Clock
from tests.sign_in.conftest import MakeDoor
from tests.sign_in.issuers import KEYS, METADATA, StubIssuer
from tests.sign_in.signing import encode, key, token, unsigned

NOT_VALID = {
    "errors": [{"message": "This token is not valid, or not any more.", "extensions": {"code": "UNAUTHENTICATED"}}]
}
ADA = {"externalId": "ada", "name": "Ada", "email": "ada@example.com", "role": "MEMBER"}


@pytest.fixture
async def ada(client: Client) -> str:
    return await client.make("personCreate", externalId="ada", name="Ada", email="ada@example.com")


async def test_a_token_signs_its_person_in(door: MakeDoor, ada: str) -> None:
    signed_in = await door()
    response = await signed_in.ask(signed_in.token())
    assert response.json() == {"data": {"viewer": {"role": "MEMBER", "person": ADA}}}
    assert await signed_in.person(sub="eve") == 401


async def test_keys_are_accepted_beside_tokens(door: MakeDoor, client: Client, ada: str) -> None:
    signed_in = await door()
    assert await signed_in.status(client.key) == 200
    assert signed_in.issuer.asked == []
    assert await signed_in.status(signed_in.token()) == 200
    wrong = await signed_in.ask(client.key[:-1])
    assert wrong.json()["errors"][0]["message"] == "This is not an API key of ours; they look like okr_…"


async def test_without_credentials_the_answer_says_what_to_send(door: MakeDoor) -> None:
    response = await (await door()).ask("")
    message = "Send a token or an API key in the header `Authorization: Bearer …`."
    assert response.status_code == 401
    assert response.json() == {"errors": [{"message": message, "extensions": {"code": "UNAUTHENTICATED"}}]}


def test_a_service_without_issuers_does_not_load_their_libraries() -> None:
    program = "import sys, service.app; print({'joserfc', 'cryptography', 'httpx2'} & sys.modules.keys())"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    assert ended.stdout == "set()\n"


async def test_without_an_issuer_a_token_is_no_credential(client: Client, door: MakeDoor, ada: str) -> None:
    response = await client.http.post(
        "/graphql",
        json={"query": "{ viewer { role } }"},
        headers={"Authorization": f"Bearer {(await door()).token()}"},
    )
    assert response.status_code == 401


async def test_who_writes_with_a_token_is_the_actor(door: MakeDoor, client: Client, ada: str) -> None:
    signed_in = await door()
    cycle = await client.cycle()
    document = f'mutation {{ objectiveCreate(input: {{cycleId: "{cycle}", title: "T"}}) {{ objective {{ id }} }} }}'
    assert (await signed_in.ask(signed_in.token(), document)).json()["data"]["objectiveCreate"]["objective"]
    events = await client.data("{ events(first: 1) { nodes { actor { externalId } subjectType } } }")
    assert events["events"]["nodes"] == [{"actor": {"externalId": "ada"}, "subjectType": "Objective"}]


async def test_a_token_acts_for_nobody_else(door: MakeDoor, client: Client, ada: str) -> None:
    signed_in = await door()
    other = await client.make("personCreate", name="Ben", externalId="ben")
    transport = httpx2.ASGITransport(app=signed_in.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://okrgraph.test") as http:
        for spelling in (other, "externalId:ben", ada, "externalId:ada"):
            headers = {"Authorization": f"Bearer {signed_in.token()}", "Okrgraph-Act-As": spelling}
            response = await http.post("/graphql", json={"query": "{ viewer { role } }"}, headers=headers)
            message = "Only API keys of service accounts may send `Okrgraph-Act-As`."
            assert response.status_code == 403
            assert response.json() == {"errors": [{"message": message, "extensions": {"code": "ACT_AS_FORBIDDEN"}}]}


async def test_people_of_other_organizations_are_not_found(door: MakeDoor, stranger: Client, ada: str) -> None:
    theirs = await door(organization=str(stranger.organization_id))
    assert await theirs.person() == 401
    nowhere = await door(organization=str(uuid4()), create_people="true")
    assert await nowhere.person() == 401
    by_claim = await door(organization=None, organization_claim="org")
    assert await by_claim.person(org=str(stranger.organization_id)) == 401
    assert await by_claim.person(org="' OR 1=1") == 401


async def test_the_organization_by_claim(door: MakeDoor, client: Client, stranger: Client, ada: str) -> None:
    await stranger.make("personCreate", externalId="ada", name="Other Ada")
    signed_in = await door(organization=None, organization_claim="org")
    tokens = [signed_in.token(org=str(each.organization_id)) for each in (client, stranger) * 10]
    responses = await asyncio.gather(*(signed_in.ask(each) for each in tokens))
    names = [each.json()["data"]["viewer"]["person"]["name"] for each in responses]
    assert names == ["Ada", "Other Ada"] * 10


async def test_people_by_their_verified_email_address(door: MakeDoor, ada: str) -> None:
    signed_in = await door(person_claim="email")
    assert await signed_in.person(sub="x", email="ada@example.com", email_verified=True) == ADA
    assert await signed_in.person(sub="ada", email="ada@example.com") == 401
    assert await signed_in.person(sub="ada", email="eve@example.com", email_verified=True) == 401
    # An address is not taken for an external id, nor the other way round.
    by_id = await door()
    assert await by_id.person(sub="ada@example.com") == 401


async def test_an_archived_person_is_refused(door: MakeDoor, client: Client, ada: str) -> None:
    signed_in = await door(create_people="true", role_claim="r", teams_claim="g")
    assert await signed_in.person() == ADA
    await client.make("personArchive", id=ada)
    for changed in ({}, {"r": "ADMIN"}, {"g": ["a"]}):
        response = await signed_in.ask(signed_in.token(**changed))
        assert (response.status_code, response.json()) == (401, NOT_VALID)


async def test_all_failures_have_one_answer_and_their_reasons_are_in_the_log(
    door: MakeDoor, client: Client, ada: str, clock: Clock
) -> None:
    signed_in = await door(role_claim="r")
    good = signed_in.token()
    _, payload, signature = good.split(".")
    expired = signed_in.token(exp=int(clock.now.timestamp()) - 60)
    credentials = {
        "It is not a signed JSON Web Token in compact form.": unsigned({"iss": signed_in.issuer.url}),
        "Its issuer is not configured.": token(),
        "Its algorithm is not allowed.": f"{encode({'alg': 'HS256'})}.{payload}.{signature}",
        "The issuer has no key with its `kid`.": signed_in.token(header={"kid": "two"}),
        "Its signature or its header is not valid.": signed_in.token(by=key("two"), header={"kid": "one"}),
        "It is for another audience.": signed_in.token(aud="files"),
        "It has expired.": expired,
        "It has more than 8000 bytes.": signed_in.token(padding="x" * 8_000),
        "Its claim `sub` does not identify a person.": signed_in.token(sub=None),
        "There is no such person in the organization. Create the person whom the token claims, or set"
        " OKRGRAPH_OIDC_CREATE_PEOPLE.": signed_in.token(sub="wren"),
    }
    for reason, text in credentials.items():
        with capture_logs() as lines:
            response = await signed_in.ask(text)
        assert (response.status_code, response.json()) == (401, NOT_VALID), reason
        assert [line["reason"] for line in lines if "reason" in line] == [reason]
        assert text not in str(lines)
        assert text.split(".")[1] not in str(lines)
    unknown = next(line for line in lines if line["event"] == "sign-in refused")
    assert "wren" not in str(lines)
    assert unknown["person"] is None
    assert unknown["organization"] == str(client.organization_id)
    assert await signed_in.status(good) == 200


async def test_a_remembered_token_needs_neither_database_nor_issuer_until_it_ends(
    door: MakeDoor, client: Client, ada: str, clock: Clock
) -> None:
    signed_in = await door(key_cache_seconds=3600)
    text = signed_in.token(exp=int(clock.now.timestamp()) + 60)
    assert await signed_in.status(text) == 200
    await client.make("personArchive", id=ada)
    asked = list(signed_in.issuer.asked)
    assert await signed_in.status(text) == 200
    assert signed_in.issuer.asked == asked
    clock.advance(seconds=59.9)
    assert await signed_in.status(text) == 200
    # From its expiry on it is looked at again, though the leeway has not passed.
    clock.advance(seconds=0.2)
    assert await signed_in.status(text) == 401


async def test_the_leeway_holds_for_remembered_tokens_as_well(door: MakeDoor, ada: str, clock: Clock) -> None:
    signed_in = await door(key_cache_seconds=3600, leeway="10")
    text = signed_in.token(exp=int(clock.now.timestamp()) + 60)
    assert await signed_in.status(text) == 200
    clock.advance(seconds=69.9)
    assert await signed_in.status(text) == 200
    clock.advance(seconds=0.1)
    assert await signed_in.status(text) == 401


async def test_changes_hold_in_every_process_after_the_memory_of_tokens(
    door: MakeDoor, client: Client, ada: str
) -> None:
    processes = [await door(key_cache_seconds=0.5), await door(key_cache_seconds=0.5)]
    text = processes[0].token()

    async def roles() -> list[str]:
        return [(await each.ask(text)).json()["data"]["viewer"]["role"] for each in processes]

    assert await roles() == ["MEMBER", "MEMBER"]
    await client.make("personUpdate", id=ada, role="VIEWER")
    await asyncio.sleep(0.51)
    assert await roles() == ["VIEWER", "VIEWER"]
    await client.make("personArchive", id=ada)
    await asyncio.sleep(0.51)
    assert [await each.status(text) for each in processes] == [401, 401]


async def test_keys_of_the_issuer_are_fetched_once_for_many_tokens(door: MakeDoor, client: Client) -> None:
    signed_in = await door()
    for number in range(20):
        await client.make("personCreate", externalId=f"p{number}", name=f"P {number}")
    signed_in.issuer.gate.clear()
    waiting = [asyncio.create_task(signed_in.status(signed_in.token(sub=f"p{number}"))) for number in range(20)]
    await asyncio.sleep(0.2)
    signed_in.issuer.gate.set()
    assert await asyncio.gather(*waiting) == [200] * 20
    assert signed_in.issuer.asked == [METADATA, KEYS]


async def test_rotation(door: MakeDoor, ada: str, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in = await door()
    old, new = signed_in.token(), signed_in.token(by=key("two"))
    assert [await signed_in.status(old), await signed_in.status(new)] == [200, 401]
    signed_in.issuer.rotate(key("one"), key("two"))
    # Fetched a moment ago: an unknown key is not looked for again.
    assert await signed_in.status(new) == 401
    monkeypatch.setattr("service.sign_in.key_cache.MIN_REFRESH_SECONDS", 0)
    assert [await signed_in.status(new), await signed_in.status(old)] == [200, 200]
    signed_in.issuer.rotate(key("two"))
    third = signed_in.token(by=key("three"))
    assert await signed_in.status(third) == 401
    # The old key went with the fetch for the third one.
    assert [await signed_in.status(new), await signed_in.status(old)] == [200, 401]


async def test_an_issuer_that_is_down_is_no_fault_of_the_client(door: MakeDoor, client: Client, ada: str) -> None:
    signed_in = await door()
    signed_in.issuer.answer(KEYS, b"", "503 Service Unavailable")
    for _ in range(60):
        response = await signed_in.ask(signed_in.token())
        assert response.status_code == 503
        assert int(response.headers["retry-after"]) >= 1
    message = "The issuer of this token cannot be reached. Send the request again later."
    assert response.json() == {"errors": [{"message": message, "extensions": {"code": "SERVICE_UNAVAILABLE"}}]}
    # None of them counts as a failure of the address, keys work, and the issuer is asked seldom.
    assert await signed_in.status(client.key) == 200
    assert signed_in.issuer.asked.count(KEYS) <= 3
    signed_in.issuer.rotate(key())
    await asyncio.sleep(1.1)
    assert await signed_in.status(signed_in.token()) == 200


async def test_known_keys_are_good_while_the_issuer_is_down(
    door: MakeDoor, ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in = await door(jwks_cache_seconds="1")
    assert await signed_in.status(signed_in.token()) == 200
    signed_in.issuer.answer(METADATA, b"", "500 Internal Server Error")
    await asyncio.sleep(1.1)
    assert await signed_in.status(signed_in.token()) == 200
    monkeypatch.setattr("service.sign_in.key_cache.MIN_REFRESH_SECONDS", 0)
    # An unknown key may be a new one.
    assert await signed_in.status(signed_in.token(by=key("two"))) == 503
    assert await signed_in.status(signed_in.token()) == 200


async def test_fifty_failures_of_an_address_are_enough(door: MakeDoor, client: Client, ada: str) -> None:
    signed_in = await door()
    good = signed_in.token()
    assert await signed_in.status(good) == 200
    forged = signed_in.token(by=key("two"), header={"kid": "one"})
    assert [await signed_in.status(forged) for _ in range(50)] == [401] * 50
    response = await signed_in.ask(forged)
    message = "Too many API keys or tokens that are not valid came from this address."
    assert response.status_code == 429
    assert response.json()["errors"][0]["message"] == message
    # Good lately: taken. Never seen: it could be a guess.
    assert await signed_in.status(good) == 200
    assert await signed_in.status(signed_in.token(jti="new")) == 429
    assert await signed_in.status(signed_in.token(jti="new"), address="192.0.2.7") == 200


async def test_expired_tokens_block_nobody_behind_the_same_address(door: MakeDoor, ada: str, clock: Clock) -> None:
    signed_in = await door()
    expired = [signed_in.token(exp=int(clock.now.timestamp()) - 60, jti=str(number)) for number in range(60)]
    assert [await signed_in.status(each) for each in expired] == [401] * 60
    assert await signed_in.status(signed_in.token()) == 200


async def test_a_large_body_needs_a_good_token(door: MakeDoor, ada: str) -> None:
    signed_in = await door()
    query = "{ viewer { role } }" + " " * 20_000
    assert (await signed_in.ask(signed_in.token(), query)).status_code == 200
    assert (await signed_in.ask(signed_in.token(aud="files"), query)).status_code == 401


async def test_wrong_identifiers_do_not_fail_the_lookups_of_others(door: MakeDoor, ada: str) -> None:
    signed_in = await door()
    odd: list[Any] = ["\0", "\ud800", "a" * 10_000, "'; DROP TABLE people; --", "%"]
    texts = [signed_in.token(), *(signed_in.token(sub=each) for each in odd)]
    assert await asyncio.gather(*(signed_in.status(each) for each in texts)) == [200, 401, 401, 401, 401, 401]


async def test_a_token_of_one_issuer_is_none_of_another(door: MakeDoor, ada: str, issuer: StubIssuer) -> None:
    signed_in = await door()
    elsewhere = token({"iss": f"{issuer.url}/other", "aud": "okrgraph", "sub": "ada", "exp": 9_999_999_999})
    assert await signed_in.status(elsewhere) == 401
    assert issuer.asked == []
