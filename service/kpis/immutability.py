"""What of a KPI cannot change once it has points, since they would mean something else."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from service.errors import Refusal
from service.kpis.enums import KpiSource
from service.kpis.models import Kpi
from service.writing.transaction import Transaction

HAS_POINTS = text("""
    SELECT EXISTS (SELECT 1 FROM kpi_measurements WHERE organization_id = :organization_id
                   AND kpi_id = :kpi_id) AS found""")
HAS_FISCAL_POINTS = text("""
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


async def ensure_points_keep_their_meaning(tx: Transaction, kpi: Kpi, changes: Mapping[str, Any]) -> None:
    """Raises KpiDefinitionImmutable when there are points and what they mean would change."""
    what = _meaning_changed(kpi, changes)
    if what is not None and (await tx.rows(HAS_POINTS, kpi_id=kpi.id))[0].found:
        raise KpiDefinitionImmutable((what,), what=what)


async def ensure_fiscal_year_is_free(tx: Transaction) -> None:
    """Raises FiscalYearImmutable when there are points that another fiscal year would move."""
    if (await tx.rows(HAS_FISCAL_POINTS))[0].found:
        raise FiscalYearImmutable(("fiscalYearStartMonth",))


def _meaning_changed(kpi: Kpi, changes: Mapping[str, Any]) -> str | None:
    """The change that points do not survive, if there is one; what is computed can be computed anew."""
    if "value_type" in changes:
        return "valueType"
    # Other labels for the same places are fine; values would fall off a shorter scale, or rise on a longer one.
    if "scale" in changes and len(changes["scale"]["before"]) != len(changes["scale"]["after"]):
        return "scale"
    if "source" in changes and KpiSource.MEASURED in changes["source"].values():
        return "source"
    return "frequency" if "frequency" in changes and kpi.source == KpiSource.MEASURED else None
