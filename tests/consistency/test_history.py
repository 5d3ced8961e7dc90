"""What a goal, an edge, a weight or a target was at any time, as known at any time, can be read back."""

from datetime import datetime, timedelta

import pytest

from service.alignment.models import AlignmentRevision
from service.key_results.models import KeyResultRevision
from service.objectives.models import ObjectiveRevision
from tests.kit.client import Client
from tests.kit.history import revisions


async def test_a_target_in_valid_and_in_recorded_time(client: Client) -> None:
    key_result = await client.key_result(
        await client.objective(await client.cycle()), kind="REACH", target="100", weight=1
    )
    created = client.clock.now
    client.clock.advance(days=10)
    since = created + timedelta(days=4)
    await client.make(
        "keyResultUpdate", id=key_result, target="80", weight=3, effectiveAt=since.isoformat(), reason="Smaller market"
    )
    changed = client.clock.now
    client.clock.advance(days=10)

    async def at(valid_at: datetime, known_at: datetime) -> list[tuple[str, float]]:
        rows = await revisions(client, KeyResultRevision, valid_at, known_at)
        return [(str(row.target), row.weight) for row in rows]

    assert await at(created - timedelta(days=1), client.clock.now) == []
    assert await at(created, created) == [("100", 1)]
    # Before the change was recorded nobody knew of it; afterwards it holds from when it was effective.
    assert await at(since, changed - timedelta(days=1)) == [("100", 1)]
    assert await at(since, changed) == [("80", 3)]
    assert await at(since - timedelta(microseconds=1), changed) == [("100", 1)]


async def test_a_correction_of_the_same_moment_wins_once_it_is_recorded(client: Client) -> None:
    objective = await client.objective(await client.cycle(), title="Grow")
    created = client.clock.now
    client.clock.advance(days=1)
    await client.make("objectiveUpdate", id=objective, title="Grow in Europe", effectiveAt=created.isoformat())
    for known_at, title in ((created, "Grow"), (client.clock.now, "Grow in Europe")):
        [row] = await revisions(client, ObjectiveRevision, created, known_at)
        assert row.title == title


async def test_an_edge_its_weight_and_its_end(client: Client) -> None:
    cycle = await client.cycle()
    child, parent = await client.objective(cycle), await client.objective(cycle)
    times = [client.clock.now]
    edge = await client.make("objectiveAlign", objectiveId=child, parentId=parent, weight=2)
    for step in (
        lambda: client.make("alignmentUpdate", id=edge, weight=5),
        lambda: client.make("objectiveUnalign", id=edge),
        lambda: client.make("objectiveAlign", objectiveId=child, parentId=parent, weight=1),
    ):
        client.clock.advance(days=1)
        await step()
        times.append(client.clock.now)
    seen = []
    for time in times:
        [row] = await revisions(client, AlignmentRevision, time, client.clock.now)
        seen.append((row.weight, row.archived_at is None))
    assert seen == [(2, True), (5, True), (5, False), (1, True)]


@pytest.mark.parametrize("days", [-20, 1])
async def test_a_change_cannot_hold_before_the_last_one_or_in_the_future(client: Client, days: int) -> None:
    objective = await client.objective(await client.cycle())
    client.clock.advance(days=5)
    when = (client.clock.now + timedelta(days=days)).isoformat()
    refused = await client.refused("objectiveUpdate", id=objective, title="Other", effectiveAt=when)
    assert refused == ("EFFECTIVE_AT_OUT_OF_RANGE", ["input", "effectiveAt"])
    assert len(await revisions(client, ObjectiveRevision, client.clock.now, client.clock.now)) == 1
    data = await client.data("query($id: ID!) { objective(id: $id) { title version } }", id=objective)
    assert data["objective"] == {"title": "Improve customer satisfaction", "version": 1}


async def test_every_change_leaves_an_event_with_before_and_after(client: Client) -> None:
    objective = await client.objective(await client.cycle(), title="Grow")
    await client.make("objectiveUpdate", id=objective, title="Grow in Europe", reason="Focus", ownerId=None)
    await client.make("objectiveUpdate", id=objective, title="Grow in Europe")
    await client.make("objectiveArchive", id=objective, reason="Merged")
    await client.make("objectiveArchive", id=objective)
    document = """query($id: ID!) { objective(id: $id) { version events { totalCount nodes {
        verb subjectType subjectId reason changes actor { name } subject { id } } } } }"""
    found = (await client.data(document, id=objective))["objective"]
    common = {"subjectType": "Objective", "subjectId": objective, "actor": {"name": "Olive Owner"}}
    common["subject"] = {"id": objective}
    assert found["version"] == 3
    assert found["events"]["totalCount"] == 3
    archived, updated, created = found["events"]["nodes"]
    assert archived == {"verb": "ARCHIVED", "reason": "Merged", "changes": {}, **common}
    changes = {"title": {"before": "Grow", "after": "Grow in Europe"}}
    assert updated == {"verb": "UPDATED", "reason": "Focus", "changes": changes, **common}
    assert created["verb"] == "CREATED"
    assert created["changes"]["title"] == {"after": "Grow"}
