"""KPIs, targets, measurements and links of a file: rules, rings, the order of lines, and what follows."""

from datetime import date, timedelta
from typing import Any

import pytest

from service.workspace.staging import CHUNK
from tests.kit.client import Client
from tests.kit.small_workspace import key_result, kpi, kpi_link, kpi_target, measurement
from tests.kit.workspace_files import findings, imported, refused, row_counts

RULES: dict[str, tuple[dict[str, Any], str, str]] = {
    "blank name": (kpi("s9", name=" "), "BLANK", "name"),
    "long unit": (kpi("s9", unit="x" * 51), "TOO_LONG", "unit"),
    "a formula that cannot be read": (kpi("s9", formula="1 +"), "FORMULA_INVALID", "formula"),
    "a formula that names nobody": (kpi("s9", formula="[nobody]"), "FORMULA_KPI_UNKNOWN", "formula"),
    "a formula of other units": (kpi("s9", formula="[s1]", unit="USD"), "FORMULA_UNIT_MISMATCH", "unit"),
    "a formula of longer periods": (kpi("s9", formula="[s1]", frequency="DAILY"), "INPUT_TOO_COARSE", "frequency"),
    "a formula of a measured one": (kpi("s1", formula="1"), "FORMULA_SOURCE_MISMATCH", "formula"),
    "no formula": (kpi("s9", source="FORMULA"), "FORMULA_SOURCE_MISMATCH", "formula"),
    "a scale of one grade": (kpi("s9", valueType="QUALITATIVE", scale=["good"]), "SCALE_INVALID", "scale"),
    "a time zone that is none": (kpi("s9", timeZone="Nowhere"), "TIME_ZONE_UNKNOWN", "timeZone"),
    "too much grace": (kpi("s9", graceDays=367), "GRACE_OUT_OF_RANGE", "graceDays"),
    "another calendar": (kpi("s1", frequency="WEEKLY"), "KPI_DEFINITION_IMMUTABLE", "frequency"),
    "inside itself": (kpi("s9", parent="s9"), "ITEM_LOOP", "parent"),
    "inside its own child": (kpi("s3", parent="s1"), "KPI_PARENT_LOOP", "parent"),
    "computed from itself": (kpi("s9", formula="[s9] + 1"), "ITEM_LOOP", "formula"),
    "a target that overlaps": (kpi_target("g9", "s1", "2026-06-30", value="1"), "TARGET_OVERLAP", "startsOn"),
    "a target that ends first": (
        *(kpi_target("g9", "s1", "2027-02-01", endsOn="2027-01-31", value="1"), "TARGET_DATES_INVERTED", "endsOn"),
    ),
    "a target without a value": (kpi_target("g9", "s1", "2027-01-01"), "TARGET_INCOMPLETE", "value"),
    "a target below 0": (kpi_target("g9", "s1", "2027-01-01", value="-1"), "THRESHOLDS_MISSING", "thresholdKind"),
    "a point of a computed one": (measurement("s2", "2026-01-01", "1"), "KPI_COMPUTED", "kpi"),
    "a point in the future": (measurement("s1", "2026-08-01", "1"), "MEASUREMENT_IN_FUTURE", "on"),
    "a point off the scale": (measurement("s4", "2026-01-01", "4"), "VALUE_OFF_SCALE", "value"),
    "a point of a long source": (measurement("s1", "2026-01-01", "1", source="x" * 201), "TOO_LONG", "source"),
    "a goal that follows nothing": (
        *(key_result("k9", kind="REACH", target="1", valueSource="KPI"), "SOURCE_KPI_MISSING", "sourceKpi"),
    ),
}


async def test_a_rule_refuses_an_item(small: Client, database_url: str, subtests: pytest.Subtests) -> None:
    for case, (said, code, field) in RULES.items():
        with subtests.test(case):
            await refused(small, database_url, [said], [(1, code, field)])


async def test_a_ring_of_formulas_is_refused_by_its_lines(small: Client, database_url: str) -> None:
    ring = [kpi("s9", formula="[s8] + 1"), kpi("s7", formula="[s1] + 1"), kpi("s8", formula="[s9]")]
    expected = [(1, "ITEM_LOOP", "formula"), (3, "ITEM_LOOP", "formula")]
    await refused(small, database_url, ring, expected)
    # One that is closed by a KPI that is there.
    await refused(
        small,
        database_url,
        [kpi("s2", formula="[s3]"), kpi("s3", formula="[s2]", source="FORMULA")],
        [
            (1, "ITEM_LOOP", "formula"),
            (2, "ITEM_LOOP", "formula"),
        ],
    )


