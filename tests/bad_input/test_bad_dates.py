"""Days and instants that do not exist, have no offset, or lie beyond the years 1900 to 2200."""

from typing import Any

import pytest

from tests.bad_input.asking import BAD, LITERAL, Asker

NO_INSTANTS: list[Any] = [
    *("", " ", "x", "now", "2026-07-01", "2026-07-01T09:00:00", "2026-07-01T09:00:00.5", "2026-07-01 09:00:00"),
    *("2026-07-01T09:00:00+99:99", "2026-07-01T09:00:00+24:00", "2026-07-01T09:00:00+9", "2026-07-01T09:00:00ZZ"),
    *("2026-02-29T00:00:00Z", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z"),
    *("2026-07-01T24:00:01Z", "2026-07-01T25:00:00Z", "2026-07-01T09:60:00Z", "2026-07-01T09:00:61Z"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0000-01-01T00:00:00Z", "-0001-01-01T00:00:00Z"),
    *("1900-01-01T00:00:00+14:00", "2200-12-31T23:59:59-14:00"),
    *("1899-12-31T23:59:59Z", "2201-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "275760-09-13T00:00:00Z"),
    *(
        "\uff12\uff10\uff12\uff16-07-01T09:00:00Z",
        "2026-07-01T09:00:00Z\n",
        "2026-07-01T09:00:00Z" + "0" * 100_000,
        "infinity",
        "1e9",
    ),
    *(0, 1782993600, 1e308, -1, True, [], {}, ["2026-07-01T09:00:00Z"] * 2),
]
# RFC 3339 has neither weeks nor the basic format, and no seconds in an offset.
NOT_OF_RFC_3339 = [
    *("2026-W27-3T09:00:00Z", "20260701T090000Z", "2026-07-01T09Z", "2026-07-01T09:00:00 Z"),
    *("2026-07-01T09:00:00+00:00:30", "2026-07-01T09:00:00+0200", "2026-07-01T09:00:00,5Z"),
]
NO_DAYS: list[Any] = [
    *("", "x", "2026-02-29", "2100-02-29", "2026-04-31", "2026-13-01", "2026-00-10", "2026-1-1", "20260101", "2026"),
    *("0001-01-01", "9999-12-31", "1899-12-31", "2201-01-01", "0000-01-01", "-001-01-01", "12026-01-01", "2026-W01-1"),
    *(
        "2026-01-01T00:00:00Z",
        "2026-01-01 ",
        "\uff12\uff10\uff12\uff16-01-01",
        "01/02/2026",
        20260101,
        0,
        1.5,
        True,
        [],
        {},
        ["2026-01-01"] * 10,
    ),
]


@pytest.mark.parametrize("value", [*NO_INSTANTS, *NOT_OF_RFC_3339], ids=lambda value: repr(value)[:40])
async def test_no_instant(asker: Asker, value: Any) -> None:
    async with asker.unchanged():
        assert await asker.moved("keyResultCheckIn", at=value) == BAD
        assert await asker.moved("objectiveUpdate", effectiveAt=value) == BAD
        assert await asker.moved("milestoneUpdate", doneAt=value) == BAD
        for mutation in ("kpiUpdate", "kpiTargetUpdate"):
            assert await asker.moved(mutation, effectiveAt=value) == BAD
        for mutation in ("kpiMeasurementsRecord", "kpiMeasurementsDelete"):
            unreadable = [("VALUE_INVALID", "input.measurements.0.at")]
            assert await asker.moved(mutation, **{"measurements.0.on": None, "measurements.0.at": value}) == unreadable
        filtered = "query($at: DateTime) { objectives(filter: {createdAt: {gte: $at}}) { totalCount } }"
        assert await asker.codes(filtered, at=value) == BAD


@pytest.mark.parametrize("value", NO_DAYS, ids=lambda value: repr(value)[:40])
async def test_no_day(asker: Asker, value: Any) -> None:
    async with asker.unchanged():
        for field in ("startsOn", "endsOn"):
            assert await asker.moved("cycleCreate", **{field: value}) == BAD
            for mutation in ("cycleUpdate", "kpiTargetCreate", "kpiTargetUpdate"):
                assert await asker.moved(mutation, **{field: value}) == BAD
        for mutation in ("kpiMeasurementsRecord", "kpiMeasurementsDelete"):
            assert await asker.moved(mutation, **{"measurements.0.on": value}) == [
                ("VALUE_INVALID", "input.measurements.0.on")
            ]
        for field in (
            "series(from: $day) { value }",
            "series(to: $day) { value }",
            "missingPeriods(from: $day)",
            "missingPeriods(to: $day)",
        ):
            assert await asker.codes(f"query($day: Date) {{ kpis {{ nodes {{ {field} }} }} }}", day=value) == BAD
        forecast = "query($day: Date!) { kpis { nodes { forecast(at: $day) { value } } } }"
        assert await asker.codes(forecast, day=value) == BAD
        filtered = "query($day: Date) { cycles(filter: {startsOn: {lt: $day}}) { totalCount } }"
        assert await asker.codes(filtered, day=value) == BAD


@pytest.mark.parametrize("literal", ['"2026-02-29"', "2026", "true", "[1]", "{}", "X", '"0001-01-01T00:00:00+14:00"'])
async def test_neither_as_a_literal(asker: Asker, literal: str) -> None:
    for field, scalar in (("createdAt", "gte"), ("endsOn", "lt")):
        document = f"{{ cycles(filter: {{{field}: {{{scalar}: {literal}}}}}) {{ totalCount }} }}"
        assert await asker.codes(document) in LITERAL


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("2026-07-01T14:00:00+14:00", "2026-07-01T00:00:00Z"),
        ("2026-06-30T12:00:00-12:00", "2026-07-01T00:00:00Z"),
        ("2026-07-01T09:00:00.123456Z", "2026-07-01T09:00:00.123456Z"),
        ("2026-07-01T09:00:00.5-00:00", "2026-07-01T09:00:00.500000Z"),
        ("2026-07-01t09:00:00z", "2026-07-01T09:00:00Z"),
        ("1900-01-01T14:00:00+14:00", "1900-01-01T00:00:00Z"),
        ("2026-07-01T09:59:59-14:00", "2026-07-01T23:59:59Z"),
    ],
)
async def test_every_offset_is_the_same_instant(asker: Asker, given: str, shown: str) -> None:
    assert await asker.moved("milestoneUpdate", doneAt=given) is None
    document = "query($id: ID!) { node(id: $id) { ... on Milestone { doneAt } } }"
    answer = await asker.client.answer(document, id=asker.estate.ids["stage"])
    assert answer == {"data": {"node": {"doneAt": shown}}}


@pytest.mark.parametrize(
    "at", ["1900-01-01T00:00:00Z", "2025-12-31T23:59:59Z", "2027-01-01T00:00:00Z", "2200-12-31T23:59:59Z"]
)
async def test_an_instant_that_cannot_be_meant(asker: Asker, at: str) -> None:
    async with asker.unchanged():
        for mutation in ("keyResultCheckIn", "objectiveCheckIn"):
            assert await asker.moved(mutation, at=at) == [("CHECK_IN_OUTSIDE_CYCLE", "input.at")]
        changes = (
            "objectiveUpdate",
            "keyResultUpdate",
            "milestoneUpdate",
            "cycleUpdate",
            "kpiUpdate",
            "kpiTargetUpdate",
        )
        for mutation in changes:
            expected = [("EFFECTIVE_AT_OUT_OF_RANGE", "input.effectiveAt")]
            assert await asker.moved(mutation, effectiveAt=at) == expected


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        ("1900-01-01", "2200-12-31"),
        ("2200-12-31", "2200-12-31"),
        ("1900-01-01", "1900-01-01"),
        ("2024-02-29", "2024-02-29"),
    ],
)
async def test_the_longest_and_the_shortest_cycle(asker: Asker, starts: str, ends: str) -> None:
    cycle = await asker.client.cycle(starts, ends)
    objective = await asker.client.objective(cycle)
    await asker.client.key_result(objective, kind="BINARY")
    document = "query($id: ID!) { objective(id: $id) { status pace cycle { startsOn endsOn elapsed } } }"
    seen = (await asker.client.data(document, id=objective))["objective"]["cycle"]
    assert (seen["startsOn"], seen["endsOn"]) == (starts, ends)
    await asker.client.make("cycleUpdate", id=cycle, startsOn="1900-01-01", endsOn="2200-12-31")


