"""The HTTP application: the endpoint, what browsers open, the schema as a file, and whether it is alive and ready."""

import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import anyio.lowlevel
import structlog
from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from schema.context import Context
from schema.execution.running.executors import executor
from schema.root import schema, sdl
from service.auth import Authenticator
from service.explorer.explorer import Explorer
from service.http.access_log import AccessLog
from service.http.cors import CrossOrigin
from service.http.front_page import front_page
from service.http.graphql import GraphQLEndpoint
from service.http.health import live, ready
from service.http.metrics import metrics
from service.http.write_position import parse_position
from service.postgres.database import Database
from service.settings import Settings

BULK = frozenset({"workspaceImport"})


def create_app(
    settings: Settings,
    database: Database,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    *,
    find_fault: Callable[[], str | None] = lambda: None,
    explorer: Explorer | None = None,
    allow_loopback_origins: bool = False,
) -> ASGIApp:
    """The application over a database; `clock` is what `now` means to every request.

    `find_fault` returns why the process is unhealthy, which `/live` then answers with 503, or None; it must not block.
    `explorer` is served also where the settings do not ask for one, and pages of all loopback origins may call the
    API beside those of the settings if `allow_loopback_origins`; both are for the demo.
    """
    if explorer is None and settings.explorer:
        explorer = Explorer()
    authenticator = Authenticator(database, settings.key_cache_seconds, settings.pool_timeout)

    @asynccontextmanager
    async def open_context(request: Request) -> AsyncIterator[Context]:
        now = clock()
        viewer = await authenticator.viewer(request, now)
        request_id = structlog.contextvars.get_contextvars().get("request_id")
        after = parse_position(request.headers) if database.replica else 0
        context = Context(database, replace(viewer, request_id=request_id), now, after)
        try:
            if request.state.is_query:
                # Before anything runs, so that an overloaded service says so instead of half an answer.
                await context.reader.open()
            yield context
        finally:
            request.state.is_repeatable = not context.has_written
            await context.close()
            request.state.written = context.written

    async def authenticate(request: Request) -> None:
        await authenticator.viewer(request, clock())

    endpoint = GraphQLEndpoint(
        schema,
        executor(settings.executor, schema),
        open_context,
        operation_timeout=settings.operation_timeout,
        bulk_timeout=settings.import_timeout,
        body_timeout=settings.body_timeout,
        body_limit=settings.body_limit,
        bulk_body_limit=settings.bulk_body_limit,
        bulk_fields=BULK,
        browser_page=explorer.page if explorer else None,
        authenticate=authenticate,
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        # AnyIO imports what it runs on at its first use, for tens of milliseconds: not while everybody waits.
        await anyio.lowlevel.checkpoint()
        if database.replica:
            database.replica.watch()
        yield
        await database.dispose()

    app = FastAPI(openapi_url=None, lifespan=lifespan)
    app.router.routes += [
        Route("/", front_page(has_explorer=explorer is not None)),
        Route("/graphql", endpoint),
        *([Route("/graphql/explorer/{name}", explorer.file)] if explorer else []),
        Route("/schema.graphql", _served(sdl() + "\n")),
        Route("/live", live(find_fault)),
        Route("/ready", ready(database)),
        Route("/metrics", metrics(database)),
    ]
    # Level 9 takes seven times as long as level 4, to save a seventh of the bytes.
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=4)
    if settings.cors_origins or allow_loopback_origins:
        return AccessLog(CrossOrigin(app, settings.cors_origins, allow_loopback=allow_loopback_origins))
    return AccessLog(app)


def _served(text: str) -> Callable[[Request], object]:
    tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "public, max-age=60"}

    async def file(request: Request) -> Response:
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(text, media_type="text/plain", headers=headers)

    return file
