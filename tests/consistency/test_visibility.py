"""Every read statement names the rows of each of its tables by `visible`, or is named here."""

import json
import subprocess
import sys

import pytest

from service.settings import ROOT
from tests.kit.service_statements import Declared
from tests.kit.viewer_predicate import unmarked

# What is computed from other KPIs concerns all rows.
DERIVED = {("service.kpis.formulas.queries", "COMPUTED 0")}
# Keys are looked up before there is a viewer.
WITHOUT_VIEWER = {
    (f"service.{module}.queries", f"{credentials}_OF_ORGANIZATION{plural}")
    for module, credentials in (("people", "KEYS"), ("share_tokens", "SHARES"))
    for plural in ("", "S")
}


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
