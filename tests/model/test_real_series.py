"""Real series that statsmodels ships: lines, intervals and means of the service are those of that library.

Skipped where statsmodels is not installed: it is no dependency, for it brings numpy, scipy and pandas along.
"""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.kit.client import Client

FIRST_YEAR = 1900
HIGHEST_ERROR = 1e-9


@pytest.fixture
def statsmodels() -> Any:
    return pytest.importorskip("statsmodels.api")


async def kpi(client: Client, frequency: str, points: list[tuple[date, float]]) -> str:
    """The id of a KPI with these points."""
    made = await client.make("kpiCreate", name="Series", frequency=frequency, aggregation="AVERAGE", graceDays=1)
    for start in range(0, len(points), 500):
        given = [{"kpiId": made, "on": day.isoformat(), "value": repr(value)} for day, value in points[start:][:500]]
        payload = await client.change("kpiMeasurementsRecord", {"measurements": given}, "failed")
        assert (payload["failed"], payload["userErrors"]) == (0, [])
    return made


def near(found: Any, expected: float) -> bool:
    return float(found) == pytest.approx(expected, rel=HIGHEST_ERROR, abs=HIGHEST_ERROR)


@pytest.mark.parametrize("name", ["nile", "sunspots"])
@pytest.mark.parametrize("length", [3, 4, 5, 6, 40])
async def test_lines_and_intervals_through_yearly_series(
    client: Client, statsmodels: Any, name: str, length: int
) -> None:
    table = getattr(statsmodels.datasets, name).load_pandas().data
    years, values = (list(map(float, table[column])) for column in list(table.columns)[:2])
    series = [(int(year), value) for year, value in zip(years, values, strict=True) if year >= FIRST_YEAR][:length]
    id = await kpi(client, "YEARLY", [(date(year, 1, 1), value) for year, value in series])
    ahead = series[-1][0] + 4
    client.clock.now = datetime(series[-1][0], 12, 31, tzinfo=UTC)
    document = """query($id: ID!, $at: Date!) { kpi(id: $id) {
      changePerPeriod trend forecast(at: $at) { value lowerBound upperBound sampleSize }
    } }"""
    answer = (await client.data(document, id=id, at=f"{ahead}-06-01"))["kpi"]

    last = series[-6:]
    fit = statsmodels.OLS([value for _, value in last], statsmodels.add_constant([year for year, _ in last])).fit()
    found = fit.get_prediction([[1, ahead]]).summary_frame(alpha=0.05).iloc[0]
    assert near(answer["changePerPeriod"], fit.params[1])
    assert answer["trend"] == ("IMPROVING" if fit.params[1] > 0 else "DECLINING")
    forecast = answer["forecast"]
    assert forecast["n"] == len(last)
    assert near(forecast["value"], found["mean"])
    assert near(forecast["lower"], found["obs_ci_lower"])
    assert near(forecast["upper"], found["obs_ci_upper"])


async def test_means_of_a_weekly_series_with_gaps(client: Client, statsmodels: Any) -> None:
    table = statsmodels.datasets.co2.load_pandas().data["co2"]
    # Weeks are known by their Monday, and belong to the year in which that lies.
    weeks = table.set_axis(table.index.to_period("W-SUN").start_time)
    measured = weeks.dropna()["1980":"1999"]
    id = await kpi(client, "WEEKLY", [(day.date(), float(value)) for day, value in measured.items()])
    document = """query($id: ID!) { kpi(id: $id) {
      series(bucket: YEARLY, from: "1980-01-01", to: "1999-12-31") { startsOn value count }
    } }"""
    answer = (await client.data(document, id=id))["kpi"]["series"]
    by_year = measured.groupby(measured.index.year)
    assert [point["count"] for point in answer] == list(by_year.count())
    assert all(near(point["value"], mean) for point, mean in zip(answer, by_year.mean(), strict=True))
