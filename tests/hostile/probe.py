"""A client in a process of its own that asks for little every 20 ms, and notes how long it waits.

Only the standard library: it starts at once, and takes little of the machine that the service runs on.
"""

import json
import os
import select
import socket
import sys
import time
from typing import TypedDict

EVERY_SECONDS = 0.02
PATIENCE_SECONDS = 60
DOCUMENT = b'{"query": "{ viewer { role } }"}'
ANSWER = b'{"data":{"viewer":{"role":"OWNER"}}}'


class Report(TypedDict):
    """What the probe noted since it was last told to begin: `max_wait` is in seconds."""

    requests: int
    max_wait: float
    refusals: list[str]


def main(port: int, key: str) -> None:
    """Sends requests for ever; of stdin, `b` begins a measurement, and `e` ends it with a Report on stdout."""
    asker = Asker(port, key)
    report: Report | None = None
    while True:
        began = time.monotonic()
        problem = asker.ask()
        ended = time.monotonic()
        if report is not None:
            report["requests"] += 1
            report["max_wait"] = max(report["max_wait"], ended - began)
            report["refusals"] += [problem] if problem else []
        pause = max(0.0, began + EVERY_SECONDS - ended)
        readable, _, _ = select.select([sys.stdin.buffer], [], [], pause)
        if not readable:
            continue
        command = os.read(sys.stdin.fileno(), 1)
        if not command:
            return
        if command == b"e":
            print(json.dumps(report), flush=True)
        report = {"requests": 0, "max_wait": 0.0, "refusals": []} if command == b"b" else None


class Asker:
    """One connection that is kept open, and opened anew only after the service has ended it."""

    def __init__(self, port: int, key: str) -> None:
        self._port = port
        lines = [
            b"POST /graphql HTTP/1.1",
            b"Host: 127.0.0.1",
            b"Authorization: Bearer " + key.encode(),
            b"Content-Type: application/json",
            b"Content-Length: %d" % len(DOCUMENT),
        ]
        self._request = b"\r\n".join([*lines, b"", DOCUMENT])
        self._socket: socket.socket | None = None

    def ask(self) -> str | None:
        """Sends one request and reads its answer; what was wrong with that, if anything was."""
        try:
            if self._socket is None:
                self._socket = socket.create_connection(("127.0.0.1", self._port), PATIENCE_SECONDS)
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket.sendall(self._request)
            answer = self._read(self._socket)
        except OSError as error:
            self._socket = None
            return repr(error)
        if answer.startswith(b"HTTP/1.1 200 ") and answer.endswith(b"\r\n\r\n" + ANSWER):
            return None
        self._socket.close()
        self._socket = None
        return answer[:500].decode(errors="replace")

    @staticmethod
    def _read(source: socket.socket) -> bytes:
        answer = b""
        while True:
            received = source.recv(65_536)
            if not received:
                raise ConnectionError("the service ended the connection")
            answer += received
            head, end, body = answer.partition(b"\r\n\r\n")
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            if end and len(body) >= int(length or b"0"):
                return answer


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
