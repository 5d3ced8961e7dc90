"""Starts the worker processes of `serve`, replaces those that end, and stops all of them."""

import multiprocessing
import select
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

import structlog

from service.cli.console import FAILED
from service.cli.http_server import ServerOptions
from service.cli.worker import STOP_MARGIN_SECONDS, run_worker
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
    """A fixed number of worker processes that share listening sockets.

    A worker that ends is replaced: at once if it had served, else after a delay that grows from 1 s to 30 s.
    `find_fault` returns a fault of the embedded Postgres, or None; the workers are told.
    """

    def __init__(
        self,
        count: int,
        options: ServerOptions,
        sockets: list[socket.socket],
        find_fault: Callable[[], str | None],
    ) -> None:
        self._options = options
        self._sockets = sockets
        self._find_fault = find_fault
        self._workers = [Worker() for _ in range(count)]

    def run(self) -> int:
        """Starts and replaces workers. Returns the exit code of the last one when none serves and none can start."""
        while True:
            for worker in self._workers:
                if worker.process is None and worker.due_at <= time.monotonic():
                    self._start(worker)
            self._wait()
            self._pass_on_fault()
            for worker in self._workers:
                exit_code = self._reap(worker)
                if exit_code is not None and all(each.failed_starts for each in self._workers):
                    return exit_code if exit_code > 0 else FAILED

    def stop(self) -> None:
        """Stops all workers. Open requests have the time that the settings give them, then the workers are killed."""
        # Otherwise clients could still connect, and nobody would answer.
        for each in self._sockets:
            each.close()
        processes = [worker.process for worker in self._workers if worker.process is not None]
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + self._options.settings.shutdown_timeout + STOP_MARGIN_SECONDS
        for process in processes:
            process.join(max(0.0, deadline - time.monotonic()))
            if process.is_alive():
                log.error("worker killed", pid=process.pid)
                process.kill()
                process.join()

    def _start(self, worker: Worker) -> None:
        worker.link, link_of_worker = spawn.Pipe()
        worker.process = spawn.Process(target=run_worker, args=(self._options, self._sockets, link_of_worker))
        worker.fault = None
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
        try:
            worker.process.start()
        finally:
            # Otherwise this process would not notice that the worker has closed its end.
            link_of_worker.close()
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)

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

    def _reap(self, worker: Worker) -> int | None:
        """The exit code of a worker that has ended. Its replacement is due after a delay."""
        process = worker.process
        if process is None or process.is_alive():
            return None
        worker.failed_starts += not worker.is_serving
        delay = restart_delay(worker.failed_starts - 1) if worker.failed_starts else 0.0
        exit_code = process.exitcode
        log.error("worker ended", pid=process.pid, exit_code=exit_code, was_serving=worker.is_serving, retry_in_s=delay)
        process.close()
        if worker.link is not None:
            worker.link.close()
        worker.process = worker.link = None
        worker.is_serving = False
        worker.due_at = time.monotonic() + delay
        return exit_code

    def _pass_on_fault(self) -> None:
        fault = self._find_fault()
        links = {worker.link: worker for worker in self._workers if worker.link is not None and worker.fault != fault}
        # A worker that is stopped does not read. Writing to it must not block.
        _, writable, _ = select.select((), links, (), 0)
        for link in writable:
            with suppress(OSError):
                link.send(fault)
                links[link].fault = fault
