"""Adding participants to objectives, KPIs and initiatives, and removing them."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

import strawberry

from schema.context import Info
from schema.initiatives import Initiative
from schema.kpis import Kpi
from schema.mutations.declare import optional
from schema.mutations.inputs import check_input, facts
from schema.mutations.user_errors import USER_ERRORS, UserError, find_requested, user_errors
from schema.objectives import Objective
from service.entities.entity import Entity
from service.errors import Refusal
from service.initiatives.entity import INITIATIVE
from service.kpis.entity import KPI
from service.objectives.entity import OBJECTIVE
from service.participants import commands
from service.participants.commands import ParticipantRequest
from service.people.permissions import ParticipantRole, ensure_scope
from service.people.scopes import ApiKeyScope
from service.writing.transaction import Transaction

GOALS = {"objective": OBJECTIVE, "kpi": KPI, "initiative": INITIATIVE}
EITHER = "Either this or"
ONE = "One of `objectiveId`, `kpiId` and `initiativeId`."
SCOPES = "An API key with scopes needs GOALS_WRITE for an objective or an initiative, and KPIS_WRITE for a KPI."


@strawberry.input(description="Participant to add to a goal: which person or team, of which goal, in which role.")
class ParticipantAddInput:
    objective_id: strawberry.ID | None = optional(f"Id of the objective that the participant takes part in. {ONE}")
    kpi_id: strawberry.ID | None = optional(f"Id of the KPI that the participant takes part in. {ONE}")
    initiative_id: strawberry.ID | None = optional(f"Id of the initiative that the participant takes part in. {ONE}")
    person_id: strawberry.ID | None = optional(f"Id of the person who takes part. {EITHER} `teamId`.")
    team_id: strawberry.ID | None = optional(f"Id of the team that takes part. {EITHER} `personId`.")
    role: ParticipantRole = strawberry.field(
        description="Role of the participant, also of one that takes part already. A team is no CO_OWNER."
    )


@strawberry.input(description="Participant to remove from a goal: which person or team, of which goal.")
class ParticipantRemoveInput:
    objective_id: strawberry.ID | None = optional(f"Id of the objective that the participant leaves. {ONE}")
    kpi_id: strawberry.ID | None = optional(f"Id of the KPI that the participant leaves. {ONE}")
    initiative_id: strawberry.ID | None = optional(f"Id of the initiative that the participant leaves. {ONE}")
    person_id: strawberry.ID | None = optional(f"Id of the person who leaves. {EITHER} `teamId`.")
    team_id: strawberry.ID | None = optional(f"Id of the team that leaves. {EITHER} `personId`.")


@strawberry.type(
    description="Result of adding or removing a participant: the goal afterwards, and the reasons if it was refused."
)
class ParticipantPayload:
    objective: Objective | None = strawberry.field(
        description="Objective of the input, as it is afterwards. Null if the input names none, and for one that is "
        "not there or that the viewer does not see any more."
    )
    kpi: Kpi | None = strawberry.field(
        description="KPI of the input, as it is afterwards. Null if the input names none, and for one that is not "
        "there or that the viewer does not see any more."
    )
    initiative: Initiative | None = strawberry.field(
        description="Initiative of the input, as it is afterwards. Null if the input names none, and for one that is "
        "not there or that the viewer does not see any more."
    )
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


async def _change(
    info: Info, input: Any, command: Callable[[Transaction, ParticipantRequest], Awaitable[Any]]
) -> ParticipantPayload:
    context = info.context
    for scope in _scopes(input):
        ensure_scope(context.viewer, scope, info.field_name)
    request = ParticipantRequest(**facts(input, "Participant"))

    async def run(tx: Transaction) -> None:
        tx.attempt.note(check_input(input, "Participant"))
        await command(tx, request)

    errors: list[UserError] = []
    try:
        await context.write(run)
    except Refusal as refusal:
        errors = user_errors(refusal)
    goals = {name: getattr(request, f"{name}_id") for name in GOALS}
    is_one = sum(id is not None for id in goals.values()) == 1
    shown = {name: await _goal(info, GOALS[name], id) if is_one else None for name, id in goals.items()}
    return ParticipantPayload(**shown, user_errors=errors)


def _scopes(input: Any) -> list[ApiKeyScope]:
    """The scopes to write what the input names, which may be several goals, or none."""
    scopes = [ApiKeyScope.KPIS_WRITE] if input.kpi_id is not None else []
    is_kpi_alone = bool(scopes) and input.objective_id is None and input.initiative_id is None
    return scopes if is_kpi_alone else [ApiKeyScope.GOALS_WRITE, *scopes]


async def _goal(info: Info, entity: Entity, id: UUID | None) -> Any:
    return None if id is None else await find_requested(info, entity, id)


@strawberry.type
class ParticipantMutations:
    """Fields of Mutation."""

    @strawberry.mutation(
        description="Adds a person or a team to the participants of a goal, or changes the role of one. For those who "
        f"may edit the goal; as FOLLOWER everybody but a VIEWER adds itself. {SCOPES}"
    )
    async def participant_add(
        self,
        info: Info,
        input: Annotated[
            ParticipantAddInput, strawberry.argument(description="Goal, person or team, and role of the participant.")
        ],
    ) -> ParticipantPayload | None:
        return await _change(info, input, commands.add)

    @strawberry.mutation(
        description="Removes a person or a team from the participants of a goal. Who read it by that alone sees it no "
        f"more, at once. For those who may edit the goal, and for followers themselves. {SCOPES}"
    )
    async def participant_remove(
        self,
        info: Info,
        input: Annotated[
            ParticipantRemoveInput, strawberry.argument(description="Goal, and person or team of the participant.")
        ],
    ) -> ParticipantPayload | None:
        return await _change(info, input, commands.end)
