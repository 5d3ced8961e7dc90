"""Pillars, as the schema shows them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from schema.descriptions.enums import describe_enum
from schema.descriptions.fields import ARCHIVED, CREATED, EXTERNAL_ID, UPDATED, VERSION
from schema.nested_lists import OBJECTIVES
from schema.relay.connections import Connection
from schema.relay.node import Entity, Node, identity
from service.objectives import queries as objectives
from service.pillars.models import Perspective

if TYPE_CHECKING:
    from schema.objectives import Objective


describe_enum(
    Perspective,
    "Perspective of the Balanced Scorecard: one of the four sides from which a strategy is seen.",
    FINANCIAL="Financial perspective: the organization as those who finance it see it.",
    CUSTOMER="Customer perspective: the organization as its customers see it.",
    INTERNAL_PROCESS="Internal process perspective: the processes that the organization must excel at.",
    LEARNING_AND_GROWTH="Learning and growth perspective: the ability of the organization to go on improving.",
)


@strawberry.type(description="Strategic theme that objectives serve, such as 'Grow in Europe'.")
class Pillar(Entity, Node):
    id: strawberry.ID = identity("Pillar")
    external_id: str | None = strawberry.field(description=EXTERNAL_ID)
    name: str = strawberry.field(description="Name of the pillar, 1 to 200 characters.")
    description: str | None = strawberry.field(
        description="Text that says what the pillar is about; null if there is none."
    )
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED)
    updated_at: datetime = strawberry.field(description=UPDATED)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED)
    objectives: Connection[Annotated["Objective", strawberry.lazy("schema.objectives")]] | None = OBJECTIVES.of(
        objectives.OF_PILLARS, "Objectives that serve the pillar, by position unless another order is asked for."
    )
