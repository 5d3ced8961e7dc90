"""Turns what the database refuses into what the client can mend."""

import re

from service.errors import Refusal
from service.postgres.outages import sqlstate
from service.values.names import to_camel_case
from service.writing.refusals import NotFound


class Taken(Refusal):
    """`{name}` is already taken by another one."""

    meaning = (
        "Value of `<name>` that another object has, possibly an archived one. Send another value, or change the other"
        " object."
    )


class TargetOverlap(Refusal):
    """Another target of the same KPI covers some of these days already. End that one first."""

    meaning = "Target of a KPI for days that another target of it covers. End that one first, or send other days."


UNIQUE_VIOLATION, FOREIGN_KEY_VIOLATION, EXCLUSION_VIOLATION = "23505", "23503", "23P01"
CONSTRAINT = re.compile(r'constraint "(\w+?)(?:_\d{5,})?"')
NOUNS = {
    "parent": "parent",
    "owner": "person",
    "author": "person",
    "person": "person",
    "subject": "row",
    "kpi": "KPI",
    "source_kpi": "KPI",
}


def refusal_of(error: Exception) -> Refusal | None:
    """The refusal behind a violated constraint, read off its name; None when it is a bug of ours.

    Letting the database decide costs no statement beforehand and leaves no gap for a race.
    """
    name = _constraint_name(error)
    state = sqlstate(error)
    if state == EXCLUSION_VIOLATION:
        return TargetOverlap(("startsOn",))
    if state == UNIQUE_VIOLATION:
        return taken("id" if name.startswith("pk_") else re.sub(r"^uq_.*_organization_id_", "", name))
    if state == FOREIGN_KEY_VIOLATION:
        return not_found(re.sub(r"^fk_.*_organization_id_", "", name))
    return None


def _constraint_name(error: Exception) -> str:
    """The name of the violated constraint. Of Citus it is read off the message, where it has the number
    of a shard."""
    name = getattr(error, "constraint_name", None)
    named = None if name else CONSTRAINT.search(str(error))
    return name or (named.group(1) if named else "")


def taken(column: str) -> Taken:
    """The refusal of a value that another row has in a column."""
    return Taken((to_camel_case(column),), name=to_camel_case(column))


def not_found(column: str) -> NotFound:
    """The refusal of a reference in a column that leads nowhere."""
    kind = column.removesuffix("_id")
    return NotFound((to_camel_case(column),), thing=NOUNS.get(kind, kind.replace("_", " ")))
