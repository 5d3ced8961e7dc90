"""Cursors: lists of values as opaque text."""

import base64
import binascii
from collections.abc import Callable
from typing import Any, TypeVar

import orjson

from service.errors import BadUserInput

T = TypeVar("T")


def encode_cursor(values: list[Any]) -> str:
    """The cursor of these values: URL-safe base64 of a JSON list."""
    return base64.urlsafe_b64encode(orjson.dumps(values, default=str)).decode().rstrip("=")


def decode_cursor(cursor: str, parse: Callable[[list[Any]], T], refusal: str) -> T:
    """The values of a cursor, as `parse` reads them. Raises BadUserInput with the message `refusal`."""
    try:
        values = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return parse(values)
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError, binascii.Error):
        raise BadUserInput(refusal) from None
