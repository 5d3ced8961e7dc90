"""A client of the application, as the tests use it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
from sqlalchemy import event
from starlette.types import ASGIApp
from uuid_utils.compat import uuid7

from service.people.founding import add_organization
from service.people.key_commands import issue_key
from service.postgres.database import Database
from service.postgres.pool import PooledConnection
from service.unit_of_work import write
from service.viewer import Viewer
from service.writing.transaction import Transaction
from tests.kit.asgi import post_json

# What the driver asks each connection once, when it first meets a type.
OF_THE_DRIVER = ("typeinfo_tree", "set_config('jit'", "current_setting('jit')")
# A test may hold a connection itself.
MAX_ENDING_SECONDS = 0.5


class Clock:
    """The middle of 2026, until a test sets another moment."""

    def __init__(self) -> None:
        self.now = datetime(2026, 7, 2, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


class Client:
    """Speaks GraphQL over HTTP to an application in this process."""

    def __init__(
        self, app: ASGIApp, database: Database, clock: Clock, organization_id: UUID, person_id: UUID, key: str
    ) -> None:
        self.app, self.database, self.clock = app, database, clock
        self.organization_id, self.person_id, self.key = organization_id, person_id, key
        self.viewer = Viewer(organization_id, person_id, "OWNER")
        self.http = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=app),
            base_url="http://okrgraph.test",
            headers={"Authorization": f"Bearer {key}"},
        )

    def over(self, app: ASGIApp, clock: Clock) -> "Client":
        """The same person, by another application and another clock."""
        return Client(app, self.database, clock, self.organization_id, self.person_id, self.key)

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def answer(self, document: str, **variables: Any) -> dict[str, Any]:
        """The whole response to a document."""
        body = {"query": document, "variables": variables}
        return await post_json(self.app, "/graphql", body, self.http.headers.items())

    async def data(self, document: str, **variables: Any) -> dict[str, Any]:
        """The data of a response that has no errors."""
        answer = await self.answer(document, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def change(self, mutation: str, input: dict[str, Any], selection: str) -> dict[str, Any]:
        """The payload of one mutation."""
        kind = f"{mutation[0].upper()}{mutation[1:]}Input"
        errors = "userErrors { code message field }"
        document = f"mutation($input: {kind}!) {{ {mutation}(input: $input) {{ {selection} {errors} }} }}"
        return (await self.data(document, input=input))[mutation]

    async def make(self, mutation: str, selection: str = "id", **input: Any) -> Any:
        """What a mutation makes or changes; fails on a user error."""
        goal = next((name for name in ("kpi", "initiative") if f"{name}Id" in input), "objective")
        name = {
            "objectiveAlign": "alignment",
            "objectiveUnalign": "alignment",
            "keyResultLinkKpi": "kpiLink",
            "keyResultUnlinkKpi": "kpiLink",
            "keyResultCheckIn": "checkIn",
            **dict.fromkeys(("objectiveCheckIn", "checkInCorrect", "checkInWithdraw"), "checkIn"),
            **dict.fromkeys(("initiativeCheckInCorrect", "initiativeCheckInWithdraw"), "initiativeCheckIn"),
            "objectiveDuplicate": "objective",
            "teamJoin": "team",
            "teamLeave": "team",
            "initiativeLink": "initiative",
            "initiativeUnlink": "initiative",
            "participantAdd": goal,
            "participantRemove": goal,
            **{f"cycle{step}": "cycle" for step in ("Activate", "BeginClosing", "Extend", "Close", "Reopen")},
        }.get(mutation) or mutation.removesuffix("Create").removesuffix("Update").removesuffix("Archive").removesuffix(
            "Restore"
        ).removesuffix("Reorder").removesuffix("Erase").removesuffix("Score")
        payload = await self.change(mutation, input, f"{name} {{ {selection} }}")
        assert payload["userErrors"] == [], payload["userErrors"]
        return payload[name]["id"] if selection == "id" else payload[name]

    async def refused(self, mutation: str, **input: Any) -> tuple[str, list[str] | None]:
        """Code and field of the one user error that a mutation comes to."""
        [error] = (await self.change(mutation, input, ""))["userErrors"]
        assert error["message"]
        return error["code"], error["field"]

    async def cycle(self, starts: str = "2026-01-01", ends: str = "2026-12-31", **more: Any) -> str:
        """A cycle; the year 2026 unless said otherwise."""
        facts = {"name": "2026", "kind": "YEAR", "startsOn": starts, "endsOn": ends, **more}
        return await self.make("cycleCreate", **facts)

    async def take_steps(self, cycle: str, *steps: str) -> None:
        """Takes steps of the state machine of a cycle: names such as BeginClosing."""
        for step in steps:
            more = {"acceptProposals": True, "waiver": "Never measured"} if step == "Close" else {}
            await self.make(f"cycle{step}", "state", id=cycle, **more)

    async def objective(self, cycle: str, title: str = "Improve customer satisfaction", **more: Any) -> str:
        return await self.make("objectiveCreate", cycleId=cycle, title=title, **more)

    async def key_result(self, objective: str, title: str = "A key result", **more: Any) -> str:
        return await self.make("keyResultCreate", objectiveId=objective, title=title, **more)

    async def check_in(self, key_result: str, value: str | None = None, **more: Any) -> str:
        return await self.make("keyResultCheckIn", keyResultId=key_result, value=value, **more)


class Statements:
    """Every message that reaches Postgres while it is entered, as the driver sends it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.sent: list[str] = []
        self._watched: list[Any] = []

    def __enter__(self) -> "Statements":
        self._take = self._database.primary.acquire
        self._database.primary.acquire = self._taken  # type: ignore[method-assign]
        event.listen(self._database.primary.engine.sync_engine, "before_cursor_execute", self._executed)
        return self

    def __exit__(self, *_: object) -> None:
        self._database.primary.acquire = self._take  # type: ignore[method-assign]
        event.remove(self._database.primary.engine.sync_engine, "before_cursor_execute", self._executed)
        for connection in self._watched:
            if not connection.is_closed():
                connection.remove_query_logger(self._note)

    def _executed(self, _connection: Any, _cursor: Any, statement: str, *_: object) -> None:
        # The driver's logger does not see what SQLAlchemy prepares.
        self.sent.append(statement)

    async def _taken(self, tenant: UUID | None = None) -> PooledConnection:
        taken = await self._take(tenant)
        if taken.driver not in self._watched:
            self._watched.append(taken.driver)
            taken.driver.add_query_logger(self._note)
        return taken

    def _note(self, record: Any) -> None:
        if not any(mark in record.query for mark in OF_THE_DRIVER):
            self.sent.append(record.query)

    async def of(self, work: Any) -> list[str]:
        """The messages that some work sends, in their order."""
        await self._quiet()
        self.sent.clear()
        await work
        await self._quiet()
        return list(self.sent)

    async def _quiet(self) -> None:
        """Waits until snapshots that nobody waits for have ended, and the driver has told of the last message."""
        await freed(self._database, MAX_ENDING_SECONDS)
        await asyncio.sleep(0.01)


async def freed(database: Database, seconds: float = 5) -> int:
    """How many connections are out of the pool, once there are none or time is up: a cancelled one takes a moment."""
    for _ in range(int(seconds / 0.01)):
        if not database.primary.in_use:
            break
        await asyncio.sleep(0.01)
    return database.primary.in_use


async def founded(app: ASGIApp, database: Database, clock: Clock, name: str) -> Client:
    """The owner of a new organization."""
    viewer = Viewer(uuid7(), None, "OWNER")

    async def command(tx: Transaction) -> tuple[UUID, str]:
        person = await add_organization(tx, name, "UTC", {"name": "Olive Owner", "email": "olive@example.com"})
        return person.id, await issue_key(tx, person.id, "test")

    person_id, key = await write(database, viewer, clock.now, command)
    return Client(app, database, clock, viewer.organization_id, person_id, key)
