"""Services as operators start them: processes of their own."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import orjson

from service.settings import ROOT
from tests.kit.forks import Fork


class Service:
    """One process that serves; what it writes goes to two files.

    `source` is the folder of the code. `prepare` names a function that runs in the process before, as
    `module:function`, for a test that needs a constant of the service to be another one.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        port: int,
        database_url: str,
        *arguments: str,
        source: Path | str = ROOT,
        prepare: str = "",
        **settings: str,
    ) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._out, self._errors = folder / f"{name}.out", folder / f"{name}.err"
        named = {"PORT": str(port), "HOST": "127.0.0.1", "OKRGRAPH_DATABASE_URL": database_url, **settings}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("OKRGRAPH_")}
        environment = {**kept, **named}
        for file in (self._out, self._errors):
            file.touch()
        self.process: Fork | subprocess.Popen[bytes]
        if source == ROOT:
            self.process = Fork(("serve", *arguments), environment, self._out, self._errors, prepare)
            return
        self.process = subprocess.Popen(
            [sys.executable, "-m", "service", "serve", *arguments],
            cwd=source,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=self._out.open("wb"),
            stderr=self._errors.open("wb"),
            # Pressing Ctrl-C in the terminal of the tests is for the tests.
            start_new_session=True,
        )

    def listens(self, seconds: float = 20) -> None:
        """Returns once it takes connections, within so many seconds."""
        port = int(self.url.rpartition(":")[2])
        deadline = time.monotonic() + seconds
        while True:
            assert self.process.poll() is None, self.errors()
            assert time.monotonic() < deadline
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return

    def errors(self) -> str:
        """What it said to the operator, in one line: a console breaks it where it likes."""
        return " ".join(self._errors.read_text().split())

    def key(self) -> str:
        """The API key that it printed."""
        return self._out.read_text().partition("API key: ")[2].partition("\n")[0]

    def greeting(self) -> str:
        """What it printed for the operator before its log."""
        return self._out.read_text().partition("Ctrl-C stops it.\n")[0]

    def log(self) -> list[dict[str, Any]]:
        """What it logged; everything after the greeting."""
        _, _, lines = self._out.read_text().partition("Ctrl-C stops it.\n")
        # The last line may still be in the making.
        return [orjson.loads(line) for line in lines.split("\n")[:-1] if line]

    @property
    def pid(self) -> int:
        assert self.process.pid is not None
        return self.process.pid

    def stop(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
