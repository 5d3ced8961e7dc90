"""Descendants as a flat connection that a tree view can draw."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import strawberry

from schema.context import Info
from schema.execution.fields.batched import (
    PlannedRead,
    RequestedColumns,
    batched,
    requested_columns,
    returns_parent_rows,
    uses_columns,
)
from schema.execution.fields.columnar import attribute_values, group_by_key
from schema.execution.fields.relation import to_one
from schema.execution.fields.selecting import narrow_statement
from schema.nested_lists import DESCENDANTS
from schema.relay.connections import ConnectionPage, PageInfo, cut_each, listed_for, page_info
from schema.relay.nested_connections import PAGE_ARGUMENTS, NarrowedLists, field_of_parents
from schema.relay.totals import IS_EXACT, TOTAL, TOTAL_COUNT, exact, is_counted, totals
from service.alignment.descendants import COUNTS, count_parameters, cursor, parameters, resolve_depth, statement
from service.alignment.narrowed_descendants import LIVE, WITH_ARCHIVED
from service.objectives import queries as objectives
from service.objectives.entity import OBJECTIVE
from service.postgres.database import Row
from service.reading.keyset import Page
from service.reading.page_order import SORT_KEYS
from service.reading.reader import Reader

Objective = Annotated["Objective", strawberry.lazy("schema.objectives")]


# What a row's cursor is made of: its path in the tree, or what the tree is sorted by.
STANDS = ("positions", "edges", *SORT_KEYS)
# What narrows or sorts the tree.
NARROWING = ("filter", "order_by", "include_archived")


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

    @batched(
        "Number of objectives in the whole tree down to `maxDepth`, of those that meet the filter, over all pages. "
        f"{TOTAL_COUNT}"
    )
    @uses_columns(TOTAL)
    async def total_count(parents: list[ConnectionPage], info: Info) -> list[int]:
        return await totals(parents, info.context.reader)

    @batched(IS_EXACT.format(objects="objectives"))
    @uses_columns(TOTAL)
    async def total_count_is_exact(parents: list[ConnectionPage], info: Info) -> list[bool]:
        return await exact(parents, info.context.reader)


MaxDepth = Annotated[
    int | None,
    strawberry.argument(description="Number of levels to go down from the objective, 1 to 100; 100 when left out."),
]


def descendants(description: str) -> Any:
    """The field with the tree below each objective; one statement for all of a level."""
    accepted: Mapping[str, tuple[Any, Any]] = {
        **DESCENDANTS.arguments(),
        "max_depth": (MaxDepth, None),
        **PAGE_ARGUMENTS,
    }
    return field_of_parents(_pages, accepted, description)


@uses_columns("id")
async def _pages(
    parents: Sequence[Row], info: Info, max_depth: int | None = None, **arguments: Any
) -> list[ConnectionPage]:
    if any(arguments.get(name) for name in NARROWING):
        return await _narrowed_pages(parents, info, max_depth, **arguments)
    page, depth = _page(arguments), resolve_depth(max_depth)
    own = attribute_values(parents, "id")
    keys = list(dict.fromkeys(own))
    rows = await info.context.reader.rows(
        _statement(page, requested_columns(info)), keys=keys, **parameters(depth, page)
    )

    async def counts(reader: Reader, keys: list[UUID]) -> dict[UUID | None, int]:
        rows = await reader.rows(COUNTS, keys=keys, **count_parameters(depth)) if keys else ()
        return {row.parent_key: row.total for row in rows}

    pages = cut_each(page, keys, group_by_key(rows, "parent_key", keys), counts, cursor)
    return [pages[key] for key in own]


async def _narrowed_pages(
    parents: Sequence[Row],
    info: Info,
    max_depth: int | None = None,
    filter: Any = None,
    order_by: Any = None,
    include_archived: bool = False,
    **arguments: Any,
) -> list[ConnectionPage]:
    page, depth, context = DESCENDANTS.page(order_by, arguments), resolve_depth(max_depth), info.context
    # What is below an archived objective goes with it, so that `include_archived` concerns the tree itself.
    source = WITH_ARCHIVED if include_archived else LIVE
    own, values, search = await _NARROWED.read(context, source, page, filter, include_archived)
    values = {**values, "max_depth": depth}
    return await listed_for(context.reader, own, page, parents, requested_columns(info), values, context.now, search)


_NARROWED = NarrowedLists(OBJECTIVE)


def _reads(columns: RequestedColumns | None, max_depth: int | None = None, **arguments: Any) -> tuple[PlannedRead, ...]:
    if any(arguments.get(name) for name in NARROWING):
        return ()
    page, depth = _page(arguments), resolve_depth(max_depth)
    rows = PlannedRead(_statement(page, columns), "id", "keys", parameters(depth, page), page.size + 1)
    if not is_counted(columns):
        return (rows,)
    return rows, PlannedRead(COUNTS, "id", "keys", count_parameters(depth))


def _page(arguments: dict[str, Any]) -> Page:
    return DESCENDANTS.page(None, {name: arguments.get(name) for name in PAGE_ARGUMENTS})


def _statement(page: Page, columns: RequestedColumns | None) -> Any:
    return narrow_statement(statement(page), columns, "parent_key")


_pages.__planned_read__ = _reads  # type: ignore[attr-defined]
