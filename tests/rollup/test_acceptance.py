"""The acceptance cases of roll-up (docs/numbers.md, 6), through GraphQL."""

from typing import Any

import pytest

from tests.kit.client import Client


async def progress(client: Client, objective: str) -> tuple[float | None, str]:
    data = await client.data("query($id: ID!) { objective(id: $id) { progress progressReason } }", id=objective)
    return data["objective"]["progress"], data["objective"]["progressReason"]


async def with_progress(client: Client, objective: str, percent: str, **more: Any) -> str:
    """A key result that has reached so many percent."""
    key_result = await client.key_result(objective, kind="REACH", target="100", **more)
    await client.check_in(key_result, percent)
    return key_result


async def test_a7_mean_and_weighted_mean(client: Client) -> None:
    objective = await client.objective(await client.cycle())
    assert await progress(client, objective) == (None, "NO_CONTRIBUTORS")
    first = await with_progress(client, objective, "40")
    await with_progress(client, objective, "50")
    await with_progress(client, objective, "100")
    assert await progress(client, objective) == (pytest.approx(0.6333, abs=5e-5), "COMPUTED")
    await client.make("keyResultUpdate", id=first, weight=2)
    assert await progress(client, objective) == (0.575, "COMPUTED")


async def test_a22_both_over_key_results_and_a_child(client: Client) -> None:
    cycle = await client.cycle()
    parent = await client.objective(cycle, progressSource="BOTH")
    await with_progress(client, parent, "27")
    await with_progress(client, parent, "18")
    child = await client.objective(cycle)
    await with_progress(client, child, "73")
    await client.make("objectiveAlign", objectiveId=child, parentId=parent)
    assert await progress(client, parent) == (pytest.approx(0.3933, abs=5e-5), "COMPUTED")
