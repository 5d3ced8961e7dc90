"""Changes to the participants of objectives, KPIs and initiatives."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import or_, select
from uuid_utils.compat import uuid7

from service.errors import Refusal
from service.events.models import Verb
from service.initiatives.models import Initiative
from service.kpis.models import Kpi
from service.objectives.models import Objective
from service.participants.models import Participant
from service.people.goal_access import GoalCheck, NotEditable, find_refusals
from service.people.models import Person, Team
from service.people.permissions import ParticipantRole, ensure_editor
from service.postgres.tables import Changeable, columns_of, table_of
from service.reading.reader import of_tenant
from service.reading.statements import equals_any, unique_ids
from service.values.names import to_camel_case
from service.values.record import record
from service.writing.attempt import Attempt
from service.writing.refusals import Archived, NotFound
from service.writing.rows import changes_of_new
from service.writing.transaction import Transaction
from service.writing.unsaved_row import unsaved_row
from service.writing.yielding import let_others

# What a participant takes part in, and who it is: one column of each has an id. KPIs are locked before objectives.
GOALS: Mapping[str, tuple[type[Changeable], str]] = {
    "kpi_id": (Kpi, "KPI"),
    "objective_id": (Objective, "objective"),
    "initiative_id": (Initiative, "initiative"),
}
MEMBERS: Mapping[str, tuple[type[Changeable], str]] = {"person_id": (Person, "person"), "team_id": (Team, "team")}
_participant = columns_of(Participant)
LOCK = (
    select(table_of(Participant))
    .where(
        of_tenant(Participant),
        or_(*(equals_any(_participant[column], f"{column}s") for column in GOALS)),
    )
    .order_by(_participant.id)
    .with_for_update(key_share=True)
)
Done = tuple[Participant, Verb | None]
# The column and the id of a goal, a person or a team: those of two types may have the same id.
End = tuple[str, UUID]


class GoalAmbiguous(Refusal):
    """A participant takes part in one goal: give one of `objectiveId`, `kpiId` and `initiativeId`."""

    meaning = "Participant in no goal, or in several. Send one of `objectiveId`, `kpiId` and `initiativeId`."


class ParticipantAmbiguous(Refusal):
    """A participant is one person or one team: give either `personId` or `teamId`."""

    meaning = "Participant that is neither a person nor a team, or both. Send either `personId` or `teamId`."


class ParticipantRoleNotAllowed(Refusal):
    """A team cannot be a CO_OWNER: name a person, or the team as CONTRIBUTOR or READER."""

    meaning = "Role CO_OWNER for a team, which only a person can have. Send a person, or another role."


@record
class ParticipantRequest:
    """A person or a team, and the objective, KPI or initiative that it is to take part in.

    `role` None keeps the role that the participant has, and makes a new one a READER.
    """

    objective_id: UUID | None = None
    kpi_id: UUID | None = None
    initiative_id: UUID | None = None
    person_id: UUID | None = None
    team_id: UUID | None = None
    role: ParticipantRole | None = None


class _Ends(NamedTuple):
    """What requests are about: the rows that are there, why some goals cannot be changed, and the participants."""

    rows: Mapping[End, Any]
    refusals: Mapping[End, Refusal]
    participants: dict[tuple[End, End], Participant]


def check(request: ParticipantRequest) -> Iterator[Refusal]:
    """Yields what is wrong with a request, whatever there is."""
    if sum(getattr(request, column) is not None for column in GOALS) != 1:
        yield GoalAmbiguous(("objectiveId",))
    if (request.person_id is None) == (request.team_id is None):
        yield ParticipantAmbiguous(("personId",))
    if request.role == ParticipantRole.CO_OWNER and request.person_id is None and request.team_id is not None:
        yield ParticipantRoleNotAllowed(("role",))


async def add(tx: Transaction, request: ParticipantRequest) -> Done:
    """Names a participant of a goal, changes its role, or takes an ended participant back; with what was done, None if
    nothing. Raises Forbidden, and all that is wrong."""
    [done] = await add_many(tx, [request])
    if isinstance(done, Refusal):
        raise done
    return done


async def add_many(tx: Transaction, requests: Sequence[ParticipantRequest]) -> list[Done | Refusal]:
    """As `add`, for each request; what is wrong with one stands in its place."""
    ensure_editor(tx.viewer)
    ends = await _lock(tx, requests)
    done: list[Done | Refusal] = []
    for request in requests:
        attempt = Attempt()
        attempt.note(check(request))
        attempt.note(_check_ends(tx, request, ends, allow_archived=False))
        done.append(attempt.refusal or _add(tx, request, ends))
        await let_others(len(done))
    return done


async def end(tx: Transaction, request: ParticipantRequest) -> None:
    """Ends that a person or a team takes part in a goal; the row stays. Ending it twice changes nothing."""
    ensure_editor(tx.viewer)
    ends = await _lock(tx, [request])
    tx.attempt.note(check(request))
    tx.attempt.note(_check_ends(tx, request, ends, allow_archived=True))
    tx.attempt.ensure_fine()
    participant = ends.participants.get(_key(request))
    if participant is not None and participant.ended_at is None:
        participant.ended_at = tx.now
        _record(tx, Verb.ARCHIVED, participant, changes_of_new(participant), ends)


def _add(tx: Transaction, request: ParticipantRequest, ends: _Ends) -> Done:
    participant = ends.participants.get(_key(request))
    if participant is None:
        facts = {name: getattr(request, name) for name in (*GOALS, *MEMBERS)}
        own = {"organization_id": tx.organization_id, "id": uuid7(), "created_at": tx.now}
        role = request.role or ParticipantRole.READER
        participant = unsaved_row(Participant, {**own, **facts, "role": role})
        ends.participants[_key(request)] = participant
        tx.insert([participant])
        return _record(tx, Verb.CREATED, participant, changes_of_new(participant), ends)
    before = participant.role
    participant.role = request.role or before
    if participant.ended_at is not None:
        participant.ended_at = None
        return _record(tx, Verb.RESTORED, participant, changes_of_new(participant), ends)
    if participant.role == before:
        return participant, None
    changes = {"role": {"before": str(before), "after": str(participant.role)}}
    return _record(tx, Verb.UPDATED, participant, changes, ends)


def _record(tx: Transaction, verb: Verb, participant: Participant, changes: dict[str, Any], ends: _Ends) -> Done:
    """Records a change of a participant, which its goal shows and nothing is computed from."""
    objectives = [] if participant.objective_id is None else [participant.objective_id]
    tx.record(verb, participant, changes, objectives=objectives, settles=False)
    for id in objectives:
        objective = ends.rows["objective_id", id]
        objective.changed_at = max(objective.changed_at, tx.now)
    return participant, verb


async def _lock(tx: Transaction, requests: Iterable[ParticipantRequest]) -> _Ends:
    """What requests are about. Goals are locked, so that their participants stay as they are."""
    rows: dict[End, Any] = {}
    for columns, is_locked in ((GOALS, True), (MEMBERS, False)):
        for column, (model, _) in columns.items():
            ids = sorted(unique_ids(getattr(request, column) for request in requests))
            known = await tx.lock(model, ids, update=is_locked)
            rows |= {(column, row.id): row for row in known if row is not None}
    ids_of_goals = {column: [id for name, id in rows if name == column] for column in GOALS}
    checks = {
        (column, id): GoalCheck(rows[column, id], to_camel_case(column), thing, named_by=column)
        for column, (_, thing) in GOALS.items()
        for id in ids_of_goals[column]
    }
    refusals = zip(checks, await find_refusals(tx, list(checks.values())), strict=True)
    locked = await tx.lock_rows(Participant, LOCK, **{f"{column}s": ids for column, ids in ids_of_goals.items()})
    return _Ends(
        rows,
        {end: refusal for end, refusal in refusals if refusal is not None},
        {_key(participant): participant for participant in locked},
    )


def _check_ends(
    tx: Transaction, request: ParticipantRequest, ends: _Ends, *, allow_archived: bool
) -> Iterator[Refusal]:
    """Yields what forbids that a participant is added to a goal or, if these may be archived, that it is ended."""
    follows = _follows(tx, request, ends, ParticipantRole.FOLLOWER if allow_archived else request.role)
    for column, (_, thing) in {**GOALS, **MEMBERS}.items():
        if (id := getattr(request, column)) is None:
            continue
        field = (to_camel_case(column),)
        row = ends.rows.get((column, id))
        if row is None:
            yield NotFound(field, thing=thing)
        elif (refusal := ends.refusals.get((column, id))) and not (follows and isinstance(refusal, NotEditable)):
            yield refusal
        elif row.archived_at is not None and not allow_archived:
            yield Archived(field, thing=thing)


def _follows(tx: Transaction, request: ParticipantRequest, ends: _Ends, role: ParticipantRole | None) -> bool:
    """Whether the viewer begins or ends to follow a goal itself, which needs no right to edit it."""
    if request.person_id is None or request.person_id != tx.viewer.person_id or any(check(request)):
        return False
    participant = ends.participants.get(_key(request))
    has_other_role = participant is not None and participant.ended_at is None and participant.role != role
    return role == ParticipantRole.FOLLOWER and not has_other_role


def _key(request: ParticipantRequest | Participant) -> tuple[End, End]:
    """The goal of a participant, and the person or team that it is."""
    goal, member = (_end(request, columns) for columns in (GOALS, MEMBERS))
    return goal, member


def _end(request: ParticipantRequest | Participant, columns: Collection[str]) -> End:
    return next((column, id) for column in columns if (id := getattr(request, column)) is not None)
