"""The answers of the documents in docs/operations, as files: ids and cursors have names that every run gives them."""

import json
from pathlib import Path
from typing import Any

from schema.relay.node import parsed
from service.settings import ROOT

FOLDER = ROOT / "docs" / "operations" / "answers"
CURSORS = {"cursor", "startCursor", "endCursor"}


def path_of(name: str) -> Path:
    """The file with the answer of a document."""
    return FOLDER / f"{name}.json"


def written(data: dict[str, Any]) -> str:
    """An answer as its file has it."""
    return json.dumps({"data": named(data, {})}, indent=2, ensure_ascii=False) + "\n"


def named(value: Any, names: dict[str, str], field: str = "") -> Any:
    """A value of an answer with each id as its type and a number, in the order in which they come."""
    if isinstance(value, dict):
        return {name: named(each, names, name) for name, each in value.items()}
    if isinstance(value, list):
        return [named(each, names, field) for each in value]
    if not isinstance(value, str):
        return value
    if field in CURSORS:
        return "<cursor>"
    if value in names:
        return names[value]
    if found := parsed(value):
        number = 1 + sum(name.startswith(f"<{found[0]} ") for name in names.values())
        names[value] = f"<{found[0]} {number}>"
        return names[value]
    return value
