"""Changes to the organization, its people and its teams."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from uuid_utils.compat import uuid7

from service.cadence.checks import CADENCE, check_cadence, check_own_cadence
from service.errors import Refusal
from service.events.models import Verb
from service.people.models import Membership, MembershipRole, Organization, Person, Role, Team
from service.people.permissions import ensure_administrator
from service.people.policy_commands import STATUS_POLICY, add_version
from service.people.profiles import check_profile
from service.people.queries import ORGANIZATION
from service.postgres.tables import columns_of, table_of
from service.reading.reader import of_tenant
from service.values.trees import find_loop
from service.writing.change import Change
from service.writing.rows import apply_change, changes_of_new, lock_row, refusal_of_archived
from service.writing.transaction import Transaction
from service.writing.unsaved_row import unsaved_row

_team = columns_of(Team)
_member_of = columns_of(Membership)
ORGANIZATION_LOCK = ORGANIZATION.with_for_update(key_share=True)
MEMBERSHIP_LOCK = (
    select(table_of(Membership))
    .where(
        of_tenant(Membership),
        _member_of.team_id == bindparam("team_id", type_=_member_of.team_id.type),
        _member_of.person_id == bindparam("person_id", type_=_member_of.person_id.type),
    )
    .with_for_update(key_share=True)
)
POLICY = (*STATUS_POLICY, "fiscal_year_start_month")
# What decides when check-ins on the goals of a team are due.
RHYTHM = CADENCE | {"time_zone"}
# What decides which days and periods the measurements of KPIs belong to.
CALENDAR = frozenset({"fiscal_year_start_month", "time_zone"})


class OwnerRequired(Refusal):
    """Only an OWNER can make somebody an OWNER, take that role away, or archive, restore or erase somebody who has
    it."""

    meaning = (
        "Change that only an OWNER may make: to give or take away the role OWNER, or to archive, restore or erase a "
        "person who has it. Ask an owner."
    )
    is_about_rights = True


class LastOwner(Refusal):
    """This is the only owner of the organization. Make somebody else an owner first."""

    meaning = "Last OWNER of the organization, who would not be one any more. Give another person the role OWNER first."


class TeamLoop(Refusal):
    """A team cannot be inside itself, directly or by way of its own subteams."""

    meaning = "Team inside itself: the parent is the team, or one of its own subteams. Choose another parent."


class PaceThresholdsInverted(Refusal):
    """The pace for AT_RISK ({at_risk}) may not be above the one for ON_TRACK ({on_track}), nor below 0."""

    meaning = (
        "Pace for AT_RISK (<atRisk>) that is below 0 or above the one for ON_TRACK (<onTrack>). Send 0 or more for "
        "AT_RISK, and no less for ON_TRACK."
    )


class FiscalYearStartMonthOutOfRange(Refusal):
    """`fiscalYearStartMonth` is {month}; it has to be from 1, January, to 12, December."""

    meaning = (
        "Value <month> of `fiscalYearStartMonth`, outside its range. Send a whole number from <minimum>, January, to "
        "<maximum>, December."
    )


async def change_organization(
    tx: Transaction, values: dict[str, Any], expected_version: int | None, reason: str | None = None
) -> None:
    """Changes name or status policy; a new policy is a version of its own, and settles every goal anew."""
    ensure_administrator(tx.viewer)
    [organization] = await tx.lock_rows(Organization, ORGANIZATION_LOCK)  # type: ignore[type-var]
    policy = {name: values.get(name, getattr(organization, name)) for name in POLICY}
    tx.attempt.note(_check_policy(policy))
    change = Change(organization.id, values, expected_version, reason=reason)
    changes = await apply_change(tx, organization, change)  # type: ignore[arg-type]
    if changes:
        tx.record(Verb.UPDATED, organization, changes, requested=change)  # type: ignore[arg-type]
        if not changes.keys().isdisjoint(STATUS_POLICY):
            await add_version(tx, organization, reason)
        tx.all_touched |= not changes.keys() <= {"name", "member_editing"}
        # The status policy is none of the KPIs'; their periods are days of a time zone and parts of a fiscal year.
        tx.all_kpis_touched |= bool(CALENDAR & changes.keys())


def _check_policy(policy: Mapping[str, Any]) -> Iterator[Refusal]:
    if not 0 <= policy["at_risk_pace"] <= policy["on_track_pace"] < float("inf"):
        yield PaceThresholdsInverted(("atRiskPace",), at_risk=policy["at_risk_pace"], on_track=policy["on_track_pace"])
    yield from check_cadence(policy["check_in_cadence_days"], policy["check_in_weekday"], "checkInCadenceDays")
    if not 1 <= policy["fiscal_year_start_month"] <= 12:
        yield FiscalYearStartMonthOutOfRange(
            ("fiscalYearStartMonth",), month=policy["fiscal_year_start_month"], minimum=1, maximum=12
        )


async def create_people(tx: Transaction, people: Sequence[Person]) -> None:
    """Adds people. Notes OwnerRequired."""
    ensure_administrator(tx.viewer)
    if any(is_owner(person) for person in people):
        tx.attempt.note(check_owner(tx, "role"))
    for person in people:
        tx.attempt.note(check_profile(person))
    tx.insert(people)
    for person in people:
        tx.record(Verb.CREATED, person, changes_of_new(person))


async def create_teams(tx: Transaction, teams: Sequence[Team]) -> None:
    """Adds teams. Notes the refusals of `check_team`; raises TeamLoop."""
    ensure_administrator(tx.viewer)
    for refusals in (await check_new_teams(tx, teams)).values():
        tx.attempt.note(refusals)
    tx.insert(teams)
    nested = [team for team in teams if team.parent_id]
    if nested:
        await _ensure_no_team_loop(tx, nested)
    for team in teams:
        tx.record(Verb.CREATED, team, changes_of_new(team))


async def check_new_teams(tx: Transaction, teams: Sequence[Team]) -> dict[UUID, list[Refusal]]:
    """What is wrong with the facts of new teams, by id."""
    return {team.id: refusals for team in teams if (refusals := list(check_team(team)))}


def check_team(team: Team) -> Iterator[Refusal]:
    """Yields what is wrong with the profile and the cadence of a team."""
    yield from check_profile(team)
    yield from check_own_cadence(team)


async def change_person(tx: Transaction, requested: Change) -> None:
    """Changes a person; the role only in an exclusive transaction. Notes OwnerRequired and LastOwner."""
    ensure_administrator(tx.viewer)
    person = await lock_row(tx, Person, requested.id)
    becomes_owner = requested.values.get("role", person.role) == Role.OWNER
    if becomes_owner != is_owner(person):
        tx.attempt.note(check_owner(tx, "role"))
    if not becomes_owner:
        with tx.attempt.noting():
            await ensure_another_owner(tx, person)
    changes = await apply_change(tx, person, requested)
    tx.attempt.note(check_profile(person))
    if changes:
        tx.record(Verb.UPDATED, person, changes, reason=requested.reason)


async def change_team(tx: Transaction, requested: Change) -> None:
    """Changes a team; another cadence settles its objectives anew. Notes the refusals of `check_team`; raises
    TeamLoop."""
    ensure_administrator(tx.viewer)
    team = await lock_row(tx, Team, requested.id)
    changes = await apply_change(tx, team, requested)
    tx.attempt.note(check_team(team))
    if RHYTHM & changes.keys():
        tx.touched_teams.add(team.id)
    if "parent_id" in changes:
        await _ensure_no_team_loop(tx, [team])
    if changes:
        tx.record(Verb.UPDATED, team, changes, reason=requested.reason)


async def lock_person_to_archive(tx: Transaction, id: UUID, archived: bool) -> tuple[Person, Sequence[UUID]]:
    """The person to archive, in an exclusive transaction, or to restore. Raises LastOwner and Erased; notes
    OwnerRequired."""
    person = await lock_row(tx, Person, id, allow_archived=True)
    if not archived and person.erased_at is not None:
        raise refusal_of_archived(person, "id")
    if is_owner(person) and archived != (person.archived_at is not None):
        tx.attempt.note(check_owner(tx, "id"))
    if archived:
        await ensure_another_owner(tx, person)
    return person, ()


def is_owner(person: Person) -> bool:
    """Whether a person has the role OWNER."""
    return person.role == Role.OWNER


def check_owner(tx: Transaction, field: str) -> Iterator[Refusal]:
    """Yields OwnerRequired unless the viewer is an OWNER."""
    if tx.viewer.role != Role.OWNER:
        yield OwnerRequired((field,))


async def ensure_another_owner(tx: Transaction, owner: Person) -> None:
    """Raises LastOwner when no other person owns the organization."""
    if not is_owner(owner):
        return
    # An import may have changed other owners already.
    await tx.flush()
    person = columns_of(Person)
    are_owners = (person.organization_id == tx.organization_id) & (person.role == Role.OWNER)
    others = select(person.id).where(are_owners, person.id != owner.id, person.archived_at.is_(None))
    if not await tx.rows(others.with_for_update(key_share=True)):
        raise LastOwner(("id",))


async def join(tx: Transaction, team_id: UUID, person_id: UUID, role: MembershipRole | None) -> Verb | None:
    """Makes a person a member or a lead of a team, or changes which of the two; what was done, None if nothing.

    None keeps the role that the person has, and makes a new one a member. Raises Archived, Erased and NotFound.
    """
    ensure_administrator(tx.viewer)
    await lock_row(tx, Team, team_id, field="teamId")
    membership = await _membership(tx, team_id, person_id)
    if membership is None or membership.ended_at is not None:
        await _ensure_not_erased(tx, person_id)
    verb = Verb.UPDATED
    if membership is None:
        verb = Verb.CREATED
        ends = {"team_id": team_id, "person_id": person_id}
        own = {"organization_id": tx.organization_id, "id": uuid7(), "created_at": tx.now}
        membership = unsaved_row(Membership, {**own, **ends})
        tx.insert([membership])
    elif role in (None, membership.role) and membership.ended_at is None:
        return None
    elif membership.ended_at is not None:
        verb = Verb.RESTORED
    before = membership.role
    membership.role, membership.ended_at = role or membership.role, None
    changes = _member(membership)
    if verb == Verb.UPDATED:
        changes = {"role": {"before": str(before), "after": str(membership.role)}}
    tx.record(verb, membership, changes)
    return verb


async def _ensure_not_erased(tx: Transaction, person_id: UUID) -> None:
    """Raises Erased for a person who was. Whether there is one at all is for the foreign key to say."""
    [person] = await tx.lock(Person, [person_id], update=False)
    if person is not None and person.erased_at is not None:
        raise refusal_of_archived(person, "personId")


async def leave(tx: Transaction, team_id: UUID, person_id: UUID) -> None:
    """Ends a membership; the row stays."""
    ensure_administrator(tx.viewer)
    await lock_row(tx, Team, team_id, field="teamId", allow_archived=True)
    await lock_row(tx, Person, person_id, field="personId", allow_archived=True)
    membership = await _membership(tx, team_id, person_id)
    if membership is not None and membership.ended_at is None:
        membership.ended_at = tx.now
        tx.record(Verb.ARCHIVED, membership, _member(membership))


async def _ensure_no_team_loop(tx: Transaction, teams: Sequence[Team]) -> None:
    """Raises TeamLoop when one of these teams has come to be above itself."""
    await tx.flush()
    nested = (_team.organization_id == tx.organization_id) & _team.parent_id.is_not(None)
    rows = await tx.rows(select(_team.id, _team.parent_id).where(nested))
    if find_loop({row.id: row.parent_id for row in rows}, [team.id for team in teams]) is not None:
        raise TeamLoop(("parentId",))


async def _membership(tx: Transaction, team_id: UUID, person_id: UUID) -> Membership | None:
    return next(iter(await tx.lock_rows(Membership, MEMBERSHIP_LOCK, team_id=team_id, person_id=person_id)), None)


def _member(membership: Membership) -> dict[str, Any]:
    return {name: {"after": str(getattr(membership, name))} for name in ("team_id", "person_id", "role")}
