"""Enums of an input arrive as their values, since a sorted schema has no classes for them: `is` never holds."""

import re

from service.settings import ROOT

IDENTITY = re.compile(r"\bis (?:not )?(?!OperationType)[A-Z]\w+\.[A-Z][A-Z_]*\b")


def compared_by_identity(source: str) -> list[str]:
    return IDENTITY.findall(source)


def test_no_value_of_an_input_is_compared_by_identity() -> None:
    assert compared_by_identity("if mode is BatchMode.ATOMIC or mode is not BatchMode.EACH: ...") == [
        "is BatchMode.ATOMIC",
        "is not BatchMode.EACH",
    ]
    # The executor has enums of its own, which come from no input.
    files = [path for path in (ROOT / "schema").rglob("*.py") if "execution" not in path.parts]
    assert len(files) > 80
    compared = {path.name: compared_by_identity(path.read_text()) for path in files}
    assert {name: each for name, each in compared.items() if each} == {}
