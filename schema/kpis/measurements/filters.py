"""Which measurements of a KPI to list, and in which order."""

from schema.relay.page_arguments import OrderDirection
from schema.relay.root_connections import filter_input, order_input
from service.kpis.measurements.entity import MEASUREMENT
from service.kpis.measurements.queries import MEASUREMENTS_OF_KPIS

KpiMeasurementFilter = filter_input(
    MEASUREMENT,
    "measurements",
    type_name="KpiMeasurement",
    starts_on="Condition on the first day of the measurement's period.",
    value="Condition on the measurement's value.",
    recorded_at="Condition on the time at which the measurement's value was recorded.",
    author_id="Condition on the id of the person who recorded the measurement's value.",
)
KpiMeasurementOrder = order_input(
    MEASUREMENT,
    "measurements",
    "ON",
    OrderDirection.DESC,
    orders=MEASUREMENTS_OF_KPIS.orders,
    type_name="KpiMeasurement",
)
