"""A request is told to be sent again only where that does nothing twice."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from service.errors import Overloaded
from service.http.graphql import GraphQLEndpoint
from service.postgres.lease import Lease
from tests.door.conftest import Door, Held
from tests.kit.client import Client, freed

BUSY = "The service is busy: no database connection came free in time."
HALF_DONE = " Something that the request asked for is changed already: read what, before you send it again."
TITLES = "{ objectives { nodes { title } } }"


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Callable[[Client, int], None]:
    """Lets an application have so many more connections, one after another."""

    def limit(client: Client, connections: int) -> None:
        primary, left = client.database.primary, connections
        acquire = primary.acquire

        async def limited_acquire(tenant: Any = None) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                raise Overloaded(BUSY)
            return await acquire(tenant)

        monkeypatch.setattr(primary, "acquire", limited_acquire)

    return limit


def create(*titles: str, cycle: str) -> str:
    return " ".join(
        f'{title}: objectiveCreate(input: {{cycleId: "{cycle}", title: "{title}"}}) {{ objective {{ title }} }}'
        for title in titles
    )


@pytest.fixture
async def other(door: Door) -> Client:
    """An application that knows the key already, so that each connection is for what is asked."""
    other = await door()
    await other.data("{ viewer { role } }")
    return other


async def send(client: Client, document: str) -> httpx2.Response:
    return await client.http.post("/graphql", json={"query": document})


async def test_nothing_was_done(other: Client, only: Any, client: Client) -> None:
    cycle = await client.cycle()
    only(other, 0)
    for document in (f"mutation {{ {create('a', cycle=cycle)} }}", f"mutation {{ {create('a', 'b', cycle=cycle)} }}"):
        response = await send(other, document)
        assert (response.status_code, response.headers["retry-after"]) == (503, "1")
        assert response.json() == {"errors": [{"message": BUSY, "extensions": {"code": "SERVICE_UNAVAILABLE"}}]}
    assert await client.data(TITLES) == {"objectives": {"nodes": []}}


@pytest.mark.parametrize("form", ["mutation {{ {} }}", "mutation {{ ...M }} fragment M on Mutation {{ {} }}"])
@pytest.mark.parametrize("titles", ["a", "ab"])
async def test_all_is_done_and_read_on_one_connection(
    other: Client, only: Any, client: Client, form: str, titles: str
) -> None:
    cycle = await client.cycle()
    only(other, 1)
    response = await send(other, form.format(create(*titles, cycle=cycle)))
    assert response.json() == {"data": {title: {"objective": {"title": title}} for title in titles}}
    assert (await client.data(TITLES))["objectives"]["nodes"] == [{"title": title} for title in titles]
    assert await freed(other.database) == 0


async def test_of_many_at_once_each_is_done_and_answered_or_not_done(door: Door, client: Client) -> None:
    busy = await door(pool_size=2, pool_timeout=0.1)
    # A first connection can take longer than that.
    while (await send(busy, "{ viewer { role } }")).status_code != 200:
        pass
    cycle = await client.cycle()
    answers = await asyncio.gather(
        *(send(busy, f"mutation {{ {create(f't{number}', cycle=cycle)} }}") for number in range(60))
    )
    done = {f"t{number}" for number, answer in enumerate(answers) if answer.status_code == 200}
    refused = [answer.json()["errors"] for answer in answers if answer.status_code != 200]
    assert done
    assert refused == [[{"message": BUSY, "extensions": {"code": "SERVICE_UNAVAILABLE"}}]] * (60 - len(done))
    assert all(
        answer.json() == {"data": {f"t{number}": {"objective": {"title": f"t{number}"}}}}
        for number, answer in enumerate(answers)
        if answer.status_code == 200
    )
    titles = (await client.data("{ objectives(first: 100) { nodes { title } } }"))["objectives"]["nodes"]
    assert {each["title"] for each in titles} == done
    assert await freed(busy.database) == 0


@pytest.mark.parametrize(("done", "status", "again"), [(0, 503, "1"), (1, 500, None)])
async def test_the_service_stops(
    other: Client, client: Client, monkeypatch: pytest.MonkeyPatch, done: int, status: int, again: str | None
) -> None:
    """Stopping cancels what is running; the endpoint answers all the same."""
    cycle = await client.cycle()
    # A field takes the connection to write and to read.
    stuck, left, acquire = asyncio.Event(), 2 * done, Lease.acquire

    async def limited_acquire(lease: Lease, tenant: Any = None) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            stuck.set()
            await asyncio.Event().wait()
        return await acquire(lease, tenant)

    responding = GraphQLEndpoint._respond
    tasks: list[asyncio.Task[Any]] = []

    async def respond(endpoint: GraphQLEndpoint, request: Any) -> Any:
        task = asyncio.current_task()
        assert task is not None
        tasks.append(task)
        return await responding(endpoint, request)

    monkeypatch.setattr(Lease, "acquire", limited_acquire)
    monkeypatch.setattr(GraphQLEndpoint, "_respond", respond)
    asking = asyncio.create_task(send(other, f"mutation {{ {create('a', 'b', cycle=cycle)} }}"))
    await stuck.wait()
    tasks[0].cancel()
    response = await asking
    assert (response.status_code, response.headers.get("retry-after")) == (status, again)
    [error] = response.json()["errors"]
    assert error["extensions"] == {"code": "COMMITTED_WITHOUT_RESULT" if done else "SERVICE_UNAVAILABLE"}
    assert error["message"] == "The service is stopping." + HALF_DONE * done
    titles = [{"title": "a"}] if done else []
    assert await client.data(TITLES) == {"objectives": {"nodes": titles}}


@pytest.mark.parametrize(
    ("limits", "status", "message"),
    [
        ({"operation_timeout": 0.4}, 500, "The operation took longer than 0.4 s."),
        ({"statement_timeout": 0.4}, 200, "A statement ran past its time limit, or waited too long for others."),
    ],
    ids=["operation", "statement"],
)
async def test_reading_back_takes_too_long(
    door: Door, held: Held, client: Client, limits: dict[str, float], status: int, message: str
) -> None:
    other = await door(**limits)
    await other.data("{ viewer { role } }")
    cycle, owner = await client.cycle(), (await client.data("{ viewer { person { id } } }"))["viewer"]["person"]["id"]
    document = f"""mutation {{ objectiveCreate(input: {{cycleId: "{cycle}", title: "a", ownerId: "{owner}"}}) {{
        objective {{ owner {{ memberships {{ role }} }} }} }} }}"""
    async with held("memberships"):
        response = await send(other, document)
    [error] = response.json()["errors"]
    assert (error["message"], error["extensions"]) == (message + HALF_DONE, {"code": "COMMITTED_WITHOUT_RESULT"})
    assert (response.status_code, response.headers.get("retry-after")) == (status, None)
    assert await client.data(TITLES) == {"objectives": {"nodes": [{"title": "a"}]}}
