"""Pages of the objectives below an objective by primary parents, as a flat list in the order of a tree view."""

from functools import cache
from math import isfinite
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Float, Integer, Select, Uuid, bindparam, column, select, text

from service.errors import BadUserInput
from service.objectives.models import Objective
from service.objectives.queries import COLUMNS
from service.postgres.tables import columns_of
from service.reading.cursors import decode_cursor, encode_cursor
from service.reading.keyset import MAX_EXACT_COUNT, Page
from service.reading.statements import in_rows, reached_sql, visible, visible_sql

MAX_DEPTH = 100


def edges_sql(*, include_archived: bool = False) -> str:
    """The edges of the tree, with those of archived objectives if included. The sub-select cannot become a join, so
    each objective is looked up by its key."""
    is_listed = "true" if include_archived else "o.archived_at IS NULL"
    return f"""alignments e
    WHERE {reached_sql("e")} AND e.is_primary AND e.archived_at IS NULL AND (
        SELECT {is_listed} FROM objectives o
        WHERE {visible_sql(Objective, "o")} AND o.id = e.objective_id
    )"""


_EDGES = edges_sql()

# Rows of `parent_key` and `total`, for each of `:keys`. It stops after `:stop_after` rows of a tree.
COUNTS: Any = text(f"""
    SELECT keys.key AS parent_key, counted.total
    FROM unnest(CAST(:keys AS uuid[])) AS keys (key) CROSS JOIN LATERAL (
        WITH RECURSIVE down (id, depth) AS (
            SELECT keys.key, 0
            UNION ALL
            SELECT child.id, down.depth + 1 FROM down CROSS JOIN LATERAL (
                SELECT e.objective_id AS id FROM {_EDGES} AND e.parent_id = down.id OFFSET 0
            ) child
            WHERE down.depth < CAST(:max_depth AS int)
        )
        SELECT count(*) - 1 AS total FROM (SELECT FROM down LIMIT CAST(:stop_after AS bigint) + 1) limited
    ) counted""").columns(parent_key=Uuid, total=Integer)


def statement(page: Page) -> Select[Any]:
    """A page below each of `:keys`, and one more row if there is one; parents come before their children.

    Rows contain `parent_key` (one of `:keys`), `depth` from 1, `tree_parent_id`, and the parts of their cursors.
    """
    return _statement(page.backwards)


def parameters(max_depth: int, page: Page) -> dict[str, Any]:
    """The parameters of the statement besides `:keys`. Raises BadUserInput for a bad cursor."""
    positions: list[float] = []
    edges: list[UUID] = []
    if page.cursor is not None:
        refusal = "This is not a cursor of `descendants`. Take one from `pageInfo` or an edge."
        positions, edges = decode_cursor(page.cursor, _parse_cursor, refusal)
    return {"max_depth": max_depth, "page_size": page.size + 1, "positions": positions, "edges": edges}


def count_parameters(max_depth: int, stop_after: int = MAX_EXACT_COUNT + 1) -> dict[str, Any]:
    """The parameters of `COUNTS` besides `:keys`. Larger totals are counted as `stop_after`."""
    return {"max_depth": max_depth, "stop_after": stop_after}


def resolve_depth(max_depth: int | None) -> int:
    """The number of levels to return, 100 for None. Raises BadUserInput outside 1..100."""
    if max_depth is not None and not 1 <= max_depth <= MAX_DEPTH:
        raise BadUserInput(f"`maxDepth` is {max_depth}; it has to be from 1 to {MAX_DEPTH}.")
    return max_depth or MAX_DEPTH


def cursor(row: Any) -> str:
    """The cursor of a row: its path in the tree."""
    return encode_cursor([row.positions, row.edges])


def _parse_cursor(members: list[Any]) -> tuple[list[float], list[UUID]]:
    positions, edges = members
    positions, edge_ids = [float(position) for position in positions], [UUID(edge) for edge in edges]
    if not positions or not all(map(isfinite, positions)) or len(positions) != len(edge_ids):
        raise ValueError(members)
    return positions, edge_ids


@cache
def _statement(backwards: bool) -> Select[Any]:
    rows = (
        text(_page_sql(backwards))
        .bindparams(bindparam("organization_id", type_=Uuid))
        .columns(
            *(column(name, Uuid) for name in ("parent_key", "id", "tree_parent_id")),
            *(column(name, Integer) for name in ("depth", "number")),
            *(column(name, ARRAY(kind)) for name, kind in (("positions", Float), ("edges", Uuid))),
        )
        .cte("page_rows")
    )
    objective = columns_of(Objective)
    return (
        select(
            *COLUMNS,
            rows.c.parent_key,
            rows.c.depth,
            rows.c.tree_parent_id,
            rows.c.positions,
            rows.c.edges,
        )
        .join(rows, objective.id == rows.c.id)
        .where(visible(Objective), in_rows(objective.id, rows.c.id))
        .order_by(rows.c.parent_key, rows.c.number)
    )


