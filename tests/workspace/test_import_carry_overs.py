"""Carry-overs of a file: what was decided about goals, and the goals that carry others on."""

from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.small_workspace import carry_over, key_result
from tests.kit.workspace_files import exported, imported, refused

pytestmark = pytest.mark.usefixtures("waiting")

LATE = "2027-02-01T09:00:00Z"
WRONG: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "abandoned with a successor": (
        carry_over("o4", decision="ABANDON", successor="o6"),
        [("SUCCESSOR_MISMATCH", "successor")],
    ),
    "kept without a successor": (carry_over("o4", decision="KEEP"), [("SUCCESSOR_MISMATCH", "successor")]),
    "its own successor": (
        carry_over("o4", decision="KEEP", successor="o4"),
        [("SUCCESSOR_MISMATCH", "successor")],
    ),
    "a key result without a successor": (
        carry_over("o4", keyResult="k5", decision="KEEP", successor="o6"),
        [("SUCCESSOR_MISMATCH", "successorKeyResult")],
    ),
    "an objective with the successor of a key result": (
        carry_over("o2", decision="KEEP", successor="o1", successorKeyResult="k1"),
        [("SUCCESSOR_MISMATCH", "successorKeyResult")],
    ),
    "a key result of another objective": (
        carry_over("o4", keyResult="k1", decision="ABANDON"),
        [("GOAL_ELSEWHERE", "keyResult")],
    ),
    "a successor in another objective": (
        carry_over("o4", keyResult="k5", decision="KEEP", successor="o6", successorKeyResult="k4"),
        [("GOAL_ELSEWHERE", "successorKeyResult")],
    ),
    "the successor of another one": (carry_over("o4", decision="KEEP", successor="o5"), [("TAKEN", "successor")]),
    "in the future": (
        carry_over("o4", decision="ABANDON", decidedAt=LATE),
        [("CARRY_OVER_DECIDED_IN_FUTURE", "decidedAt")],
    ),
    "about nothing": (carry_over("none", decision="ABANDON"), [("NOT_FOUND", "objective")]),
    "with an unknown successor": (
        carry_over("o4", decision="KEEP", successor="none"),
        [("NOT_FOUND", "successor")],
    ),
}


async def test_what_does_not_fit_is_refused(small: Client, database_url: str, subtests: pytest.Subtests) -> None:
    for case, (item, errors) in WRONG.items():
        with subtests.test(case):
            await refused(small, database_url, [item], [(1, code, field) for code, field in errors])


async def test_lineage_is_imported_and_exported(small: Client) -> None:
    items = [
        key_result("k8", "o6", kind="REACH", target="1"),
        carry_over("o4", decision="KEEP", successor="o6", decidedAt="2026-03-01T09:00:00+00:00"),
        {
            **carry_over("o4", keyResult="k5", decision="MODIFY", successor="o6", successorKeyResult="k8"),
            "decidedAt": "2026-03-01T09:00:00+00:00",
        },
    ]
    done = await imported(small, items)
    assert (done.kept, done.outcomes) == (True, {"CREATED": 3})
    found = [item for item in await exported(small) if item["type"] == "CarryOver"]
    assert [item for item in items if item["type"] == "CarryOver" and item not in found] == []
    read = """{ objective(externalId: "o6") { carriedFrom { externalId }
        keyResults { externalId carriedFrom { externalId } } } }"""
    assert (await small.data(read))["objective"] == {
        "carriedFrom": {"externalId": "o4"},
        "keyResults": [{"externalId": "k8", "carriedFrom": {"externalId": "k5"}}],
    }
    assert (await imported(small, items)).outcomes == {"UNCHANGED": 3}


async def test_a_decision_may_change(small: Client) -> None:
    before = await exported(small)
    changed = carry_over("o2", decision="KEEP", successor="o6")
    assert (await imported(small, [changed])).outcomes == {"UPDATED": 1}
    assert changed | {"decidedAt": "2026-02-01T09:00:00+00:00"} in await exported(small)
    back = carry_over("o2", decision="ABANDON", successor=None)
    assert (await imported(small, [back])).outcomes == {"UPDATED": 1}
    assert await exported(small) == before


async def test_archived_successors_are_left_out(small: Client) -> None:
    before = [item for item in await exported(small) if item["type"] == "CarryOver"]
    ids = await small.data('{ objective(externalId: "o5") { id } }')
    await small.make("objectiveArchive", id=ids["objective"]["id"])
    after = [item for item in await exported(small) if item["type"] == "CarryOver"]
    assert [item for item in before if item not in after] == [
        carry_over("o3", decision="MODIFY", successor="o5", decidedAt="2026-02-02T09:00:00+00:00")
    ]