async def test_what_is_said_twice_is_refused(small: Client, database_url: str) -> None:
    points = [measurement("s1", "2026-03-01", "1"), measurement("s1", "2026-03-31", "1")]
    await refused(small, database_url, points, [(2, "MEASUREMENT_DUPLICATE", "on")])
    links = [kpi_link("k2", "s1"), kpi_link("k2", "s1", role="GUARDRAIL"), kpi_link("k2", "s1", role="MEASURE")]
    await refused(small, database_url, links, [(3, "ITEM_DUPLICATE", "")])
    assert (await imported(small, links[:2])).outcomes == {"CREATED": 2}


async def test_a_second_value_thousands_of_lines_later_is_refused(small: Client, database_url: str) -> None:
    days = [(date(2020, 1, 1) + timedelta(days=number)).isoformat() for number in range(CHUNK)]
    many = [measurement("s4", day, "1") for day in days]
    twice = [measurement("s1", "2026-03-01", "1"), *many, measurement("s1", "2026-03-31", "2")]
    # In the order of lines: the first value is that of the point, also where it is there already.
    await refused(small, database_url, twice, [(CHUNK + 2, "MEASUREMENT_DUPLICATE", "on")])
    assert (await imported(small, twice[:-1])).outcomes == {"CREATED": CHUNK + 1}
    await refused(small, database_url, twice, [(CHUNK + 2, "MEASUREMENT_DUPLICATE", "on")])
    await refused(small, database_url, [*twice[:-1], twice[0]], [(CHUNK + 2, "MEASUREMENT_DUPLICATE", "on")])


async def test_lines_come_in_any_order(client: Client) -> None:
    items = [
        measurement("a", "2026-01-01", "2"),
        kpi("d", formula="[c] * 2"),
        kpi_target("t", "d", "2026-01-01", value="8"),
        kpi("c", formula="[b] + 1"),
        kpi("b", source="CHILDREN_SUM"),
        kpi("a", parent="b"),
    ]
    done = await imported(client, items)
    assert (done.refused, done.outcomes) == ([], {"CREATED": len(items)})
    read = "{ kpis { nodes { externalId current attainment } } }"
    assert (await client.data(read))["kpis"]["nodes"] == [
        {"externalId": "a", "current": "2", "attainment": None},
        {"externalId": "b", "current": "2", "attainment": None},
        {"externalId": "c", "current": "3", "attainment": None},
        {"externalId": "d", "current": "6", "attainment": 0.75},
    ]
    assert await findings(client) == []


async def test_a_point_said_otherwise_is_corrected_and_all_that_follows_is_right(
    small: Client, database_url: str
) -> None:
    before = await row_counts(database_url)
    done = await imported(small, [measurement("s1", "2026-02-28", "100", reason="Counted again")])
    assert (done.refused, done.outcomes) == ([], {"UPDATED": 1})
    read = """{ kpi(externalId: "s1") { attainment statusReason revisions { nodes { value revisionNumber } }
            measurements(first: 1) { nodes { startsOn value revisionNumber reason source } } }
        growth: kpi(externalId: "s2") { current } whole: kpi(externalId: "s3") { current }
        keyResult(externalId: "k5") { current progress } }"""
    assert await small.data(read) == {
        "kpi": {
            **{"attainment": 1, "statusReason": "STALE"},
            "revisions": {"nodes": [{"value": "75.5", "revisionNumber": 1}]},
            "measurements": {
                "nodes": [
                    {
                        **{"startsOn": "2026-02-01", "value": "100", "revisionNumber": 2},
                        "reason": "Counted again",
                        "source": None,
                    }
                ]
            },
        },
        "growth": {"current": "1"},
        "whole": {"current": "100"},
        "keyResult": {"current": "100", "progress": pytest.approx(100 / 151)},
    }
    after = await row_counts(database_url)
    grown = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    assert grown.keys() >= {"kpi_measurement_revisions", "events"}
    assert "kpi_measurements" not in grown
    assert await findings(small) == []
