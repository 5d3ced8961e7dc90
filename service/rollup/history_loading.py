"""Reads the states of goals at moments of the past: what was known then, in a fixed number of statements."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from service.errors import BadUserInput
from service.reading.row_source import RowSource
from service.reading.statement_batch import compile_sql
from service.rollup.as_of_statement import POLICY, as_of
from service.rollup.goal_statement import IDS, PARTS
from service.rollup.history import GoalState, states_at
from service.rollup.kpi_due_dates import calendars_of
from service.rollup.kpi_propagation import GUARDS, guardrail_states
from service.rollup.queries import build_tree, following_ids, guarded_ids
from service.rollup.surroundings_statement import ABOVE, SURROUNDINGS

# Objectives that are evaluated for one read, those below the ones that are read among them, each as often as there are
# moments.
MAX_EVALUATIONS = 4_000
# Objectives that are held in memory for one moment.
MAX_OBJECTIVES = 1_000
# All objectives that were ever below those of `:ids`, with these, at most `:size`.
BELOW = text("""
    WITH RECURSIVE below (id) AS (
        SELECT unnest(CAST(:ids AS uuid[]))
        UNION
        SELECT child.objective_id FROM below CROSS JOIN LATERAL (
            SELECT a.objective_id FROM alignments a
            WHERE a.organization_id = :organization_id AND a.parent_id = below.id OFFSET 0
        ) child
    )
    SELECT id FROM below LIMIT CAST(:size AS int)""")
_MOMENTS = "unnest(CAST(:moments AS timestamptz[]))"
_IDS_AT = f"""
    FROM (
        SELECT id, true AS is_changed, at
        FROM unnest(CAST(:ids AS uuid[])) AS wanted (id) CROSS JOIN {_MOMENTS} AS moments (at)
        OFFSET 0
    ) i"""


def _at_moments(part: str) -> str:
    """A part of the statement of goals, for each moment, `moment`, as it was known then."""
    for now, then in (
        (SURROUNDINGS["above"], "NULL"),
        (ABOVE, ""),
        (IDS, f", i.at AS moment {_IDS_AT}"),
        ("FROM alignments a", f", i.at AS moment FROM {_MOMENTS} AS i (at) CROSS JOIN alignments a"),
        ("JOIN organizations g", f"JOIN {POLICY} g"),
    ):
        part = part.replace(now, then)
    return as_of(" ".join(part.split()))


# As `GOALS`, at each of `:moments`. No key result is settled.
_KEY_RESULTS, _, _OBJECTIVES, _EDGES = PARTS
GOALS_AT = text(" UNION ALL ".join(_at_moments(part.text) for part in (_KEY_RESULTS, _OBJECTIVES, _EDGES)))


def _as_text(statement: Any) -> str:
    """A statement as text, with its constants in it; a blank keeps a parameter apart from the type that follows it."""
    sql = compile_sql(statement)

    def written(name: str) -> str:
        if name in ("organization_id", "ids"):
            return f":{name} "
        value = sql.value(name, {})
        return f"'{value}'" if isinstance(value, str) else str(value)

    return " ".join(sql.render(written).split())


# As `GUARDS`, at each of `:moments`.
GUARDS_AT = text(
    f"SELECT i.at AS moment, g.* FROM {_MOMENTS} AS i (at) CROSS JOIN LATERAL ({as_of(_as_text(GUARDS))}) g"
)


async def load_states(
    source: RowSource, ids: Sequence[UUID], moments: Sequence[datetime]
) -> Mapping[datetime, Mapping[UUID, GoalState]]:
    """The states at each moment of these objectives, of all objectives below them, and of their key results, without
    those that were not there yet. Raises BadUserInput if they are too many."""
    if not ids or not moments:
        return {}
    size = min(MAX_EVALUATIONS // len(moments), MAX_OBJECTIVES)
    below = [row.id for row in await source.rows(BELOW, ids=list(ids), size=size + 1)]
    if len(below) > size:
        raise BadUserInput(
            f"The history of {len(ids)} objectives in {len(moments)} buckets would need more than {size} objectives, "
            "those below them among them. Read fewer goals at once, or longer buckets."
        )
    every = await source.rows(GOALS_AT, ids=below, moments=list(moments))
    rows = _by_moment(every)
    guarded = list(dict.fromkeys(guarded_ids(every)))
    guards = _by_moment(await source.rows(GUARDS_AT, ids=guarded, moments=list(moments)) if guarded else ())
    calendars = await calendars_of(source, list(dict.fromkeys(following_ids(every))))
    states: dict[datetime, dict[UUID, GoalState]] = {moment: {} for moment in moments}
    for moment in moments:
        tree = build_tree(rows[moment], below, guardrail_states(guards[moment]), calendars)
        for part in states_at(tree, moment):
            states[moment] |= part
            await asyncio.sleep(0)
    return states


def _by_moment(rows: Iterable[Any]) -> Mapping[datetime, list[Any]]:
    grouped: dict[datetime, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row["moment"]].append(row)
    return grouped
