"""Items that are refused: each tells its line, a code and the field at fault, and nothing at all is kept."""

from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.small_workspace import (
    SMALL,
    check_in,
    item,
    key_result,
    kpi,
    kpi_link,
    kpi_target,
    measurement,
    objective,
    person,
)
from tests.kit.workspace_files import imported, refused

pytestmark = pytest.mark.usefixtures("waiting")

UNREADABLE: dict[str, tuple[bytes | dict[str, Any], str]] = {
    "half of a line": (b'{"type": "Person", "externalId": "p3"', ""),
    "not an object": (b'["Person"]', ""),
    "not UTF-8": (b'{"type": "Person", "externalId": "p3", "name": "\xff"}', ""),
    "unknown type": ({"type": "Robot", "externalId": "r1"}, "type"),
    "no type": ({"externalId": "p3", "name": "Person"}, "type"),
    "unknown field": (person("p3", nmae="Person"), "nmae"),
    "missing field": ({"type": "Person", "externalId": "p3"}, "name"),
    "no external id": ({"type": "Person", "name": "Person"}, "externalId"),
    "empty external id": (person(""), "externalId"),
    "null that cannot be": (person("p1", name=None), "name"),
    "not one of the choices": (person("p3", role="KING"), "role"),
    "null character": (person("p3", name="a\0b"), "name"),
    "half of a surrogate pair": (b'{"type": "Person", "externalId": "p3", "name": "\\ud800"}', ""),
    "number that is a word": (key_result("k9", kind="REACH", target="many"), "target"),
    "number out of bounds": (key_result("k9", kind="REACH", target="1e24"), "target"),
    "number that rounds out of bounds": (key_result("k9", kind="REACH", target="9" * 24 + "." + "9" * 13), "target"),
    "number that JSON has lost digits of": (key_result("k9", kind="REACH", target=9007199254740994.0), "target"),
    "number that is no number": (
        b'{"type":"KeyResult","externalId":"k","objective":"o1","title":"t","target":NaN}',
        "target",
    ),
    "weight below zero": (key_result("k9", weight=-1), "weight"),
    "weight out of bounds": (key_result("k9", weight=1_000_001), "weight"),
    "confidence above 1": (check_in("c9", confidence=1.01), "confidence"),
    "an instant without offset": (check_in("c9", value="1", at="2026-03-01T09:00:00"), "at"),
    "a day for an instant": (check_in("c9", value="1", at="2026-03-01"), "at"),
    "a day that is none": (
        item("Cycle", "c", name="C", kind="CUSTOM", startsOn="2026-02-30", endsOn="2026-03-01"),
        "startsOn",
    ),
    "a frequency that is none": (kpi("s9", frequency="HOURLY"), "frequency"),
    "a scale that is no list": (kpi("s9", scale="good"), "scale"),
    "days of grace that are no number": (kpi("s9", graceDays=1.5), "graceDays"),
    "a target without a start": ({"type": "KpiTarget", "externalId": "g9", "kpi": "s1", "value": "1"}, "startsOn"),
    "a measurement without a value": ({"type": "Measurement", "kpi": "s1", "on": "2026-01-01"}, "value"),
    "a measurement of nothing": ({"type": "Measurement", "on": "2026-01-01", "value": "1"}, "kpi"),
    "a measurement of no day": (measurement("s1", "2026-02-29", "1"), "on"),
    "a measurement that is no number": (measurement("s1", "2026-01-01", "many"), "value"),
    "a measurement with an external id": (measurement("s1", "2026-01-01", "1", externalId="x"), "externalId"),
    "a role that is none": (kpi_link("k1", "s1", role="WATCH"), "role"),
}
UNKNOWN: dict[str, dict[str, Any]] = {
    "parent": {"type": "Team", "externalId": "t9", "name": "Team"},
    "team": {"type": "Membership", "person": "p1"},
    "person": {"type": "Membership", "team": "t1"},
    "cycle": {"type": "Objective", "externalId": "o9", "title": "Objective"},
    "owner": objective("o9"),
    "pillar": objective("o1"),
    "objective": {"type": "KeyResult", "externalId": "k9", "title": "Key result"},
    "keyResult": item("Milestone", "m9", title="Stage"),
    "parentKeyResult": {"type": "Alignment", "objective": "o3"},
    "author": check_in("c9", value="1"),
    "sourceKpi": key_result("k9", kind="REACH", target="1", valueSource="KPI"),
}
OF_KPIS: dict[str, tuple[dict[str, Any], str]] = {
    "target": (kpi_target("g9", "nobody", "2026-01-01", value="1"), "kpi"),
    "measurement": (measurement("nobody", "2026-01-01", "1"), "kpi"),
    "link of a KPI": (kpi_link("k1", "nobody"), "kpi"),
    "link of a key result": (kpi_link("nobody", "s1"), "keyResult"),
    "parent": (kpi("s9", parent="nobody"), "parent"),
    "owner": (kpi("s9", owner="nobody"), "owner"),
    "team": (kpi("s9", team="nobody"), "team"),
}


