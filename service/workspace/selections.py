"""Which rows of an organization are in a file, and what the items say that are made of them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import TextClause, text

from service.key_results.progress import CHANGES

CHUNK = 2000


def _name(alias: str) -> str:
    return f"coalesce({alias}.external_id, CAST({alias}.id AS text))"


def _join(table: str, alias: str, column: str) -> str:
    return f"LEFT JOIN {table} {alias} ON {alias}.organization_id = t.organization_id AND {alias}.id = t.{column}"


def _reference(alias: str, name: str) -> str:
    """What a row refers to; an archived thing is not in the file, so it is left out."""
    return f"CASE WHEN {alias}.id IS NOT NULL AND {alias}.archived_at IS NULL THEN {_name(alias)} END AS {name}"


@dataclass(frozen=True)
class Selection:
    """The rows of a type that are in a file, as its items have them, over the alias `t`.

    Its statements answer `row_id` and the fields of an item. Rows are in the order of the columns `order`, then of
    their ids. `about` is the column by which rows are looked up that have no name of their own in a file.
    """

    table: str
    columns: str
    joins: tuple[str, ...] = ()
    where: str = ""
    order: tuple[str, ...] = ()
    about: str = "id"

    @cached_property
    def first_page(self) -> TextClause:
        """The first rows in their order."""
        return text(f"{self._rows} {self.where} {self._in_order}")

    @cached_property
    def next_page(self) -> TextClause:
        """The next rows in their order after the one with the id `:after`."""
        last = f"SELECT {self._key('l')} FROM {self.table} l WHERE l.organization_id = :organization_id"
        return text(
            f"{self._rows} AND ({self._key('t')}) > ({last} AND l.id = CAST(:after AS uuid)) {self.where} "
            f"{self._in_order}"
        )

    @cached_property
    def those(self) -> TextClause:
        """The rows whose column `about` is one of `:ids`."""
        return text(f"{self._rows} AND t.{self.about} = ANY(CAST(:ids AS uuid[])) {self.where}")

    @property
    def _rows(self) -> str:
        return (
            f"SELECT t.id AS row_id, {self.columns} FROM {self.table} t "
            f"{' '.join(self.joins)} WHERE t.organization_id = :organization_id"
        )

    @property
    def _in_order(self) -> str:
        return f"ORDER BY {self._key('t')} LIMIT {CHUNK}"

    def _key(self, alias: str) -> str:
        return ", ".join(f"{alias}.{column}" for column in (*self.order, "id"))


_CHANGES = ", ".join(f"'{kind}'" for kind in sorted(CHANGES))
LIVE = "AND t.archived_at IS NULL"
_own = f'{_name("t")} AS "externalId"'
_objective_live = f"{LIVE} AND o.archived_at IS NULL"

# A key result needs the KPI that it follows, also an archived one.
_FOLLOWED = (
    "AND (t.archived_at IS NULL OR EXISTS (SELECT 1 FROM key_results r WHERE r.organization_id = t.organization_id "
    "AND r.source_kpi_id = t.id AND r.archived_at IS NULL))"
)

SELECTIONS = {
    "Person": Selection("people", f"{_own}, t.name, t.email, t.role", where=LIVE),
    "Team": Selection(
        "teams",
        f"{_own}, t.name, {_reference('u', 'parent')}",
        (_join("teams", "u", "parent_id"),),
        where=LIVE,
    ),
    "Membership": Selection(
        "memberships",
        f"{_name('u')} AS team, {_name('p')} AS person, t.role",
        (
            _join("teams", "u", "team_id"),
            _join("people", "p", "person_id"),
        ),
        where="AND t.ended_at IS NULL AND u.archived_at IS NULL AND p.archived_at IS NULL",
        about="team_id",
    ),
    "Pillar": Selection("pillars", f"{_own}, t.name, t.description", where=LIVE),
    "Cycle": Selection(
        "cycles",
        f'{_own}, t.name, t.kind, t.state, t.starts_on AS "startsOn", t.ends_on AS "endsOn", '
        f"{_reference('u', 'parent')}",
        (_join("cycles", "u", "parent_id"),),
        # An objective needs its cycle, also an archived one.
        where="AND (t.archived_at IS NULL OR EXISTS (SELECT 1 FROM objectives o WHERE o.archived_at IS NULL "
        "AND o.organization_id = t.organization_id AND o.cycle_id = t.id))",
    ),
    "Kpi": Selection(
        "kpis",
        f"{_own}, t.name, t.definition, t.unit, t.direction, t.indicator, t.scale, t.frequency, "
        't.value_type AS "valueType", t.cumulative, t.aggregation, t.source, t.formula, t.time_zone AS "timeZone", '
        't.grace_days AS "graceDays", t.category, t.perspective, t.weight, '
        f"{_reference('u', 'parent')}, {_reference('p', 'owner')}, {_reference('q', 'team')}",
        (
            _join("kpis", "u", "parent_id"),
            _join("people", "p", "owner_id"),
            _join("teams", "q", "team_id"),
        ),
        where=_FOLLOWED,
    ),
    "KpiTarget": Selection(
        "kpi_targets",
        f'{_own}, {_name("k")} AS kpi, t.starts_on AS "startsOn", t.ends_on AS "endsOn", t.value, t.lower, t.upper, '
        't.threshold_kind AS "thresholdKind", t.green, t.amber',
        (_join("kpis", "k", "kpi_id"),),
        where=f"{LIVE} AND k.archived_at IS NULL",
    ),
    "Objective": Selection(
        "objectives",
        f"{_own}, {_name('c')} AS cycle, t.title, t.description, t.level, t.kind, t.lifecycle, t.visibility, "
        't.perspective, t.progress_source AS "progressSource", t.status_source AS "statusSource", '
        f"{_reference('p', 'owner')}, "
        f"{_reference('u', 'team')}, "
        f"{_reference('l', 'pillar')}",
        (
            _join("cycles", "c", "cycle_id"),
            _join("people", "p", "owner_id"),
            _join("teams", "u", "team_id"),
            _join("pillars", "l", "pillar_id"),
        ),
        where=LIVE,
        order=("position",),
    ),
    "KeyResult": Selection(
        "key_results",
        f"{_own}, {_name('o')} AS objective, t.title, t.description, t.kind, t.mode, "
        't.value_source AS "valueSource", t.lifecycle, t.unit, t.baseline, '
        f"CASE WHEN t.change_by IS NULL OR t.kind NOT IN ({_CHANGES}) THEN t.target END AS target, "
        't.change_by AS "changeBy", t.lower, t.upper, t.weight, '
        f'{_reference("p", "owner")}, CASE WHEN s.id IS NOT NULL THEN {_name("s")} END AS "sourceKpi"',
        (
            _join("objectives", "o", "objective_id"),
            _join("people", "p", "owner_id"),
            _join("kpis", "s", "source_kpi_id"),
        ),
        where=_objective_live,
        order=("position",),
    ),
    "KpiLink": Selection(
        "kpi_links",
        f't.external_id AS "externalId", {_name("r")} AS "keyResult", {_name("k")} AS kpi, t.role',
        (
            _join("key_results", "r", "key_result_id"),
            _join("objectives", "o", "key_result_id").replace("t.key_result_id", "r.objective_id"),
            _join("kpis", "k", "kpi_id"),
        ),
        where=f"{_objective_live} AND r.archived_at IS NULL AND k.archived_at IS NULL",
        about="key_result_id",
    ),
    "Milestone": Selection(
        "milestones",
        f'{_own}, {_name("k")} AS "keyResult", t.title, t.weight, t.done_at AS "doneAt"',
        (
            _join("key_results", "k", "key_result_id"),
            _join("objectives", "o", "key_result_id").replace("t.key_result_id", "k.objective_id"),
        ),
        where=f"{_objective_live} AND k.archived_at IS NULL",
        order=("position",),
    ),
    "Alignment": Selection(
        "alignments",
        f't.external_id AS "externalId", {_name("o")} AS objective, '
        f"CASE WHEN k.id IS NULL THEN {_name('q')} END AS parent, "
        f'CASE WHEN k.id IS NOT NULL THEN {_name("k")} END AS "parentKeyResult", '
        't.kind, t.weight, t.is_primary AS "isPrimary"',
        (
            _join("objectives", "o", "objective_id"),
            _join("objectives", "q", "parent_id"),
            _join("key_results", "k", "parent_key_result_id"),
        ),
        where=f"{_objective_live} AND q.archived_at IS NULL AND k.archived_at IS NULL",
        order=("position",),
        about="objective_id",
    ),
    "CheckIn": Selection(
        "check_ins",
        f'{_own}, CASE WHEN k.id IS NOT NULL THEN {_name("k")} END AS "keyResult", '
        f"CASE WHEN k.id IS NULL THEN {_name('o')} END AS objective, "
        "t.value, t.confidence, t.status, t.note, t.at, "
        f"{_reference('p', 'author')}",
        (
            _join("objectives", "o", "objective_id"),
            _join("key_results", "k", "key_result_id"),
            _join("people", "p", "author_id"),
        ),
        where="AND o.archived_at IS NULL AND k.archived_at IS NULL",
        # An import counts `sequence` up in the order of the file, so the latest check-in stays the latest.
        order=("at", "recorded_at", "sequence"),
    ),
}

# The recorded points that are in a file, by `:kpi_id`, and those of them that are named by `:kpi_ids` and `:days`.
MEASURED = text(f"""
    SELECT t.id FROM kpis t WHERE t.organization_id = :organization_id AND t.source = 'MEASURED' {_FOLLOWED}
    ORDER BY t.id""")
_POINT = f"""
    SELECT {_name("k")} AS kpi, t.kpi_id, t.starts_on AS "on", t.value, t.source, t.reason
    FROM kpi_measurements t {_join("kpis", "k", "kpi_id")}"""
POINTS = text(f"""{_POINT}
    WHERE t.organization_id = :organization_id AND t.kpi_id = CAST(:kpi_id AS uuid)
      AND t.starts_on > CAST(:after AS date) AND t.value IS NOT NULL
    ORDER BY t.starts_on LIMIT {CHUNK}""")
THOSE_POINTS = text(f"""{_POINT}
    JOIN unnest(CAST(:kpi_ids AS uuid[]), CAST(:days AS date[])) AS w (kpi_id, day)
      ON t.kpi_id = w.kpi_id AND t.starts_on = w.day
    WHERE t.organization_id = :organization_id AND t.value IS NOT NULL AND k.source = 'MEASURED'""")
# What the rows have beside the fields of their items.
BESIDE = frozenset({"row_id", "kpi_id"})


def item_of(type_name: str, row: Any) -> dict[str, Any]:
    """The item of a row. Empty fields are left out: on a new row they are empty anyway."""
    fields = {name: value for name, value in row.items() if name not in BESIDE and value is not None}
    return {"type": type_name} | fields
