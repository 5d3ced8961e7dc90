"""Changes to the organization, its people and its teams."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from service.errors import Refusal
from service.events.models import Verb
from service.people.models import Membership, MembershipRole, Organization, Person, Role, Team
from service.people.permissions import ensure_administrator
from service.writing.entities import Change, apply, archive, camel, created, locked, restore
from service.writing.transaction import Transaction

_team: Any = Team
_organization: Any = Organization
# What decides which days and periods the measurements of KPIs belong to.
CALENDAR = frozenset({"fiscal_year_start_month", "time_zone"})
FACTS = {"Person": ("external_id", "name", "email", "role"), "Team": ("external_id", "name", "parent_id")}


class OwnerRequired(Refusal):
    """Only an OWNER can make somebody an OWNER, take that role away, or archive or restore somebody who has it."""


class LastOwner(Refusal):
    """This is the only owner of the organization. Make somebody else an owner first."""


class TeamLoop(Refusal):
    """A team cannot be inside itself, directly or by way of its own subteams."""


class PaceThresholdsInverted(Refusal):
    """The pace for AT_RISK ({at_risk}) may not be above the one for ON_TRACK ({on_track}), nor below 0."""


class CadenceOutOfRange(Refusal):
    """`checkInCadenceDays` is {days}; it has to be from 1 to 366."""


class FiscalYearStartMonthOutOfRange(Refusal):
    """`fiscalYearStartMonth` is {month}; it has to be from 1, January, to 12, December."""


async def change_organization(tx: Transaction, values: dict[str, Any], expected_version: int | None) -> None:
    """Changes name or status policy; a new policy settles every goal anew."""
    ensure_administrator(tx.viewer)
    organization = (
        await tx.session.scalars(
            select(Organization).where(_organization.id == tx.organization_id).with_for_update(key_share=True)
        )
    ).one()
    tx.attempt.note(_check_policy({**organization.model_dump(), **values}))
    change = Change(organization.id, values, expected_version)
    changes = await apply(tx, organization, change)  # type: ignore[arg-type]
    if changes:
        tx.record(Verb.UPDATED, organization, changes)  # type: ignore[arg-type]
        tx.all_touched |= changes.keys() != {"name"}
        # The status policy is none of the KPIs'; their periods are days of a time zone and parts of a fiscal year.
        tx.all_kpis_touched |= bool(CALENDAR & changes.keys())


def _check_policy(policy: Mapping[str, Any]) -> Iterator[Refusal]:
    if not 0 <= policy["at_risk_pace"] <= policy["on_track_pace"] < float("inf"):
        yield PaceThresholdsInverted(("atRiskPace",), at_risk=policy["at_risk_pace"], on_track=policy["on_track_pace"])
    if not 1 <= policy["check_in_cadence_days"] <= 366:
        yield CadenceOutOfRange(("checkInCadenceDays",), days=policy["check_in_cadence_days"], minimum=1, maximum=366)
    if not 1 <= policy["fiscal_year_start_month"] <= 12:
        yield FiscalYearStartMonthOutOfRange(
            ("fiscalYearStartMonth",), month=policy["fiscal_year_start_month"], minimum=1, maximum=12
        )


async def create(tx: Transaction, rows: Sequence[Person | Team]) -> None:
    """Adds people or teams. Raises OwnerRequired."""
    ensure_administrator(tx.viewer)
    if any(_is_owner(row) for row in rows):
        tx.attempt.note(_check_owner(tx, "role"))
    tx.insert(rows)
    teams = [row for row in rows if getattr(row, "parent_id", None)]
    if teams:
        await ensure_no_team_cycle(tx, teams)  # type: ignore[arg-type]
    for row in rows:
        tx.record(Verb.CREATED, row, created(row, FACTS[type(row).__name__]))


async def change(tx: Transaction, model: type[Person] | type[Team], wanted: Change) -> None:
    """Changes a person or a team; the role of a person only in an exclusive transaction. Raises TeamLoop; notes
    OwnerRequired and LastOwner."""
    ensure_administrator(tx.viewer)
    row: Person | Team = await locked(tx, model, wanted.id)
    becomes_owner = wanted.values.get("role", getattr(row, "role", None)) == Role.OWNER
    if becomes_owner != _is_owner(row):
        tx.attempt.note(_check_owner(tx, "role"))
    if not becomes_owner:
        with tx.attempt.noting():
            await _ensure_another_owner(tx, row)
    changes = await apply(tx, row, wanted)
    if "parent_id" in changes:
        await ensure_no_team_cycle(tx, [row])  # type: ignore[list-item]
    if changes:
        tx.record(Verb.UPDATED, row, changes, reason=wanted.reason)


async def set_archived(
    tx: Transaction, model: type[Person] | type[Team], id: UUID, archived: bool, reason: str | None = None
) -> None:
    """Archives, a person only in an exclusive transaction, or restores a person or a team; doing it twice changes
    nothing. Raises LastOwner; notes OwnerRequired."""
    ensure_administrator(tx.viewer)
    row: Person | Team = await locked(tx, model, id, archived=True)
    if _is_owner(row) and archived != (row.archived_at is not None):
        tx.attempt.note(_check_owner(tx, "id"))
    if archived:
        await _ensure_another_owner(tx, row)
    if archive(tx, row) if archived else restore(tx, row):
        tx.record(Verb.ARCHIVED if archived else Verb.RESTORED, row, {}, reason=reason)


def _is_owner(row: Person | Team) -> bool:
    return getattr(row, "role", None) == Role.OWNER


def _check_owner(tx: Transaction, field: str) -> Iterator[Refusal]:
    if tx.viewer.role != Role.OWNER:
        yield OwnerRequired((field,))


async def _ensure_another_owner(tx: Transaction, row: Person | Team) -> None:
    """Raises LastOwner when nobody but this row's person owns the organization."""
    if not _is_owner(row):
        return
    # An import may have changed other owners already.
    await tx.session.flush()
    person: Any = Person
    theirs = (person.organization_id == tx.organization_id) & (person.role == Role.OWNER)
    others = select(person.id).where(theirs, person.id != row.id, person.archived_at.is_(None))
    if not await tx.rows(others.with_for_update(key_share=True)):
        raise LastOwner(("id",))


