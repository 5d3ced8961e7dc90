"""A cursor leads back to where it was taken, and anything else is the client's mistake, never ours."""

import base64
from datetime import UTC, date, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Date, DateTime, Float, MetaData, Table, Text, Uuid

from service.errors import BadUserInput
from service.reading.keyset import MAX_PAGE_SIZE, Listing, Page, bind_page, make_cursor, parse_page

quick = settings(deadline=None, max_examples=120)
TABLE = Table(
    "things",
    MetaData(),
    Column("ID", Uuid, primary_key=True),
    Column("POSITION", Float),
    Column("CREATED_AT", DateTime(timezone=True)),
    Column("STARTS_ON", Date),
    Column("TITLE", Text),
)
LISTING = Listing(tuple(TABLE.c), TABLE, (), dict(TABLE.c), TABLE.c.ID)
ORDERS = list(LISTING.orders)
TYPES = {"ID": UUID, "POSITION": float, "CREATED_AT": datetime, "STARTS_ON": date, "TITLE": str}
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
offsets = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=offsets)
floats = st.floats(allow_nan=False, allow_infinity=False)
SORTED = {"ID": st.uuids(), "POSITION": floats, "CREATED_AT": instants, "STARTS_ON": st.dates(), "TITLE": texts}
sort_values = st.sampled_from(ORDERS).flatmap(lambda order: st.tuples(st.just(order), SORTED[order]))
simple = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | texts
json = st.recursive(simple, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3))
dated = st.datetimes(timezones=offsets).map(datetime.isoformat) | st.dates().map(date.isoformat)


def encoded(content: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(content)).decode().rstrip("=")


def decoded(order: str, text: str, *, descending: bool = False) -> tuple[Any, Any]:
    bound = bind_page(LISTING, Page(5, order, descending, cursor=text))
    return bound["cursor_value"], bound["cursor_id"]


@quick
@given(sort_values, st.uuids(), st.booleans(), st.booleans())
def test_a_cursor_comes_back_as_the_place_it_was_taken_of(
    sort_value: tuple[str, Any], id: UUID, descending: bool, backwards: bool
) -> None:
    order, value = sort_value
    text = make_cursor(Page(5, order, descending, backwards), SimpleNamespace(sort_value=value, id=id))
    assert decoded(order, text, descending=descending) == (value, id)
    assert "=" not in text
    with pytest.raises(BadUserInput):
        decoded(order, text, descending=not descending)


@quick
@given(sort_values, st.uuids(), st.sampled_from(ORDERS))
def test_a_cursor_belongs_to_its_order(sort_value: tuple[str, Any], id: UUID, other: str) -> None:
    order, value = sort_value
    text = make_cursor(Page(5, order), SimpleNamespace(sort_value=value, id=id))
    if other != order:
        with pytest.raises(BadUserInput):
            decoded(other, text)


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(ORDERS), st.text() | st.binary().map(lambda b: base64.urlsafe_b64encode(b).decode()))
def test_garbage_is_bad_user_input(order: str, text: str) -> None:
    with pytest.raises(BadUserInput):
        decoded(order, text)


@quick
@given(st.sampled_from(ORDERS), json)
def test_json_that_is_no_place_is_bad_user_input(order: str, content: Any) -> None:
    with pytest.raises(BadUserInput):
        decoded(order, encoded(content))


@settings(deadline=None, max_examples=150)
@example("CREATED_AT", "0001-01-01T00:00:00+14:00", str(UUID(int=0)))
@example("CREATED_AT", "9999-12-31T23:59:59-14:00", str(UUID(int=0)))
@given(st.sampled_from(ORDERS), json | dated, json | st.uuids().map(str))
def test_a_made_up_place_is_bad_user_input_or_one_that_postgres_understands(order: str, value: Any, id: Any) -> None:
    try:
        decoded_value, decoded_id = decoded(order, encoded([f"{order} ASC", value, id]))
    except BadUserInput:
        return
    assert isinstance(decoded_id, UUID)
    assert isinstance(decoded_value, TYPES[order])
    assert not isinstance(decoded_value, str) or "\0" not in decoded_value
    # The driver sends instants in UTC, and they have to be some.
    assert not isinstance(decoded_value, datetime) or isinstance(decoded_value.astimezone(UTC), datetime)


OF_ANOTHER_TYPE: dict[str, list[Any]] = {
    "CREATED_AT": ["2026-01-01T00:00:00", "2026-01-01", "", 5, None],
    "TITLE": ["a\0b", 5, True, None, ["a"]],
    "STARTS_ON": ["2026-01-01T00:00:00Z", 20260101, None],
    "POSITION": ["x", None, [1.0], {}],
    "ID": ["x", 5, None, []],
}


@pytest.mark.parametrize(
    ("order", "value"), [(order, value) for order, values in OF_ANOTHER_TYPE.items() for value in values]
)
def test_a_value_of_another_type_is_bad_user_input(order: str, value: Any) -> None:
    with pytest.raises(BadUserInput):
        decoded(order, encoded([f"{order} ASC", value, str(UUID(int=0))]))


sizes = st.none() | st.integers(-2, MAX_PAGE_SIZE + 2)
cursors = st.none() | st.just("x")


@quick
@given(sizes, cursors, sizes, cursors)
def test_the_arguments_of_a_page_are_consistent_or_refused(
    first: int | None, after: str | None, last: int | None, before: str | None
) -> None:
    contradict = (first is not None and last is not None) or (after and last is not None) or (before and last is None)
    size = last if last is not None else 50 if first is None else first
    if contradict or not 0 <= size <= MAX_PAGE_SIZE:
        with pytest.raises(BadUserInput):
            parse_page("TITLE", True, first, after, last, before, 50)
    else:
        decoded_value = parse_page("TITLE", True, first, after, last, before, 50)
        assert decoded_value == Page(size, "TITLE", True, last is not None, after or before)
