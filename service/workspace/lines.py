"""Reads a workspace file, line by line."""

from collections.abc import Iterable, Iterator

from pydantic import ValidationError

from service.workspace.item import Item
from service.workspace.items import adapter, complaints
from service.workspace.results import InvalidItem, Report


def items_of(lines: Iterable[bytes], report: Report) -> Iterator[tuple[int, Item]]:
    """The items of JSON Lines, each with its line from 1; what cannot be read is reported as failed."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield number, adapter.validate_json(line)
        except ValidationError as error:
            path, problem = complaints(error)[0]
            report.fail(number, "?", None, InvalidItem(path, problem=_told(path, problem)))


def _told(path: tuple[str, ...], problem: str) -> str:
    return f"{'.'.join(path)}: {problem}" if path else problem
