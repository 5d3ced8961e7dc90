"""Binds the names in a formula to KPIs, and checks that the formula can be computed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from service.errors import Refusal, Refusals
from service.kpis.enums import Frequency, KpiSource, KpiValueType
from service.kpis.formulas.ast import SourcePosition, references
from service.kpis.formulas.hidden_names import without_hidden_names
from service.kpis.formulas.parser import parse
from service.kpis.formulas.units import UnitsDiffer, describe_unit, matches_unit, unit_of
from service.kpis.models import Kpi
from service.kpis.series.series import coarser
from service.people.goal_access import seen_now
from service.postgres.tables import columns_of, within
from service.reading.reader import of_tenant
from service.values.global_ids import decode
from service.values.parsing import parse_uuid
from service.writing.transaction import Transaction

_kpi = columns_of(Kpi)
COLUMNS = (_kpi.id, _kpi.external_id, _kpi.name, _kpi.unit, _kpi.frequency, _kpi.value_type)


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


async def bind(tx: Transaction, kpi: Any, *, rebind: bool = True) -> dict[str, Any]:
    """The names and ids of the KPIs that a formula reads. Raises the errors of the formula with their positions.

    With `rebind` a name means the KPI that has it now, else the KPI that it was bound to before.
    """
    if kpi.source != KpiSource.FORMULA or not (kpi.formula or "").strip():
        # The check of the definition, which comes before, reports a missing formula.
        return {"input_names": [], "input_ids": []}
    expression = parse(kpi.formula or "")
    positions: dict[str, SourcePosition] = {}
    for reference in references(expression):
        positions.setdefault(reference.name, reference.position)
    known = await (_find_by_current_names(tx, positions) if rebind else _find_by_bound_ids(tx, kpi))
    unknown = [
        FormulaKpiUnknown(("formula",), name=name, line=position.line, column=position.column)
        for name, position in positions.items()
        if name not in known
    ]
    if unknown:
        raise Refusals(unknown)
    try:
        _ensure_all_readable(kpi, known)
    except Refusal:
        if not tx.viewer.sees_all:
            _, rows = await without_hidden_names(tx, {}, known.values())
            _ensure_all_readable(kpi, dict(zip(known, rows, strict=True)))
        raise
    _check_units(kpi, expression, {name: row.unit for name, row in known.items()})
    return {"input_names": list(positions), "input_ids": [known[name].id for name in positions]}


def _ensure_all_readable(kpi: Any, inputs: Mapping[str, Any]) -> None:
    for input in inputs.values():
        ensure_readable(kpi, input)


def ensure_readable(kpi: Any, input: Any) -> None:
    """Raises InputQualitative, and InputTooCoarse if a KPI has longer periods than the one computed from it."""
    if input.value_type == KpiValueType.QUALITATIVE:
        raise InputQualitative(("formula" if kpi.source == KpiSource.FORMULA else "parentId",), name=input.name)
    reader, read = Frequency(kpi.frequency), Frequency(input.frequency)
    if coarser(reader, read) is not reader:
        raise InputTooCoarse(("frequency",), name=input.name, input=read, frequency=reader)


async def _find_by_bound_ids(tx: Transaction, kpi: Any) -> dict[str, Any]:
    query = select(*COLUMNS).where(of_tenant(Kpi), within(_kpi.id, kpi.input_ids))
    rows = {row.id: row for row in await tx.rows(query)}
    return {name: rows[id] for name, id in zip(kpi.input_names, kpi.input_ids, strict=True)}


async def _find_by_current_names(tx: Transaction, names: Mapping[str, Any]) -> dict[str, Any]:
    query = select(*COLUMNS).where(seen_now(Kpi), _kpi.archived_at.is_(None))
    rows_by_name: dict[str, Any] = {}
    ids = {name: id for name in names if (id := _parse_id(name))}
    for row in await tx.rows(query.where(within(_kpi.id, ids.values()))) if ids else ():
        rows_by_name |= {name: row for name, id in ids.items() if id == row.id}
    for row in await tx.rows(query.where(within(_kpi.external_id, names))):
        rows_by_name[row.external_id] = row
    return rows_by_name


def _parse_id(name: str) -> UUID | None:
    """The id in a name of a formula, a global id or a UUID; None for any other name."""
    decoded = decode(name)
    return decoded[1] if decoded and decoded[0] == "Kpi" else parse_uuid(name)


def _check_units(kpi: Any, expression: Any, units: Mapping[str, str | None]) -> None:
    try:
        unit = unit_of(expression, units)
    except UnitsDiffer as error:
        units_shown = {"left": describe_unit(error.left), "right": describe_unit(error.right)}
        raise FormulaUnitMismatch(
            ("formula",), line=error.position.line, column=error.position.column, **units_shown
        ) from None
    if not matches_unit(unit, kpi.unit):
        raise FormulaUnitMismatch(
            ("unit",), line=1, column=1, left=describe_unit(unit), right=f"the KPI's own unit {kpi.unit}"
        )
