"""Decides what a viewer may do, and why not: the one place for it. No database, no clock."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from service.errors import Forbidden
from service.people.scopes import ApiKeyScope
from service.values.visibility import Visibility
from service.viewer import ADMINISTRATORS, Viewer

EDITORS = frozenset({"OWNER", "ADMIN", "MEMBER"})


class MemberEditing(StrEnum):
    ALL = "ALL"
    OWN = "OWN"


class ParticipantRole(StrEnum):
    CO_OWNER = "CO_OWNER"
    CONTRIBUTOR = "CONTRIBUTOR"
    READER = "READER"
    FOLLOWER = "FOLLOWER"


class GoalRole(StrEnum):
    """What a person is in a goal: its owner, or a participant in a role."""

    OWNER = "OWNER"
    CO_OWNER = "CO_OWNER"
    CONTRIBUTOR = "CONTRIBUTOR"
    READER = "READER"
    FOLLOWER = "FOLLOWER"


class GoalFacts(Protocol):
    """What permissions on an objective or a KPI follow from."""

    @property
    def id(self) -> UUID: ...
    @property
    def visibility(self) -> str: ...
    @property
    def owner_id(self) -> UUID | None: ...
    @property
    def team_id(self) -> UUID | None: ...


class Denial(StrEnum):
    """Why a viewer may not do something with a goal."""

    SHARED_READ_ONLY = "SHARED_READ_ONLY"
    ROLE_VIEWER = "ROLE_VIEWER"
    SCOPE_MISSING = "SCOPE_MISSING"
    NOT_OWNER_OR_LEAD = "NOT_OWNER_OR_LEAD"
    ARCHIVED = "ARCHIVED"
    CYCLE_STATE = "CYCLE_STATE"


class Decision(NamedTuple):
    """Whether a viewer may do something, or the reason why not."""

    denial: Denial | None = None

    @property
    def is_allowed(self) -> bool:
        """Whether the viewer may."""
        return self.denial is None


# Which roles may do what; the documents print it.
ACTIONS_BY_ROLE: Mapping[str, Collection[str]] = {
    "Read what is visible": ("VIEWER", "MEMBER", "ADMIN", "OWNER"),
    "Create goals and KPIs": ("MEMBER", "ADMIN", "OWNER"),
    "Edit, check in on and archive goals and KPIs": ("MEMBER", "ADMIN", "OWNER"),
    "Read and edit every goal and KPI, whatever its visibility": ("ADMIN", "OWNER"),
    "Check in on behalf of another person": ("ADMIN", "OWNER"),
    "Change people, teams, cycles, pillars and the organization; import": ("ADMIN", "OWNER"),
    "Give and take the role OWNER; delete the organization": ("OWNER",),
}


def ensure_editor(viewer: Viewer) -> None:
    """Raises Forbidden unless the viewer may change goals."""
    if viewer.role not in EDITORS:
        raise Forbidden("Your role is VIEWER, which can read but not change. Ask an administrator for MEMBER.")


def ensure_administrator(viewer: Viewer) -> None:
    """Raises Forbidden unless the viewer may change people, teams, cycles and the organization."""
    if viewer.role not in ADMINISTRATORS:
        raise Forbidden(f"Your role is {viewer.role}; this needs ADMIN or OWNER.")


def checks_in_for_others(viewer: Viewer) -> bool:
    """Whether the viewer may check in on behalf of any person: by its role, or by the scope of its API key."""
    return viewer.role in ADMINISTRATORS or (viewer.scopes is not None and ApiKeyScope.ACT_AS in viewer.scopes)


def ensure_scope(viewer: Viewer, scope: str, field: str) -> None:
    """Raises Forbidden if the credentials of the viewer have scopes, and not this one, which a field needs."""
    if viewer.scopes is not None and scope not in viewer.scopes:
        needs = f"{scope} (needed by `{field}`)"
        raise Forbidden(f"Your API key lacks scopes for this operation: {needs}. Use a key that has them.")


def sees(viewer: Viewer, goal: GoalFacts, roles: Collection[str]) -> bool:
    """Whether a viewer sees a goal, of which it is a participant in `roles`, itself or by a team.

    The same as `condition` in service/reading/visibility.py.
    """
    if viewer.sees_all:
        return True
    if viewer.share is not None:
        return goal.id in viewer.share.objective_ids or goal.id in viewer.share.kpi_ids
    # To follow a goal gives no right to it.
    if goal.visibility == Visibility.ORGANIZATION or any(role != ParticipantRole.FOLLOWER for role in roles):
        return True
    if goal.visibility == Visibility.TEAM and goal.team_id in viewer.access.team_ids:
        return True
    return goal.owner_id is not None and goal.owner_id == viewer.person_id


def decide_edit(
    viewer: Viewer, goal: GoalFacts, roles: Collection[str], *, further_owners: Collection[UUID | None] = ()
) -> Decision:
    """Whether a viewer may edit a goal that it sees, of which it is a participant in `roles`.

    `further_owners` are people with the rights of an owner, such as the owner of a key result.
    """
    if viewer.share is not None:
        return Decision(Denial.SHARED_READ_ONLY)
    if viewer.role in ADMINISTRATORS:
        return Decision()
    if viewer.role not in EDITORS:
        return Decision(Denial.ROLE_VIEWER)
    is_owner = viewer.person_id is not None and viewer.person_id in (goal.owner_id, *further_owners)
    leads_team = goal.team_id is not None and goal.team_id in viewer.access.led_team_ids
    if viewer.access.member_editing == MemberEditing.ALL or is_owner or ParticipantRole.CO_OWNER in roles or leads_team:
        return Decision()
    return Decision(Denial.NOT_OWNER_OR_LEAD)


def decide_check_in(
    viewer: Viewer, goal: GoalFacts, roles: Collection[str], *, further_owners: Collection[UUID | None] = ()
) -> Decision:
    """As `decide_edit`, for check-ins and measurements, which contributors make, too."""
    decision = decide_edit(viewer, goal, roles, further_owners=further_owners)
    if decision.denial == Denial.NOT_OWNER_OR_LEAD and ParticipantRole.CONTRIBUTOR in roles:
        return Decision()
    return decision


class GoalPermissions(NamedTuple):
    """What a viewer may do with a goal: change it, check in on it or record its measurements, archive it, and say who
    sees it."""

    edit: Decision
    check_in: Decision
    archive: Decision
    share: Decision


def goal_permissions(
    viewer: Viewer,
    goal: GoalFacts,
    roles: Collection[str],
    *,
    is_archived: bool,
    write_scope: str,
    further_owners: Collection[UUID | None] = (),
    cycle_allows: tuple[bool, bool] = (True, True),
) -> GoalPermissions:
    """What a viewer may do with a goal that it sees; its credentials need the `write_scope` for all of it.

    `cycle_allows` tells whether the state of the goal's cycle allows to edit the goal, and to check in on it.
    """
    own = [decide(viewer, goal, roles, further_owners=further_owners) for decide in (decide_edit, decide_check_in)]
    share = decide_edit(viewer, goal, roles)
    if viewer.scopes is not None and write_scope not in viewer.scopes:
        own, share = [Decision(Denial.SCOPE_MISSING)] * 2, Decision(Denial.SCOPE_MISSING)
    live = [Decision(Denial.ARCHIVED) if is_archived and each.is_allowed else each for each in own]
    edit, check_in = (
        Decision(Denial.CYCLE_STATE) if each.is_allowed and not allowed else each
        for each, allowed in zip(live, cycle_allows, strict=True)
    )
    return GoalPermissions(edit, check_in, edit, share)


def needs_participants(viewer: Viewer, goals: Collection[Any]) -> bool:
    """Whether decisions on goals depend on more than role and visibility."""
    if viewer.sees_all or viewer.role not in EDITORS:
        return False
    return viewer.access.member_editing != MemberEditing.ALL or any(
        each.visibility != Visibility.ORGANIZATION for each in goals
    )
