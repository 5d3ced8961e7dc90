"""A replica that queries are read from as long as it follows the primary closely."""

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
from service.postgres.server_session import ANSWER_SECONDS, ServerSession

WATCH_SECONDS = 1.0
# What has been found out is believed for so long.
MAX_AGE_SECONDS = 2 * (WATCH_SECONDS + ANSWER_SECONDS)
# So long a query waits for what its client has written before it is read from the primary.
CATCH_UP_SECONDS = 0.1
POLL_SECONDS = 0.01
# Writes are remembered for so long, or as long as a replica that is read from may be behind.
REMEMBERED_SECONDS = 600.0
MAX_REMEMBERED = 10_000

WHERE_PRIMARY = """SELECT (SELECT system_identifier FROM pg_control_system()) AS system,
    (pg_current_wal_flush_lsn() - '0/0')::int8 AS position, (pg_current_wal_insert_lsn() - '0/0')::int8 AS written"""
WHERE_REPLICA = """SELECT (SELECT system_identifier FROM pg_control_system()) AS system,
    pg_is_in_recovery() AS follows, (pg_last_wal_replay_lsn() - '0/0')::int8 AS position"""
# After a commit on the same connection: not below the end of what it has written.
WRITTEN = "SELECT (pg_current_wal_insert_lsn() - '0/0')::int8"
log = structlog.get_logger("replica")
Principal = tuple[UUID, UUID | None]


class OwnWrites(NamedTuple):
    """What a reader has to see: the writes of a person in an organization, and those up to a position of the log."""

    principal: Principal
    position: float = 0.0


class ReplicaStatus(StrEnum):
    """Whether queries are read from the replica, or why not."""

    STARTING = "STARTING"
    FOLLOWING = "FOLLOWING"
    LAGGING = "LAGGING"
    PROMOTED = "PROMOTED"
    FOREIGN = "FOREIGN"
    UNREACHABLE = "UNREACHABLE"
    PRIMARY_UNREACHABLE = "PRIMARY_UNREACHABLE"


