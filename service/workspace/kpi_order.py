"""Puts the KPIs of a file in an order in which each comes after its parent and after what its formula names."""

from contextlib import suppress

from sqlalchemy import text

from service.errors import Refusal
from service.kpis.formulas.ast import references
from service.kpis.formulas.parser import parse
from service.values.trees import find_levels
from service.writing.transaction import Transaction

KPIS = text("""
    SELECT DISTINCT ON (external_id) line, external_id, body ->> 'parent' AS parent, body ->> 'formula' AS formula
    FROM staged_items WHERE kind = 'Kpi' ORDER BY external_id, line""")
SET_DEPTHS = text("""
    UPDATE staged_items i SET depth = n.depth
    FROM unnest(CAST(:lines AS bigint[]), CAST(:depths AS int[])) AS n (line, depth) WHERE i.line = n.line""")


async def order_kpis(tx: Transaction) -> None:
    """Gives each staged KPI its depth: one more than those of its parent and inputs; those in a loop get none."""
    rows = {row.external_id: row for row in await tx.rows(KPIS)}
    levels, _ = find_levels({row.external_id: _before(row) & rows.keys() for row in rows.values()})
    depths = {rows[name].line: depth for depth, level in enumerate(levels) for name in level}
    await tx.run(SET_DEPTHS, lines=list(depths), depths=list(depths.values()))


def _before(row: object) -> set[str]:
    parent, formula = getattr(row, "parent", None), getattr(row, "formula", None)
    return names_in(formula) | ({parent} if parent else set())


def names_in(formula: str | None) -> set[str]:
    """The names of KPIs in a formula; none when it cannot be read, which its own line is refused for."""
    with suppress(Refusal):
        return {each.name for each in references(parse(formula or ""))}
    return set()
