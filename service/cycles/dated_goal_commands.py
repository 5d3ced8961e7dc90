"""Looks for goals whose own dates a change of a cycle, or of the cycle of an objective, would leave outside."""

from typing import Any

from sqlalchemy import text

from service.cycles.models import Cycle
from service.errors import Refusal
from service.writing.transaction import Transaction

MAX_NAMES = 3
# Goals `g` whose dates do not fit the days `y` of a cycle; a date that a goal does not have is the cycle's.
IS_OUTSIDE = """
    (g.starts_on IS NOT NULL OR g.due_on IS NOT NULL)
    AND (NOT y.allows_dates_outside AND (g.starts_on < y.starts_on OR g.due_on > y.ends_on)
         OR coalesce(g.starts_on, y.starts_on) > coalesce(g.due_on, y.ends_on))"""
_COLUMNS = "{0}.id, {0}.title, {0}.starts_on, {0}.due_on"
OUTSIDE = text(f"""
    SELECT g.title, count(*) OVER () AS count
    FROM (
        SELECT {_COLUMNS.format("o")} FROM objectives o
        WHERE o.organization_id = :organization_id AND o.cycle_id = :id
        UNION ALL
        SELECT {_COLUMNS.format("k")} FROM key_results k
        JOIN objectives o ON o.organization_id = :organization_id AND o.id = k.objective_id AND o.cycle_id = :id
        WHERE k.organization_id = :organization_id
    ) g
    JOIN cycles y ON y.organization_id = :organization_id AND y.id = :id
    WHERE {IS_OUTSIDE}
    ORDER BY g.title, g.id LIMIT {MAX_NAMES}""")


class GoalDatesOutsideCycle(Refusal):
    """The dates of {count} goals do not fit the cycle ({starts_on} to {ends_on}): {goals}. Change their dates first."""

    meaning = (
        "Dates of <count> goals that would be outside their cycle (<startsOn> to <endsOn>), or would begin after they "
        "are due; <goals> are the first of their titles. Archived goals count. Change these dates first, or set "
        "`allowsDatesOutside` of the cycle."
    )


async def ensure_goals_inside(tx: Transaction, cycle: Cycle) -> None:
    """Raises GoalDatesOutsideCycle if a changed cycle leaves dates of its goals outside."""
    await tx.flush()
    rows = await tx.rows(OUTSIDE, id=cycle.id)
    if rows:
        raise goals_outside("endsOn", [row.title for row in rows], rows[0].count, cycle)


def goals_outside(field: str, titles: list[str], count: int, cycle: Any) -> GoalDatesOutsideCycle:
    """The refusal that names the first of `count` goals whose dates would be outside a cycle."""
    return GoalDatesOutsideCycle(
        (field,),
        count=count,
        starts_on=cycle.starts_on,
        ends_on=cycle.ends_on,
        goals=", ".join(f'"{title}"' for title in titles[:MAX_NAMES]),
    )
