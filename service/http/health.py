"""Whether the service lives, and whether it is ready."""

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from service.postgres.alembic_revisions import known, newest
from service.postgres.database import Database
from service.postgres.replica import Replica

READY_SECONDS = 3
Endpoint = Callable[[Request], object]


def live(find_fault: Callable[[], str | None]) -> Endpoint:
    """Answers 200 as long as the process does, but 503 while `find_fault` gives a reason to end it."""

    async def answer(_request: Request) -> Response:
        if reason := find_fault():
            return JSONResponse({"status": "unavailable", "reason": reason}, 503)
        return JSONResponse({"status": "ok"})

    return answer


def ready(database: Database) -> Endpoint:
    """Answers 200 when requests can be served, and tells how the replica is, which they can be served without."""

    async def answer(_request: Request) -> Response:
        replica = {"replica": _replica_state(database.replica)} if database.replica else {}
        if reason := await _find_reason(database):
            return JSONResponse({"status": "unavailable", "reason": reason, **replica}, 503)
        return JSONResponse({"status": "ok", **replica})

    return answer


async def _find_reason(database: Database) -> str | None:
    try:
        async with asyncio.timeout(READY_SECONDS):
            revision = await database.revision()
    except Exception as error:
        return type(error).__name__
    # While a newer version is rolled out, it migrates first, and this one goes on serving.
    return "migrations are pending" if revision in known() - {newest()} else None


def _replica_state(replica: Replica) -> dict[str, Any]:
    lag = replica.lag_seconds
    return {"status": replica.status, "lagSeconds": None if lag is None else round(lag, 3)}