async def test_a_cycle_that_ends_before_it_starts(asker: Asker) -> None:
    async with asker.unchanged():
        for mutation in ("cycleCreate", "cycleUpdate"):
            expected = [("CYCLE_DATES_INVERTED", "input.endsOn")]
            assert await asker.moved(mutation, startsOn="2026-07-01", endsOn="2026-06-30") == expected
            parts = [("CYCLE_OUTSIDE_PARENT", "input.parentId")]
            assert await asker.moved(mutation, startsOn="2025-12-31", endsOn="2026-06-30") == parts


@pytest.mark.parametrize("day", ["2026-08-01", "2027-01-01", "2200-12-31"])
async def test_a_point_in_the_future(asker: Asker, day: str) -> None:
    async with asker.unchanged():
        for mutation in ("kpiMeasurementsRecord", "kpiMeasurementsDelete"):
            expected = [("MEASUREMENT_IN_FUTURE", "input.measurements.0.on")]
            assert await asker.moved(mutation, **{"measurements.0.on": day}) == expected
            at = {"measurements.0.on": None, "measurements.0.at": f"{day}T00:00:00Z"}
            assert await asker.moved(mutation, **at) == [("MEASUREMENT_IN_FUTURE", "input.measurements.0.at")]


async def test_a_target_that_ends_before_it_starts(asker: Asker) -> None:
    async with asker.unchanged():
        for mutation in ("kpiTargetCreate", "kpiTargetUpdate"):
            expected = [("TARGET_DATES_INVERTED", "input.endsOn")]
            assert await asker.moved(mutation, startsOn="2200-12-31", endsOn="1900-01-01") == expected


