"""Conditions of lists of objectives on what the viewer sees around them: objectives above and below."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, any_, bindparam, case, false, or_, select

from service.alignment.models import Alignment
from service.alignment.states import AlignmentState
from service.objectives.models import Level, Lifecycle, Objective
from service.postgres.tables import columns_of, table_of
from service.reading.branches import Access
from service.reading.filters import Part
from service.reading.statements import constant, reached, visible
from service.reading.surroundings import SEES_NOT_OPEN, Accesses, Around, Surroundings
from service.values.presence import Presence

_objective = columns_of(Objective)


def _aligned(own: str, other: str, *conditions: Any) -> ColumnElement[bool]:
    """Whether an objective is at the end `own` of an edge whose other end is seen, and not archived."""
    edge, seen = table_of(Alignment).alias(f"edge_of_{other}"), table_of(Objective).alias(f"seen_{other}")
    return (
        select(edge.c.id)
        .join_from(edge, seen, seen.c.id == edge.c[other])
        .where(
            *(reached(edge.c), edge.c[own] == _objective.id, edge.c.archived_at.is_(None)),
            *(visible(seen.c), seen.c.archived_at.is_(None)),
            *(seen.c[name] == value for name, value in conditions),
        )
        .exists()
    )


@dataclass(frozen=True, eq=False)
class Alignedness(Surroundings):
    """The state of an objective of a `level` by whether there are objectives `above` in force which the viewer sees."""

    level: Any
    above: Around

    @property
    def expression(self) -> ColumnElement[str]:
        """The state."""
        return case(
            (self.level == constant(Level.COMPANY), constant(AlignmentState.TOP)),
            (self.above.expression, constant(AlignmentState.ALIGNED)),
            else_=constant(AlignmentState.UNALIGNED),
        )

    def moved(self, move: Callable[[Any], Any]) -> "Alignedness":
        """The same of rows under another name."""
        return replace(self, level=move(self.level), above=self.above.moved(move))

    def accesses(self, part: Part) -> Accesses:
        """The rows of each presence, if their state may be looked for."""

        def may_be(state: AlignmentState) -> ColumnElement[bool]:
            if part.comparator == "in_":
                operands = any_(bindparam(part.parameter, type_=ARRAY(self.type)))
                return constant(state) == operands
            operand = bindparam(part.parameter, type_=self.type)
            return operand != constant(state) if part.comparator == "neq" else operand == constant(state)

        if part.comparator == "null":
            # Each objective has a state.
            return [((false(),), None)]
        if part.comparator not in ("eq", "in_", "neq"):
            return []
        none, restricted, is_open = (self.above.presence == constant(each) for each in Presence)
        is_below = self.level != constant(Level.COMPANY)
        top = (self.level == constant(Level.COMPANY), may_be(AlignmentState.TOP))
        unaligned = (is_below, none, may_be(AlignmentState.UNALIGNED))
        usual = or_(may_be(AlignmentState.ALIGNED), SEES_NOT_OPEN)
        return [
            (top, Access(top)),
            (unaligned, Access(unaligned)),
            ((is_below, restricted, part.condition), Access((is_below, restricted))),
            ((usual, is_below, is_open, part.condition), None),
        ]


HAS_PARENTS = Around(
    _objective.parent_presence,
    _aligned("objective_id", "parent_id"),
    is_usually_open=True,
    within=_objective.cycle_id,
)
HAS_CHILDREN = Around(_objective.child_presence, _aligned("parent_id", "objective_id"))
# A parent in force is what counts.
_IS_ALIGNED = Around(
    _objective.active_parent_presence,
    _aligned("objective_id", "parent_id", ("lifecycle", constant(Lifecycle.ACTIVE))),
    is_usually_open=True,
)
ALIGNMENT_STATE = Alignedness(_objective.level, _IS_ALIGNED)
