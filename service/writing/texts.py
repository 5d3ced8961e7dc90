"""Limits of the texts in columns, and the check of them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from service.errors import Refusal
from service.values.names import to_camel_case
from service.writing.refusals import Blank, EmailInvalid, TooLong


def check_texts(values: Mapping[str, Any]) -> Iterator[Refusal]:
    """Yields Blank, TooLong or EmailInvalid for the texts among the values of columns."""
    for name, text in values.items():
        if name not in LIMITS or not isinstance(text, str):
            continue
        if name in NEVER_BLANK and not text.strip():
            yield Blank((to_camel_case(name),), name=to_camel_case(name))
        elif len(text) > LIMITS[name]:
            yield TooLong((to_camel_case(name),), name=to_camel_case(name), length=len(text), limit=LIMITS[name])
        elif name == "email" and not EMAIL.fullmatch(text):
            yield EmailInvalid((to_camel_case(name),), email=text)


NEVER_BLANK = frozenset({"title", "name", "external_id"})
# What the HTML standard takes for an address is what browsers and phones let people type.
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
EMAIL = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(\.{_LABEL})*")
LIMITS = {
    "note": 20_000,
    "title": 500,
    "name": 200,
    "description": 20_000,
    "external_id": 200,
    "unit": 50,
    "definition": 20_000,
    "category": 200,
    "source": 200,
    "reason": 2000,
    "email": 320,
}
