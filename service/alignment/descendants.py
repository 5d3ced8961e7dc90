"""Everything below an objective along primary parents, as pages of a flat list in the order of a tree view."""

import base64
import binascii
from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import TextClause, text

from service.database import Row
from service.errors import BadUserInput
from service.objectives.queries import COLUMNS
from service.paging import Page
from service.reader import Reader

DEEPEST = 100

_DOWN = """
    WITH RECURSIVE down (origin, id, tree_parent_id, depth, path) AS (
        SELECT e.parent_id, e.objective_id, e.parent_id, 1, ARRAY[e.position]
        FROM alignments e JOIN objectives o ON o.organization_id = :organization_id AND o.id = e.objective_id
        WHERE e.organization_id = :organization_id AND e.parent_id = ANY(CAST(:keys AS uuid[]))
          AND e.is_primary AND e.archived_at IS NULL AND o.archived_at IS NULL
        UNION ALL
        SELECT down.origin, e.objective_id, e.parent_id, down.depth + 1, down.path || e.position
        FROM down
        JOIN alignments e ON e.organization_id = :organization_id AND e.parent_id = down.id
         AND e.is_primary AND e.archived_at IS NULL
        JOIN objectives o ON o.organization_id = :organization_id AND o.id = e.objective_id
         AND o.archived_at IS NULL
        WHERE down.depth < CAST(:max_depth AS int)
    )"""

COUNTS = text(f"{_DOWN} SELECT origin AS parent_key, count(*) AS total FROM down GROUP BY origin")


async def descendants(reader: Reader, ids: Sequence[UUID], max_depth: int, wanted: Page) -> Sequence[Row]:
    """A page below each of `ids`, and one row more where there is one; parents come before their children.

    Rows carry `parent_key` (the id asked for), `depth` from 1, `tree_parent_id` and `path`.
    Raises BadUserInput for a bad cursor or depth.
    """
    bound: dict[str, Any] = {"keys": list(ids), "max_depth": max_depth, "page_size": wanted.size + 1}
    if wanted.cursor is not None:
        bound["path"], bound["after"] = _decoded(wanted.cursor)
    return await reader.rows(_statement(wanted.backwards, wanted.cursor is not None), **bound)


def checked_depth(max_depth: int | None) -> int:
    """How deep to go; all the way means 100 levels. Raises BadUserInput outside 1..100."""
    if max_depth is not None and not 1 <= max_depth <= DEEPEST:
        raise BadUserInput(f"`maxDepth` is {max_depth}; it has to be from 1 to {DEEPEST}.")
    return max_depth or DEEPEST


def cursor(row: Any) -> str:
    """Where a row stands in its tree."""
    return base64.urlsafe_b64encode(orjson.dumps([row.path, row.id], default=str)).decode().rstrip("=")


def _decoded(cursor: str) -> tuple[list[float], UUID]:
    try:
        path, id = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [float(place) for place in path], UUID(id)
    except (ValueError, TypeError, AttributeError, binascii.Error):
        raise BadUserInput("This is not a cursor of `descendants`. Take one from `pageInfo` or an edge.") from None


@cache
def _statement(backwards: bool, has_cursor: bool) -> TextClause:
    columns = ", ".join(f"o.{column.name}" for column in COLUMNS)
    beyond, direction = ("<", "DESC") if backwards else (">", "ASC")
    here = f"WHERE (path, id) {beyond} (CAST(:path AS float8[]), CAST(:after AS uuid))" if has_cursor else ""
    return text(f"""{_DOWN},
    ranked AS (
        SELECT *, row_number() OVER (PARTITION BY origin ORDER BY path {direction}, id {direction}) AS place
        FROM down {here}
    )
    SELECT {columns}, r.origin AS parent_key, r.depth, r.tree_parent_id, r.path
    FROM ranked r JOIN objectives o ON o.organization_id = :organization_id AND o.id = r.id
    WHERE r.place <= :page_size
    ORDER BY r.origin, r.place""")
