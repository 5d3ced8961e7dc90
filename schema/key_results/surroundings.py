"""Where there is work for a key result."""

from typing import Annotated

import strawberry

from schema.execution.fields.relation import to_many
from service.links import queries as links

Link = Annotated["Link", strawberry.lazy("schema.links")]


@strawberry.type
class Surroundings:
    """Links of a key result."""

    links: list[Link] = to_many(
        links.OF_KEY_RESULTS,
        row_key="key_result_id",
        description="Links from the key result to work in other systems, the oldest first, without archived ones. A "
        "short list.",
    )
