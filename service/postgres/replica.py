"""A replica that serves queries as long as its lag is small and it has replayed the writes of the reader."""

import asyncio
import math
import time
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

import structlog
from cachetools import TTLCache

from service.postgres.lease import Lease
from service.postgres.outages import is_lost
from service.postgres.pool import Pool
from service.postgres.replication_lag import ReplicationLag
from service.postgres.server_session import MAX_ANSWER_SECONDS, ServerSession

CHECK_INTERVAL_SECONDS = 1.0
# The result of a check is valid for so long.
MAX_AGE_SECONDS = 2 * (CHECK_INTERVAL_SECONDS + MAX_ANSWER_SECONDS)
# The wait of a query for the replay of its client's writes. After it the query reads from the primary.
MAX_CATCH_UP_SECONDS = 0.1
POLL_INTERVAL_SECONDS = 0.01
# Writes are remembered for so long, or for the maximum lag if that is longer.
MIN_REMEMBERED_SECONDS = 600.0
MAX_REMEMBERED = 10_000

PRIMARY_POSITION = """SELECT (SELECT system_identifier FROM pg_control_system()) AS system,
    (pg_current_wal_flush_lsn() - '0/0')::int8 AS position, (pg_current_wal_insert_lsn() - '0/0')::int8 AS written"""
REPLICA_POSITION = """SELECT (SELECT system_identifier FROM pg_control_system()) AS system,
    pg_is_in_recovery() AS follows, (pg_last_wal_replay_lsn() - '0/0')::int8 AS position"""
# After a commit on the same connection: a position at or after the end of its writes.
COMMITTED_POSITION = "SELECT (pg_current_wal_insert_lsn() - '0/0')::int8"
log = structlog.get_logger("replica")
Principal = tuple[UUID, UUID | None]


class OwnWrites(NamedTuple):
    """The writes that a reader must see: those of a person in an organization, and all up to a log position."""

    principal: Principal
    position: float = 0.0


class ReplicaStatus(StrEnum):
    """Whether queries read from the replica, or the reason why not."""

    STARTING = "STARTING"
    FOLLOWING = "FOLLOWING"
    LAGGING = "LAGGING"
    PROMOTED = "PROMOTED"
    FOREIGN = "FOREIGN"
    UNREACHABLE = "UNREACHABLE"
    PRIMARY_UNREACHABLE = "PRIMARY_UNREACHABLE"


