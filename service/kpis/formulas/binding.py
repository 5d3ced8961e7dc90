"""Ties the names in a formula to KPIs, and checks that what they say can be computed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from service.errors import Refusal, Refusals
from service.kpis.enums import Frequency, KpiSource, KpiValueType
from service.kpis.formulas.ast import Place, references
from service.kpis.formulas.parser import parse
from service.kpis.formulas.units import UnitsDiffer, fits, shown, unit_of
from service.kpis.models import Kpi
from service.kpis.series.series import coarser
from service.postgres.tables import within
from service.values.global_ids import decode
from service.values.parsing import uuid_in
from service.writing.transaction import Transaction

_kpi: Any = Kpi


class FormulaKpiUnknown(Refusal):
    """The formula names {name!r} at line {line}, column {column}, and there is no such KPI. Name a KPI by its
    external id or its id, in brackets: [sales]."""

    meaning = (
        "Name <name> in the formula, at line <line>, column <column>, that no KPI has. Name a KPI by its external id "
        "or its id, in brackets: [sales]."
    )


class FormulaUnitMismatch(Refusal):
    """The units do not agree at line {line}, column {column}: {left} and {right}."""

    meaning = (
        "Units <left> and <right> that do not agree, at line <line>, column <column> of the formula. Combine KPIs "
        "whose units fit, or change the unit of the KPI."
    )


class InputQualitative(Refusal):
    """{name} is qualitative: its values are positions on a scale, and nothing can be computed from those."""

    meaning = (
        "Qualitative KPI <name>, from which another one would be computed: labels of a scale have an order and no "
        "distances. Use quantitative KPIs only."
    )


class InputTooCoarse(Refusal):
    """{name} is measured {input}, which is less often than this KPI ({frequency}) would need it."""

    meaning = (
        "KPI <name> that is measured <input>, less often than the KPI computed from it (<frequency>) needs. Give the "
        "computed KPI the same frequency or a longer one."
    )


async def bind(tx: Transaction, kpi: Any, *, anew: bool = True) -> dict[str, Any]:
    """The names and ids of the KPIs that a formula reads. Raises what is wrong with it, with its position.

    Its names mean those that bear them now if it is bound `anew`, else those that they meant before.
    """
    if kpi.source != KpiSource.FORMULA or not (kpi.formula or "").strip():
        # That a formula is missing is a matter of the definition, which is checked before.
        return {"input_names": [], "input_ids": []}
    expression = parse(kpi.formula or "")
    places: dict[str, Place] = {}
    for reference in references(expression):
        places.setdefault(reference.name, reference.place)
    known = await (_named(tx, places) if anew else _bound(tx, kpi))
    unknown = [
        FormulaKpiUnknown(("formula",), name=name, line=place.line, column=place.column)
        for name, place in places.items()
        if name not in known
    ]
    if unknown:
        raise Refusals(unknown)
    for name in places:
        ensure_readable(kpi, known[name])
    _check_units(kpi, expression, {name: row.unit for name, row in known.items()})
    return {"input_names": list(places), "input_ids": [known[name].id for name in places]}


def ensure_readable(kpi: Any, input: Any) -> None:
    """Raises InputQualitative, and InputTooCoarse when a KPI has longer periods than the one computed from it."""
    if input.value_type == KpiValueType.QUALITATIVE:
        raise InputQualitative(("formula" if kpi.source == KpiSource.FORMULA else "parentId",), name=input.name)
    reader, read = Frequency(kpi.frequency), Frequency(input.frequency)
    if coarser(reader, read) is not reader:
        raise InputTooCoarse(("frequency",), name=input.name, input=read, frequency=reader)


async def _bound(tx: Transaction, kpi: Any) -> dict[str, Any]:
    rows = {row.id: row for row in await tx.rows(_query(tx).where(within(_kpi.id, kpi.input_ids)))}
    return {name: rows[id] for name, id in zip(kpi.input_names, kpi.input_ids, strict=True)}


def _query(tx: Transaction) -> Any:
    columns = (_kpi.id, _kpi.external_id, _kpi.name, _kpi.unit, _kpi.frequency, _kpi.value_type)
    return select(*columns).where(_kpi.organization_id == tx.organization_id)


async def _named(tx: Transaction, names: Mapping[str, Any]) -> dict[str, Any]:
    query = _query(tx).where(_kpi.archived_at.is_(None))
    found: dict[str, Any] = {}
    ids = {name: id for name in names if (id := _id_in(name))}
    for row in await tx.rows(query.where(within(_kpi.id, ids.values()))) if ids else ():
        found |= {name: row for name, id in ids.items() if id == row.id}
    for row in await tx.rows(query.where(within(_kpi.external_id, names))):
        found[row.external_id] = row
    return found


def _id_in(name: str) -> UUID | None:
    """The id that a name in a formula is, as the API shows it or as a UUID; None for any other name."""
    found = decode(name)
    return found[1] if found and found[0] == "Kpi" else uuid_in(name)


def _check_units(kpi: Any, expression: Any, units: Mapping[str, str | None]) -> None:
    try:
        unit = unit_of(expression, units)
    except UnitsDiffer as error:
        facts = {"left": shown(error.left), "right": shown(error.right)}
        raise FormulaUnitMismatch(("formula",), line=error.place.line, column=error.place.column, **facts) from None
    if not fits(unit, kpi.unit):
        raise FormulaUnitMismatch(("unit",), line=1, column=1, left=shown(unit), right=f"the KPI's own unit {kpi.unit}")
