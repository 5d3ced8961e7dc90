"""Starts the worker processes of `serve`, replaces those that end, and stops all of them."""

import multiprocessing
import select
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

import structlog

from service.cli.console import FAILED
from service.cli.listening import ReservedPort
from service.embedded.backoff import restart_delay

TICK_SECONDS = 0.5
# Blocked while a worker starts: an interruption would lose it. Workers inherit the mask, see `run_worker`.
STOP_SIGNALS = {signal.SIGINT, signal.SIGTERM}

# A process of its own interpreter: this one has threads, which a fork would not copy.
spawn = multiprocessing.get_context("spawn")
log = structlog.get_logger(__name__)


@dataclass
class Worker:
    """A worker process, or the gap that it has left. `failed_starts` are those since it served last.

    `due_at` is the monotonic time of the next start, and `fault` the fault that the process was told.
    """

    process: SpawnProcess | None = None
    link: Connection | None = None
    is_serving: bool = False
    failed_starts: int = 0
    due_at: float = 0.0
    fault: str | None = None


class Workers:
    """A fixed number of worker processes that share a port.

    A worker that ends is replaced: at once if it had served, else after a delay that grows from 1 s to 30 s.
    `serve` runs in each of them, with its sockets and a link to this process, see `run_worker`. `find_fault` returns a
    fault of the embedded Postgres, or None; the workers are told. `stop_seconds` is the time that they have to stop.
    """

    def __init__(
        self,
        count: int,
        serve: Callable[[list[socket.socket], Connection], None],
        port: ReservedPort,
        find_fault: Callable[[], str | None],
        stop_seconds: float,
    ) -> None:
        self._serve = serve
        self._port = port
        self._find_fault = find_fault
        self._stop_seconds = stop_seconds
        self._workers = [Worker() for _ in range(count)]

    def run(self) -> int:
        """Starts and replaces workers. Returns the exit code of the last one when none serves and none can start."""
        while True:
            exit_codes = [self._keep_running(worker) for worker in self._workers]
            if any(exit_codes) and all(worker.failed_starts for worker in self._workers):
                return max(exit_codes)
            self._wait()
            self._pass_on_fault()

    def stop(self) -> None:
        """Stops all workers. Those that do not stop in time are killed. The port is given up."""
        self._port.close()
        processes = [worker.process for worker in self._workers if worker.process is not None]
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + self._stop_seconds
        for process in processes:
            process.join(max(0.0, deadline - time.monotonic()))
            if process.is_alive():
                log.error("worker killed", pid=process.pid)
                process.kill()
                process.join()

    def _keep_running(self, worker: Worker) -> int:
        """Starts a worker that is due. Returns the exit code, at least 1, of one that could not start, else 0."""
        process = worker.process
        if process is None:
            if time.monotonic() < worker.due_at:
                return 0
            try:
                self._start(worker)
            except OSError as error:
                log.error("worker not started", error=str(error))
                return self._schedule(worker, FAILED)
            return 0
        if process.is_alive():
            return 0
        log.error("worker ended", pid=process.pid, exit_code=process.exitcode, was_serving=worker.is_serving)
        return self._schedule(worker, process.exitcode or 0)

    def _start(self, worker: Worker) -> None:
        """Starts a process for a worker. Raises OSError if the system refuses."""
        sockets = self._port.open()
        worker.link, link_of_worker = spawn.Pipe()
        # Otherwise the start would start it first, which unblocks the signals.
        resource_tracker.ensure_running()
        process = spawn.Process(target=self._serve, args=(sockets, link_of_worker))
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
        try:
            process.start()
            worker.process = process
        finally:
            # What only the worker has open is closed when it ends: its port, and its end of the link.
            link_of_worker.close()
            for each in sockets:
                each.close()
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)

    def _schedule(self, worker: Worker, exit_code: int) -> int:
        """Plans the replacement of a worker without a process. Returns what `_keep_running` does."""
        has_failed = not worker.is_serving
        worker.failed_starts += has_failed
        worker.due_at = time.monotonic() + (restart_delay(worker.failed_starts - 1) if has_failed else 0.0)
        if worker.link is not None:
            worker.link.close()
        worker.process = worker.link = worker.fault = None
        worker.is_serving = False
        return max(exit_code, FAILED) if has_failed else 0

    def _wait(self) -> None:
        """Waits up to half a second for the start or the end of a worker."""
        links = {worker.link: worker for worker in self._workers if worker.link is not None}
        sentinels = [worker.process.sentinel for worker in self._workers if worker.process is not None]
        for ready in wait([*links, *sentinels], TICK_SECONDS):
            if isinstance(ready, Connection):
                worker = links[ready]
                try:
                    worker.is_serving = ready.recv()
                    worker.failed_starts = 0
                except (EOFError, OSError):
                    ready.close()
                    worker.link = None

    def _pass_on_fault(self) -> None:
        fault = self._find_fault()
        links = {worker.link: worker for worker in self._workers if worker.link is not None and worker.fault != fault}
        # A worker that is stopped does not read. Writing to it must not block.
        _, writable, _ = select.select((), links, (), 0)
        for link in writable:
            with suppress(OSError):
                link.send(fault)
                links[link].fault = fault
