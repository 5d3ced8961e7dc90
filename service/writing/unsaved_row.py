"""Rows of models as plain objects: without what an instance of an ORM costs."""

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import Table
from sqlmodel import SQLModel

M = TypeVar("M", bound=SQLModel)


class PlainRow:
    """A row of `saved_as` with its columns as attributes, and nothing else of the model. An import creates a million
    of them."""

    def __init__(self, saved_as: type[SQLModel], values: Mapping[str, Any]) -> None:
        self.__dict__.update(values)
        self.__dict__["saved_as"] = saved_as

    @property
    def model(self) -> type[SQLModel]:
        """The model of the row."""
        model: type[SQLModel] = self.__dict__["saved_as"]
        return model

    @property
    def __table__(self) -> Table:
        return self.model.__table__  # type: ignore[attr-defined, no-any-return]


def unsaved_row(model: type[M], values: Mapping[str, Any]) -> M:
    """A row that is not in the database yet, with the model's defaults and these values. Commands use it as one of the
    model."""
    defaults, lists = _defaults(model)
    return cast(M, PlainRow(model, {**defaults, **{name: [] for name in lists}, **values}))


def model_of(row: object) -> type[SQLModel]:
    """The model of a row."""
    return row.model if isinstance(row, PlainRow) else cast(type[SQLModel], type(row))


@cache
def _defaults(model: type[SQLModel]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The value of each column that is left out of a new row, and the columns that then are an empty list."""
    fields = model.model_fields.items()
    defaults = {name: None if field.is_required() else field.default for name, field in fields}
    return defaults, tuple(name for name, field in fields if field.default_factory is list)
