"""The lists that belong to objects of other types. Apart from the packages of their types, which need each other."""

from schema.relay.nested_connections import NestedList
from service.all_entities import EVENT
from service.check_ins.entity import CHECK_IN
from service.initiatives.check_ins.entity import INITIATIVE_CHECK_IN
from service.initiatives.entity import INITIATIVE
from service.key_results.entity import KEY_RESULT
from service.kpis.measurements.entity import MEASUREMENT
from service.objectives.entity import OBJECTIVE

OBJECTIVES = NestedList(
    entity=OBJECTIVE,
    module="schema.objectives.queries",
    order="POSITION",
    order_text="the order that people gave them",
)
CHILDREN = NestedList(
    entity=OBJECTIVE,
    module="schema.objectives.queries",
    order="ALIGNMENT",
    order_text="the positions of their alignments",
)
DESCENDANTS = NestedList(
    entity=OBJECTIVE,
    module="schema.objectives.queries",
    order="TREE",
    order_text="that of the tree, parents before their children and siblings by position",
)
KEY_RESULTS = NestedList(
    entity=KEY_RESULT,
    module="schema.key_results.queries",
    order="POSITION",
    order_text="the order that people gave them",
)
CHECK_INS = NestedList(
    entity=CHECK_IN, module="schema.check_ins.filters", order="AT", order_text="the latest first", descending=True
)
INITIATIVES = NestedList(
    entity=INITIATIVE, module="schema.initiatives.queries", order="TITLE", order_text="their titles"
)
INITIATIVE_CHECK_INS = NestedList(
    entity=INITIATIVE_CHECK_IN,
    module="schema.initiatives.check_in_filters",
    order="AT",
    order_text="the latest first",
    descending=True,
)
EVENTS = NestedList(
    entity=EVENT, module="schema.events.queries", order="RECORDED_AT", order_text="the latest first", descending=True
)
MEASUREMENTS = NestedList(
    entity=MEASUREMENT,
    type_name="KpiMeasurement",
    module="schema.kpis.measurements.filters",
    order="ON",
    order_text="the latest period first",
    descending=True,
)
