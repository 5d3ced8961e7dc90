"""When the KPIs that key results follow are due, which is what their staleness goes by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from service.key_results.models import KeyResult
from service.kpis.current.row_mapping import standing_of
from service.kpis.current.summary import Standing
from service.kpis.enums import Frequency
from service.kpis.models import Kpi
from service.kpis.queries import COLUMNS
from service.kpis.series.calendar import midnight, shifted, starts
from service.kpis.series.expectation import GRACE
from service.reading.reader import of_tenant
from service.reading.row_source import Rows
from service.reading.statements import among
from service.rollup.status_timeline import BEGINNING, Due

_key_result: Any = KeyResult
_kpi: Any = Kpi
FOLLOWED = (
    select(*COLUMNS, _key_result.id.label("key_result_id"))
    .join(
        KeyResult,
        (_key_result.organization_id == _kpi.organization_id) & (_key_result.source_kpi_id == _kpi.id),
    )
    .where(of_tenant(Kpi), among(_key_result.id))
)


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a KPI's measurements are expected."""

    standing: Standing

    @property
    def due(self) -> Due:
        """When its next measurement is due, and since when it is late. Without any it is overdue; an irregular one
        is never due."""
        expected = self.standing.next_measurement_due_at
        if self.standing.newest is None:
            return Due(expected, BEGINNING)
        return Due(expected, None if expected is None else expected + self._grace)

    def missing(self, row: Any) -> Sequence[datetime]:
        """When the grace of each period within the cycle of a key result's row ends that has no value, in order."""
        frequency, measured = self.standing.measure.frequency, set(row.days_during or ())
        if frequency is Frequency.IRREGULAR:
            return ()
        begins = starts(row.starts_on, row.ends_on, frequency, self.standing.measure.fiscal_year_start_month)
        return [
            midnight(shifted(start, frequency, 1), self.standing.time_zone) + self._grace
            for start in begins
            if start >= row.starts_on and start not in measured
        ]

    @property
    def _grace(self) -> timedelta:
        days = self.standing.grace_days
        return timedelta(days=GRACE[self.standing.measure.frequency] if days is None else days)


async def calendars_of(source: Rows, key_result_ids: Sequence[UUID]) -> dict[UUID, Calendar]:
    """The calendars of the KPIs that these key results follow, by key result. No statement for none."""
    if not key_result_ids:
        return {}
    rows: Iterable[Any] = await source.rows(FOLLOWED, ids=list(key_result_ids))
    return {row.key_result_id: Calendar(standing_of(row)) for row in rows}