class Replica:
    """The pool of a replica, and whether it can serve queries.

    `watch` compares it with the primary once a second. `max_lag` is the maximum lag in seconds.
    """

    def __init__(self, pool: Pool, url: str, primary_url: str, max_lag: float) -> None:
        self.pool = pool
        self.status = ReplicaStatus.STARTING
        self._max_lag = max_lag
        self._lag = ReplicationLag()
        self._checked_at = self._primary_at = -math.inf
        self._primary, self._replica = ServerSession(primary_url), ServerSession(url)
        remembered_seconds = max(MIN_REMEMBERED_SECONDS, max_lag + MAX_AGE_SECONDS)
        self._written: TTLCache[Principal, float] = TTLCache(MAX_REMEMBERED, remembered_seconds)
        self._pending_marks: TTLCache[Principal, object] = TTLCache(MAX_REMEMBERED, remembered_seconds)
        self._suspensions = 0
        self._polling: asyncio.Task[bool] | None = None
        self._watching: asyncio.Task[None] | None = None

    @property
    def lag_seconds(self) -> float | None:
        """The current lag in seconds; None if it is unknown."""
        return self._lag.seconds(time.monotonic())

    @property
    def is_usable(self) -> bool:
        """Whether its lag is known and within the limit."""
        return self.status is ReplicaStatus.FOLLOWING and time.monotonic() - self._checked_at < MAX_AGE_SECONDS

    def note_write(self, principal: Principal) -> object:
        """Records a write of a person at an unknown log position. Returns the mark for `note_position`."""
        mark = self._pending_marks[principal] = object()
        return mark

    def note_position(self, principal: Principal, position: float, mark: object) -> None:
        """Records a log position that was read after `mark` was created, so all earlier writes are below it.

        Positions may arrive out of order. So a lower position never replaces a higher one, and writes after the mark
        keep their unknown position.
        """
        self._written[principal] = max(position, self._written.get(principal, 0.0))
        if self._pending_marks.get(principal) is mark:
            del self._pending_marks[principal]

    async def can_serve(self, own_writes: OwnWrites | None) -> bool:
        """Whether it is usable and has replayed `own_writes`. Waits up to 0.1 s for the replay."""
        if own_writes is None or not self.is_usable:
            return self.is_usable
        if (mark := self._pending_marks.get(own_writes.principal)) is not None:
            # The current position of the primary is after the write.
            if (row := await self._primary.fetch_row(PRIMARY_POSITION)) is None:
                return False
            self.note_position(own_writes.principal, row["written"], mark)
        return await self._has_replayed(max(self._written.get(own_writes.principal, 0.0), own_writes.position))

    def suspend(self, reason: str) -> None:
        """Makes it unusable until a check that begins after this call succeeds."""
        self._suspensions += 1
        self._change(ReplicaStatus.UNREACHABLE, reason)

    async def check(self) -> None:
        """Compares it with the primary and updates its status."""
        suspensions = self._suspensions
        # The replica is read first: then its position cannot be ahead of the one that the primary returns.
        if not await self._read_replica():
            return
        replayed = self._lag.replayed
        row = await self._primary.fetch_row(PRIMARY_POSITION)
        if suspensions != self._suspensions:
            # A read has failed since the replica answered.
            return
        now = time.monotonic()
        if row is None:
            # It may lack writes since the last answer of the primary.
            if self.status is not ReplicaStatus.FOLLOWING or now - self._primary_at > self._max_lag:
                self._change(ReplicaStatus.PRIMARY_UNREACHABLE)
            self._checked_at = now
            return
        self._primary_at = now
        if self._replica.system != row["system"] or replayed > row["position"]:
            self._lag.forget()
            self._change(ReplicaStatus.FOREIGN)
            return
        self._lag.note_primary(row["position"], now)
        seconds = self._lag.seconds(now)
        if seconds is None:
            self._change(ReplicaStatus.STARTING)
        else:
            self._change(ReplicaStatus.LAGGING if seconds > self._max_lag else ReplicaStatus.FOLLOWING)
        self._checked_at = now

    def watch(self) -> None:
        """Starts a check every second, until `close`."""
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch())

    async def close(self) -> None:
        """Stops the checks and closes all connections."""
        if tasks := [task for task in (self._watching, self._polling) if task is not None]:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        self._primary.close()
        self._replica.close()
        await self.pool.dispose()

    async def _watch(self) -> None:
        while True:
            try:
                await self.check()
            except Exception:
                # A bug must not end the loop: without checks the replica is unusable.
                log.exception("replica check failed")
            await asyncio.sleep(CHECK_INTERVAL_SECONDS)

    async def _has_replayed(self, position: float) -> bool:
        try:
            async with asyncio.timeout(MAX_CATCH_UP_SECONDS):
                while self.is_usable and self._lag.replayed < position:
                    if not await self._poll():
                        return False
                    if self._lag.replayed < position:
                        await asyncio.sleep(POLL_INTERVAL_SECONDS)
        except TimeoutError:
            return False
        return self.is_usable

    async def _poll(self) -> bool:
        """Reads its position once for all concurrent callers. The cancellation of a caller does not cancel the read."""
        if self._polling is None or self._polling.done():
            self._polling = asyncio.create_task(self._read_replica())
        return await asyncio.shield(self._polling)

    async def _read_replica(self) -> bool:
        """Reads and records its position. Returns whether it answers and is a replica."""
        row = await self._replica.fetch_row(REPLICA_POSITION)
        if row is None:
            self._change(ReplicaStatus.UNREACHABLE, self._replica.reason)
            return False
        if not row["follows"] or row["position"] is None:
            self._lag.forget()
            self._change(ReplicaStatus.PROMOTED)
            return False
        self._lag.note_replayed(row["position"])
        return True

    def _change(self, status: ReplicaStatus, reason: str = "") -> None:
        if status is self.status:
            return
        self.status = status
        fields = {"status": status.value, "lag_seconds": self.lag_seconds, "reason": reason or None}
        log_status = log.info if status in (ReplicaStatus.FOLLOWING, ReplicaStatus.STARTING) else log.warning
        log_status("replica", **{name: value for name, value in fields.items() if value is not None})


async def read_written_position(lease: Lease) -> int:
    """A log position at or after the last commit on the lease. Raises Overloaded and errors of the driver."""
    pooled = await lease.acquire()
    try:
        position: int = await pooled.driver.fetchval(COMMITTED_POSITION)
    except BaseException as error:
        await lease.drop(pooled, lost=is_lost(error))
        raise
    await lease.release(pooled)
    return position
