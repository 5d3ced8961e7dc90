"""Whether the service lives and is ready, and what it measures of itself."""

import asyncio
import math
from collections.abc import Callable
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from service.database import Database
from service.migrate import known, newest
from service.pool import Pool
from service.replica import Replica

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


def metrics(database: Database) -> Endpoint:
    """Answers the gauges of this process in the text format of Prometheus."""
    registry = CollectorRegistry()
    size = Gauge("okrgraph_pool_connections_max", "Connections that a pool may have.", ["pool"], registry=registry)
    used = Gauge("okrgraph_pool_connections_in_use", "Connections that requests hold.", ["pool"], registry=registry)
    pools: dict[str, Pool] = {"primary": database.primary, "keys": database.reserved}
    if replica := database.replica:
        pools["replica"] = replica.pool
        usable = Gauge("okrgraph_replica_usable", "1 if queries are read from the replica, else 0.", registry=registry)
        usable.set_function(lambda: float(replica.is_usable))
        lag = Gauge(
            "okrgraph_replica_lag_seconds",
            "Seconds that the replica is behind the primary; NaN when nothing is known.",
            registry=registry,
        )
        lag.set_function(lambda: math.nan if replica.lag_seconds is None else replica.lag_seconds)
    for name, pool in pools.items():
        size.labels(name).set(pool.size)
        used.labels(name).set_function(lambda pool=pool: float(pool.in_use))  # type: ignore[misc]

    async def answer(_request: Request) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return answer
