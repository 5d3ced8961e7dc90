"""Share tokens that are wrong, unknown, ended or revoked get one answer, and each end holds everywhere."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from service.people import keys
from service.share_tokens.queries import SHARES_OF_ORGANIZATIONS
from service.share_tokens.share_sign_in import NOT_VALID
from tests.door.test_api_keys import messages
from tests.kit.client import Client, Clock, Statements
from tests.kit.roles import acting
from tests.share_tokens.conftest import Company
from tests.share_tokens.shares import created, errors, shared, using

ROLE = "{ viewer { role } }"
SHOWN = {"viewer": {"role": "VIEWER"}}
REFUSED = [("UNAUTHENTICATED", NOT_VALID)]


def at(process: Client, partner: Client) -> Client:
    """A partner at another process."""
    return using(process, partner.key)


async def test_wrong_unknown_and_ended_tokens_get_one_answer(client: Client, stranger: Client) -> None:
    payload = await created(client, kpiFilter={})
    token = payload["token"]
    revoked, ended = (
        await created(client, kpiFilter={}),
        await created(client, kpiFilter={}, expiresAt="2026-07-03T00:00:00Z"),
    )
    theirs = (await created(stranger, kpiFilter={}))["token"]
    await client.change("shareTokenRevoke", {"id": revoked["shareToken"]["id"]}, "shareToken { id }")
    client.clock.advance(days=1)
    own = token.split("_")
    wrong = {
        "revoked": revoked["token"],
        "ended": ended["token"],
        "mistyped": token[:-1] + ("0" if token[-1] != "0" else "1"),
        "without its checksum": token[:-6],
        "unknown": keys.generate(client.organization_id, uuid7(), prefix=keys.SHARE)[0],
        "of another organization": keys.generate(uuid7(), uuid7(), prefix=keys.SHARE)[0],
        "with another secret": keys.generate(*_ids(token), prefix=keys.SHARE)[0],
        "with the place of others": _with_checksum(f"okrs_{theirs.split('_')[1]}_{own[2][:64]}"),
        "nonsense": "okrs_",
        "as an API key": f"okrs_{client.key.removeprefix('okr_')}",
    }
    assert await using(client, token).data(ROLE) == SHOWN
    for name, text in wrong.items():
        response = await using(client, text).http.post("/graphql", json={"query": ROLE})
        body = {"errors": [{"message": NOT_VALID, "extensions": {"code": "UNAUTHENTICATED"}}]}
        assert (name, response.status_code, response.json()) == (name, 401, body)


def _ids(token: str) -> tuple[UUID, UUID]:
    ids = keys.parse_ids(token, keys.SHARE)
    assert ids is not None
    return ids


def _with_checksum(text: str) -> str:
    return text + keys.checksum(text)


async def test_a_share_token_is_no_api_key_and_an_api_key_no_share_token(client: Client) -> None:
    token = (await created(client, kpiFilter={}))["token"]
    assert keys.parse(token) is None
    assert keys.parse(client.key, keys.SHARE) is None
    as_key = _with_checksum(f"okr_{token.split('_')[1]}_{token.split('_')[2][:64]}")
    assert keys.parse(as_key) is not None
    assert await errors(using(client, as_key), ROLE) == [
        ("UNAUTHENTICATED", "This API key is not valid, or not any more.")
    ]


async def test_a_malformed_token_reaches_no_connection(client: Client, elsewhere: Client) -> None:
    token = (await created(client, kpiFilter={}))["token"]
    mistyped = token[:-1] + ("0" if token[-1] != "0" else "1")
    with messages(elsewhere.database.reserved) as looked, messages(elsewhere.database.primary) as sent:
        assert await errors(using(elsewhere, mistyped), ROLE) == REFUSED
    assert (looked, sent) == ([], [])


async def test_a_token_ends_at_its_time(client: Client) -> None:
    partner = await shared(client, kpiFilter={}, expiresAt="2026-07-02T12:00:30Z")
    assert await partner.data(ROLE) == SHOWN
    client.clock.advance(seconds=29.9)
    assert await partner.data(ROLE) == SHOWN
    client.clock.advance(seconds=0.1)
    assert await errors(partner, ROLE) == REFUSED


async def test_a_revoked_token_is_refused_by_every_process_within_a_second(client: Client, elsewhere: Client) -> None:
    payload = await created(client, kpiFilter={})
    partner = using(elsewhere, payload["token"])
    assert await partner.data(ROLE) == SHOWN
    await client.change("shareTokenRevoke", {"id": payload["shareToken"]["id"]}, "shareToken { id }")
    await asyncio.sleep(1.01)
    assert await errors(partner, ROLE) == REFUSED


async def test_what_is_hidden_is_not_shown_by_another_process_after_a_second(
    company: Company, elsewhere: Client
) -> None:
    partner = at(elsewhere, await shared(company.client, objectiveId=company.ids["root"]))
    count = "{ objectives { totalCount } }"
    assert await partner.data(count) == {"objectives": {"totalCount": 4}}
    await company.client.make("objectiveUpdate", id=company.ids["child"], visibility="PRIVATE")
    await asyncio.sleep(1.01)
    assert await partner.data(count) == {"objectives": {"totalCount": 2}}


async def test_a_share_stops_with_its_creator(client: Client, forgetful: Client) -> None:
    member = await acting(client, "MEMBER")
    partner = await shared(using(forgetful, member.key), kpiFilter={})
    person = (await member.data("{ viewer { person { id } } }"))["viewer"]["person"]["id"]
    assert await partner.data(ROLE) == SHOWN
    await client.make("personArchive", id=person)
    assert await errors(partner, ROLE) == REFUSED
    await client.make("personRestore", id=person)
    assert await partner.data(ROLE) == SHOWN


async def test_requests_that_arrive_together_share_what_is_read_of_a_token(
    company: Company, elsewhere: Client, stranger: Client
) -> None:
    partner = at(elsewhere, await shared(company.client, objectiveId=company.ids["root"]))
    theirs = at(elsewhere, await shared(stranger, kpiFilter={}))
    # The first use is noted, and the driver asks for types that it meets first.
    await asyncio.gather(partner.data(ROLE), theirs.data(ROLE))
    await asyncio.sleep(1.01)
    with messages(elsewhere.database.reserved) as looked, messages(elsewhere.database.primary) as sent:
        answers = await asyncio.gather(*(each.data(ROLE) for each in (partner, theirs) for _ in range(10)))
    assert answers == [SHOWN] * 20
    assert [query for query in looked if "share_tokens" in query] == [SHARES_OF_ORGANIZATIONS]
    assert len([query for query in sent if "WITH RECURSIVE shown" in query]) == 1
    assert len([query for query in sent if "FROM kpis" in query and "LIMIT" in query]) == 2


async def test_what_a_request_costs_when_its_token_is_remembered(company: Company, statements: Statements) -> None:
    """A share sends as many messages as its creator does."""
    partner = await shared(company.client, objectiveId=company.ids["root"])
    document = "{ objectives { nodes { title keyResults { title } } } }"
    sent = {}
    for name, who in {"owner": company.client, "partner": partner}.items():
        for _ in range(3):
            await who.data(document)
        sent[name] = await statements.of(who.data(document))
    assert len(sent["partner"]) == len(sent["owner"])


async def test_the_last_use_is_noted_once_a_minute(client: Client, clock: Clock, forgetful: Client) -> None:
    partner = at(forgetful, await shared(client, kpiFilter={}))
    used = "{ viewer { shareTokens { lastUsedAt } } }"

    async def last() -> Any:
        return (await client.data(used))["viewer"]["shareTokens"][0]["lastUsedAt"]

    assert await last() is None
    await partner.data(ROLE)
    assert await last() == "2026-07-02T12:00:00Z"
    clock.advance(seconds=59)
    await partner.data(ROLE)
    assert await last() == "2026-07-02T12:00:00Z"
    clock.advance(seconds=1)
    await partner.data(ROLE)
    assert await last() == "2026-07-02T12:01:00Z"


async def test_only_a_hash_is_stored(client: Client, superuser: asyncpg.Connection) -> None:
    token = (await created(client, kpiFilter={}))["token"]
    [row] = await superuser.fetch("SELECT t::text AS row, secret_hash FROM share_tokens t")
    presented = keys.parse(token, keys.SHARE)
    assert presented is not None
    assert row["secret_hash"] == presented.secret_hash
    assert token.split("_")[2][:64] not in row["row"]


async def test_a_filter_that_the_schema_takes_no_more_shows_nothing(
    client: Client, superuser: asyncpg.Connection
) -> None:
    partner = await shared(client, kpiFilter={"name": {"eq": "Sales"}})
    await superuser.execute("""UPDATE share_tokens SET kpi_filter = '{"title": {"eq": "Sales"}}'""")
    message = "The filter of this share token is out of date. Ask for a new share token."
    assert await errors(partner, ROLE) == [("FORBIDDEN", message)]


async def test_guesses_count_as_failures(client: Client, elsewhere: Client) -> None:
    for _ in range(50):
        unknown = keys.generate(client.organization_id, uuid7(), prefix=keys.SHARE)[0]
        assert await errors(using(elsewhere, unknown), ROLE) == REFUSED
    [(code, _)] = await errors(using(elsewhere, unknown), ROLE)
    assert code == "TOO_MANY_AUTHENTICATION_FAILURES"


@pytest.mark.parametrize("path", ["/schema.graphql", "/live"])
async def test_what_is_public_stays_so(client: Client, path: str) -> None:
    assert (await using(client, "okrs_x").http.get(path)).status_code == 200
    document = "{ __schema { queryType { name } } }"
    assert await using(client, "okrs_x").data(document) == {"__schema": {"queryType": {"name": "Query"}}}
