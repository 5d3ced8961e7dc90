"""Rows of the database as commands lock and change them."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any, cast

from sqlalchemy import Enum
from sqlmodel import SQLModel

from service.postgres.tables import table_of
from service.writing.unsaved_row import PlainRow


class StoredRow(PlainRow):
    """A row with its columns as attributes, which remembers what the database has in them. One that is changed adds
    itself to `changed`."""

    stored_values: dict[str, Any]
    changed: "dict[int, StoredRow]"

    def __init__(self, saved_as: type[SQLModel], values: Mapping[str, Any], changed: "dict[int, StoredRow]") -> None:
        super().__init__(saved_as, values)
        self.__dict__["stored_values"] = dict(values)
        self.__dict__["changed"] = changed

    def __setattr__(self, name: str, value: object) -> None:
        self.__dict__[name] = value
        self.changed[id(self)] = self

    def changes(self) -> dict[str, Any]:
        """The columns whose value is not the stored one, with their value."""
        return {name: own for name, old in self.stored_values.items() if (own := self.__dict__[name]) != old}

    def refresh(self, values: Mapping[str, Any]) -> None:
        """Takes over the values of the database, except in columns with a change that is not stored yet."""
        self.__dict__.update({**values, **self.changes()})
        self.__dict__["stored_values"] = dict(values)

    def note_stored(self) -> None:
        """Takes the present values for those of the database."""
        self.__dict__["stored_values"] = {name: self.__dict__[name] for name in self.stored_values}


def stored_values(model: type[SQLModel], row: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a row of the driver, which knows no enums."""
    values = dict(row)
    for name, kind in _enums(model):
        if values[name] is not None:
            values[name] = kind(values[name])
    return values


@cache
def _enums(model: type[SQLModel]) -> tuple[tuple[str, type[StrEnum]], ...]:
    """The columns of a model that hold one of several names, with the enum of these."""
    columns = table_of(model).columns
    return tuple((each.name, cast(Any, each.type).enum_class) for each in columns if isinstance(each.type, Enum))
