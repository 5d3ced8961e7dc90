"""Declares relations: batched fields whose rows come from one statement for all parents."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import strawberry
from strawberry.types import Info

from schema.execution.fields.batched import MANY, PlannedRead, RequestedColumns, load, planned_reads, requested_columns
from schema.execution.fields.columnar import attribute_values, find_by_key, group_by_key
from schema.execution.fields.selecting import narrow_statement


class Relation:
    """Rows of `statement` whose column `row_key` equals the column `parent_key` of the parents.

    The statement has the parameter `:ids`. A parent has a list of rows if `is_list`, else at most one row.
    """

    def __init__(self, statement: Any, parent_key: str, row_key: str, is_list: bool) -> None:
        if is_list:
            # Rows of one parent follow each other, and keys are compared faster than texts.
            order = [statement.selected_columns[row_key], *statement._order_by_clauses]
            statement = statement.order_by(None).order_by(*order)
        self.statement, self.parent_key, self.row_key, self.is_list = statement, parent_key, row_key, is_list
        self.__used_columns__ = (parent_key,)

    async def __call__(self, parents: Sequence[Any], info: Info[Any, Any]) -> Sequence[Any]:
        """The rows of each parent, in the parents' order."""
        keys = attribute_values(parents, self.parent_key)
        ids = [key for key in dict.fromkeys(keys) if key is not None]
        further = partial(planned_reads, info, is_many=self.is_list or len(ids) > 1)
        rows = await info.context.reader.rows(self._statement(requested_columns(info)), further, ids=ids)
        return (group_by_key if self.is_list else find_by_key)(rows, self.row_key, keys)

    def __planned_read__(self, requested: RequestedColumns | None) -> PlannedRead | None:
        """The statement that will be sent for one object."""
        return PlannedRead(self._statement(requested), self.parent_key, "ids", {}, MANY if self.is_list else 1)

    def _statement(self, requested: RequestedColumns | None) -> Any:
        """The statement with no more columns than requested."""
        return narrow_statement(self.statement, requested, self.row_key)


def to_many(statement: Any, *, row_key: str, key: str = "id", description: str) -> Any:
    """A field with the list of rows whose column `row_key` equals the parent's column `key`."""
    return _relation_field(Relation(statement, key, row_key, True), description)


def to_one(statement: Any, *, key: str, row_key: str = "id", description: str) -> Any:
    """A field with the one row whose column `row_key` equals the parent's column `key`, or null."""
    return _relation_field(Relation(statement, key, row_key, False), description)


def _relation_field(relation: Relation, description: str) -> Any:
    def resolver(root: strawberry.Parent[Any], info: Info):  # type: ignore[no-untyped-def]
        return load(relation, root, info, {})

    resolver.__batch_function__ = relation  # type: ignore[attr-defined]
    return strawberry.field(resolver=resolver, description=description)
