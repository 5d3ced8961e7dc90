"""The whole schema, made of what each room brings."""

from collections.abc import Iterable
from functools import cache
from typing import Annotated, Any

import strawberry
from graphql import (
    GraphQLArgument,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLObjectType,
)
from graphql.pyutils import Undefined
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
from schema.kpis.board import KpiScorecardQueries
from schema.kpis.changes import KpiMutations
from schema.kpis.listing import KpiQueries
from schema.kpis.recording import KpiMeasurementMutations
from schema.kpis.targets_changes import KpiTargetMutations
from schema.names import Names
from schema.node import Node
from schema.nodes import nodes_by_id
from schema.nouns import name_objects
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
ANY_ID = "Id of the object: its `id`, or the UUID that a client chose when it created the object."
Info = strawberry.Info[Context, Any]


@strawberry.type
class NodeQueries:
    """Fields of Query."""

    @strawberry.field(description="Caller of the API: a person and a role.")
    async def viewer(self, info: Info) -> Viewer:
        return info.context.viewer  # type: ignore[return-value]

    @strawberry.field(description="Organization that the API key belongs to.")
    async def organization(self, info: Info) -> Organization:
        return (await info.context.reader.rows(people.ORGANIZATION))[0]

    @strawberry.field(
        description="Object of any type, found by its id; null if your organization has none with this id."
    )
    async def node(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description=ANY_ID)],
    ) -> Node | None:
        return (await nodes_by_id(info.context.reader, [id]))[0]

    @strawberry.field(
        description="Objects of any types, found by their ids, in the order of `ids`; null where `node` would be null."
    )
    async def nodes(
        self,
        info: Info,
        ids: Annotated[
            list[strawberry.ID],
            strawberry.argument(
                description="Ids of the objects, as the argument `id` of `node` takes them; at most 100."
            ),
        ],
    ) -> list[Node | None] | None:
        if len(ids) > MANY:
            raise BadUserInput(f"`ids` has {len(ids)} members; {MANY} are allowed.")
        return await nodes_by_id(info.context.reader, ids)


QUERIES = (
    NodeQueries,
    ObjectiveQueries,
    KeyResultQueries,
    KpiQueries,
    KpiScorecardQueries,
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
    _root(
        "Query",
        QUERIES,
        "Fields that read data. All fields of one request see one snapshot, whatever is changed meanwhile.",
    ),
    _root(
        "Mutation",
        MUTATIONS,
        "Fields that change data. Each is a transaction of its own; they run one after the other, in their order.",
    ),
    types=[Alignment, CheckIn, KpiLink, Membership, Milestone],
    config=StrawberryConfig(name_converter=Names(), scalar_map=SCALARS, sort_schema=True),
)


def _leave_out_null_defaults(types: Iterable[GraphQLNamedType]) -> None:
    """What may be left out has no default of null in the schema: absent and null can differ."""
    for type in types:
        if isinstance(type, GraphQLInputObjectType):
            _undefine(type.fields.values())
        elif isinstance(type, GraphQLObjectType):
            for field in type.fields.values():
                _undefine(field.args.values())


def _undefine(inputs: Iterable[GraphQLArgument | GraphQLInputField]) -> None:
    for each in inputs:
        if each.default_value is None:
            each.default_value = Undefined


_leave_out_null_defaults(schema._schema.type_map.values())
name_objects(schema._schema.type_map.values())


@cache
def sdl() -> str:
    """The schema in its own language, which takes tens of milliseconds to print."""
    return schema.as_str()
