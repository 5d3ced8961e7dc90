"""Points with values, days or instants that cannot be read: each is told of its item, beside good ones."""

from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.kpis import kpi, read, record

ERRORS = "userErrors { code field message parameters }"
DOCUMENT = f"""mutation($i: KpiMeasurementsRecordInput!) {{ payload: kpiMeasurementsRecord(input: $i) {{
    changed failed results {{ index outcome kpi {{ id }} startsOn {ERRORS} }} kpis {{ id }} {ERRORS} }} }}"""
DELETE = DOCUMENT.replace("Record", "Delete")
BAD_VALUES: dict[str, Any] = {
    "a word": "many",
    "nothing": "",
    "not a number": "NaN",
    "infinite": "-Infinity",
    "too many digits": "1" + "0" * 24,
    "rounds to too many digits": "9" * 24 + ".9999999999999",
    "far too large": "1e999999999",
    "far too long": "1" * 101,
    "digits of another alphabet": "\u0661",
    "an underscore": "1_0",
    "a comma": "1,5",
    "a boolean": True,
    "a list": ["1"],
    "an object": {"value": 1},
    "a float that has lost digits": 9007199254740994.0,
}
BAD_DAYS: dict[str, Any] = {
    "too early": "1899-12-31",
    "too late": "2201-01-01",
    "year nought": "0000-01-01",
    "five digits": "99999-01-01",
    "none of the calendar": "2026-02-29",
    "short": "2026-6-1",
    "nothing": "",
    "an instant": "2026-06-01T00:00:00Z",
    "a number": 20260601,
    "a list": ["2026-06-01"],
}
BAD_INSTANTS: dict[str, Any] = {
    "no offset": "2026-06-01T09:00:00",
    "a day": "2026-06-01",
    "offset without a colon": "2026-06-01T09:00:00+0200",
    "hour 25": "2026-06-01T25:00:00Z",
    "too early": "1899-12-31T23:59:59Z",
    "nothing": "",
    "a number": 1780000000,
    "an object": {"at": "2026-06-01T09:00:00Z"},
}
CASES = [
    pytest.param(field, value, id=f"{field}: {case}")
    for field, values in {"value": BAD_VALUES, "on": BAD_DAYS, "at": BAD_INSTANTS}.items()
    for case, value in values.items()
]


def point(kpi_id: str, on: str | None = "2026-06-01", value: Any = "1", **more: Any) -> dict[str, Any]:
    return {"kpiId": kpi_id, "on": on, "value": value, **more}


def spoilt(kpi_id: str, field: str, value: Any) -> dict[str, Any]:
    """A point of June whose one field cannot be read."""
    return point(kpi_id, **({"on": None, "at": value} if field == "at" else {field: value}))


def good(index: int, kpi_id: str, starts_on: str, outcome: str = "CREATED") -> dict[str, Any]:
    return {"index": index, "outcome": outcome, "kpi": {"id": kpi_id}, "startsOn": starts_on, "userErrors": []}


def bad(index: int, errors: list[dict[str, Any]]) -> dict[str, Any]:
    return {"index": index, "outcome": "FAILED", "kpi": None, "startsOn": None, "userErrors": errors}


async def sent(client: Client, points: list[dict[str, Any]], document: str = DOCUMENT, **more: Any) -> dict[str, Any]:
    """The payload for these points, whose messages are not empty and tell no more than their parameters."""
    payload = (await client.data(document, i={"measurements": points, **more}))["payload"]
    for error in payload["userErrors"]:
        assert error["message"]
        if error["code"] == "VALUE_INVALID":
            assert error["parameters"] == {"problem": error["message"]}
    return payload


async def values_of(client: Client, kpi_id: str) -> dict[str, str]:
    found = await read(client, kpi_id, "measurements { nodes { startsOn value } }")
    return {each["startsOn"]: each["value"] for each in found["measurements"]["nodes"]}


def told(payload: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(error["code"], error["field"]) for error in payload["userErrors"]]


