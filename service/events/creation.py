"""Which input an object was created from, so that a client that sends it again is answered with the object."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select

from service.events.models import Event
from service.postgres.tables import columns_of
from service.reading.reader import of_tenant
from service.reading.row_source import RowSource
from service.reading.statements import equals_any
from service.values.parsing import to_json_value
from service.values.record import record

_event = columns_of(Event)
DIGESTS = select(_event.subject_id, _event.input_digest).where(
    of_tenant(Event), equals_any(_event.subject_id), _event.input_digest.is_not(None)
)


@record
class CreatedFrom:
    """The id that a client chose for a new object, and the digest of all that it said of it."""

    id: UUID
    digest: bytes


def digest(facts: Mapping[str, Any]) -> bytes:
    """SHA-256 of the facts in an input but for the id, the same for the same facts however they were written."""
    facts = {name: to_json_value(value) for name, value in facts.items() if name != "id"}
    return hashlib.sha256(orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)).digest()


async def were_created_from(source: RowSource, origins: Sequence[CreatedFrom]) -> bool:
    """Whether the objects of these ids were created from the same inputs, all of them."""
    rows = await source.rows(DIGESTS, ids=[origin.id for origin in origins])
    return {(origin.id, origin.digest) for origin in origins} <= {(row.subject_id, row.input_digest) for row in rows}
