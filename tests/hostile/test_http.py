"""Bytes that are no proper HTTP, or far too much of it, end their connection and hold up nobody."""

import socket
import time
from collections.abc import Callable, Iterable

import pytest

from tests.hostile import heads as made
from tests.hostile.target import STRICT, Answer, Target, open_many, read_answer

MALFORMED = Answer(400, None)
FINE = Answer(200, None)
TOO_LARGE = Answer(431, "HEADERS_TOO_LARGE")
TOO_LONG = Answer(414, "URL_TOO_LONG")
WRONG_METHOD = Answer(405, "METHOD_NOT_ALLOWED")
NOT_ACCEPTABLE = Answer(406, "NOT_ACCEPTABLE")
BAD_REQUEST = Answer(400, "BAD_REQUEST")

ODD = {
    **dict.fromkeys(("OPTIONS", "PUT", "TRACE", "DELETE"), WRONG_METHOD),
    **dict.fromkeys(("Accept of nothing", "Accept garbage"), NOT_ACCEPTABLE),
    **dict.fromkeys(("dots in the URL", "an escape that is none"), Answer(404, None)),
    "Upgrade to a WebSocket": BAD_REQUEST,
    "a forged X-Request-Id": MALFORMED,
}
SIZES = (10_000_000, 50_000_000, 100_000_000) if STRICT else (10_000_000,)
ENDLESS: dict[str, tuple[Callable[[int], Iterable[bytes]], Answer]] = {
    "a header": (made.endless_header, TOO_LARGE),
    "short header lines": (made.short_headers, TOO_LARGE),
    "a URL": (made.endless_url, TOO_LONG),
}


@pytest.mark.parametrize("name", made.MALFORMED)
def test_what_is_not_http(target: Target, name: str) -> None:
    target.endure(name, lambda _: target.exchange(made.MALFORMED[name]), MALFORMED)


@pytest.mark.parametrize("name", made.ODD)
def test_what_is_odd(target: Target, name: str) -> None:
    target.endure(name, lambda _: target.exchange(made.ODD[name]), ODD.get(name, FINE))


def test_head_is_not_allowed(target: Target) -> None:
    head = b"HEAD /graphql HTTP/1.1\r\n" + made.HOST + b"\r\n"
    target.endure("HEAD", lambda _: target.exchange(head, method="HEAD"), Answer(405, None))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ENDLESS)
def test_a_head_without_an_end(target: Target, name: str, size: int) -> None:
    make, expected = ENDLESS[name]
    target.endure(f"{size // 1_000_000} MB of {name}", lambda _: target.exchange(*make(size)), expected)


def test_very_many_headers(target: Target) -> None:
    target.endure("10 000 headers", lambda _: target.exchange(*made.many_headers(10_000)), TOO_LARGE)


def test_two_thousand_requests_at_once(target: Target) -> None:
    def attack(_: Target) -> list[Answer]:
        with target.connect() as connection:
            connection.sendall((made.LIVE + b"\r\n") * 2_000 + made.LIVE + b"Connection: close\r\n\r\n")
            received = b""
            while piece := connection.recv(1_000_000):
                received += piece
        return [FINE] * received.count(b"HTTP/1.1 200 OK") if received.count(b"HTTP/1.1 ") == 2_001 else []

    target.endure("2 001 requests in one piece", attack, FINE)


def test_half_closed_connections_end(target: Target) -> None:
    def attack(_: Target) -> list[Answer]:
        halves = [target.connect() for _ in range(200)]
        for each in halves:
            each.sendall(made.LIVE)
            each.shutdown(socket.SHUT_WR)
        ended = [each.recv(1000) for each in halves]
        for each in halves:
            each.close()
        assert ended == [b""] * len(halves)
        return [target.exchange(made.LIVE + b"\r\n")]

    target.endure("200 half-closed connections", attack, FINE)


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: a.exa"], ids=["silent", "half a header"])
def test_very_many_connections(target: Target, sent: bytes) -> None:
    count = 3_000 if STRICT else 900
    name = f"{count} connections, {'half a header each' if sent else 'silent'}"

    def attack(_: Target) -> list[Answer]:
        opened = open_many(target.port, count, sent)
        # Their time ends meanwhile.
        time.sleep(3)
        answers = [target.exchange(made.LIVE + b"\r\n")]
        if sent:
            # The last one was not the first to make room.
            assert read_answer(opened[-1]) == (408, "REQUEST_TIMEOUT")
        for each in opened:
            each.close()
        return answers

    target.endure(name, attack, FINE)


def test_memory_is_back(target: Target) -> None:
    target.assert_memory_is_back()