class Replica:
    """The pool of a replica, and whether it can be read from.

    `watch` compares it with the primary once a second. `max_lag` is how many seconds it may be behind.
    """

    def __init__(self, pool: Pool, url: str, primary_url: str, max_lag: float) -> None:
        self.pool = pool
        self.status = ReplicaStatus.STARTING
        self._max_lag = max_lag
        self._lag = ReplicationLag()
        self._checked_at = self._primary_at = -math.inf
        self._primary, self._own = ServerSession(primary_url), ServerSession(url)
        remembered = max(REMEMBERED_SECONDS, max_lag + MAX_AGE_SECONDS)
        self._written: TTLCache[Principal, float] = TTLCache(MAX_REMEMBERED, remembered)
        self._unplaced: TTLCache[Principal, object] = TTLCache(MAX_REMEMBERED, remembered)
        self._suspensions = 0
        self._polling: asyncio.Task[bool] | None = None
        self._watching: asyncio.Task[None] | None = None

    @property
    def lag_seconds(self) -> float | None:
        """How far it is behind, as of now; None when nothing is known."""
        return self._lag.seconds(time.monotonic())

    @property
    def is_usable(self) -> bool:
        """Whether it follows the primary closely enough."""
        return self.status is ReplicaStatus.FOLLOWING and time.monotonic() - self._checked_at < MAX_AGE_SECONDS

    def note_write(self, principal: Principal) -> object:
        """Notes that somebody has written up to a position of the log that is not known yet; a mark for
        `note_position`."""
        mark = self._unplaced[principal] = object()
        return mark

    def note_position(self, principal: Principal, position: float, mark: object) -> None:
        """Notes a position that was asked for after a mark was made: it is not below what was written until then.

        Answers may come in another order than they were asked for, so a position never gives way to a lower one, and
        writes that were noted since the mark stay unplaced.
        """
        self._written[principal] = max(position, self._written.get(principal, 0.0))
        if self._unplaced.get(principal) is mark:
            del self._unplaced[principal]

    async def shows(self, own: OwnWrites | None) -> bool:
        """Whether it can be read from and shows what somebody has written; it is given 0.1 s to get there."""
        if own is None or not self.is_usable:
            return self.is_usable
        if (mark := self._unplaced.get(own.principal)) is not None:
            # Whatever it was, the primary is past it.
            if (row := await self._primary.ask(WHERE_PRIMARY)) is None:
                return False
            self.note_position(own.principal, row["written"], mark)
        return await self._has_replayed(max(self._written.get(own.principal, 0.0), own.position))

    def suspend(self, reason: str) -> None:
        """Stops reading from it until a check that begins from now on finds it well."""
        self._suspensions += 1
        self._change(ReplicaStatus.UNREACHABLE, reason)

    async def check(self) -> None:
        """Compares it with the primary, and decides whether it is read from."""
        suspensions = self._suspensions
        # The replica first: it can be behind what the primary says later, and never ahead of it.
        if not await self._ask_replica():
            return
        replayed = self._lag.replayed
        row = await self._primary.ask(WHERE_PRIMARY)
        if suspensions != self._suspensions:
            # A read has failed since the replica answered.
            return
        now = time.monotonic()
        if row is None:
            # It may miss whatever was written since the primary has answered.
            if self.status is not ReplicaStatus.FOLLOWING or now - self._primary_at > self._max_lag:
                self._change(ReplicaStatus.PRIMARY_UNREACHABLE)
            self._checked_at = now
            return
        self._primary_at = now
        if self._own.system != row["system"] or replayed > row["position"]:
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
        """Begins to check it once a second, until `close`."""
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch())

    async def close(self) -> None:
        """Stops watching, and closes all connections."""
        if tasks := [task for task in (self._watching, self._polling) if task is not None]:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        self._primary.close()
        self._own.close()
        await self.pool.dispose()

    async def _watch(self) -> None:
        while True:
            try:
                await self.check()
            except Exception:
                # A bug must not end the watch: without it the replica is not read from any more.
                log.exception("replica check failed")
            await asyncio.sleep(WATCH_SECONDS)

    async def _has_replayed(self, position: float) -> bool:
        try:
            async with asyncio.timeout(CATCH_UP_SECONDS):
                while self.is_usable and self._lag.replayed < position:
                    if not await self._poll():
                        return False
                    if self._lag.replayed < position:
                        await asyncio.sleep(POLL_SECONDS)
        except TimeoutError:
            return False
        return self.is_usable

    async def _poll(self) -> bool:
        """Learns how far it has replayed, together with all who want to know: one question for all of them, which
        whoever gives up leaves to the others."""
        if self._polling is None or self._polling.done():
            self._polling = asyncio.create_task(self._ask_replica())
        return await asyncio.shield(self._polling)

    async def _ask_replica(self) -> bool:
        """Learns how far it has replayed; whether it answers and follows."""
        row = await self._own.ask(WHERE_REPLICA)
        if row is None:
            self._change(ReplicaStatus.UNREACHABLE, self._own.reason)
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
        known = {"status": status.value, "lag_seconds": self.lag_seconds, "reason": reason or None}
        tell = log.info if status in (ReplicaStatus.FOLLOWING, ReplicaStatus.STARTING) else log.warning
        tell("replica", **{name: value for name, value in known.items() if value is not None})


async def written_position(lease: Lease) -> int:
    """A position of the write-ahead log that is not below what was committed on a connection. Raises what the driver
    raises, and Overloaded."""
    taken = await lease.take()
    try:
        position: int = await taken.driver.fetchval(WRITTEN)
    except BaseException as error:
        await lease.drop(taken, lost=is_lost(error))
        raise
    await lease.give(taken, only_read=True)
    return position
