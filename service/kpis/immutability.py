"""Keeps settings of a KPI from changing the meaning of its measurements."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from service.errors import Refusal
from service.kpis.enums import KpiSource
from service.kpis.models import Kpi
from service.writing.transaction import Transaction

HAS_MEASUREMENTS = text("""
    SELECT EXISTS (SELECT 1 FROM kpi_measurements WHERE organization_id = :organization_id
                   AND kpi_id = :kpi_id) AS found""")
HAS_FISCAL_MEASUREMENTS = text("""
    SELECT EXISTS (SELECT 1 FROM kpis k WHERE k.organization_id = :organization_id
                   AND k.frequency IN ('QUARTERLY', 'YEARLY')
                   AND EXISTS (SELECT 1 FROM kpi_measurements m
                               WHERE m.organization_id = :organization_id AND m.kpi_id = k.id)) AS found""")


class KpiDefinitionImmutable(Refusal):
    """The KPI has measurements, so its {what} cannot change: they would mean something else. Create another KPI."""

    meaning = (
        "Change of the KPI's <what> after it has measurements, which would mean something else then. Create another "
        "KPI."
    )


class FiscalYearImmutable(Refusal):
    """Quarterly or yearly KPIs have measurements, which belong to the present fiscal year."""

    meaning = (
        "Change of `fiscalYearStartMonth` while there are measurements of quarterly or yearly KPIs, which belong to "
        "the present fiscal year. Leave the field out."
    )


async def ensure_measurements_keep_their_meaning(tx: Transaction, kpi: Kpi, changes: Mapping[str, Any]) -> None:
    """Raises KpiDefinitionImmutable if the KPI has measurements and their meaning would change."""
    what = _find_change_of_meaning(kpi, changes)
    if what is not None and (await tx.rows(HAS_MEASUREMENTS, kpi_id=kpi.id))[0].found:
        raise KpiDefinitionImmutable((what,), what=what)


async def ensure_fiscal_year_is_free(tx: Transaction) -> None:
    """Raises FiscalYearImmutable if KPIs have quarterly or yearly measurements."""
    if (await tx.rows(HAS_FISCAL_MEASUREMENTS))[0].found:
        raise FiscalYearImmutable(("fiscalYearStartMonth",))


def _find_change_of_meaning(kpi: Kpi, changes: Mapping[str, Any]) -> str | None:
    """The field whose change would alter the meaning of recorded measurements; None if there is none."""
    if "value_type" in changes:
        return "valueType"
    # Values are indexes of labels, so labels may be renamed, but their number may not change.
    if "scale" in changes and len(changes["scale"]["before"]) != len(changes["scale"]["after"]):
        return "scale"
    if "source" in changes and KpiSource.MEASURED in changes["source"].values():
        return "source"
    return "frequency" if "frequency" in changes and kpi.source == KpiSource.MEASURED else None
