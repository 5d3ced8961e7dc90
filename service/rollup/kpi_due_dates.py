"""When the KPIs that key results follow are due; the staleness of the key results follows from it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from service.key_results.models import KeyResult
from service.kpis.current.row_mapping import summary_of
from service.kpis.current.summary import KpiSummary
from service.kpis.enums import Frequency
from service.kpis.models import Kpi
from service.kpis.queries import COLUMNS
from service.kpis.series.calendar import midnight, shifted, starts
from service.kpis.series.expectation import DEFAULT_GRACE_DAYS
from service.postgres.tables import columns_of
from service.reading.reader import of_tenant
from service.reading.row_source import RowSource
from service.reading.statements import equals_any
from service.rollup.status_timeline import BEGINNING, CheckInDue
from service.values.record import record

_key_result = columns_of(KeyResult)
_kpi = columns_of(Kpi)
FOLLOWED = (
    select(*COLUMNS, _key_result.id.label("key_result_id"))
    .join(
        KeyResult,
        (_key_result.organization_id == _kpi.organization_id) & (_key_result.source_kpi_id == _kpi.id),
    )
    .where(of_tenant(Kpi), equals_any(_key_result.id))
)


@record
class Calendar:
    """When a KPI's measurements are expected."""

    summary: KpiSummary

    @property
    def due(self) -> CheckInDue:
        """When the next measurement is due and late. A KPI without measurements is overdue. An irregular one is never
        due."""
        expected = self.summary.next_measurement_due_at
        if self.summary.newest is None:
            return CheckInDue(expected, BEGINNING)
        return CheckInDue(expected, None if expected is None else expected + self._grace)

    def missing(self, row: Any) -> Sequence[datetime]:
        """The ends of grace of the periods without a value that count for a key result's row, in order."""
        frequency, days_with_value = self.summary.definition.frequency, set(row.days_during or ())
        if frequency is Frequency.IRREGULAR:
            return ()
        fiscal_year_start_month = self.summary.definition.fiscal_year_start_month
        period_starts = starts(row.first_counted_on, row.last_counted_on, frequency, fiscal_year_start_month)
        return [
            midnight(shifted(start, frequency, 1), self.summary.time_zone) + self._grace
            for start in period_starts
            if start >= row.first_counted_on and start not in days_with_value
        ]

    @property
    def _grace(self) -> timedelta:
        days = self.summary.grace_days
        return timedelta(days=DEFAULT_GRACE_DAYS[self.summary.definition.frequency] if days is None else days)


async def calendars_of(source: RowSource, key_result_ids: Sequence[UUID]) -> dict[UUID, Calendar]:
    """The calendars of the KPIs that these key results follow, by key result. No statement for none."""
    if not key_result_ids:
        return {}
    rows: Iterable[Any] = await source.rows(FOLLOWED, ids=list(key_result_ids))
    return {row.key_result_id: Calendar(summary_of(row)) for row in rows}
