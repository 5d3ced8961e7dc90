"""Carries changes of KPIs to the goals that follow them or that they guard."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from service.key_results.kpi_evidence import KpiEvidence
from service.key_results.kpi_link_models import KpiLink, KpiLinkRole
from service.kpis.current.row_mapping import summary_of
from service.kpis.enums import Frequency, KpiStatus
from service.kpis.formulas.recompute import settle_computed
from service.kpis.models import Kpi
from service.kpis.queries import COLUMNS
from service.kpis.series.calendar import starts
from service.postgres.tables import columns_of
from service.reading.reader import of_tenant
from service.reading.row_source import RowSource
from service.reading.statements import equals_any
from service.rollup.tree import GuardrailState
from service.writing.transaction import Transaction

_link = columns_of(KpiLink)
_kpi = columns_of(Kpi)

ALL_COMPUTED = text("SELECT id FROM kpis WHERE organization_id = :organization_id AND source <> 'MEASURED'")
MARK_CHANGED = text("""
    UPDATE kpis SET changed_at = greatest(changed_at, CAST(:now AS timestamptz))
    WHERE organization_id = :organization_id AND id = ANY(CAST(:ids AS uuid[]))""")
FOLLOWERS = text("""
    SELECT k.objective_id FROM key_results k
    WHERE k.organization_id = :organization_id AND k.source_kpi_id = ANY(CAST(:ids AS uuid[]))
    UNION
    SELECT k.objective_id FROM kpi_links l
    JOIN key_results k ON k.organization_id = :organization_id AND k.id = l.key_result_id
    WHERE l.organization_id = :organization_id AND l.kpi_id = ANY(CAST(:ids AS uuid[])) AND l.role = 'GUARDRAIL'""")
GUARDS = (
    select(*COLUMNS, _link.key_result_id)
    .join(KpiLink, (_link.organization_id == _kpi.organization_id) & (_link.kpi_id == _kpi.id))
    .where(
        of_tenant(Kpi),
        equals_any(_link.key_result_id),
        _link.role == KpiLinkRole.GUARDRAIL,
        _link.archived_at.is_(None),
        _kpi.archived_at.is_(None),
    )
)


async def settle_kpis(tx: Transaction) -> None:
    """Recomputes the KPIs that depend on touched ones, and touches the objectives that depend on any of these."""
    if tx.all_kpis_touched or tx.touched_kpis or tx.changed_kpis:
        await tx.flush()
    if tx.all_kpis_touched:
        for row in await tx.rows(ALL_COMPUTED):
            tx.touch_kpi(row.id)
        tx.all_kpis_touched = False
    if tx.touched_kpis:
        await settle_computed(tx)
        tx.touched.update(row.objective_id for row in await tx.rows(FOLLOWERS, ids=list(tx.touched_kpis)))
        tx.touched_kpis.clear()
    if tx.changed_kpis:
        await tx.run(MARK_CHANGED, ids=sorted(tx.changed_kpis), now=tx.now)
        tx.changed_kpis.clear()


async def load_guardrail_states(source: RowSource, key_result_ids: Sequence[UUID]) -> dict[UUID, GuardrailState]:
    """The guardrail states of these key results, without those that have no guardrail. No statement for no key result.

    A guardrail keeps its last judgement while its KPI has no data or divides by zero. A target that ends releases it.
    """
    return guardrail_states(await source.rows(GUARDS, ids=list(key_result_ids))) if key_result_ids else {}


def guardrail_states(rows: Iterable[Any]) -> dict[UUID, GuardrailState]:
    """The guardrail states of the key results in the rows of `GUARDS`."""
    states: dict[UUID, GuardrailState] = {}
    for row in rows:
        judgement = summary_of(row).last_judgement
        if judgement is None:
            state = GuardrailState.UNKNOWN
        else:
            state = GuardrailState.BREACHED if judgement.status is KpiStatus.RED else GuardrailState.HELD
        states[row.key_result_id] = max(states.get(row.key_result_id, state), state)
    return states


def read_kpi_evidence(row: Any) -> KpiEvidence:
    """The values of the KPI in the row of a key result that follows it."""
    frequency = Frequency(row.frequency)
    expected = 0
    if frequency is not Frequency.IRREGULAR:
        period_starts = starts(row.first_counted_on, row.last_counted_on, frequency, row.fiscal_year_start_month)
        expected = sum(start >= row.first_counted_on for start in period_starts)
    before = None if row.value_before is None else (row.before_on, row.value_before)
    during = list(zip(row.days_during or (), row.values_during or (), strict=True))
    counted = row.first_counted_on, row.last_counted_on
    return KpiEvidence(row.aggregation, row.cumulative, before, during, expected, counted, row.fiscal_year_start_month)
