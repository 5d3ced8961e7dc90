"""A copy that no longer follows is not read from."""

from pathlib import Path

from service.app import create_app
from service.cli.connection import wait_for_replica
from service.embedded import Cluster
from service.postgres.database import Database
from service.postgres.replica import ReplicaStatus
from service.settings import Settings
from tests.kit.client import Client, Clock
from tests.kit.standby import Standby
from tests.replica.conftest import NAME, replica_of, until
from tests.replica.test_replica_reads import rename, titles


async def test_a_copy_that_was_promoted(client: Client, primary: Cluster, clock: Clock, short_folder: Path) -> None:
    id = await client.objective(await client.cycle(), "Before")
    copy = Standby(primary, short_folder)
    database = Database(Settings(), primary.url(NAME), copy.url(NAME))
    try:
        replica_of(database).watch()
        await until(lambda: replica_of(database).is_usable)
        app = create_app(Settings(), database, clock)
        async with Client(app, database, clock, client.organization_id, client.person_id, client.key) as served:
            assert await titles(served) == ["Before"]
            copy.promote()
            await until(lambda: replica_of(database).status is ReplicaStatus.PROMOTED)
            await rename(client, id, "After")
            assert await titles(served) == ["After"]
            answer = await served.http.get("/ready")
            assert (answer.status_code, answer.json()["replica"]["status"]) == (200, "PROMOTED")
    finally:
        await database.dispose()
        copy.remove()


async def test_another_database_is_no_replica(primary: Cluster, standby: Standby, database_url: str) -> None:
    """Neither one of another cluster, nor the primary itself."""
    for primary_url, read_url, status in (
        (database_url, standby.url(NAME), ReplicaStatus.FOREIGN),
        (primary.url(NAME), primary.url(NAME), ReplicaStatus.PROMOTED),
        (primary.url(NAME), "postgresql+asyncpg://nobody@127.0.0.1:1/none", ReplicaStatus.UNREACHABLE),
        ("postgresql+asyncpg://nobody@127.0.0.1:1/none", standby.url(NAME), ReplicaStatus.PRIMARY_UNREACHABLE),
    ):
        database = Database(Settings(), primary_url, read_url)
        await wait_for_replica(replica_of(database))
        assert replica_of(database).status is status
        assert await database.read_pool() is database.primary
        await database.dispose()
