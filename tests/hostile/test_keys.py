"""Wrong API keys by the thousand take no connections, and nothing from those who have right ones."""

import http.client
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import make_url
from uuid_utils.compat import uuid7

from service.people import keys
from service.settings import Settings
from tests.hostile.target import STRICT, Answer, Target, parse_answer
from tests.kit.client import Client

COUNT = 5_000 if STRICT else 500
UNKNOWN = Answer(401, "UNAUTHENTICATED")
TOO_MANY = Answer(429, "TOO_MANY_AUTHENTICATION_FAILURES")
BODY = b'{"query": "{ viewer { role } }"}'


def send_all(target: Target, sent: list[str], addresses: int, network: str = "198.51") -> list[Answer]:
    """The answers to requests with these keys, on one connection, as a proxy on this machine forwards them."""
    connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=30)
    answers = []
    for number, key in enumerate(sent):
        index = number % addresses
        headers = {
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json",
            "X-Forwarded-For": f"{network}.{index // 250}.{index % 250}",
        }
        connection.request("POST", "/graphql", BODY, headers)
        response = connection.getresponse()
        answers.append(parse_answer(response.status, response.read()))
    connection.close()
    return answers


def wrong(organization_id: UUID, count: int) -> list[str]:
    """Keys that nobody has, whose checksums are right."""
    return [keys.generate(organization_id, uuid7())[0] for _ in range(count)]


async def test_unknown_keys_share_one_connection(target: Target, attacker: Client, database_url: str) -> None:
    url = make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    superuser = await asyncpg.connect(url)
    before = await superuser.fetchval("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'okrgraph'")
    # Each address less than fifty a minute, so that none of them is put off.
    target.endure(
        f"{COUNT} unknown keys",
        lambda _: send_all(target, wrong(attacker.organization_id, COUNT), COUNT // 10),
        UNKNOWN,
    )
    after = await superuser.fetchval("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'okrgraph'")
    await superuser.close()
    assert after <= before + 1
    assert Settings().pool_size > 1


@pytest.mark.parametrize("name", ["malformed", "half", "8 kB", "one with 8 kB after it", "mistyped"])
def test_keys_that_are_none(target: Target, name: str) -> None:
    key = {
        "malformed": "x",
        "half": target.key[: len(target.key) // 2],
        "8 kB": "okr_" + "a" * 8_000,
        "one with 8 kB after it": target.key + "a" * 8_000,
        "mistyped": target.key[:-1] + ("0" if target.key[-1] != "0" else "1"),
    }[name]
    count = COUNT // 10
    target.endure(f"{count} keys: {name}", lambda _: send_all(target, [key] * count, count), UNKNOWN)


def test_one_address_is_put_off(target: Target, attacker: Client) -> None:
    sent = wrong(attacker.organization_id, 50)
    assert set(send_all(target, sent, 1, "203.0")) == {UNKNOWN}
    more = wrong(attacker.organization_id, COUNT)
    target.endure(f"{COUNT} unknown keys of one address", lambda _: send_all(target, more, 1, "203.0"), TOO_MANY)


def test_memory_is_back(target: Target) -> None:
    target.assert_memory_is_back()
