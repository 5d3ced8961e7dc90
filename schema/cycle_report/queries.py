"""The field of Query with the report on a cycle."""

from typing import Annotated

import strawberry

from schema.context import Info
from schema.cycle_report import CycleReport
from schema.cycle_report.parts import ReportPart, ReportScope
from schema.objectives.queries import ObjectiveFilter
from schema.relay.filters import read_filter
from schema.relay.node import reference
from service.all_entities import reference_types
from service.cycles.queries import CYCLES
from service.objectives.entity import OBJECTIVE
from service.writing.refusals import NotFound


@strawberry.type
class CycleReportQueries:
    """Fields of Query."""

    @strawberry.field(
        description="Report on a cycle now: its goals in force that the viewer sees, counted, with a list for each "
        "count. Archived, DRAFT and CANCELLED goals are left out. Null if there is no such cycle."
    )
    async def cycle_report(
        self,
        info: Info,
        cycle_id: Annotated[strawberry.ID, strawberry.argument(description="Id of the cycle to report on.")],
        filter: Annotated[
            ObjectiveFilter | None,
            strawberry.argument(
                description="Conditions on the objectives of the report, which counts these and their key results; all "
                "objectives of the cycle if left out."
            ),
        ] = None,
    ) -> CycleReport | None:
        own = read_filter(info.context, filter, reference_types(OBJECTIVE.name))
        try:
            id = reference(cycle_id, "Cycle", "cycleId")
        except NotFound:
            return None
        rows = await info.context.reader.rows(CYCLES, ids=[id])
        if not rows:
            return None
        scope = ReportScope(rows[0], own.shape, {**own.values, "cycle_id": id}, own.is_one_off, own.search)
        return ReportPart(scope)  # type: ignore[return-value]
