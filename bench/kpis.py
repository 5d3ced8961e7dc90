"""Benchmarks KPI queries over 100 000 and 10 million measurements, and the recording of measurements.

Run by `make bench-kpis`. It prints Markdown tables of medians. The measurements are generated in the database.
"""

import asyncio
import resource
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import httpx2
import typer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from uuid_utils.compat import uuid7

from service.app import create_app
from service.embedded import running
from service.kpis import commands as kpis
from service.kpis.measurements.commands import record
from service.kpis.measurements.points import MeasurementInput
from service.people.founding import add_organization
from service.people.key_commands import issue_key
from service.postgres.database import Database
from service.postgres.migrate import migrate
from service.settings import Settings
from service.unit_of_work import write
from service.viewer import Viewer
from service.writing.transaction import Transaction

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
TODAY = NOW.date()
KPIS = 1_000
SCORECARD_KPIS = 200
INSERT_MEASUREMENTS = text("""
    INSERT INTO kpi_measurements (organization_id, kpi_id, starts_on, id, value, version, recorded_at)
    SELECT :organization_id, k.id, CAST(:today AS date) - n, gen_random_uuid(),
           round(CAST(100 + 50 * sin(n / 30.0) + random() AS numeric), 3), 1, :now
    FROM kpis k CROSS JOIN generate_series(CAST(:first AS int), CAST(:last AS int)) AS n
    WHERE k.organization_id = :organization_id AND k.external_id LIKE 'kpi-%'
    ORDER BY k.id, n DESC""")
QUERIES = {
    "series of one KPI over a year": (
        'query { kpi(externalId: "kpi-7") { series(from: "2025-07-01", to: "2026-06-30") { value status } } }'
    ),
    "scorecard of 200 KPIs": (
        '{ kpiScorecard(filter: {category: {eq: "board"}}) { green amber red score needsAttention { name } } }'
    ),
    "newest value of 1 000 KPIs": (
        "query($after: String) { kpis(first: 100, after: $after) "
        "{ nodes { current currentPeriodStart } pageInfo { endCursor } } }"
    ),
}


