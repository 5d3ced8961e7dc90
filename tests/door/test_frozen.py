"""A server that stands still keeps nobody longer than an operation may take."""

import asyncio
import os
import signal
import time

import pytest

from service.postgres.database import SNAPSHOT
from tests.door.conftest import Door
from tests.kit.client import Client, freed

QUERY = "{ objectives { nodes { title } } }"
UPDATE = """
    mutation($id: ID!, $title: String!) { objectiveUpdate(input: {id: $id, title: $title}) { objective { title } } }"""
# Far below what the driver and SQLAlchemy would wait, far above what it takes here.
MAX_SECONDS = 15


@pytest.mark.parametrize("document", [QUERY, UPDATE])
async def test_processes_of_postgres_that_stand_still(client: Client, door: Door, document: str) -> None:
    objective = await client.objective(await client.cycle(), "As it was")
    served = await door(pool_size=2, operation_timeout=2, statement_timeout=60, pool_timeout=60, tenant_share=1)
    assert await served.data(QUERY) == {"objectives": {"nodes": [{"title": "As it was"}]}}
    before = await client.data("{ objectives { nodes { title version } } events { totalCount } }")
    primary = served.database.primary
    one = served.database.open_connection(primary, SNAPSHOT, client.organization_id)
    other = served.database.open_connection(primary, SNAPSHOT, client.organization_id)
    async with one as first, other as second:
        processes = [each.driver.get_server_pid() for each in (first, second)]
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        started = time.monotonic()
        body = {"query": document, "variables": {"id": objective, "title": "Changed"}}
        responses = await asyncio.gather(*(served.http.post("/graphql", json=body) for _ in range(2)))
        assert time.monotonic() - started < MAX_SECONDS
        for response in responses:
            assert response.status_code == 503
            [error] = response.json()["errors"]
            assert error["extensions"] == {"code": "OPERATION_TIMEOUT"}
        assert await freed(served.database) == 0
        # What stands still was given up, and others serve.
        assert (await served.data(QUERY))["objectives"]["nodes"] == [{"title": "As it was"}]
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)
    assert await client.data("{ objectives { nodes { title version } } events { totalCount } }") == before
