"""Who asks: the cast of the authorisation matrix, and what each sees and may edit. Read it as a table."""

from typing import NamedTuple


class Actor(NamedTuple):
    """Somebody with a role and a relation to the goals that are hidden from others.

    `sees` are the visibilities besides ORGANIZATION under which the actor sees them. If `is_own`, they are its own
    goals under `memberEditing: OWN`.
    """

    role: str
    relation: str
    sees: tuple[str, ...]
    is_own: bool


TEAM, PRIVATE = ("TEAM",), ("TEAM", "PRIVATE")
ACTORS: dict[str, Actor] = {
    "viewer": Actor("VIEWER", "none", (), False),
    "reading viewer": Actor("VIEWER", "reader", PRIVATE, False),
    "owning viewer": Actor("VIEWER", "owner", PRIVATE, False),
    "outsider": Actor("MEMBER", "none", (), False),
    "owner": Actor("MEMBER", "owner", PRIVATE, True),
    "co-owner": Actor("MEMBER", "co-owner", PRIVATE, True),
    "reader": Actor("MEMBER", "reader", PRIVATE, False),
    "reader by a team": Actor("MEMBER", "member of a reading team", PRIVATE, False),
    "lead": Actor("MEMBER", "lead of the team", TEAM, True),
    "lead above": Actor("MEMBER", "lead of a team above", TEAM, True),
    "lead below": Actor("MEMBER", "lead of a team below", (), False),
    "member of the team": Actor("MEMBER", "member of the team", TEAM, False),
    "member above": Actor("MEMBER", "member of a team above", TEAM, False),
    "member below": Actor("MEMBER", "member of a team below", (), False),
    "administrator": Actor("ADMIN", "none", PRIVATE, True),
    "owner of all": Actor("OWNER", "none", PRIVATE, True),
}


def is_visible_to(actor: Actor, visibility: str) -> bool:
    """Whether an actor sees the goals under a visibility of theirs."""
    return visibility == "ORGANIZATION" or visibility in actor.sees


def may_edit(actor: Actor, visibility: str, member_editing: str) -> bool:
    """Whether an actor may edit the goals."""
    if actor.role == "VIEWER" or not is_visible_to(actor, visibility):
        return False
    return actor.role != "MEMBER" or member_editing == "ALL" or actor.is_own
