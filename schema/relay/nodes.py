"""Any object by its id."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from schema.relay.measurement_nodes import measurements_by_id
from schema.relay.node import Typed, parsed
from schema.share_access import NODES
from service.all_entities import ENTITIES
from service.events import queries as events
from service.reading.reader import Reader
from service.reading.statements import load_in_order, unique_ids
from service.values.parsing import parse_uuid
from service.viewer import ADMINISTRATORS, Viewer

STATEMENTS = {entity.name: entity.by_id for entity in ENTITIES if entity.is_node}
FOR_ADMINISTRATORS = frozenset(entity.name for entity in ENTITIES if entity.is_for_administrators)


def shows(viewer: Viewer, type_name: str) -> bool:
    """Whether a viewer may find objects of a type by their ids."""
    if viewer.share is not None:
        return type_name in NODES
    return viewer.role in ADMINISTRATORS or type_name not in FOR_ADMINISTRATORS


async def nodes_by_id(reader: Reader, ids: Sequence[str], viewer: Viewer) -> list[Any]:
    """The objects of these ids, in the order asked, as `nodes` gives them; None for types that the viewer does not see.

    A plain UUID, such as a client chose for what it created, is looked up among the subjects of events.
    """
    keys = [parsed(id) for id in ids]
    plain = [None if key else parse_uuid(id) for id, key in zip(ids, keys, strict=True)]
    known: dict[UUID, str] = {}
    if any(plain):
        for row in await reader.rows(events.TYPES_OF_SUBJECTS, ids=unique_ids(plain)):
            known.setdefault(row.id, row.subject_type)
    keys = [key or ((known[uuid], uuid) if uuid in known else None) for key, uuid in zip(keys, plain, strict=True)]
    keys = [key if key and shows(viewer, key[0]) else None for key in keys]
    measurements = await measurements_by_id(reader, ids)
    return [first or second for first, second in zip(measurements, await nodes(reader, keys), strict=True)]


async def nodes(reader: Reader, keys: Sequence[tuple[str, UUID] | None]) -> list[Any]:
    """The objects of these type names and ids, in the order asked; None for what is not there or not ours.

    One statement for each type among them, sent together.
    """
    ids: dict[str, list[UUID]] = {}
    for key in keys:
        if key and key[0] in STATEMENTS:
            ids.setdefault(key[0], []).append(key[1])
    rows = await asyncio.gather(*(load_in_order(reader, STATEMENTS[name], own) for name, own in ids.items()))
    nodes_by_key = {
        (name, row.id): Typed(row, name) for name, own in zip(ids, rows, strict=True) for row in own if row is not None
    }
    return [nodes_by_key.get(key) if key else None for key in keys]
