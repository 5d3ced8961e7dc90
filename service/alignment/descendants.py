"""Everything below an objective along primary parents, as pages of a flat list in the order of a tree view."""

import base64
import binascii
from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import TextClause, text

from service.errors import BadUserInput
from service.objectives.queries import COLUMNS
from service.paging import Page
from service.reader import Reader

DEEPEST = 100

_DOWN = """
    WITH RECURSIVE down (origin, id, tree_parent_id, depth, path, places, edges) AS (
        SELECT e.parent_id, e.objective_id, e.parent_id, 1, ARRAY[ROW(e.position, e.id)], ARRAY[e.position], ARRAY[e.id]
        FROM alignments e JOIN objectives o ON o.organization_id = :organization_id AND o.id = e.objective_id
        WHERE e.organization_id = :organization_id AND e.parent_id = ANY(CAST(:keys AS uuid[]))
          AND e.is_primary AND e.archived_at IS NULL AND o.archived_at IS NULL
        UNION ALL
        SELECT down.origin, e.objective_id, e.parent_id, down.depth + 1,
               down.path || ROW(e.position, e.id), down.places || e.position, down.edges || e.id
        FROM down
        JOIN alignments e ON e.organization_id = :organization_id AND e.parent_id = down.id
         AND e.is_primary AND e.archived_at IS NULL
        JOIN objectives o ON o.organization_id = :organization_id AND o.id = e.objective_id
         AND o.archived_at IS NULL
        WHERE down.depth < CAST(:max_depth AS int)
    )"""

COUNTS = text(f"{_DOWN} SELECT origin AS parent_key, count(*) AS total FROM down GROUP BY origin")


async def descendants(reader: Reader, ids: Sequence[UUID], max_depth: int, wanted: Page) -> Sequence[Any]:
    """A page below each of `ids`, and one row more where there is one; parents come before their children.

    Rows carry `parent_key` (the id asked for), `depth` from 1, `tree_parent_id` and `path`.
    Raises BadUserInput for a bad cursor or depth.
    """
    bound: dict[str, Any] = {"keys": list(ids), "max_depth": max_depth, "page_size": wanted.size + 1}
    if wanted.cursor is not None:
        bound["places"], bound["edges"] = _decoded(wanted.cursor)
    return await reader.rows(_statement(wanted.backwards, wanted.cursor is not None), **bound)


def checked_depth(max_depth: int | None) -> int:
    """How deep to go; all the way means 100 levels. Raises BadUserInput outside 1..100."""
    if max_depth is not None and not 1 <= max_depth <= DEEPEST:
        raise BadUserInput(f"`maxDepth` is {max_depth}; it has to be from 1 to {DEEPEST}.")
    return max_depth or DEEPEST


def cursor(row: Any) -> str:
    """Where a row stands in its tree."""
    return base64.urlsafe_b64encode(orjson.dumps([row.places, row.edges], default=str)).decode().rstrip("=")


def _decoded(cursor: str) -> tuple[list[float], list[UUID]]:
    try:
        places, edges = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [float(place) for place in places], [UUID(edge) for edge in edges]
    except (ValueError, TypeError, AttributeError, binascii.Error):
        raise BadUserInput("This is not a cursor of `descendants`. Take one from `pageInfo` or an edge.") from None


@cache
def _statement(backwards: bool, has_cursor: bool) -> TextClause:
    columns = ", ".join(f"o.{column.name}" for column in COLUMNS)
    beyond, direction = ("<", "DESC") if backwards else (">", "ASC")
    cursor = (
        "(SELECT array_agg(ROW(place, edge)) FROM unnest(CAST(:places AS float8[]), CAST(:edges AS uuid[])) "
        "AS here (place, edge))"
    )
    here = f"WHERE path {beyond} {cursor}" if has_cursor else ""
    return text(f"""{_DOWN},
    ranked AS (
        SELECT *, row_number() OVER (PARTITION BY origin ORDER BY path {direction}) AS place
        FROM down {here}
    )
    SELECT {columns}, r.origin AS parent_key, r.depth, r.tree_parent_id, r.places, r.edges
    FROM ranked r JOIN objectives o ON o.organization_id = :organization_id AND o.id = r.id
    WHERE r.place <= :page_size
    ORDER BY r.origin, r.place""")
