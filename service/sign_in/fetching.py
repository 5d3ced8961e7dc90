"""Fetches the key set of an issuer over HTTP, within limits of time and size."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

import httpx2
import orjson

from service.sign_in.key_set import KeySetInvalid, VerificationKey, parse_key_set
from service.values.issuer import Issuer, is_secure

MAX_FETCH_SECONDS = 5.0
MAX_RESPONSE_BYTES = 256_000
DISCOVERY_PATH = "/.well-known/openid-configuration"
# Compressed responses could become larger than they are.
HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "okrgraph"}

FetchKeys: TypeAlias = Callable[[], Awaitable[Sequence[VerificationKey]]]


class FetchFailed(Exception):
    """The issuer does not answer as it should. The message is for the log."""


class KeyFetcher:
    """Fetches the keys of one issuer from the configured URL, or from the one that the issuer publishes."""

    def __init__(self, issuer: Issuer) -> None:
        self._issuer = issuer
        self._tls: ssl.SSLContext | None = None

    async def fetch(self) -> Sequence[VerificationKey]:
        """The keys that the issuer has now. Raises FetchFailed, after MAX_FETCH_SECONDS at the latest."""
        try:
            async with asyncio.timeout(MAX_FETCH_SECONDS):
                return await self._fetch()
        except TimeoutError:
            raise FetchFailed(f"There was no answer within {MAX_FETCH_SECONDS} seconds.") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise FetchFailed(f"{type(error).__name__}: {error}") from error
        except KeySetInvalid as error:
            raise FetchFailed(str(error)) from error

    async def _fetch(self) -> Sequence[VerificationKey]:
        if self._tls is None:
            # Reads the certificates of the machine, which takes tens of milliseconds.
            self._tls = await asyncio.to_thread(httpx2.create_ssl_context)
        # Redirects are not followed: the keys come from where the settings say.
        # The limits of the client are for one read each, and would not end an answer that trickles in.
        async with httpx2.AsyncClient(verify=self._tls, headers=HEADERS, timeout=None) as client:
            url = self._issuer.jwks_url or await self._discover(client)
            return parse_key_set(await _get(client, url))

    async def _discover(self, client: httpx2.AsyncClient) -> str:
        """The URL of the keys as the issuer publishes it (OpenID Connect Discovery 1.0)."""
        document = await _get(client, self._issuer.issuer.rstrip("/") + DISCOVERY_PATH)
        try:
            metadata = orjson.loads(document)
            issuer, url = metadata["issuer"], metadata["jwks_uri"]
        except (ValueError, TypeError, KeyError):
            raise FetchFailed("Its metadata has no `issuer` and no `jwks_uri`.") from None
        if issuer != self._issuer.issuer:
            raise FetchFailed("Its metadata is that of another issuer.")
        if not isinstance(url, str) or not is_secure(url):
            raise FetchFailed("Its `jwks_uri` is not a URL with https.")
        return url


async def _get(client: httpx2.AsyncClient, url: str) -> bytes:
    async with client.stream("GET", url) as response:
        if response.status_code != 200:
            raise FetchFailed(f"{url} answered {response.status_code}.")
        if response.headers.get("content-encoding", "identity") != "identity":
            raise FetchFailed(f"{url} answered compressed.")
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > MAX_RESPONSE_BYTES:
                raise FetchFailed(f"{url} answered with more than {MAX_RESPONSE_BYTES} bytes.")
        return bytes(body)
