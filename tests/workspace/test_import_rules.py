"""Items that can be read and that a rule refuses: the code, the field of the item, nothing kept."""

from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.small_workspace import (
    HALF_OF_IT,
    alignment,
    check_in,
    cycle,
    item,
    key_result,
    objective,
    participant,
    person,
    team,
)
from tests.kit.workspace_files import imported, refused

pytestmark = pytest.mark.usefixtures("waiting")

LINEAR = {"kind": "INCREASE", "baseline": "5"}
RULES: dict[str, tuple[dict[str, Any], str, str]] = {
    "blank title": (objective("o9", title=" "), "BLANK", "title"),
    "long title": (objective("o9", title="x" * 501), "TOO_LONG", "title"),
    "long external id": (person("x" * 201), "ITEM_INVALID", "externalId"),
    "email taken": (person("p3", email="p1@example.com"), "TAKEN", "email"),
    "email of somebody the file does not know": (person("p1", email="olive@example.com"), "TAKEN", "email"),
    "team inside itself": (team("t9", parent="t9"), "ITEM_LOOP", "parent"),
    "team inside its own subteam": (team("t1", parent="t2"), "TEAM_LOOP", "parent"),
    "cycle inside itself": (cycle("q9", "2026-01-01", "2026-03-31", parent="q9"), "ITEM_LOOP", "parent"),
    "cycle that ends before it starts": (cycle("q9", "2026-03-31", "2026-01-01"), "CYCLE_DATES_INVERTED", "endsOn"),
    "cycle outside its parent": (
        *(cycle("q9", "2025-12-31", "2026-03-31", parent="2026"), "CYCLE_OUTSIDE_PARENT", "parent"),
    ),
    "cycle outside which its part lies": (cycle("2026", "2026-02-01", "2026-12-31"), "CYCLE_OUTSIDE_PARENT", "parent"),
    "target on the wrong side": (key_result("k9", **LINEAR, target="4"), "DIRECTION_MISMATCH", "target"),
    "change by nothing": (*(key_result("k9", kind="INCREASE_BY", changeBy="0"), "CHANGE_NOT_POSITIVE", "changeBy"),),
    "percent of nothing": (
        *(key_result("k9", kind="DECREASE_BY_PERCENT", changeBy="5", baseline="0"), "BASELINE_ZERO", "baseline"),
    ),
    "target of a change": (
        *(key_result("k9", kind="INCREASE_BY", changeBy="5", target="9"), "TARGET_COMPUTED", "target"),
    ),
    "range inverted": (key_result("k9", kind="WITHIN_RANGE", lower="2", upper="1"), "RANGE_INVERTED", "lower"),
    "mode of another kind": (key_result("k9", **LINEAR, mode="DISTANCE", target="9"), "MODE_NOT_ALLOWED", "mode"),
    "distance to nothing": (
        *(key_result("k9", kind="AT_MOST", mode="DISTANCE", target="0"), "LIMIT_NOT_POSITIVE", "target"),
    ),
    "source of another kind": (
        *(
            key_result("k9", kind="REACH", target="1", valueSource="MILESTONES"),
            "VALUE_SOURCE_NOT_ALLOWED",
            "valueSource",
        ),
    ),
    "milestone of another kind": (
        *(item("Milestone", "m9", keyResult="k1", title="Stage"), "KIND_NOT_ALLOWED", "keyResult"),
    ),
    "participant in nothing": (participant(person="p1"), "GOAL_AMBIGUOUS", "objective"),
    "participant in two goals": (participant(objective="o1", kpi="s1", person="p1"), "GOAL_AMBIGUOUS", "objective"),
    "participant that is nobody": (participant(objective="o1"), "PARTICIPANT_AMBIGUOUS", "person"),
    "participant that is two": (participant(objective="o1", person="p1", team="t1"), "PARTICIPANT_AMBIGUOUS", "person"),
    "team as co-owner": (
        *(participant(objective="o1", team="t1", role="CO_OWNER"), "PARTICIPANT_ROLE_NOT_ALLOWED", "role"),
    ),
    "team that takes part as co-owner": (
        *(participant(kpi="s1", team="t2", role="CO_OWNER"), "PARTICIPANT_ROLE_NOT_ALLOWED", "role"),
    ),
    "no parent": ({"type": "Alignment", "objective": "o3"}, "PARENT_AMBIGUOUS", "parent"),
    "two kinds of parent": (alignment("o3", "o1", parentKeyResult="k1"), "PARENT_AMBIGUOUS", "parent"),
    "objective that serves itself": (alignment("o3", "o3"), "ALIGNMENT_LOOP", "parent"),
    "check-in before its cycle": (
        *(check_in("c9", value="1", at="2025-12-31T23:59:59Z"), "CHECK_IN_OUTSIDE_CYCLE", "at"),
    ),
    "check-in in the future": (
        *(check_in("c9", value="1", at="2026-07-02T13:00:01Z"), "CHECK_IN_OUTSIDE_CYCLE", "at"),
    ),
    "check-in about nothing": (check_in("c9", keyResult=None, value="1"), "SUBJECT_AMBIGUOUS", "keyResult"),
    "check-in about two": (check_in("c9", objective="o1", value="1"), "SUBJECT_AMBIGUOUS", "keyResult"),
    "check-in that says nothing": (check_in("c9"), "CHECK_IN_EMPTY", ""),
    "check-in on milestones": (check_in("c9", keyResult="k2", value="1"), "VALUE_COMPUTED", "value"),
    "check-in on a sum of objectives": (check_in("c9", keyResult="k3", value="1"), "VALUE_COMPUTED", "value"),
    "check-in on a computed objective": (
        *(check_in("c9", keyResult=None, objective="o1", value="1"), "VALUE_COMPUTED", "value"),
    ),
    "another value": (check_in("c1", value="6"), "CHECK_IN_IMMUTABLE", "externalId"),
    "another instant": (check_in("c1", value="5", at="2026-03-02T09:00:00Z"), "CHECK_IN_IMMUTABLE", "externalId"),
    "another key result": (check_in("c1", keyResult="k4", value="5"), "CHECK_IN_IMMUTABLE", "externalId"),
    "another author": ({**HALF_OF_IT, "author": "p2"}, "CHECK_IN_IMMUTABLE", "externalId"),
}


