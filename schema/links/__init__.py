"""Links from goals to work in other systems, as the schema shows them."""

from datetime import datetime

import strawberry

from schema.descriptions.fields import ARCHIVED, CREATED, UPDATED, VERSION
from schema.execution.fields.relation import to_one
from schema.initiatives import Initiative
from schema.key_results import KeyResult
from schema.kpis import Kpi
from schema.objectives import Objective
from schema.relay.node import Entity, Node, identity
from service.initiatives import queries as initiatives
from service.key_results import queries as key_results
from service.kpis import queries as kpis
from service.objectives import queries as objectives


@strawberry.type(
    description="Link from an objective, a key result, a KPI or an initiative to work in another system: an issue, a "
    "document, a dashboard."
)
class Link(Entity, Node):
    id: strawberry.ID = identity("Link")
    url: str = strawberry.field(description="Address of the work, by https or http.")
    title: str = strawberry.field(description="Title of the link, as it is shown; 1 to 500 characters.")
    system: str = strawberry.field(
        description="Key of the system that the work is in, such as jira; web if none was given."
    )
    external_id: str | None = strawberry.field(
        description="Id of the work in its system, such as PROJ-12; unique among the organization's links with that "
        "system. The UUID of the link if none was given; never null."
    )
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED)
    updated_at: datetime = strawberry.field(description=UPDATED)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED)
    objective: Objective | None = to_one(
        objectives.OBJECTIVES, key="objective_id", description="Objective that the link belongs to; null if none."
    )
    key_result: KeyResult | None = to_one(
        key_results.KEY_RESULTS, key="key_result_id", description="Key result that the link belongs to; null if none."
    )
    kpi: Kpi | None = to_one(kpis.KPIS, key="kpi_id", description="KPI that the link belongs to; null if none.")
    initiative: Initiative | None = to_one(
        initiatives.INITIATIVES, key="initiative_id", description="Initiative that the link belongs to; null if none."
    )
