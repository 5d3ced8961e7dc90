"""Fields of Query that find alignments."""

import strawberry

from schema.alignment import Alignment
from schema.relay.lookup import lookup, lookup_many
from service.alignment.entity import ALIGNMENT


@strawberry.type
class AlignmentQueries:
    """Fields of Query."""

    alignment: Alignment | None = lookup(ALIGNMENT, "Alignment")
    alignments_by_external_ids: list[Alignment | None] | None = lookup_many(ALIGNMENT, "Alignments")
