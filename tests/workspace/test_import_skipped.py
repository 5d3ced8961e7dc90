"""What refers to a refused item of the same import is skipped, unless something of its own is wrong."""

from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.small_workspace import (
    alignment,
    check_in,
    cycle,
    item,
    key_result,
    kpi,
    kpi_link,
    kpi_target,
    measurement,
    objective,
    participant,
    person,
    team,
)
from tests.kit.workspace_files import Imported, exported, refused, row_counts
from tests.workspace.test_import_all_errors import COUNTS, LONG, Faults, sent

NEXT_YEAR = {"startsOn": "2027-01-01", "endsOn": "2027-12-31"}
BLANK_CYCLE = item("Cycle", "2027", name=" ", kind="YEAR", **NEXT_YEAR)
BLANK_KPI = kpi("s9", name=" ")
BLANK_TEAM = team("t9", name=" ")
# Below what is refused, over several types; the last ones in the order of types come first here.
BELOW_CYCLE: list[dict[str, Any]] = [
    check_in("c9", keyResult="k9", note="x", at="2027-02-01T00:00:00Z"),
    check_in("c8", keyResult=None, objective="o9", note="x"),
    alignment("o9", "o1"),
    alignment("o2", "o9", externalId="e9"),
    {"type": "Alignment", "objective": "o3", "parentKeyResult": "k9"},
    item("Milestone", "m9", keyResult="k9", title="Stage"),
    kpi_link("k9", "s1"),
    key_result("k9", "o9", kind="MILESTONE"),
    objective("o9", cycle="2027"),
    cycle("q9", "2027-01-01", "2027-03-31", parent="2027"),
    objective("o8", cycle="q9"),
]
BELOW_KPI: list[dict[str, Any]] = [
    kpi_target("g9", "s9", "2026-01-01", value="1"),
    measurement("s9", "2026-01-01", "1"),
    kpi("s8", parent="s9"),
    kpi("s7", formula="[s9] + 1"),
    kpi("s6", formula="[s7] + [s1]"),
    key_result("k8", kind="REACH", target="1", valueSource="KPI", sourceKpi="s9"),
    key_result("k7", kind="REACH", target="1", sourceKpi="s6"),
    check_in("c7", keyResult="k8", note="x"),
    kpi_link("k1", "s9"),
    participant(kpi="s9", person="p1"),
]
BELOW_TEAM: list[dict[str, Any]] = [
    team("t8", parent="t9"),
    {"type": "Membership", "team": "t8", "person": "p1"},
    participant(objective="o1", team="t8"),
    objective("o7", team="t8"),
    kpi("s5", team="t9"),
]
PARENTS: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {
    "a cycle": (BLANK_CYCLE, BELOW_CYCLE),
    "a KPI": (BLANK_KPI, BELOW_KPI),
    "a team": (BLANK_TEAM, BELOW_TEAM),
}


def outcomes(done: Imported) -> dict[int, str]:
    """What became of the item in each line."""
    return {result.line: result.outcome.value for result in done.results}


@pytest.mark.parametrize("case", PARENTS)
async def test_what_is_below_a_refused_item_is_skipped(small: Client, database_url: str, case: str) -> None:
    parent, below = PARENTS[case]
    items = [*below, parent, person("p9")]
    done = await refused(small, database_url, items, [(len(below) + 1, "BLANK", "name")])
    expected = {**dict.fromkeys(range(1, len(below) + 1), "SKIPPED"), len(below) + 1: "FAILED", len(items): "CREATED"}
    assert outcomes(done) == expected
    assert [result.id for result in done.results if result.outcome == "SKIPPED"] == [None] * len(below)