class Bench:
    """An organization of a thousand daily KPIs in its own database."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.database = Database(Settings(statement_timeout=600, operation_timeout=600), url)
        self.viewer = Viewer(uuid7(), None, "OWNER")

    async def create_organization(self) -> None:
        """Creates the organization, its KPIs with one target each, and a client."""

        async def command(tx: Transaction) -> str:
            person = await add_organization(tx, "Bench", "UTC", {"name": "Olive"})
            key = await issue_key(tx, person.id, "bench")
            for number in range(KPIS):
                facts = {"name": f"KPI {number:04}", "external_id": f"kpi-{number}", "frequency": "DAILY"}
                category = "board" if number < SCORECARD_KPIS else "others"
                row = kpis.draft(tx, {**facts, "aggregation": "AVERAGE", "category": category})
                tx.insert([row])
            return key

        key = await write(self.database, self.viewer, NOW, command)
        await self.run(
            text("""INSERT INTO kpi_targets (organization_id, id, kpi_id, starts_on, value, threshold_kind, version,
                                             created_at, updated_at)
                    SELECT organization_id, gen_random_uuid(), id, DATE '1990-01-01', 120, 'RATIO', 1, :now, :now
                    FROM kpis"""),
            now=NOW,
        )
        await self.vacuum("kpis")
        self.serving = Database(Settings(), self.url)
        app = create_app(Settings(), self.serving, lambda: NOW)
        self.http = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=app),
            base_url="http://okrgraph.bench",
            headers={"Authorization": f"Bearer {key}"},
        )

    async def run(self, statement: Any, **parameters: Any) -> None:
        """Runs a statement as the superuser."""
        engine = create_async_engine(self.url)
        async with engine.begin() as connection:
            await connection.execute(statement, parameters)
        await engine.dispose()

    async def insert_measurements(self, first: int, last: int) -> None:
        """Inserts a measurement of each KPI for each day from `first` to `last` days ago."""
        await self.run(
            INSERT_MEASUREMENTS,
            organization_id=self.viewer.organization_id,
            today=TODAY,
            now=NOW,
            first=first,
            last=last,
        )
        await self.vacuum("kpi_measurements")

    async def vacuum(self, table: str) -> None:
        """Vacuums and analyzes a table, so that plans fit its data."""
        engine = create_async_engine(self.url, isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.execute(text(f"VACUUM ANALYZE {table}"))
        await engine.dispose()

    async def ask(self, document: str) -> None:
        """Sends a query, and reads all pages of a list."""
        after = None
        while True:
            answer = (await self.http.post("/graphql", json={"query": document, "variables": {"after": after}})).json()
            assert "errors" not in answer, answer
            page = answer["data"].get("kpis")
            if page is None or len(page["nodes"]) < 100:
                return
            after = page["pageInfo"]["endCursor"]


async def median(work: Callable[[], Awaitable[None]], rounds: int) -> float:
    """The median time of an action in milliseconds, after one call to warm up."""
    await work()
    times = []
    for _ in range(rounds):
        started_at = time.perf_counter()
        await work()
        times.append((time.perf_counter() - started_at) * 1000)
    return statistics.median(times)


async def measure_queries(bench: Bench, rounds: int) -> dict[str, float]:
    """The median times of all queries in milliseconds."""
    return {name: await median(lambda d=document: bench.ask(d), rounds) for name, document in QUERIES.items()}  # type: ignore[misc]


async def measure_recording(bench: Bench, rounds: int) -> list[tuple[str, float, float]]:
    """Recorded measurements per second of wall time and of CPU time of this process.

    It measures KPIs without dependents, and one that is the input of a formula KPI over its last two months.
    """
    bare = [await _create_kpi(bench, f"bare-{number}", None) for number in range(10)]
    driving = await _create_kpi(bench, "driving", None)
    await _create_kpi(bench, "driven", "[driving] / lag([driving], 7) - 1")
    rates = []
    for name, ids in (("KPIs that drive nothing", bare), ("a KPI that drives a formula", [driving])):
        times, processor = [], []
        for number in range(rounds + 1):
            measurements = _measurements(ids, number)
            started_at, cpu_before = time.perf_counter(), _cpu_seconds()
            await write(bench.database, bench.viewer, NOW, partial(record, inputs=measurements, all_or_nothing=True))
            times.append(time.perf_counter() - started_at)
            processor.append(_cpu_seconds() - cpu_before)
        rates.append((name, 1000 / statistics.median(times[1:]), 1000 / statistics.median(processor[1:])))
    return rates


async def _create_kpi(bench: Bench, name: str, formula: str | None) -> UUID:
    async def command(tx: Transaction) -> UUID:
        row = kpis.draft(tx, {"name": name, "external_id": name, "frequency": "DAILY", "formula": formula})
        await kpis.create(tx, [row])
        return row.id

    return await write(bench.database, bench.viewer, NOW, command, exclusive=True)


def _measurements(ids: list[UUID], number: int) -> list[MeasurementInput]:
    """A thousand measurements for days that no other round uses."""
    each = 1000 // len(ids)
    last = date(2026, 6, 29) - timedelta(days=number * each)
    return [
        MeasurementInput(id, None, last - timedelta(days=day), None, Decimal(day % 90 + 1))
        for id in ids
        for day in range(each)
    ]


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main(
    points: Annotated[int, typer.Option(help="How many points at most.")] = 10_000_000,
    rounds: Annotated[int, typer.Option(help="How often each question is asked.")] = 15,
    folder: Annotated[Path, typer.Option(help="Where the database lies meanwhile.")] = Path(".okrgraph/bench-kpis"),
) -> None:
    """Prints how long the questions take over 100 000 and over `points` points, and how fast points are recorded."""

    async def run(url: str) -> None:
        bench = Bench(url)
        await bench.create_organization()
        for name, clock, processor in await measure_recording(bench, rounds):
            typer.echo(
                f"Recording, a thousand at a time, {name}: {clock:,.0f} points a second, {processor:,.0f} by CPU."
            )
        await bench.insert_measurements(0, 99)
        small = await measure_queries(bench, rounds)
        await bench.insert_measurements(100, points // KPIS - 1)
        large = await measure_queries(bench, rounds)
        typer.echo(f"\n| median, ms | 100 000 points | {points:,} points | ratio |\n| --- | --- | --- | --- |")
        for name in QUERIES:
            typer.echo(f"| {name} | {small[name]:.1f} | {large[name]:.1f} | {large[name] / small[name]:.2f} |")
        await bench.database.dispose()
        await bench.serving.dispose()

    with running(folder.resolve()) as cluster:
        cluster.ensure_database("bench")
        url = cluster.url("bench")
        migrate(url)
        asyncio.run(run(url))


if __name__ == "__main__":
    typer.run(main)
