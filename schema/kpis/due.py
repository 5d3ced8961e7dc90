"""The list of measurements that are due."""

import asyncio
from datetime import datetime
from typing import Any

import strawberry

from schema.context import Info
from schema.execution.fields.relation import to_one
from schema.kpis import Kpi
from schema.people import Person
from schema.people.arguments import At, PersonId, TeamId
from schema.relay.node import sought_id
from service.errors import BadUserInput
from service.kpis.current.due import measurements_due
from service.kpis.current.row_mapping import summary_of
from service.kpis.enums import Freshness
from service.kpis.queries import MAX_DUE_KPIS, measured_kpis
from service.people import queries as people
from service.postgres.database import Row

# KPIs that are judged without yielding to the event loop; it takes some milliseconds.
KPIS_AT_ONCE = 100


@strawberry.type(description="Measurement that is due: the KPI, who owes the measurement, and since when.")
class KpiMeasurementDue:
    due_at: datetime = strawberry.field(
        description="Time at which the measurement fell due: the end of the first period after the newest measurement, "
        "or of the period in which the KPI was created."
    )
    freshness: Freshness = strawberry.field(
        description="Freshness of the KPI then: DUE within its grace, then LATE, then MISSING."
    )
    owner: Person | None = to_one(
        people.PEOPLE,
        key="owner_id",
        description="Person who owes the measurement: the owner of the KPI; null if it has none.",
    )

    @strawberry.field(description="KPI whose measurement is due.")
    def kpi(root: strawberry.Parent[Row]) -> Kpi:
        return root.kpi


@strawberry.type
class KpiMeasurementDueQueries:
    """Fields of Query."""

    @strawberry.field(
        description="Measurements that are due of KPIs that people measure regularly, those first that have been due "
        f"for longest. A list without pages: of more than {MAX_DUE_KPIS} such KPIs it is an error; narrow them by "
        "`personId` or `teamId`."
    )
    async def measurements_due(
        self, info: Info, person_id: PersonId = None, team_id: TeamId = None, at: At = None
    ) -> list[KpiMeasurementDue] | None:
        ids: dict[str, Any] = {"person_id": sought_id(person_id, "Person"), "team_id": sought_id(team_id, "Team")}
        statement = measured_kpis(of_person=person_id is not None, of_team=team_id is not None)
        values = {name: id for name, id in ids.items() if id is not None}
        rows = await info.context.reader.rows(statement, **values)
        if len(rows) > MAX_DUE_KPIS:
            raise BadUserInput(f"More than {MAX_DUE_KPIS} KPIs are measured; narrow them by `personId` or `teamId`.")
        due: list[Any] = []
        for start in range(0, len(rows), KPIS_AT_ONCE):
            if start:
                await asyncio.sleep(0)
            due += measurements_due(rows[start : start + KPIS_AT_ONCE], summary_of, at or info.context.now)
        return sorted(due)
