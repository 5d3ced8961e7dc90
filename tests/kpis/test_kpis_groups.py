"""What Postgres sums is what Python computes from all measurements: the whole answers, and rows at their limits."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schema.kpis.bucket_loading import BucketLoader
from service.kpis.definition import ORDINAL
from service.kpis.enums import Aggregation, Frequency, KpiSource, KpiValueType, NullReason
from service.kpis.measurements import group_queries
from tests.kit.client import Client, Statements
from tests.kit.examples import examples
from tests.kit.kpis import kpi, read, recorded, target
from tests.kpis.generated_kpis import GeneratedKpi, generate

KPIS = 6
BEGIN, END = date(2024, 7, 1), date(2026, 8, 31)
BUCKET = (
    "startsOn endsOn value nullReason count expectedCount isComplete isRunning attainment varianceToTarget status "
    "statusReason target targetLower targetUpper partialValue coverage inputCount expectedInputCount"
)
SIZES = [each for each in Frequency if each is not Frequency.IRREGULAR]
KPI = """
    INSERT INTO kpis (organization_id, id, name, direction, value_type, scale, frequency, cumulative, aggregation,
                      source, category, archived_at, grace_days, weight, version, created_at, updated_at, changed_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1, 1, $14, $14, $14)"""
MEASUREMENT = """
    INSERT INTO kpi_measurements (organization_id, kpi_id, starts_on, id, value, null_reason, part_count,
                                  expected_part_count, partial_value, version, recorded_at)
    VALUES ($1, $2, $3, gen_random_uuid(), $4, $5, $6, $7, $8, 1, now())"""
TARGET = """
    INSERT INTO kpi_targets (organization_id, id, kpi_id, starts_on, ends_on, value, lower, upper, threshold_kind,
                             green, amber, version, created_at, updated_at)
    VALUES ($1, gen_random_uuid(), $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, now(), now())"""


async def stored(connection: asyncpg.Connection, random: Random, month: int, category: str) -> None:
    """Generated KPIs with a category, in the only organization, whose fiscal year begins with a month."""
    organization = await connection.fetchval(
        "UPDATE organizations SET fiscal_year_start_month = $1 RETURNING id", month
    )
    for index in range(KPIS):
        await _store(connection, organization, f"{category} {index}", category, random, month)


async def _store(
    connection: asyncpg.Connection, organization: UUID, name: str, category: str, random: Random, month: int
) -> None:
    generated: GeneratedKpi = generate(random, BEGIN, END, month)
    definition, id = generated.definition, uuid4()
    is_computed = any(each.input_counts for each in generated.measurements) and not definition.on_scale
    created = datetime(2024, 6, 1, tzinfo=UTC) + timedelta(days=random.choice((0, 100, 600)))
    await connection.execute(
        KPI,
        *(organization, id, name, definition.direction),
        KpiValueType.QUALITATIVE if definition.on_scale else KpiValueType.QUANTITATIVE,
        [*"abcde"] if definition.on_scale else [],
        *(definition.frequency, definition.cumulative, definition.aggregation),
        KpiSource.CHILDREN_SUM if is_computed else KpiSource.MEASURED,
        *(category, random.choice((None, None, datetime(2026, 3, 1, tzinfo=UTC))), random.choice((None, 0, 30))),
        created,
    )
    rows = []
    for each in generated.measurements:
        counts = each.input_counts
        parts = (counts.count, counts.expected, counts.value) if counts and is_computed else (None, None, None)
        is_deleted = random.random() < 0.1
        shown = (None, NullReason.DELETED) if is_deleted else (each.value, each.null_reason)
        rows.append((organization, id, each.starts_on, *shown, *parts))
    await connection.executemany(MEASUREMENT, rows)
    await connection.executemany(
        TARGET,
        [
            (organization, id, t.starts_on, t.ends_on, t.value, t.lower, t.upper, t.kind, t.green, t.amber)
            for t in generated.targets
        ],
    )


@settings(max_examples=examples(8, 20), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.integers(0, 2**32),
    st.integers(1, 12),
    st.integers(-700, 0),
    st.integers(0, 1_000),
    st.none() | st.sampled_from(ORDINAL),
)
async def test_grouped_series_are_those_of_all_measurements(
    client: Client,
    cleaner: asyncpg.Connection,
    seed: int,
    month: int,
    first: int,
    length: int,
    function: Aggregation | None,
) -> None:
    category, random = uuid4().hex, Random(seed)
    await stored(cleaner, random, month, category)
    begin = END + timedelta(days=first)
    days = f'from: "{begin}", to: "{begin + timedelta(days=length)}"'
    functions = ["", f", aggregation: {function}"] if function else [""]
    fields = " ".join(
        f"{size.lower()}{number}: series({days}, bucket: {size}{each}) {{ {BUCKET} }}"
        for size in SIZES
        for number, each in enumerate(functions)
    )
    listed = f'kpis(first: {KPIS}, includeArchived: true, filter: {{category: {{eq: "{category}"}}}})'
    document = f"{{ {listed} {{ nodes {{ {fields} }} }} }}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(group_queries, "MAX_CELLS_PER_READ", random.choice((1, 7, 5_000)))
        grouped = await client.data(document)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BucketLoader, "_is_grouped", lambda _self, _index: False)
        assert grouped == await client.data(document)
    assert len(grouped["kpis"]["nodes"]) == KPIS


async def test_sums_keep_all_digits_of_many_numbers(client: Client) -> None:
    """A float, and a decimal of 28 digits, would lose the last ones."""
    id = await kpi(client, frequency="DAILY", aggregation="SUM")
    large, small = "123456789012345678901234.123456789012", "0.000000000001"
    await recorded(client, [{"kpiId": id, "on": f"2026-01-{day:02}", "value": large} for day in range(1, 8)])
    await recorded(client, [{"kpiId": id, "on": "2026-01-31", "value": small}])
    [month] = (await read(client, id, 'series(from: "2026-01-01", to: "2026-01-31", bucket: MONTHLY) { value count }'))[
        "series"
    ]
    assert month == {"value": "864197523086419752308638.864197523085", "count": 8}


async def test_measurements_of_longer_buckets_are_not_read_one_by_one(client: Client, statements: Statements) -> None:
    id = await kpi(client, frequency="DAILY", aggregation="MAX")
    await target(client, id, "5")
    await recorded(client, [{"kpiId": id, "on": f"2026-01-{day:02}", "value": str(day)} for day in range(1, 32)])
    document = f'{{ kpi(id: "{id}") {{ series(from: "2026-01-01", to: "2026-02-28", bucket: MONTHLY) {{ value }} }} }}'
    answers: list[Any] = []
    sent = await statements.of(client.answer(document))
    answers.append(await client.data(document))
    # graphql-core reads all columns of the KPI, some of which are made of measurements.
    read = [each for each in sent if "kpi_measurements" in each and "FROM kpis" not in each]
    assert ["generate_series" in each for each in read] == [False, True]
    assert answers[0]["kpi"]["series"] == [{"value": "31"}, {"value": None}]
