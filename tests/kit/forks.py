"""Commands in processes that begin with the service imported, which takes seconds where Python starts anew."""

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from pkgutil import resolve_name

from service.settings import ROOT

multiprocessing.get_context("forkserver").set_forkserver_preload(["service.__main__", "service.app", __name__])


class Fork(ForkServerProcess):
    """`okrgraph` with these arguments, in a session of its own; presents what tests use of `subprocess.Popen`."""

    def __init__(
        self,
        arguments: Sequence[str],
        environment: dict[str, str],
        stdout: Path,
        stderr: Path,
        prepare: str = "",
    ) -> None:
        super().__init__(target=run, args=(arguments, environment, stdout, stderr, prepare))
        self.start()

    @property
    def returncode(self) -> int | None:
        return self.exitcode

    def poll(self) -> int | None:
        return self.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self.join(timeout)
        if self.exitcode is None:
            raise subprocess.TimeoutExpired("okrgraph", timeout or 0)
        return self.exitcode

    def send_signal(self, number: signal.Signals) -> None:
        if self.exitcode is None and self.pid is not None:
            os.kill(self.pid, number)


def run(
    arguments: Sequence[str],
    environment: dict[str, str],
    stdout: Path,
    stderr: Path,
    prepare: str,
) -> None:
    """What happens in the process: after the function that `prepare` names, what `python -m service` would do."""
    from service.__main__ import main

    os.setsid()
    os.chdir(ROOT)
    written = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    for number, path, flags in ((0, os.devnull, os.O_RDONLY), (1, stdout, written), (2, stderr, written)):
        opened = os.open(path, flags)
        os.dup2(opened, number)
        os.close(opened)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["okrgraph", *arguments]
    if prepare:
        resolve_name(prepare)()
    main()