async def test_the_first_and_the_last_day_of_all(asker: Asker) -> None:
    kpi = await asker.client.make("kpiCreate", name="Old", frequency="YEARLY")
    move = {"measurements": [{"kpiId": kpi, "on": "1900-01-01", "value": "1"}]}
    assert await asker.moved("kpiMeasurementsRecord", move) is None
    goal = {"kpiId": kpi, "startsOn": "1900-01-01", "endsOn": "2200-12-31", "value": "1"}
    assert await asker.moved("kpiTargetCreate", goal) is None
    document = """query($id: ID!) { kpi(id: $id) { currentPeriodStart status freshness nextMeasurementDueAt
        forecast(at: "2200-12-31") { sampleSize }
        first: series(from: "1900-01-01", to: "1900-12-31") { startsOn endsOn value status }
        last: series(from: "2200-12-31", to: "2200-12-31") { startsOn endsOn value status }
        missingPeriods(from: "1900-01-01", to: "1902-12-31") } }"""
    assert (await asker.client.data(document, id=kpi))["kpi"] == {
        **{
            "currentPeriodStart": "1900-01-01",
            "status": "NO_DATA",
            "freshness": "MISSING",
            "nextMeasurementDueAt": "1902-01-01T00:00:00Z",
        },
        "forecast": {"sampleSize": 1},
        "first": [{"startsOn": "1900-01-01", "endsOn": "1900-12-31", "value": "1", "status": "GREEN"}],
        "last": [{"startsOn": "2200-01-01", "endsOn": "2200-12-31", "value": None, "status": "NO_DATA"}],
        "missingPeriods": ["1901-01-01", "1902-01-01"],
    }
    for bounds in (
        'from: "1900-01-01"',
        'from: "2026-01-02", to: "2026-01-01"',
        'to: "2200-12-31", from: "1900-01-01"',
    ):
        for field in (f"series({bounds}) {{ value }}", f"missingPeriods({bounds})"):
            assert await asker.codes(f"query($id: ID!) {{ kpi(id: $id) {{ {field} }} }}", id=kpi) == BAD
    for bounds in ('to: "1900-01-01"', 'from: "1900-01-01", to: "1929-12-31"', 'from: "2026-01-01"'):
        for field in (f"series({bounds}) {{ value }}", f"missingPeriods({bounds})"):
            assert await asker.codes(f"query($id: ID!) {{ kpi(id: $id) {{ {field} }} }}", id=kpi) == []
