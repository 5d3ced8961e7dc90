"""The whole schema, made of what each room brings."""

from functools import cache
from typing import Annotated, Any

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from schema.alignment import Alignment
from schema.alignment.changes import AlignmentMutations
from schema.check_ins import CheckIn
from schema.check_ins.changes import CheckInMutations
from schema.context import Context
from schema.cycles.changes import CycleMutations
from schema.cycles.listing import CycleQueries
from schema.events.listing import EventQueries
from schema.key_results import Milestone
from schema.key_results.changes import KeyResultMutations
from schema.key_results.links import KpiLink, KpiLinkMutations
from schema.key_results.listing import KeyResultQueries
from schema.key_results.milestones import MilestoneMutations
from schema.kpis.board import KpiBoardQueries
from schema.kpis.changes import KpiMutations
from schema.kpis.listing import KpiQueries
from schema.kpis.recording import KpiMeasurementMutations
from schema.kpis.targets_changes import KpiTargetMutations
from schema.names import Names
from schema.node import Node
from schema.nodes import nodes_by_id
from schema.objectives.changes import ObjectiveMutations
from schema.objectives.listing import ObjectiveQueries
from schema.people import Membership, Organization, Viewer
from schema.people.changes import OrganizationMutations, PersonMutations
from schema.people.listing import PersonQueries
from schema.people.teams import TeamQueries
from schema.people.teams_changes import TeamMutations
from schema.pillars.changes import PillarMutations
from schema.pillars.listing import PillarQueries
from schema.scalars import SCALARS
from schema.workspace import WorkspaceMutations
from service.errors import BadUserInput
from service.people import queries as people

MANY = 100
Info = strawberry.Info[Context, Any]


@strawberry.type
class NodeQueries:
    """Fields of Query."""

    @strawberry.field(description="Who is asking.")
    async def viewer(self, info: Info) -> Viewer:
        return info.context.viewer  # type: ignore[return-value]

    @strawberry.field(description="The organization that the API key belongs to.")
    async def organization(self, info: Info) -> Organization:
        return (await info.context.reader.rows(people.ORGANIZATION))[0]

    @strawberry.field(description="Any object by its id; null when there is none, or none that is yours.")
    async def node(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")]
    ) -> Node | None:
        return (await nodes_by_id(info.context.reader, [id]))[0]

    @strawberry.field(description="Several objects by their ids, in the order asked; null where `node` would be.")
    async def nodes(
        self, info: Info, ids: Annotated[list[strawberry.ID], strawberry.argument(description="At most 100 ids.")]
    ) -> list[Node | None] | None:
        if len(ids) > MANY:
            raise BadUserInput(f"`ids` has {len(ids)} members; {MANY} are allowed.")
        return await nodes_by_id(info.context.reader, ids)


QUERIES = (
    NodeQueries,
    ObjectiveQueries,
    KeyResultQueries,
    KpiQueries,
    KpiBoardQueries,
    CycleQueries,
    PillarQueries,
    PersonQueries,
    TeamQueries,
    EventQueries,
)
MUTATIONS = (
    ObjectiveMutations,
    KeyResultMutations,
    MilestoneMutations,
    KpiLinkMutations,
    KpiMutations,
    KpiTargetMutations,
    KpiMeasurementMutations,
    CheckInMutations,
    AlignmentMutations,
    CycleMutations,
    PillarMutations,
    PersonMutations,
    TeamMutations,
    OrganizationMutations,
    WorkspaceMutations,
)


def _root(name: str, parts: tuple[type, ...], description: str) -> Any:
    merged = merge_types(name, parts)
    merged.__strawberry_definition__.description = description  # type: ignore[attr-defined]
    return merged


schema = strawberry.Schema(
    _root("Query", QUERIES, "What can be read. One request sees one snapshot, whatever is changed meanwhile."),
    _root("Mutation", MUTATIONS, "What can be changed. Each field is a transaction of its own, in their order."),
    types=[Alignment, CheckIn, KpiLink, Membership, Milestone],
    config=StrawberryConfig(name_converter=Names(), scalar_map=SCALARS, sort_schema=True),
)


@cache
def sdl() -> str:
    """The schema in its own language, which takes tens of milliseconds to print."""
    return schema.as_str()
