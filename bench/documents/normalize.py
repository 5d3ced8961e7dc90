"""Responses without what may differ between servers that answer the same."""

import re
from base64 import b64decode
from datetime import datetime
from math import isclose
from uuid import UUID

from bench.documents.document import Json

NUMBER = re.compile(r"-?\d+(\.\d+)?")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*")
WORD_START = re.compile("_([a-z])")
# Each server has its own.
CURSORS = {"cursor", "startCursor", "endCursor"}
# Floats are printed with other digits, and pace changes while one server answers after the other.
TOLERANCE = 1e-6


def normalize(answer: Json) -> Json:
    """A response with numbers, times, ids and names in one form, whatever a server sends them as."""
    if isinstance(answer, dict):
        return {_camel_case(key): normalize(value) for key, value in answer.items() if key not in CURSORS}
    if isinstance(answer, list):
        return [normalize(each) for each in answer]
    if isinstance(answer, str) and NUMBER.fullmatch(answer):
        return float(answer)
    if isinstance(answer, str) and INSTANT.fullmatch(answer):
        return datetime.fromisoformat(answer).timestamp()
    if isinstance(answer, str):
        return _database_id(answer)
    return float(answer) if isinstance(answer, int) and not isinstance(answer, bool) else answer


def first_difference(expected: Json, actual: Json, path: str = "") -> str | None:
    """Where two normalized responses differ first; None if they are equal."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        if expected.keys() != actual.keys():
            return f"{path}: {sorted(expected)} and {sorted(actual)}"
        parts = [first_difference(expected[key], actual[key], f"{path}.{key}") for key in expected]
        return next((part for part in parts if part), None)
    if isinstance(expected, list) and isinstance(actual, list):
        if len(expected) != len(actual):
            return f"{path}: {len(expected)} and {len(actual)} members"
        parts = [
            first_difference(one, other, f"{path}[{index}]")
            for index, (one, other) in enumerate(zip(expected, actual, strict=True))
        ]
        return next((part for part in parts if part), None)
    if isinstance(expected, float) and isinstance(actual, float) and isclose(expected, actual, rel_tol=TOLERANCE):
        return None
    return None if expected == actual else f"{path}: {expected!r} and {actual!r}"


def _database_id(text: str) -> str:
    """The id of a row that a global id of the schema names; any other text as it is."""
    try:
        _, separator, hexadecimal = (
            b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode().partition(":")
        )
        return str(UUID(hexadecimal)) if separator else text
    except ValueError:
        return text


def _camel_case(name: str) -> str:
    """A name of the database as the schema has it."""
    return WORD_START.sub(lambda match: match[1].upper(), name)
