"""Visibility of goals, and what the viewer may do with them, as the schema shows it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry

from schema.context import Info
from schema.descriptions.enums import describe_enum
from schema.execution.fields.columnar import attribute_values
from service.cycles.states import ALLOWED, CycleAction, StoredState, effective_state
from service.participants.queries import ROLES_IN_OBJECTIVES
from service.people.permissions import Decision, Denial, GoalPermissions, goal_permissions, needs_participants
from service.reading.statements import unique_ids
from service.values.visibility import Visibility

describe_enum(
    Visibility,
    "Visibility of a goal (an objective or a KPI) or an initiative with all that belongs to it: who can read it. "
    "Administrators read every goal, and participants, but not followers, each goal that they take part in.",
    ORGANIZATION="Goal that everybody of the organization can read.",
    TEAM="Goal that its owner, the members of its team and those of the teams above can read.",
    PRIVATE="Goal that only its owner and its participants, but not followers, can read.",
)
describe_enum(
    Denial,
    "Reason why the viewer may not do something with a goal or an initiative.",
    name="PermissionDenial",
    SHARED_READ_ONLY="Share token of the request, which can read only.",
    ROLE_VIEWER="Role VIEWER of the viewer, which can read only.",
    SCOPE_MISSING="Scope missing: the API key of the request has no scope to write goals, or KPIs.",
    NOT_OWNER_OR_LEAD="Goal of others: `Organization.memberEditing` is OWN, and the viewer is neither owner nor "
    "co-owner, nor lead of the team or of a team above, nor contributor for a check-in.",
    ARCHIVED="Archived goal, which has to be restored first.",
    CYCLE_STATE="Cycle of the goal, whose state does not allow it.",
)


@strawberry.type(description="Permission of the viewer for one kind of change to an object.")
class Permission:
    @strawberry.field(description="True if the viewer may make the change. Its values can still be refused.")
    def allowed(root: strawberry.Parent[Decision]) -> bool:
        return root.is_allowed

    @strawberry.field(description="Reason why the viewer may not make the change; null if it may.")
    def denial(root: strawberry.Parent[Decision]) -> Denial | None:
        return root.denial


@strawberry.type(
    name="GoalPermissions", description="Permissions of the viewer for a goal or an initiative, each with its reason."
)
class GoalPermissionsType:
    edit: Permission = strawberry.field(
        description="Permission to change the goal or initiative, and what belongs to it."
    )
    check_in: Permission = strawberry.field(
        description="Permission to check in on the goal or initiative, or to record measurements of the KPI; also of "
        "contributors."
    )
    archive: Permission = strawberry.field(description="Permission to archive the goal or initiative.")
    share: Permission = strawberry.field(
        description="Permission to change who reads the goal or initiative: visibility, participants and share tokens. "
        "For share tokens an API key with scopes needs SHARE_TOKENS_WRITE instead."
    )


PERMISSION_COLUMNS = ("id", "visibility", "owner_id", "team_id", "archived_at")
VIEWER_CAN = "Permissions of the viewer for the {object}: what the viewer may do with it, or why not."


async def permissions_of_goals(
    info: Info,
    goals: Sequence[Any],
    write_scope: str,
    *,
    archived: Sequence[bool] | None = None,
    owners: Sequence[UUID | None] | None = None,
    cycles: Sequence[StoredState] | None = None,
    roles_in: Any = ROLES_IN_OBJECTIVES,
) -> list[GoalPermissions]:
    """The permissions of the viewer for goals, in their order. `archived` and `owners` are those of what belongs to
    each, if the permissions are for that. `cycles` are those of objectives. `roles_in` finds the roles of the viewer in
    goals of their type."""
    viewer = info.context.viewer
    roles: dict[UUID, set[str]] = {}
    if needs_participants(viewer, goals):
        for row in await info.context.reader.rows(roles_in, ids=unique_ids(attribute_values(goals, "id"))):
            roles.setdefault(row.goal_id, set()).add(row.role)
    return [
        goal_permissions(
            viewer,
            goal,
            roles.get(goal.id, set()),
            is_archived=goal.archived_at is not None or (archived is not None and archived[number]),
            write_scope=write_scope,
            further_owners=() if owners is None else (owners[number],),
            cycle_allows=(True, True) if cycles is None else _allowed_by(cycles[number], info.context.now),
        )
        for number, goal in enumerate(goals)
    ]


def _allowed_by(cycle: StoredState, now: datetime) -> tuple[bool, bool]:
    allowed = ALLOWED[effective_state(cycle, now)]
    return CycleAction.EDIT in allowed, CycleAction.CHECK_IN in allowed
