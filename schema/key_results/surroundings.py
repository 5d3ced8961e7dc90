"""What work there is for a key result, and where."""

from typing import Annotated

import strawberry

from schema.execution.fields.relation import to_many
from service.initiatives import queries as initiatives
from service.links import queries as links

Initiative = Annotated["Initiative", strawberry.lazy("schema.initiatives")]
Link = Annotated["Link", strawberry.lazy("schema.links")]


@strawberry.type
class Surroundings:
    """Initiatives and links of a key result."""

    initiatives: list[Initiative] = to_many(
        initiatives.OF_KEY_RESULTS,
        row_key="linked_key_result_id",
        description="Initiatives that are meant to move the key result, by title, without archived ones. A short list.",
    )
    links: list[Link] = to_many(
        links.OF_KEY_RESULTS,
        row_key="key_result_id",
        description="Links from the key result to work in other systems, the oldest first, without archived ones. A "
        "short list.",
    )
