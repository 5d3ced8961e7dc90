"""Every table of every room, for those who need the whole: migrations, tests and doctor."""

import service.alignment.models
import service.check_ins.models
import service.cycles.models
import service.events.models
import service.key_results.kpi_link_models
import service.key_results.models
import service.kpis.measurements.models
import service.kpis.models
import service.objectives.models
import service.people.models
import service.pillars.models  # noqa: F401
from service.postgres.tables import metadata

__all__ = ["metadata"]