async def join(tx: Transaction, team_id: UUID, person_id: UUID, wanted: MembershipRole | None) -> Verb | None:
    """Makes a person a member or a lead of a team, or changes which of the two; what was done, None if nothing.

    None keeps the role that the person has, and makes a new one a member.
    """
    ensure_administrator(tx.viewer)
    await locked(tx, Team, team_id, field="teamId")
    membership = await _membership(tx, team_id, person_id)
    verb = Verb.UPDATED
    if membership is None:
        verb = Verb.CREATED
        membership = Membership(
            organization_id=tx.organization_id,
            team_id=team_id,
            person_id=person_id,
            created_at=tx.now,
        )
        tx.insert([membership])
    elif wanted in (None, membership.role) and membership.ended_at is None:
        return None
    elif membership.ended_at is not None:
        verb = Verb.RESTORED
    before = membership.role
    membership.role, membership.ended_at = wanted or membership.role, None
    changes = _member(membership)
    if verb == Verb.UPDATED:
        changes = {"role": {"before": str(before), "after": str(membership.role)}}
    tx.record(verb, membership, changes)
    return verb


async def leave(tx: Transaction, team_id: UUID, person_id: UUID) -> None:
    """Ends a membership; the row stays."""
    ensure_administrator(tx.viewer)
    await locked(tx, Team, team_id, field="teamId", archived=True)
    await locked(tx, Person, person_id, field="personId", archived=True)
    membership = await _membership(tx, team_id, person_id)
    if membership is not None and membership.ended_at is None:
        membership.ended_at = tx.now
        tx.record(Verb.ARCHIVED, membership, _member(membership))


async def emails(tx: Transaction) -> dict[str, str]:
    """Who has which email: external id, or else id, by email."""
    person: Any = Person
    query = select(person.email, person.external_id, person.id).where(
        person.organization_id == tx.organization_id, person.email.is_not(None)
    )
    return {row.email: row.external_id or str(row.id) for row in await tx.rows(query)}


async def ensure_no_team_cycle(tx: Transaction, teams: Sequence[Team]) -> None:
    """Raises TeamLoop when one of these teams has come to be above itself."""
    await tx.flush()
    nested = (_team.organization_id == tx.organization_id) & _team.parent_id.is_not(None)
    rows = await tx.rows(select(_team.id, _team.parent_id).where(nested))
    parents = {row.id: row.parent_id for row in rows}
    for team in teams:
        above, seen = parents.get(team.id), set()
        while above is not None and above not in seen:
            if above == team.id:
                raise TeamLoop((camel("parent_id"),))
            seen.add(above)
            above = parents.get(above)


async def _membership(tx: Transaction, team_id: UUID, person_id: UUID) -> Membership | None:
    found: Membership | None = (
        await tx.session.scalars(
            select(Membership)
            .where(
                Membership.organization_id == tx.organization_id,  # type: ignore[arg-type]
                Membership.team_id == team_id,  # type: ignore[arg-type]
                Membership.person_id == person_id,  # type: ignore[arg-type]
            )
            .with_for_update(key_share=True)
        )
    ).one_or_none()
    return found


def _member(membership: Membership) -> dict[str, Any]:
    return {name: {"after": str(getattr(membership, name))} for name in ("team_id", "person_id", "role")}
