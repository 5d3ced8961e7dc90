"""Reads of participants."""

from sqlalchemy import ARRAY, Uuid, any_, bindparam, func, or_, select

from service.participants.models import Participant
from service.postgres.tables import columns_of
from service.reading.statements import equals_any, reached

_participant = columns_of(Participant)
_is_viewer = or_(
    _participant.person_id == bindparam("viewer_id", type_=Uuid),
    _participant.team_id == any_(bindparam("viewer_own_team_ids", type_=ARRAY(Uuid))),
)
# The roles of the viewer in objectives and KPIs of `:ids`, its own and those of its teams.
ROLES_OF_VIEWER = select(
    func.coalesce(_participant.objective_id, _participant.kpi_id).label("goal_id"), _participant.role
).where(
    reached(Participant),
    or_(equals_any(_participant.objective_id), equals_any(_participant.kpi_id)),
    _participant.ended_at.is_(None),
    _is_viewer,
)
