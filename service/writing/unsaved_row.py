"""Rows that are not in the database yet, without what an ORM instance costs."""

from collections.abc import Mapping
from copy import copy
from functools import cache
from typing import Any, TypeVar, cast

from sqlmodel import SQLModel

M = TypeVar("M", bound=SQLModel)


def fresh(model: type[M], values: Mapping[str, Any]) -> M:
    """A row with the model's defaults and these values; has the columns of the model, and nothing else of it.

    New rows are sent as plain columns, so the session never has to know them; an import makes a million.
    """
    kind, defaults = _kind(model)
    row = kind()
    row.__dict__.update({name: copy(value) if isinstance(value, list) else value for name, value in defaults.items()})
    row.__dict__.update(values)
    return cast(M, row)


@cache
def _kind(model: type[SQLModel]) -> tuple[type[Any], dict[str, Any]]:
    """A class that goes by the model's name, and what its columns hold when nothing is said."""
    body = {"model_fields": model.model_fields, "__table__": model.__table__}  # type: ignore[attr-defined]
    defaults = {
        name: None if field.is_required() else [] if field.default_factory is list else field.default
        for name, field in model.model_fields.items()
    }
    return type(model.__name__, (), body), defaults
