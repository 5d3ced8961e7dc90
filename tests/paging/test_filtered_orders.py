"""Lists by filter and order, a page at a time: what they have is what the rows of the whole list say."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from service.objectives.entity import OBJECTIVE
from service.reading import branches
from service.reading.access_paths import with_filter
from service.reading.filters import build_condition, parse_filter
from service.reading.keyset import (
    Listing,
    Page,
    at_first_page,
    bind_page,
    count_rows,
    make_cursor,
    select_page,
)
from service.reading.reader import Reader
from service.reading.relations import Related
from tests.kit.client import Client
from tests.kit.examples import IS_FUZZ
from tests.kit.forest import planted

ORDERS = ("POSITION", "CHANGED_AT", "TITLE", "PROGRESS", "NEXT_CHECK_IN_DUE_AT", "PACE")
MOMENTS = ("2026-03-20", "2026-12-31")
BAD = ["AT_RISK", "OFF_TRACK", "AT_RISK"]


@pytest.fixture
async def entity(client: Client) -> Any:
    """Objectives of every level and lifecycle, with and without owners, some archived, written at different times."""
    await planted(client, 40, 2)
    rows = (await client.data("{ objectives(first: 40) { nodes { id owner { id } } } }"))["objectives"]["nodes"]
    for number, row in enumerate(rows):
        client.clock.advance(days=1)
        if number % 5 == 0:
            await client.make(
                "objectiveUpdate", id=row["id"], lifecycle=("DRAFT", "CANCELLED")[number % 2], ownerId=None
            )
        if number % 4 == 0:
            role = ("FOLLOWER", "CO_OWNER", "READER")[number % 3]
            await client.make("participantAdd", objectiveId=row["id"], personId=row["owner"]["id"], role=role)
        if number % 7 == 0:
            await client.make("objectiveArchive", id=row["id"])
    return OBJECTIVE


def filters(rows: Sequence[Any]) -> list[dict[str, Any]]:
    owners = [row.owner_id for row in rows if row.owner_id]
    owner = owners[0]
    middle = sorted(row.changed_at for row in rows)[len(rows) // 2]
    return [
        *({"status": {"eq": each}} for each in ("ON_TRACK", "OFF_TRACK", "NOT_STARTED")),
        *({"status": each} for each in ({"in_": BAD}, {"neq": "OFF_TRACK"}, {"is_null": True}, {"is_null": False})),
        *({"staleness": each} for each in ({"eq": "OVERDUE"}, {"neq": "OVERDUE"}, {"is_null": True})),
        *({"lifecycle": each} for each in ({"eq": "ACTIVE"}, {"eq": "DRAFT"}, {"neq": "ACTIVE"}, {"neq": "DRAFT"})),
        *({"lifecycle": {"in_": each}} for each in (["ACTIVE", "DRAFT"], ["DRAFT", "CANCELLED"], [])),
        *({"perspective": each} for each in ({"is_null": True}, {"neq": "FINANCIAL"})),
        *({"owner_id": each} for each in ({"eq": owner}, {"is_null": True}, {"in_": [owner]}, {"neq": owner})),
        *({"involving": {roles: owner}} for roles in ("OWNER", "CO_OWNER FOLLOWER", "CO_OWNER FOLLOWER OWNER", "")),
        {"involving": {"CO_OWNER FOLLOWER OWNER": owner}, "status": {"in_": BAD}, "level": {"eq": "TEAM"}},
        *({"changed_at": each} for each in ({"gt": middle}, {"lte": middle}, {"eq": middle})),
        {"level": {"eq": "TEAM"}, "status": {"neq": "ACHIEVED"}, "changed_at": {"gt": middle}},
        {
            "or_": [{"status": {"eq": "OFF_TRACK"}}, {"owner_id": {"is_null": True}}],
            "level": {"in_": ["TEAM", "COMPANY"]},
        },
        {"and_": [{"status": {"in_": BAD}}, {"level": {"eq": "TEAM"}}], "title": {"contains": "e"}},
        *(Related(owner=Related(id={"in_": each})) for each in ([owner], owners)),
        {"owner": Related(name={"neq": "nobody"}), "status": {"in_": BAD}},
        {"or_": [{"cycle": Related(state={"eq": "ACTIVE"})}, {"owner": Related(name={"eq": "nobody"})}]},
        {"cycle": Related(parent=Related()), "level": {"eq": "TEAM"}},
    ]


async def walked(reader: Reader, listing: Listing, page: Page, values: dict[str, Any], now: datetime) -> list[Any]:
    """The ids of a list, read a page at a time."""
    ids: list[Any] = []
    while True:
        page = at_first_page(listing, page, now)
        rows = await reader.rows(select_page(listing, page), **bind_page(listing, page), **values)
        ids += [row.id for row in rows[: page.size]]
        if len(rows) <= page.size:
            return ids
        page = Page(page.size, page.order, page.descending, page.backwards, make_cursor(page, rows[page.size - 1]))


@pytest.mark.parametrize(("few", "moment"), [(2, MOMENTS[0]), (100, MOMENTS[1])])
async def test_every_filter_in_every_order(
    client: Client, entity: Any, few: int, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Compared with statements without a choice of indexes, for rows that are few and for rows that are many."""
    monkeypatch.setattr(branches, "MAX_SORTED_ROWS", few)
    monkeypatch.setattr(branches, "MAX_READ_VALUES", few)
    compared = 0
    for at in MOMENTS if IS_FUZZ else (moment,):
        now = datetime.fromisoformat(at).replace(tzinfo=UTC)
        reader = Reader(client.database, client.organization_id, now=now)
        listing = entity.listing
        everything = await reader.rows(select_page(listing, Page(100, "POSITION")))
        assert len(everything) == 40
        for number, filter in enumerate(filters(everything)):
            shape, values, _ = parse_filter(filter)
            for order in {"POSITION", ORDERS[number % 6]}:
                archived, descending = number % 2 == 0, order != "TITLE"
                plain = listing.with_conditions(build_condition(entity.filters, shape), is_one_off=True)
                if not archived:
                    plain = plain.with_conditions(listing.source.c.archived_at.is_(None), is_one_off=True)
                chosen = with_filter(listing, entity.filters, shape, order, include_archived=archived, is_one_off=True)
                expected = await reader.rows(select_page(plain, Page(100, order, descending)), **values)
                found = await walked(reader, chosen, Page(9, order, descending), values, now)
                what = (at, filter, order, archived)
                assert (what, found) == (what, [row.id for row in expected])
                [counted] = await reader.rows(count_rows(chosen), **values)
                assert counted.total == len(expected)
                compared += len(expected)
        await reader.close()
    assert compared > 500