@pytest.mark.parametrize(("field", "value"), CASES)
async def test_a_point_that_cannot_be_read_is_refused_beside_good_ones(client: Client, field: str, value: Any) -> None:
    id = await kpi(client)
    points = [point(id, "2026-04-01"), spoilt(id, field, value), point(id, "2026-05-01", "2")]
    before = await client.data("{ events { totalCount } }")

    payload = await sent(client, points)
    errors = payload["userErrors"]
    assert told(payload) == [("VALUE_INVALID", ["input", "measurements", "1", field])]
    skipped = [good(index, id, day, "SKIPPED") for index, day in ((0, "2026-04-01"), (2, "2026-05-01"))]
    assert payload == {
        **{"changed": 0, "failed": 1, "kpis": [{"id": id}], "userErrors": errors},
        "results": [skipped[0], bad(1, errors), skipped[1]],
    }
    assert await values_of(client, id) == {}
    assert await client.data("{ events { totalCount } }") == before

    payload = await sent(client, points, errorPolicy="REJECT_FAILED")
    assert payload == {
        **{"changed": 2, "failed": 1, "kpis": [{"id": id}], "userErrors": errors},
        "results": [good(0, id, "2026-04-01"), bad(1, errors), good(2, id, "2026-05-01")],
    }
    assert await values_of(client, id) == {"2026-04-01": "1", "2026-05-01": "2"}


@pytest.mark.parametrize(
    ("field", "literal"),
    [
        *(("value", each) for each in ('"many"', "true", "MANY", '["1"]', "{a: 1}", "1e24")),
        *(("on", each) for each in ('"2026-02-29"', "2026")),
        *(("at", each) for each in ('"2026-06-01"', "1.5")),
    ],
)
async def test_a_document_with_a_literal_that_cannot_be_read_is_invalid(
    client: Client, field: str, literal: str
) -> None:
    id = await kpi(client)
    day = "" if field in ("on", "at") else 'on: "2026-06-01"'
    number = "" if field == "value" else 'value: "1"'
    document = f"""mutation {{ kpiMeasurementsRecord(input: {{errorPolicy: REJECT_FAILED, measurements: [
        {{kpiId: "{id}", on: "2026-05-01", value: "1"}},
        {{kpiId: "{id}", {day} {number} {field}: {literal}}}]}}) {{ changed }} }}"""
    answer = await client.answer(document)
    assert "data" not in answer
    [error] = answer["errors"]
    path = ["input", "measurements", 1, field]
    assert error["extensions"] == {"inputPath": path, "code": "GRAPHQL_VALIDATION_FAILED"}
    assert await values_of(client, id) == {}


async def test_a_literal_keeps_all_of_its_digits(client: Client) -> None:
    id = await kpi(client)
    document = f"""mutation {{ kpiMeasurementsRecord(input: {{measurements: [
        {{kpiId: "{id}", on: "2026-05-01", value: 9007199254740993.5}}]}}) {{ changed }} }}"""
    assert await client.data(document) == {"kpiMeasurementsRecord": {"changed": 1}}
    assert await values_of(client, id) == {"2026-05-01": "9007199254740993.5"}


async def test_a_variable_inside_a_literal_belongs_to_no_item(client: Client) -> None:
    id = await kpi(client)
    document = f"""mutation($v: Decimal, $on: Date) {{ kpiMeasurementsRecord(input: {{
        errorPolicy: REJECT_FAILED, measurements: [{{kpiId: "{id}", on: $on, value: $v}},
        {{kpiId: "{id}", on: "2026-05-01", value: "1"}}]}}) {{ changed }} }}"""
    answer = await client.answer(document, v="many", on="never")
    assert [error["extensions"] for error in answer["errors"]] == [
        {"inputPath": [name], "code": "BAD_USER_INPUT"} for name in ("v", "on")
    ]
    assert await values_of(client, id) == {}


