"""The condition of a filter on who is involved in goals: as owner, or as participant in one of several roles."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Uuid, any_, bindparam, column, false, func, or_, text
from sqlalchemy.sql.selectable import TextualSelect

from service.reading.branches import Access, equals

OWNER = "OWNER"


@dataclass(frozen=True, eq=False)
class Involvement:
    """Who is involved in the rows of a list: the person in the column `owner`, and the participants of the goal in
    the column `goal`, which they name in their column `named_by`.

    A comparator is the roles that are looked for, in alphabetical order. Its operand is a person.
    """

    owner: Any
    goal: Any
    named_by: str

    def condition(self, roles: str, parameter: str) -> ColumnElement[bool]:
        """Whether the person has one of the roles."""
        conditions: list[ColumnElement[bool]] = []
        if OWNER in roles.split():
            conditions.append(self.owner == _person(parameter))
        if others := _others(roles):
            ids: Any = func.array(self._goals(others, parameter).subquery("involved_in").select().scalar_subquery())
            conditions.append(self.goal == any_(ids))
        return or_(false(), *conditions)

    def accesses(self, roles: str, parameter: str, *, owner_has_order: bool) -> list[tuple[Any, Access]]:
        """How indexes find the rows, in parts with further conditions. `owner_has_order` tells whether the index of
        the owner has the order of the list."""
        is_owner, parts = self.owner == _person(parameter), list[tuple[Any, Access]]()
        if OWNER in roles.split():
            access = Access((equals(self.owner, _person(parameter)),))
            parts.append(((is_owner,), access if owner_has_order else replace(access, has_order=False)))
        if others := _others(roles):
            goals: FromClause = self._goals(others, parameter).subquery("involved_in")
            more = (is_owner.is_not(True),) if parts else ()
            parts.append((more, Access(each=(self.goal, goals), has_order=False)))
        return parts

    def _goals(self, roles: list[str], parameter: str) -> TextualSelect:
        """The goals in which the person is a participant, each once: it has one role in a goal."""
        names = ", ".join(f"'{role}'" for role in roles)
        statement = text(
            f"SELECT p.{self.named_by} AS value FROM participants p WHERE p.organization_id = :organization_id "
            f"AND p.person_id = :{parameter} AND p.ended_at IS NULL AND p.role IN ({names}) "
            f"AND p.{self.named_by} IS NOT NULL"
        )
        return statement.bindparams(_person(parameter)).columns(column("value", Uuid))


def _others(roles: str) -> list[str]:
    return [role for role in roles.split() if role != OWNER]


def _person(parameter: str) -> Any:
    return bindparam(parameter, type_=Uuid)
