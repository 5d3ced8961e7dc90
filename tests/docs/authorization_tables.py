"""The tables of docs/authorization.md, computed by the decisions of the code."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

# Describes the denials.
import schema.people.permissions  # noqa: F401
from service.people.permissions import (
    ACTIONS_BY_ROLE,
    Denial,
    MemberEditing,
    ParticipantRole,
    decide_check_in,
    decide_edit,
    sees,
)
from service.settings import ROOT
from service.values.visibility import Visibility
from service.viewer import NO_IDS, Access, Share, Viewer
from tests.docs.page import table

PAGE = ROOT / "docs" / "authorization.md"
ROLES = ("VIEWER", "MEMBER", "ADMIN", "OWNER")
ORGANIZATION, PERSON, OTHER, TEAM, GOAL = (UUID(int=number) for number in range(1, 6))
IN_TEAM = {"own_team_ids": frozenset({TEAM}), "team_ids": frozenset({TEAM})}
IN_TEAM_ABOVE = {"team_ids": frozenset({TEAM})}
LEADS = {"led_team_ids": frozenset({TEAM})}


@dataclass(frozen=True)
class Goal:
    """A goal of a team and of a person."""

    visibility: str
    owner_id: UUID = OTHER
    id: UUID = GOAL
    team_id: UUID = TEAM


@dataclass(frozen=True)
class Relation:
    """A person as the page calls it: its access by teams, its parts in the goal, and whether it owns it."""

    name: str
    role: str = "MEMBER"
    access: Any = None
    parts: tuple[str, ...] = ()
    is_owner: bool = False
    share: Share | None = None


RELATIONS = (
    Relation("VIEWER", "VIEWER"),
    Relation("VIEWER that is owner", "VIEWER", is_owner=True),
    Relation("VIEWER that is a reader, or whose team is one", "VIEWER", parts=(ParticipantRole.READER,)),
    Relation("VIEWER that is a follower", "VIEWER", parts=(ParticipantRole.FOLLOWER,)),
    Relation("MEMBER"),
    Relation("MEMBER that is owner", is_owner=True),
    Relation("MEMBER that is co-owner", parts=(ParticipantRole.CO_OWNER,)),
    Relation("MEMBER that is a contributor, or whose team is one", parts=(ParticipantRole.CONTRIBUTOR,)),
    Relation("MEMBER that is a reader, or whose team is one", parts=(ParticipantRole.READER,)),
    Relation("MEMBER that is a follower", parts=(ParticipantRole.FOLLOWER,)),
    Relation("MEMBER in the team", access=IN_TEAM),
    Relation("MEMBER in a team above", access=IN_TEAM_ABOVE),
    Relation("MEMBER in a team below, or leads one"),
    Relation("MEMBER that leads the team", access={**IN_TEAM, **LEADS}),
    Relation("MEMBER that leads a team above", access={**IN_TEAM_ABOVE, **LEADS}),
    Relation("ADMIN, OWNER", "ADMIN"),
    Relation("share token of the goal", "VIEWER", share=Share(OTHER, frozenset({GOAL}), NO_IDS)),
    Relation("share token of other goals", "VIEWER", share=Share(OTHER, NO_IDS, NO_IDS)),
)


def cell(relation: Relation, visibility: Visibility, member_editing: MemberEditing) -> str:
    """Whether a person edits a goal, only checks in on it or reads it, or does not see it."""
    access = Access(member_editing, **(relation.access or {}))
    viewer = Viewer(ORGANIZATION, PERSON, relation.role, access=access, share=relation.share)
    goal = Goal(visibility, PERSON if relation.is_owner else OTHER)
    if not sees(viewer, goal, relation.parts):
        return "no"
    if decide_edit(viewer, goal, relation.parts).is_allowed:
        return "edits"
    return "checks in" if decide_check_in(viewer, goal, relation.parts).is_allowed else "reads"


def roles() -> str:
    """What each role may do."""
    rows = [
        (action, *("yes" if role in allowed else "no" for role in ROLES)) for action, allowed in ACTIONS_BY_ROLE.items()
    ]
    return table(("action", *ROLES), rows)


def goals() -> str:
    """Who reads and edits a goal, by its visibility and by `memberEditing`."""
    regimes = [(visibility, member_editing) for member_editing in MemberEditing for visibility in Visibility]
    rows = [(each.name, *(cell(each, *regime) for regime in regimes)) for each in RELATIONS]
    return table(("person", *(f"{visibility}, {member_editing}" for visibility, member_editing in regimes)), rows)


def denials() -> str:
    """Why `viewerCan` says no."""
    definition: Any = Denial.__strawberry_definition__  # type: ignore[attr-defined]
    return table(("denial", "meaning"), [(f"`{each.name}`", each.description) for each in definition.values])