async def test_all_faults_of_one_point_are_told_at_once(client: Client) -> None:
    id = await kpi(client, valueType="QUALITATIVE", scale=["bad", "good"])
    computed = await kpi(client, "Computed", formula="1")
    long = "x" * 201
    points: list[dict[str, Any]] = [
        point(id, "2026-06-31", "many", at="yesterday", source=long, reason="x" * 2001),
        point(computed, "2026-08-01", "1e99", source=long),
        point("nonsense", "never", "many"),
        {"externalId": "nobody", "source": long},
        {"kpiId": id, "on": "2026-08-01", "value": "3"},
        {"value": "many", "label": "good"},
        {"kpiId": id, "label": "fair"},
    ]
    payload = await sent(client, points, errorPolicy="REJECT_FAILED")
    expected = [
        [
            *[("TOO_LONG", "source"), ("TOO_LONG", "reason")],
            *[("VALUE_INVALID", name) for name in ("on", "at", "value")],
        ],
        [
            ("TOO_LONG", "source"),
            ("VALUE_INVALID", "value"),
            ("KPI_COMPUTED", "kpiId"),
            ("MEASUREMENT_IN_FUTURE", "on"),
        ],
        [("NOT_FOUND", "kpiId"), ("VALUE_INVALID", "on"), ("VALUE_INVALID", "value")],
        [("TOO_LONG", "source"), ("DATE_MISSING", "on"), ("VALUE_MISSING", "value"), ("NOT_FOUND", "externalId")],
        [("VALUE_OFF_SCALE", "value"), ("MEASUREMENT_IN_FUTURE", "on")],
        [("VALUE_INVALID", "value"), ("KPI_MISSING", "kpiId"), ("DATE_MISSING", "on")],
        [("DATE_MISSING", "on"), ("LABEL_UNKNOWN", "label")],
    ]
    assert [
        [(error["code"], error["field"][-1]) for error in result["userErrors"]] for result in payload["results"]
    ] == expected
    assert told(payload) == [
        (code, ["input", "measurements", str(index), field])
        for index, errors in enumerate(expected)
        for code, field in errors
    ]
    assert (payload["changed"], payload["failed"], payload["kpis"]) == (0, len(points), [])
    assert await values_of(client, id) == {}


async def test_an_unreadable_number_of_an_archived_kpi_tells_both(client: Client) -> None:
    id = await kpi(client)
    await client.make("kpiArchive", id=id)
    payload = await sent(client, [point(id, value="many")])
    assert told(payload) == [
        ("VALUE_INVALID", ["input", "measurements", "0", "value"]),
        ("ARCHIVED", ["input", "measurements", "0", "kpiId"]),
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [case for case in CASES if case.values[0] != "value"],
)
async def test_a_deletion_that_cannot_be_read_is_refused_beside_good_ones(
    client: Client, field: str, value: Any
) -> None:
    id = await kpi(client)
    values = {"2026-04-01": "1", "2026-05-01": "2", "2026-06-01": "3"}
    await record(client, id, values)
    points = [{"kpiId": id, "on": "2026-04-01"}, {"kpiId": id, field: value}, {"kpiId": id, "on": "2026-05-01"}]

    payload = await sent(client, points, DELETE)
    errors = payload["userErrors"]
    assert told(payload) == [("VALUE_INVALID", ["input", "measurements", "1", field])]
    skipped = [good(index, id, day, "SKIPPED") for index, day in ((0, "2026-04-01"), (2, "2026-05-01"))]
    assert payload == {
        **{"changed": 0, "failed": 1, "kpis": [{"id": id}], "userErrors": errors},
        "results": [skipped[0], bad(1, errors), skipped[1]],
    }
    assert await values_of(client, id) == values

    payload = await sent(client, points, DELETE, errorPolicy="REJECT_FAILED")
    assert payload == {
        **{"changed": 2, "failed": 1, "kpis": [{"id": id}], "userErrors": errors},
        "results": [good(0, id, "2026-04-01", "DELETED"), bad(1, errors), good(2, id, "2026-05-01", "DELETED")],
    }
    assert await values_of(client, id) == {"2026-06-01": "3"}


async def test_all_faults_of_one_deletion_are_told_at_once(client: Client) -> None:
    points = [{"kpiId": "nonsense", "on": "never", "at": "never"}, {"externalId": "nobody"}, {}]
    payload = await sent(client, points, DELETE, reason="x" * 2001)
    assert told(payload) == [
        ("TOO_LONG", ["input", "reason"]),
        ("NOT_FOUND", ["input", "measurements", "0", "kpiId"]),
        ("VALUE_INVALID", ["input", "measurements", "0", "on"]),
        ("VALUE_INVALID", ["input", "measurements", "0", "at"]),
        ("TOO_LONG", ["input", "reason"]),
        ("DATE_MISSING", ["input", "measurements", "1", "on"]),
        ("NOT_FOUND", ["input", "measurements", "1", "externalId"]),
        ("TOO_LONG", ["input", "reason"]),
        ("KPI_MISSING", ["input", "measurements", "2", "kpiId"]),
        ("DATE_MISSING", ["input", "measurements", "2", "on"]),
    ]