async def test_a_rule_is_broken(small: Client, database_url: str, subtests: pytest.Subtests) -> None:
    for case, (broken, code, field) in RULES.items():
        with subtests.test(case):
            await refused(small, database_url, [broken], [(1, code, field)])


async def test_a_check_in_may_leave_out_what_stays(small: Client) -> None:
    assert (await imported(small, [check_in("c1", value="5"), check_in("c2", keyResult="k4")])).outcomes == {
        "UNCHANGED": 2
    }


async def test_a_target_that_is_the_baseline_is_taken_in_and_may_be_changed_later(small: Client) -> None:
    level = key_result("k9", **LINEAR, target="5")
    assert (await imported(small, [level])).outcomes == {"CREATED": 1}
    read = '{ keyResult(externalId: "k9") { title progress progressReason } }'
    reason = {"progress": 1, "progressReason": "TARGET_EQUALS_BASELINE"}
    assert (await small.data(read))["keyResult"] == {"title": "Key result k9", **reason}
    assert (await imported(small, [level])).outcomes == {"UNCHANGED": 1}
    assert (await imported(small, [{**level, "title": "A level"}])).outcomes == {"UPDATED": 1}
    assert (await small.data(read))["keyResult"] == {"title": "A level", **reason}


async def test_a_number_is_rounded_half_to_even_and_is_the_same_twice(small: Client) -> None:
    third = key_result("k9", kind="AT_LEAST", target="0.3333333333333333")
    even = key_result("k8", kind="AT_LEAST", target="0.0000000000025")
    assert (await imported(small, [third, even])).outcomes == {"CREATED": 2}
    read = '{ third: keyResult(externalId: "k9") { target } even: keyResult(externalId: "k8") { target } }'
    assert await small.data(read) == {"third": {"target": "0.333333333333"}, "even": {"target": "0.000000000002"}}
    assert (await imported(small, [third, even])).outcomes == {"UNCHANGED": 2}


async def test_a_draft_that_is_said_to_count_is_the_same_twice(small: Client, database_url: str) -> None:
    # Either it is refused or it becomes a draft, but it does not depend on how often it is said.
    draft = key_result("k9", lifecycle="ACTIVE")
    first = (await imported(small, [draft])).kept
    assert (await imported(small, [draft])).kept == first


async def test_what_is_archived_blames_its_own_items_only(small: Client, database_url: str) -> None:
    read = '{ objective(externalId: "o4") { id } }'
    await small.make("objectiveArchive", "id", id=(await small.data(read))["objective"]["id"])
    items = [key_result("k8", "o3"), key_result("k9", "o4"), objective("o4", title="Other"), alignment("o5", "o4")]
    expected = [(2, "ARCHIVED", "objective"), (3, "ARCHIVED", ""), (4, "ARCHIVED", "parent")]
    await refused(small, database_url, items, expected)


async def test_an_email_may_go_from_one_person_to_another(small: Client) -> None:
    handed_over = [person("p1", email=None), person("p2", email="p1@example.com")]
    assert (await imported(small, handed_over)).refused == []
