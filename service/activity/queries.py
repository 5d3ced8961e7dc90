"""The list of entries of a feed, and how indexes find those about the goals of a team, of a cycle or of a subtree."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    Select,
    Uuid,
    and_,
    bindparam,
    case,
    literal_column,
    or_,
    select,
    union_all,
)

from service.activity.entry_types import BY_SUBJECT, BY_VERB, EntryType
from service.alignment.models import Alignment
from service.cycles.models import Cycle
from service.events.models import Event
from service.events.queries import ALL_EVENTS
from service.initiatives.check_ins.models import InitiativeCheckIn
from service.initiatives.models import Initiative
from service.kpis.models import Kpi, KpiTarget
from service.links.models import Link
from service.objectives.models import Objective
from service.participants.models import Participant
from service.people.queries import team_and_below
from service.postgres.tables import columns_of
from service.reading.branches import Access, equals
from service.reading.statements import constant, in_rows, reached, visible
from service.reading.subtree import Subtree

_event, _objective, _edge = columns_of(Event), columns_of(Objective), columns_of(Alignment)
_kpi, _target, _cycle = columns_of(Kpi), columns_of(KpiTarget), columns_of(Cycle)
_initiative, _check_in = columns_of(Initiative), columns_of(InitiativeCheckIn)
_participant, _link = columns_of(Participant), columns_of(Link)

ENTRIES = ALL_EVENTS


@dataclass(frozen=True, eq=False)
class About(Subtree):
    """The events about objectives, whose ids are `rows`, and about `others` that belong to no objective."""

    others: Callable[[str], CTE]

    def condition(self, parameter: str) -> ColumnElement[bool]:
        """Whether an event is about one of them."""
        others = _event.subject_id.in_(select(self.others(parameter).c.id))
        return or_(self.id.in_(select(self.rows(parameter).c.id)), and_(self.id.is_(None), others))

    def accesses(self, parameter: str) -> list[tuple[tuple[ColumnElement[bool], ...], Access]]:
        """How indexes find the events, in parts with further conditions."""
        objectives = select(self.rows(parameter).c.id.label("value")).subquery("objectives_of")
        others = select(self.others(parameter).c.id.label("value")).subquery("others_of")
        return [
            ((self.id.is_not(None),), Access(each=(self.id, objectives), may_be_many=True)),
            ((self.id.is_(None),), Access(each=(_event.subject_id, others), may_be_many=True)),
        ]


@dataclass(frozen=True, eq=False)
class Within(Subtree):
    """The events about objectives, whose ids are `rows`."""

    def accesses(self, parameter: str) -> list[tuple[tuple[ColumnElement[bool], ...], Access]]:
        """How an index finds the events."""
        objectives = select(self.rows(parameter).c.id.label("value")).subquery("objectives_of")
        return [((), Access(each=(self.id, objectives), may_be_many=True))]


@cache
def _of_team(parameter: str) -> CTE:
    return select(_objective.id).where(visible(Objective), _objective.team_id == _id(parameter)).cte("of_team")


@cache
def _of_teams(parameter: str) -> CTE:
    own = in_rows(_objective.team_id, team_and_below(parameter).c.id)
    return select(_objective.id).where(visible(Objective), own).cte("of_teams")


@cache
def _others_of_team(parameter: str) -> CTE:
    return _others(lambda team_id: team_id == _id(parameter)).cte("others_of_team")


@cache
def _others_of_teams(parameter: str) -> CTE:
    return _others(lambda team_id: in_rows(team_id, team_and_below(parameter).c.id)).cte("others_of_teams")


def _others(is_of_team: Callable[[Any], ColumnElement[bool]]) -> CompoundSelect[Any]:
    """The KPIs and initiatives of teams, and what belongs to them that events are about."""
    kpis = select(_kpi.id).where(visible(Kpi), is_of_team(_kpi.team_id)).cte("own_kpis")
    initiatives = select(_initiative.id).where(visible(Initiative), is_of_team(_initiative.team_id))
    own = initiatives.cte("own_initiatives")
    return union_all(
        select(kpis.c.id),
        _belonging(KpiTarget, _target.id, _target.kpi_id, kpis),
        _belonging(Participant, _participant.id, _participant.kpi_id, kpis),
        _belonging(Link, _link.id, _link.kpi_id, kpis),
        select(own.c.id),
        _belonging(InitiativeCheckIn, _check_in.id, _check_in.initiative_id, own),
        _belonging(Participant, _participant.id, _participant.initiative_id, own),
        _belonging(Link, _link.id, _link.initiative_id, own),
    )


def _belonging(model: Any, id: Any, owner: Any, owners: CTE) -> Select[Any]:
    return select(id).where(reached(model), in_rows(owner, owners.c.id))


@cache
def _of_cycle(parameter: str) -> CTE:
    return select(_objective.id).where(visible(Objective), _objective.cycle_id == _id(parameter)).cte("of_cycle")


@cache
def _cycle_itself(parameter: str) -> CTE:
    return select(_cycle.id).where(visible(Cycle), _cycle.id == _id(parameter)).cte("cycle_itself")


@cache
def _objective_and_below(parameter: str) -> CTE:
    """An objective and those that serve it, directly or through others that the viewer sees; archived ones, too."""
    top = select(_objective.id).where(visible(Objective), _objective.id == _id(parameter))
    tree = top.cte("objective_and_below", recursive=True)
    # OFFSET 0: objectives are looked up one by one, however many the planner expects.
    below = (
        select(_edge.objective_id.label("id"))
        .join(Objective, and_(visible(Objective), _objective.id == _edge.objective_id))
        .where(reached(Alignment), equals(_edge.parent_id, tree.c.id), _edge.archived_at.is_(None))
        .offset(literal_column("0"))
        .lateral("below")
    )
    return tree.union(select(below.c.id).select_from(tree.join(below, literal_column("true"))))


def _id(parameter: str) -> Any:
    return bindparam(parameter, type_=Uuid)


def _entry_type() -> ColumnElement[str]:
    """The type of the entry of an event, as `entry_type` gives it."""
    special: dict[EntryType, list[ColumnElement[bool]]] = {}
    for (subject_type, verb), own in BY_SUBJECT.items():
        is_own = and_(_event.subject_type == constant(subject_type), _event.verb == constant(verb))
        special.setdefault(own, []).append(is_own)
    usual = {own: [_event.verb == constant(verb) for verb, each in BY_VERB.items() if each == own] for own in EntryType}
    whens = [(or_(*each), constant(own)) for part in (special, usual) for own, each in part.items() if each]
    return case(*whens)


# What a feed is filtered by.
FILTERS = {
    "actor_id": _event.actor_id,
    "recorded_at": _event.recorded_at,
    "verb": _event.verb,
    "type": _entry_type(),
    "team": About(_event.objective_id, _of_team, _others_of_team),
    "teams": About(_event.objective_id, _of_teams, _others_of_teams),
    "cycle": About(_event.objective_id, _of_cycle, _cycle_itself),
    "objective": Within(_event.objective_id, _objective_and_below),
}