async def test_a_request_counts_what_failed_and_what_was_skipped(small: Client, database_url: str) -> None:
    before = await row_counts(database_url), await exported(small)
    parents = [parent for parent, _ in PARENTS.values()]
    below = [each for _, items in PARENTS.values() for each in items]
    for dry_run in (False, True):
        payload = await sent(small, [*below, *parents, person("p9"), person("p1")], dryRun=dry_run)
        assert {name: payload[name] for name in COUNTS.split()} == {
            **{"applied": False, "created": 1, "updated": 0, "unchanged": 1},
            **{"failed": len(parents), "skipped": len(below)},
        }
        assert payload["results"][: len(below)] == [
            {
                "index": index,
                "externalId": each.get("externalId"),
                "outcome": "SKIPPED",
                "object": None,
                "userErrors": [],
            }
            for index, each in enumerate(below)
        ]
        assert [(error["code"], error["field"][2:]) for error in payload["userErrors"]] == [
            ("BLANK", [str(len(below) + place), name, "name"]) for place, name in enumerate(("cycle", "kpi", "team"))
        ]
        assert (await row_counts(database_url), await exported(small)) == before


# Below the cycle, the KPI and the team that are refused, and with a fault of their own; those that are there as well.
OWN_FAULTS: dict[str, tuple[dict[str, Any], Faults]] = {
    "an objective": (objective("o9", cycle="2027", title=" "), [("BLANK", "title")]),
    "an objective with another parent that is not there": (
        objective("o9", cycle="2027", owner="nobody"),
        [("NOT_FOUND", "owner")],
    ),
    "an objective that is there": (objective("o1", cycle="2027", title="x" * 501), [("TOO_LONG", "title")]),
    "a key result": (
        key_result("k9", kind="WITHIN_RANGE", lower="2", upper="1", sourceKpi="s9", title=" "),
        [("BLANK", "title"), ("RANGE_INVERTED", "lower")],
    ),
    "a KPI": (kpi("s8", parent="s9", graceDays=367), [("GRACE_OUT_OF_RANGE", "graceDays")]),
    "a KPI whose formula cannot be read": (kpi("s8", formula="[s9] +", team="t1"), [("FORMULA_INVALID", "formula")]),
    "a measurement": (measurement("s9", "2026-01-01", "1", source=LONG), [("TOO_LONG", "source")]),
    "a milestone": (item("Milestone", "m9", keyResult="k0", title=" "), [("BLANK", "title")]),
    "an alignment": (alignment("o0", "o1", externalId=" "), [("BLANK", "externalId")]),
    "a check-in": (check_in("c9", keyResult="k0", confidence=None), [("CHECK_IN_EMPTY", "")]),
    "a check-in that is there": (check_in("c1", keyResult="k0", author="nobody"), [("NOT_FOUND", "author")]),
    "a membership": ({"type": "Membership", "team": "t9", "person": "nobody"}, [("NOT_FOUND", "person")]),
    "a participant": (
        participant(kpi="s9", team="nobody", role="CO_OWNER"),
        [("NOT_FOUND", "team"), ("PARTICIPANT_ROLE_NOT_ALLOWED", "role")],
    ),
    "a link of a KPI": (kpi_link("k1", "s9") | {"keyResult": "nobody"}, [("NOT_FOUND", "keyResult")]),
}


async def test_a_fault_of_its_own_is_told_of_what_is_below_a_refused_item(
    small: Client, database_url: str, subtests: pytest.Subtests
) -> None:
    parents = [BLANK_CYCLE, BLANK_KPI, BLANK_TEAM, objective("o0", cycle="2027"), key_result("k0", "o0")]
    for case, (said, faults) in OWN_FAULTS.items():
        with subtests.test(case):
            told = [*((number, "BLANK", "name") for number in (1, 2, 3)), *((6, *fault) for fault in faults)]
            done = await refused(small, database_url, [*parents, said], told)
            assert outcomes(done) == {
                **{1: "FAILED", 2: "FAILED", 3: "FAILED", 4: "SKIPPED", 5: "SKIPPED", 6: "FAILED"}
            }


