"""Statements over tables as they were known at a moment, in place of the tables as they are now."""

import re
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

from sqlalchemy import ARRAY, Column
from sqlalchemy.dialects import postgresql

from service.alignment.models import Alignment
from service.check_ins.models import CheckIn
from service.cycles.models import Cycle
from service.key_results.kpi_link_models import KpiLink
from service.key_results.models import KeyResult, Milestone
from service.kpis.models import Kpi, KpiTarget
from service.objectives.models import Objective
from service.people.models import StatusPolicy, Team
from service.postgres.tables import table_of
from service.writing.revisions import revision_model

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
# Stored columns that are read of goals in closed cycles only. They stay as they were at the close.
_OF_CLOSE = frozenset({"cadence_days", "cadence_weekday"})
# Models with a table of revisions, and the columns that never change: rows are looked for by them.
_REVISED: Mapping[Any, Collection[str]] = {
    Objective: (),
    KeyResult: ("objective_id",),
    Milestone: ("key_result_id",),
    Alignment: ("objective_id", "parent_id", "parent_key_result_id"),
    Cycle: (),
    Team: (),
    Kpi: (),
    KpiTarget: ("kpi_id",),
    KpiLink: ("key_result_id", "kpi_id", "role"),
}
# A value that was corrected or deleted has a revision; a computed one is known as it is now only.
_MEASUREMENTS = """
    SELECT t.organization_id, t.kpi_id, t.starts_on, each.value, each.null_reason FROM kpi_measurements t
    CROSS JOIN LATERAL (
        SELECT v.value, v.null_reason FROM (
            SELECT t.value, t.null_reason, t.version,
                   CASE WHEN t.event_id IS NULL THEN TIMESTAMPTZ '-infinity' ELSE t.recorded_at END AS recorded_at
            UNION ALL
            SELECT r.value, r.null_reason, r.version, r.recorded_at FROM kpi_measurement_revisions r
            WHERE r.organization_id = :organization_id AND r.kpi_id = t.kpi_id AND r.starts_on = t.starts_on
        ) v
        WHERE v.recorded_at <= i.at ORDER BY v.version DESC LIMIT 1
    ) each
    WHERE t.organization_id = :organization_id"""


def as_of(sql: str) -> str:
    """A statement that reads, of each table with a history, the rows as they were known at `i.at`.

    A row is the newest of its revisions that were recorded by then. Columns that no revision has are null, since they
    follow from the others, and the version is 1. A goal that was not there yet has no row.
    """
    names = set(re.findall(r"\w+", sql))

    def read(match: "re.Match[str]") -> str:
        source = _SOURCES[match["table"]](names)
        return f"{match['word']} LATERAL ({source}) {match['alias'] or match['table']}"

    return _READ.sub(read, sql)


def _revised(model: Any, names: Collection[str]) -> str:
    """The rows of a table at the moment, with the columns of these names."""
    table, revisions = table_of(model), table_of(revision_model(model))  # type: ignore[arg-type]
    fixed = {"id", "organization_id", "created_at", *_OF_CLOSE, *_REVISED[model]}
    columns = ",".join(
        f"t.{each.name}" if each.name in fixed else _column(each, is_revised=each.name in revisions.c)
        for each in table.columns
        if each.name in names
    )
    return (
        f"SELECT {columns} FROM {table.name} t CROSS JOIN LATERAL ("
        f"SELECT * FROM {revisions.name} r WHERE r.organization_id = :organization_id AND r.subject_id = t.id "
        "AND r.recorded_at <= i.at ORDER BY r.valid_from DESC, r.recorded_at DESC, r.id DESC LIMIT 1"
        ") r WHERE t.organization_id = :organization_id"
    )


def _column(column: Column[Any], *, is_revised: bool) -> str:
    name = column.name
    if is_revised:
        return f"r.{name}"
    value = "'{}'" if isinstance(column.type, ARRAY) else "1" if name == "version" else "NULL"
    return f"CAST({value} AS {_type(column)}) AS {name}"


def _type(column: Column[Any]) -> str:
    name = column.type.compile(_DIALECT).replace("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ")
    return name.removesuffix(' COLLATE "C"')


def _check_ins(names: Collection[str]) -> str:
    """The check-ins that were recorded by the moment. One that was replaced later was valid then."""
    columns = [each.name for each in table_of(CheckIn).columns if each.name in names and each.name != "invalid_since"]
    columns.append("CASE WHEN invalid_since <= i.at THEN invalid_since END AS invalid_since")
    return f"SELECT {','.join(columns)} FROM check_ins WHERE organization_id = :organization_id AND recorded_at <= i.at"


_SOURCES: Mapping[str, Callable[[Collection[str]], str]] = {
    **{table_of(model).name: partial(_revised, model) for model in _REVISED},
    "check_ins": _check_ins,
    "kpi_measurements": lambda _: " ".join(_MEASUREMENTS.split()),
}
_KEYWORDS = "WHERE|JOIN|ON|LEFT|CROSS|ORDER|OFFSET|GROUP|LIMIT|UNION"
_READ = re.compile(
    rf"\b(?P<word>FROM|JOIN) (?P<table>{'|'.join(_SOURCES)})\b(?: (?:AS )?(?!(?:{_KEYWORDS})\b)(?P<alias>\w+))?"
)
# The policy of the organization, in the columns of its row, is the newest version by the moment.
POLICY = f"""LATERAL (
    SELECT g.id, g.fiscal_year_start_month, g.time_zone,
        v.on_track_pace, v.at_risk_pace, v.check_in_cadence_days, v.check_in_weekday
    FROM organizations g CROSS JOIN LATERAL (
        SELECT * FROM {table_of(StatusPolicy).name} v
        WHERE v.organization_id = :organization_id AND (v.valid_from <= i.at OR v.number = 1)
        ORDER BY v.number DESC LIMIT 1
    ) v WHERE g.id = :organization_id
)"""
