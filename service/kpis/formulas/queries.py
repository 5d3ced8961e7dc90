"""Reads the computed KPIs of an organization and their inputs."""

from uuid import UUID

from sqlalchemy import text

from service.kpis.enums import Frequency, KpiSource
from service.kpis.formulas.dependencies import Node
from service.reading.row_source import RowSource

COMPUTED = text("""
    SELECT k.id, k.name, k.source, k.frequency, k.formula, k.input_names,
           CASE WHEN k.source = 'FORMULA' THEN k.input_ids ELSE children.ids END AS inputs,
           CASE WHEN k.source = 'FORMULA' THEN NULL ELSE children.weights END AS weights
    FROM kpis k
    LEFT JOIN LATERAL (
        SELECT array_agg(c.id ORDER BY c.id) AS ids, array_agg(c.weight ORDER BY c.id) AS weights FROM kpis c
        WHERE c.organization_id = :organization_id AND c.parent_id = k.id
    ) children ON k.source <> 'FORMULA'
    WHERE k.organization_id = :organization_id AND k.source <> 'MEASURED' AND k.archived_at IS NULL""")


async def computed_nodes(source: RowSource) -> dict[UUID, Node]:
    """The computed KPIs that are not archived, by id; one statement. Archived children are inputs, since they count
    until they were archived."""
    return {
        row.id: Node(
            row.id,
            row.name,
            KpiSource(row.source),
            Frequency(row.frequency),
            tuple(row.inputs or ()),
            tuple(row.input_names),
            tuple(row.weights or ()),
            row.formula,
        )
        for row in await source.rows(COMPUTED)
    }
