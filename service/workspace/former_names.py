"""Names and values that older versions of the workspace file had, and what stands for them now."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

import orjson

from service.errors import Refusal
from service.workspace.file_format import LineKind, kind_of, read_header

# Version 1: keys of items by their type, columns by their table, and keys of `changes` of an event by its subject type.
ITEM_KEYS = {"Kpi": {"nature": "valueType"}}
COLUMNS = {
    "organizations": {"fiscal_month": "fiscal_year_start_month"},
    "kpis": {"nature": "value_type"},
    "kpi_revisions": {"nature": "value_type"},
}
EVENT_KEYS = {
    "Organization": {"fiscal_month": "fiscal_year_start_month"},
    "Kpi": {"nature": "value_type", "points": "measurements"},
}

# The tables with the states of cycles.
CYCLES = ("cycles", "cycle_revisions")


def with_current_names(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a workspace file, one for each, with today's names in place of those of version 1, and without the
    state ARCHIVED, which cycles had once: such a cycle is CLOSED, and archived where a record says when.

    Files without a header are taken to be of today. A line that cannot be read stays as it is.
    """
    is_old, table = False, ""
    for line in lines:
        kind = kind_of(line)
        if kind is LineKind.HEADER:
            # A header that cannot be read is refused by whoever reads it next.
            with suppress(Refusal):
                is_old = read_header(line).version == 1
        elif kind is LineKind.TABLE or (is_old and kind is not LineKind.END):
            table, line = _renamed(kind, table, line, is_old)
        if b'"ARCHIVED"' in line and (kind is not LineKind.ROW or table in CYCLES):
            line = _without_archived_state(kind, line)
        yield line


def _without_archived_state(kind: LineKind | None, line: bytes) -> bytes:
    """A line of a cycle, or of a revision of one, with the state CLOSED in place of ARCHIVED; another line as it is."""
    try:
        content: Any = orjson.loads(line)
    except orjson.JSONDecodeError:
        return line
    row = content.get("row", {}) if kind is LineKind.ROW else content
    if row.get("state") != "ARCHIVED" or (kind is not LineKind.ROW and row.get("type") != "Cycle"):
        return line
    row["state"] = "CLOSED"
    if kind is LineKind.ROW and row.get("archived_at") is None:
        row["archived_at"] = row.get("updated_at", row.get("recorded_at"))
    return orjson.dumps(content) + b"\n"


def _renamed(kind: LineKind | None, table: str, line: bytes, is_old: bool) -> tuple[str, bytes]:
    """The table of the rows that follow, and the line, which is changed if it `is_old`."""
    if kind is LineKind.ROW and table not in {*COLUMNS, "events"}:
        return table, line
    try:
        content: Any = orjson.loads(line)
    except orjson.JSONDecodeError:
        return table, line
    if kind is LineKind.TABLE:
        table = content.get("table", "")
        if not is_old:
            return table, line
        names = COLUMNS.get(table, {})
        content["columns"] = [names.get(name, name) for name in content.get("columns", [])]
    elif kind is LineKind.ROW:
        row = content["row"] = _with_keys(content["row"], COLUMNS.get(table, {}))
        if table == "events" and isinstance(row.get("changes"), dict):
            row["changes"] = _with_keys(row["changes"], EVENT_KEYS.get(row.get("subject_type", ""), {}))
    elif isinstance(content, dict) and content.get("type") in ITEM_KEYS:
        content = _with_keys(content, ITEM_KEYS[content["type"]])
    else:
        return table, line
    return table, orjson.dumps(content) + b"\n"


def _with_keys(values: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in values.items()}
