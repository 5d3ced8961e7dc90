"""The whole schema, put together from the fields and types of each concept."""

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

from schema.activity.queries import ActivityQueries
from schema.alignment import Alignment
from schema.alignment.batches import AlignmentBatchMutations
from schema.alignment.mutations import AlignmentMutations
from schema.alignment.queries import AlignmentQueries
from schema.attention.queries import AttentionQueries
from schema.audit.queries import AuditQueries
from schema.carry_overs import CarryOver
from schema.carry_overs.mutations import CarryOverMutations
from schema.check_ins import CheckIn
from schema.check_ins.correcting import CheckInCorrectionMutations
from schema.check_ins.due import CheckInDueQueries
from schema.check_ins.mutations import CheckInMutations
from schema.check_ins.queries import CheckInQueries
from schema.check_ins.recording import CheckInsMutations
from schema.context import Info
from schema.cycle_report.queries import CycleReportQueries
from schema.cycles.mutations import CycleMutations
from schema.cycles.queries import CycleQueries
from schema.cycles.schedule_mutations import CycleScheduleMutations
from schema.cycles.state_mutations import CycleStateMutations
from schema.descriptions.nouns import name_objects
from schema.events.queries import EventQueries
from schema.execution.planning.input_instances import install_input_factories, resolve_argument_types
from schema.goal_stats.queries import GoalStatsQueries
from schema.initiatives.check_in_mutations import InitiativeCheckInMutations
from schema.initiatives.mutations import InitiativeMutations
from schema.initiatives.queries import InitiativeQueries
from schema.key_results import Milestone
from schema.key_results.batches import KeyResultBatchMutations
from schema.key_results.kpi_links import KpiLink, KpiLinkMutations
from schema.key_results.milestones import MilestoneMutations
from schema.key_results.mutations import KeyResultMutations
from schema.key_results.queries import KeyResultQueries
from schema.key_results.score_mutations import ScoreMutations
from schema.kpis.batches import KpiBatchMutations
from schema.kpis.due import KpiMeasurementDueQueries
from schema.kpis.measurements.mutations import KpiMeasurementMutations
from schema.kpis.mutations import KpiMutations
from schema.kpis.queries import KpiQueries
from schema.kpis.scorecard import KpiScorecardQueries
from schema.kpis.stats import KpiStatsQueries
from schema.kpis.targets.mutations import KpiTargetMutations
from schema.links.mutations import LinkMutations
from schema.links.queries import LinkQueries
from schema.naming import Names
from schema.objective_creation import ObjectiveCreationMutations
from schema.objective_duplication import ObjectiveDuplicationMutations
from schema.objectives.batches import ObjectiveBatchMutations
from schema.objectives.mutations import ObjectiveMutations
from schema.objectives.queries import ObjectiveQueries
from schema.participants import Participant
from schema.participants.mutations import ParticipantMutations
from schema.people import Membership, Organization, Viewer, organization_of
from schema.people.api_keys.mutations import ApiKeyMutations
from schema.people.mutations import OrganizationMutations, PersonMutations
from schema.people.queries import PersonQueries
from schema.people.service_accounts.mutations import ServiceAccountMutations
from schema.people.service_accounts.queries import ServiceAccountQueries
from schema.people.teams.mutations import TeamMutations
from schema.people.teams.queries import TeamQueries
from schema.pillars.mutations import PillarMutations
from schema.pillars.queries import PillarQueries
from schema.relay.node import MAX_NODE_IDS, Node
from schema.relay.nodes import nodes_by_id
from schema.scalars import SCALARS
from schema.share_tokens.mutations import ShareTokenMutations
from schema.workspace import WorkspaceMutations
from schema.workspace.deletion import OrganizationDeletion
from service.errors import BadUserInput

ANY_ID = "Id of the object: its `id`, or the UUID that a client chose when it created the object."


@strawberry.type
class NodeQueries:
    """Fields of Query."""

    @strawberry.field(
        description="Caller of the API: a person or a service account, or both, with a role; or a share token."
    )
    async def viewer(self, info: Info) -> Viewer:
        return info.context.viewer  # type: ignore[return-value]

    @strawberry.field(description="Organization that the API key belongs to.")
    async def organization(self, info: Info) -> Organization:
        return await organization_of(info)

    @strawberry.field(
        description="Object of any type, found by its id; null if your organization has none with this id."
    )
    async def node(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description=ANY_ID)],
    ) -> Node | None:
        return (await nodes_by_id(info.context.reader, [id], info.context.viewer))[0]

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
        if len(ids) > MAX_NODE_IDS:
            raise BadUserInput(f"`ids` has {len(ids)} members; {MAX_NODE_IDS} are allowed.")
        return await nodes_by_id(info.context.reader, ids, info.context.viewer)


QUERIES = (
    NodeQueries,
    ObjectiveQueries,
    KeyResultQueries,
    AlignmentQueries,
    CheckInQueries,
    CheckInDueQueries,
    KpiQueries,
    KpiScorecardQueries,
    KpiStatsQueries,
    KpiMeasurementDueQueries,
    InitiativeQueries,
    LinkQueries,
    CycleQueries,
    CycleReportQueries,
    GoalStatsQueries,
    PillarQueries,
    PersonQueries,
    ServiceAccountQueries,
    TeamQueries,
    AuditQueries,
    ActivityQueries,
    AttentionQueries,
    EventQueries,
)
MUTATIONS = (
    ObjectiveCreationMutations,
    ObjectiveDuplicationMutations,
    ObjectiveMutations,
    ObjectiveBatchMutations,
    KeyResultMutations,
    KeyResultBatchMutations,
    ScoreMutations,
    MilestoneMutations,
    KpiLinkMutations,
    KpiMutations,
    KpiBatchMutations,
    KpiTargetMutations,
    KpiMeasurementMutations,
    InitiativeMutations,
    InitiativeCheckInMutations,
    LinkMutations,
    CarryOverMutations,
    CheckInMutations,
    CheckInCorrectionMutations,
    CheckInsMutations,
    AlignmentMutations,
    AlignmentBatchMutations,
    CycleMutations,
    CycleStateMutations,
    CycleScheduleMutations,
    PillarMutations,
    PersonMutations,
    TeamMutations,
    ParticipantMutations,
    OrganizationMutations,
    OrganizationDeletion,
    ServiceAccountMutations,
    ApiKeyMutations,
    ShareTokenMutations,
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
    types=[Alignment, CarryOver, CheckIn, KpiLink, Membership, Milestone, Participant],
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
install_input_factories(schema, schema._schema.type_map.values())
resolve_argument_types(schema._schema.type_map.values())


@cache
def sdl() -> str:
    """The schema in its own language, which takes tens of milliseconds to print."""
    return schema.as_str()
