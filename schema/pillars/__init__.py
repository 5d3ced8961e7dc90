"""Pillars, as the schema shows them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from schema.connections import Connection, paged
from schema.inputs import described
from schema.node import Entity, Node, identity
from schema.people import ARCHIVED, CREATED, EXTERNAL_ID, UPDATED, VERSION
from service.objectives import queries as objectives
from service.pillars.models import Perspective

if TYPE_CHECKING:
    from schema.objectives import Objective


described(
    Perspective,
    "The perspectives of the Balanced Scorecard.",
    FINANCIAL="How we look to those who finance us.",
    CUSTOMER="How customers see us.",
    INTERNAL_PROCESS="What we must excel at.",
    LEARNING_AND_GROWTH="How we go on improving.",
)


@strawberry.type(description="A strategic theme that objectives serve.")
class Pillar(Entity, Node):
    id: strawberry.ID = identity("Pillar")
    external_id: str | None = strawberry.field(description=EXTERNAL_ID)
    name: str = strawberry.field(description="What it is called.")
    description: str | None = strawberry.field(description="What it is about.")
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED)
    updated_at: datetime = strawberry.field(description=UPDATED)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED)
    objectives: Connection[Annotated["Objective", strawberry.lazy("schema.objectives")]] | None = paged(
        objectives.OF_PILLARS, "POSITION", "The objectives under the pillar, without archived ones."
    )
