"""The endpoint `/metrics` for Prometheus."""

import math
import os
from collections.abc import Callable, Iterator

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from service.audit.recorder import AuditRecorder
from service.postgres.database import Database
from service.postgres.pool import Pool


class _LostAuditEvents(Collector):
    """The counter of a recorder."""

    def __init__(self, recorder: AuditRecorder) -> None:
        self._recorder = recorder

    def collect(self) -> Iterator[CounterMetricFamily]:
        """The one metric with its value."""
        text = "Failed sign-ins and refusals that could not be recorded."
        yield CounterMetricFamily("okrgraph_audit_events_lost", text, value=self._recorder.lost)


def metrics_endpoint(database: Database, recorder: AuditRecorder) -> Callable[[Request], object]:
    """An endpoint that returns the gauges of this process in the text format of Prometheus."""
    registry = CollectorRegistry()
    registry.register(_LostAuditEvents(recorder))
    # With several workers on a port, any of them may answer.
    Gauge("okrgraph_process", "1; the label is the id of the process that answers.", ["pid"], registry=registry).labels(
        str(os.getpid())
    ).set(1)
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
