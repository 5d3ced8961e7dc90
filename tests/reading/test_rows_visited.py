"""A page of a list reads at most five rows for each that it returns, and two hundred more, however many there are."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import Boolean, Date, DateTime, Enum, Float, Numeric, Uuid
from sqlalchemy.sql import ClauseElement

from service.all_entities import ENTITIES
from service.entities.entity import Entity
from service.reading.access_paths import indexed, with_filter
from service.reading.filters import build_condition, parse_filter
from service.reading.involvement import Involvement
from service.reading.keyset import MAX_EXACT_COUNT, Listing, Page, bind_page, count_rows, select_page
from service.reading.page_order import ComputedOrder
from service.reading.relations import Related, Relation
from service.reading.subtree import Subtree
from service.reading.surroundings import Surroundings
from service.rollup.goal_statistics import GoalDimension
from service.rollup.goal_statistics_queries import (
    KEY_RESULTS,
    OBJECTIVES,
    Grouping,
    select_page_of_groups,
    select_sums,
)
from service.viewer import Viewer
from tests.kit.client import Client
from tests.kit.estate import Estate
from tests.kit.examples import IS_FUZZ
from tests.kit.multiplied import multiplied
from tests.kit.plans import Plans, planning

ROWS, PAGE = 2_000, 50
ENTITY_TABLES = {entity.table.name: entity.table for entity in ENTITIES}
LISTED = {entity.name: entity for entity in ENTITIES if entity.listing is not None}
FIRST, LAST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2090, 1, 1, tzinfo=UTC)
CHECK_IN_DUE_AT = "CASE WHEN n % 3 > 0 THEN now() + n * INTERVAL '1 minute' END"
NUMBERS = {
    **dict.fromkeys(("progress", "progress_order"), "CASE WHEN n % 4 > 1 THEN n % 1000 / 1000.0 END"),
    "confidence": "CASE WHEN n % 40 <> 9 THEN n % 500 / 500.0 END",
}
# All rows are alike, so that half of the comparisons find all of them, and half find none.
DIFFERENT = {
    "objectives": {
        **{"position": "n", **NUMBERS},
        **dict.fromkeys(
            ("parent_presence", "active_parent_presence"),
            "CASE n % 40 WHEN 1 THEN 'NONE' WHEN 7 THEN 'RESTRICTED' ELSE 'OPEN' END",
        ),
        "child_presence": "CASE WHEN n % 40 = 3 THEN 'OPEN' ELSE 'NONE' END",
        "has_key_results": "n % 40 <> 5",
    },
    "key_results": {"position": "n", "check_in_due_at": CHECK_IN_DUE_AT, **NUMBERS},
    **{table: {"name": "'name ' || n"} for table in ("kpis", "teams", "pillars", "cycles", "service_accounts")},
    "people": {"name": "'name ' || n", "email": "'email-' || n"},
    "initiatives": {"title": "'title ' || n"},
    "links": {"external_id": "'link-' || n"},
    "events": {},
    "audit_events": {},
}
# What some rows have and none has, of texts that are words of an enum.
WORDS = {
    "status": ("OFF_TRACK", "PENDING"),
    "staleness": ("OVERDUE", "FRESH"),
    "alignment_state": ("UNALIGNED", "TOP"),
    "status_reason": ("PACE", "CYCLE_CLOSED"),
}
NEVER_ARCHIVED = ("events", "audit_events")
# Comparisons of `numeric` reach no index, so they are made in the order of the list. Progress has a second column.
NUMERIC = {"current", "target"}
# The state of a cycle follows from the time, so no index has it. An organization has few cycles.
WITHOUT_INDEX = {*NUMERIC, "state", "is_current"}


def comparisons(entity: Entity, row: Any) -> Iterator[dict[str, Any]]:
    """Comparisons with each column that all of the rows meet, and that none meets."""
    for name, expression in entity.filters.items():
        if isinstance(expression, Involvement):
            for person in {row.get("owner_id"), UUID(int=7)} - {None}:
                yield from ({name: {roles: person}} for roles in ("OWNER", "CO_OWNER OWNER", "FOLLOWER"))
            continue
        if isinstance(expression, Subtree):
            yield from ({name: {"eq": id}} for id in (row["id"], UUID(int=7)))
            continue
        if isinstance(expression, Relation):
            referred = row[expression.column.name]
            for id in {referred, UUID(int=7)} - {None}:
                yield {name: Related(id={"eq": id})}
            if expression.table is not entity.table:
                # All that there are, which are read, too.
                yield {name: Related(created_at={"gt": FIRST})}
            continue
        kind: Any = expression.type
        if isinstance(kind, Boolean):
            yield from ({name: {"is_": each}} for each in (True, False) if name not in WITHOUT_INDEX)
            continue
        if name in WITHOUT_INDEX:
            continue
        if isinstance(kind, Numeric | Float):
            yield from ({name: {comparator: number}} for comparator in ("gt", "lte") for number in (-1, 2))
            yield from ({name: {"eq": 0.5}}, {name: {"eq": 2}}, {name: {"in_": [0.25, 0.75]}})
            # Goals without confidence are in no index: most have none.
            yield from ({name: {"is_null": True}} for _ in range(name != "confidence"))
            continue
        own = row.get(name)
        if isinstance(kind, DateTime | Date):
            first, last = (FIRST, LAST) if isinstance(kind, DateTime) else (date(1990, 1, 1), date(2090, 1, 1))
            yield from ({name: {"gt": first}}, {name: {"gt": last}}, {name: {"lt": first}}, {name: {"eq": last}})
            continue
        nobodys: Any = UUID(int=7) if isinstance(kind, Uuid) else "nobody's"
        if isinstance(kind, Enum):
            nobodys = next(each for each in reversed(kind.enums) if each != own)
        own, nobodys = WORDS.get(name, (own, nobodys))
        yield from ({name: {"eq": nobodys}}, {name: {"in_": [nobodys]}}, {name: {"is_null": True}})
        if own is not None:
            yield from ({name: {"eq": own}}, {name: {"in_": [own, nobodys]}})
        if isinstance(kind, Enum) or name in WORDS:
            yield {name: {"neq": own or nobodys}}


def orders_of(listing: Listing, number: int, filter: dict[str, Any]) -> list[str]:
    """Every third order that an index has, or one of these in turn if there is a filter and this is not `make fuzz`;
    and those that put the rows without a value last, for some filters."""
    indexed_orders = [name for name, each in listing.orders.items() if not isinstance(each, ComputedOrder)][::3]
    if not IS_FUZZ and filter:
        indexed_orders = [indexed_orders[number // 2 % len(indexed_orders)]]
    of_numbers = {"next_check_in_due_at", "confidence", "progress"}
    is_sorted = not filter or bool(filter.keys() & {"level", "due_at", *of_numbers})
    halved = [
        name for name, each in listing.orders.items() if isinstance(each, ComputedOrder) and each.column is not None
    ]
    return [*indexed_orders, *(halved if is_sorted else [])]


@cache
def page_of(entity: Entity, shape: Any, order: str, archived: bool) -> tuple[Listing, Page, ClauseElement]:
    """A filtered list, and how its first page is read: the same for all values in the filter."""
    assert entity.listing is not None
    filtered = with_filter(entity.listing, entity.filters, shape, order, include_archived=archived, is_one_off=True)
    page = Page(PAGE, order)
    return filtered, page, select_page(filtered, page)


def refers_to_own(entity: Entity, filter: dict[str, Any]) -> bool:
    """Whether a filter has a condition on other rows of its own table."""
    own = [each for name, each in entity.filters.items() if name in filter]
    return any(isinstance(each, Relation) and each.table is entity.table for each in own)


def is_around(entity: Entity, filter: dict[str, Any]) -> bool:
    """Whether a filter compares with what viewers see around a row."""
    return any(isinstance(each, Surroundings) for name, each in entity.filters.items() if name in filter)


def usual_values(table: str) -> dict[str, str]:
    """The values that most rows have, as SQL. Where few have one, they are found by reading many (decision 34)."""
    common = indexed(ENTITY_TABLES[table]).common
    return {name: "NULL" if value is None else f"'{value}'" for name, value in common.items()}


@pytest.fixture
async def plans(
    client: Client, stranger: Client, cleaner: asyncpg.Connection, database_url: str
) -> AsyncIterator[Plans]:
    """An organization with many rows alike, of which every second is archived, beside one with as many again."""
    for each in (client, stranger):
        await Estate(each, each.organization_id.hex[-4:]).furnish()
        for table, different in DIFFERENT.items():
            states = {} if table in NEVER_ARCHIVED else {"archived_at": "CASE WHEN n % 2 = 0 THEN now() END"}
            live = "" if table in NEVER_ARCHIVED else "AND archived_at IS NULL"
            template = f"SELECT id FROM {table} WHERE organization_id = $1 {live} ORDER BY id LIMIT 1"
            id = await cleaner.fetchval(template, each.organization_id)
            await multiplied(cleaner, table, ROWS, id, **{**usual_values(table), **different, **states})
    # Plans follow from the sizes of indexes, too, which rows of earlier tests have made larger.
    await cleaner.execute(f"VACUUM FULL {', '.join(DIFFERENT)}")
    await cleaner.execute("VACUUM ANALYZE")
    async with planning(database_url, client.organization_id, client.clock.now) as plans:
        yield plans


def test_every_list_has_many_rows() -> None:
    """A table of a few rows is read as a whole, whatever indexes it has."""
    assert {entity.table.name for entity in LISTED.values()} == DIFFERENT.keys()


async def test_pages_read_little_and_counts_their_organization(
    plans: Plans, client: Client, cleaner: asyncpg.Connection
) -> None:
    sizes, member = set[int](), Viewer(client.organization_id, UUID(int=7), "MEMBER")
    participants = await cleaner.fetchval(
        "SELECT count(*) FROM participants WHERE organization_id = $1", client.organization_id
    )
    for entity in LISTED.values():
        listing = entity.listing
        assert listing is not None
        table = entity.table.name
        condition = "organization_id = $1"
        if "external_id" in entity.table.c:
            # The same row in every run: ids are random. Its values are not the usual ones, of which few rows would be
            # found by reading many (docs/decisions/0034).
            condition += " ORDER BY updated_at, right(external_id, 4) NULLS LAST, id"
        row = await cleaner.fetchrow(f"SELECT * FROM {table} WHERE {condition} LIMIT 1", client.organization_id)
        of_organization = await cleaner.fetchval(
            f"SELECT count(*) FROM {table} WHERE organization_id = $1", client.organization_id
        )
        for number, filter in enumerate(({}, *comparisons(entity, row))):
            shape, values, _ = parse_filter(filter)
            for order in orders_of(listing, number, filter):
                for archived in (False, True) if number % 2 == 0 else (False,):
                    filtered, page, statement = page_of(entity, shape, order, archived)
                    # Others than administrators see other goals around a row.
                    reader = plans.seen_by(member) if archived and is_around(entity, filter) else plans
                    rows, visited = await reader.rows(table, statement, **bind_page(filtered, page), **values)
                    what = (table, filter, order, archived, rows)
                    # Of each row that refers to one of its own table that one is read, too.
                    # The index of what some rows have no value of has live and archived ones together.
                    is_halved = order == "NEXT_CHECK_IN_DUE_AT" or "next_check_in_due_at" in filter
                    is_doubled = archived and is_halved
                    most = (5 * rows + 200) * (2 if refers_to_own(entity, filter) or is_doubled else 1)
                    assert (what, visited) == (what, min(visited, most)), str(what)
                    sizes.add(rows)
            # For each value of a list, live and archived rows are counted apart, if the planner so chooses.
            values_of_lists = [value for each in filter.values() for value in each.values() if isinstance(value, list)]
            most = min(of_organization, MAX_EXACT_COUNT + 1) * max(1, 2 * sum(map(len, values_of_lists)))
            # So they are where an index has both together.
            most *= 2 if "next_check_in_due_at" in filter else 1
            # The goals of a person are found by its participants.
            most += participants if {"involving", "mine"} & filter.keys() else 0
            most += of_organization if refers_to_own(entity, filter) else 0
            # An index has rows that others have changed meanwhile.
            most += PAGE
            _, visited = await plans.rows(table, count_rows(filtered), **values)
            assert (table, filter, visited) == (table, filter, min(visited, most))
    assert {0, PAGE + 1} <= sizes
    await statistics_read_their_organization(plans, client, cleaner)


async def statistics_read_their_organization(plans: Plans, client: Client, cleaner: asyncpg.Connection) -> None:
    """Sums, and pages of groups with the rows that these return."""
    for entity, goals in ((LISTED["Objective"], OBJECTIVES), (LISTED["KeyResult"], KEY_RESULTS)):
        table = entity.table.name
        own = await cleaner.fetchval(f"SELECT count(*) FROM {table} WHERE organization_id = $1", client.organization_id)
        for filter in ({}, {"status": {"eq": "OFF_TRACK"}}, {"owner_id": {"is_null": True}}):
            shape, values, _ = parse_filter(filter)
            for by in GoalDimension:
                grouping = Grouping(goals, by, build_condition(entity.filters, shape), False)
                _, visited = await plans.rows(table, select_sums(grouping), **values)
                assert (table, filter, by, visited) == (table, filter, by, min(visited, own))
                page = select_page_of_groups(grouping, goals.listing, Page(PAGE, "POSITION"))
                rows, visited = await plans.rows(table, page, buckets=["", "OFF_TRACK", "TEAM"], **values)
                assert (table, filter, by, visited) == (table, filter, by, min(visited, own + rows))
