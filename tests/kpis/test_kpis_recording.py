"""Recording points: each outcome, corrections and deletions, and what is refused with nothing recorded."""

from typing import Any

from tests.kit.client import Client
from tests.kit.kpis import deleted, kpi, read, record, recorded

POINTS = "measurements { nodes { startsOn value revisionNumber } totalCount }"
WHOLE = "startsOn value nullReason revisionNumber recordedAt source reason author { name }"


async def points_of(client: Client, kpi_id: str) -> list[tuple[str, str]]:
    found = await read(client, kpi_id, POINTS)
    return [(point["startsOn"], point["value"]) for point in found["measurements"]["nodes"]]


async def events(client: Client) -> int:
    return (await client.data("{ events { totalCount } }"))["events"]["totalCount"]


def point(kpi_id: str, on: str = "2026-06-01", value: str | None = "1", **more: Any) -> dict[str, Any]:
    return {"kpiId": kpi_id, "on": on, "value": value, **more}


async def test_a_point_is_created_then_unchanged_then_revised_then_deleted_then_there_again(client: Client) -> None:
    id = await kpi(client)
    created = await record(client, id, {"2026-06-15": "60"})
    assert created == {
        **{"changed": 1, "failed": 0, "userErrors": []},
        "results": [{"index": 0, "outcome": "CREATED", "startsOn": "2026-06-01", "userErrors": []}],
    }
    left = await events(client)
    payloads = [
        await record(client, id, {"2026-06-01": "60.0"}),
        await record(client, id, {"2026-06-30": "61"}),
        await deleted(client, [{"kpiId": id, "on": "2026-06-02"}]),
        await deleted(client, [{"kpiId": id, "on": "2026-06-03"}]),
        await record(client, id, {"2026-06-01": "62"}),
    ]
    assert [(payload["results"][0]["outcome"], payload["changed"]) for payload in payloads] == [
        *(("UNCHANGED", 0), ("REVISED", 1), ("DELETED", 1), ("UNCHANGED", 0), ("REVISED", 1)),
    ]
    assert await events(client) == left + 3
    assert await points_of(client, id) == [("2026-06-01", "62")]


async def test_a_correction_keeps_what_was_there_with_who_when_why_and_source(client: Client) -> None:
    id = await kpi(client)
    await recorded(client, [point(id, value="60")], source="crm", reason="First count")
    client.clock.advance(hours=1)
    await recorded(client, [point(id, value="61", source="finance", reason="Recount")], source="crm", reason="no")
    client.clock.advance(hours=1)
    await deleted(client, [{"kpiId": id, "on": "2026-06-01"}], reason="Wrong KPI")
    client.clock.advance(hours=1)
    await record(client, id, {"2026-06-01": "62"})
    author = {"author": {"name": "Olive Owner"}, "startsOn": "2026-06-01"}
    newest = {**author, "value": "62", "nullReason": None, "revisionNumber": 4, "source": None, "reason": None}
    former = [
        {**author, "value": None, "nullReason": "DELETED", "revisionNumber": 3, "source": None, "reason": "Wrong KPI"},
        {**author, "value": "61", "nullReason": None, "revisionNumber": 2, "source": "finance", "reason": "Recount"},
        {**author, "value": "60", "nullReason": None, "revisionNumber": 1, "source": "crm", "reason": "First count"},
    ]
    hours = ["2026-07-02T15:00:00Z", "2026-07-02T14:00:00Z", "2026-07-02T13:00:00Z", "2026-07-02T12:00:00Z"]
    history = [{**each, "recordedAt": hour} for each, hour in zip([newest, *former], hours, strict=True)]
    found = await read(
        client, id, f"revisions {{ nodes {{ {WHOLE} }} }} measurements {{ nodes {{ revisions {{ {WHOLE} }} }} }}"
    )
    assert found == {
        "revisions": {"nodes": history[1:]},
        "measurements": {"nodes": [{"revisions": history}]},
    }


