"""Over random organizations, reports and statistics count for everybody what the lists of goals show to them."""

from typing import Any

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.app import create_app
from service.people import access_queries
from service.postgres.database import Database
from service.settings import Settings
from tests.authorization.built import Built
from tests.authorization.drawn import ORGANIZATIONS, Organization
from tests.kit import goal_stats
from tests.kit.client import Client, Clock, founded
from tests.kit.cycle_reports import counted, ids_as_sets, reports, sums_of_groups
from tests.model.reducing import histories

# Facts of an objective, the score of it and of its key results, and what it says of itself.
FACTS = st.tuples(
    st.sampled_from(["COMPANY", "TEAM", "INDIVIDUAL"]),
    st.sampled_from(["ASPIRATIONAL", "COMMITTED", "LEARNING"]),
    st.sampled_from(["ACTIVE", "ACTIVE", "ACTIVE", "DRAFT", "CANCELLED"]),
    st.none() | st.sampled_from([0.0, 0.39, 0.4, 0.7, 0.86, 1.0]),
    st.none() | st.sampled_from([0.0, 0.3, 1 / 3, 0.5, 0.67, 1.0]),
)
# Conditions that objectives and key results have in common.
CONDITIONS = st.sampled_from(
    [
        {"status": {"in": ["PENDING", "OFF_TRACK", "NOT_STARTED"]}},
        {"status": {"neq": "ACHIEVED"}},
        {"staleness": {"isNull": True}},
        {"lifecycle": {"eq": "ACTIVE"}},
        {"ownerId": {"isNull": False}},
        {"progress": {"gte": 0.3}},
        {"title": {"neq": "aba"}},
        {"mine": ["OWNER", "CONTRIBUTOR"]},
    ]
)
FILTERS = (
    st.none()
    | CONDITIONS
    | st.lists(CONDITIONS, min_size=1, max_size=2).flatmap(
        lambda several: st.sampled_from([{"or": several}, {"and": several}])
    )
)


async def set_facts(built: Built, cycle: str, facts: list[Any]) -> None:
    client = built.client
    pillars = [await client.make("pillarCreate", name=name) for name in ("First", "Second")]
    live = [
        (id, *each)
        for id, drawn, each in zip(built.objectives, built.drawn.objectives, facts, strict=False)
        if not drawn.is_archived
    ]
    for number, (id, level, kind, lifecycle, _, confidence) in enumerate(live):
        if confidence is not None:
            await client.make("objectiveCheckIn", objectiveId=id, confidence=confidence)
        pillar = [*pillars, None][number % 3]
        await client.make("objectiveUpdate", id=id, level=level, kind=kind, lifecycle=lifecycle, pillarId=pillar)
    await client.take_steps(cycle, "BeginClosing")
    for id, _, _, lifecycle, score, _ in live:
        if score is not None and lifecycle == "ACTIVE":
            await client.make("objectiveScore", id=id, score=score, reason="As drawn")


@histories(4)
@given(
    ORGANIZATIONS,
    st.lists(FACTS, min_size=9, max_size=9),
    st.sampled_from([access_queries.MAX_LISTED_GOALS, 0]),
    st.tuples(st.sampled_from([0, 1]), FILTERS, st.booleans()),
)
async def test_reports_and_statistics_count_what_the_lists_show(
    clean: None,
    database: Database,
    settings: Settings,
    cleaner: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    drawn: Organization,
    facts: list[Any],
    listed: int,
    chosen: tuple[int, Any, bool],
) -> None:
    kind, filter, archived = chosen
    monkeypatch.setattr(access_queries, "MAX_LISTED_GOALS", listed)
    clock = Clock()
    async with await founded(create_app(settings, database, clock), database, clock, "Drawn") as client:
        built = await Built(drawn, client, cleaner).make()
        cycle = (await client.data("{ cycles { nodes { id } } }"))["cycles"]["nodes"][0]["id"]
        await set_facts(built, cycle, facts)
        viewers: list[Client] = [client, *[await built.acting(person) for person in range(len(drawn.people))]]
        for viewer in viewers:
            total, *grouped = ids_as_sets(await reports(viewer, cycle))
            assert [total, *grouped] == ids_as_sets(await counted(viewer, cycle))
            whole = sums_of_groups([total])
            assert all(sums_of_groups(each["groups"]) == whole for each in grouped)
            found = await goal_stats.statistics(viewer, kind, filter, archived=archived)
            assert found == await goal_stats.counted(viewer, kind, filter, archived=archived)
