"""The faults of the drill: each is done to a stand in the middle of its load."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from typing import NamedTuple

from service.embedded.running import restart
from tests.drill import postgres, stands
from tests.drill.stands import Stand

HELD_SECONDS = 4.0
SHOTS = 3


class Fault(NamedTuple):
    """`name` chooses it on the command line, `title` is its row of the table, `how` says what is done to what."""

    name: str
    title: str
    how: str
    stand: Callable[[], AbstractContextManager[Stand]]
    happen: Callable[[Stand], Awaitable[None]]


async def backends_ended(stand: Stand) -> None:
    for _ in range(SHOTS):
        stand.mark()
        await postgres.terminate_backends(stand.cluster)
        await asyncio.sleep(0.7)


async def postgres_restarted(stand: Stand) -> None:
    stand.mark()
    arguments = ("--pgdata", str(stand.cluster.data), "--mode", "fast", "--silent")
    done = await asyncio.to_thread(stand.cluster.tools.run, "pg_ctl", "stop", *arguments)
    assert done.returncode == 0, done.stdout
    await asyncio.to_thread(restart, stand.cluster, time.sleep)


async def postmaster_killed(stand: Stand) -> None:
    stand.mark()
    postgres.send_signal(stand.cluster, signal.SIGKILL, children=False)


async def postgres_killed(stand: Stand) -> None:
    stand.mark()
    postgres.send_signal(stand.cluster, signal.SIGKILL, children=True)


async def postgres_frozen(stand: Stand) -> None:
    stand.mark()
    postgres.send_signal(stand.cluster, signal.SIGSTOP, children=True)
    try:
        await asyncio.sleep(HELD_SECONDS)
    finally:
        postgres.send_signal(stand.cluster, signal.SIGCONT, children=True)


async def disk_full(stand: Stand) -> None:
    stand.mark()
    if stand.disk is not None:
        await postgres.fill(stand.disk / "filler", HELD_SECONDS)
        return
    async with postgres.refusing_as_full(stand.cluster):
        await asyncio.sleep(HELD_SECONDS)


async def rows_locked(stand: Stand) -> None:
    async with postgres.rows_locked(stand.cluster, "objectives"):
        stand.mark()
        await asyncio.sleep(HELD_SECONDS)


async def okrgraph_killed(stand: Stand) -> None:
    stand.mark()
    stand.processes[0].kill()
    await asyncio.to_thread(stand.serve)


async def okrgraph_stopped(stand: Stand) -> None:
    stand.mark()
    await asyncio.to_thread(stand.stop, stand.processes[0])
    assert stand.processes[0].process.returncode == 0
    await asyncio.to_thread(stand.serve)


async def one_of_two_killed(stand: Stand) -> None:
    stand.mark()
    stand.processes[0].kill()


async def pooler_killed(stand: Stand) -> None:
    assert stand.pooler is not None
    stand.mark()
    stand.pooler.kill()
    await asyncio.sleep(1)
    await asyncio.to_thread(stand.pooler.start)


async def replay_paused(stand: Stand) -> None:
    assert stand.standby is not None
    stand.mark()
    await asyncio.to_thread(stand.standby.execute, "SELECT pg_wal_replay_pause()")
    await asyncio.sleep(HELD_SECONDS)
    await asyncio.to_thread(stand.standby.execute, "SELECT pg_wal_replay_resume()")


async def replica_killed(stand: Stand) -> None:
    assert stand.standby is not None
    stand.mark()
    await asyncio.to_thread(stand.standby.kill)
    await asyncio.sleep(1)
    await asyncio.to_thread(stand.standby.start)


async def replica_promoted(stand: Stand) -> None:
    assert stand.standby is not None
    stand.mark()
    await asyncio.to_thread(stand.standby.promote)


FAULTS = (
    Fault(
        "backends",
        "all connections to Postgres ended, three times",
        "`pg_terminate_backend` of every client backend, 0.7 s apart; embedded Postgres",
        stands.embedded,
        backends_ended,
    ),
    Fault(
        "restart",
        "Postgres restarted in order",
        "`pg_ctl stop --mode fast`, then started; external Postgres",
        stands.external,
        postgres_restarted,
    ),
    Fault(
        "postmaster",
        "embedded postmaster killed",
        "SIGKILL to the first process of the embedded Postgres, which okrgraph restarts",
        stands.embedded,
        postmaster_killed,
    ),
    Fault(
        "server",
        "all processes of the embedded Postgres killed",
        "SIGKILL to all of them at once; okrgraph restarts it",
        stands.embedded,
        postgres_killed,
    ),
    Fault(
        "frozen",
        "Postgres frozen for 4 s",
        "SIGSTOP to all its processes, then SIGCONT; embedded Postgres",
        stands.embedded,
        postgres_frozen,
    ),
    Fault("disk", "disk full for 4 s", "no byte is free where the data lies", stands.small_disk, disk_full),
    Fault(
        "locks",
        "rows locked for 4 s",
        "another session holds `FOR UPDATE` on all objectives; embedded Postgres",
        stands.embedded,
        rows_locked,
    ),
    Fault(
        "killed",
        "okrgraph killed and started again",
        "SIGKILL to okrgraph, whose embedded Postgres lives on and is joined",
        stands.embedded,
        okrgraph_killed,
    ),
    Fault(
        "stopped",
        "okrgraph stopped and started again",
        "SIGTERM to okrgraph, which stops its embedded Postgres in order",
        stands.embedded,
        okrgraph_stopped,
    ),
    Fault(
        "two",
        "one of two processes killed",
        "SIGKILL to one of two processes of okrgraph on one external Postgres; its clients go to the other one",
        stands.two_processes,
        one_of_two_killed,
    ),
    Fault(
        "pooler",
        "pgbouncer killed and started again",
        "SIGKILL to the pooler before an external Postgres, started again after 1 s",
        stands.behind_pooler,
        pooler_killed,
    ),
    Fault(
        "paused",
        "replica: replay paused for 4 s",
        "`pg_wal_replay_pause` on a streaming replica that queries are read from",
        stands.with_replica,
        replay_paused,
    ),
    Fault(
        "replica",
        "replica killed and started again",
        "SIGKILL to all its processes, started again after 1 s",
        stands.with_replica,
        replica_killed,
    ),
    Fault(
        "promoted",
        "replica promoted",
        "`pg_promote`: it follows no longer and takes writes of its own",
        stands.with_replica,
        replica_promoted,
    ),
)