async def test_what_cannot_be_read_is_a_parent_all_the_same(small: Client, database_url: str) -> None:
    items: list[Any] = [
        item("Cycle", "2027", name="Next year", kind="MOON", **NEXT_YEAR),
        objective("o9", cycle="2027"),
        key_result("k9", "o9"),
        {"type": "Objective", "externalId": "o8", "cycle": "2026", "titel": "Objective"},
        alignment("o8", "o1"),
        # Of these no id or no type is known.
        b'{"type": "Objective", "externalId": "o7"',
        key_result("k7", "o7"),
        {"type": "Objectiv", "externalId": "o66", "title": "Objective"},
        key_result("k6", "o66"),
        {"type": "Person", "externalId": 5, "name": "Five"},
    ]
    done = await refused(
        *(small, database_url, items),
        [
            *((1, "ITEM_INVALID", "kind"), (4, "ITEM_INVALID", "titel"), (4, "ITEM_INVALID", "title")),
            *((6, "ITEM_INVALID", ""), (7, "NOT_FOUND", "objective"), (8, "ITEM_INVALID", "type")),
            *((9, "NOT_FOUND", "objective"), (10, "ITEM_INVALID", "externalId")),
        ],
    )
    assert [number for number, outcome in sorted(outcomes(done).items()) if outcome == "SKIPPED"] == [2, 3, 5]
    known = {result.line: (result.type, result.external_id) for result in done.results}
    assert [known[line] for line in (1, 4, 6, 8, 10)] == [
        *(("Cycle", "2027"), ("Objective", "o8"), ("?", None), ("?", "o66"), ("Person", None)),
    ]


async def test_an_input_that_is_no_item_is_a_parent_all_the_same(small: Client) -> None:
    payload = await sent(small, [check_in("c9", keyResult="k9", note="x"), key_result("k9", weight=-1)])
    assert [result["outcome"] for result in payload["results"]] == ["SKIPPED", "FAILED"]
    assert [(error["code"], error["field"][2:]) for error in payload["userErrors"]] == [
        ("ITEM_INVALID", ["1", "keyResult", "weight"])
    ]


# Changes of what is there that the database would reject as well, or that others would run into.
OF_WHAT_IS_THERE: dict[str, tuple[dict[str, Any], str, str]] = {
    "a person": (person("p1", name="x" * 201), "TOO_LONG", "name"),
    "a team": (team("t1", name=LONG), "TOO_LONG", "name"),
    "a cycle": (cycle("h1", "2026-06-30", "2026-01-01"), "CYCLE_DATES_INVERTED", "endsOn"),
    "an objective": (objective("o1", title="x" * 501), "TOO_LONG", "title"),
    "a key result": (key_result("k1", kind="WITHIN_RANGE", lower="2", upper="1"), "RANGE_INVERTED", "lower"),
    "a milestone": (item("Milestone", "m1", keyResult="k2", title="x" * 501), "TOO_LONG", "title"),
    "a KPI": (kpi("s4", valueType="QUALITATIVE", scale=["bad"], frequency="DAILY"), "SCALE_INVALID", "scale"),
    "a target of a KPI": (
        *(kpi_target("g1", "s1", "2026-01-01", endsOn="2025-12-31", value="100"), "TARGET_DATES_INVERTED"),
        "endsOn",
    ),
}


async def test_what_a_refused_change_would_have_done_is_in_the_way_of_no_other_item(
    small: Client, database_url: str, subtests: pytest.Subtests
) -> None:
    good = [person("p9", email="p9@example.com"), objective("o9", owner="p9"), key_result("k9", "o9"), person("p2")]
    for case, (said, code, field) in OF_WHAT_IS_THERE.items():
        with subtests.test(case):
            expected = [(1, code, field)]
            if case == "a KPI":
                # Of three grades one is left, though there are points already.
                expected.append((1, "KPI_DEFINITION_IMMUTABLE", "scale"))
            done = await refused(small, database_url, [said, *good], sorted(expected))
            assert outcomes(done) == {1: "FAILED", 2: "CREATED", 3: "CREATED", 4: "CREATED", 5: "UNCHANGED"}
