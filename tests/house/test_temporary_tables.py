"""No statement names a temporary table together with a table of tenants: those may be on other machines."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import TextClause

import service
from service.postgres.tables import metadata
from service.settings import ROOT

CREATED = re.compile(r"CREATE TEMP(?:ORARY)? TABLE (?:IF NOT EXISTS )?(\w+)")
NAMED = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE|TABLE|ONLY|,)\s+([a-z_]+)\b")
# What stands for a value that is put into a text when it is built.
BUILT = "{}"


def sources() -> Iterator[str]:
    """All strings of the source, those that are built with a mark where a value is put in."""
    for path in (ROOT / "service").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.JoinedStr):
                yield "".join(str(part.value) if isinstance(part, ast.Constant) else BUILT for part in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def statements() -> Iterator[str]:
    """All statements that modules have as variables, as they are sent."""
    for each in pkgutil.walk_packages(service.__path__, "service."):
        if not each.name.endswith("__main__"):
            yield from texts_in(list(vars(importlib.import_module(each.name)).values()))


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, TextClause):
        yield value.text
    elif isinstance(value, tuple | list):
        for each in value:
            yield from texts_in(each)


def mixed(texts: Iterator[str], temporary: set[str], tenants: set[str]) -> set[str]:
    """The texts that name both kinds of tables, and those with a temporary one that are built of parts."""
    found = set()
    for text in texts:
        names = set(NAMED.findall(text))
        if names & temporary and (names & tenants or (BUILT in text and text != BUILT)):
            found.add(text)
    return found


def test_no_statement_names_both() -> None:
    temporary = {name for text in sources() for name in CREATED.findall(text)}
    assert temporary == {"staged_items", "staged_points", "taken_points", "unsettled", "unsettled_edges"}
    everything = list(statements())
    assert sum("staged_items" in text for text in everything) > 5
    assert mixed(iter([*everything, *sources()]), temporary, set(metadata().tables)) == set()


def test_a_statement_that_names_both_is_found() -> None:
    wrong = [
        "SELECT 1 FROM alignments a JOIN unsettled u ON u.id = a.objective_id",
        "INSERT INTO unsettled (id) SELECT id FROM objectives",
        "UPDATE unsettled u SET height = 1 WHERE NOT EXISTS (SELECT 1 FROM alignments a)",
        "INSERT INTO {} SELECT * FROM unsettled",
        "SELECT 1 FROM unsettled u, objectives o",
    ]
    right = ["SELECT id FROM unsettled", "SELECT id FROM objectives", "ANALYZE unsettled", "objectives unsettled"]
    assert mixed(iter([*wrong, *right]), {"unsettled"}, {"objectives", "alignments"}) == set(wrong)
