"""Fields of Query that find alignments."""

import strawberry

from schema.alignment import Alignment
from schema.relay.lookup import lookup
from service.alignment.entity import ALIGNMENT


@strawberry.type
class AlignmentQueries:
    """Fields of Query."""

    alignment: Alignment | None = lookup(ALIGNMENT, "Alignment")
