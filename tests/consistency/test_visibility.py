"""Every read statement names the rows of each of its tables by `visible` or `reached`, or is named here."""

import json
import re
import subprocess
import sys

import pytest

from service.all_entities import ENTITIES
from service.initiatives.check_ins.entity import INITIATIVE_CHECK_IN
from service.initiatives.entity import INITIATIVE
from service.postgres.tables import tables_in_order
from service.reading.keyset import Page, count_rows, select_page
from service.reading.statement_batch import compile_sql
from service.reading.visibility import BELONGS_TO, PARAMETERS, Sight, condition
from service.settings import ROOT
from tests.kit.service_statements import Declared
from tests.kit.viewer_predicate import unmarked

# What is computed from other KPIs concerns all rows.
DERIVED = {("service.kpis.formulas.queries", "COMPUTED 0")}
# Keys, shares and access are looked up before there is a viewer.
WITHOUT_VIEWER = {
    (f"service.{module}.queries", f"{credentials}_OF_ORGANIZATION{plural}")
    for module, credentials in (("people", "KEYS"), ("share_tokens", "SHARES"))
    for plural in ("", "S")
}
WITHOUT_VIEWER |= {("service.people.queries", "WRONG_KEYS"), ("service.share_tokens.queries", "WRONG_SHARES")}
WITHOUT_VIEWER |= {("service.people.access_queries", "ACCESS")}


# The parameters that tell the rows of the viewer, of which each statement has one at least.
NAMED_BY = {
    Sight.EVERYTHING: set[str](),
    Sight.LISTED: {"viewer_id"},
    Sight.LOOKED_UP: {"viewer_id"},
    Sight.SHARED: {"viewer_objective_ids", "viewer_kpi_ids"},
}


def test_whatever_is_found_by_itself_is_named_by_the_predicate_of_the_viewer() -> None:
    """Lists and lookups begin a path through the graph; what they find leads to the rest."""
    hidden = [entity for entity in ENTITIES if condition(entity.table.name, "t") is not None]
    assert len(hidden) > 8
    for entity in hidden:
        statements = [each for each in (entity.by_id, entity.by_external_id) if each is not None]
        if entity.listing is not None:
            statements += [count_rows(entity.listing)]
            statements += [select_page(entity.listing, Page(20, order)) for order in entity.listing.orders]
        for statement in statements:
            for sight, parameters in NAMED_BY.items():
                named = PARAMETERS & set(compile_sql(statement, sight).parameters)
                if sight is Sight.SHARED and entity in (INITIATIVE, INITIATIVE_CHECK_IN):
                    # No share token shows one.
                    assert re.search(r"\bfalse\b", condition(entity.table.name, "t", sight) or "")
                    assert not named & parameters
                    continue
                assert bool(named & parameters) == bool(named) == bool(parameters), (entity.name, str(statement))


def test_what_refers_to_a_goal_belongs_to_it_or_is_named_here() -> None:
    """A table that refers to goals is hidden with them, or is read only together with them."""
    goals = {"objectives", "kpis", "key_results"}
    referring = {
        (table.name, key.parent.name)
        for table in tables_in_order()
        for key in table.foreign_keys
        if key.column.table.name in goals and key.parent.name != "organization_id"
    }
    belonging = {(table, column) for table, columns in BELONGS_TO.items() for column in columns}
    assert {(table, column) for table, column in referring - belonging if not table.endswith("_revisions")} == (
        # A goal is not hidden with what it is computed from, and an edge to a key result with its objective. Nor is a
        # carry-over with the goals that carry on its own. Share tokens are read by those who may share:
        # tests/share_tokens/.
        {
            ("alignments", "parent_key_result_id"),
            *(("carry_overs", column) for column in ("key_result_id", "successor_id", "successor_key_result_id")),
            ("check_ins", "key_result_id"),
            ("key_results", "source_kpi_id"),
            ("kpis", "parent_id"),
            ("share_tokens", "objective_id"),
        }
    )


def test_no_read_statement_goes_around_the_predicate_of_the_viewer() -> None:
    command = [sys.executable, "-m", "tests.kit.viewer_predicate"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    around = [(module, where) for module, where in json.loads(answer.stdout)]
    known = WITHOUT_VIEWER | DERIVED
    assert [(module, where) for module, where in around if (module, where.split(":")[0]) not in known] == []


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("SELECT o.id FROM objectives o WHERE o.organization_id = $1 AND is_visible(o.id)", []),
        ("SELECT o.id FROM objectives o WHERE o.organization_id = $1", ["objectives o"]),
        (
            "SELECT o.id FROM objectives o JOIN cycles y ON y.organization_id = $1 AND y.id = o.cycle_id"
            " WHERE o.organization_id = $1 AND is_visible(o.id)",
            ["cycles y"],
        ),
        (
            "SELECT o.id FROM objectives o WHERE o.organization_id = $1 AND is_visible(o.id) AND EXISTS"
            " (SELECT 1 FROM alignments o WHERE o.organization_id = $1)",
            ["alignments o"],
        ),
    ],
)
def test_a_statement_that_goes_around_it_is_found(sql: str, tables: list[str]) -> None:
    declared = Declared("service.objectives.queries", "NEW", sql, frozenset({"$1"}))
    assert list(unmarked(declared)) == [("service.objectives.queries", f"NEW: {table}") for table in tables]
