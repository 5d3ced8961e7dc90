"""How many messages reads and writes of KPIs send is fixed by their document, not by KPIs or points."""

from datetime import date, timedelta
from typing import Any

from service.settings import Settings
from tests.kit.client import Client, Statements
from tests.kit.kpis import kpi, record, recorded, target

WINDOW = 'from: "2023-01-01", to: "2026-06-30"'
HALF_YEAR = 'from: "2026-01-01", to: "2026-06-30"'

LOOKS_AHEAD = Settings().executor == "breadth-first"
# With BEGIN and COMMIT. What one level asks for is one message; graphql-core comes to its fields at several times.
MESSAGES = {
    "name current previous change attainment status freshness trend changePerPeriod nextMeasurementDueAt": 3,
    f"series({WINDOW}) {{ value target status }}": 4,
    f"series({WINDOW}, bucket: MONTHLY, maxBuckets: 10) {{ value }}": 5,
    f"series({HALF_YEAR}) {{ value }} missingPeriods({HALF_YEAR})": 4,
    'forecast(at: "2026-12-31") { value lowerBound upperBound requiredPerPeriod } status': 4,
    "targets { value } parent { name children { name } }": 3 if LOOKS_AHEAD else 6,
    "measurements(first: 5) { nodes { value revisions { value } } totalCount }": 4 if LOOKS_AHEAD else 5,
    "revisions(first: 5) { nodes { value author { name } } }": 3 if LOOKS_AHEAD else 4,
    "keyResults { id } objectives { id }": 3 if LOOKS_AHEAD else 4,
}


async def messages(statements: Statements, work: Any) -> int:
    """How many messages some work sends; without those by which a connection asks for types or is bound to a tenant."""
    sent = await statements.of(work)
    return sum("typeinfo" not in each and "'jit'" not in each and "SET SESSION" not in each for each in sent)


async def watched(client: Client, kpis: int, points: int) -> list[str]:
    """KPIs with targets, a parent, and so many daily points each."""
    top = await kpi(client, "Top")
    ids = [await kpi(client, f"KPI {n:02}", parentId=top, frequency="DAILY") for n in range(kpis)]
    days = [str(date(2026, 6, 30) - timedelta(days=n)) for n in range(points)]
    for id in ids:
        await target(client, id, "10", startsOn="2020-01-01")
        await recorded(client, [{"kpiId": id, "on": day, "value": str(n % 17)} for n, day in enumerate(days)])
    return ids


async def test_a_list_of_kpis_sends_as_many_messages_for_five_as_for_fifty(
    client: Client, statements: Statements
) -> None:
    counts: list[dict[str, int]] = []
    for more in (5, 45):
        await watched(client, more, 10)
        counts.append({})
        for fields in MESSAGES:
            document = f'{{ kpis(first: 50, filter: {{name: {{contains: "KPI"}}}}) {{ nodes {{ {fields} }} }} }}'
            counts[-1][fields] = await messages(statements, client.data(document))
    # One that was read by a single statement needs no transaction the next time.
    assert counts == [MESSAGES, {fields: 1 if sent == 3 else sent for fields, sent in MESSAGES.items()}]


async def test_a_series_sends_as_many_messages_for_ten_points_as_for_a_thousand(
    client: Client, statements: Statements
) -> None:
    for arguments, sent_at_most, counted in ((WINDOW, 4, [10, 1000]), (f"{WINDOW}, bucket: WEEKLY", 5, [3, 144])):
        document = f"query($id: ID!) {{ kpi(id: $id) {{ status series({arguments}) {{ value }} trend }} }}"
        found: list[Any] = []
        for points in (10, 1000):
            [id] = await watched(client, 1, points)
            sent = await messages(statements, client.data(document, id=id))
            series = (await client.data(document, id=id))["kpi"]["series"]
            found.append((sent, sum(point["value"] is not None for point in series)))
        assert found == [(sent_at_most, count) for count in counted]


async def test_recording_sends_as_many_messages_for_ten_points_as_for_a_thousand(
    client: Client, statements: Statements
) -> None:
    counts = []
    driven = await kpi(client, "Driven", externalId="driven", frequency="DAILY")
    idle = await kpi(client, "Idle", frequency="DAILY")
    await kpi(client, "Made", formula="driven * 2 + lag(driven, 1)", frequency="DAILY")
    for id in (idle, driven):
        for many in (10, 1000):
            days = [str(date(2026, 6, 30) - timedelta(days=n)) for n in range(many)]
            points = {day: str(many) for day in days}
            counts.append(await messages(statements, record(client, id, points)))
    assert counts[0] == counts[1]
    assert counts[2] == counts[3]
    assert counts[2] > counts[0]


async def test_recording_sends_as_many_messages_for_one_kpi_as_for_fifty(
    client: Client, statements: Statements
) -> None:
    ids = [await kpi(client, f"KPI {number:02}", frequency="DAILY") for number in range(50)]
    counts = []
    for id_count, day in ((1, 1), (1, 2), (50, 3)):
        points = [{"kpiId": id, "on": f"2026-06-0{day}", "value": "1"} for id in ids[:id_count]]
        counts.append(await messages(statements, recorded(client, points)))
    # The first ones also describe what the driver has not met before.
    assert counts[1] == counts[2] <= counts[0]
