"""Lists of flat input objects that are read as columns have the values and the errors of graphql-core."""

from typing import Any

from graphql import ExecutionResult, get_operation_ast, parse
from graphql.pyutils import Undefined
from graphql.utilities.coerce_input_value import coerce_input_value
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schema.execution.documents.item_columns import ItemColumns, build_execution, coerce_columns, columns_of_items
from schema.execution.documents.variable_errors import UnreadableValue, find_variable_errors
from schema.execution.graphql_core import ExecutionContext
from schema.root import schema as strawberry_schema
from tests.kit.examples import examples

SCHEMA = strawberry_schema._schema
ITEM: Any = SCHEMA.type_map["KpiMeasurementInput"]
INPUT: Any = SCHEMA.type_map["KpiMeasurementsRecordInput"]
DOCUMENT = parse("""mutation($i: KpiMeasurementsRecordInput!, $points: [KpiMeasurementInput!], $n: Int = 3) {
    a: kpiMeasurementsRecord(input: $i) { changed }
    b: kpiMeasurementsRecord(input: {measurements: $points, source: "b"}) { changed } }""")
DECIMALS = st.sampled_from(["1", "1.0", "-0", "0.50", "1e3", "99.000000000001", "1" * 24, "many", "1" * 25, "", 1, 1.5])
DAYS = st.sampled_from(["2026-06-01", "2026-06-02", "2026-02-29", "1899-12-31", "today"])
INSTANTS = st.sampled_from(["2026-06-01T09:00:00Z", "2026-06-01T11:00:00+02:00", "2026-06-01"])
TEXTS = st.sampled_from(["a", "b", "", 7])
# Equal numbers of different types, and values that no scalar can read.
ODD = st.sampled_from([None, True, False, 1, 1.0, 2**60, [], ["1"], {}, {"value": "1"}, UnreadableValue("problem")])


def items(odd: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Items whose fields are as they should be, or `odd`."""
    fields = {"kpiId": TEXTS, "externalId": TEXTS, "on": DAYS, "at": INSTANTS, "value": DECIMALS, "source": TEXTS}
    return st.fixed_dictionaries({}, optional={name: values | odd for name, values in fields.items()})


LISTS = st.lists(items(st.none()) | items(ODD) | st.just({"unknown": 1}) | ODD, max_size=6) | ODD


def typed(columns: ItemColumns) -> dict[str, list[tuple[type, Any]]]:
    """The values of all fields with their types, and with the digits of decimals."""
    return {name: [(type(value), repr(value)) for value in columns.column(name)] for name in ITEM.fields}


@given(LISTS)
@settings(max_examples=examples(200, 1000), deadline=None)
@example([{"value": 1}, {"value": True}])
@example([{"value": "1"}, {"value": 1}, {"value": 1.0}, {}])
def test_columns_have_the_values_of_items_that_are_coerced_one_by_one(value: Any) -> None:
    columns = coerce_columns(value, ITEM)
    coerced = coerce_input_value(value, INPUT.fields["measurements"].type)
    if columns is not None:
        assert typed(columns) == typed(columns_of_items(coerced))
    elif isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
        assert coerced is Undefined


@given(LISTS, LISTS, st.sampled_from([None, 4, "four"]), st.booleans())
@settings(max_examples=examples(100, 500), deadline=None)
def test_an_execution_with_columns_has_the_variables_or_errors_of_graphql_core(
    first: Any, second: Any, number: Any, is_one_left_out: bool
) -> None:
    variables = {"i": {"measurements": first, "reason": "r"}, "points": second, "n": number}
    if is_one_left_out:
        del variables["points"]
    arguments = (SCHEMA, DOCUMENT, None, None, variables, None)
    ours: Any
    theirs: Any
    ours, theirs = build_execution(*arguments), ExecutionContext.build(*arguments)
    if isinstance(theirs, list):
        assert [each.formatted for each in ours] == [each.formatted for each in theirs]
        return
    ours, theirs = ours.variable_values.coerced, theirs.variable_values.coerced
    assert plain(ours) == plain(theirs)
    assert find_variable_errors(SCHEMA, operation(), variables) == []


def plain(coerced: dict[str, Any]) -> dict[str, Any]:
    """Coerced variables, with lists of measurements as columns, whichever way they were read."""
    shown = {**coerced, "i": {**coerced["i"]}}
    for container, name in ((shown["i"], "measurements"), (shown, "points")):
        if isinstance(container.get(name), list):
            container[name] = columns_of_items(container[name])
        if isinstance(container.get(name), ItemColumns):
            container[name] = len(container[name]), typed(container[name])
    return shown


def operation() -> Any:
    return get_operation_ast(DOCUMENT, None)


def test_a_list_of_good_items_is_read_as_columns() -> None:
    points = [{"kpiId": "k", "value": str(number)} for number in range(5)]
    execution = build_execution(SCHEMA, DOCUMENT, None, None, {"i": {"measurements": points}, "points": points}, None)
    assert not isinstance(execution, ExecutionResult)
    coerced = execution.variable_values.coerced
    assert [type(coerced["i"]["measurements"]), type(coerced["points"])] == [ItemColumns, ItemColumns]
