"""Descendants as a flat connection that a tree view can draw."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import strawberry

from schema.context import Info
from schema.execution.fields.batched import (
    PlannedRead,
    RequestedColumns,
    batched,
    load,
    requested_columns,
    returns_parent_rows,
    uses_columns,
)
from schema.execution.fields.columnar import attribute_values, group_by_key
from schema.execution.fields.relation import to_one
from schema.execution.fields.selecting import narrow_statement
from schema.relay.connections import ConnectionPage, PageInfo, cut_each, page_info
from schema.relay.page_arguments import After, Before, First, Last, parse_page_arguments
from schema.relay.totals import IS_EXACT, TOTAL_COUNT, exact, totals
from service.alignment.descendants import COUNTS, count_parameters, cursor, parameters, resolve_depth, statement
from service.objectives import queries as objectives
from service.postgres.database import Row
from service.reading.keyset import Page
from service.reading.reader import Reader

Objective = Annotated["Objective", strawberry.lazy("schema.objectives")]


# What a row's cursor is made of.
STANDS = ("positions", "edges")


@dataclass(slots=True)
class Branch:
    """One row of a tree and what makes its cursor."""

    node: Any
    cursor: Callable[[Any], str]

    @property
    def tree_parent_id(self) -> UUID:
        """The row it hangs below."""
        return self.node.tree_parent_id


@strawberry.type(
    name="ObjectiveDescendantEdge", description="Descendant of an objective, with its depth and its parent in the tree."
)
class DescendantEdge:
    node: Objective = strawberry.field(
        description="Objective of the tree: a direct or indirect child of the objective asked."
    )
    parent: Objective = to_one(
        objectives.OBJECTIVES,
        key="tree_parent_id",
        description="Primary parent of the node: the objective right above it in the tree.",
    )

    @strawberry.field(
        description="Number of levels between the node and the objective asked; its direct children have 1."
    )
    @uses_columns("depth")
    def depth(root: strawberry.Parent[Row]) -> int:
        return root.node.depth

    @strawberry.field(
        description="Opaque cursor: position of the node in the tree, for the arguments `after` and `before`."
    )
    @uses_columns(*STANDS)
    def cursor(root: strawberry.Parent[Row]) -> str:
        return root.cursor(root.node)


@strawberry.type(
    name="ObjectiveDescendantConnection",
    description="Page of the tree below an objective, as a flat list: parents come before their children.",
)
class Descendants:
    @strawberry.field(
        description="Edges of the page: its objectives in the order of the tree, each with depth, parent and cursor."
    )
    @returns_parent_rows
    def edges(root: strawberry.Parent[ConnectionPage]) -> list[DescendantEdge]:
        return root.edges(Branch)

    @strawberry.field(description="Objectives of the page in the order of the tree, without depth, parent and cursor.")
    @returns_parent_rows
    def nodes(root: strawberry.Parent[ConnectionPage]) -> list[Objective]:
        return root.rows  # type: ignore[return-value]

    @strawberry.field(description="Position of the page in the tree, and flags that tell if there is more.")
    @uses_columns(*STANDS)
    def page_info(root: strawberry.Parent[ConnectionPage]) -> PageInfo:
        return page_info(root)

    @batched(f"Number of objectives in the whole tree down to `maxDepth`, over all pages. {TOTAL_COUNT}")
    @uses_columns()
    async def total_count(parents: list[ConnectionPage], info: Info) -> list[int]:
        return await totals(parents, info.context.reader)

    @batched(IS_EXACT.format(objects="objectives"))
    @uses_columns()
    async def total_count_is_exact(parents: list[ConnectionPage], info: Info) -> list[bool]:
        return await exact(parents, info.context.reader)


MaxDepth = Annotated[
    int | None,
    strawberry.argument(description="Number of levels to go down from the objective, 1 to 100; 100 when left out."),
]


def descendants(description: str) -> Any:
    """The field with the tree below each objective; one statement for all of a level."""

    def resolver(  # type: ignore[no-untyped-def]
        root: strawberry.Parent[ConnectionPage],
        info: strawberry.Info,
        max_depth: MaxDepth = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ):
        arguments = {"max_depth": max_depth, "first": first, "after": after, "last": last, "before": before}
        return load(_pages, root, info, arguments)

    resolver.__batch_function__ = _pages  # type: ignore[attr-defined]
    return strawberry.field(resolver=resolver, description=description)


@uses_columns("id")
async def _pages(parents: Sequence[Row], info: Info, max_depth: int | None, **arguments: Any) -> list[ConnectionPage]:
    page, depth = parse_page_arguments("TREE", **arguments), resolve_depth(max_depth)
    own = attribute_values(parents, "id")
    keys = list(dict.fromkeys(own))
    rows = await info.context.reader.rows(
        _statement(page, requested_columns(info)), keys=keys, **parameters(depth, page)
    )

    async def counts(reader: Reader, keys: list[UUID]) -> dict[UUID | None, int]:
        rows = await reader.rows(COUNTS, keys=keys, **count_parameters(depth))
        return {row.parent_key: row.total for row in rows}

    pages = cut_each(page, keys, group_by_key(rows, "parent_key", keys), counts, cursor)
    return [pages[key] for key in own]


def _reads(columns: RequestedColumns | None, max_depth: int | None, **arguments: Any) -> PlannedRead:
    page, depth = parse_page_arguments("TREE", **arguments), resolve_depth(max_depth)
    return PlannedRead(_statement(page, columns), "id", "keys", parameters(depth, page))


def _statement(page: Page, columns: RequestedColumns | None) -> Any:
    return narrow_statement(statement(page), columns, "parent_key")


_pages.__planned_read__ = _reads  # type: ignore[attr-defined]