async def test_values_of_a_point_that_is_reached_twice_are_told_once_each_time(client: Client) -> None:
    id = await kpi(client)
    await record(client, id, {"2026-06-01": "60"})
    await record(client, id, {"2026-06-01": "61"})
    cycle = await client.cycle()
    for _ in range(2):
        goal = await client.objective(cycle)
        await client.key_result(goal, kind="REACH", target="100", valueSource="KPI", sourceKpiId=id)
    selection = "kpis { measurements { nodes { revisions { value } } } }"
    found = await client.data(f"{{ objectives {{ nodes {{ {selection} }} }} }}")
    history = {"nodes": [{"revisions": [{"value": "61"}, {"value": "60"}]}]}
    assert found["objectives"]["nodes"] == [{"kpis": [{"measurements": history}]}] * 2


async def test_deleting_again_for_another_reason_changes_nothing(client: Client) -> None:
    id = await kpi(client)
    await record(client, id, {"2026-06-01": "60"})
    outcomes = []
    for reason in ("Wrong", "Wrong, as said", None):
        payload = await deleted(client, [{"kpiId": id, "on": "2026-06-01"}], reason=reason)
        outcomes.append(payload["results"][0]["outcome"])
    assert outcomes == ["DELETED", "UNCHANGED", "UNCHANGED"]


async def test_deleting_what_never_was_leaves_nothing(client: Client) -> None:
    id = await kpi(client)
    left = await events(client)
    payload = await deleted(client, [{"kpiId": id, "on": "2026-06-01"}])
    assert (payload["changed"], payload["results"][0]["outcome"]) == (0, "UNCHANGED")
    assert await events(client) == left
    assert await read(client, id, "revisions { totalCount } measurements { totalCount }") == {
        **{"revisions": {"totalCount": 0}, "measurements": {"totalCount": 0}},
    }


async def test_with_reject_all_one_bad_point_keeps_all_out(client: Client) -> None:
    id = await kpi(client)
    left = await events(client)
    payload = await recorded(client, [point(id), point(id, "2027-01-01"), point(id, "2026-05-01")])
    error = {"code": "MEASUREMENT_IN_FUTURE", "field": ["input", "measurements", "1", "on"]}
    assert payload["results"] == [
        {"index": 0, "outcome": "SKIPPED", "startsOn": "2026-06-01", "userErrors": []},
        {"index": 1, "outcome": "FAILED", "startsOn": None, "userErrors": [error]},
        {"index": 2, "outcome": "SKIPPED", "startsOn": "2026-05-01", "userErrors": []},
    ]
    assert (payload["changed"], payload["failed"], [e["code"] for e in payload["userErrors"]]) == (
        *(0, 1, ["MEASUREMENT_IN_FUTURE"]),
    )
    assert (await points_of(client, id), await events(client)) == ([], left)


async def test_with_reject_failed_the_good_ones_are_recorded(client: Client) -> None:
    id = await kpi(client)
    points = [point(id), point(id, "2027-01-01"), point(id, "2026-05-01", "2")]
    payload = await recorded(client, points, errorPolicy="REJECT_FAILED")
    assert [result["outcome"] for result in payload["results"]] == ["CREATED", "FAILED", "CREATED"]
    assert (payload["changed"], payload["failed"]) == (2, 1)
    assert await points_of(client, id) == [("2026-06-01", "1"), ("2026-05-01", "2")]


