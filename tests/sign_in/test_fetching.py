"""Keys are fetched within limits of time and size, and from nowhere else than the settings say."""

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator

import orjson
import pytest

from service.sign_in import fetching
from service.sign_in.fetching import MAX_RESPONSE_BYTES, FetchFailed, KeyFetcher
from service.values.issuer import Issuer
from tests.sign_in.issuers import KEYS, METADATA, StubIssuer, stub_issuer
from tests.sign_in.signing import key, key_set


@pytest.fixture
async def issuer() -> AsyncIterator[StubIssuer]:
    async with stub_issuer() as made:
        yield made


def fetcher(issuer: StubIssuer, **more: str) -> KeyFetcher:
    return KeyFetcher(Issuer(issuer=issuer.url, audience=("a",), **more))  # type: ignore[arg-type]


async def failure(issuer: StubIssuer, **more: str) -> str:
    with pytest.raises(FetchFailed) as failed:
        await fetcher(issuer, **more).fetch()
    return str(failed.value).replace(issuer.url, "URL")


async def test_keys_are_where_the_issuer_says(issuer: StubIssuer) -> None:
    issuer.rotate(key("one"), key("two", "ES256"))
    assert [each.id for each in await fetcher(issuer).fetch()] == ["one", "two"]
    assert issuer.asked == [METADATA, KEYS]


async def test_a_configured_url_needs_no_metadata(issuer: StubIssuer) -> None:
    issuer.answer("/other", key_set(key("three", "ES256")))
    assert [each.id for each in await fetcher(issuer, jwks_url=f"{issuer.url}/other").fetch()] == ["three"]
    assert issuer.asked == ["/other"]


async def test_metadata_of_an_issuer_with_a_path(issuer: StubIssuer) -> None:
    for name in (f"{issuer.url}/realms/okr", f"{issuer.url}/realms/okr/"):
        issuer.answer(f"/realms/okr{METADATA}", orjson.dumps({"issuer": name, "jwks_uri": f"{issuer.url}{KEYS}"}))
        assert len(await KeyFetcher(Issuer(issuer=name, audience=("a",))).fetch()) == 1


async def test_redirects_are_not_followed(issuer: StubIssuer) -> None:
    issuer.answer("/moved", key_set(key()))
    for status in ("301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"):
        issuer.answer(KEYS, b"", status, Location=f"{issuer.url}/moved")
        assert await failure(issuer) == f"URL{KEYS} answered {status[:3]}."
        issuer.answer(METADATA, b"", status, Location="https://evil.example/")
        assert await failure(issuer) == f"URL{METADATA} answered {status[:3]}."
        issuer.answer(METADATA, orjson.dumps({"issuer": issuer.url, "jwks_uri": f"{issuer.url}{KEYS}"}))
    assert "/moved" not in issuer.asked


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({"issuer": "https://evil.example", "jwks_uri": "https://evil.example/jwks"}, "another issuer"),
        ({"issuer": "URL/", "jwks_uri": "URL/jwks"}, "another issuer"),
        ({"issuer": "URL", "jwks_uri": "http://keys.example/jwks"}, "not a URL with https"),
        ({"issuer": "URL", "jwks_uri": "file:///etc/passwd"}, "not a URL with https"),
        ({"issuer": "URL", "jwks_uri": 7}, "not a URL with https"),
        ({"issuer": "URL"}, "no `issuer` and no `jwks_uri`"),
        ([], "no `issuer` and no `jwks_uri`"),
    ],
)
async def test_metadata_that_is_not_believed(issuer: StubIssuer, metadata: object, expected: str) -> None:
    issuer.answer(METADATA, orjson.dumps(metadata).replace(b"URL", issuer.url.encode()))
    assert expected in await failure(issuer)
    assert KEYS not in issuer.asked


async def test_answers_that_are_too_large_are_not_read_to_their_end(issuer: StubIssuer) -> None:
    exact = key_set(key()).ljust(MAX_RESPONSE_BYTES)
    issuer.answer(KEYS, exact)
    assert len(await fetcher(issuer).fetch()) == 1
    issuer.answer(KEYS, exact + b" ")
    assert await failure(issuer) == f"URL{KEYS} answered with more than {MAX_RESPONSE_BYTES} bytes."
    issuer.answer(KEYS, gzip.compress(exact), Content_Encoding="gzip")
    assert await failure(issuer) == f"URL{KEYS} answered compressed."


async def test_other_answers_that_are_no_keys(issuer: StubIssuer) -> None:
    issuer.answer(KEYS, b"<html>")
    assert await failure(issuer) == "It is not a JSON Web Key Set."
    issuer.answer(KEYS, key_set(key()), "500 Internal Server Error")
    assert await failure(issuer) == f"URL{KEYS} answered 500."
    issuer.pages[KEYS] = b"nonsense\r\n\r\n"
    assert "ProtocolError" in await failure(issuer)


async def test_an_issuer_that_hangs_or_trickles_is_given_up(
    issuer: StubIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "MAX_FETCH_SECONDS", 0.4)
    issuer.pause = 0.05
    async with asyncio.timeout(3):
        assert await failure(issuer) == "There was no answer within 0.4 seconds."
        issuer.gate.clear()
        assert await failure(issuer) == "There was no answer within 0.4 seconds."


async def test_a_proxy_of_the_environment_is_used(issuer: StubIssuer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTP_PROXY", issuer.url)
    monkeypatch.setenv("http_proxy", issuer.url)
    issuer.answer("http://localhost:1/jwks", key_set(key()))
    assert len(await fetcher(issuer, jwks_url="http://localhost:1/jwks").fetch()) == 1


async def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(FetchFailed, match="ConnectError"):
        await KeyFetcher(Issuer(issuer=f"http://127.0.0.1:{port}", audience=("a",))).fetch()
