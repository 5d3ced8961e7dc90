"""What is asked for at one time is one message, and each gets its own answer."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Date,
    Float,
    Integer,
    Numeric,
    Text,
    Uuid,
    bindparam,
    column,
    false,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.exc import CompileError

from schema.execution.fields.batched import PlannedRead
from service.reading.reader import Reader
from service.reading.statement_batch import MAX_SQL_LENGTH, MAX_VALUES_AHEAD, build_batch
from tests.kit.client import Client, Statements, freed

MEMBERS: Any = (
    func.unnest(bindparam("members", type_=ARRAY(Integer)))
    .table_valued(column("member", Integer), name="given")
    .render_derived()
)
NUMBERS = select(MEMBERS.c.member).order_by(MEMBERS.c.member.desc())
OF_MEMBERS = NUMBERS.where(MEMBERS.c.member < bindparam("more", type_=Integer))
SLOW = select(func.pg_sleep(10).cast(Text).label("slept"))


def named(number: int, length: int = 1) -> Any:
    """A statement of its own, of some length."""
    return select(literal(number).label("number"), *(literal("x").label(f"c{n}") for n in range(length)))


def longer(number: int) -> Any:
    """A statement of its own about members."""
    return NUMBERS.add_columns(*(literal(number).label(f"c{number}_{n}") for n in range(10)))


@pytest.fixture
async def reader(client: Client, statements: Statements) -> AsyncIterator[Reader]:
    reader_of_client = Reader(client.database, client.organization_id)
    await reader_of_client.rows(select(literal(1).label("one")))
    yield reader_of_client
    await reader_of_client.close()
    assert await freed(client.database) == 0


async def all_of(reader: Reader, *reads: tuple[Any, dict[str, Any]]) -> list[list[Any]]:
    results = await asyncio.gather(*(reader.rows(statement, **parameters) for statement, parameters in reads))
    return [[tuple(row) for row in rows] for rows in results]


async def test_what_is_asked_at_once_is_one_message(reader: Reader, statements: Statements) -> None:
    reads: list[tuple[Any, dict[str, Any]]] = [
        (NUMBERS, {"members": [1, 2]}),
        (NUMBERS, {"members": []}),
        (NUMBERS, {"members": [3]}),
        (named(7), {}),
    ]
    results: list[Any] = []

    async def ask() -> None:
        results.extend(await all_of(reader, *reads))

    assert len(await statements.of(ask())) == 1
    assert results == [[(2,), (1,)], [], [(3,)], [(7, "x")]]


async def test_the_same_is_asked_once(reader: Reader, statements: Statements) -> None:
    results: list[Any] = []

    async def ask() -> None:
        results.extend(await asyncio.gather(*(reader.rows(NUMBERS, members=[1]) for _ in range(3))))

    [sent] = await statements.of(ask())
    assert sent.count("unnest") == 1
    assert [[row.member for row in rows] for rows in results] == [[1]] * 3


async def test_what_has_no_room_is_sent_after_it(reader: Reader, statements: Statements) -> None:
    long = [named(number, 100) for number in range(6)]
    results: list[Any] = []

    async def ask() -> None:
        results.extend(await all_of(reader, *((each, {}) for each in long)))

    sent = await statements.of(ask())
    assert 1 < len(sent) < 6
    assert MAX_SQL_LENGTH / 2 < max(map(len, sent)) <= MAX_SQL_LENGTH
    assert [rows[0][0] for rows in results] == list(range(6))


async def test_rows_that_are_no_columns_are_asked_alone(reader: Reader, statements: Statements) -> None:
    lists = select(literal([date(2026, 1, 2)], ARRAY(Date)).label("list"))
    results: list[Any] = []

    async def ask() -> None:
        results.extend(await all_of(reader, (lists, {}), (NUMBERS, {"members": [1]}), (text("SELECT 5"), {})))

    assert len(await statements.of(ask())) == 3
    assert results == [[([date(2026, 1, 2)],)], [(1,)], [(5,)]]


async def test_lists_are_columns(reader: Reader, statements: Statements) -> None:
    ids, numbers = [UUID(int=1), None], [Decimal("0.10"), Decimal("1E+20")]
    lists = select(
        literal(ids, ARRAY(Uuid)).label("ids"),
        literal(numbers, ARRAY(Numeric)).label("numbers"),
        literal(["a", None, '"'], ARRAY(Text)).label("texts"),
        literal([2**40], ARRAY(BigInteger)).label("integers"),
        literal([1.0, 0.1], ARRAY(Float)).label("floats"),
        literal([], ARRAY(Text)).label("empty"),
        literal(None, ARRAY(Text)).label("missing"),
    )
    results: list[Any] = []

    async def ask() -> None:
        results.extend(await all_of(reader, (lists, {}), (lists.where(false()), {}), (NUMBERS, {"members": [1]})))

    assert len(await statements.of(ask())) == 1
    assert results == [[(ids, numbers, ["a", None, '"'], [2**40], [1.0, 0.1], [], None)], [], [(1,)]]


async def test_the_rows_of_no_ids_need_no_message(reader: Reader, statements: Statements) -> None:
    ids: Any = func.unnest(bindparam("ids", type_=ARRAY(Integer))).table_valued(column("id", Integer)).render_derived()
    of_ids = select(ids.c.id)
    results: list[Any] = []

    async def ask(*reads: tuple[Any, dict[str, Any]]) -> None:
        results.append(await all_of(reader, *reads))

    assert await statements.of(ask((of_ids, {"ids": []}))) == []
    assert len(await statements.of(ask((of_ids, {"ids": []}), (of_ids, {"ids": [3]})))) == 1
    assert results == [[[]], [[], [(3,)]]]


async def test_a_value_that_the_driver_refuses_fails_alone(reader: Reader) -> None:
    answers: Any = await asyncio.gather(
        reader.rows(NUMBERS, members=[1]),
        reader.rows(NUMBERS, members=[2**40]),
        reader.rows(named(7)),
        return_exceptions=True,
    )
    good, bad, other = answers
    assert isinstance(bad, Exception)
    assert "out of" in str(bad)
    assert (good[0].member, other[0].number) == (1, 7)


async def test_what_follows_and_is_refused_is_refused_where_it_is_asked_for(reader: Reader) -> None:
    bad = PlannedRead(NUMBERS, "number", "members", {"members": [2**40]})
    other = PlannedRead(OF_MEMBERS, "number", "members", {"more": 2**40})
    [row] = await reader.rows(named(7), lambda: [bad, other])
    assert row.number == 7
    assert [each.member for each in await reader.rows(NUMBERS, members=[7])] == [7]
    with pytest.raises(asyncpg.DataError):
        await reader.rows(OF_MEMBERS, members=[7], more=2**40)


async def test_what_follows_leads_to_more(reader: Reader, statements: Statements) -> None:
    missing = NUMBERS.where(MEMBERS.c.member < 0)
    last, of_none = (PlannedRead(longer(number), "member", "members", {}) for number in (2, 3))
    none, between = PlannedRead(missing, "number", "members", {}), PlannedRead(longer(1), "number", "members", {})
    follow_ups = [between, none, last._replace(after=0), of_none._replace(after=1)]
    results: list[Any] = []

    async def ask() -> None:
        results.extend(await all_of(reader, (named(7), {})))
        for read in (between, none, last):
            results.extend(await all_of(reader, (read.statement, {"members": [7]})))

    [first] = await statements.of(reader.rows(named(7), lambda: follow_ups))
    assert [f"object_{number} AS (" in first for number in range(4)] == [True, True, True, False]
    # All but the object itself have been read.
    assert len(await statements.of(ask())) == 1
    assert [len(rows) for rows in results] == [1, 1, 0, 1]
    # A row that is not there leads to no other one.
    assert len(await statements.of(reader.rows(of_none.statement, members=[7]))) == 1


async def test_what_follows_many_rows_is_sent_with_them(reader: Reader, statements: Statements) -> None:
    doubled = select((MEMBERS.c.member % 3).label("member"))
    of_rest = PlannedRead(longer(1), "member", "members", {}, after=0, is_of_many=True)
    others = PlannedRead(OF_MEMBERS, "member", "members", {"more": 2}, is_of_many=True)
    results: list[Any] = []

    async def ask() -> None:
        first = reader.rows(doubled, lambda: [others, of_rest], members=[2, 4, 5, 7])
        results.extend(await asyncio.gather(first, reader.rows(named(1), lambda: [])))
        # Each remainder once, and the rows of all of them, whichever are requested.
        for ids, more in (([2, 1], 2), ([1], 2), ([], 2)):
            results.append(await reader.rows(OF_MEMBERS, members=ids, more=more))
        results.append(await reader.rows(of_rest.statement, members=[1]))

    assert len(await statements.of(ask())) == 1
    members = [[row.member for row in rows] for rows in (results[0], *results[2:])]
    assert members == [[2, 1, 2, 1], [1], [1], [1], [1]]
    # What was not read with them is read when it is requested: other ids, and other parameters.
    assert [row.member for row in await reader.rows(OF_MEMBERS, members=[0], more=2)] == [0]
    assert [row.member for row in await reader.rows(OF_MEMBERS, members=[1, 2], more=3)] == [2, 1]


@pytest.mark.parametrize(("rows", "messages"), [(MAX_VALUES_AHEAD, 1), (MAX_VALUES_AHEAD + 1, 2)])
async def test_what_follows_too_many_rows_is_read_when_it_is_requested(
    reader: Reader, statements: Statements, rows: int, messages: int
) -> None:
    read = PlannedRead(longer(1), "member", "members", {}, is_of_many=True)

    async def ask() -> None:
        assert len(await reader.rows(NUMBERS, lambda: [read], members=list(range(rows)))) == rows
        members = [row.member for row in await reader.rows(read.statement, members=[7, 8])]
        assert [each for each in members if each in (7, 8)] == [8, 7]

    assert len(await statements.of(ask())) == messages


async def test_what_follows_is_sent_as_far_as_there_is_room(reader: Reader, statements: Statements) -> None:
    reads = [PlannedRead(longer(number), "number", "members", {}) for number in range(60)]
    [first] = await statements.of(reader.rows(named(7), lambda: reads))
    assert MAX_SQL_LENGTH / 2 < len(first) <= MAX_SQL_LENGTH

    async def ask() -> None:
        await asyncio.gather(*(reader.rows(each.statement, members=[7]) for each in reads))

    others = await statements.of(ask())
    assert 0 < len(others) < 10
    assert max(map(len, others)) <= MAX_SQL_LENGTH


async def test_long_statements_are_not_kept_for_ever(reader: Reader) -> None:
    cache = build_batch.cache
    assert cache is not None
    cache.clear()
    for number in range(40):
        binds = [bindparam(f"p{number}_{each}", each, type_=Integer) for each in range(900)]
        await reader.rows(select(array(binds).label("all")))
    assert len(cache) < 20


async def test_a_value_that_is_missing_is_told(reader: Reader) -> None:
    with pytest.raises(KeyError, match="members"):
        await reader.rows(NUMBERS)


async def test_a_statement_that_cannot_be_compiled_is_told(reader: Reader) -> None:
    class Unheard(ColumnElement[int]):
        """What no dialect knows."""

    wrong = select(Unheard().label("wrong"))
    with pytest.raises(CompileError):
        await reader.rows(wrong)
    assert (await reader.rows(named(7)))[0].number == 7


async def test_many_new_statements_leave_turns_to_others(reader: Reader) -> None:
    iterations = 0

    async def count() -> None:
        nonlocal iterations
        while True:
            iterations += 1
            await asyncio.sleep(0)

    reading = asyncio.gather(*(reader.rows(named(number, 2)) for number in range(20)))
    await asyncio.sleep(0)
    counting = asyncio.create_task(count())
    results = await reading
    counting.cancel()
    assert [rows[0].number for rows in results] == list(range(20))
    assert iterations >= 20


async def test_who_gives_up_takes_nobody_along(reader: Reader) -> None:
    cancelled = asyncio.create_task(reader.rows(NUMBERS, members=[1]))
    waiting = asyncio.create_task(reader.rows(named(7)))
    await asyncio.sleep(0)
    cancelled.cancel()
    assert (await waiting)[0].number == 7
    with pytest.raises(asyncio.CancelledError):
        await cancelled


async def test_closing_before_anything_was_sent_ends_whoever_waits(client: Client) -> None:
    reader = Reader(client.database, client.organization_id)
    waiting = asyncio.create_task(reader.rows(named(7)))
    await asyncio.sleep(0)
    await reader.close()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(waiting, 1)
    assert await freed(client.database) == 0


async def test_closing_ends_what_is_read_and_whoever_waits(client: Client) -> None:
    reader = Reader(client.database, client.organization_id)
    reading = [asyncio.create_task(reader.rows(each)) for each in (text("SELECT pg_sleep(10)"), SLOW, named(7))]
    await asyncio.sleep(0.05)
    await reader.close()
    for task in reading:
        with pytest.raises(asyncio.CancelledError):
            await task
    with pytest.raises(asyncio.CancelledError):
        await reader.rows(named(7))
    assert await freed(client.database) == 0


async def test_a_statement_that_fails_is_told_to_all_of_its_message(reader: Reader) -> None:
    wrong = select((literal(1) / any_zero()).label("wrong"))
    results = await asyncio.gather(reader.rows(wrong), reader.rows(named(7)), return_exceptions=True)
    assert all("division by zero" in str(each) for each in results)


def any_zero() -> Any:
    return bindparam(None, 0, type_=Integer, unique=True)
