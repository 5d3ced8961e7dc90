"""The health endpoints `/live` and `/ready`."""

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from service.postgres.alembic_revisions import known_revisions, newest_revision
from service.postgres.database import Database
from service.postgres.replica import Replica

READY_SECONDS = 3
Endpoint = Callable[[Request], object]


def live_endpoint(find_fault: Callable[[], str | None]) -> Endpoint:
    """An endpoint that responds 503 while `find_fault` returns a reason to end the process, else 200."""

    async def answer(_request: Request) -> Response:
        if reason := find_fault():
            return JSONResponse({"status": "unavailable", "reason": reason}, 503)
        return JSONResponse({"status": "ok"})

    return answer


def ready_endpoint(database: Database) -> Endpoint:
    """An endpoint that responds 200 if requests can be served. It includes the status of the optional replica."""

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
    # A newer revision is accepted: during an update the new version migrates while this one serves requests.
    return "migrations are pending" if revision in known_revisions() - {newest_revision()} else None


def _replica_state(replica: Replica) -> dict[str, Any]:
    lag = replica.lag_seconds
    return {"status": replica.status, "lagSeconds": None if lag is None else round(lag, 3)}
