"""Revisions of measurements: the values that a period of a KPI has had."""

from datetime import date, datetime
from decimal import Decimal

import strawberry

from schema.execution.fields.relation import to_one
from schema.people import Person
from service.kpis.enums import NullReason
from service.people import queries as people

FIRST_DAY = "First day of the period that the measurement stands for."
VALUE = (
    "Value of the KPI for the period, in its unit; of a qualitative KPI the position of its label on the scale, 1 the "
    "worst. Null with `nullReason`."
)
NULL_REASON = "Reason why the measurement has no value; null with a value."
NUMBER = "Number of the revision: 1 for the first value of the period, one more with each correction or deletion."
RECORDED_AT = "Time at which the value was recorded or computed."
AUTHOR = (
    "Person who recorded the value, or on whose behalf it was recorded; null if it was computed, or recorded by a "
    "service account alone or by the operator. Events name the service account."
)
SOURCE = "Name of the system that the value came from, as given when it was recorded; null if none was given."
REASON = "Reason given for recording or correcting the value; null if none was given."


@strawberry.type
class Recorded:
    """Fields that a measurement and each of its revisions have."""

    starts_on: date = strawberry.field(description=FIRST_DAY)
    value: Decimal | None = strawberry.field(description=VALUE)
    null_reason: NullReason | None = strawberry.field(description=NULL_REASON)
    version: int = strawberry.field(name="revisionNumber", description=NUMBER)
    recorded_at: datetime = strawberry.field(description=RECORDED_AT)
    source: str | None = strawberry.field(description=SOURCE)
    reason: str | None = strawberry.field(description=REASON)
    author: Person | None = to_one(people.PEOPLE, key="author_id", description=AUTHOR)


@strawberry.type(
    description="Revision of a measurement: one of the values that it has had, either the effective one or one "
    "that was corrected or deleted since."
)
class KpiMeasurementRevision(Recorded):
    pass
