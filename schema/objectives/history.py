"""The history of goals in buckets, for charts."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry

from schema.context import Info
from schema.descriptions.enums import describe_enum
from schema.execution.fields.batched import batched, uses_columns
from schema.execution.fields.columnar import attribute_values
from service.errors import BadUserInput
from service.people.queries import ORGANIZATION
from service.postgres.database import Row
from service.reading.statements import unique_ids
from service.rollup.history import points
from service.rollup.history_buckets import MAX_BUCKETS, Bucket, HistoryBucket, buckets
from service.rollup.history_loading import load_states
from service.rollup.status_timeline import Status, StatusReason

describe_enum(
    HistoryBucket,
    "Length of the buckets of a goal's history, in the organization's time zone.",
    name="GoalHistoryBucket",
    DAY="Bucket of one day.",
    WEEK="Bucket of one week, from Monday to Sunday.",
    MONTH="Bucket of one calendar month.",
    QUARTER="Bucket of one quarter of the organization's fiscal year.",
)


@strawberry.type(
    description="History point: a goal (an objective or a key result) at the end of one bucket of its history, as it "
    "was known then. What was recorded or corrected later does not change the point."
)
class GoalHistoryPoint:
    starts_on: date = strawberry.field(description="First day of the history point's bucket.")
    ends_on: date = strawberry.field(description="Last day of the history point's bucket.")
    at: datetime | None = strawberry.field(
        description="Time that the history point shows the goal at: the last microsecond of the bucket, or now while "
        "it is running. Null, as are all values, before the goal was created, and for a bucket that has not begun."
    )
    current: Decimal | None = strawberry.field(
        description="Value of the key result at that time, in its unit, as its `current`. Null for an objective."
    )
    target: Decimal | None = strawberry.field(
        description="Target of the key result at that time, in its unit, as its `target`. Null for an objective."
    )
    progress: float | None = strawberry.field(description="Progress of the goal at that time, 0 to 1; null if none.")
    confidence: float | None = strawberry.field(
        description="Confidence of people at that time that the goal will be reached, 0 to 1; null if none was stated."
    )
    status: Status | None = strawberry.field(
        description="Status of the goal at that time; null for a draft and for what was cancelled."
    )
    status_reason: StatusReason | None = strawberry.field(
        description="Reason why the goal had its status at that time; null without a status."
    )


From = Annotated[date, strawberry.argument(name="from", description="Day in the first bucket to return.")]
To = Annotated[date, strawberry.argument(description="Day in the last bucket to return, not before `from`.")]
BucketSize = Annotated[HistoryBucket, strawberry.argument(description="Length of the buckets.")]
DESCRIPTION = (
    "History of the {object}: one point for each bucket from `from` to `to`, oldest first, with its state at the end "
    "of the bucket as it was known then: what the API answered at that time. At most 400 buckets; "
    "1 000 objectives, and 4 000 objectives times buckets, those below the goals among them."
)


@batched(DESCRIPTION)
@uses_columns("id")
async def objective_history(
    parents: list[Row], info: Info, from_: From, to: To, bucket: BucketSize
) -> list[list[GoalHistoryPoint]]:
    ids = attribute_values(parents, "id")
    return await _histories(info, ids, ids, await _buckets(info, from_, to, bucket))


@batched(DESCRIPTION)
@uses_columns("id", "objective_id")
async def key_result_history(
    parents: list[Row], info: Info, from_: From, to: To, bucket: BucketSize
) -> list[list[GoalHistoryPoint]]:
    ids, objective_ids = attribute_values(parents, "id"), attribute_values(parents, "objective_id")
    return await _histories(info, ids, objective_ids, await _buckets(info, from_, to, bucket))


async def _buckets(info: Info, first: date, last: date, bucket: HistoryBucket) -> Sequence[Bucket]:
    if last < first:
        raise BadUserInput(f"`to` ({last}) is before `from` ({first}).")
    [organization] = await info.context.reader.rows(ORGANIZATION)
    own = buckets(
        *(first, last, HistoryBucket(bucket)),
        time_zone=organization.time_zone,
        fiscal_year_start_month=organization.fiscal_year_start_month,
        now=info.context.now,
    )
    if len(own) > MAX_BUCKETS:
        raise BadUserInput(
            f"From {first} to {last} there are more than {MAX_BUCKETS} buckets of one {bucket}. Ask for longer "
            "buckets, or fewer days."
        )
    return own


async def _histories(
    info: Info, ids: Sequence[UUID], objective_ids: Sequence[UUID], own: Sequence[Bucket]
) -> list[list[GoalHistoryPoint]]:
    moments = [each.at for each in own if each.at is not None]
    states = await load_states(info.context.reader, unique_ids(objective_ids), moments)
    return [points(id, own, states) for id in ids]
