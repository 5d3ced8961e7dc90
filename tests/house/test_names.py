"""Identifiers are terms of the field: none has a word that says nothing, or that has had several meanings."""

from service.settings import ROOT
from tests.house import guards

FOLDERS = ("service", "schema", "bench", "tools")


def test_no_identifier_has_a_banned_word() -> None:
    paths = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    assert len(paths) > 300
    banned = {str(path.relative_to(ROOT)): guards.banned_names(path.read_text(), path.stem) for path in paths}
    assert {path: names for path, names in banned.items() if names} == {}


def test_a_banned_word_is_found_wherever_a_name_is_given() -> None:
    bindings = "try: pass\nexcept E as found: pass\nmatch x:\n    case wish: pass\n"
    assert sorted(guards.banned_names(bindings)) == ["found", "wish"]
    source = "import a as found\ndef told(wanted): made_of = 1\nclass Place: pass\nself.kept = found.of\n"
    assert sorted(guards.banned_names(source)) == ["Place", "found", "kept", "made_of", "told", "wanted"]
    assert guards.banned_names("class NotFound(Exception): pass\nplacement = misplaced = 1\n") == []