async def test_each_refusal_of_a_point_names_its_field_and_records_nothing(client: Client, stranger: Client) -> None:
    id = await kpi(client, externalId="score")
    theirs = await kpi(stranger)
    formula = await kpi(client, "Double", formula="score * 2")
    old = await kpi(client, "Old")
    await client.make("kpiArchive", id=old)
    mood = await kpi(client, "Mood", valueType="QUALITATIVE", scale=["bad", "fair", "good"])
    label: dict[str, Any] = {"value": None, "label": "superb"}
    cases: list[tuple[dict[str, Any], str, str]] = [
        (point(id, "2026-08-01"), "MEASUREMENT_IN_FUTURE", "on"),
        ({"kpiId": id, "at": "2026-08-01T00:00:00Z", "value": "1"}, "MEASUREMENT_IN_FUTURE", "at"),
        ({"kpiId": id, "value": "1"}, "DATE_MISSING", "on"),
        (point(id, at="2026-06-01T00:00:00Z"), "DATE_MISSING", "on"),
        (point(id, value=None), "VALUE_MISSING", "value"),
        (point(id, label="good"), "VALUE_MISSING", "value"),
        (point(id, **label), "LABEL_UNKNOWN", "label"),
        (point(mood, **label), "LABEL_UNKNOWN", "label"),
        (point(mood, value="0"), "VALUE_OFF_SCALE", "value"),
        (point(mood, value="4"), "VALUE_OFF_SCALE", "value"),
        (point(mood, value="1.5"), "VALUE_OFF_SCALE", "value"),
        ({"on": "2026-06-01", "value": "1"}, "KPI_MISSING", "kpiId"),
        (point(id, externalId="score"), "KPI_MISSING", "kpiId"),
        ({"externalId": "none", "on": "2026-06-01", "value": "1"}, "NOT_FOUND", "externalId"),
        ({"externalId": "", "on": "2026-06-01", "value": "1"}, "NOT_FOUND", "externalId"),
        (point(theirs), "NOT_FOUND", "kpiId"),
        (point("rubbish"), "NOT_FOUND", "kpiId"),
        (point(formula), "KPI_COMPUTED", "kpiId"),
        (point(old), "ARCHIVED", "kpiId"),
        (point(id, reason="x" * 2001), "TOO_LONG", "reason"),
        (point(id, source="x" * 201), "TOO_LONG", "source"),
    ]
    left = await events(client)
    good = point(id, "2026-05-01")
    payload = await recorded(client, [good, *(case[0] for case in cases)])
    told = [result["userErrors"] for result in payload["results"][1:]]
    assert told == [
        [{"code": code, "field": ["input", "measurements", str(place), field]}]
        for place, (_, code, field) in enumerate(cases, start=1)
    ]
    assert await events(client) == left
    assert [await points_of(client, each) for each in (id, formula, old, mood)] == [[], [], [], []]


async def test_the_same_period_twice_in_a_call_is_refused_however_it_is_named(client: Client) -> None:
    id = await kpi(client, externalId="score")
    again = {"externalId": "score", "at": "2026-06-30T12:00:00Z", "value": "2"}
    payload = await recorded(client, [point(id), again, point(id, "2026-05-31")], errorPolicy="REJECT_FAILED")
    assert [result["userErrors"] for result in payload["results"]] == [
        *([], [{"code": "MEASUREMENT_DUPLICATE", "field": ["input", "measurements", "1", "at"]}], []),
    ]
    assert await points_of(client, id) == [("2026-06-01", "1"), ("2026-05-01", "1")]


async def test_values_keep_all_of_their_digits(client: Client) -> None:
    id = await kpi(client, frequency="DAILY")
    long = ["9" * 24 + "." + "9" * 12, "-" + "9" * 24, "0.000000000001", "-0", "3500000000"]
    await record(client, id, {f"2026-06-0{n}": value for n, value in enumerate(long, start=1)})
    assert [value for _, value in await points_of(client, id)] == [*long[:3], "0", "3500000000"][::-1]


async def test_further_digits_are_rounded_half_to_even(client: Client) -> None:
    id = await kpi(client, frequency="DAILY")
    rounded = {
        **{"0.3333333333333333": "0.333333333333", "0.0000000000005": "0", "0.0000000000015": "0.000000000002"},
        **{"-0.0000000000025": "-0.000000000002", "0.0000000000001": "0", "1e-999999999": "0"},
    }
    payload = await record(client, id, {f"2026-06-0{n}": value for n, value in enumerate(rounded, start=1)})
    assert (payload["changed"], payload["failed"], payload["userErrors"]) == (len(rounded), 0, [])
    assert [value for _, value in await points_of(client, id)] == [*rounded.values()][::-1]
    # Rounded to the same, it is the same.
    payload = await record(client, id, {"2026-06-01": "0.33333333333333"})
    assert [result["outcome"] for result in payload["results"]] == ["UNCHANGED"]


