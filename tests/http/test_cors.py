"""What pages of other origins are allowed, by the headers of every kind of response."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from service.app import create_app
from service.http.access_log import AccessLog
from service.http.cors import CrossOrigin
from service.postgres.database import Database
from service.settings import Settings
from tests.kit.client import Clock

ALLOWED, OTHER = "https://app.example.com", "https://evil.example"
EXPOSED = "X-Request-Id, X-Write-Position, Retry-After, ETag"
GRANTED = {"access-control-allow-origin": ALLOWED, "access-control-expose-headers": EXPOSED}
PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type,okrgraph-act-as",
}
PREFLIGHT_VARY = (
    "Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network"
)

Serving = Callable[..., AbstractAsyncContextManager[httpx2.AsyncClient]]


@pytest.fixture
def serving(database: Database, settings: Settings, clock: Clock) -> Serving:
    """Opens clients of the whole application with settings of their own."""

    @asynccontextmanager
    async def serve(origins: str = "", loopback: bool = False, **changed: Any) -> AsyncIterator[httpx2.AsyncClient]:
        own = Settings(**{**settings.model_dump(), "cors_origins": origins, **changed})
        app = create_app(own, database, clock, allow_loopback_origins=loopback)
        transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://okrgraph.test") as client:
            yield client

    return serve


def cors_headers(response: httpx2.Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name.startswith("access-control-")}


def varies(response: httpx2.Response) -> list[str]:
    return [each.strip() for each in response.headers.get("vary", "").split(",") if each.strip()]


async def test_without_the_setting_nothing_is_said_of_origins(serving: Serving) -> None:
    async with serving() as client:
        preflight = await client.options("/graphql", headers={"Origin": ALLOWED, **PREFLIGHT})
        assert (preflight.status_code, cors_headers(preflight)) == (405, {})
        schema = await client.get("/schema.graphql", headers={"Origin": ALLOWED})
        assert (schema.status_code, cors_headers(schema), varies(schema)) == (200, {}, ["Accept-Encoding"])


async def test_a_preflight_of_an_allowed_origin(serving: Serving) -> None:
    async with serving(f"{ALLOWED},http://localhost:3000") as client:
        response = await client.options("/graphql", headers={"Origin": ALLOWED, **PREFLIGHT})
        assert response.status_code == 200
        assert cors_headers(response) == {
            "access-control-allow-origin": ALLOWED,
            "access-control-allow-methods": "GET, HEAD, POST",
            "access-control-allow-headers": "authorization,content-type,okrgraph-act-as",
            "access-control-max-age": "7200",
        }
        assert response.headers["vary"] == PREFLIGHT_VARY
        assert response.headers["x-request-id"]


@pytest.mark.parametrize(
    ("origin", "method", "text"),
    [(OTHER, "POST", "Disallowed CORS origin"), (ALLOWED, "DELETE", "Disallowed CORS method")],
)
async def test_a_preflight_that_is_refused(serving: Serving, origin: str, method: str, text: str) -> None:
    request_headers = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Private-Network": "true",
    }
    async with serving(ALLOWED) as client:
        response = await client.options("/graphql", headers=request_headers)
        assert (response.status_code, response.text, response.headers["vary"]) == (400, text, PREFLIGHT_VARY)
        is_granted = origin == ALLOWED
        assert ("access-control-allow-origin" in response.headers) is is_granted
        assert ("access-control-allow-private-network" in response.headers) is is_granted


async def test_a_private_network_is_open_to_allowed_origins(serving: Serving) -> None:
    request_headers = {"Origin": ALLOWED, **PREFLIGHT, "Access-Control-Request-Private-Network": "true"}
    async with serving(ALLOWED) as client:
        response = await client.options("/graphql", headers=request_headers)
        assert (response.status_code, response.headers["access-control-allow-private-network"]) == (200, "true")


REQUESTS: list[tuple[str, str, dict[str, Any], int]] = [
    ("POST", "/graphql", {"json": {"query": "{ __typename }"}}, 200),
    ("POST", "/graphql", {"json": {"query": "{ organization { name } }"}}, 401),
    ("POST", "/graphql", {"json": {"query": "#" * 2000}}, 413),
    ("POST", "/graphql", {"content": "{}", "headers": {"Content-Type": "text/plain"}}, 415),
    ("GET", "/graphql", {"params": {"query": "{ __typename }"}, "headers": {"Sec-Fetch-Site": "cross-site"}}, 400),
    ("OPTIONS", "/graphql", {}, 405),
    ("GET", "/schema.graphql", {}, 200),
    ("HEAD", "/schema.graphql", {}, 200),
    ("GET", "/live", {}, 200),
    ("GET", "/nowhere", {}, 404),
    ("DELETE", "/live", {}, 405),
]


@pytest.mark.parametrize("origin", [ALLOWED, OTHER, None])
@pytest.mark.parametrize(("method", "path", "request_parts", "status"), REQUESTS)
async def test_every_response_says_whom_it_is_for(
    serving: Serving, method: str, path: str, request_parts: dict[str, Any], status: int, origin: str | None
) -> None:
    parts = {**request_parts, "headers": {**request_parts.get("headers", {}), **({"Origin": origin} if origin else {})}}
    async with serving(ALLOWED, body_limit=1000, bulk_body_limit=1000) as client:
        response = await client.request(method, path, **parts)
        assert response.status_code == status
        assert cors_headers(response) == (GRANTED if origin == ALLOWED else {})
        assert varies(response).count("Origin") == 1


async def test_a_response_from_a_cache_is_for_everybody_who_may_read_it(serving: Serving) -> None:
    async with serving(ALLOWED) as client:
        fresh = await client.get("/schema.graphql")
        assert (varies(fresh), fresh.headers["cache-control"]) == (["Accept-Encoding", "Origin"], "public, max-age=60")
        headers = {"Origin": ALLOWED, "If-None-Match": fresh.headers["etag"]}
        same = await client.get("/schema.graphql", headers=headers)
        assert (same.status_code, cors_headers(same), varies(same)) == (304, GRANTED, ["Origin"])


@pytest.mark.parametrize("origin", [OTHER, "null", None])
async def test_where_every_origin_is_allowed_no_response_depends_on_it(serving: Serving, origin: str | None) -> None:
    headers = {"Origin": origin} if origin else {}
    async with serving("*") as client:
        response = await client.get("/schema.graphql", headers=headers)
        assert cors_headers(response) == GRANTED | {"access-control-allow-origin": "*"}
        assert varies(response) == ["Accept-Encoding"]
        preflight = await client.options("/graphql", headers={"Origin": OTHER, **PREFLIGHT})
        assert preflight.status_code == 200
        assert preflight.headers["access-control-allow-origin"] == "*"
        assert "Origin" not in varies(preflight)


@pytest.mark.parametrize(("origin", "granted"), [("http://localhost:5173", True), (ALLOWED, True), (OTHER, False)])
async def test_loopback_origins_come_beside_those_of_the_setting(serving: Serving, origin: str, granted: bool) -> None:
    async with serving(ALLOWED, loopback=True) as client:
        response = await client.get("/live", headers={"Origin": origin})
        assert response.headers.get("access-control-allow-origin") == (origin if granted else None)
    async with serving("", loopback=True) as client:
        response = await client.get("/live", headers={"Origin": origin})
        assert ("access-control-allow-origin" in response.headers) is (granted and origin != ALLOWED)


async def test_an_overloaded_service_says_so_to_pages_too(database_url: str, clock: Clock) -> None:
    settings = Settings(cors_origins=(ALLOWED,), pool_size=1, pool_timeout=0.05)
    database = Database(settings, database_url)
    transport = httpx2.ASGITransport(create_app(settings, database, clock))
    headers = {"Origin": ALLOWED, "Authorization": "Bearer okr_aaaaaaaaaaaaaaaaaaaaaaaaaa"}
    try:
        async with database.primary.connect(), httpx2.AsyncClient(transport=transport, base_url="http://a") as client:
            response = await client.get("/ready", headers=headers)
            assert (response.status_code, cors_headers(response)) == (503, GRANTED)
    finally:
        await database.dispose()


async def test_a_crash_is_readable_for_pages_too() -> None:
    async def crash(_request: Request) -> Response:
        raise RuntimeError("a bug")

    app = AccessLog(CrossOrigin(Starlette(routes=[Route("/", crash)]), (ALLOWED,)))
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://a") as client:
        response = await client.get("/", headers={"Origin": ALLOWED})
        assert (response.status_code, cors_headers(response), varies(response)) == (500, GRANTED, ["Origin"])
        assert response.headers["x-request-id"]
