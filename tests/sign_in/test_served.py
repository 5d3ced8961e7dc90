"""Workers that an operator starts accept tokens, too."""

import asyncio
import signal
from datetime import UTC, datetime
from pathlib import Path

import httpx2

from tests.kit.client import Client
from tests.kit.services import Service, free_port
from tests.sign_in.conftest import VIEWER
from tests.sign_in.issuers import StubIssuer
from tests.sign_in.signing import claims, token


async def test_workers_accept_tokens(client: Client, database_url: str, issuer: StubIssuer, tmp_path: Path) -> None:
    variables = {
        "OKRGRAPH_OIDC_ISSUER": issuer.url,
        "OKRGRAPH_OIDC_AUDIENCE": "okrgraph",
        "OKRGRAPH_OIDC_ORGANIZATION": str(client.organization_id),
        "OKRGRAPH_OIDC_CREATE_PEOPLE": "true",
    }
    service = Service(tmp_path, "tokens", free_port(), database_url, "--workers", "2", **variables)
    try:
        await asyncio.to_thread(service.listens, 60)
        now = int(datetime.now(UTC).timestamp())
        text = token(claims(iss=issuer.url, sub="eve", name="Eve", iat=now, exp=now + 60))

        async def person() -> object:
            async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {text}"}, timeout=30) as http:
                response = await http.post(f"{service.url}/graphql", json={"query": VIEWER})
                return response.json()["data"]["viewer"]["person"]

        # New connections, which the workers share.
        eve = {"externalId": "eve", "name": "Eve", "email": None, "role": "MEMBER"}
        assert await asyncio.gather(*(person() for _ in range(16))) == [eve] * 16
    finally:
        service.stop(signal.SIGTERM)
        await asyncio.to_thread(service.process.wait)
