"""KPIs at size: the same questions over a hundred thousand and over ten million points, and how fast points come in.

Run by `make bench-kpis`; prints Markdown tables of medians. The points are made in the database.
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
from service.kpis.measurements.points import Given
from service.people.founding import found, issue_key
from service.postgres.database import Database
from service.postgres.migrate import migrate
from service.settings import Settings
from service.unit_of_work import write
from service.viewer import Viewer
from service.writing.transaction import Transaction

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
TODAY = NOW.date()
KPIS, ON_BOARD = 1_000, 200
POINTS = text("""
    INSERT INTO kpi_measurements (organization_id, kpi_id, starts_on, id, value, version, recorded_at)
    SELECT :organization_id, k.id, CAST(:today AS date) - n, gen_random_uuid(),
           round(CAST(100 + 50 * sin(n / 30.0) + random() AS numeric), 3), 1, :now
    FROM kpis k CROSS JOIN generate_series(CAST(:first AS int), CAST(:last AS int)) AS n
    WHERE k.organization_id = :organization_id AND k.external_id LIKE 'kpi-%'
    ORDER BY k.id, n DESC""")
QUESTIONS = {
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
    """One organization of a thousand daily KPIs on a database of its own."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.database = Database(Settings(statement_timeout=600, operation_timeout=600), url)
        self.viewer = Viewer(uuid7(), None, "OWNER")

    async def found(self) -> None:
        """Makes the organization, its KPIs with a target each, and a client."""

        async def command(tx: Transaction) -> str:
            person = await found(tx, "Bench", "UTC", {"name": "Olive"})
            key = await issue_key(tx, person.id, "bench")
            for number in range(KPIS):
                facts = {"name": f"KPI {number:04}", "external_id": f"kpi-{number}", "frequency": "DAILY"}
                category = "board" if number < ON_BOARD else "others"
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
        await self.tidy("kpis")
        app = create_app(Settings(operation_timeout=600), self.database, lambda: NOW)
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

    async def plant(self, first: int, last: int) -> None:
        """Makes the points of the days from `first` to `last` days ago for each KPI."""
        await self.run(
            POINTS, organization_id=self.viewer.organization_id, today=TODAY, now=NOW, first=first, last=last
        )
        await self.tidy("kpi_measurements")

    async def tidy(self, table: str) -> None:
        """Does what autovacuum would do sooner or later, so that plans are made for what is there."""
        engine = create_async_engine(self.url, isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.execute(text(f"VACUUM ANALYZE {table}"))
        await engine.dispose()

    async def ask(self, document: str) -> None:
        """Sends a question; of a list, all pages."""
        after = None
        while True:
            answer = (await self.http.post("/graphql", json={"query": document, "variables": {"after": after}})).json()
            assert "errors" not in answer, answer
            page = answer["data"].get("kpis")
            if page is None or len(page["nodes"]) < 100:
                return
            after = page["pageInfo"]["endCursor"]


async def median(work: Callable[[], Awaitable[None]], rounds: int) -> float:
    """The median time of some work in milliseconds, once it is warm."""
    await work()
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        await work()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


async def asked(bench: Bench, rounds: int) -> dict[str, float]:
    """The medians of all questions, in milliseconds."""
    return {name: await median(lambda d=document: bench.ask(d), rounds) for name, document in QUESTIONS.items()}  # type: ignore[misc]


async def recorded(bench: Bench, rounds: int) -> list[tuple[str, float, float]]:
    """Points a second, by the clock and by the processor time of this process, for KPIs that drive nothing and for
    one that drives a formula KPI over its last two months."""
    bare = [await _kpi(bench, f"bare-{number}", None) for number in range(10)]
    driving = await _kpi(bench, "driving", None)
    await _kpi(bench, "driven", "[driving] / lag([driving], 7) - 1")
    found = []
    for name, ids in (("KPIs that drive nothing", bare), ("a KPI that drives a formula", [driving])):
        times, processor = [], []
        for number in range(rounds + 1):
            given = _points(ids, number)
            began, used = time.perf_counter(), _used()
            await write(bench.database, bench.viewer, NOW, partial(record, given=given, all_or_nothing=True))
            times.append(time.perf_counter() - began)
            processor.append(_used() - used)
        found.append((name, 1000 / statistics.median(times[1:]), 1000 / statistics.median(processor[1:])))
    return found


async def _kpi(bench: Bench, name: str, formula: str | None) -> UUID:
    async def command(tx: Transaction) -> UUID:
        row = kpis.draft(tx, {"name": name, "external_id": name, "frequency": "DAILY", "formula": formula})
        await kpis.create(tx, [row])
        return row.id

    return await write(bench.database, bench.viewer, NOW, command, exclusive=True)


def _points(ids: list[UUID], number: int) -> list[Given]:
    """A thousand points, of days that no other round has."""
    each = 1000 // len(ids)
    last = date(2026, 6, 29) - timedelta(days=number * each)
    return [
        Given(id, None, last - timedelta(days=day), None, Decimal(day % 90 + 1)) for id in ids for day in range(each)
    ]


def _used() -> float:
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
        await bench.found()
        for name, clock, processor in await recorded(bench, rounds):
            typer.echo(
                f"Recording, a thousand at a time, {name}: {clock:,.0f} points a second, {processor:,.0f} by CPU."
            )
        await bench.plant(0, 99)
        small = await asked(bench, rounds)
        await bench.plant(100, points // KPIS - 1)
        large = await asked(bench, rounds)
        typer.echo(f"\n| median, ms | 100 000 points | {points:,} points | ratio |\n| --- | --- | --- | --- |")
        for name in QUESTIONS:
            typer.echo(f"| {name} | {small[name]:.1f} | {large[name]:.1f} | {large[name] / small[name]:.2f} |")
        await bench.database.dispose()

    with running(folder.resolve()) as cluster:
        cluster.ensure_database("bench")
        url = cluster.url("bench")
        migrate(url)
        asyncio.run(run(url))


if __name__ == "__main__":
    typer.run(main)
