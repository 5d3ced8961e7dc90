"""Limits of the texts in columns, as the models declare them, and the check of them."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from sqlmodel import SQLModel

from service.errors import Refusal
from service.postgres.tables import metadata
from service.values.names import to_camel_case
from service.writing.refusals import Blank, EmailInvalid, TooLong

# What the HTML standard takes for an address is what browsers and phones let people type.
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
EMAIL = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(\.{_LABEL})*")


class TextLimit(NamedTuple):
    """The characters that a text may have, and whether it may be blank."""

    max_length: int
    may_be_blank: bool


def check_texts(values: Mapping[str, Any]) -> Iterator[Refusal]:
    """Yields Blank, TooLong or EmailInvalid for the texts among the values of columns."""
    limits = text_limits()
    for name, text in values.items():
        if name not in limits or not isinstance(text, str):
            continue
        limit, field = limits[name], to_camel_case(name)
        if not limit.may_be_blank and not text.strip():
            yield Blank((field,), name=field)
        elif len(text) > limit.max_length:
            yield TooLong((field,), name=field, length=len(text), limit=limit.max_length)
        elif name == "email" and not EMAIL.fullmatch(text):
            yield EmailInvalid((field,), email=text)


def text_limits() -> Mapping[str, TextLimit]:
    """The limits of texts by the names of their columns; columns of one name have the same limits in all tables."""
    return _limits(len(metadata().tables))


@cache
def _limits(_table_count: int) -> Mapping[str, TextLimit]:
    limits: dict[str, TextLimit] = {}
    models: list[type[SQLModel]] = [SQLModel]
    for model in models:
        models += model.__subclasses__()
        for name, field in model.model_fields.items():
            max_length = next((each.max_length for each in field.metadata if hasattr(each, "max_length")), None)
            if max_length is not None:
                may_be_blank = not any(hasattr(each, "min_length") for each in field.metadata)
                limit = TextLimit(max_length, may_be_blank)
                if limits.setdefault(name, limit) != limit:
                    raise TypeError(f"{model.__name__}.{name} has other limits than {name} elsewhere.")
    return limits
