"""Reads of participants."""

from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, any_, bindparam, case, func, or_, select

from service.participants.models import Participant
from service.people.models import Person, Team
from service.people.permissions import ParticipantRole
from service.postgres.tables import columns_of
from service.reading.statements import columns, equals_any, reached, select_by, visible

_participant = columns_of(Participant)
_person = columns_of(Person)
_team = columns_of(Team)

PARTICIPANTS = select_by(Participant)
_RANK = case({role.value: number for number, role in enumerate(ParticipantRole)}, value=_participant.role)


def _in_goals(column: ColumnElement[Any]) -> Select[Any]:
    """The participants of the goals of `:ids`: by what they may do, each by name."""
    return (
        select(*columns(Participant))
        .outerjoin(Person, visible(Person) & (_person.id == _participant.person_id))
        .outerjoin(Team, visible(Team) & (_team.id == _participant.team_id))
        .where(reached(Participant), equals_any(column), _participant.ended_at.is_(None))
        .order_by(_RANK, func.coalesce(_person.name, _team.name), _participant.id)
    )


OF_OBJECTIVES = _in_goals(_participant.objective_id)
OF_KPIS = _in_goals(_participant.kpi_id)
OF_INITIATIVES = _in_goals(_participant.initiative_id)


def _roles_in_goals(column: ColumnElement[Any]) -> Select[Any]:
    """The roles of the viewer in the goals of `:ids`, its own and those of its teams."""
    is_viewer = or_(
        _participant.person_id == bindparam("viewer_id", type_=Uuid),
        _participant.team_id == any_(bindparam("viewer_own_team_ids", type_=ARRAY(Uuid))),
    )
    return select(column.label("goal_id"), _participant.role).where(
        reached(Participant), equals_any(column), _participant.ended_at.is_(None), is_viewer
    )


# Apart: an objective, a KPI and an initiative may have the same id, which clients choose.
ROLES_IN_OBJECTIVES = _roles_in_goals(_participant.objective_id)
ROLES_IN_KPIS = _roles_in_goals(_participant.kpi_id)
ROLES_IN_INITIATIVES = _roles_in_goals(_participant.initiative_id)
