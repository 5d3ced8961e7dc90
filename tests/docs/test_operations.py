"""Each document of docs/operations is executed on the demo workspace, in a fixed number of messages."""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from graphql import parse, validate

from schema.root import schema
from service.settings import ROOT, Settings
from tests.docs import answers
from tests.kit.client import Client, Clock, Statements
from tests.kit.stored import Prepared
from tests.kit.workspace_files import DEMO, imported

# Writes the files anew, to be read before they are committed.
IS_WRITING = "OKRGRAPH_WRITE_ANSWERS" in os.environ
FOLDER = ROOT / "docs" / "operations"
DOCUMENTS = {path.stem: path.read_text() for path in sorted(FOLDER.glob("*.graphql"), key=lambda path: path.stem)}
INDEX = (FOLDER / "README.md").read_text()
# The messages of each, once Postgres and the service know the document; one that reads once needs no transaction.
MESSAGES = {
    **{"change-owner": 7, "company-tree": 1, "company-tree-branch": 1, "create-objective": 12, "key-result-history": 6},
    **{"kpi-dashboard": 6, "move-objective": 7, "my-goals": 1, "needs-attention": 5, "not-checked-in": 4},
    **{"objective-page": 4, "overdue": 4, "person-page": 4, "quarter-report": 5, "search": 3, "settings": 4},
    **{"team-board": 5, "team-feed": 6, "weekly-check-in": 4, "weekly-check-in-record": 9},
}
# Lists that may be empty in the demo workspace.
MAY_BE_EMPTY = re.compile(
    "userErrors|statuses|objective.kpis|pastDue|goalStats.objectives.nodes|ancestors|links|participants|serviceAccounts|shareTokens|kpiLinks|initiatives|subteams"
)


@pytest.fixture
async def demo(clean: None, prepared: Prepared, clock: Clock) -> Client:
    """The owner of the demo workspace, two weeks after its last check-in, with a goal and a KPI of the owner."""
    client, _ = await prepared.organization(demo_with_own_goal, clock)
    return client


async def demo_with_own_goal(client: Client) -> None:
    client.clock.now = datetime(2026, 12, 8, 12, tzinfo=UTC)
    assert (await imported(client, DEMO)).kept
    found = await client.data("""{
        viewer { person { id } }
        teams(filter: {externalId: {eq: "research"}}) { nodes { id } }
        objectives(
            filter: {cycle: {isCurrent: true, kind: {eq: QUARTER}}, hasParents: true, hasKeyResults: true}, first: 1
        ) { nodes { id keyResults { id } } }
        kpis(first: 1) { nodes { id } }
    }""")
    own, team = found["viewer"]["person"]["id"], found["teams"]["nodes"][0]["id"]
    goal = found["objectives"]["nodes"][0]["id"]
    await client.make("objectiveUpdate", id=goal, externalId="goal", ownerId=own, teamId=team)
    await client.make("teamJoin", teamId=team, personId=own)
    for key_result in found["objectives"]["nodes"][0]["keyResults"]:
        await client.make("keyResultUpdate", id=key_result["id"], ownerId=own)
    await client.make("objectiveCheckIn", objectiveId=goal, note="Begun", at="2026-11-20T12:00:00Z")
    await client.make("objectiveCreate", cycleId=await current_quarter(client), title="Other", externalId="other")
    await client.make("kpiUpdate", id=found["kpis"]["nodes"][0]["id"], ownerId=own, teamId=team)


async def current_quarter(client: Client) -> str:
    return (await client.data("{ currentCycle(kind: QUARTER) { id } }"))["currentCycle"]["id"]


async def variables_of(client: Client, name: str) -> dict[str, Any]:
    """Variables for a document, by the external ids of the demo workspace."""
    found = await client.data("""{
        goal: objective(externalId: "goal") { id cycle { id } team { id } owner { id } parents { id } }
        other: objective(externalId: "other") { id }
        number: keyResult(externalId: "a2-resolution") { id }
        people(filter: {externalId: {isNull: false}}, first: 1) { nodes { id } }
    }""")
    goal, person = found["goal"], found["people"]["nodes"][0]["id"]
    days = {"from": "2026-10-01", "to": "2026-12-31"}
    return {
        "change-owner": {"objectives": [{"id": goal["id"], "ownerId": person}]},
        "company-tree-branch": {"id": goal["parents"][0]["id"]},
        "create-objective": {
            "input": {
                **{"id": str(uuid4()), "cycleId": goal["cycle"]["id"], "title": "Shorter waits"},
                "keyResults": [{"title": "Minutes", "kind": "REACH", "target": "5", "unit": "min"}],
                "alignments": [{"parentId": goal["id"]}],
                "links": [{"url": "https://example.com/1", "title": "Epic"}],
            }
        },
        "key-result-history": {"id": found["number"]["id"], **days},
        "kpi-dashboard": days,
        "move-objective": {"id": goal["id"], "parentId": found["other"]["id"]},
        "not-checked-in": {"teamId": goal["team"]["id"]},
        "objective-page": {"id": goal["id"]},
        "overdue": {"now": "2026-12-08T12:00:00Z"},
        "person-page": {"id": goal["owner"]["id"]},
        "quarter-report": {"cycleId": goal["cycle"]["id"]},
        "search": {"text": "e"},
        "team-feed": {"filter": {"teamId": goal["team"]["id"], "includeSubteams": True}},
        "team-board": {"id": goal["team"]["id"]},
        "weekly-check-in": {"personId": goal["owner"]["id"]},
        "weekly-check-in-record": {"checkIns": [{"objectiveId": goal["id"], "confidence": 0.7, "note": "On the way"}]},
    }.get(name, {})


def test_the_index_names_each_and_what_it_is_for() -> None:
    assert sorted(path.stem for path in answers.FOLDER.iterdir()) == list(DOCUMENTS)
    assert re.findall(r"^\| \[[^\]]+\]\(([a-z-]+)\.graphql\)", INDEX, re.MULTILINE) == list(DOCUMENTS)
    for name, document in DOCUMENTS.items():
        assert re.match(r"# [A-Z].*\n", document), name
        assert validate(schema._schema, parse(document)) == [], name


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_it_answers_what_its_file_says_in_a_fixed_number_of_messages(
    demo: Client, statements: Statements, name: str
) -> None:
    document = DOCUMENTS[name]
    first = await demo.data(document, **await variables_of(demo, name))
    if IS_WRITING:
        answers.path_of(name).write_text(answers.written(first), "utf-8")
    assert answers.written(first) == answers.path_of(name).read_text("utf-8")
    assert list(refusals(first)) == []
    assert list(empty_lists(first, name)) == []
    if Settings().executor == "breadth-first":
        variables = await variables_of(demo, name)
        for _ in range(2):
            sent = await statements.of(demo.data(document, **variables))
        assert (name, len(sent)) == (name, MESSAGES.get(name))


def refusals(value: Any) -> Iterator[Any]:
    """The user errors anywhere in an answer."""
    if isinstance(value, dict):
        yield from value.get("userErrors", ())
        for each in value.values():
            yield from refusals(each)
    elif isinstance(value, list):
        for each in value:
            yield from refusals(each)


def empty_lists(value: Any, path: str) -> Iterator[str]:
    """Lists near the root that have nothing to show, so that the document would prove little."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from empty_lists(each, f"{path}.{name}")
    elif isinstance(value, list) and not value and path.count(".") < 4 and not MAY_BE_EMPTY.search(path):
        yield path
    elif isinstance(value, list) and value:
        yield from empty_lists(value[0], path)
    elif value is None and path.count(".") == 1:
        yield path
