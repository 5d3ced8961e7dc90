"""Who asks: the cast of the authorisation matrix, and what each sees and may edit. Read it as a table."""

from typing import NamedTuple

from service.people.scopes import ALL_SCOPES, IMPLIED_SCOPES, Scopes, granted


class Actor(NamedTuple):
    """Somebody with a role and a relation to the goals that are hidden from others.

    `sees` are the visibilities besides ORGANIZATION under which the actor sees them. If `is_own`, they are its own
    goals under `memberEditing: OWN`. Whoever `checks_in` may check in on them besides.
    """

    role: str
    relation: str
    sees: tuple[str, ...]
    is_own: bool
    checks_in: bool = False


TEAM, PRIVATE = ("TEAM",), ("TEAM", "PRIVATE")
ACTORS: dict[str, Actor] = {
    "viewer": Actor("VIEWER", "none", (), False),
    "reading viewer": Actor("VIEWER", "reader", PRIVATE, False),
    "owning viewer": Actor("VIEWER", "owner", PRIVATE, False),
    "outsider": Actor("MEMBER", "none", (), False),
    "owner": Actor("MEMBER", "owner", PRIVATE, True),
    "co-owner": Actor("MEMBER", "co-owner", PRIVATE, True),
    "contributor": Actor("MEMBER", "contributor", PRIVATE, False, checks_in=True),
    "reader": Actor("MEMBER", "reader", PRIVATE, False),
    "follower": Actor("MEMBER", "follower", (), False),
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


NOBODYS = Actor("MEMBER", "none", (), False)
READING = ("EVENTS_READ", "GOALS_READ", "KPIS_READ", "PEOPLE_READ")


class Account(NamedTuple):
    """A service account with a role and a key with scopes, None: all that the role allows. It acts for one of the cast,
    or by itself. `acts_as` is what its requests see and may edit: their role is the lower one."""

    role: str
    scopes: tuple[str, ...] | None
    acts_for: str | None
    acts_as: Actor

    @property
    def held_scopes(self) -> Scopes:
        """The scopes of the key with those that they include."""
        return IMPLIED_SCOPES if self.scopes is None else granted(self.scopes)


# A service account by itself is in no team, owns nothing and takes part in nothing.
ACCOUNTS: dict[str, Account] = {
    "account": Account("MEMBER", None, None, NOBODYS),
    "viewing account": Account("VIEWER", None, None, NOBODYS._replace(role="VIEWER")),
    "administering account": Account("ADMIN", None, None, Actor("ADMIN", "none", PRIVATE, True)),
    "reading account": Account("ADMIN", READING, None, Actor("ADMIN", "none", PRIVATE, True)),
    "goal account": Account("MEMBER", ("GOALS_WRITE", "KPIS_READ"), None, NOBODYS),
    "KPI account": Account("MEMBER", ("GOALS_READ", "KPIS_WRITE", "PEOPLE_READ"), None, NOBODYS),
    "account for the owner": Account("MEMBER", tuple(ALL_SCOPES), "owner", ACTORS["owner"]),
    "account for a lead": Account("ADMIN", tuple(ALL_SCOPES), "lead", ACTORS["lead"]),
    "account for a viewer": Account("ADMIN", tuple(ALL_SCOPES), "viewer", ACTORS["viewer"]),
    "account for an administrator": Account("MEMBER", tuple(ALL_SCOPES), "administrator", NOBODYS),
}


def is_visible_to(actor: Actor, visibility: str) -> bool:
    """Whether an actor sees the goals under a visibility of theirs."""
    return visibility == "ORGANIZATION" or visibility in actor.sees


def may_edit(actor: Actor, visibility: str, member_editing: str) -> bool:
    """Whether an actor may edit the goals."""
    if actor.role == "VIEWER" or not is_visible_to(actor, visibility):
        return False
    return actor.role != "MEMBER" or member_editing == "ALL" or actor.is_own


def may_check_in(actor: Actor, visibility: str, member_editing: str) -> bool:
    """Whether an actor may check in on the goals, and record measurements."""
    return may_edit(actor, visibility, member_editing) or actor.checks_in
