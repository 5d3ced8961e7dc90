"""Reads which goals a share token shows, as far as its creator sees them."""

from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from sqlalchemy import Select, bindparam, select, text
from sqlalchemy.types import BigInteger

from service.kpis.entity import KPI
from service.kpis.models import Kpi
from service.objectives.models import Objective
from service.postgres.tables import columns_of
from service.reading.filters import ParsedFilter, Shape, build_condition
from service.reading.statements import reached_sql, visible, visible_sql
from service.values.visibility import Visibility

MAX_SHARED_GOALS = 10_000
TOO_MANY = f"more than {MAX_SHARED_GOALS} objectives and KPIs"
_kpi = columns_of(Kpi)
Rows: TypeAlias = Callable[..., Awaitable[Sequence[Any]]]


class ShownGoals(NamedTuple):
    """The goals that a share token shows."""

    objective_ids: frozenset[UUID]
    kpi_ids: frozenset[UUID]

    @property
    def are_too_many(self) -> bool:
        """Whether they are more than a share token may show."""
        return len(self.objective_ids) + len(self.kpi_ids) > MAX_SHARED_GOALS


# The objective `:root_id`, all that serve it, directly or by others that are shown, and the KPIs of their key results.
# Only the root may be hidden from others. OFFSET 0: rows are looked up one by one, however many the planner expects. It
# expects few edges of an objective, also where most edges are those of one, since their parent is compared three times.
SUBTREE = text(f"""
    WITH RECURSIVE shown (id) AS (
        SELECT o.id FROM objectives o
        WHERE {visible_sql(Objective, "o")} AND o.id = CAST(:root_id AS uuid) AND o.archived_at IS NULL
        UNION
        SELECT child.id FROM shown CROSS JOIN LATERAL (
            SELECT e.objective_id AS id FROM alignments e
            WHERE {reached_sql("e")} AND e.archived_at IS NULL
              AND e.parent_id = shown.id AND e.parent_id >= shown.id AND e.parent_id <= shown.id AND (
                SELECT o.archived_at IS NULL AND o.visibility = '{Visibility.ORGANIZATION}' FROM objectives o
                WHERE {visible_sql(Objective, "o")} AND o.id = e.objective_id
            ) OFFSET 0
        ) child
    ), limited (id) AS MATERIALIZED (
        SELECT id FROM shown LIMIT CAST(:stop_after AS bigint)
    ), results (id, source_kpi_id) AS MATERIALIZED (
        SELECT own.id, own.source_kpi_id FROM limited CROSS JOIN LATERAL (
            SELECT r.id, r.source_kpi_id FROM key_results r
            WHERE {reached_sql("r")} AND r.objective_id = limited.id AND r.archived_at IS NULL OFFSET 0
        ) own
    ), measures AS (
        SELECT source_kpi_id AS kpi_id FROM results WHERE source_kpi_id IS NOT NULL
        UNION
        SELECT linked.kpi_id FROM results CROSS JOIN LATERAL (
            SELECT l.kpi_id FROM kpi_links l
            WHERE {reached_sql("l")} AND l.key_result_id = results.id AND l.archived_at IS NULL OFFSET 0
        ) linked
    )
    SELECT limited.id, false AS is_kpi FROM limited
    UNION ALL
    SELECT k.id, true FROM kpis k
    WHERE {visible_sql(Kpi, "k")} AND k.id = ANY(ARRAY(SELECT kpi_id FROM measures)) AND k.archived_at IS NULL
      AND k.visibility = '{Visibility.ORGANIZATION}'
    LIMIT CAST(:stop_after AS bigint)""")


@lru_cache(maxsize=256)
def select_matching(shape: Shape) -> Select[Any]:
    """The KPIs that match a filter of a shape and are not archived, `:stop_after` at most."""
    limit = bindparam("stop_after", type_=BigInteger)
    return (
        select(_kpi.id)
        .where(visible(Kpi), _kpi.archived_at.is_(None), build_condition(KPI.filters, shape))
        .limit(limit)
    )


async def shown_by_objective(rows: Rows, root_id: UUID) -> ShownGoals:
    """The goals that a token for an objective shows; none if the objective is archived, or hidden from the creator.

    `rows` reads the rows of a statement for the creator. Not more than MAX_SHARED_GOALS + 1 are read.
    """
    goals = await rows(SUBTREE, root_id=root_id, stop_after=MAX_SHARED_GOALS + 1)
    return ShownGoals(_ids(each for each in goals if not each.is_kpi), _ids(each for each in goals if each.is_kpi))


async def shown_by_filter(rows: Rows, parsed: ParsedFilter) -> ShownGoals:
    """The KPIs that a token for a filter shows now. `rows` as for `shown_by_objective`."""
    matching = await rows(select_matching(parsed.shape), **parsed.values, stop_after=MAX_SHARED_GOALS + 1)
    return ShownGoals(frozenset(), _ids(matching))


def _ids(rows: Any) -> frozenset[UUID]:
    # The ids of the driver are of a class of its own.
    return frozenset(UUID(int=each.id.int) for each in rows)
