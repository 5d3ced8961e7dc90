"""Clients of a drill over HTTP: writers that read after each write what they have written, and readers."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import uuid4

import httpx2

from tests.drill.ledger import Entry, Ledger, Outcome, Write, outcome_of

# Longer than any operation may take, so that only a server that answers nobody reaches it.
TIMEOUT = httpx2.Timeout(15, connect=5)
REFUSED_PAUSE = 0.1
# Longer, since it costs no time to be turned away where nobody listens.
UNREACHED_PAUSE = 0.25

CHECK_IN = """mutation CheckIn($id: ID!, $about: ID!, $value: Decimal!) {
    made: keyResultCheckIn(input: {id: $id, keyResultId: $about, value: $value}) {
        object: checkIn { id } userErrors { code } } }"""
CREATE = """mutation Create($id: ID!, $about: ID!, $value: String!) {
    made: objectiveCreate(input: {id: $id, cycleId: $about, title: $value}) {
        object: objective { id } userErrors { code } } }"""
RENAME = """mutation Rename($about: ID!, $value: String!) {
    made: objectiveUpdate(input: {id: $about, title: $value}) {
        object: objective { id } userErrors { code } } }"""
OWN = "query Own($id: ID!) { node(id: $id) { ... on CheckIn { value } ... on Objective { title } } }"
GOALS = """query Goals { objectives(first: 20) { nodes {
    title progress keyResults { title current progress } checkIns(first: 3) { nodes { value } } } } }"""


class Goal(NamedTuple):
    """What one writer writes to: ids as the API gives them, and the UUID of the objective."""

    cycle: str
    objective: str
    objective_uuid: str
    key_result: str


class Connected:
    """Sends documents with one API key to one of several processes, and to the next one when that is gone."""

    def __init__(self, urls: Sequence[str], key: str, ledger: Ledger, number: int) -> None:
        headers = {"Authorization": f"Bearer {key}"}
        self._http = httpx2.AsyncClient(headers=headers, timeout=TIMEOUT, trust_env=False)
        self._urls, self._at = urls, number % len(urls)
        self._ledger = ledger

    async def close(self) -> None:
        await self._http.aclose()

    async def send(self, document: str, variables: dict[str, str], write: Write | None = None) -> tuple[Outcome, Any]:
        """The outcome and the data of a response, which is noted in the ledger."""
        sent = time.monotonic()
        body: Any = None
        try:
            response = await self._http.post(
                f"{self._urls[self._at]}/graphql", json={"query": document, "variables": variables}
            )
            body = response.json()
            outcome, code = outcome_of(response.status_code, body)
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            outcome, code = Outcome.UNREACHED, type(error).__name__
        except httpx2.TransportError as error:
            outcome, code = Outcome.UNKNOWN, type(error).__name__
        except ValueError:
            outcome, code = outcome_of(response.status_code, None)
        self._ledger.note(Entry(write, sent, time.monotonic(), outcome, code))
        if outcome in (Outcome.UNREACHED, Outcome.UNKNOWN):
            self._at = (self._at + 1) % len(self._urls)
        await asyncio.sleep({Outcome.ACKNOWLEDGED: 0, Outcome.UNREACHED: UNREACHED_PAUSE}.get(outcome, REFUSED_PAUSE))
        return outcome, body.get("data") if isinstance(body, dict) else None


class Writer:
    """Writes in turn a check-in, a new title and a new objective, and reads back what was acknowledged.

    Each write is sent once, whatever becomes of it. Nobody else writes to its goal.
    """

    def __init__(self, http: Connected, goal: Goal, ledger: Ledger, number: int) -> None:
        self._http, self._goal, self._ledger, self._number = http, goal, ledger, number
        # A title that may be written late: of a write of which it is not known what became of it.
        self._uncertain: set[str] = set()

    async def run(self, stop: asyncio.Event) -> None:
        count = 0
        while not stop.is_set():
            count += 1
            if count % 3 == 1:
                id = str(uuid4())
                variables = {"id": id, "about": self._goal.key_result, "value": str(count)}
                await self._write(CHECK_IN, variables, Write(id, str(count)))
            elif count % 3 == 2:
                title = f"Writer {self._number} renamed {count}"
                variables = {"about": self._goal.objective, "value": title}
                await self._write(RENAME, variables, Write(self._goal.objective_uuid, title))
            else:
                id, title = str(uuid4()), f"Writer {self._number} created {count}"
                await self._write(CREATE, {"id": id, "about": self._goal.cycle, "value": title}, Write(id, title))

    async def _write(self, document: str, variables: dict[str, str], write: Write) -> None:
        outcome, data = await self._http.send(document, variables, write)
        if outcome is not Outcome.ACKNOWLEDGED:
            self._uncertain.add(write.value)
            return
        outcome, own_rows = await self._http.send(OWN, {"id": data["made"]["object"]["id"]})
        if outcome is Outcome.ACKNOWLEDGED:
            node = own_rows["node"] or {}
            seen = node.get("title", node.get("value"))
            self._ledger.stale_reads += seen != write.value and seen not in self._uncertain


async def read(http: Connected, stop: asyncio.Event) -> None:
    """Reads goals until told to stop."""
    while not stop.is_set():
        await http.send(GOALS, {})


async def make_goal(http: Connected, number: int) -> Goal:
    """A cycle, an objective and a key result for one writer, made by it."""

    async def create(document: str, **variables: str) -> str:
        outcome, data = await http.send(document, variables)
        assert outcome is Outcome.ACKNOWLEDGED, (outcome, data)
        return str(data["made"]["object"]["id"])

    year = time.gmtime().tm_year
    cycle = await create(
        """mutation($name: String!, $from: Date!, $to: Date!) {
            made: cycleCreate(input: {name: $name, kind: YEAR, startsOn: $from, endsOn: $to}) {
                object: cycle { id } userErrors { code } } }""",
        **{"name": f"Cycle {number}", "from": f"{year}-01-01", "to": f"{year}-12-31"},
    )
    uuid = str(uuid4())
    objective = await create(CREATE, id=uuid, about=cycle, value=f"Writer {number}")
    key_result = await create(
        """mutation($about: ID!) {
            made: keyResultCreate(input: {
                objectiveId: $about, title: "Measured", kind: INCREASE, baseline: "0", target: "100000"}) {
                    object: keyResult { id } userErrors { code } } }""",
        about=objective,
    )
    return Goal(cycle, objective, uuid, key_result)
