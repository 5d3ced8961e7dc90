"""Watches the server while a service uses it, and restarts it if it is down."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import structlog

from service.embedded.backoff import restart_delay
from service.embedded.cluster import Cluster
from service.embedded.errors import EmbeddedPostgresError
from service.embedded.running import restart
from service.embedded.server import find_outage

PROBE_SECONDS = 0.5
# One of so many probes connects, for which the server starts a process.
PROBES_PER_CONNECTION = 10
# After this time without a server the service is unhealthy.
MAX_DOWN_SECONDS = 60.0

log = structlog.get_logger(__name__)


@contextmanager
def supervised(cluster: Cluster) -> Iterator["Supervisor"]:
    """A supervisor of the server of a cluster, which runs in a thread until the end of the block.

    To be used inside the `running` block of the cluster. The end of the block interrupts a restart within about three
    seconds. A server launched by it is stopped by the last process that leaves `running`.
    """
    supervisor = Supervisor(cluster)
    supervisor.start()
    try:
        yield supervisor
    finally:
        supervisor.end()


class Supervisor:
    """Restarts the server of one cluster after a crash, a kill, or a stop by an operator.

    Several processes may supervise the same cluster. One of them starts the server, the others join it.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._down_since: float | None = None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="embedded-postgres-supervisor", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def end(self) -> None:
        """Stops the thread and waits for its end."""
        self._ending.set()
        self._thread.join()

    def find_fault(self) -> str | None:
        """Why the service is unhealthy if the server has been down for 60 s or longer, else None. Never blocks."""
        down_since = self._down_since
        if down_since is None or (down := time.monotonic() - down_since) < MAX_DOWN_SECONDS:
            return None
        return f"The embedded Postgres has been down for {down:.0f} s, and restarting it fails; the log says why."

    def _run(self) -> None:
        with suppress(Ended):
            while True:
                reason = self._wait_for_outage()
                self._down_since = time.monotonic()
                log.warning("embedded postgres down", reason=reason, retry_in_s=restart_delay(0))
                self._restart()
                self._down_since = None

    def _wait_for_outage(self) -> str:
        probes = 0
        while True:
            self._pause(PROBE_SECONDS)
            probes += 1
            connect = probes % PROBES_PER_CONNECTION == 0
            if reason := find_outage(self._cluster.home, self._cluster.sockets, connect=connect):
                return reason

    def _restart(self) -> None:
        started_at = time.monotonic()
        failures = 0
        while True:
            self._pause(restart_delay(failures))
            try:
                launched = restart(self._cluster, self._pause)
            except Ended:
                raise
            # Any error is caught: without this thread nothing restarts the server.
            except Exception as error:
                failures += 1
                log.error(
                    "embedded postgres restart failed",
                    error=str(error),
                    failures=failures,
                    retry_in_s=restart_delay(failures),
                    exc_info=not isinstance(error, (EmbeddedPostgresError, OSError)),
                )
            else:
                event = "embedded postgres restarted" if launched else "embedded postgres restarted by another process"
                log.info(event, down_s=round(time.monotonic() - started_at, 1), failures=failures)
                return

    def _pause(self, seconds: float) -> None:
        if self._ending.wait(seconds):
            raise Ended


class Ended(Exception):
    """Raised in the thread when the supervisor must end."""
