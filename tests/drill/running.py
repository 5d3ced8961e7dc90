"""One fault of the drill from its fresh database to its verdict."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from typing import NamedTuple

from service.embedded import running
from tests.drill import postgres, stands
from tests.drill.clients import Connected, Writer, make_goal, read
from tests.drill.faults import Fault
from tests.drill.ledger import Verdict, Write
from tests.drill.stands import Stand
from tests.kit.commands import run_command

WRITERS = 8
READERS = 4
LEAD_SECONDS = 2.0
AFTER_SECONDS = 2.5
# Longer than it takes until a restart of the embedded Postgres that failed three times is tried again.
RECOVERY_SECONDS = 90.0
EVENTS = """SELECT subject_id::text AS id, count(*) AS times,
        coalesce(changes -> 'value' ->> 'after', changes -> 'title' ->> 'after') AS value
    FROM events WHERE subject_type IN ('CheckIn', 'Objective') GROUP BY 1, 3"""
ROWS = """SELECT id::text, value::text, 1 AS times FROM check_ins
    UNION ALL SELECT subject_id::text, title, count(*) FROM objective_revisions GROUP BY 1, 2"""


class Result(NamedTuple):
    """What a fault came to: the verdict, or why it was skipped; everything that was wrong; and how it was made here."""

    fault: Fault
    verdict: Verdict | None
    defects: tuple[str, ...] = ()
    note: str | None = None


def run(fault: Fault) -> Result:
    """The result of one fault on a stand of its own."""
    try:
        with fault.stand() as stand:
            asyncio.run(load(stand, fault))
            for process in stand.processes:
                stand.stop(process)
            # The embedded Postgres has ended with its process.
            with running(stand.cluster.home.requested) as cluster:
                events, rows = asyncio.run(find(stand))
                examined = run_command("doctor", OKRGRAPH_DATABASE_URL=cluster.url(postgres.NAME))
            verdict = stand.ledger.judge(events, rows)
            problems = defects(verdict)
            if examined.code or "No difference." not in examined.stderr:
                problems.append(f"doctor: {examined.stderr}".strip())
            return Result(fault, verdict, (*problems, *stand.complaints()), stand.note)
    except stands.Skipped as reason:
        return Result(fault, None, (), str(reason))


def defects(verdict: Verdict) -> list[str]:
    """The counts of a verdict that have to be 0 and are not, and whether the service never came back."""
    counts = {
        "acknowledged writes that were not found exactly once": verdict.lost,
        "writes found though they were refused": verdict.existing_though_refused,
        "reads that missed a write of their own client": verdict.stale_reads,
        "answers with status 500 or INTERNAL_SERVER_ERROR": verdict.failed,
    }
    problems = [f"{count} {what}" for what, count in counts.items() if count]
    return problems if verdict.served_again is not None else [*problems, "no write was acknowledged after the fault"]


async def load(stand: Stand, fault: Fault) -> None:
    """Lets all clients work, and the fault happen in the middle, until the service is steady again."""
    stop = asyncio.Event()
    async with AsyncExitStack() as stack:
        clients = [Connected(stand.urls, key, stand.ledger, n) for n, key in enumerate(stand.keys)]
        for client in clients:
            stack.push_async_callback(client.close)
        writing = clients[1 : 1 + WRITERS]
        goals = [await make_goal(clients[0], number) for number in range(WRITERS)]
        stand.ledger.entries.clear()
        writers = [
            Writer(client, goal, stand.ledger, n) for n, (client, goal) in enumerate(zip(writing, goals, strict=True))
        ]
        async with asyncio.TaskGroup() as group:
            for writer in writers:
                group.create_task(writer.run(stop))
            for client in clients[1 + WRITERS : 1 + WRITERS + READERS]:
                group.create_task(read(client, stop))
            try:
                await asyncio.sleep(LEAD_SECONDS)
                await fault.happen(stand)
                await settled(stand)
            finally:
                stop.set()


async def settled(stand: Stand) -> None:
    """Returns when the service is steady after a fault, or has not become so in time."""
    loop = asyncio.get_running_loop()
    await asyncio.sleep(AFTER_SECONDS)
    deadline = loop.time() + RECOVERY_SECONDS
    # The clients tell nobody: that they are steady is a matter of time.
    while not stand.ledger.is_steady(loop.time()) and loop.time() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.1)


async def find(stand: Stand) -> tuple[Counter[Write], Counter[Write]]:
    """How often each write is among the events, and among check-ins and revisions of objectives."""
    async with postgres.session(stand.cluster) as connection:
        problems = [
            Counter({Write(row["id"], row["value"]): row["times"] for row in await connection.fetch(statement)})
            for statement in (EVENTS, ROWS)
        ]
    return problems[0], problems[1]
