"""Statements that read recorded measurements as items of a workspace file."""

from sqlalchemy import text

from service.entities.export import CHUNK_ROWS, external_id_of, join
from service.kpis.entity import KPI

assert KPI.export is not None
KPIS = text(f"""
    SELECT t.id FROM kpis t WHERE t.organization_id = :organization_id AND t.source = 'MEASURED' {KPI.export.where}
    ORDER BY t.id""")
_MEASUREMENTS = f"""
    SELECT {external_id_of("k")} AS kpi, t.kpi_id, t.starts_on AS "on", t.value, t.source, t.reason
    FROM kpi_measurements t {join("kpis", "k", "t.kpi_id")}"""
# Those of the KPI `:kpi_id` after the day `:after`.
MEASUREMENTS_OF_KPI = text(f"""{_MEASUREMENTS}
    WHERE t.organization_id = :organization_id AND t.kpi_id = CAST(:kpi_id AS uuid)
      AND t.starts_on > CAST(:after AS date) AND t.value IS NOT NULL
    ORDER BY t.starts_on LIMIT {CHUNK_ROWS}""")
# Those of `:kpi_ids` on `:days`, pairwise.
MEASUREMENTS_ON_DAYS = text(f"""{_MEASUREMENTS}
    JOIN unnest(CAST(:kpi_ids AS uuid[]), CAST(:days AS date[])) AS w (kpi_id, day)
      ON t.kpi_id = w.kpi_id AND t.starts_on = w.day
    WHERE t.organization_id = :organization_id AND t.value IS NOT NULL AND k.source = 'MEASURED'""")