async def test_an_item_that_cannot_be_read(small: Client, database_url: str, subtests: pytest.Subtests) -> None:
    for case, (broken, field) in UNREADABLE.items():
        with subtests.test(case):
            await refused(small, database_url, [broken], [(1, "ITEM_INVALID", field)])


async def test_a_reference_to_what_is_not_there(small: Client, database_url: str, subtests: pytest.Subtests) -> None:
    for field, said in UNKNOWN.items():
        with subtests.test(field):
            await refused(small, database_url, [{**said, field: "nobody"}], [(1, "NOT_FOUND", field)])


async def test_a_reference_of_a_kpi_to_what_is_not_there(
    small: Client, database_url: str, subtests: pytest.Subtests
) -> None:
    for case, (said, field) in OF_KPIS.items():
        with subtests.test(case):
            await refused(small, database_url, [said], [(1, "NOT_FOUND", field)])


async def test_a_reference_is_told_as_the_file_has_it(small: Client) -> None:
    [result] = (await imported(small, [objective("o9", owner="nobody")])).results
    assert result.refusal
    assert result.refusal.message == "There is no Person with the external id 'nobody'."


async def test_of_a_type_an_external_id_comes_once(small: Client, database_url: str) -> None:
    double = [person("x"), item("Team", "x", name="Team"), person("y"), person("x", name="Other"), person("y")]
    expected = [(4, "EXTERNAL_ID_DUPLICATE", "externalId"), (5, "EXTERNAL_ID_DUPLICATE", "externalId")]
    await refused(small, database_url, double, expected)


async def test_one_file_with_many_errors_tells_all_of_them(small: Client, database_url: str) -> None:
    broken: list[Any] = [
        person("p3"),
        b"nonsense",
        person("p4", email="p1@example.com"),
        *SMALL[6:10],
        objective("o9", owner="nobody"),
        objective("o8", title=" "),
        b"",
        key_result("k9", kind="DECREASE", baseline="1", target="2"),
        key_result("k8", kind="REACH", target="2"),
        check_in("c9", value="1", at="2027-01-02T00:00:00Z"),
        check_in("c8"),
    ]
    done = await refused(
        *(small, database_url, broken),
        [
            *((2, "ITEM_INVALID", ""), (3, "TAKEN", "email"), (8, "NOT_FOUND", "owner"), (9, "BLANK", "title")),
            *((11, "DIRECTION_MISMATCH", "target"), (13, "CHECK_IN_OUTSIDE_CYCLE", "at"), (14, "CHECK_IN_EMPTY", "")),
        ],
    )
    # The empty line is no item; every other one is told of.
    assert sorted(result.line for result in done.results) == [*range(1, 10), *range(11, 15)]
    assert done.outcomes == {"CREATED": 2, "FAILED": 7, "UNCHANGED": 4}
