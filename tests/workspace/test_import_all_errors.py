"""An import tells everything that is wrong with each item, by file and by request."""

from collections.abc import Iterable
from pathlib import Path
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
from tests.kit.workspace_files import exported, imported, lines, refused, row_counts
from tests.workspace.test_import_command import run
from tests.workspace.test_import_graphql import as_input

ERRORS = "userErrors { code message field parameters }"
COUNTS = "applied created updated unchanged failed skipped"
DOCUMENT = f"""mutation($input: WorkspaceImportInput!) {{ workspaceImport(input: $input) {{
    {COUNTS} results {{ index externalId outcome object {{ id }} {ERRORS} }} {ERRORS} }} }}"""
LONG = "x" * 201
Faults = list[tuple[str, str]]

# Each with everything that is wrong with it: code and field.
SEVERAL: dict[str, tuple[dict[str, Any], Faults]] = {
    "a person": (
        person("p9", name=" ", email="p1@example.com"),
        [("TAKEN", "email"), ("BLANK", "name")],
    ),
    "another person": (
        person(" ", name=LONG, email="nobody"),
        [("BLANK", "externalId"), ("TOO_LONG", "name"), ("EMAIL_INVALID", "email")],
    ),
    "a team": (team("t9", name=" ", parent="nobody"), [("NOT_FOUND", "parent"), ("BLANK", "name")]),
    "a membership": (
        {"type": "Membership", "team": "nobody", "person": "nobody"},
        [("NOT_FOUND", "team"), ("NOT_FOUND", "person")],
    ),
    "a participant": (
        participant(objective="nobody", kpi="nobody", team="nobody", role="CO_OWNER"),
        [
            *(("NOT_FOUND", name) for name in ("objective", "kpi", "team")),
            *(("GOAL_AMBIGUOUS", "objective"), ("PARTICIPANT_ROLE_NOT_ALLOWED", "role")),
        ],
    ),
    "a cycle": (
        cycle("q9", "2026-03-31", "2026-01-01", name=LONG, parent="nobody"),
        [("NOT_FOUND", "parent"), ("CYCLE_DATES_INVERTED", "endsOn"), ("TOO_LONG", "name")],
    ),
    "an objective": (
        objective("o9", title=" ", cycle="no", owner="no", team="no", pillar="no"),
        [*(("NOT_FOUND", name) for name in ("cycle", "owner", "team", "pillar")), ("BLANK", "title")],
    ),
    "a key result": (
        key_result("k9", "no", title="x" * 501, kind="WITHIN_RANGE", lower="2", upper="1", unit=LONG, sourceKpi="no"),
        [
            *(("NOT_FOUND", "objective"), ("NOT_FOUND", "sourceKpi")),
            *(("TOO_LONG", "title"), ("TOO_LONG", "unit"), ("RANGE_INVERTED", "lower")),
        ],
    ),
    "a key result of a contradictory kind": (
        key_result("k9", kind="INCREASE_BY_PERCENT", mode="DISTANCE", baseline="0", target="-1", changeBy="0"),
        [
            *(("TARGET_COMPUTED", "target"), ("MODE_NOT_ALLOWED", "mode"), ("CHANGE_NOT_POSITIVE", "changeBy")),
            *(("BASELINE_ZERO", "baseline"), ("LIMIT_NOT_POSITIVE", "target")),
        ],
    ),
    "a key result that is there": (
        key_result("k1", title=" ", kind="WITHIN_RANGE", lower="2", upper="1", owner="no"),
        [("NOT_FOUND", "owner"), ("BLANK", "title"), ("RANGE_INVERTED", "lower")],
    ),
    "a KPI": (
        kpi(
            "s9",
            name=" ",
            valueType="QUALITATIVE",
            timeZone="Nowhere",
            graceDays=-1,
            frequency="IRREGULAR",
            formula="1",
        ),
        [
            *(("BLANK", "name"), ("TIME_ZONE_UNKNOWN", "timeZone"), ("SCALE_INVALID", "scale")),
            *(("KPI_SOURCE_NOT_ALLOWED", "source"), ("FREQUENCY_NOT_ALLOWED", "frequency")),
            ("GRACE_OUT_OF_RANGE", "graceDays"),
        ],
    ),
    "a formula": (
        kpi("s9", formula="[nobody] + [s1] + [somebody]"),
        [("FORMULA_KPI_UNKNOWN", "formula"), ("FORMULA_KPI_UNKNOWN", "formula")],
    ),
    "a target of a KPI": (
        kpi_target("g9", "s1", "2026-03-02", endsOn="2026-03-01", value="1", thresholdKind="ABSOLUTE"),
        [("TARGET_DATES_INVERTED", "endsOn"), ("THRESHOLDS_MISSING", "green"), ("THRESHOLDS_MISSING", "amber")],
    ),
    "a measurement": (
        measurement("s4", "2026-08-01", "9", source=LONG, reason="x" * 2001),
        [("TOO_LONG", "source"), ("TOO_LONG", "reason"), ("VALUE_OFF_SCALE", "value"), ("MEASUREMENT_IN_FUTURE", "on")],
    ),
    "a measurement of nothing": (
        measurement("nobody", "2026-08-01", "9", source=LONG),
        [("TOO_LONG", "source"), ("NOT_FOUND", "kpi")],
    ),
    "a link of a KPI": (kpi_link("nobody", "nobody"), [("NOT_FOUND", "keyResult"), ("NOT_FOUND", "kpi")]),
    "a milestone": (
        item("Milestone", "m9", keyResult="nobody", title=" "),
        [("NOT_FOUND", "keyResult"), ("BLANK", "title")],
    ),
    "an alignment": (
        alignment("nobody", "nobody", externalId=" "),
        [("NOT_FOUND", "objective"), ("NOT_FOUND", "parent"), ("BLANK", "externalId")],
    ),
    "a check-in": (
        check_in("c9", keyResult="k2", value="1", note="x" * 20_001, at="2027-01-01T00:00:00Z", author="nobody"),
        [
            *(("NOT_FOUND", "author"), ("TOO_LONG", "note"), ("VALUE_COMPUTED", "value")),
            ("CHECK_IN_OUTSIDE_CYCLE", "at"),
        ],
    ),
    "a check-in about two": (
        check_in(" ", objective="nobody"),
        [
            ("NOT_FOUND", "objective"),
            ("SUBJECT_AMBIGUOUS", "keyResult"),
            ("BLANK", "externalId"),
            ("CHECK_IN_EMPTY", ""),
        ],
    ),
}
UNREADABLE: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a key result": (
        {"type": "KeyResult", "externalId": "k9", "objective": "o1", "titel": "x", "target": "many", "weight": -1},
        ["title", "target", "weight", "titel"],
    ),
    "a cycle": (
        item("Cycle", "", name="C", kind="MOON", startsOn="2026", endsOn="2026-02-30"),
        ["externalId", "kind", "startsOn", "endsOn"],
    ),
    "a measurement": ({"type": "Measurement", "on": "never", "value": "many"}, ["kpi", "on", "value"]),
}


