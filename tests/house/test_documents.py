"""Documents name files and sections that exist."""

import re
from pathlib import Path

import pytest

from service.settings import ROOT

DOCUMENTS = [
    path
    for folder in ("", "docs", "docs/decisions", "schema/execution")
    for path in sorted((ROOT / folder).glob("*.md"))
    if path.name != "CHANGELOG.md"
]
PATH = re.compile(r"`((?:service|schema|tests|docs|bench|migrations|tools|demo)/[\w./-]+\.\w+)`")
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
CITED = re.compile(r"docs/numbers\.md, (\d+)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_that_a_document_names_are_there(document: Path) -> None:
    text = document.read_text()
    named = [ROOT / name for name in PATH.findall(text)]
    linked = [document.parent / name for name in LINK.findall(text)]
    assert [str(path) for path in (*named, *linked) if not path.exists()] == []


def test_the_tour_has_the_stops_that_it_promises() -> None:
    text = (ROOT / "docs" / "tour.md").read_text()
    query, check_in = text.split("## A check-in in nine stops")
    assert re.findall(r"^(\d)\. ", query, re.MULTILINE) == [str(number) for number in range(1, 9)]
    assert re.findall(r"^(\d)\. ", check_in, re.MULTILINE) == [str(number) for number in range(1, 10)]


def test_sections_of_the_numbers_that_code_cites_are_there() -> None:
    sections = set(re.findall(r"^## (\d+)\. ", (ROOT / "docs" / "numbers.md").read_text(), re.MULTILINE))
    cited = {
        number: path
        for folder in ("service", "schema", "tests")
        for path in (ROOT / folder).rglob("*.py")
        for number in CITED.findall(path.read_text())
    }
    assert sections
    assert {number: path for number, path in cited.items() if number not in sections} == {}
