"""The glossary is in alphabetical order, and spells names as the schema does."""

import re

from schema.root import schema
from service.settings import ROOT

TEXT = (ROOT / "GLOSSARY.md").read_text()
NAME = re.compile(r"[A-Z][A-Z_]{3,}|[a-z]+[A-Z]\w+|[A-Z][a-z]\w+[A-Z]\w+")


def names() -> set[str]:
    """Types, fields, arguments and enum values of the schema."""
    found = set(schema._schema.type_map)
    for kind in schema._schema.type_map.values():
        found |= set(getattr(kind, "values", {}))
        for name, field in getattr(kind, "fields", {}).items():
            found |= {name, *getattr(field, "args", {})}
    return found


def test_words_are_in_alphabetical_order() -> None:
    words = [word.lower() for word in re.findall(r"^\*\*(.+?)\*\*", TEXT, re.MULTILINE)]
    assert len(words) > 80
    assert words == sorted(words)


def test_names_are_those_of_the_schema() -> None:
    spelled = {name for name in re.findall(r"`([^`\n]+)`", TEXT) if NAME.fullmatch(name)}
    assert len(spelled) > 100
    assert spelled - names() == set()
