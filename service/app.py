"""Creates the HTTP application: GraphQL endpoint, pages for browsers, schema file, health checks and metrics."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import anyio.lowlevel
from cachetools import LRUCache
from fastapi import FastAPI
from graphql import DocumentNode, OperationDefinitionNode
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from schema.context import Context
from schema.execution.running.executors import create_executor
from schema.root import schema, sdl
from schema.scopes import ScopeCheck
from schema.share_access import ShareCheck
from schema.share_tokens.kpi_filter import parse_kpi_filter
from service.audit.recorder import AuditRecorder
from service.auth import Authenticator
from service.explorer.explorer import Explorer
from service.http.access_log import AccessLog
from service.http.audit import identify, note_refusals
from service.http.cors import CrossOrigin
from service.http.front_page import front_page_endpoint
from service.http.graphql import GraphQLEndpoint
from service.http.health import live_endpoint, ready_endpoint
from service.http.metrics import metrics_endpoint
from service.http.responses import COMPRESSION_LEVEL, MIN_COMPRESSED_BYTES
from service.http.write_position import parse_position
from service.postgres.database import Database
from service.settings import Settings
from service.share_tokens.share_sign_in import ShareSignIn

if TYPE_CHECKING:
    from service.sign_in.token_sign_in import TokenSignIn

GRAPHQL_PATH = "/graphql"
MAX_BATCH_COUNTS = 1_000
# Steps of cycles settle all goals of the cycle.
BULK_FIELDS = frozenset(
    {
        "cycleActivate",
        "cycleCarryOver",
        "cycleClose",
        "cycleExtend",
        "cycleReopen",
        "cycleUpdate",
        "organizationDelete",
        "workspaceImport",
    }
)


def create_app(
    settings: Settings,
    database: Database,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    *,
    find_fault: Callable[[], str | None] = lambda: None,
    explorer: Explorer | None = None,
    allow_loopback_origins: bool = False,
    recorder: AuditRecorder | None = None,
) -> ASGIApp:
    """The application for a database. `clock` returns the current time of a request.

    `find_fault` returns why the process is unhealthy, for which `/live` responds 503, or None. It must not block.
    `explorer` is served even if the settings disable it. With `allow_loopback_origins`, pages of all loopback origins
    may call the API, too. Both are for the demo. `recorder` writes audit events in the background.
    """
    recorder = recorder or AuditRecorder(database)
    if explorer is None and settings.explorer:
        explorer = Explorer()
    # The most batches that a request of each operation has sent: with one or none it is read without a transaction.
    batch_counts: LRUCache[tuple[str, str | None], int] = LRUCache(MAX_BATCH_COUNTS)
    scope_check, share_check = ScopeCheck(schema._schema), ShareCheck(schema._schema)
    tokens = _create_token_sign_in(settings, database) if settings.issuers else None
    shares = ShareSignIn(database, settings.pool_timeout, partial(parse_kpi_filter, schema))
    authenticator = Authenticator(
        database, settings.key_cache_seconds, settings.pool_timeout, shares, tokens, recorder.note_failure
    )

    @asynccontextmanager
    async def open_context(request: Request) -> AsyncIterator[Context]:
        now, state = clock(), request.state
        viewer = await authenticator.viewer(request, now)
        after = parse_position(request.headers) if database.replica else 0
        key, is_query = state.operation_key, state.is_query
        reads_once = not state.is_repeated and batch_counts.get(key, 2) < 2
        viewer = identify(request, viewer)
        context = Context(database, viewer, now, after, is_query=is_query, reads_once=reads_once)
        try:
            if is_query:
                # Before execution, so that an overloaded service returns an error instead of a partial result.
                await context.reader.open()
            yield context
        finally:
            for code in context.refused_codes:
                recorder.note_refusal(viewer, code, now, state.operation)
            batch_counts[key] = max(context.batch_count, batch_counts.get(key, 0))
            state.is_repeatable = not context.has_written
            await context.close()
            state.written = context.written

    async def authenticate(request: Request) -> None:
        await authenticator.viewer(request, clock())

    def authorize(context: Context, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        scope_check.check(context.viewer.scopes, document, operation)
        share_check.check(context.viewer.share, document, operation)

    endpoint = GraphQLEndpoint(
        schema,
        create_executor(settings.executor, schema),
        open_context,
        operation_timeout=settings.operation_timeout,
        bulk_timeout=settings.import_timeout,
        body_timeout=settings.body_timeout,
        body_limit=settings.body_limit,
        bulk_body_limit=settings.bulk_body_limit,
        bulk_fields=BULK_FIELDS,
        browser_page=explorer.page if explorer else None,
        authenticate=authenticate,
        authorize=authorize,
        note_errors=note_refusals(recorder, clock),
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        # AnyIO imports its backend on first use, which takes tens of milliseconds.
        await anyio.lowlevel.checkpoint()
        if database.replica:
            database.replica.watch()
        yield
        await recorder.close()
        await database.dispose()

    app = FastAPI(openapi_url=None, lifespan=lifespan)
    app.router.routes += [
        Route("/", front_page_endpoint(has_explorer=explorer is not None)),
        Route(GRAPHQL_PATH, endpoint),
        *([Route("/graphql/explorer/{name}", explorer.file)] if explorer else []),
        Route("/schema.graphql", _text_endpoint(sdl() + "\n")),
        Route("/live", live_endpoint(find_fault)),
        Route("/ready", ready_endpoint(database)),
        Route("/metrics", metrics_endpoint(database, recorder)),
    ]
    app.add_middleware(GZipMiddleware, minimum_size=MIN_COMPRESSED_BYTES, compresslevel=COMPRESSION_LEVEL)
    served = serve_directly(GRAPHQL_PATH, endpoint, app)
    if settings.cors_origins or allow_loopback_origins:
        served = CrossOrigin(served, settings.cors_origins, allow_loopback=allow_loopback_origins)
    return AccessLog(served)


def serve_directly(path: str, endpoint: ASGIApp, app: ASGIApp) -> ASGIApp:
    """An application that serves one path by its endpoint, without the layers of `app`, which serves all others."""

    def served(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        is_direct = scope["type"] == "http" and scope["path"] == path
        return (endpoint if is_direct else app)(scope, receive, send)

    return served


def _create_token_sign_in(settings: Settings, database: Database) -> "TokenSignIn":
    # Its libraries take time and memory that a service without issuers does not need.
    from service.sign_in.token_sign_in import TokenSignIn

    return TokenSignIn(settings.issuers, database, settings.pool_timeout)


def _text_endpoint(text: str) -> Callable[[Request], object]:
    etag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "public, max-age=60"}

    async def file(request: Request) -> Response:
        if etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(text, media_type="text/plain", headers=headers)

    return file
