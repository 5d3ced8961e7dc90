"""A restored organization answers as the one that was exported, whatever was done to it before."""

from collections import Counter

from tests.client import Client
from tests.workspace.dump import PAGE, dumped
from tests.workspace.files import DEMO_ITEMS
from tests.workspace.restored import assert_same


async def test_the_small_workspace_is_restored_whole(small: Client, database_url: str) -> None:
    await assert_same(small, database_url)


async def test_the_demo_is_restored_whole(demo: Client, database_url: str) -> None:
    copy = await assert_same(demo, database_url)
    shown = {name: len(found) for name, found in (await dumped(copy)).items() if isinstance(found, list)}
    assert shown.pop("events") > 5 * PAGE
    kinds = Counter(item["type"] for item in DEMO_ITEMS)
    assert shown == {
        # With the person whom the test's organization was founded with.
        "people": kinds["Person"] + 1,
        "teams": kinds["Team"],
        "pillars": kinds["Pillar"],
        "cycles": kinds["Cycle"],
        "kpis": kinds["Kpi"],
        "objectives": kinds["Objective"],
        "keyResults": kinds["KeyResult"],
    }
