"""Paths up the goal graph, and the refusal of loops in it."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text

from service.errors import Refusal
from service.reading.row_source import RowSource


class AlignmentLoop(Refusal):
    """The objective would serve itself: the parent is the objective or is already below it."""

    meaning = "Loop of alignments: the parent is the objective itself or is below it already. Choose another parent."


PATHS_UP = text("""
    WITH RECURSIVE up (objective_id, parent_id) AS (
        SELECT objective_id, parent_id FROM alignments
        WHERE organization_id = :organization_id AND objective_id = ANY(CAST(:ids AS uuid[]))
          AND archived_at IS NULL
        UNION
        SELECT a.objective_id, a.parent_id FROM alignments a JOIN up ON a.objective_id = up.parent_id
        WHERE a.organization_id = :organization_id AND a.archived_at IS NULL
    )
    SELECT objective_id, parent_id FROM up""")


async def above(source: RowSource, ids: Iterable[UUID]) -> set[UUID]:
    """The objectives that these objectives serve, directly or not."""
    return {row.parent_id for row in await source.rows(PATHS_UP, ids=list(ids))}
