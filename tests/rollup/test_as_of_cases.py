"""Statements of history read every table as it was known at a moment."""

import re

import pytest
from sqlalchemy import TextClause

from service.rollup.as_of_statement import as_of
from service.rollup.history_loading import GOALS_AT, GUARDS_AT

READS = re.compile(r"\b(?:FROM|JOIN) (?:LATERAL )?([a-z_]+)(?: AS)? ([a-z]+)\b")
REVISIONS = {
    *("objective_revisions", "key_result_revisions", "milestone_revisions", "alignment_revisions", "cycle_revisions"),
    "team_revisions",
    *("kpi_revisions", "kpi_link_revisions", "kpi_target_revisions", "kpi_measurement_revisions"),
}
# Rows of which none is changed, and the organization: of it only the policy changes, which has versions.
WITHOUT_REVISIONS = {"check_ins", "status_policies", "organizations"}
OF_STATEMENT = {"unnest", "moments", "wanted"}


@pytest.mark.parametrize("statement", [GOALS_AT, GUARDS_AT], ids=["goals", "guards"])
def test_each_table_has_a_history(statement: TextClause) -> None:
    """A table that the roll-up reads besides needs one, or a reason why not."""
    reads = {(table, alias) for table, alias in READS.findall(statement.text) if table not in OF_STATEMENT}
    now = {(table, alias) for table, alias in reads if table not in REVISIONS | WITHOUT_REVISIONS}
    assert {alias for _, alias in now} == {"t"}, "Read as it is now."
    revised = {f"{re.sub('ies$', 'y', table).removesuffix('s')}_revisions" for table, _ in now}
    assert revised <= {table for table, _ in reads} & REVISIONS


CASES = [
    ("SELECT 1 FROM people p", "SELECT 1 FROM people p"),
    ("SELECT 1 FROM pillars JOIN people ON true", "SELECT 1 FROM pillars JOIN people ON true"),
]


@pytest.mark.parametrize(("sql", "expected"), CASES)
def test_other_tables_stay(sql: str, expected: str) -> None:
    assert as_of(sql) == expected


def test_an_alias_stays_and_a_table_without_one_is_its_own() -> None:
    named = as_of("SELECT c.value FROM check_ins c WHERE c.value > 0")
    assert named.startswith("SELECT c.value FROM LATERAL (SELECT value")
    assert named.endswith(") c WHERE c.value > 0")
    assert as_of("SELECT value FROM check_ins WHERE value > 0").endswith(") check_ins WHERE value > 0")
