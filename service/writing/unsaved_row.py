"""Rows that are not in the database yet, without what an ORM instance costs."""

from collections.abc import Mapping
from copy import copy
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import Table
from sqlmodel import SQLModel

M = TypeVar("M", bound=SQLModel)


class UnsavedRow:
    """A row of `saved_as` with its columns as attributes, and nothing else of the model.

    New rows are sent as plain columns, so the session never has to know them; an import creates a million.
    """

    def __init__(self, saved_as: type[SQLModel], values: Mapping[str, Any]) -> None:
        self.__dict__.update(values)
        self.saved_as = saved_as

    @property
    def __table__(self) -> Table:
        return self.saved_as.__table__  # type: ignore[attr-defined, no-any-return]


def unsaved_row(model: type[M], values: Mapping[str, Any]) -> M:
    """A row with the model's defaults and these values, which commands use as one of the model."""
    defaults = {name: copy(value) if isinstance(value, list) else value for name, value in _defaults(model).items()}
    return cast(M, UnsavedRow(model, defaults | dict(values)))


def model_of(row: object) -> type[SQLModel]:
    """The model of a row, saved or not."""
    return row.saved_as if isinstance(row, UnsavedRow) else cast(type[SQLModel], type(row))


@cache
def _defaults(model: type[SQLModel]) -> dict[str, Any]:
    """The value of each column that is left out of a new row."""
    return {
        name: None if field.is_required() else [] if field.default_factory is list else field.default
        for name, field in model.model_fields.items()
    }
