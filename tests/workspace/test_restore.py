"""A restored organization answers as the one that was exported, whatever was done to it before."""

from collections import Counter
from uuid import uuid4

from tests.kit.client import Client
from tests.kit.workspace_files import DEMO_ITEMS, findings
from tests.workspace.dump import PAGE, dumped
from tests.workspace.restored import assert_same


async def test_the_small_workspace_is_restored_whole(small: Client, database_url: str) -> None:
    await assert_same(small, database_url)


async def test_the_demo_is_restored_whole(demo: Client, database_url: str) -> None:
    copy = await assert_same(demo, database_url)
    shown = {name: len(found) for name, found in (await dumped(copy)).items() if isinstance(found, list)}
    assert shown.pop("events") == shown.pop("activity") > 5 * PAGE
    assert min(shown.pop(name) for name in ("checkInsDue", "measurementsDue", "needsAttention")) > 0
    # Only that it was restored.
    assert shown.pop("auditEvents") == 1
    kinds = Counter(item["type"] for item in DEMO_ITEMS)
    assert shown == {
        # With the person whom the test's organization was founded with.
        "people": kinds["Person"] + 1,
        "serviceAccounts": kinds["ServiceAccount"],
        "teams": kinds["Team"],
        "pillars": kinds["Pillar"],
        "cycles": kinds["Cycle"],
        "kpis": kinds["Kpi"],
        "objectives": kinds["Objective"],
        "keyResults": kinds["KeyResult"],
        "initiatives": kinds["Initiative"],
        "links": kinds["Link"],
        # Without groups, all goals are one.
        **{"goalStats": 1, "keyResultStats": 1, "kpiStats": 1},
    }


async def test_a_restored_organization_goes_on(small: Client, database_url: str) -> None:
    cycle = (await small.data('{ objective(externalId: "o1") { cycle { id } } }'))["objective"]["cycle"]["id"]
    wanted = {"id": str(uuid4()), "cycleId": cycle, "title": 'Łódź "£" \\ 👩‍🚀\u2028'}
    made = await small.make("objectiveCreate", **wanted)
    exact = {"kind": "INCREASE", "baseline": "-0.000000000001", "target": "123456789012345678901234.123456789012"}
    key_result = await small.key_result(made, weight=1 / 3, **exact)
    copy = await assert_same(small, database_url)
    # A retry is known by the digest of its input, which is restored with its event.
    assert await copy.make("objectiveCreate", **wanted) == made
    copy.clock.advance(hours=1)
    await copy.check_in(key_result, "61728394506172839450617.0617283945")
    shown = await copy.data(f'{{ keyResult(id: "{key_result}") {{ current progress target weight }} }}')
    assert shown["keyResult"]["target"] == exact["target"]
    assert (shown["keyResult"]["progress"] > 0, shown["keyResult"]["weight"]) == (True, 1 / 3)
    assert await findings(copy) == []
