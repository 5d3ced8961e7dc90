"""Bodies made to hurt are refused before much of them is read, with a key and without one, one and six at a time."""

import time
from collections.abc import Callable

import pytest

from tests.hostile import bodies as made
from tests.hostile.target import STRICT, Answer, Target, at_once, read_answer

FINE = Answer(200, None)
BAD_REQUEST = Answer(400, "BAD_REQUEST")
BAD_INPUT = Answer(200, "BAD_USER_INPUT")
UNREAD = Answer(400, "BAD_USER_INPUT")
UNKNOWN = Answer(401, "UNAUTHENTICATED")
TOO_LARGE = Answer(413, "PAYLOAD_TOO_LARGE")
UNSUPPORTED = Answer(415, "UNSUPPORTED_MEDIA_TYPE")
REQUEST = made.QUERY % b""

SMALL = {
    "1": b"1",
    "null": b"null",
    '"x"': b'"x"',
    "[]": b"[]",
    "nothing": b"",
    "NaN": made.QUERY % b', "variables": {"a": NaN}',
    "not UTF-8": b'{"query": "\xff"}',
    "UTF-16": REQUEST.decode().encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + REQUEST,
    "lists 300 deep": made.nested_lists(300),
    "lists 100 000 deep": made.nested_lists(100_000),
    "objects 100 000 deep": made.nested_objects(100_000),
}
# What each is: how it is made, and the answer to it.
LARGE: dict[str, tuple[Callable[[], bytes], Answer]] = {
    "90 000 names that are the same": (lambda: made.same_keys(90_000), FINE),
    "400 000 names that are the same": (lambda: made.same_keys(400_000), TOO_LARGE),
    "19 000 different names in `variables`": (lambda: made.different_keys(19_000), UNREAD),
    "90 000 different names in `variables`": (lambda: made.different_keys(90_000), TOO_LARGE),
    "480 000 different names in `variables`": (lambda: made.different_keys(480_000), TOO_LARGE),
    "2 000 objects": (lambda: made.objects(2_000), BAD_INPUT),
    "140 000 objects": (lambda: made.objects(140_000), UNREAD),
    "199 000 objects": (lambda: made.objects(199_000), TOO_LARGE),
    "0.5 MB of `1,`": (lambda: made.ones(500_000), UNREAD),
    "5 MB of `1,`": (lambda: made.ones(4_999_000), TOO_LARGE),
    "4.9 MB of `1,` as an import": (lambda: made.ones_in_bulk(4_900_000), TOO_LARGE),
    "20 000 items that are nothing": (lambda: made.empty_items(20_000), BAD_INPUT),
    "140 000 items that are nothing": (lambda: made.empty_items(140_000), UNREAD),
    "199 000 items that are nothing": (lambda: made.empty_items(199_000), TOO_LARGE),
}
TYPES = {
    "text/plain": "text/plain",
    "a form": "application/x-www-form-urlencoded",
    "multipart": "multipart/form-data; boundary=x",
    "application/jsonfoo": "application/jsonfoo",
    "charset=utf-16": "application/json; charset=utf-16",
    "charset=utf-7": "application/json; charset=utf-7",
    "no content type": None,
}


@pytest.mark.parametrize("name", SMALL)
def test_what_is_no_request(target: Target, name: str) -> None:
    target.endure(name, lambda _: target.post(SMALL[name]), BAD_REQUEST)


@pytest.mark.parametrize("name", LARGE)
def test_much_of_it(target: Target, name: str) -> None:
    make, expected = LARGE[name]
    body = make()
    target.endure(name, lambda _: target.post(body), expected)
    if STRICT or name.startswith(("480 000", "20 000 items")):
        target.endure(f"{name}, six at a time", lambda _: at_once(6, lambda: target.post(body)), expected)
    if STRICT or name.startswith("5 MB"):
        without = f"{name}, six at a time, without a key"
        target.endure(without, lambda _: at_once(6, lambda: target.post(body, authorization=None)), UNKNOWN)


@pytest.mark.parametrize("name", TYPES)
def test_other_content(target: Target, name: str) -> None:
    body = made.MULTIPART if name == "multipart" else REQUEST
    target.endure(name, lambda _: target.post(body, content_type=TYPES[name]), UNSUPPORTED)


def test_what_is_compressed_is_not_decompressed(target: Target) -> None:
    body = made.compressed(100_000_000 if STRICT else 5_000_000)
    target.endure("a gzip bomb", lambda _: target.post(body, content_encoding="gzip"), UNSUPPORTED)


def test_slow_bodies(target: Target) -> None:
    head = "POST /graphql HTTP/1.1\r\nHost: a.example\r\nContent-Type: application/json\r\nContent-Length: 10000\r\n"

    def attack(_: Target) -> list[Answer]:
        slow = [target.connect() for _ in range(500 if STRICT else 50)]
        for each in slow:
            each.sendall(f"{head}Authorization: Bearer {target.key}\r\n\r\n".encode())
        for _round in range(3):
            for each in slow:
                each.sendall(b" ")
            time.sleep(0.3)
        answers = [read_answer(each) for each in slow]
        for each in slow:
            each.close()
        return answers

    target.endure("slow bodies", attack, Answer(408, "REQUEST_TIMEOUT"))


@pytest.mark.parametrize("name", ["5 MB of `1,`", "20 000 items that are nothing"])
def test_large_ones_again_and_again(target: Target, name: str) -> None:
    make, expected = LARGE[name]
    body = make()
    target.endure_again(name, 60 if STRICT else 6, lambda: target.post(body), expected)


def test_memory_is_back(target: Target) -> None:
    target.assert_memory_is_back()
