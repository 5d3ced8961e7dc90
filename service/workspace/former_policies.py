"""Gives the records of files from before status policies had versions the first version of their policy."""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from uuid_utils.compat import uuid7

from service.workspace.file_format import LineKind, kind_of

ORGANIZATIONS, POLICIES = "organizations", "status_policies"
CYCLES = ("cycles", "cycle_revisions")
# What the row of the organization has of its policy; a file from before one of them has its default.
DEFAULTS = {"on_track_pace": 0.9, "at_risk_pace": 0.7, "check_in_cadence_days": 7}
POLICY_ID = "status_policy_id"


def with_status_policies(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a file, with a version of the policy before its cycles if it has none. Closed cycles keep that one,
    since goals in them were judged by the policy of the organization.

    A line that cannot be read stays as it is.
    """
    id, table, is_old = str(uuid7()), "", True
    organization: dict[str, Any] = {}
    for line in lines:
        kind = kind_of(line)
        content = _read(line) if kind is LineKind.TABLE or (kind is LineKind.ROW and table in _READ) else {}
        if kind is LineKind.TABLE:
            table = str(content.get("table", ""))
            if table == POLICIES:
                is_old = False
            elif table == CYCLES[0] and is_old and organization:
                yield from _first_version(id, organization)
        if is_old and kind is LineKind.TABLE and table in CYCLES:
            content["columns"] = [*content.get("columns", []), POLICY_ID]
            line = _written(content)
        elif kind is LineKind.ROW and table == ORGANIZATIONS:
            organization = content.get("row", {})
        elif is_old and kind is LineKind.ROW and table in CYCLES and "row" in content:
            content["row"][POLICY_ID] = id if content["row"].get("state") == "CLOSED" else None
            line = _written(content)
        yield line


_READ = {ORGANIZATIONS, *CYCLES}


def _first_version(id: str, organization: dict[str, Any]) -> Iterator[bytes]:
    values = {name: organization.get(name, default) for name, default in DEFAULTS.items()}
    row = {"id": id, "number": 1, "valid_from": organization.get("created_at"), **values}
    yield _written({"table": POLICIES, "columns": list(row)})
    yield _written({"row": row})


def _read(line: bytes) -> dict[str, Any]:
    try:
        content: Any = orjson.loads(line)
    except orjson.JSONDecodeError:
        return {}
    return content if isinstance(content, dict) else {}


def _written(content: dict[str, Any]) -> bytes:
    return orjson.dumps(content) + b"\n"
