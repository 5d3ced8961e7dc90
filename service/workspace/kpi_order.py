"""Puts the KPIs of a file in an order in which each comes after its parent and after what its formula names."""

from contextlib import suppress
from graphlib import CycleError, TopologicalSorter

from sqlalchemy import text

from service.errors import Refusal
from service.kpis.formulas.ast import references
from service.kpis.formulas.parser import parse
from service.writing.transaction import Transaction

KPIS = text("""
    SELECT DISTINCT ON (external_id) line, external_id, body ->> 'parent' AS parent, body ->> 'formula' AS formula
    FROM staged_items WHERE kind = 'Kpi' ORDER BY external_id, line""")
SET_DEPTHS = text("""
    UPDATE staged_items i SET depth = n.depth
    FROM unnest(CAST(:lines AS bigint[]), CAST(:depths AS int[])) AS n (line, depth) WHERE i.line = n.line""")


async def order_kpis(tx: Transaction) -> None:
    """Gives each staged KPI the depth at which its turn comes; those in a ring get none."""
    rows = {row.external_id: row for row in await tx.rows(KPIS)}
    before = {row.external_id: _before(row) & rows.keys() for row in rows.values()}
    depths: dict[str, int] = {}
    try:
        for name in TopologicalSorter(before).static_order():
            depths[name] = 1 + max((depths[each] for each in before[name]), default=-1)
    except CycleError:
        depths = _outside_rings(before)
    depth_by_line = {rows[name].line: depth for name, depth in depths.items()}
    await tx.run(SET_DEPTHS, lines=list(depth_by_line), depths=list(depth_by_line.values()))


def _before(row: object) -> set[str]:
    parent, formula = getattr(row, "parent", None), getattr(row, "formula", None)
    return names_in(formula) | ({parent} if parent else set())


def names_in(formula: str | None) -> set[str]:
    """The names of KPIs in a formula; none when it cannot be read, which its own line is refused for."""
    with suppress(Refusal):
        return {each.name for each in references(parse(formula or ""))}
    return set()


def _outside_rings(before: dict[str, set[str]]) -> dict[str, int]:
    depths: dict[str, int] = {}
    while ready := [name for name in before if name not in depths and before[name] <= depths.keys()]:
        depth = 1 + max(depths.values(), default=-1)
        depths |= dict.fromkeys(ready, depth)
    return depths
