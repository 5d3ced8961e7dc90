"""Values before and after a change, as the schema shows them to a viewer."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import orjson

from schema.context import Info
from schema.relay.node import global_id
from service.all_entities import reference_types, seen_ids
from service.values.names import to_camel_case

Reference = tuple[str, UUID]


async def shown_changes(info: Info, events: Sequence[Any]) -> list[dict[str, Any]]:
    """The changes of each event, by the names of the schema. Ids become those of the schema, and null where the viewer
    does not see the object."""
    changes = [orjson.loads(event.changes) for event in events]
    types = [reference_types(event.subject_type) for event in events]
    hidden = await _hidden(
        info, {each for own, of in zip(changes, types, strict=True) for each in _references(own, of)}
    )
    return [
        {to_camel_case(name): _shown(of.get(name), values, hidden) for name, values in own.items()}
        for own, of in zip(changes, types, strict=True)
    ]


def _references(changes: dict[str, Any], types: dict[str, str]) -> Iterator[Reference]:
    """The types and ids of objects in changes that may be hidden."""
    for name, values in changes.items():
        if (type_name := types.get(name)) and seen_ids(type_name) is not None:
            yield from ((type_name, UUID(id)) for id in values.values() if id)


def _shown(type_name: str | None, values: dict[str, Any], hidden: set[Reference]) -> dict[str, Any]:
    if type_name is None:
        return values
    return {
        moment: global_id(type_name, UUID(id)) if id and (type_name, UUID(id)) not in hidden else None
        for moment, id in values.items()
    }


async def _hidden(info: Info, references: set[Reference]) -> set[Reference]:
    """Those of the objects that the viewer does not see."""
    if info.context.viewer.sees_all or not references:
        return set()
    ids: dict[str, list[UUID]] = defaultdict(list)
    for type_name, id in sorted(references):
        ids[type_name].append(id)
    reader = info.context.reader
    statements = {type_name: statement for type_name in ids if (statement := seen_ids(type_name)) is not None}
    # They are sent together.
    rows = await asyncio.gather(*(reader.rows(each, ids=ids[type_name]) for type_name, each in statements.items()))
    seen = {(type_name, UUID(int=row.id.int)) for type_name, own in zip(ids, rows, strict=True) for row in own}
    return references - seen
