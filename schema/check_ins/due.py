"""The list of check-ins that are due."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from schema.context import Info
from schema.execution.fields.batched import requested_columns, uses_columns
from schema.execution.fields.relation import to_one
from schema.key_results import KeyResult
from schema.objectives import Objective
from schema.people import Person
from schema.people.arguments import At, PersonId, TeamId
from schema.relay.connections import Connection, listed, prepared
from schema.relay.node import sought_id
from schema.relay.page_arguments import After, Before, First, Last, parse_page_arguments
from service.key_results import queries as key_results
from service.objectives import queries as objectives
from service.people import queries as people
from service.postgres.database import Row
from service.rollup.check_ins_due_queries import check_ins_due
from service.rollup.status_timeline import GRACE, Staleness


@strawberry.type(description="Check-in that is due: the goal that it is expected on, who owes it, and since when.")
class CheckInDue:
    due_at: datetime = strawberry.field(
        description="Time at which the check-in fell due: one cadence after the newest one, or after the goal came "
        "into force."
    )
    staleness: Staleness = strawberry.field(description="Staleness of the goal then: DUE, or OVERDUE after three days.")
    owner: Person | None = to_one(
        people.PEOPLE,
        key="owner_id",
        description="Person who owes the check-in: the owner of the key result, else of the objective. Null if neither "
        "has an owner.",
    )
    objective: Objective = to_one(
        objectives.OBJECTIVES,
        key="objective_id",
        description="Objective that the check-in is expected on, or that its key result belongs to.",
    )
    key_result: KeyResult | None = to_one(
        key_results.KEY_RESULTS,
        key="key_result_id",
        description="Key result that the check-in is expected on; null if it is the objective itself.",
    )

    @strawberry.field(description="Time from which on the check-in is OVERDUE: three days after `dueAt`.")
    @uses_columns("due_at")
    def overdue_at(root: strawberry.Parent[Row]) -> datetime:
        return root.due_at + GRACE


@strawberry.type
class CheckInDueQueries:
    """Fields of Query."""

    @strawberry.field(
        description="Check-ins that are due or overdue, those first that have been due for longest. Key results that "
        "follow a KPI are not among them; `measurementsDue` has their KPIs."
    )
    @uses_columns()
    async def check_ins_due(
        self,
        info: Info,
        person_id: PersonId = None,
        team_id: TeamId = None,
        cycle_id: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="Id of the cycle whose goals are looked at; all cycles if left out."),
        ] = None,
        at: At = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[CheckInDue] | None:
        page = parse_page_arguments("DUE_AT", first=first, after=after, last=last, before=before)
        ids: dict[str, Any] = {
            "person_id": sought_id(person_id, "Person"),
            "team_id": sought_id(team_id, "Team"),
            "cycle_id": sought_id(cycle_id, "Cycle"),
        }
        listing = check_ins_due(
            of_person=person_id is not None, of_team=team_id is not None, of_cycle=cycle_id is not None
        )
        values = {name: id for name, id in ids.items() if id is not None}
        due = prepared(listing, page, requested_columns(info))
        return await listed(info.context.reader, due, page, values, at or info.context.now)  # type: ignore[return-value]
