"""Whose writes a replica has to show, whatever comes in which order; without servers."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID

import pytest

from schema.context import Context
from service.postgres import replica as replicas
from service.postgres.database import Database
from service.postgres.replica import OwnWrites, Replica, ReplicaStatus
from service.postgres.server_session import ServerSession
from service.settings import Settings
from service.viewer import Viewer
from tests.kit.client import Clock
from tests.replica.conftest import replica_of

NOWHERE = "postgresql+asyncpg://nobody@127.0.0.1:1/nowhere"
SOMEBODY = (UUID(int=1), UUID(int=2))


class Server:
    """Answers in the place of a session: `row`, once `lets` is set."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.row, self.lets, self.calls = row, asyncio.Event(), 0
        self.system, self.reason = 7, ""

    async def fetch_row(self, _statement: str) -> dict[str, Any]:
        self.calls += 1
        await self.lets.wait()
        return self.row

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    """The pools of servers that are not there."""
    created = Database(Settings(), NOWHERE, NOWHERE)
    yield created
    await created.dispose()


@pytest.fixture
def primary(database: Database, monkeypatch: pytest.MonkeyPatch) -> Server:
    """In the place of the primary."""
    server = Server({"system": 7, "position": 100, "written": 100})
    monkeypatch.setattr(replica_of(database), "_primary", server)
    return server


@pytest.fixture
def standby(database: Database, monkeypatch: pytest.MonkeyPatch) -> Server:
    """In the place of the replica, which has replayed 110."""
    server = Server({"system": 7, "follows": True, "position": 110})
    monkeypatch.setattr(replica_of(database), "_replica", server)
    server.lets.set()
    return server


@pytest.fixture
def replica(database: Database, primary: Server, standby: Server) -> Replica:
    """A replica that follows."""
    created = replica_of(database)
    created.status, created._checked_at = ReplicaStatus.FOLLOWING, time.monotonic()
    return created


def later_answer(replica: Replica) -> None:
    """Two writes: the position of the second is known before that of the first."""
    first = replica.note_write(SOMEBODY)
    replica.note_position(SOMEBODY, 120, replica.note_write(SOMEBODY))
    replica.note_position(SOMEBODY, 100, first)


def without_position(replica: Replica) -> None:
    """Two writes: the position of the first is told after the second was noted, which is cancelled before its own."""
    first = replica.note_write(SOMEBODY)
    replica.note_write(SOMEBODY)
    replica.note_position(SOMEBODY, 100, first)


@pytest.mark.parametrize(("writing", "calls"), [(later_answer, 0), (without_position, 1)])
async def test_no_write_is_hidden_by_an_older_one(
    replica: Replica, primary: Server, writing: Callable[[Replica], None], calls: int
) -> None:
    primary.row["written"] = 120
    primary.lets.set()
    writing(replica)
    assert (await replica.can_serve(OwnWrites(SOMEBODY)), primary.calls) == (False, calls)


async def test_a_write_while_the_primary_is_asked_is_not_forgotten(replica: Replica, primary: Server) -> None:
    replica.note_write(SOMEBODY)
    reading = asyncio.create_task(replica.can_serve(OwnWrites(SOMEBODY)))
    await asyncio.sleep(0)
    replica.note_position(SOMEBODY, 120, replica.note_write(SOMEBODY))
    primary.lets.set()
    assert (await reading, await replica.can_serve(OwnWrites(SOMEBODY))) == (False, False)
    assert await replica.can_serve(OwnWrites((UUID(int=1), UUID(int=3))))


async def test_writes_are_remembered_for_as_long_as_a_replica_may_be_behind() -> None:
    created = Database(Settings(replica_lag_limit=5_000), NOWHERE, NOWHERE)
    assert (
        replica_of(created)._written.ttl == replica_of(created)._pending_marks.ttl == 5_000 + replicas.MAX_AGE_SECONDS
    )
    await created.dispose()


async def test_who_is_cancelled_while_the_snapshot_ends_has_written(
    database: Database, replica: Replica, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = Context(database, Viewer(*SOMEBODY, "OWNER"), clock.now)
    context.has_written = True

    async def close() -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr(context.reader, "close", close)
    with pytest.raises(asyncio.CancelledError):
        await context.close()
    assert SOMEBODY in replica._pending_marks


async def test_readers_of_a_replica_that_stands_still_wait_side_by_side(replica: Replica, standby: Server) -> None:
    standby.lets.clear()
    replica.note_position(SOMEBODY, 120, replica.note_write(SOMEBODY))
    before = time.monotonic()
    shown = await asyncio.gather(*(replica.can_serve(OwnWrites(SOMEBODY)) for _ in range(50)))
    assert (set(shown), standby.calls) == ({False}, 1)
    assert time.monotonic() - before < 1


async def test_a_session_gives_up_on_all_who_ask_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.postgres.server_session.MAX_ANSWER_SECONDS", 0.2)

    async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(5)
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    session = ServerSession(f"postgresql+asyncpg://nobody@127.0.0.1:{port}/nowhere")
    before = time.monotonic()
    assert await asyncio.gather(*(session.fetch_row("SELECT 1") for _ in range(20))) == [None] * 20
    assert (session.reason, time.monotonic() - before < 1) == ("TimeoutError: ", True)
    server.close()


async def test_without_the_primary_it_is_believed_for_as_long_as_it_may_lag(
    replica: Replica, primary: Server, standby: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written since the primary has answered is missing, for all that is known."""
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    standby.row = {**standby.row, "position": 100}
    primary.lets.set()
    await replica.check()
    assert replica.is_usable

    async def unreachable(_statement: str) -> None:
        return None

    monkeypatch.setattr(primary, "fetch_row", unreachable)
    for seconds, is_usable in ((4.0, True), (1.5, False)):
        now[0] += seconds
        await replica.check()
        assert replica.is_usable is is_usable
    assert replica.status is ReplicaStatus.PRIMARY_UNREACHABLE


async def test_a_check_that_was_under_way_when_a_read_failed_decides_nothing(
    replica: Replica, primary: Server, standby: Server
) -> None:
    """The replica has answered it before it was killed."""
    standby.row = {**standby.row, "position": 100}
    standby.lets.set()
    checking = asyncio.create_task(replica.check())
    await asyncio.sleep(0.05)
    assert primary.calls
    replica.suspend("killed")
    primary.lets.set()
    await checking
    assert (replica.status, replica.is_usable) == (ReplicaStatus.UNREACHABLE, False)
    await replica.check()
    assert (replica.status, replica.is_usable) == (ReplicaStatus.FOLLOWING, True)