def _page_sql(backwards: bool) -> str:
    """The SELECT of the rows of a page, without the columns of objectives.

    It walks the tree below each key depth-first. Each step reads one edge, by the index of the edges of a parent. The
    working table is one row: `trail` has the ids from the key down to the current node, and `positions` and `edges`
    those of the edges between them. Children up to `last_position` and `last_edge` were visited before. A step goes
    down to the next child, or up if there is none. A page consists of the nodes that the walk goes down to, and
    backwards of those that it goes up from. It begins with the part of the cursor's path that the tree still has.
    """
    positions, edges = "CAST(:positions AS float8[])", "CAST(:edges AS uuid[])"
    current = "walk.trail[cardinality(walk.trail)]"
    if backwards:
        comparison, direction, levels = "<", "DESC", f"cardinality({positions}) - 1"
        start = "CAST('Infinity' AS float8)", "CAST('ffffffff-ffff-ffff-ffff-ffffffffffff' AS uuid)"
        down, up = ("walk.number", "NULL"), ("walk.number + 1", current)
        row = f"""{current} AS tree_parent_id, cardinality(walk.trail) AS depth,
               walk.positions || walk.last_position AS positions, walk.edges || walk.last_edge AS edges"""
    else:
        comparison, direction, levels = ">", "ASC", f"cardinality({positions})"
        start = "CAST('-Infinity' AS float8)", "CAST('00000000-0000-0000-0000-000000000000' AS uuid)"
        down, up = ("walk.number + 1", "child.objective_id"), ("walk.number", "NULL")
        row = """walk.trail[cardinality(walk.trail) - 1] AS tree_parent_id, cardinality(walk.edges) AS depth,
               walk.positions, walk.edges"""
    return f"""
    SELECT keys.key AS parent_key, tree.*
    FROM unnest(CAST(:keys AS uuid[])) AS keys (key) CROSS JOIN LATERAL (
        WITH RECURSIVE path (trail) AS (
            SELECT ARRAY[keys.key]
            UNION ALL
            SELECT path.trail || child.objective_id FROM path CROSS JOIN LATERAL (
                SELECT e.objective_id FROM {_EDGES} AND e.parent_id = path.trail[cardinality(path.trail)]
                  AND e.position = ({positions})[cardinality(path.trail)]
                  AND e.id = ({edges})[cardinality(path.trail)] OFFSET 0
            ) child
            WHERE cardinality(path.trail) <= least(CAST(:max_depth AS int), {levels})
        ), start (trail, length) AS (
            SELECT trail, cardinality(trail) FROM path ORDER BY cardinality(trail) DESC LIMIT 1
        ), walk (trail, positions, edges, last_position, last_edge, number, id) AS (
            SELECT trail, ({positions})[1 : length - 1], ({edges})[1 : length - 1],
                   coalesce(({positions})[length], {start[0]}), coalesce(({edges})[length], {start[1]}),
                   0, CAST(NULL AS uuid)
            FROM start
            UNION ALL
            SELECT CASE WHEN child.id IS NULL THEN trim_array(walk.trail, 1) ELSE walk.trail || child.objective_id END,
                   CASE WHEN child.id IS NULL THEN trim_array(walk.positions, 1)
                        ELSE walk.positions || child.position END,
                   CASE WHEN child.id IS NULL THEN trim_array(walk.edges, 1) ELSE walk.edges || child.id END,
                   CASE WHEN child.id IS NULL THEN walk.positions[cardinality(walk.positions)] ELSE {start[0]} END,
                   CASE WHEN child.id IS NULL THEN walk.edges[cardinality(walk.edges)] ELSE {start[1]} END,
                   CASE WHEN child.id IS NULL THEN {up[0]} ELSE {down[0]} END,
                   CASE WHEN child.id IS NULL THEN {up[1]} ELSE {down[1]} END
            FROM walk LEFT JOIN LATERAL (
                SELECT e.id, e.position, e.objective_id FROM {_EDGES} AND e.parent_id = {current}
                  AND (e.position, e.id) {comparison} (walk.last_position, walk.last_edge)
                  AND cardinality(walk.trail) <= CAST(:max_depth AS int)
                ORDER BY e.position {direction}, e.id {direction} LIMIT 1
            ) child ON true
            WHERE walk.number < CAST(:page_size AS int) AND (child.id IS NOT NULL OR cardinality(walk.trail) > 1)
        )
        SELECT walk.id, walk.number, {row} FROM walk WHERE walk.id IS NOT NULL
    ) tree"""
