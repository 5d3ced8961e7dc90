"""Each column that lists are filtered or sorted by has an index that begins with the organization and it."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Table

from service.alignment import queries as alignment
from service.alignment.condition_queries import Alignedness
from service.all_entities import ENTITIES
from service.check_ins import queries as check_ins
from service.entities.entity import Entity
from service.events import queries as events
from service.initiatives.check_ins import queries as initiative_check_ins
from service.kpis.measurements import queries as measurements
from service.objectives import queries as objectives
from service.postgres.tables import COMMON, LIVE
from service.reading.involvement import Involvement
from service.reading.keyset import Listing
from service.reading.page_order import ComputedOrder
from service.reading.relations import Relation
from service.reading.subtree import Subtree
from service.reading.surroundings import Around

# Comparisons of `numeric` are not leakproof: under row-level security they reach no index. Progress has a
# second column.
NUMERIC = {("KeyResult", "current"), ("KeyResult", "target")}
# Computed from the moment.
COMPUTED = {("Cycle", "is_current")}
# Pace depends on the moment, and is compared within a cycle.
UNSORTED = {("Objective", "PACE"), ("KeyResult", "PACE")}
LISTED = [entity for entity in ENTITIES if entity.listing is not None]
OF_PARENTS = [
    *(objectives.OF_CYCLES, objectives.OF_OWNERS, objectives.OF_TEAMS, objectives.OF_PILLARS),
    *(alignment.CHILDREN, alignment.CHILD_ALIGNMENTS, alignment.OF_KEY_RESULTS),
    *(check_ins.OF_KEY_RESULTS, check_ins.OF_OBJECTIVES, events.OF_OBJECTIVES),
    *(initiative_check_ins.OF_INITIATIVES, initiative_check_ins.HISTORY),
    *(measurements.MEASUREMENTS_OF_KPIS, measurements.REVISIONS_OF_KPIS),
]


def indexes(table: Table) -> Iterator[list[str]]:
    """The columns of each index and key of a table, without the state of being archived."""
    for index in table.indexes:
        yield [name for name in (str(getattr(each, "name", each)) for each in index.expressions) if name != LIVE]
    for key in (table.primary_key, *table.constraints):
        yield [each.name for each in getattr(key, "columns", ())]


def is_indexed(table: Table, *columns: str) -> bool:
    return any(each[: len(columns) + 1] == ["organization_id", *columns] for each in indexes(table))


def column_of(entity: Entity, name: str) -> str:
    """The column that has an index for a filter: the stored one, where the filter compares with a computed value."""
    assert entity.listing is not None
    step = entity.listing.step
    expression: Any = step.columns[name] if step and name in step.columns else entity.filters[name]
    if isinstance(order := entity.listing.orders.get(name.upper()), ComputedOrder) and order.column is not None:
        return str(order.column.name)
    # What is above or below others is found by ids, what refers to something by the column that does, and goals of
    # people by their owner; the participants have an index by person.
    match expression:
        case Subtree():
            expression = expression.id
        case Relation():
            expression = expression.column
        case Involvement():
            expression = expression.owner
        case Around():
            expression = expression.presence
        case Alignedness():
            expression = expression.above.presence
    return str(expression.name)


@pytest.mark.parametrize("entity", LISTED, ids=lambda entity: entity.name)
def test_filters_and_orders_of_a_list_are_indexed(entity: Entity) -> None:
    assert entity.listing is not None
    names = {name for name in entity.filters if (entity.name, name) not in NUMERIC | COMPUTED}
    orders = [each.column if isinstance(each, ComputedOrder) else each for each in entity.listing.orders.values()]
    columns = {column_of(entity, name) for name in names} | {each.name for each in orders if each is not None}
    assert {each for each in columns if not is_indexed(entity.table, each)} == set()
    # The exceptions are such.
    assert not any(is_indexed(entity.table, column) for name, column in NUMERIC | COMPUTED if name == entity.name)


def test_orders_without_an_index_are_named() -> None:
    orders = [(entity.name, name, order) for entity in LISTED for name, order in entity.listing.orders.items()]  # type: ignore[union-attr]
    computed = {each[:2] for each in orders if isinstance(each[2], ComputedOrder) and each[2].column is None}
    assert computed == UNSORTED


@pytest.mark.parametrize("entity", LISTED, ids=lambda entity: entity.name)
def test_an_index_with_few_rows_says_which_it_lacks(entity: Entity) -> None:
    for index in entity.table.indexes:
        where = index.dialect_options["postgresql"]["where"]
        if COMMON in index.info:
            [column] = [each.name for each in index.columns][1:2]
            common = index.info[COMMON]
            assert str(where) == (f"{column} IS NOT NULL" if common is None else f"{column} <> '{common}'")


@pytest.mark.parametrize("listing", OF_PARENTS, ids=lambda listing: f"{listing.key} {list(listing.orders)}")
def test_lists_of_parents_are_indexed_in_their_order(listing: Listing) -> None:
    order, table = next(iter(listing.orders.values())), listing.key.table
    ties = [each.name for each in listing.ties if each.name != "id"]
    assert is_indexed(table, *dict.fromkeys((listing.key.name, order.name, *ties)))
