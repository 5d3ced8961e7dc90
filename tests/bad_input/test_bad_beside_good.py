"""One field fails while others still read: they are answered, and no connection is left behind."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest

from service.app import create_app
from service.postgres.database import Database
from service.settings import Settings
from tests.bad_input.asking import BAD, Asker, codes_of
from tests.kit.client import freed

# What a resolver refuses while a sibling reads, waits for its turn, or has not begun.
PAGE = "incomingAlignments(first: 101) { totalCount }"
STAGES = "milestones { id }"
REFUSED = {
    "while another reads": f"{{ keyResults {{ nodes {{ {STAGES} {PAGE} }} }} }}",
    "while others wait": f"{{ keyResults {{ nodes {{ {STAGES} {PAGE} checkIns {{ totalCount }} owner {{ id }} }} }} }}",
    "at the root": f"{{ keyResults {{ nodes {{ {STAGES} }} }} teams(first: 101) {{ totalCount }} viewer {{ role }} }}",
}
# What graphql-core refuses by itself, in the middle of collecting what is still to be awaited: a nullable
# variable with a default may stand where null may not, and is null in the end.
NULL = {
    "an argument": "people { totalCount nodes { id } } objectives(includeArchived: $b) { totalCount }",
    "a directive on a leaf": "people { totalCount } teams { totalCount nodes { id name @include(if: $b) } }",
    "a directive on a fragment": "teams { nodes { objectives { totalCount } ... on Team @skip(if: $b) { id } } }",
    "a directive below a relation": "teams { nodes { objectives { totalCount } memberships { id @include(if: $b) } } }",
    "a directive on the viewer": "viewer { role @include(if: $b) } teams { totalCount } people { totalCount }",
    "a directive in an edge": "teams { totalCount edges { cursor @skip(if: $b) } nodes { memberships { id } } }",
}
GOOD = "{ people { totalCount } teams { nodes { id } } keyResults { nodes { milestones { id } } } }"


@asynccontextmanager
async def milestones_locked(asker: Asker) -> AsyncIterator[None]:
    """Whoever reads milestones waits until this is over."""
    async with asker.superuser.transaction():
        await asker.superuser.execute("LOCK TABLE milestones IN ACCESS EXCLUSIVE MODE")
        yield


async def in_use(asker: Asker) -> int:
    """How many connections stay out of the pool."""
    return await freed(asker.client.database)


@pytest.mark.parametrize("document", REFUSED.values(), ids=REFUSED.keys())
async def test_a_refused_field_takes_nothing_from_those_that_are_still_read(asker: Asker, document: str) -> None:
    async with milestones_locked(asker):
        answering = asyncio.create_task(asker.post(document))
        await asyncio.sleep(0.1)
        assert not answering.done()
    response = await answering
    assert set(codes_of(response)) == set(BAD)
    found = response.json()["data"]["keyResults"]["nodes"]
    assert len([stage for each in found for stage in each["milestones"]]) > 0
    assert await in_use(asker) == 0


@pytest.mark.parametrize("fields", NULL.values(), ids=NULL.keys())
async def test_null_by_way_of_a_default_leaves_nothing_behind(asker: Asker, fields: str) -> None:
    document = f"query($b: Boolean = false) {{ {fields} }}"
    for _ in range(3):
        response = await asker.post(document, {"b": None})
        assert (await in_use(asker), codes_of(response)) == (0, BAD)
    assert await asker.codes(document, b=True) == []


async def test_the_pool_outlives_more_failures_than_it_has_connections(asker: Asker) -> None:
    for _ in range(3):
        for document in REFUSED.values():
            await asker.post(document)
        for fields in NULL.values():
            await asker.post(f"query($b: Boolean = false) {{ {fields} }}", {"b": None})
    assert await in_use(asker) == 0
    assert await asker.codes(GOOD) == []


async def test_a_statement_past_its_time_is_told_as_such(asker: Asker, database_url: str, settings: Settings) -> None:
    impatient = Database(settings.model_copy(update={"statement_timeout": 0.2}), database_url)
    transport = httpx2.ASGITransport(app=create_app(settings, impatient, asker.clock))
    headers = {"Authorization": f"Bearer {asker.client.key}"}
    http = httpx2.AsyncClient(transport=transport, base_url="http://okrgraph.test", headers=headers)
    alone = "{ keyResults { nodes { milestones { id } checkIns { totalCount } owner { id } } } }"
    # The viewer decides what a filter finds, so the key results are read after their objectives.
    later = '{ objectives { nodes { keyResults(filter: {title: {neq: "x"}}) { milestones { id } } } } }'
    async with http, milestones_locked(asker):
        # Beside what was read in time the error stays in its field.
        for document, status in ((alone, 503), (later, 200)):
            response = await http.post("/graphql", json={"query": document})
            codes = {error["extensions"]["code"] for error in response.json()["errors"]}
            assert (response.status_code, codes) == (status, {"OPERATION_TIMEOUT"})
            assert await freed(impatient) == 0
    await impatient.dispose()
