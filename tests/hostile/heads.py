"""Requests that are no proper HTTP, or far too much of it, as pieces of bytes to be sent one after another."""

from collections.abc import Iterator
from itertools import repeat

HOST = b"Host: a.example\r\n"
LIVE = b"GET /live HTTP/1.1\r\n" + HOST
POST = b"POST /graphql HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
BODY = b'{"query": "{ __typename }"}'
PIECE = 100_000


def endless_header(size: int) -> Iterator[bytes]:
    """One header of so many bytes, which does not end."""
    yield LIVE + b"X: "
    yield from repeat(b"a" * PIECE, size // PIECE)


def short_headers(size: int) -> Iterator[bytes]:
    """So many bytes of short headers, which do not end."""
    yield LIVE
    yield from repeat(b"X: 1\r\n" * (PIECE // 6), size // PIECE)


def many_headers(count: int) -> Iterator[bytes]:
    """So many headers, and the end of them."""
    yield LIVE + b"".join(b"X-%d: 1\r\n" % number for number in range(count)) + b"\r\n"


def endless_url(size: int) -> Iterator[bytes]:
    """A URL of so many bytes, which does not end."""
    yield b"GET /"
    yield from repeat(b"a" * PIECE, size // PIECE)


def post(*headers: bytes, body: bytes = BODY) -> bytes:
    """A request with these headers beside those that all have; it says nothing of its length."""
    return POST + b"".join(header + b"\r\n" for header in headers) + b"\r\n" + body


def chunked(*chunks: bytes) -> bytes:
    """A request whose body is sent in chunks, as these bytes have it."""
    return post(b"Transfer-Encoding: chunked", body=b"".join(chunks))


LENGTH = b"Content-Length: %d" % len(BODY)
WHOLE_CHUNK = b"%x\r\n%s\r\n" % (len(BODY), BODY)
# What no server may take: some of it two servers would read differently, and one of them let a request in unseen.
MALFORMED = {
    "Content-Length with Transfer-Encoding": post(
        LENGTH, b"Transfer-Encoding: chunked", body=WHOLE_CHUNK + b"0\r\n\r\n"
    ),
    "two Content-Length": post(LENGTH, b"Content-Length: 1"),
    "negative Content-Length": post(b"Content-Length: -1"),
    "Content-Length that is no number": post(b"Content-Length: 1e3"),
    "Content-Length of 400 digits": post(b"Content-Length: " + b"9" * 400),
    "Transfer-Encoding of nothing known": post(b"Transfer-Encoding: chunkd"),
    "Transfer-Encoding before the last": post(b"Transfer-Encoding: chunked, gzip"),
    "chunk size too large": chunked(b"f" * 17 + b"\r\n"),
    "chunk size negative": chunked(b"-1\r\n"),
    "chunk size that is no number": chunked(b"xyz\r\n"),
    "chunk longer than its size": chunked(b"1\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "bare LF": b"GET /live HTTP/1.1\nHost: a.example\n\n",
    "folded header": LIVE + b"X: 1\r\n 2\r\n\r\n",
    "NUL in a header": LIVE + b"X: \x00\r\n\r\n",
    "NUL in the URL": b"GET /\x00 HTTP/1.1\r\n" + HOST + b"\r\n",
    "space before the colon": LIVE + b"X : 1\r\n\r\n",
    "TLS on a plain port": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 506,
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/9.9": b"GET /live HTTP/9.9\r\n" + HOST + b"\r\n",
    "a method that is none": b"\xff\xfe / HTTP/1.1\r\n" + HOST + b"\r\n",
    "nothing but lines": b"\r\n" * 5 + b"x\r\n\r\n",
}
ODD = {
    "OPTIONS": b"OPTIONS /graphql HTTP/1.1\r\n" + HOST + b"\r\n",
    "PUT": b"PUT /graphql HTTP/1.1\r\n" + HOST + b"Content-Length: 0\r\n\r\n",
    "TRACE": b"TRACE /graphql HTTP/1.1\r\n" + HOST + b"\r\n",
    "DELETE": b"DELETE /graphql HTTP/1.1\r\n" + HOST + b"\r\n",
    "Accept of nothing": post(LENGTH, b"Accept: image/png"),
    "Accept garbage": post(LENGTH, b"Accept: ;;;,q=,*/*;q=nan,/;q=9999999," + b"a/b;" * 2_000),
    "Accept-Encoding garbage": post(LENGTH, b"Accept-Encoding: ;;gzip;q=x,*;q=-1,\xff"),
    "no Host": b"GET /live HTTP/1.1\r\n\r\n",
    "two Host": LIVE + HOST + b"\r\n",
    "an absolute URL": b"GET http://b.example/live HTTP/1.1\r\n" + HOST + b"\r\n",
    "dots in the URL": b"GET /../../etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n",
    "an escape that is none": b"GET /%zz%00%ff HTTP/1.1\r\n" + HOST + b"\r\n",
    "Expect: 100-continue": post(LENGTH, b"Expect: 100-continue"),
    "Upgrade to a WebSocket": b"GET /graphql HTTP/1.1\r\n" + HOST + b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
    "a forged X-Forwarded-For": LIVE + b"X-Forwarded-For: \xff, ::::, 127.0.0.1" + b", 1.1.1.1" * 1_000 + b"\r\n\r\n",
    "a forged X-Request-Id": LIVE + b"X-Request-Id: \xff\x01; a=b\r\n\r\n",
}
