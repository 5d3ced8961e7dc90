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
from service.reading.keyset import Page
from service.reading.reader import of_tenant

MAX_DEPTH = 100

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


def statement(page: Page) -> Select[Any]:
    """A page below each of `:keys`, and one more row if there is one; parents come before their children.

    Rows contain `parent_key` (one of `:keys`), `depth` from 1, `tree_parent_id`, and the parts of their cursors.
    """
    return _statement(page.backwards, page.cursor is not None)


def parameters(max_depth: int, page: Page) -> dict[str, Any]:
    """The parameters of the statement besides `:keys`. Raises BadUserInput for a bad cursor."""
    values: dict[str, Any] = {"max_depth": max_depth, "page_size": page.size + 1}
    if page.cursor is not None:
        refusal = "This is not a cursor of `descendants`. Take one from `pageInfo` or an edge."
        values["places"], values["edges"] = decode_cursor(page.cursor, _parse_cursor, refusal)
    return values


def resolve_depth(max_depth: int | None) -> int:
    """The number of levels to return, 100 for None. Raises BadUserInput outside 1..100."""
    if max_depth is not None and not 1 <= max_depth <= MAX_DEPTH:
        raise BadUserInput(f"`maxDepth` is {max_depth}; it has to be from 1 to {MAX_DEPTH}.")
    return max_depth or MAX_DEPTH


def cursor(row: Any) -> str:
    """The cursor of a row: its path in the tree."""
    return encode_cursor([row.places, row.edges])


def _parse_cursor(members: list[Any]) -> tuple[list[float], list[UUID]]:
    positions, edges = members
    positions, edge_ids = [float(position) for position in positions], [UUID(edge) for edge in edges]
    if not all(map(isfinite, positions)) or len(positions) != len(edge_ids):
        raise ValueError(members)
    return positions, edge_ids


@cache
def _statement(backwards: bool, has_cursor: bool) -> Select[Any]:
    comparison, direction = ("<", "DESC") if backwards else (">", "ASC")
    cursor = (
        "(SELECT array_agg(ROW(place, edge)) FROM unnest(CAST(:places AS float8[]), CAST(:edges AS uuid[])) "
        "AS here (place, edge))"
    )
    condition = f"WHERE path {comparison} {cursor}" if has_cursor else ""
    query = text(f"""{_DOWN}
        SELECT *, row_number() OVER (PARTITION BY origin ORDER BY path {direction}) AS place FROM down {condition}""")
    ranked = (
        query.bindparams(bindparam("organization_id", type_=Uuid))
        .columns(
            *(column(name, Uuid) for name in ("id", "origin", "tree_parent_id")),
            *(column(name, Integer) for name in ("depth", "place")),
            *(column(name, ARRAY(kind)) for name, kind in (("places", Float), ("edges", Uuid))),
        )
        .subquery("r")
        .c
    )
    objective = columns_of(Objective)
    return (
        select(
            *COLUMNS,
            ranked.origin.label("parent_key"),
            ranked.depth,
            ranked.tree_parent_id,
            ranked.places,
            ranked.edges,
        )
        .join(Objective, objective.id == ranked.id)
        .where(of_tenant(Objective), ranked.place <= bindparam("page_size", type_=Integer))
        .order_by(ranked.origin, ranked.place)
    )
