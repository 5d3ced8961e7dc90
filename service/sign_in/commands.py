"""Changes that a sign-in makes: it creates the person, and keeps role and memberships as the claims have them."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select

from service.events.models import Verb
from service.people.access_queries import load_access
from service.people.commands import change_person, join, leave
from service.people.models import Membership, Person, Role, Team
from service.people.queries import ORGANIZATION
from service.postgres.tables import columns_of, table_of
from service.reading.reader import of_tenant
from service.reading.statements import equals_any
from service.sign_in.claims import Profile, Subject
from service.viewer import Access
from service.writing.change import Change
from service.writing.rows import changes_of_new, new_row
from service.writing.texts import EMAIL
from service.writing.transaction import Transaction

_person = columns_of(Person)
_team = columns_of(Team)
_membership = columns_of(Membership)
PERSON_LOCKS = {
    name: select(table_of(Person))
    .where(of_tenant(Person), _person[name] == bindparam(name, type_=_person[name].type))
    .with_for_update(key_share=True)
    for name in ("external_id", "email")
}
CLAIMED_TEAMS = select(_team.id).where(of_tenant(Team), equals_any(_team.external_id), _team.archived_at.is_(None))
# Memberships in teams without an external id are none that an issuer knows.
CURRENT_TEAMS = (
    select(_team.id)
    .join(Membership, (_membership.organization_id == _team.organization_id) & (_membership.team_id == _team.id))
    .where(
        of_tenant(Team),
        equals_any(_membership.person_id),
        _membership.ended_at.is_(None),
        _team.archived_at.is_(None),
        _team.external_id.is_not(None),
    )
)


class SignedIn(NamedTuple):
    """The person that has signed in."""

    person_id: UUID
    role: str
    access: Access


async def sign_in(
    tx: Transaction, subject: Subject, profile: Profile | None, new_role: str, reason: str, *, changes_role: bool
) -> SignedIn | None:
    """The person of a subject as the claims have it, in an exclusive transaction; None if it may not sign in.

    With a `profile`, a person that does not exist is created, with `new_role` unless the claims decide. Unless
    `changes_role`, the role stays. Notes OwnerRequired and LastOwner.
    """
    person = await _find(tx, subject)
    if person is None:
        if profile is None or not await tx.rows(ORGANIZATION):
            return None
        person = _create(tx, subject, profile, subject.role or new_role, reason)
    elif person.archived_at is not None:
        return None
    elif changes_role and subject.role not in (None, person.role):
        await change_person(tx, Change(person.id, {"role": Role(subject.role)}, reason=reason))
    if subject.teams is not None:
        await _keep_memberships(tx, person.id, subject.teams)
    await tx.flush()
    access = await load_access(tx.connection, tx.organization_id, person.id)
    return SignedIn(person.id, str(person.role), access)


async def _find(tx: Transaction, subject: Subject) -> Person | None:
    name, value = ("external_id", subject.external_id) if subject.email is None else ("email", subject.email)
    return next(iter(await tx.lock_rows(Person, PERSON_LOCKS[name], **{name: value})), None)


def _create(tx: Transaction, subject: Subject, profile: Profile, role: str, reason: str) -> Person:
    email = profile.email if profile.email and EMAIL.fullmatch(profile.email) else subject.email
    facts = {"external_id": subject.external_id, "name": profile.name, "email": email, "role": Role(role)}
    person = new_row(tx, Person, facts)
    tx.insert([person])
    tx.record(Verb.CREATED, person, changes_of_new(person), reason=reason)
    return person


async def _keep_memberships(tx: Transaction, person_id: UUID, teams: tuple[str, ...]) -> None:
    """Joins the teams with these external ids, and leaves all others that have one."""
    await tx.flush()
    claimed = {row.id for row in await tx.rows(CLAIMED_TEAMS, ids=list(teams))}
    current = {row.id for row in await tx.rows(CURRENT_TEAMS, ids=[person_id])}
    for team_id in sorted(claimed - current):
        await join(tx, team_id, person_id, None)
    for team_id in sorted(current - claimed):
        await leave(tx, team_id, person_id)
