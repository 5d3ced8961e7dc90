"""The dates of objectives and key results: their own ones, and those in force."""

from datetime import date

import strawberry

from schema.descriptions.enums import describe_enum
from service.cycles.granules import DateGranularity
from service.postgres.database import Row

describe_enum(
    DateGranularity,
    "Granularity of a date: the stretch of time that it names. Quarters, half-years and years are those of the "
    "organization's fiscal year.",
    DAY="Day of the date itself.",
    MONTH="Month of the date.",
    QUARTER="Quarter of the fiscal year.",
    HALF_YEAR="Half of the fiscal year.",
    YEAR="Fiscal year of the date.",
)
START = (
    "Start of the {object} itself: it begins with the first day of what the granularity names, on or before the due "
    "date, inside its cycle unless that allows dates outside."
)
DUE = (
    "Due date of the {object} itself: it is due with the end of the last day of what the granularity names, inside its "
    "cycle unless that allows dates outside."
)
OF_CYCLE = "Left out: that of the cycle."
UNCHANGED_OR_OF_CYCLE = "Left out: unchanged. Null: that of the cycle."


@strawberry.input(description="Date of a goal: any day of the stretch of time that the granularity names.")
class GoalDateInput:
    on: date = strawberry.field(description="Day of the date, such as 2026-02-10; from the year 1900 to 2200.")
    granularity: DateGranularity = strawberry.field(
        default=DateGranularity.DAY,
        description="Granularity of the date. With QUARTER, 2026-02-10 stands for 2026-01-01 as a start and for "
        "2026-03-31 as a due date.",
    )


@strawberry.type(description="Date of a goal (an objective or a key result) of its own, with its granularity.")
class GoalDate:
    on: date = strawberry.field(
        description="Day of the date: the first one of what the granularity names for a start, the last one for a due "
        "date."
    )
    granularity: DateGranularity = strawberry.field(description="Granularity of the date: DAY, MONTH or longer.")


def own_start(row: Row) -> GoalDate | None:
    """The start of its own that a goal has."""
    return None if row.starts_on is None else GoalDate(on=row.starts_on, granularity=row.start_granularity)


def own_due(row: Row) -> GoalDate | None:
    """The due date of its own that a goal has."""
    return None if row.due_on is None else GoalDate(on=row.due_on, granularity=row.due_granularity)
