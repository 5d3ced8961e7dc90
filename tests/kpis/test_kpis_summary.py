"""What a KPI says of itself through the API where points are missing, deleted or of another time."""

from tests.kit.client import Client
from tests.kit.kpis import deleted, kpi, read, record, recorded, target, values


async def test_after_a_deletion_the_point_before_is_judged_by_its_own_target(client: Client) -> None:
    id = await kpi(client)
    await target(client, id, "50", endsOn="2026-05-31")
    await record(client, id, {"2026-05-01": "50", "2026-06-01": "70"})
    await deleted(client, [{"kpiId": id, "on": "2026-06-01"}])
    assert await read(client, id, "current currentPeriodStart target attainment status statusReason") == {
        **{"current": "50", "currentPeriodStart": "2026-05-01", "target": "50", "attainment": 1, "status": "GREEN"},
        "statusReason": "RATIO_THRESHOLDS",
    }


async def test_while_an_input_is_missing_the_point_before_is_judged_by_its_own_target(client: Client) -> None:
    a, b = await kpi(client, "A", externalId="a"), await kpi(client, "B", externalId="b")
    total = await kpi(client, "Total", formula="a + b")
    await target(client, total, "3", endsOn="2026-05-31")
    await record(client, a, {"2026-05-01": "1", "2026-06-01": "1"})
    await record(client, b, {"2026-05-01": "2"})
    assert await read(client, total, "current target status") == {"current": "3", "target": "3", "status": "GREEN"}


async def test_gaps_begin_at_the_first_point_also_when_it_lies_before_the_window(client: Client) -> None:
    id = await kpi(client)
    await record(client, id, {"2025-01-01": "1", "2026-05-01": "2"})
    assert (await read(client, id, 'missingPeriods(from: "2026-03-01")'))["missingPeriods"] == [
        *("2026-03-01", "2026-04-01", "2026-06-01"),
    ]
    silent = await kpi(client, "Silent")
    await record(client, silent, {"2025-01-01": "1"})
    assert (await read(client, silent, 'missingPeriods(from: "2026-04-01")'))["missingPeriods"] == [
        *("2026-04-01", "2026-05-01", "2026-06-01"),
    ]
    never = await kpi(client, "Never")
    assert (await read(client, never, 'missingPeriods(from: "2026-04-01")'))["missingPeriods"] == []


async def test_a_period_that_is_not_over_is_no_gap(client: Client) -> None:
    id = await kpi(client, frequency="WEEKLY")
    await record(client, id, {"2026-06-08": "1"})
    for last in ("2026-07-02", "2026-12-31", None):
        to = f'(to: "{last}")' if last else ""
        assert (await read(client, id, f"missingPeriods{to}"))["missingPeriods"] == ["2026-06-15", "2026-06-22"]


async def test_a_forecast_of_two_values_among_gaps_says_two(client: Client) -> None:
    a = await kpi(client, "A", externalId="a")
    ratio = await kpi(client, "Ratio", formula="1 / a")
    points = {"2026-02-01": "1", "2026-03-01": "0", "2026-04-01": "0", "2026-05-01": "2", "2026-06-01": "0"}
    await record(client, a, points)
    selection = 'forecast(at: "2026-12-31") { sampleSize reason value }'
    assert (await read(client, ratio, selection))["forecast"] == {
        "sampleSize": 2,
        "reason": "TOO_FEW_MEASUREMENTS",
        "value": None,
    }


async def test_a_series_of_a_counting_kpi_shows_its_values_and_counts_them_in_longer_periods(client: Client) -> None:
    id = await kpi(client, aggregation="COUNT")
    await target(client, id, "100")
    await record(client, id, {"2026-04-01": "90", "2026-05-01": "110"})
    assert await values(client, id, "2026-04-01", "2026-05-31") == ["90", "110"]
    quarter = await read(
        client, id, 'current series(from: "2026-04-01", to: "2026-06-30", bucket: QUARTERLY) { value }'
    )
    assert quarter == {"current": "110", "series": [{"value": "2"}]}


async def test_a_target_that_does_not_fit_another_direction_keeps_the_kpi_from_it(client: Client) -> None:
    id = await kpi(client)
    await target(client, id, "50")
    await record(client, id, {"2026-06-01": "50"})
    assert await client.refused("kpiUpdate", id=id, direction="RANGE") == ("TARGET_INCOMPLETE", ["input", "direction"])
    assert await read(client, id, "direction status") == {"direction": "HIGHER", "status": "GREEN"}
    assert await client.make("kpiUpdate", "direction status", id=id, direction="LOWER") == {
        **{"direction": "LOWER", "status": "GREEN"},
    }


async def test_downsampling_keeps_the_peak_and_bad_sizes_are_refused(client: Client) -> None:
    id = await kpi(client, frequency="DAILY")
    points = [
        {"kpiId": id, "on": f"2026-06-{day:02}", "value": "99" if day == 17 else str(day % 5)} for day in range(1, 31)
    ]
    await recorded(client, points)
    window = 'from: "2026-06-01", to: "2026-06-30"'
    few = (await read(client, id, f"series({window}, maxBuckets: 8) {{ startsOn value }}"))["series"]
    assert (len(few) <= 8, few[0]["startsOn"], few[-1]["startsOn"]) == (True, "2026-06-01", "2026-06-30")
    assert {"startsOn": "2026-06-17", "value": "99"} in few
    document = "query($id: ID!, $most: Int) { kpi(id: $id) { series(maxBuckets: $most) { value } } }"
    for most in (3, 0, -1, 5001):
        answer = await client.answer(document, id=id, most=most)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


async def test_windows_that_are_turned_round_or_too_long_are_refused(client: Client) -> None:
    id = await kpi(client)
    document = "query($id: ID!, $a: Date, $b: Date) { kpi(id: $id) { series(from: $a, to: $b) { value } } }"
    for first, last in (("2026-02-01", "2026-01-31"), ("1900-01-01", "2026-01-01"), ("2027-01-01", None)):
        answer = await client.answer(document, id=id, a=first, b=last)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]
    for day in ("1900-01-01", "2200-12-31"):
        found = await client.data(document, id=id, a=day, b=day)
        assert found == {"kpi": {"series": [{"value": None}]}}
