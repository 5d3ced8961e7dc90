"""Who takes part in a KPI, and where there is work for it."""

from typing import Annotated

import strawberry

from schema.execution.fields.relation import to_many
from service.links import queries as links
from service.participants import queries as participants

Link = Annotated["Link", strawberry.lazy("schema.links")]
Participant = Annotated["Participant", strawberry.lazy("schema.participants")]


@strawberry.type
class Surroundings:
    """Participants and links of a KPI."""

    links: list[Link] = to_many(
        links.OF_KPIS,
        row_key="kpi_id",
        description="Links from the KPI to work in other systems, the oldest first, without archived ones. A short "
        "list.",
    )
    participants: list[Participant] = to_many(
        participants.OF_KPIS,
        row_key="kpi_id",
        description="Participants of the KPI, besides its owner: co-owners, contributors, readers and followers, "
        "each by name. A short list, not paged.",
    )