async def sent(client: Client, items: Iterable[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """The payload of the mutation."""
    data = await client.data(DOCUMENT, input={"items": [as_input(each) for each in items], **more})
    return data["workspaceImport"]


async def test_every_fault_of_an_item_is_told_by_line(
    small: Client, database_url: str, subtests: pytest.Subtests
) -> None:
    before = await row_counts(database_url), await exported(small)
    for case, (said, faults) in SEVERAL.items():
        with subtests.test(case):
            done = await imported(small, [said])
            [result] = done.results
            assert result.refusal
            assert [(each.code, ".".join(each.field)) for each in result.refusal.all] == faults
            assert (done.kept, done.outcomes) == (False, {"FAILED": 1})
    assert (await row_counts(database_url), await exported(small)) == before


async def test_every_fault_of_every_item_is_told_in_one_request(small: Client, database_url: str) -> None:
    before = await row_counts(database_url), await exported(small)
    # The second item about the key results and KPIs of the same external id would be told as such.
    cases = [*{(said["type"], said.get("externalId")): (said, faults) for said, faults in SEVERAL.values()}.values()]
    payload = await sent(small, [person("p7"), *(said for said, _ in cases)])
    expected: list[list[tuple[str, list[str]]]] = [[]]
    for index, (said, faults) in enumerate(cases, start=1):
        path = ["input", "items", str(index), next(iter(as_input(said)))]
        expected.append([(code, [*path, field] if field else path) for code, field in faults])
    own = [[(error["code"], error["field"]) for error in result["userErrors"]] for result in payload["results"]]
    assert own == expected
    assert payload["userErrors"] == [error for result in payload["results"] for error in result["userErrors"]]
    assert {name: payload[name] for name in COUNTS.split()} == {
        **{"applied": False, "created": 1, "updated": 0, "unchanged": 0, "failed": len(cases), "skipped": 0}
    }
    assert [result["outcome"] for result in payload["results"]] == ["CREATED", *["FAILED"] * len(cases)]
    assert [result["object"] for result in payload["results"]][1:] == [None] * len(cases)
    assert (await row_counts(database_url), await exported(small)) == before


async def test_errors_have_the_facts_of_their_messages(small: Client) -> None:
    payload = await sent(small, [key_result("k9", title="x" * 501, kind="WITHIN_RANGE", lower="2.50", upper="1")])
    path = ["input", "items", "0", "keyResult"]
    assert payload["userErrors"] == [
        {
            **{"code": "TOO_LONG", "message": "`title` has 501 characters; 500 are allowed."},
            **{"field": [*path, "title"], "parameters": {"name": "title", "length": 501, "limit": 500}},
        },
        {
            **{"code": "RANGE_INVERTED", "message": "The lower bound 2.5 is above the upper bound 1."},
            **{"field": [*path, "lower"], "parameters": {"lower": "2.5", "upper": "1"}},
        },
    ]


async def test_every_complaint_about_an_item_that_cannot_be_read(
    small: Client, database_url: str, subtests: pytest.Subtests
) -> None:
    for case, (said, fields) in UNREADABLE.items():
        with subtests.test(case):
            await refused(small, database_url, [said], sorted((1, "ITEM_INVALID", field) for field in fields))
            [result] = (await imported(small, [said])).results
            assert (result.type, result.external_id) == (said["type"], said.get("externalId"))


async def test_an_input_that_is_no_item_tells_every_complaint(small: Client) -> None:
    payload = await sent(small, [check_in("", keyResult="", confidence=2, note="x"), key_result("k9", weight=-1)])
    assert [(error["code"], error["field"][2:]) for error in payload["userErrors"]] == [
        *(("ITEM_INVALID", ["0", "checkIn", name]) for name in ("externalId", "keyResult", "confidence")),
        ("ITEM_INVALID", ["1", "keyResult", "weight"]),
    ]
    assert (payload["failed"], payload["skipped"], payload["applied"]) == (2, 0, False)


async def test_the_command_prints_every_error_of_a_line(small: Client, database_url: str, tmp_path: Path) -> None:
    before = await row_counts(database_url), await exported(small)
    file = tmp_path / "workspace.jsonl"
    items = [
        key_result("k9", title=" ", kind="WITHIN_RANGE", lower="2", upper="1", owner="nobody"),
        check_in("c9", keyResult="k9", note="x"),
        {"type": "Pillar", "externalId": "l9", "nmae": "Pillar", "description": 5},
        person("p9"),
    ]
    file.write_bytes(b"\n".join(lines(items)))
    code, answers, said = await run(database_url, "import", str(file), "--organization", str(small.organization_id))
    unreadable = "line 3, Pillar l9: ITEM_INVALID"
    assert (code, answers) == (1, "")
    assert said.splitlines() == [
        f"{unreadable} (name): The item cannot be read: name: Field required",
        f"{unreadable} (description): The item cannot be read: description: This has to be a string.",
        f"{unreadable} (nmae): The item cannot be read: nmae: Extra inputs are not permitted",
        "line 1, KeyResult k9: NOT_FOUND (owner): There is no Person with the external id 'nobody'.",
        "line 1, KeyResult k9: BLANK (title): `title` must not be empty.",
        "line 1, KeyResult k9: RANGE_INVERTED (lower): The lower bound 2 is above the upper bound 1.",
        "1 created, 0 updated, 0 unchanged, 2 failed, 1 skipped: nothing was kept.",
    ]
    assert (await row_counts(database_url), await exported(small)) == before


async def test_a_request_takes_5000_items_and_no_more(client: Client, database_url: str) -> None:
    before = await row_counts(database_url)
    people = [person(f"n{number}") for number in range(5_001)]
    payload = await sent(client, people)
    [error] = payload["userErrors"]
    assert payload == {
        **{"applied": False, "created": 0, "updated": 0, "unchanged": 0, "failed": 0, "skipped": 0},
        **{"results": [], "userErrors": [error]},
    }
    assert "`okrgraph import`" in error.pop("message")
    assert error == {
        **{"code": "TOO_MANY_ITEMS", "field": ["input", "items"]},
        "parameters": {"count": 5_001, "limit": 5_000},
    }
    assert await row_counts(database_url) == before
    payload = await sent(client, people[1:])
    assert {name: payload[name] for name in COUNTS.split()} == {
        **{"applied": True, "created": 5_000, "updated": 0, "unchanged": 0, "failed": 0, "skipped": 0}
    }
    assert (len(payload["results"]), payload["userErrors"]) == (5_000, [])
    assert (await row_counts(database_url))["people"] == before["people"] + 5_000
