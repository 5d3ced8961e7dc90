"""Reads a workspace file, line by line."""

from collections.abc import Iterable, Iterator

import orjson
from pydantic import ValidationError

from service.entities.items import Item
from service.errors import Refusal, Refusals
from service.workspace.file_format import LineKind, Truncated, kind_of, read_header
from service.workspace.former_names import with_current_names
from service.workspace.items import TYPE_NAMES, any_item, complaints
from service.workspace.report import Report, invalid


def items_of(lines: Iterable[bytes], report: Report) -> Iterator[tuple[int, Item]]:
    """The items of JSON Lines, each with its line from 1; what cannot be read is reported as failed.

    The records of an export are passed over: a restore reads them. An export without its end is reported as failed,
    since the part that is missing may hold items.
    """
    number, awaits_end = 0, False
    for number, line in enumerate(with_current_names(lines), start=1):
        if not line.strip():
            continue
        if (kind := kind_of(line)) is not None:
            if kind is LineKind.HEADER:
                try:
                    awaits_end = read_header(line).records
                except Refusal as refusal:
                    report.fail(number, "?", None, refusal)
                    return
            awaits_end = awaits_end and kind is not LineKind.END
            continue
        try:
            yield number, any_item.validate_json(line)
        except ValidationError as error:
            refusals = [invalid(path, problem) for path, problem in complaints(error)]
            report.fail(number, *_known_as(line), Refusals(refusals))
    if awaits_end:
        report.fail(number, "?", None, Truncated())


def _known_as(line: bytes) -> tuple[str, str | None]:
    """The type and the external id that a line names though the rest of it cannot be read; "?" for no type."""
    try:
        item = orjson.loads(line)
    except orjson.JSONDecodeError:
        return "?", None
    if not isinstance(item, dict):
        return "?", None
    type_name, external_id = item.get("type"), item.get("externalId")
    return type_name if type_name in TYPE_NAMES else "?", external_id if isinstance(external_id, str) else None