async def test_one_to_a_thousand_points_are_taken(client: Client) -> None:
    id = await kpi(client, frequency="IRREGULAR")
    days = [
        f"{year}-{month:02}-{day:02}" for year in (2021, 2022, 2023) for month in range(1, 13) for day in range(1, 29)
    ]
    points = [point(id, day, str(place)) for place, day in enumerate(days)][:1000]
    more = [*points, point(id, "2026-06-01")]
    document = "mutation($i: KpiMeasurementsRecordInput!) { kpiMeasurementsRecord(input: $i) { changed } }"
    for bad in ([], more):
        answer = await client.answer(document, i={"measurements": bad})
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]
    payload = await recorded(client, points)
    assert (payload["changed"], payload["failed"], len(payload["results"])) == (1000, 0, 1000)
    assert (await recorded(client, points))["changed"] == 0
    assert (await read(client, id, "measurements { totalCount }"))["measurements"] == {"totalCount": 1000}


async def test_an_instant_belongs_to_the_day_of_the_kpis_zone(client: Client) -> None:
    days = []
    for zone in ("Pacific/Apia", "Asia/Kathmandu", "UTC", "America/New_York"):
        id = await kpi(client, zone, frequency="DAILY", timeZone=zone)
        moments = ["2026-03-29T10:59:59Z", "2026-03-31T01:00:00+02:00"]
        payload = await recorded(client, [{"kpiId": id, "at": moment, "value": "1"} for moment in moments])
        days.append([result["startsOn"] for result in payload["results"]])
    # Samoa is 13 hours ahead, Nepal 5:45, New York 4 behind.
    assert days == [
        ["2026-03-29", "2026-03-31"],
        ["2026-03-29", "2026-03-31"],
        ["2026-03-29", "2026-03-30"],
        ["2026-03-29", "2026-03-30"],
    ]


async def test_today_is_the_day_of_the_kpis_zone(client: Client) -> None:
    client.clock.now = client.clock.now.replace(hour=12)
    ahead = await kpi(client, "Samoa", frequency="DAILY", timeZone="Pacific/Apia")
    behind = await kpi(client, "London", frequency="DAILY", timeZone="Europe/London")
    payload = await recorded(client, [point(ahead, "2026-07-03"), point(behind, "2026-07-03")])
    assert [[error["code"] for error in result["userErrors"]] for result in payload["results"]] == [
        *([], ["MEASUREMENT_IN_FUTURE"]),
    ]


async def test_points_belong_to_the_quarters_and_years_of_the_fiscal_year(client: Client) -> None:
    await client.make("organizationUpdate", fiscalYearStartMonth=4)
    starts = []
    for frequency in ("WEEKLY", "MONTHLY", "QUARTERLY", "YEARLY"):
        id = await kpi(client, frequency, frequency=frequency)
        payload = await recorded(client, [point(id, "2026-03-31"), point(id, "2026-07-01")])
        starts.append([result["startsOn"] for result in payload["results"]])
    assert starts == [
        ["2026-03-30", "2026-06-29"],
        ["2026-03-01", "2026-07-01"],
        ["2026-01-01", "2026-07-01"],
        ["2025-04-01", "2026-04-01"],
    ]


async def test_a_qualitative_kpi_takes_its_labels_and_shows_them(client: Client) -> None:
    mood = await kpi(client, "Mood", valueType="QUALITATIVE", scale=["bad", "fair", "good"])
    await recorded(client, [{"kpiId": mood, "on": "2026-05-01", "label": "good"}, point(mood, value="1")])
    assert await read(client, mood, "current currentLabel previous scale") == {
        **{"current": "1", "currentLabel": "bad", "previous": "3", "scale": ["bad", "fair", "good"]},
    }
