"""An issuer over HTTP, and applications that accept its tokens."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx2
import pytest

from service.app import create_app
from service.audit.recorder import AuditRecorder
from service.postgres.database import Database
from service.settings import Settings
from tests.kit.client import Client, Clock
from tests.sign_in.issuers import StubIssuer, stub_issuer
from tests.sign_in.signing import claims, token

VIEWER = "{ viewer { role person { externalId name email role } } }"


class Door:
    """An application with an issuer: what it answers to tokens."""

    def __init__(self, settings: Settings, database: Database, clock: Clock, issuer: StubIssuer) -> None:
        self.database, self.issuer = database, issuer
        self.recorder = AuditRecorder(database)
        self.app: Any = create_app(settings, database, clock, recorder=self.recorder)

    def token(self, *, by: Any = None, header: dict[str, Any] | None = None, **changed: Any) -> str:
        """A good token of the issuer with some claims changed."""
        return token(claims(iss=self.issuer.url, **changed), by=by, header=header)

    async def ask(self, credentials: str, query: str = VIEWER, address: str = "127.0.0.1") -> httpx2.Response:
        transport = httpx2.ASGITransport(app=self.app, client=(address, 1))
        async with httpx2.AsyncClient(transport=transport, base_url="http://okrgraph.test") as http:
            return await http.post(
                "/graphql", json={"query": query}, headers={"Authorization": f"Bearer {credentials}"}
            )

    async def status(self, credentials: str, **more: str) -> int:
        return (await self.ask(credentials, **more)).status_code

    async def person(self, **changed: Any) -> Any:
        """The person that a token with these claims is about, or the status of the answer."""
        response = await self.ask(self.token(**changed))
        return response.json()["data"]["viewer"]["person"] if response.is_success else response.status_code


MakeDoor = Callable[..., Awaitable[Door]]


@pytest.fixture
async def issuer() -> AsyncIterator[StubIssuer]:
    async with stub_issuer() as made:
        yield made


@pytest.fixture
async def door(client: Client, database_url: str, clock: Clock, issuer: StubIssuer) -> AsyncIterator[MakeDoor]:
    """Makes applications that accept tokens of `issuer` for the organization of `client`. Settings without their
    prefix `oidc_`; None leaves one out."""
    databases: list[Database] = []

    async def make(key_cache_seconds: float = 0, pool_timeout: float = 10, **changed: str | None) -> Door:
        variables = {
            "issuer": issuer.url,
            "audience": "okrgraph",
            "organization": str(client.organization_id),
            **changed,
        }
        oidc: dict[str, Any] = {f"oidc_{name}": value for name, value in variables.items() if value is not None}
        settings = Settings(key_cache_seconds=key_cache_seconds, pool_timeout=pool_timeout, **oidc)
        databases.append(Database(settings, database_url))
        return Door(settings, databases[-1], clock, issuer)

    yield make
    for each in databases:
        await each.dispose()