STATUS_PAGE = """query($after: String, $size: Int) {
    objectives(first: $size, after: $after, filter: {status: {eq: %s}}) {
    totalCount totalCountIsExact nodes { id status } pageInfo { endCursor hasNextPage } } }"""


async def test_later_pages_are_of_the_moment_of_the_first(client: Client) -> None:
    await planted(client, 40, 2)
    client.clock.now = datetime(2026, 1, 20, tzinfo=UTC)
    statuses = [
        row["status"] for row in (await client.data("{ objectives { nodes { status } } }"))["objectives"]["nodes"]
    ]
    status = max(set(statuses), key=statuses.count)
    whole = (await client.data(STATUS_PAGE % status, size=100))["objectives"]
    first = (await client.data(STATUS_PAGE % status, size=5))["objectives"]
    assert first["nodes"] == whole["nodes"][:5]
    assert first["totalCount"] == len(whole["nodes"]) > 10
    client.clock.now = datetime(2026, 12, 1, tzinfo=UTC)
    anew = (await client.data(STATUS_PAGE % status, size=100))["objectives"]
    assert len(anew["nodes"]) < len(whole["nodes"])
    # Also of what was written since.
    cycle = (await client.data("{ cycles { nodes { id } } }"))["cycles"]["nodes"][0]["id"]
    await client.make("cycleUpdate", id=cycle, name="Renamed")
    found, cursor = first["nodes"], first["pageInfo"]["endCursor"]
    while cursor is not None:
        page = (await client.data(STATUS_PAGE % status, size=5, after=cursor))["objectives"]
        assert (page["totalCount"], page["totalCountIsExact"]) == (len(whole["nodes"]), True)
        found += page["nodes"]
        cursor = page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None
    assert found == whole["nodes"]
