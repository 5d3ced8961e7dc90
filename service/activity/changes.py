"""What an entry says of a change: the values before and after it, as text or as references."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID


class ChangedField(NamedTuple):
    """A changed field: texts, or the `type_name` and ids of what it refers to; None is no value."""

    name: str
    before: str | None = None
    after: str | None = None
    type_name: str | None = None
    before_id: UUID | None = None
    after_id: UUID | None = None


def changed_fields(changes: Mapping[str, Any], types: Mapping[str, str]) -> list[ChangedField]:
    """The fields in the changes of an event by name, where `types` are those of the objects that ids refer to."""
    return [_changed_field(name, changes[name], types.get(name)) for name in sorted(changes)]


def _changed_field(name: str, values: Mapping[str, Any], type_name: str | None) -> ChangedField:
    before, after = values.get("before"), values.get("after")
    if type_name is None:
        return ChangedField(name, _text(before), _text(after))
    return ChangedField(
        name.removesuffix("_id"), type_name=type_name, before_id=before and UUID(before), after_id=after and UUID(after)
    )


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)
